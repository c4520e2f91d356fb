//! Ids, anchors, numbers in front of titles, and durations.

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
pub(super) struct Unique {
    seen: HashMap<String, u32>,
}

impl Unique {
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

/// How a title is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    None,
    /// `3.`, `3.1`, `3)`.
    Plain,
    /// `STEP 3:`, `Phase 2 –`, `Stage 1.`
    Step,
    /// `Scenario A:`: a title with a letter, which is a case and not a step.
    Case,
}

/// A title without its number: (how, number, rest).
pub(super) fn numbered(title: &str) -> (Numbering, Option<String>, &str) {
    let title = title.trim();
    let first_end = title.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(title.len());
    let (word, rest) = title.split_at(first_end);
    if !word.is_empty() {
        let step = ["step", "phase", "stage"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
        let case = ["scenario", "case", "option"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
        let numbers = rest.trim_start_matches([' ', '#']);
        if (step || case) && numbers.len() < rest.len() {
            let end = numbers
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
                .unwrap_or(numbers.len());
            let number = numbers[..end].trim_end_matches('.');
            let after = numbers[number.len()..].trim_start();
            let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 8
                || number.len() == 1 && number.starts_with(|c: char| c.is_ascii_alphabetic());
            let separated = after.is_empty() || after.starts_with([':', '.', '-', '–', '—', ')', '(', '·']);
            if is_number && separated {
                let how = if case { Numbering::Case } else { Numbering::Step };
                let rest = after.trim_start_matches([':', '.', '-', '–', '—', ')', '·', ' ']);
                return (how, Some(number.to_owned()), if rest.is_empty() { title } else { rest });
            }
        }
        return (Numbering::None, None, title);
    }
    let end = title
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(title.len());
    let number = title[..end].trim_end_matches('.');
    let after = &title[number.len()..];
    let dotted = number.contains('.') && after.starts_with(' ');
    let marked = after.starts_with(['.', ')']) && after[1..].starts_with(' ');
    if number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 12 && (dotted || marked) {
        let rest = after.trim_start_matches(['.', ')', ' ']);
        if !rest.is_empty() {
            return (Numbering::Plain, Some(number.to_owned()), rest);
        }
    }
    (Numbering::None, None, title)
}

/// Seconds in `15m`, `2h`, `90s`, `1h30m`.
pub(super) fn duration(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number: Option<u64> = None;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(u64::from(byte - b'0'))?,
            );
        } else {
            let unit = match byte {
                b's' => 1,
                b'm' => 60,
                b'h' => 3600,
                b'd' => 86_400,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        }
    }
    (number.is_none() && total > 0).then_some(total)
}

/// Seconds in the first duration of running text: `(5 min)`, `First 15 Minutes`, `First Hour`, `24 hours`.
pub(super) fn duration_in(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.contains(char::is_alphanumeric))
        .collect();
    for (at, word) in words.iter().enumerate() {
        let Some(unit) = unit(word) else { continue };
        let before = at.checked_sub(1).map(|before| words[before]);
        if let Some(number) = before.and_then(|before| before.parse::<u64>().ok()) {
            return number.checked_mul(unit).filter(|&seconds| seconds > 0);
        }
        if before == Some("first") || before == Some("one") {
            return Some(unit);
        }
    }
    None
}

/// Seconds that text tells one to wait: `wait 2 minutes`, `for 15 minutes`.
pub(super) fn waiting_in(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.contains(char::is_alphanumeric));
    let mut before = "";
    while let Some(word) = words.next() {
        if word.bytes().all(|byte| byte.is_ascii_digit()) && (before == "wait" || before == "for") {
            let unit = words.next().and_then(unit)?;
            return word
                .parse::<u64>()
                .ok()?
                .checked_mul(unit)
                .filter(|&seconds| seconds > 0);
        }
        before = word;
    }
    None
}

fn unit(word: &str) -> Option<u64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "min" | "mins" | "minute" | "minutes" => Some(60),
        "h" | "hour" | "hours" => Some(3600),
        "day" | "days" => Some(86_400),
        _ => None,
    }
}
