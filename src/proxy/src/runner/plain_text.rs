//! A program's output as text to read: without the escape sequences that colour a terminal, and with a line end where the terminal's
//! cursor goes back to the beginning of a line. Nothing that a person would have seen is taken away, the lines among it that a progress
//! bar wrote over.

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;
/// Bytes of the longest escape sequence that is known as one. What is longer is left as it is, so that a sequence without an end
/// hides nothing.
const LONGEST: usize = 2048;

/// Takes one stream in pieces.
#[derive(Default)]
pub(super) struct PlainText {
    /// The beginning of an escape sequence or of a line end, whose rest is still to come.
    held: Vec<u8>,
}

/// What begins with an escape character.
enum Sequence {
    /// An escape sequence of so many bytes.
    Whole(usize),
    /// What there is of it may become one.
    Unfinished,
    None,
}

impl PlainText {
    /// Takes bytes in, and gives those that can be told already.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut input = std::mem::take(&mut self.held);
        input.extend_from_slice(bytes);
        let mut plain = Vec::with_capacity(input.len());
        let mut rest = input.as_slice();
        while let Some(at) = rest.iter().position(|byte| matches!(*byte, ESCAPE | b'\r')) {
            plain.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            if rest[0] == b'\r' {
                let after = rest.iter().position(|byte| *byte != b'\r');
                let Some(after) = after else {
                    // However many there are, they are one.
                    self.held = vec![b'\r'];
                    return plain;
                };
                rest = &rest[after..];
                if rest[0] != b'\n' {
                    plain.push(b'\n');
                }
                continue;
            }
            match sequence(rest) {
                Sequence::Whole(length) => rest = &rest[length..],
                Sequence::Unfinished => {
                    self.held = rest.to_vec();
                    return plain;
                }
                Sequence::None => {
                    plain.push(ESCAPE);
                    rest = &rest[1..];
                }
            }
        }
        plain.extend_from_slice(rest);
        plain
    }

    /// What is left when the stream is over.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut held = std::mem::take(&mut self.held);
        if held == b"\r" {
            held = vec![b'\n'];
        }
        held
    }
}

/// What begins with this escape character (ECMA-48, with the bell as an end of operating-system commands that terminals know).
fn sequence(bytes: &[u8]) -> Sequence {
    let within = &bytes[..bytes.len().min(LONGEST)];
    match sequence_within(within) {
        Sequence::Unfinished if within.len() == LONGEST => Sequence::None,
        found => found,
    }
}

fn sequence_within(bytes: &[u8]) -> Sequence {
    let Some(second) = bytes.get(1) else {
        return Sequence::Unfinished;
    };
    match second {
        // Control sequences: parameters, intermediate bytes, a final byte.
        b'[' => {
            let parameters = bytes[2..]
                .iter()
                .take_while(|byte| (0x30..=0x3f).contains(*byte))
                .count();
            ended(bytes, 2 + parameters, 0x40..=0x7e)
        }
        // Strings: commands to the system, the device, the application, and to nobody.
        b']' | b'P' | b'X' | b'^' | b'_' => {
            for (at, byte) in bytes.iter().enumerate().skip(2) {
                match byte {
                    &BELL if *second == b']' => return Sequence::Whole(at + 1),
                    b'\\' if at > 2 && bytes[at - 1] == ESCAPE => return Sequence::Whole(at + 1),
                    // No such string goes on over the end of a line; what does is text after all.
                    b'\n' => return Sequence::None,
                    _ => {}
                }
            }
            Sequence::Unfinished
        }
        0x20..=0x2f => ended(bytes, 1, 0x30..=0x7e),
        0x30..=0x7e => Sequence::Whole(2),
        _ => Sequence::None,
    }
}

/// Intermediate bytes from a place on, and a final byte.
fn ended(bytes: &[u8], from: usize, last: std::ops::RangeInclusive<u8>) -> Sequence {
    let between = bytes[from..]
        .iter()
        .take_while(|byte| (0x20..=0x2f).contains(*byte))
        .count();
    match bytes.get(from + between) {
        Some(byte) if last.contains(byte) => Sequence::Whole(from + between + 1),
        Some(_) => Sequence::None,
        None => Sequence::Unfinished,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(pieces: &[&[u8]]) -> Vec<u8> {
        let mut text = PlainText::default();
        let mut all: Vec<u8> = pieces.iter().flat_map(|piece| text.push(piece)).collect();
        all.extend(text.finish());
        all
    }

    #[test]
    fn colours_and_carriage_returns_are_read_as_a_person_would() {
        for (output, text) in [
            (&b"\x1b[1;32m0\x1b[0m failed\r\n"[..], "0 failed\n"),
            (b"10%\r50%\r\x1b[2K100%\r\r\ndone\r", "10%\n50%\n100%\ndone\n"),
            (b"\x1b]8;;https://x.example/\x1b\\log\x1b]8;;\x07!", "log!"),
            (b"\x1b(B\x1b7\x1b[?25lx\x1b[ q", "x"),
            (b"a\tb \xc3\xbc\n", "a\tb ü\n"),
            // What is no sequence stays, and so does what one without an end would hide.
            (b"\x1b\nfailed", "\x1b\nfailed"),
            (b"\x1b]failed\n3 errors", "\x1b]failed\n3 errors"),
            (b"\x1b[31", "\x1b[31"),
            (b"\x1b]0;title", "\x1b]0;title"),
        ] {
            assert_eq!(String::from_utf8_lossy(&plain(&[output])), text);
        }
        let long = [b"\x1b]", "x".repeat(LONGEST).as_bytes(), b"\x07failed"].concat();
        assert!(plain(&[&long]) == long, "it is left as it is");
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(output in r"(\x1b|\[|\]|[0-9;]|m|\r|\n|\x07|\\|[a-cü]){0,40}", cut in 0_usize..80) {
            let bytes = output.as_bytes();
            let (one, other) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(plain(&[one, other]), plain(&[bytes]));
        }

        #[test]
        fn bytes_that_are_no_text_stay(output in prop::collection::vec(0x80_u8.., 0..40)) {
            prop_assert_eq!(plain(&[&output]), output);
        }
    }
}
