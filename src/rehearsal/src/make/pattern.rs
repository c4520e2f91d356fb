//! Texts that a regular expression matches, by walking its syntax tree. Anchors and word boundaries are passed over: whoever
//! asks for a text tries whether it matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes that a text may have.
const MOST_BYTES: usize = 64 * 1024;
/// Characters that are taken from a class before its first one: they are readable, and printable in a header.
const PREFERRED: &str = "a0A1xZ9 -_.:/";

/// The text of a variant, from 0: other variants take other branches, characters and numbers of repetitions. None when the
/// pattern cannot be read, has an empty class or is too long.
pub(super) fn text(pattern: &str, variant: u32) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut walk = Walk {
        state: variant.wrapping_mul(0x9E37_79B9),
        text: String::new(),
    };
    walk.take(&hir)?;
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
    use super::text;

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
            assert!(
                (0..16)
                    .filter_map(|variant| text(pattern, variant))
                    .any(|text| regex.is_match(&text)),
                "{pattern}"
            );
        }
    }

    #[test]
    fn what_cannot_be_made_is_none() {
        assert_eq!(text("(", 0), None);
        assert_eq!(text("[a&&b]", 0), None);
        assert_eq!(text("(a{1000}){1000}", 0), None);
    }

    #[test]
    fn variants_take_other_branches() {
        let texts: std::collections::BTreeSet<_> = (0..24).filter_map(|variant| text("a|b|c", variant)).collect();
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
