//! Texts that a regular expression matches, by walking its syntax tree. Anchors and word boundaries are passed over: whoever
//! asks for a text tries whether it matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes that a text may have.
const MOST_BYTES: usize = 64 * 1024;
/// Characters that are taken from a class before its first one: they are readable, and printable in a header.
const PREFERRED: &str = "a0A1xZ9 -_.:/";

/// The texts of the first variants: each takes other branches, characters and numbers of repetitions. One that would have an
/// empty class or be too long is left out, and all are when the pattern cannot be read.
pub(super) fn texts(pattern: &str, variants: u32) -> impl Iterator<Item = String> {
    let hir = regex_syntax::parse(pattern).ok();
    hir.into_iter()
        .flat_map(move |hir| (0..variants).filter_map(move |variant| text(&hir, variant)))
}

fn text(hir: &Hir, variant: u32) -> Option<String> {
    let mut walk = Walk {
        state: variant.wrapping_mul(0x9E37_79B9),
        text: String::new(),
    };
    walk.take(hir)?;
    Some(walk.text)
}

struct Walk {
    /// Zero chooses the first of everything; anything else is the state of a linear congruential generator.
    state: u32,
    text: String,
}

impl Walk {
    fn choose(&mut self, count: usize) -> usize {
        if self.state == 0 || count == 0 {
            return 0;
        }
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) | 1;
        usize::try_from(self.state >> 8).unwrap_or(0) % count
    }

    fn take(&mut self, hir: &Hir) -> Option<()> {
        if self.text.len() > MOST_BYTES {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => {
                let character = self.character(class)?;
                self.text.push(character);
            }
            HirKind::Repetition(repetition) => {
                let more = u32::try_from(self.choose(3)).unwrap_or(0);
                let most = repetition.max.unwrap_or(u32::MAX);
                for _ in 0..repetition.min.saturating_add(more).min(most) {
                    self.take(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.take(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.take(part))?,
            HirKind::Alternation(branches) => {
                let branch = self.choose(branches.len());
                self.take(branches.get(branch)?)?;
            }
        }
        Some(())
    }

    fn character(&mut self, class: &Class) -> Option<char> {
        let ranges: Vec<(char, char)> = match class {
            Class::Unicode(class) => class.ranges().iter().map(|one| (one.start(), one.end())).collect(),
            Class::Bytes(class) => class
                .ranges()
                .iter()
                .filter(|one| one.end() < 0x80)
                .map(|one| (char::from(one.start()), char::from(one.end())))
                .collect(),
        };
        let within = |wanted: &char| ranges.iter().any(|(first, last)| (first..=last).contains(&wanted));
        let preferred: Vec<char> = PREFERRED.chars().filter(within).collect();
        // Other variants take any character every other time.
        if preferred.is_empty() || self.choose(2) == 1 {
            let (first, last) = *ranges.get(self.choose(ranges.len()))?;
            let count = u32::from(last).saturating_sub(u32::from(first)).saturating_add(1);
            let more = self.choose(usize::try_from(count).unwrap_or(1));
            let any = u32::try_from(more)
                .ok()
                .and_then(|more| char::from_u32(u32::from(first) + more));
            return any.or(Some(first));
        }
        let chosen = self.choose(preferred.len());
        preferred.get(chosen).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn a_pattern_has_a_text_that_it_matches() {
        for pattern in [
            "ready",
            "[1-9][0-9]* passed",
            r"Health Check\s+PASS",
            "^[0-9]{8,14}",
            r"^v\d+\.\d+\.\d+$",
            "(?i)ok|done",
            r"\bfoo\b.*\bbar\b",
            "a{3}b?c+",
            r"[^\n]+ü",
            r"(?m)^last line$",
            r"\p{Greek}",
            "",
        ] {
            let regex = regex::Regex::new(pattern).unwrap();
            assert!(texts(pattern, 16).any(|text| regex.is_match(&text)), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_none() {
        for pattern in ["(", "[a&&b]", "(a{1000}){1000}"] {
            assert_eq!(texts(pattern, 1).next(), None, "{pattern}");
        }
    }

    #[test]
    fn variants_take_other_branches() {
        let texts: std::collections::BTreeSet<_> = texts("a|b|c", 24).collect();
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
