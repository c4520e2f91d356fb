//! Texts that have the shape of a secret: where one is written down, whoever has the file has it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use toml::de::{DeTable, DeValue};

/// A text that looks like a secret, and where. It does not say the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretShape {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What it looks like: `an access key of AWS`.
    pub looks_like: String,
}

/// What is known of a kind of secret by its text alone.
struct Shape {
    /// Its group `secret` is what must not be a placeholder.
    pattern: Regex,
    looks_like: &'static str,
}

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    [
        (r"(?P<secret>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)", "a private key"),
        (r"\b(?P<secret>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})", "a token of GitHub"),
        (r"\b(?P<secret>glpat-[A-Za-z0-9_-]{16,})", "a token of GitLab"),
        (r"\b(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})\b", "an access key of AWS"),
        (r"\b(?P<secret>xox[abeoprs]-[A-Za-z0-9-]{10,})", "a token of Slack"),
        (r"\b(?P<secret>AIza[A-Za-z0-9_-]{35})", "an API key of Google"),
        (r"\b(?P<secret>(?:sk|rk)[-_](?:live|test|proj|ant|svcacct)[-_][A-Za-z0-9_-]{8,}|sk-[A-Za-z0-9]{20,})", "a secret API key"),
        (r"\b(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})", "a signed token (JWT)"),
        (r#"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'`<>]*:(?P<secret>[^\s/@"'`]+)@"#, "a password in an address"),
        (
            r#"(?i)\b(?:proxy-)?authorization\s*:\s*(?:bearer|basic|token)\s+(?P<secret>[^\s"'`\\,;)]{8,})"#,
            "the value of a header that signs in",
        ),
        (
            r#"(?i)\b(?:x-)?(?:api-key|auth-token|access-token|private-token|gitlab-token)\s*:\s*(?P<secret>[^\s"'`\\,;)]{8,})"#,
            "the value of a header that signs in",
        ),
    ]
    .into_iter()
    .map(|(pattern, looks_like)| Shape {
        pattern: Regex::new(pattern).expect("the pattern is ours"),
        looks_like,
    })
    .collect()
});

/// What in a text looks like a secret, in the order of the text, each place once.
#[must_use]
pub fn secret_shapes(text: &str) -> Vec<SecretShape> {
    placed(text, in_any(text))
}

/// [`secret_shapes`] of a `gates.toml` or `rehearsal.toml`: literal values of headers and variables that sign in, too.
#[must_use]
pub fn secret_shapes_of_toml(text: &str) -> Vec<SecretShape> {
    let mut found = in_any(text);
    if let Ok(document) = DeTable::parse(text) {
        in_table(document.get_ref(), None, &mut found);
    }
    placed(text, found)
}

type Found = (Range<usize>, String);

fn in_any(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for shape in SHAPES.iter() {
        for captures in shape.pattern.captures_iter(text) {
            if let Some(secret) = captures.name("secret").filter(|one| !is_placeholder(one.as_str())) {
                found.push((secret.range(), shape.looks_like.to_owned()));
            }
        }
    }
    found
}

/// Those that overlap are one secret.
fn placed(text: &str, mut found: Vec<Found>) -> Vec<SecretShape> {
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut shapes, mut end) = (Vec::new(), 0);
    // Counted on from one place to the next, so that a long text is walked through once.
    let (mut line, mut from) = (1u32, 0);
    for (range, looks_like) in found {
        if range.start < end {
            continue;
        }
        end = range.end;
        let between = text.get(from..range.start).unwrap_or_default();
        line = line.saturating_add(u32::try_from(between.matches('\n').count()).unwrap_or(u32::MAX));
        from = range.start;
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let column = text[start..range.start].chars().count() + 1;
        shapes.push(SecretShape {
            line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
            looks_like,
        });
    }
    shapes
}

/// The literal values in tables of headers and variables whose names say that they sign in.
fn in_table(table: &DeTable<'_>, name: Option<&str>, found: &mut Vec<Found>) {
    for (key, value) in table {
        let key = key.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Table(inner) => in_table(inner, Some(key), found),
            DeValue::Array(items) => {
                let tables = items.iter().filter_map(|item| item.get_ref().as_table());
                tables.for_each(|table| in_table(table, Some(key), found));
            }
            DeValue::String(text) => {
                let (what, signs_in) = match name {
                    Some("headers") => ("header", is_header_of_sign_in(key)),
                    Some("variables" | "env") => ("variable", is_name_of_secret(key)),
                    _ => continue,
                };
                if signs_in && is_literal(text) {
                    found.push((
                        value.span(),
                        format!("the value of the {what} “{key}”, written as it is"),
                    ));
                }
            }
            _ => {}
        }
    }
}

fn is_header_of_sign_in(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "proxy-authorization", "cookie", "set-cookie"].contains(&&*name) || is_name_of_secret(&name)
}

/// `x-api-key`, `ACCESS_TOKEN`, `db_password`.
fn is_name_of_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let ends = [
        "api-key",
        "apikey",
        "token",
        "secret",
        "password",
        "passwd",
        "private-key",
    ];
    ends.iter().any(|end| name.ends_with(end))
}

/// Whether a value is written out, and long enough to be a secret. What is filled in (`{secret.token}`) is not.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let (first, rest) = value.split_once(char::is_whitespace).unwrap_or(("", value));
    let scheme = ["bearer", "basic", "token", "apikey"].contains(&&*first.to_ascii_lowercase());
    let secret = if scheme { rest.trim() } else { value };
    secret.chars().count() >= 8 && !is_placeholder(secret)
}

/// Whether a text stands for a secret and is none: `$TOKEN`, `<token>`, `{secret.x}`, `xxxx`, `…`, `YOUR_API_KEY`.
fn is_placeholder(text: &str) -> bool {
    const MARKS: [char; 8] = ['$', '<', '>', '{', '}', '%', '…', '*'];
    const WORDS: [&str; 9] = [
        "xxx",
        "...",
        "example",
        "your",
        "placeholder",
        "redacted",
        "changeme",
        "dummy",
        "[…]",
    ];
    const EXACT: [&str; 8] = ["password", "passwd", "pass", "pw", "pwd", "secret", "token", "none"];
    let lower = text.to_lowercase();
    // An escaped character of an address begins with `%`, and then two digits follow.
    let marks = text.contains(MARKS.as_slice()) && !is_percent_encoded(text);
    let in_brackets = text.starts_with(['[', '(']) && text.ends_with([']', ')']);
    let is_constant = text.contains('_') && text.chars().all(|one| one.is_ascii_uppercase() || one == '_');
    marks || in_brackets || is_constant || WORDS.iter().any(|word| lower.contains(word)) || EXACT.contains(&&*lower)
}

fn is_percent_encoded(text: &str) -> bool {
    let escaped = text.split('%').skip(1);
    let two_digits = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|one| one.is_ascii_hexdigit());
    text.contains('%') && escaped.clone().all(two_digits) && !text.contains(['$', '<', '>', '{', '}', '…', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: Vec<SecretShape>) -> Vec<(u32, u32)> {
        found.iter().map(|one| (one.line, one.column)).collect()
    }

    /// Written apart, so that nothing that looks for secrets finds them here.
    fn joined(parts: [&str; 2]) -> String {
        parts.concat()
    }

    #[test]
    fn the_shape_of_a_secret_is_found_with_its_place() {
        for (secret, looks_like) in [
            (joined(["sk-live", "-4eC39HqLyjWDarjtT1zdp7dc"]), "a secret API key"),
            (joined(["sk_te", "st_4eC39HqLyjWDarjtT1zdp7dc"]), "a secret API key"),
            (
                joined(["gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"]),
                "a token of GitHub",
            ),
            (joined(["AK", "IAIOSFODNN7ABCDEFG"]), "an access key of AWS"),
            (joined(["-----BEGIN RSA PRIV", "ATE KEY-----"]), "a private key"),
            (joined(["-----BEGIN PRIV", "ATE KEY-----"]), "a private key"),
            (joined(["glp", "at-abcDEF123456ghiJKL78"]), "a token of GitLab"),
            (joined(["xo", "xb-123456789012-abcdefghij"]), "a token of Slack"),
        ] {
            let found = secret_shapes(&format!("# Größe\n\n- [ ] Größe: `{secret}` und\n"));
            let [one] = found.as_slice() else {
                panic!("{secret}: {found:?}");
            };
            assert_eq!(
                (one.line, one.column, &*one.looks_like),
                (3, 15, looks_like),
                "{secret}"
            );
        }
        for (text, column) in [
            ("psql postgres://me:hunter2-x@db/main", 20),
            ("psql postgres://me:pa55%20w0rd@db/main", 20),
            ("curl -H 'Authorization: Bearer 9f8a7b6c5d4e'", 32),
            ("curl -H \"X-Api-Key: 9f8a7b6c5d4e\"", 21),
        ] {
            let found = secret_shapes(text);
            assert_eq!(told(found.clone()), [(1, column)], "{text}");
            assert!(!found[0].looks_like.contains("hunter2"), "{found:?}");
        }
    }

    #[test]
    fn what_stands_for_a_secret_is_none() {
        for text in [
            "curl -H \"Authorization: Bearer $TOKEN\"",
            "curl -H \"Authorization: Bearer ${GITHUB_TOKEN}\"",
            "curl -H 'Authorization: Bearer <token>'",
            "curl -H 'Authorization: Bearer {secret.token}'",
            "curl -H 'X-Api-Key: YOUR_API_KEY'",
            "sk-live-xxxxxxxxxxxxxxxx, sk-live-… and ghp_xxxxxxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE",
            "psql postgres://user:$PASSWORD@db/main",
            "psql postgres://user:password@db/main",
            "psql postgres://user:<password>@db/main",
            "psql postgres://postgres.[ref]:[password]@db.[ref].example/postgres",
            "psql postgres://user:***@db/main and postgres://localhost:5432/main",
            "mail a@b.example, https://api.example:8080/@me, git@github.com:a/b.git",
            "-----BEGIN CERTIFICATE-----",
            "risk-live-migration-of-everything, task-test-driven-development",
            "The header X-Api-Key: is sent",
        ] {
            assert_eq!(secret_shapes(text), [], "{text}");
        }
    }

    #[test]
    fn a_literal_value_of_a_header_or_variable_that_signs_in_is_found() {
        let text = "[environments.a]\nvariables = { api_key = \"9f8a7b6c5d4e\", region = \"eu-central-1\" }\n\n\
                    [gates.x.http]\nheaders = { Accept = \"application/json\", Authorization = \"Bearer 9f8a7b6c5d4e\" }\n\n\
                    [gates.y.http.deep]\nheaders.Cookie = \"session=9f8a7b6c5d4e\"\nheaders.x-api-key = '9f8a7b6c5d4e'\n";
        let found = secret_shapes_of_toml(text);
        assert_eq!(told(found.clone()), [(2, 25), (5, 58), (8, 18), (9, 21)], "{found:?}");
        assert!(found[1].looks_like.contains("“Authorization”"), "{found:?}");
        assert!(found.iter().all(|one| !one.looks_like.contains("9f8a")), "{found:?}");
        let text = "[environments.a]\nvariables = { token = \"none\", password = \"<password>\" }\nsecrets = { token = { env = \"ACCESS_TOKEN_OF_SITE\" } }\n\n\
                    [gates.x.http]\nheaders = { Authorization = \"Bearer {secret.github_token}\", x-api-key = \"{secret.key}\" }\n";
        assert_eq!(secret_shapes_of_toml(text), []);
        // A secret with a shape of its own in a header is one.
        let key = joined(["sk-live", "-4eC39HqLyjWDarjtT1zdp7dc"]);
        let text = format!("[gates.x.http]\nheaders = {{ Authorization = \"Bearer {key}\" }}\n");
        assert_eq!(told(secret_shapes_of_toml(&text)), [(2, 29)]);
    }
}
