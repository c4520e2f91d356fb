//! Looking at an SQL statement without running it: one statement, one that only reads, and how many values it binds.
//!
//! This is the first of three fences. The database's own prepared statement takes one statement only, and the transaction
//! is read-only; this one finds the mistake when the file is read instead of in the middle of a release.

/// Why a statement is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant says what it is")]
pub enum StatementError {
    /// There is nothing to run.
    #[error("the statement is empty")]
    Empty,
    /// A second statement follows.
    #[error("there is more than one statement; a gate runs exactly one")]
    Several,
    /// It does not begin as a statement that reads.
    #[error(
        "the statement begins with “{word}”; a gate only reads, so it begins with SELECT, WITH, SHOW, EXPLAIN, VALUES or TABLE"
    )]
    NotReading { word: String },
    /// A quotation or a comment has no end.
    #[error("{what} is not closed")]
    Unclosed { what: &'static str },
}

const READING: [&str; 6] = ["SELECT", "WITH", "SHOW", "EXPLAIN", "VALUES", "TABLE"];

/// Checks a statement, and returns the highest `$n` that it binds.
///
/// # Errors
/// It is empty, more than one, not one that reads, or has a quotation or comment without an end.
pub fn check_statement(text: &str) -> Result<usize, StatementError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut word: Option<String> = None;
    let mut ended = false;
    let mut highest = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            at += block_comment(rest)?;
            continue;
        }
        if byte == b';' {
            ended = word.is_some() || ended;
            at += 1;
            continue;
        }
        if ended {
            return Err(StatementError::Several);
        }
        let length = match byte {
            b'\'' => quoted(rest, b'\'', false, "a text in single quotes")?,
            b'"' => quoted(rest, b'"', false, "a name in double quotes")?,
            b'$' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if digits > 0 {
                    highest = highest.max(rest[1..=digits].parse().unwrap_or(usize::MAX));
                    digits + 1
                } else {
                    dollar_quoted(rest)?
                }
            }
            _ if is_word_byte(byte) => {
                let length = rest
                    .bytes()
                    .take_while(|byte| is_word_byte(*byte) || *byte == b'$')
                    .count();
                if word.is_none() {
                    word = Some(rest[..length].to_owned());
                    check_first(&rest[..length])?;
                }
                // `E'…'` is the one form of text in which a backslash protects a quote.
                if rest[..length].eq_ignore_ascii_case("e") && rest[length..].starts_with('\'') {
                    length + quoted(&rest[length..], b'\'', true, "a text in single quotes")?
                } else {
                    length
                }
            }
            _ => 1,
        };
        if word.is_none() {
            return Err(StatementError::NotReading {
                word: rest.chars().take(1).collect(),
            });
        }
        at += length;
    }
    if word.is_some() {
        Ok(highest)
    } else {
        Err(StatementError::Empty)
    }
}

fn check_first(word: &str) -> Result<(), StatementError> {
    if READING.iter().any(|reading| reading.eq_ignore_ascii_case(word)) {
        Ok(())
    } else {
        Err(StatementError::NotReading {
            word: word.chars().take(40).collect(),
        })
    }
}

/// Bytes of which words are made. Bytes past ASCII are letters to PostgreSQL.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a comment, which may hold further ones.
fn block_comment(text: &str) -> Result<usize, StatementError> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => at += 1,
        }
    }
    Err(StatementError::Unclosed { what: "a comment" })
}

/// The length of a quotation. A doubled quote goes on with it, so that it need not be looked at: the second one opens the next.
fn quoted(text: &str, quote: u8, backslashes: bool, what: &'static str) -> Result<usize, StatementError> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if backslashes && bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at] == quote {
            if backslashes && bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                return Ok(at + 1);
            }
        } else {
            at += 1;
        }
    }
    Err(StatementError::Unclosed { what })
}

/// The length of `$tag$ … $tag$`, or 1 if the dollar opens no such text.
fn dollar_quoted(text: &str) -> Result<usize, StatementError> {
    let name = text[1..].bytes().take_while(|byte| is_word_byte(*byte)).count();
    if text.as_bytes().get(name + 1) != Some(&b'$') {
        return Ok(1);
    }
    let tag = &text[..name + 2];
    match text[tag.len()..].find(tag) {
        Some(end) => Ok(end + 2 * tag.len()),
        None => Err(StatementError::Unclosed {
            what: "a text in dollar quotes",
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_reading_statement_is_taken() {
        for (statement, binds) in [
            ("SELECT 1", 0),
            ("  select count(*) from t where a = $2 and b = $1 ; -- done\n ;", 2),
            ("-- why\n/* a /* nested */ b */ WITH a AS (SELECT 1) TABLE a", 0),
            ("SELECT ';' || \"a;b\" || $$;$$ || $x$; $$ $x$ || E'\\';'", 0),
            ("SELECT 'it''s; fine'", 0),
            ("SELECT 'a\\'", 0),
            ("SHOW server_version", 0),
            ("VALUES ($12::int)", 12),
            ("EXPLAIN SELECT 1", 0),
            ("SELECT a$1 FROM t", 0),
        ] {
            assert_eq!(check_statement(statement), Ok(binds), "{statement}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let unclosed = |what| StatementError::Unclosed { what };
        for (statement, error) in [
            ("", StatementError::Empty),
            (" -- nothing\n ; ", StatementError::Empty),
            ("SELECT 1; SELECT 2", StatementError::Several),
            ("SELECT 1; DROP TABLE t", StatementError::Several),
            ("SELECT '\\'; DROP TABLE t --'", StatementError::Several),
            ("SELECT 1 /* ; */ ; /**/ 2", StatementError::Several),
            ("DELETE FROM t", StatementError::NotReading { word: "DELETE".into() }),
            ("(SELECT 1)", StatementError::NotReading { word: "(".into() }),
            (
                "SELECTED",
                StatementError::NotReading {
                    word: "SELECTED".into(),
                },
            ),
            ("SELECT 'a", unclosed("a text in single quotes")),
            ("SELECT \"a", unclosed("a name in double quotes")),
            ("SELECT $a$ b", unclosed("a text in dollar quotes")),
            ("/* SELECT 1", unclosed("a comment")),
        ] {
            assert_eq!(check_statement(statement), Err(error), "{statement}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(statement in "\\PC*") {
            let _looked_at = check_statement(&statement);
        }

        #[test]
        fn nothing_hides_a_second_statement(inside in "[^'\\\\]*") {
            let statement = format!("SELECT '{inside}'; DELETE FROM t");
            prop_assert_eq!(check_statement(&statement), Err(StatementError::Several));
        }
    }
}
