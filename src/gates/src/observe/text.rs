//! Bytes of an answer as text, or why they are none.

/// What packed and other unreadable bytes begin with.
const SIGNATURES: [(&[u8], &str); 6] = [
    (b"\x1f\x8b", "it is packed with gzip"),
    (b"\x28\xb5\x2f\xfd", "it is packed with zstd"),
    (b"PK\x03\x04", "it is a ZIP archive"),
    (b"\xff\xfe", "it is UTF-16 and not UTF-8"),
    (b"\xfe\xff", "it is UTF-16 and not UTF-8"),
    (b"\x89PNG", "it is a picture"),
];
/// What a terminal takes as one place back.
const BACKSPACE: char = '\u{8}';
/// The byte order mark of UTF-8, which is no part of the text (RFC 8259, 8.1).
const MARK: &str = "\u{feff}";

/// The text; no reader of one agrees with another where NUL or a backspace stands in it. `encoding` is the answer's `Content-Encoding`, where it has one.
pub(super) fn text_of<'a>(bytes: &'a [u8], encoding: Option<&str>) -> Result<&'a str, String> {
    let encoding = encoding.map(str::trim).filter(|one| packs(one));
    if let Some(encoding) = encoding {
        return Err(format!(
            "it is packed (Content-Encoding: {encoding}), and the gate did not ask for that, so it is not unpacked"
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find(['\0', BACKSPACE]) {
            None => Ok(text.strip_prefix(MARK).unwrap_or(text)),
            Some(at) if text[at..].starts_with('\0') => Err(format!(
                "it has a NUL at byte {at}: it is binary, or UTF-16 and not UTF-8"
            )),
            Some(at) => Err(format!(
                "it goes back over itself with a backspace at byte {at}, so that it says one thing on a terminal and another here"
            )),
        },
        Err(error) => Err(match signature(bytes) {
            Some(is) => is.to_owned(),
            None => format!("it is not UTF-8 from byte {} on", error.valid_up_to()),
        }),
    }
}

/// Whether a `Content-Encoding` says that the bytes are packed.
pub(super) fn packs(encoding: &str) -> bool {
    let encoding = encoding.trim();
    !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity")
}

fn signature(bytes: &[u8]) -> Option<&'static str> {
    let found = SIGNATURES.iter().find(|(begin, _)| bytes.starts_with(begin));
    found.map(|(_, is)| *is)
}
