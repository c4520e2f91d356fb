//! Ids and anchors made of titles.

use std::collections::HashMap;

/// Longer slugs are cut at a word and get a short digest, so that texts that differ only at their end keep different ids.
const LONGEST: usize = 56;

/// A short readable id part: lower-case words with hyphens. A bracket at the end explains, and is left out.
pub(super) fn slug(text: &str) -> String {
    let text = text.trim();
    let main = match text.rfind(" (") {
        Some(at) if at > 0 && text.ends_with(')') => &text[..at],
        _ => text,
    };
    let mut slug = String::with_capacity(LONGEST);
    let mut cut = false;
    let inside = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
    for word in main
        .split(|c: char| !inside(c))
        .filter(|word| word.contains(char::is_alphanumeric))
    {
        if slug.len() + word.len() > LONGEST {
            cut = true;
            if !slug.is_empty() {
                break;
            }
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        if word.is_ascii() && word.len() <= LONGEST {
            slug.extend(
                word.bytes()
                    .filter(|byte| *byte != b'\'')
                    .map(|byte| char::from(byte.to_ascii_lowercase())),
            );
        } else {
            slug.extend(
                word.chars()
                    .filter(|c| c.is_alphanumeric())
                    .flat_map(char::to_lowercase)
                    .take(LONGEST),
            );
        }
    }
    if slug.is_empty() {
        // Text without a letter, such as “→”: its digest is all that tells it from another.
        return format!("x{}", digest(text));
    }
    if cut {
        slug.push('-');
        slug.push_str(&digest(text));
    }
    slug
}

/// Four characters of FNV-1a: enough to tell neighbours apart, and the same on every machine.
fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:04x}", (hash >> 24) & 0xffff)
}

/// The fragment that GitHub gives a heading, without its counter.
pub(super) fn anchor(text: &str) -> String {
    let mut anchor = String::with_capacity(text.len());
    for character in text.trim().chars() {
        if character.is_alphanumeric() || character == '-' || character == '_' {
            anchor.extend(character.to_lowercase());
        } else if character == ' ' || character == '\n' {
            anchor.push('-');
        }
    }
    anchor
}

/// Gives each text an id that nothing before it had: the second `verify` is `verify-2`.
#[derive(Default)]
pub(super) struct UniqueIds {
    seen: HashMap<String, u32>,
}

impl UniqueIds {
    /// Whether this id was given.
    pub fn contains(&self, id: &str) -> bool {
        self.seen.contains_key(id)
    }

    /// Every id that was given.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.seen.keys().map(String::as_str)
    }

    /// `separator-count`, counting from `first` for the second one.
    pub fn take(&mut self, id: String, first: u32) -> String {
        let Some(&count) = self.seen.get(&id) else {
            self.seen.insert(id.clone(), first);
            return id;
        };
        let mut count = count;
        loop {
            let candidate = format!("{id}-{count}");
            count += 1;
            if !self.seen.contains_key(&candidate) {
                self.seen.insert(id, count);
                self.seen.insert(candidate.clone(), first);
                return candidate;
            }
        }
    }
}
