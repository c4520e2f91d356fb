//! Undoing an encoding byte by byte, with the place of each byte in what was said.

use quick_xml::escape::resolve_html5_entity;

/// A byte as it was meant, and the bytes of the output that say it: from `start` up to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) byte: u8,
    pub(super) start: u64,
    pub(super) end: u64,
}

/// An encoding that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// JSON, JavaScript, Go, Rust, Python, C, shells: `\"`, `\/`, `\n`, `\x26`, `\046`, `\u0026`, `\u{26}`, `\ud83d\ude00`.
    Backslash,
    /// `%26`, of either case.
    Percent,
    /// `&amp;`, `&dollar;` and every other name of HTML, `&#38;`, `&#x26;`; numbers without a semicolon, too.
    Html,
    /// `""` and `''` for one of them: CSV, SQL, YAML.
    Doubled,
    /// `'\''` and `'"'"'`, by which a shell has a quote within quotes.
    ShellQuote,
    /// `=26`, and lines that `=` breaks.
    QuotedPrintable,
    /// Line ends, and the indentation that follows them.
    Unwrap,
    /// Lower case is the same as upper case.
    FoldCase,
}

/// Bytes of the longest reference of HTML, `&CounterClockwiseContourIntegral;`, without its end.
const LONGEST_REFERENCE: usize = 32;
/// One quote within a shell's single quotes.
const SHELL_QUOTES: [&[u8]; 2] = [br"'\''", br#"'"'"'"#];

/// Undoes one encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decoder {
    step: Step,
    /// What may be the beginning of something encoded.
    held: Vec<Meant>,
    /// The first half of a character beyond U+FFFF.
    high: Option<(u16, u64, u64)>,
    after_line_end: bool,
}

impl Decoder {
    pub(super) fn new(step: Step) -> Self {
        Self {
            step,
            held: Vec::new(),
            high: None,
            after_line_end: false,
        }
    }

    /// Where that begins which is not undone yet.
    pub(super) fn pending(&self) -> Option<u64> {
        let high = self.high.map(|(_, start, _)| start);
        high.or_else(|| self.held.first().map(|first| first.start))
    }

    /// Takes a byte in, and gives what it completes to `emit`.
    pub(super) fn take(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        match self.step {
            Step::FoldCase => emit(Meant {
                byte: one.byte.to_ascii_lowercase(),
                ..one
            }),
            Step::Unwrap => match one.byte {
                b'\r' | b'\n' => self.after_line_end = true,
                b' ' | b'\t' if self.after_line_end => {}
                _ => {
                    self.after_line_end = false;
                    emit(one);
                }
            },
            Step::Backslash => self.backslash(one, emit),
            Step::Percent => self.percent(one, emit),
            Step::Html => self.html(one, emit),
            Step::Doubled => self.doubled(one, emit),
            Step::ShellQuote => self.shell_quote(one, emit),
            Step::QuotedPrintable => self.quoted_printable(one, emit),
        }
    }

    fn backslash(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        let byte = one.byte;
        let digits = self.held.len().saturating_sub(2);
        match self.held.get(1).map(|second| second.byte) {
            _ if self.held.is_empty() && byte == b'\\' => self.held.push(one),
            _ if self.held.is_empty() => {
                self.flush(emit);
                emit(one);
            }
            None => match byte {
                b'u' | b'x' | b'0'..=b'7' => self.held.push(one),
                b'n' => self.single(b'\n', one.end, emit),
                b'r' => self.single(b'\r', one.end, emit),
                b't' => self.single(b'\t', one.end, emit),
                b'b' => self.single(8, one.end, emit),
                b'f' => self.single(12, one.end, emit),
                _ if byte.is_ascii_punctuation() => self.single(byte, one.end, emit),
                _ => {
                    self.flush(emit);
                    emit(one);
                }
            },
            Some(b'0'..=b'7') if matches!(byte, b'0'..=b'7') => {
                self.held.push(one);
                // What is more than a byte loses its upper bits, as in C.
                if let [.., low] = self.number(1, 8).to_be_bytes()
                    && digits == 1
                {
                    self.single(low, one.end, emit);
                }
            }
            Some(b'x') if byte.is_ascii_hexdigit() => {
                self.held.push(one);
                if digits == 1 {
                    let code = self.number(2, 16);
                    self.single(u8::try_from(code).unwrap_or_default(), one.end, emit);
                }
            }
            Some(b'u') if digits == 0 && byte == b'{' => self.held.push(one),
            Some(b'u') if self.held.get(2).is_some_and(|third| third.byte == b'{') => match byte {
                b'}' => {
                    let code = self.number(3, 16);
                    self.character(char::from_u32(code), one.end, emit);
                }
                _ if byte.is_ascii_hexdigit() && digits <= 6 => self.held.push(one),
                _ => self.again(one, emit),
            },
            Some(b'u') if byte.is_ascii_hexdigit() => {
                self.held.push(one);
                if digits == 3 {
                    let unit = u16::try_from(self.number(2, 16)).unwrap_or_default();
                    self.unit(unit, one.end, emit);
                }
            }
            _ => self.again(one, emit),
        }
    }

    fn percent(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        match self.held.len() {
            0 if one.byte == b'%' => self.held.push(one),
            0 => emit(one),
            _ if !one.byte.is_ascii_hexdigit() => self.again(one, emit),
            1 => self.held.push(one),
            _ => {
                self.held.push(one);
                let code = self.number(1, 16);
                self.single(u8::try_from(code).unwrap_or_default(), one.end, emit);
            }
        }
    }

    fn html(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        let byte = one.byte;
        let goes_on = match self.held.as_slice() {
            [] if byte == b'&' => true,
            [] => return emit(one),
            [_] => byte.is_ascii_alphanumeric() || byte == b'#',
            [_, second] if second.byte == b'#' => byte.is_ascii_digit() || matches!(byte, b'x' | b'X'),
            [_, second, third, ..] if second.byte == b'#' && matches!(third.byte, b'x' | b'X') => {
                byte.is_ascii_hexdigit()
            }
            [_, second, ..] if second.byte == b'#' => byte.is_ascii_digit(),
            _ => byte.is_ascii_alphanumeric(),
        };
        if goes_on && self.held.len() < LONGEST_REFERENCE {
            return self.held.push(one);
        }
        let name: String = self.held[1..].iter().map(|held| char::from(held.byte)).collect();
        let text = match name.as_bytes() {
            [b'#', b'x' | b'X', _, ..] => char::from_u32(self.number(3, 16)).map(String::from),
            [b'#', b'0'..=b'9', ..] => char::from_u32(self.number(2, 10)).map(String::from),
            // Without a semicolon a name may be any word.
            _ if byte == b';' => resolve_html5_entity(&name).map(str::to_owned),
            _ => None,
        };
        let (Some(text), Some(first), Some(last)) = (text, self.held.first(), self.held.last()) else {
            return self.again(one, emit);
        };
        let (start, end) = (first.start, if byte == b';' { one.end } else { last.end });
        self.held.clear();
        text.bytes().for_each(|byte| emit(Meant { byte, start, end }));
        if byte != b';' {
            self.take(one, emit);
        }
    }

    fn doubled(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        match self.held.first().map(|first| first.byte) {
            None if matches!(one.byte, b'"' | b'\'') => self.held.push(one),
            None => emit(one),
            Some(first) if first == one.byte => self.single(first, one.end, emit),
            Some(_) => self.again(one, emit),
        }
    }

    fn shell_quote(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        self.held.push(one);
        while let Some(first) = self.held.first().copied() {
            let held: Vec<u8> = self.held.iter().map(|held| held.byte).collect();
            if SHELL_QUOTES.contains(&held.as_slice()) {
                return self.single(b'\'', one.end, emit);
            }
            if SHELL_QUOTES.iter().any(|quote| quote.starts_with(&held)) {
                return;
            }
            self.held.remove(0);
            emit(first);
        }
    }

    fn quoted_printable(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        let byte = one.byte;
        match self.held.get(1).map(|second| second.byte) {
            _ if self.held.is_empty() && byte == b'=' => self.held.push(one),
            _ if self.held.is_empty() => emit(one),
            None | Some(b'\r') if byte == b'\n' => self.held.clear(),
            None if byte == b'\r' || byte.is_ascii_hexdigit() => self.held.push(one),
            Some(second) if second.is_ascii_hexdigit() && byte.is_ascii_hexdigit() => {
                self.held.push(one);
                let code = self.number(1, 16);
                self.single(u8::try_from(code).unwrap_or_default(), one.end, emit);
            }
            _ => self.again(one, emit),
        }
    }

    /// The held digits from this place on as a number, as far as they are digits.
    fn number(&self, from: usize, radix: u32) -> u32 {
        let digits = self
            .held
            .iter()
            .skip(from)
            .filter_map(|held| char::from(held.byte).to_digit(radix));
        digits.fold(0, |number: u32, digit| {
            number.saturating_mul(radix).saturating_add(digit)
        })
    }

    /// What is held means one byte.
    fn single(&mut self, byte: u8, end: u64, emit: &mut dyn FnMut(Meant)) {
        let start = self.held[0].start;
        self.held.clear();
        self.flush(emit);
        emit(Meant { byte, start, end });
    }

    /// What is held means one character; one that is none stays as it was written.
    fn character(&mut self, character: Option<char>, end: u64, emit: &mut dyn FnMut(Meant)) {
        let Some(character) = character else {
            return self.flush(emit);
        };
        let start = self.held.first().map_or(end, |first| first.start);
        self.held.clear();
        self.flush(emit);
        spell(character, start, end, emit);
    }

    /// What is held is a unit of UTF-16.
    fn unit(&mut self, unit: u16, end: u64, emit: &mut dyn FnMut(Meant)) {
        let start = self.held[0].start;
        self.held.clear();
        if let Some((high, first, _)) = self.high
            && let Some(Ok(character)) = char::decode_utf16([high, unit]).next()
        {
            self.high = None;
            return spell(character, first, end, emit);
        }
        self.flush(emit);
        match char::from_u32(unit.into()) {
            Some(character) => spell(character, start, end, emit),
            None => self.high = Some((unit, start, end)),
        }
    }

    /// What is held was nothing encoded. The byte may begin something.
    fn again(&mut self, one: Meant, emit: &mut dyn FnMut(Meant)) {
        self.flush(emit);
        self.take(one, emit);
    }

    fn flush(&mut self, emit: &mut dyn FnMut(Meant)) {
        if let Some((_, start, end)) = self.high.take() {
            spell(char::REPLACEMENT_CHARACTER, start, end, emit);
        }
        self.held.drain(..).for_each(emit);
    }
}

fn spell(character: char, start: u64, end: u64, emit: &mut dyn FnMut(Meant)) {
    let mut bytes = [0; 4];
    for byte in character.encode_utf8(&mut bytes).bytes() {
        emit(Meant { byte, start, end });
    }
}
