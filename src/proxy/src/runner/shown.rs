//! Output as it is shown: without NUL, which terminals leave out, and with what a backspace goes back over replaced by what is
//! written there. What was seen before stays, as a line of its own. Only what is shown is made so: what is compared keeps both, and
//! then counts as no text.

const BACKSPACE: u8 = 8;
/// Bytes of a line that a backspace can go back over.
const LONGEST: usize = 4096;

/// Takes one stream in pieces.
#[derive(Default)]
pub(super) struct Shown {
    /// The end of the line as it was given out.
    line: Vec<u8>,
    /// Where in it the next byte goes.
    cursor: usize,
    /// Bytes that were taken in all.
    taken: usize,
    /// Bytes of lines that were given out once more. They never become more than what was taken, and one line.
    again: usize,
}

impl Shown {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut shown = Vec::with_capacity(bytes.len());
        for byte in bytes {
            self.taken += 1;
            match *byte {
                0 => {}
                BACKSPACE => self.back(),
                b'\n' => {
                    self.line.clear();
                    self.cursor = 0;
                    shown.push(b'\n');
                }
                // The same again is how bold letters are written.
                same if self.line.get(self.cursor) == Some(&same) => self.cursor += 1,
                other => {
                    if self.cursor < self.line.len() {
                        self.line.truncate(self.cursor);
                        shown.push(b'\n');
                        if self.again + self.line.len() > self.taken + LONGEST {
                            self.line.clear();
                        }
                        self.again += self.line.len();
                        shown.extend_from_slice(&self.line);
                    }
                    self.line.push(other);
                    shown.push(other);
                    if self.line.len() > LONGEST {
                        self.line.drain(..LONGEST / 2);
                    }
                    self.cursor = self.line.len();
                }
            }
        }
        shown
    }

    /// Goes one character of UTF-8 back.
    fn back(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
        while self.cursor > 0 && self.line.get(self.cursor).is_some_and(|byte| byte & 0xC0 == 0x80) {
            self.cursor -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[&[u8]]) -> String {
        let mut shown = Shown::default();
        let all: Vec<u8> = pieces.iter().flat_map(|piece| shown.push(piece)).collect();
        String::from_utf8_lossy(&all).into_owned()
    }

    #[test]
    fn a_backspace_shows_what_is_there_afterwards_and_hides_nothing_that_was() {
        for (output, text) in [
            (&b"pass\x08\x08word\n"[..], "pass\npaword\n"),
            (b"FAILED\x08\x08\x08\x08\x08\x08OK\n", "FAILED\nOK\n"),
            (b"|\x08/\x08-\x08done\n", "|\n/\n-\ndone\n"),
            // Bold, as manuals have it.
            (b"N\x08NA\x08AM\x08ME\x08E\n", "NAME\n"),
            (b"hun\x08\x08\x08hunter2\n", "hunter2\n"),
            (b"o\0k\n", "ok\n"),
            (b"\x08\x08a\x08\x08\x08b\nc\x08\n\x08d", "a\nb\nc\nd"),
            ("größe\x08\x08\x08öbe".as_bytes(), "größe\ngröbe"),
            ("ä\x08ü".as_bytes(), "ä\nü"),
            (b"plain\ttext\n", "plain\ttext\n"),
        ] {
            assert_eq!(shown(&[output]), text, "{output:?}");
        }
        let long = "x".repeat(3 * LONGEST);
        let again = shown(&[long.as_bytes(), b"\x08y"]).len() - long.len();
        assert!((2..=LONGEST + 1).contains(&again), "{again}");
    }

    #[test]
    fn a_line_that_is_gone_back_over_again_and_again_costs_no_more_than_it_has() {
        let mut output = vec![b'x'; LONGEST];
        output.extend(b"\x08a\x08b".repeat(100_000));
        let shown = Shown::default().push(&output).len();
        assert!(shown < 3 * output.len(), "{} bytes became {shown}", output.len());
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(output in "(\0|\u{8}|\n|[a-cü]){0,40}", cut in 0_usize..80) {
            let bytes = output.as_bytes();
            let (one, other) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(shown(&[one, other]), shown(&[bytes]));
        }

        #[test]
        fn whatever_was_printed_is_there(output in "(\0|\u{8}|[a-c]){0,40}") {
            let text = shown(&[output.as_bytes()]);
            prop_assert!(!text.contains(['\0', '\u{8}']), "{text:?}");
            for letter in output.chars().filter(char::is_ascii_lowercase) {
                prop_assert!(text.contains(letter), "{text:?}");
            }
        }
    }
}
