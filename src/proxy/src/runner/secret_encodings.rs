//! The forms in which a secret is kept out of what programs and servers say. [`ENCODINGS`] is the one table of them: the scanner
//! looks through each, and the documentation lists each.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::decode::Step::{self, Backslash, Doubled, FoldCase, Html, Percent, QuotedPrintable, ShellQuote, Unwrap};

/// Which forms of a secret are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The secret itself.
    Itself,
    /// Its base64, at each of the three places where it can begin among other bytes.
    Base64,
    /// Its hexadecimal digits.
    Hex,
}

/// One way in which a secret may be written.
pub struct Encoding {
    /// For people.
    pub name: &'static str,
    /// What undoes it, the outermost first.
    pub(super) steps: &'static [Step],
    pub(super) form: Form,
    /// Without one of these bytes it says the same as the encoding `like`.
    pub(super) marks: &'static [u8],
    pub(super) like: usize,
}

const fn encoding(
    name: &'static str,
    steps: &'static [Step],
    form: Form,
    marks: &'static [u8],
    like: usize,
) -> Encoding {
    Encoding {
        name,
        steps,
        form,
        marks,
        like,
    }
}

/// Every way in which a secret is found.
pub const ENCODINGS: [Encoding; 18] = [
    encoding("as it is", &[], Form::Itself, b"", 0),
    encoding(
        "base64, standard and URL-safe, also in lines",
        &[Unwrap],
        Form::Base64,
        b"",
        1,
    ),
    encoding("hexadecimal, also in lines", &[Unwrap, FoldCase], Form::Hex, b"", 2),
    encoding(
        "backslash escapes (JSON, with \\u0026 and the like)",
        &[Backslash],
        Form::Itself,
        b"\\",
        0,
    ),
    encoding("JSON within JSON", &[Backslash, Backslash], Form::Itself, b"\\", 0),
    encoding("percent-encoded (URLs, forms)", &[Percent], Form::Itself, b"%", 0),
    encoding("percent-encoded twice", &[Percent, Percent], Form::Itself, b"%", 0),
    encoding(
        "references of HTML and XML, by name or number",
        &[Html],
        Form::Itself,
        b"&",
        0,
    ),
    encoding("references of HTML twice", &[Html, Html], Form::Itself, b"&", 0),
    encoding(
        "references of HTML within JSON",
        &[Backslash, Html],
        Form::Itself,
        b"\\&",
        0,
    ),
    encoding("doubled quotes (CSV, SQL, YAML)", &[Doubled], Form::Itself, b"\"'", 0),
    encoding(
        "doubled quotes within JSON",
        &[Backslash, Doubled],
        Form::Itself,
        b"\\'",
        0,
    ),
    encoding("quotes within a shell's quotes", &[ShellQuote], Form::Itself, b"'", 0),
    encoding(
        "quotes within a shell's quotes within JSON",
        &[Backslash, ShellQuote],
        Form::Itself,
        b"\\'",
        0,
    ),
    encoding(
        "quoted-printable, also in lines",
        &[QuotedPrintable],
        Form::Itself,
        b"=",
        0,
    ),
    encoding(
        "percent-encoded within JSON",
        &[Backslash, Percent],
        Form::Itself,
        b"\\%",
        0,
    ),
    encoding("base64 within JSON", &[Backslash, Unwrap], Form::Base64, b"\\", 1),
    encoding("base64, percent-encoded", &[Percent, Unwrap], Form::Base64, b"%", 1),
];

/// The bytes that are a mark of some encoding.
pub(super) const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let mut at = 0;
    while at < ENCODINGS.len() {
        let mut left = ENCODINGS[at].marks;
        while let [first, rest @ ..] = left {
            marks[*first as usize] = true;
            left = rest;
        }
        at += 1;
    }
    marks
};

/// The texts that are looked for after the steps were undone.
pub(super) fn patterns(secret: &str, form: Form) -> Vec<Vec<u8>> {
    match form {
        // In forms a space is a plus sign.
        Form::Itself => {
            let mut texts = vec![secret.as_bytes().to_vec(), secret.replace(' ', "+").into_bytes()];
            texts.extend(as_written(secret));
            texts
        }
        Form::Hex => vec![hex_digits(secret)],
        Form::Base64 => {
            // On its own it is looked for whole; amid other bytes its first and last character are mixed with theirs.
            let mut forms = vec![
                STANDARD_NO_PAD.encode(secret).into_bytes(),
                URL_SAFE_NO_PAD.encode(secret).into_bytes(),
            ];
            for before in 0..3 {
                forms.push(base64_core(secret.as_bytes(), before, &STANDARD_NO_PAD));
                forms.push(base64_core(secret.as_bytes(), before, &URL_SAFE_NO_PAD));
            }
            forms
        }
    }
}

/// The secret as programs commonly write it, for where what stands before it takes its first character for its own: of `%a0%20b`,
/// undoing makes one byte of `%a0`, and the secret that begins with the `0` is there for all to read. So it is with `&#6` and `=2`.
fn as_written(secret: &str) -> Vec<Vec<u8>> {
    let mut percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string().into_bytes();
    let upper = percent.clone();
    // Of what is not percent-encoded, only letters and digits are left.
    for at in 0..percent.len() {
        if percent[at] == b'%' {
            percent[at + 1..at + 3].make_ascii_lowercase();
        }
    }
    let plus = |text: &[u8]| String::from_utf8_lossy(text).replace("%20", "+").into_bytes();
    let mut texts = vec![plus(&upper), plus(&percent), upper, percent];
    if let Ok(json) = serde_json::to_string(secret) {
        texts.push(json.as_bytes()[1..json.len() - 1].to_vec());
    }
    texts.extend(as_html(secret));
    texts.extend([quoted_printable(secret, false), quoted_printable(secret, true)]);
    texts
}

/// As the escaping functions of common languages write it: they differ in quotes.
fn as_html(secret: &str) -> impl Iterator<Item = Vec<u8>> {
    const QUOTES: [&str; 3] = ["\"", "&quot;", "&#34;"];
    const APOSTROPHES: [&str; 5] = ["'", "&#39;", "&#039;", "&#x27;", "&apos;"];
    let text = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    QUOTES.into_iter().flat_map(move |quote| {
        let text = text.replace('"', quote);
        APOSTROPHES.map(|apostrophe| text.replace('\'', apostrophe).into_bytes())
    })
}

/// On one line: where it is broken is not known.
fn quoted_printable(secret: &str, lower: bool) -> Vec<u8> {
    let write = |byte: u8| match byte {
        b'=' | 0..=31 | 127.. if lower => format!("={byte:02x}").into_bytes(),
        b'=' | 0..=31 | 127.. => format!("={byte:02X}").into_bytes(),
        _ => vec![byte],
    };
    secret.bytes().flat_map(write).collect()
}

fn hex_digits(secret: &str) -> Vec<u8> {
    secret
        .bytes()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}

/// The characters of base64 that depend on the secret alone, when so many bytes (modulo 3) come before it.
fn base64_core(secret: &[u8], before: usize, engine: &impl Engine) -> Vec<u8> {
    let padded = [&[0; 3][..before], secret].concat();
    let encoded = engine.encode(&padded).into_bytes();
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded[first.min(last)..last].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_form_and_no_other() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/RUNBOOK-FORMAT.md");
        let docs = std::fs::read_to_string(docs).unwrap();
        let (_, table) = docs.split_once("| form |\n| --- |\n").expect("it has the table");
        let rows = table
            .lines()
            .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
        let names: Vec<_> = ENCODINGS.iter().map(|encoding| encoding.name).collect();
        assert_eq!(rows.collect::<Vec<_>>(), names);
    }

    #[test]
    fn an_encoding_ends_with_what_the_one_that_it_is_like_undoes() {
        for encoding in &ENCODINGS {
            let like = &ENCODINGS[encoding.like];
            assert!(
                encoding.steps.ends_with(like.steps) && encoding.form == like.form,
                "{}",
                encoding.name
            );
            assert!(like.marks.is_empty(), "{}", encoding.name);
        }
    }
}
