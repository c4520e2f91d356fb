//! Keeping secrets out of everything that is stored, streamed or logged.
//!
//! A secret is looked for in each form that a program might print it in; [`ENCODINGS`](super::ENCODINGS) lists them. Matches may
//! overlap, and whatever any of them covers is replaced, so that no piece of one secret is left beside another. The stream keeps
//! back what may be the beginning of a form, so that a secret cut in two by a chunk's end is found all the same, and ordinary text
//! is shown at once. Of a program's two streams each is followed on its own, and both in the order in which they came.

use std::sync::Arc;

use super::decode::Meant;
use super::scan::{FORMS, Marks, Patterns, Scanner};
use super::secret_encodings::patterns;

/// What stands in place of a secret.
pub const MASK: &str = "••••••";
/// Bytes that a secret must have: shorter ones are in every text, and could not be kept out of it.
pub const LEAST_BYTES: usize = 4;
/// Bytes that are kept back at most, besides what the longest secret takes: a program that stops in the middle of something that
/// looks like a secret must not fill the memory with what it says elsewhere.
const MOST_HELD: u64 = 64 * 1024;
/// Bytes that one byte of a secret takes at most when it is encoded twice.
const WIDEST: u64 = 12;

/// The secrets to keep out.
#[derive(Clone, Default)]
pub struct Redaction {
    /// By form; nothing where there is no secret.
    patterns: Option<Arc<[Patterns; 3]>>,
    longest: usize,
}

impl Redaction {
    /// Keeps these secrets out. Those that are too short are left alone.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts: Vec<&str> = Vec::new();
        for secret in secrets {
            let lines = secret.lines().filter(|line| line.len() >= 16 && *line != secret);
            parts.extend(std::iter::once(secret).chain([secret.trim()]).chain(lines));
        }
        parts.retain(|part| part.len() >= LEAST_BYTES);
        parts.sort_unstable();
        parts.dedup();
        if parts.is_empty() {
            return Self::default();
        }
        let patterns = FORMS.map(|form| {
            let mut texts: Vec<_> = parts.iter().flat_map(|part| patterns(part, form)).collect();
            texts.retain(|text| text.len() >= LEAST_BYTES);
            texts.sort_unstable();
            texts.dedup();
            Patterns::new(&texts)
        });
        Self {
            patterns: Some(Arc::new(patterns)),
            longest: parts.iter().map(|part| part.len()).max().unwrap_or(0),
        }
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.patterns.is_none() {
            return text.to_owned();
        }
        let mut stream = self.stream();
        let mut clean = stream.push(text.as_bytes());
        clean.extend(stream.finish());
        String::from_utf8_lossy(&clean).into_owned()
    }

    /// Whether the text holds a secret.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let mut stream = self.stream();
        stream.follow(0, text.as_bytes());
        !stream.marks.is_empty()
    }

    /// A stream that keeps secrets out.
    #[must_use]
    pub fn stream(&self) -> RedactedStream {
        RedactedStream {
            patterns: self.patterns.clone(),
            room: MOST_HELD.max(WIDEST * self.longest as u64),
            joined: self.patterns.as_ref().map(|patterns| Scanner::new(patterns)),
            first: None,
            apart: None,
            held: Vec::new(),
            base: 0,
            marks: Marks::default(),
            masked_to: 0,
        }
    }
}

/// Takes bytes in, and gives them out a little later without the secrets.
#[derive(Clone)]
pub struct RedactedStream {
    patterns: Option<Arc<[Patterns; 3]>>,
    /// Bytes that may be held.
    room: u64,
    /// Follows everything in the order of its coming.
    joined: Option<Scanner>,
    /// The channel of all bytes so far, while it is one.
    first: Option<usize>,
    /// Follow each of two channels, once there are two.
    apart: Option<[Scanner; 2]>,
    /// Bytes that may still be part of a secret.
    held: Vec<u8>,
    /// How many bytes were given out before them.
    base: u64,
    /// What secrets cover of the bytes that are held.
    marks: Marks,
    /// Up to here the mask was given out.
    masked_to: u64,
}

impl RedactedStream {
    /// Takes a chunk in; what comes out belongs to this chunk or earlier ones.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.push_on(0, chunk)
    }

    /// Takes a chunk of one of two channels in, 0 or 1.
    pub fn push_on(&mut self, channel: usize, chunk: &[u8]) -> Vec<u8> {
        if self.patterns.is_none() {
            return chunk.to_vec();
        }
        self.follow(channel, chunk);
        let end = self.end();
        let scanners = self.joined.iter().chain(self.apart.iter().flatten());
        let whole = scanners.filter_map(Scanner::pending).min().unwrap_or(end);
        let upto = whole.max(end.saturating_sub(self.room)).max(self.base);
        self.give(upto)
    }

    /// The rest.
    pub fn finish(&mut self) -> Vec<u8> {
        self.give(self.end())
    }

    fn end(&self) -> u64 {
        self.base + self.held.len() as u64
    }

    fn follow(&mut self, channel: usize, chunk: &[u8]) {
        let (Some(patterns), Some(joined)) = (&self.patterns, &mut self.joined) else {
            return;
        };
        // As long as there was one channel, what both said is what that one said.
        if self.apart.is_none() && self.first.is_some_and(|first| first != channel) {
            let mut apart = [Scanner::new(patterns), Scanner::new(patterns)];
            apart[1 - channel.min(1)] = joined.clone();
            self.apart = Some(apart);
        }
        self.first.get_or_insert(channel);
        for byte in chunk {
            let start = self.base + self.held.len() as u64;
            let one = Meant {
                byte: *byte,
                start,
                end: start + 1,
            };
            self.held.push(*byte);
            joined.take(one, patterns, &mut self.marks);
            if let Some(apart) = &mut self.apart {
                apart[channel.min(1)].take(one, patterns, &mut self.marks);
            }
        }
    }

    /// Gives out what is held before this place, clean.
    fn give(&mut self, upto: u64) -> Vec<u8> {
        let count = usize::try_from(upto - self.base)
            .unwrap_or(usize::MAX)
            .min(self.held.len());
        let mut clean = Vec::with_capacity(count);
        // What an earlier range covered stays covered; one that overlaps it goes on under the same mask.
        let mut at = self.base.max(self.masked_to.min(upto));
        for (start, end) in self.marks.iter() {
            if start >= upto {
                break;
            }
            if end <= self.masked_to {
                continue;
            }
            if start >= self.masked_to {
                clean.extend_from_slice(self.between(at, start));
                clean.extend_from_slice(MASK.as_bytes());
            }
            self.masked_to = end;
            at = end.min(upto);
        }
        clean.extend_from_slice(self.between(at, upto));
        self.marks.forget(upto);
        self.held.drain(..count);
        self.base = upto;
        clean
    }

    fn between(&self, from: u64, to: u64) -> &[u8] {
        let at = |place: u64| {
            usize::try_from(place.saturating_sub(self.base))
                .unwrap_or(usize::MAX)
                .min(self.held.len())
        };
        &self.held[at(from).min(at(to))..at(to)]
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
            // As Go, PHP, Python, JavaScript, Rust and HTML write it, and any mixture.
            "p@ss\\u002fw\\u0022\\u00F6rd\\u00201".to_owned(),
            "\\u0070\\u0040ss/w\\x22\\xc3\\xb6rd 1".to_owned(),
            "p@ss/w\\\\\\\"örd 1".to_owned(),
            "p@ss/w\\\\u0022\\\\u00f6rd 1".to_owned(),
            "p@ss/w\\u{22}\\u{f6}rd 1".to_owned(),
            "p%2540ss%252Fw%2522%25C3%25B6rd%25201".to_owned(),
            "p%40ss\\/w%22%C3%B6rd%201".to_owned(),
            "p@ss/w&quot;&#246;rd&#x20;1".to_owned(),
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
    fn what_go_escapes_by_default_is_masked() {
        let redaction = Redaction::new(["a<b>&c\u{1f600}d"]);
        for form in [
            "a\\u003cb\\u003e\\u0026c\u{1f600}d",
            "a<b>&c\\ud83d\\ude00d",
            "a&lt;b&gt;&amp;c&#128512;d",
        ] {
            assert_eq!(redaction.text(&format!("\"{form}\"")), format!("\"{MASK}\""), "{form}");
        }
        // Half a character, and what only begins like an escape, is left as it was written.
        for text in ["\\ud83d x", "\\u00", "\\q \\", "100% & more; &nosuch; %zz &"] {
            assert_eq!(redaction.text(text), text);
        }
    }

    #[test]
    fn base64_in_lines_is_masked_at_each_alignment() {
        let secret: String = (0..120_u32)
            .filter_map(|number| char::from_u32(33 + (number * 7) % 90))
            .collect();
        let redaction = Redaction::new([secret.as_str()]);
        for before in 0..3 {
            let plain = ["x".repeat(before), secret.clone(), "y".repeat(5)].concat();
            for encoded in [STANDARD.encode(&plain), URL_SAFE_NO_PAD.encode(&plain)] {
                for (width, end) in [
                    (76, "\n"),
                    (64, "\r\n"),
                    (76, "\n    "),
                    (60, "\\n"),
                    (76, "%0D%0A"),
                    (1, "\n"),
                ] {
                    let lines: Vec<&str> = encoded
                        .as_bytes()
                        .chunks(width)
                        .map(|line| std::str::from_utf8(line).unwrap())
                        .collect();
                    let text = lines.join(end);
                    for size in [1, 7, 4096] {
                        let clean = streamed(&redaction, text.as_bytes(), &[size]);
                        let left = clean.chars().filter(|one| *one != '•' && !one.is_whitespace()).count();
                        assert!(
                            clean.contains(MASK) && left < 24,
                            "{before} {width} {end:?} {size}: {clean}"
                        );
                    }
                }
            }
        }
        let hex: Vec<String> = hex::encode(&secret)
            .to_uppercase()
            .as_bytes()
            .chunks(60)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        assert_eq!(redaction.text(&hex.join("\n")), MASK);
    }

    #[test]
    fn a_secret_over_two_channels_is_masked_in_either_order() {
        let redaction = Redaction::new(["hunter2-hunter2"]);
        for pieces in [
            // In the order of their coming.
            vec![(0, "<SEE hunter2-"), (1, "hunter2"), (0, "tail> ")],
            vec![(1, "<SEE hunter2-"), (0, "hunter2tail> ")],
            vec![(0, "<SEE hunter2"), (1, "-hunt"), (0, "er2tail> ")],
            // On one of them, with the other in between.
            vec![(0, "<SEE hunter2-"), (1, "warning"), (0, "hunter2tail> ")],
            vec![(1, "<SEE hunter2-"), (0, "warning"), (1, "hunter2tail> ")],
        ] {
            let mut stream = redaction.stream();
            let mut clean = Vec::new();
            for (channel, piece) in &pieces {
                clean.extend(stream.push_on(*channel, piece.as_bytes()));
            }
            clean.extend(stream.finish());
            assert_eq!(
                String::from_utf8(clean).unwrap(),
                format!("<SEE {MASK}tail> "),
                "{pieces:?}"
            );
        }
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let mut stream = Redaction::new(["hunter2-hunter2"]).stream();
        assert_eq!(stream.push(b"hunter2"), b"");
        let given: usize = (0..1000).map(|_| stream.push_on(1, &[b'x'; 1024]).len()).sum();
        assert!(given > 1000 * 1024 - 70_000, "{given}");
    }

    #[test]
    fn a_long_secret_costs_no_more_for_each_byte_than_a_short_one() {
        let time = |length: usize| {
            let secret = "a".repeat(length) + "b";
            let redaction = Redaction::new([secret.as_str()]);
            // Always the beginning of the secret, and never all of it.
            let text = "a".repeat(200_000);
            let mut stream = redaction.stream();
            let since = std::time::Instant::now();
            let mut clean = 0;
            for chunk in text.as_bytes().chunks(512) {
                clean += stream.push(chunk).len();
            }
            clean += stream.finish().len();
            assert_eq!(clean, text.len());
            since.elapsed()
        };
        let (short, long) = (time(64), time(16 * 1024));
        assert!(
            long < short * 8,
            "{short:?} for a short one, {long:?} for one of 16 KiB"
        );
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
