//! Keeping secrets out of everything that is stored, streamed or logged.
//!
//! A secret is looked for in each form that a program might print it in. Matches may overlap, and whatever any of them covers
//! is replaced, so that no piece of one secret is left beside another. The stream keeps back what may be the beginning of a
//! form, so that a secret cut in two by a chunk's end is found all the same, and ordinary text is shown at once.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::secret_encodings::{any_case_forms, exact_forms};

/// What stands in place of a secret.
pub const MASK: &str = "••••••";
/// Bytes that a secret must have: shorter ones are in every text, and could not be kept out of it.
pub const LEAST_BYTES: usize = 4;

/// The secrets to keep out.
#[derive(Clone, Default)]
pub struct Redaction {
    forms: Vec<Arc<Forms>>,
    longest: usize,
}

/// Forms that are looked for together.
struct Forms {
    finder: AhoCorasick,
    /// The forms in order; in lower case if case makes no difference.
    sorted: Vec<Vec<u8>>,
    folds_case: bool,
}

impl Redaction {
    /// Keeps these secrets out. Those that are too short are left alone.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut exact = Vec::new();
        let mut any_case = Vec::new();
        for secret in secrets {
            let lines = secret.lines().filter(|line| line.len() >= 16 && *line != secret);
            for part in std::iter::once(secret).chain([secret.trim()]).chain(lines) {
                if part.len() >= LEAST_BYTES {
                    exact.extend(exact_forms(part));
                    any_case.extend(any_case_forms(part));
                }
            }
        }
        let mut redaction = Self::default();
        for (mut forms, folds_case) in [(exact, false), (any_case, true)] {
            forms.retain(|form: &Vec<u8>| form.len() >= LEAST_BYTES);
            if folds_case {
                forms.iter_mut().for_each(|form| form.make_ascii_lowercase());
            }
            forms.sort_unstable();
            forms.dedup();
            if forms.is_empty() {
                continue;
            }
            redaction.longest = forms.iter().map(Vec::len).max().unwrap_or(0).max(redaction.longest);
            let finder = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .ascii_case_insensitive(folds_case)
                .build(&forms)
                .expect("a few short patterns are within every limit of the automaton");
            redaction.forms.push(Arc::new(Forms {
                finder,
                sorted: forms,
                folds_case,
            }));
        }
        redaction
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.forms.is_empty() {
            return text.to_owned();
        }
        let mut stream = self.stream();
        let mut clean = stream.push(text.as_bytes());
        clean.extend(stream.finish());
        String::from_utf8_lossy(&clean).into_owned()
    }

    /// A stream that keeps secrets out.
    #[must_use]
    pub fn stream(&self) -> RedactedStream {
        RedactedStream {
            redaction: self.clone(),
            held: Vec::new(),
            covered: 0,
        }
    }

    /// Where the first form begins that is not whole yet; the end if there is none.
    fn unfinished(&self, bytes: &[u8]) -> usize {
        let from = bytes.len() - bytes.len().min(self.longest.saturating_sub(1));
        let begins = |at: &usize| self.forms.iter().any(|forms| forms.begin_with(&bytes[*at..]));
        (from..bytes.len()).find(begins).unwrap_or(bytes.len())
    }

    /// The ranges that secrets cover, in order, those that touch or overlap made one.
    fn covered(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let found = self
            .forms
            .iter()
            .flat_map(|forms| forms.finder.find_overlapping_iter(bytes));
        let mut ranges: Vec<_> = found.map(|found| (found.start(), found.end())).collect();
        ranges.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }
}

impl Forms {
    /// Whether a form begins with these bytes and goes on.
    fn begin_with(&self, bytes: &[u8]) -> bool {
        let folded;
        let bytes = if self.folds_case {
            folded = bytes.to_ascii_lowercase();
            &folded
        } else {
            bytes
        };
        // In order, the forms that begin with these bytes come right after where the bytes themselves would stand.
        let after = self.sorted.partition_point(|form| form.as_slice() <= bytes);
        self.sorted.get(after).is_some_and(|form| form.starts_with(bytes))
    }
}

/// Takes bytes in, and gives them out a little later without the secrets.
#[derive(Clone)]
pub struct RedactedStream {
    redaction: Redaction,
    /// Bytes that may still be part of a secret.
    held: Vec<u8>,
    /// So many of the held bytes are covered by a secret for which the mask was given out already.
    covered: usize,
}

impl RedactedStream {
    /// Takes a chunk in; what comes out belongs to this chunk or earlier ones.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(chunk);
        self.give(self.redaction.unfinished(&self.held))
    }

    /// The rest.
    pub fn finish(&mut self) -> Vec<u8> {
        self.give(self.held.len())
    }

    /// Gives out the first `upto` held bytes, clean.
    fn give(&mut self, upto: usize) -> Vec<u8> {
        let mut clean = Vec::with_capacity(upto);
        let mut ranges = self.redaction.covered(&self.held);
        // What an earlier match covered stays covered; a range that overlaps it goes on under the same mask.
        let mut masked_to = self.covered;
        let mut at = masked_to.min(upto);
        ranges.retain(|(_, end)| *end > self.covered);
        for (start, end) in ranges {
            if start >= upto {
                break;
            }
            if start >= masked_to {
                clean.extend_from_slice(&self.held[at..start]);
                clean.extend_from_slice(MASK.as_bytes());
            }
            masked_to = end;
            at = end.min(upto);
        }
        if at < upto {
            clean.extend_from_slice(&self.held[at..upto]);
        }
        self.covered = masked_to.saturating_sub(upto);
        self.held.drain(..upto);
        clean
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn streamed(redaction: &Redaction, bytes: &[u8], sizes: &[usize]) -> String {
        let mut stream = redaction.stream();
        let mut clean = Vec::new();
        let mut rest = bytes;
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            clean.extend(stream.push(chunk));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        clean.extend(stream.finish());
        String::from_utf8(clean).unwrap()
    }

    #[test]
    fn every_form_is_masked() {
        let redaction = Redaction::new(["p@ss/w\"örd 1"]);
        for form in [
            "p@ss/w\"örd 1".to_owned(),
            "p%40ss%2Fw%22%C3%B6rd%201".to_owned(),
            "p%40ss%2fw%22%c3%b6rd%201".to_owned(),
            "p%40ss%2Fw%22%C3%B6rd+1".to_owned(),
            "p%40ss/w%22%C3%B6rd%201".to_owned(),
            "p@ss/w\\\"örd 1".to_owned(),
            "p@ss\\/w\\\"\\u00f6rd 1".to_owned(),
            "70407373".to_owned() + "2f7722c3b6726420" + "31",
            ("70407373".to_owned() + "2f7722c3b6726420" + "31").to_uppercase(),
            STANDARD.encode("p@ss/w\"örd 1"),
            URL_SAFE_NO_PAD.encode("p@ss/w\"örd 1"),
        ] {
            assert_eq!(
                redaction.text(&format!("<{form}>")).trim_end_matches(['=', '>']),
                format!("<{MASK}").trim_end(),
                "{form}"
            );
        }
    }

    #[test]
    fn ordinary_text_is_given_out_at_once() {
        let mut stream = Redaction::new(["hunter2-hunter2"]).stream();
        assert_eq!(stream.push(b"a line\n"), b"a line\n");
        assert_eq!(stream.push(b"another hun"), b"another ");
        assert_eq!(stream.push(b"ger\n"), b"hunger\n");
        assert_eq!(stream.push(b"hunter2-hunter2"), MASK.as_bytes());
    }

    #[test]
    fn ordinary_text_and_short_secrets_are_left_alone() {
        assert_eq!(Redaction::new([]).text("nothing to hide"), "nothing to hide");
        assert_eq!(Redaction::new(["abc"]).text("abc abc"), "abc abc");
        assert_eq!(Redaction::new(["hunter2"]).text("hunter1, hunter3"), "hunter1, hunter3");
    }

    #[test]
    fn overlapping_secrets_leave_nothing_of_each_other() {
        let redaction = Redaction::new(["abcdef", "defghi"]);
        assert_eq!(redaction.text("<abcdefghi>"), format!("<{MASK}>"));
        for size in 1..6 {
            assert_eq!(
                streamed(&redaction, b"<abcdefghi> abcdef", &[size]),
                format!("<{MASK}> {MASK}"),
                "{size}"
            );
        }
    }

    #[test]
    fn each_line_of_a_key_is_masked() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----";
        let redacted = Redaction::new([key]).text("line: MIIEvQIBADANBgkqhkiG.");
        assert_eq!(redacted, format!("line: {MASK}."));
    }

    fn forms(secret: &str) -> Vec<String> {
        let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let json = serde_json::to_string(secret).unwrap();
        vec![
            secret.to_owned(),
            percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string(),
            percent.to_lowercase(),
            percent,
            hex.to_uppercase(),
            hex,
            json[1..json.len() - 1].to_owned(),
        ]
    }

    proptest! {
        #[test]
        fn no_form_survives_any_chunking(
            secret in "[^•\u{0}-\u{1f}]{4,24}",
            before in ".{0,40}",
            between in ".{0,10}",
            after in ".{0,40}",
            which in 0..7_usize,
            sizes in prop::collection::vec(1..17_usize, 1..6),
        ) {
            let redaction = Redaction::new([secret.as_str()]);
            let form = &forms(&secret)[which];
            let text = format!("{before}{form}{between}{form}{after}");
            let clean = streamed(&redaction, text.as_bytes(), &sizes);
            for form in forms(&secret) {
                prop_assert!(!clean.contains(&form), "{clean} holds {form}");
            }
            prop_assert_eq!(clean, redaction.text(&text), "chunks make no difference");
        }

        #[test]
        fn no_base64_tells_the_secret(
            secret in "[a-zA-Z0-9!#$%]{12,32}",
            before in prop::collection::vec(any::<u8>(), 0..8),
            after in prop::collection::vec(any::<u8>(), 0..8),
            url_safe in any::<bool>(),
            size in 1..17_usize,
        ) {
            let redaction = Redaction::new([secret.as_str()]);
            let plain = [before.as_slice(), secret.as_bytes(), after.as_slice()].concat();
            let encoded = if url_safe { URL_SAFE_NO_PAD.encode(&plain) } else { STANDARD.encode(&plain) };
            let clean = streamed(&redaction, encoded.as_bytes(), &[size]);
            // Only the characters at the two ends that mix the secret's bits with its neighbours' may be left.
            let first = (before.len() * 8).div_ceil(6);
            let last = (before.len() + secret.len()) * 8 / 6;
            prop_assert!(clean.contains(MASK), "{clean}");
            let left = clean.chars().filter(|one| *one != '•').count();
            prop_assert!(left <= encoded.len() - (last - first), "{clean} of {encoded}");
        }

        #[test]
        fn what_holds_no_secret_is_unchanged(text in "[a-m ]{0,80}", size in 1..17_usize) {
            let redaction = Redaction::new(["zyxwvuts"]);
            prop_assert_eq!(streamed(&redaction, text.as_bytes(), &[size]), text);
        }
    }
}
