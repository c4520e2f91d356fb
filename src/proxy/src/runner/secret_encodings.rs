//! The forms in which a secret may turn up in what a program or a server says.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986: everything but unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What JavaScript's `encodeURIComponent` writes.
const JAVASCRIPT: &AsciiSet = &COMPONENT
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');
/// What Python's `quote` writes.
const PATH: &AsciiSet = &COMPONENT.remove(b'/');
/// What stands as it is in a URL's user information.
const USERINFO: &AsciiSet = &JAVASCRIPT
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');
/// Forms: a space is a plus sign, and `~` is not kept.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*')
    .remove(b' ');

/// Forms that are looked for exactly.
pub(super) fn exact_forms(secret: &str) -> Vec<Vec<u8>> {
    let quoted = serde_json::Value::String(secret.to_owned()).to_string();
    let json = &quoted[1..quoted.len() - 1];
    let mut forms = vec![
        secret.as_bytes().to_vec(),
        json.as_bytes().to_vec(),
        json.replace('/', "\\/").into_bytes(),
    ];
    // On its own it is looked for whole; amid other bytes its first and last character are mixed with theirs.
    forms.push(STANDARD_NO_PAD.encode(secret).into_bytes());
    forms.push(URL_SAFE_NO_PAD.encode(secret).into_bytes());
    for before in 0..3 {
        forms.push(base64_core(secret.as_bytes(), before, &STANDARD_NO_PAD));
        forms.push(base64_core(secret.as_bytes(), before, &URL_SAFE_NO_PAD));
    }
    forms
}

/// Forms whose hexadecimal digits may be of either case.
pub(super) fn any_case_forms(secret: &str) -> Vec<Vec<u8>> {
    let sets = [COMPONENT, JAVASCRIPT, PATH, USERINFO, NON_ALPHANUMERIC];
    let mut forms: Vec<_> = sets
        .into_iter()
        .map(|set| utf8_percent_encode(secret, set).to_string())
        .collect();
    forms.push(utf8_percent_encode(secret, FORM).to_string().replace(' ', "+"));
    forms.push(secret.bytes().map(|byte| format!("%{byte:02x}")).collect());
    forms.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    let ascii = json_ascii(secret);
    forms.push(ascii.replace('/', "\\/"));
    forms.push(ascii);
    // A form without any digit to fold is the secret itself, which is looked for exactly: folding the case of ordinary
    // letters would mask words that only look like it.
    forms
        .into_iter()
        .filter(|form| form != secret)
        .map(String::into_bytes)
        .collect()
}

/// JSON as programs write it that keep to ASCII.
fn json_ascii(secret: &str) -> String {
    let quoted = serde_json::Value::String(secret.to_owned()).to_string();
    let mut units = [0; 2];
    let escape = |character: char| -> String {
        if character.is_ascii() {
            return character.to_string();
        }
        character
            .encode_utf16(&mut units)
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    };
    quoted[1..quoted.len() - 1].chars().map(escape).collect()
}

/// The characters of base64 that depend on the secret alone, when so many bytes (modulo 3) come before it.
fn base64_core(secret: &[u8], before: usize, engine: &impl Engine) -> Vec<u8> {
    let padded = [&[0; 3][..before], secret].concat();
    let encoded = engine.encode(&padded).into_bytes();
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded[first.min(last)..last].to_vec()
}
