//! Configured bearer tokens.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use holdpoint_domain::session::digest;
use secrecy::{ExposeSecret, SecretString};

/// Characters. Shorter tokens can be guessed.
const MIN_LENGTH: usize = 20;

/// Why tokens cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    #[error("the token file {} cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the token file {} holds no token; write one in each line", path.display())]
    Empty { path: PathBuf },
    /// `place` is the file, or the environment variable.
    #[error("a token in {place} has fewer than {MIN_LENGTH} characters; make one with `openssl rand -hex 32`")]
    TooShort { place: String },
}

/// Configured tokens, as hashes: looking one up takes the same time however much of it is right.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    hashes: HashSet<String>,
}

impl Tokens {
    /// Reads tokens from a file (one in each line; `#` begins a comment) and from a list, separated by white space.
    ///
    /// # Errors
    /// The file cannot be read or holds none, or a token is too short.
    pub fn read(file: Option<&Path>, list: Option<&SecretString>) -> Result<Self, TokensError> {
        let mut tokens = Self::default();
        if let Some(path) = file {
            let cannot = |source| TokensError::Read {
                path: path.to_owned(),
                source,
            };
            let text = SecretString::from(std::fs::read_to_string(path).map_err(cannot)?);
            let lines = text
                .expose_secret()
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'));
            tokens.add(lines, &path.display().to_string())?;
            if tokens.is_empty() {
                return Err(TokensError::Empty { path: path.to_owned() });
            }
        }
        tokens.add(
            list.map_or("", |list| list.expose_secret()).split_whitespace(),
            "HOLDPOINT_TOKENS",
        )?;
        Ok(tokens)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.hashes.contains(&digest(token))
    }

    fn add<'a>(&mut self, tokens: impl Iterator<Item = &'a str>, place: &str) -> Result<(), TokensError> {
        for token in tokens {
            if token.chars().count() < MIN_LENGTH {
                return Err(TokensError::TooShort {
                    place: place.to_owned(),
                });
            }
            self.hashes.insert(digest(token));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_from_a_file_and_a_list() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens");
        std::fs::write(&file, "# for the deploy job\n\n  0123456789abcdefghij \n").unwrap();
        let tokens = Tokens::read(Some(&file), Some(&"abcdefghij0123456789 zzzzzzzzzzzzzzzzzzzzzz".into())).unwrap();
        for (token, known) in [
            ("0123456789abcdefghij", true),
            ("abcdefghij0123456789", true),
            ("zzzzzzzzzzzzzzzzzzzzzz", true),
            ("0123456789abcdefghi", false),
            ("# for the deploy job", false),
            ("", false),
        ] {
            assert_eq!(tokens.contains(token), known, "{token}");
        }
        assert!(Tokens::read(None, None).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_protection_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tokens");
        std::fs::write(&file, "# nothing\n").unwrap();
        assert!(matches!(
            Tokens::read(Some(&file), None),
            Err(TokensError::Empty { .. })
        ));
        assert!(matches!(
            Tokens::read(Some(&dir.path().join("gone")), None),
            Err(TokensError::Read { .. })
        ));
        assert!(matches!(
            Tokens::read(None, Some(&"short".into())),
            Err(TokensError::TooShort { .. })
        ));
    }
}
