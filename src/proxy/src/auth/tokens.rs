//! Configured bearer tokens.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use holdpoint_domain::session::digest;

/// Characters that a token must have: shorter ones can be guessed.
const SHORTEST: usize = 20;

/// Why tokens cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The file cannot be read.
    #[error("the token file {} cannot be read: {source}", path.display())]
    Read {
        /// As `--token-file` names it.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is no token in it.
    #[error("the token file {} holds no token; write one in each line", path.display())]
    Empty {
        /// As `--token-file` names it.
        path: PathBuf,
    },
    /// A token is too short.
    #[error("a token in {place} has fewer than {SHORTEST} characters; make one with `openssl rand -hex 32`")]
    Short {
        /// The file, or the environment variable.
        place: String,
    },
}

/// Configured tokens, as hashes: looking one up takes the same time however much of it is right.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    hashes: HashSet<String>,
}

impl Tokens {
    /// Reads tokens from a file (one in each line; `#` begins a comment) and from a list.
    ///
    /// # Errors
    /// The file cannot be read or holds none, or a token is too short.
    pub fn read(file: Option<&Path>, list: Option<&str>) -> Result<Self, TokensError> {
        let mut tokens = Self::default();
        if let Some(path) = file {
            let cannot = |source| TokensError::Read {
                path: path.to_owned(),
                source,
            };
            let text = std::fs::read_to_string(path).map_err(cannot)?;
            let lines = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'));
            tokens.add(lines, &path.display().to_string())?;
            if tokens.is_empty() {
                return Err(TokensError::Empty { path: path.to_owned() });
            }
        }
        tokens.add(list.unwrap_or("").split_whitespace(), "HOLDPOINT_TOKENS")?;
        Ok(tokens)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn knows(&self, token: &str) -> bool {
        self.hashes.contains(&digest(token))
    }

    fn add<'a>(&mut self, tokens: impl Iterator<Item = &'a str>, place: &str) -> Result<(), TokensError> {
        for token in tokens {
            if token.chars().count() < SHORTEST {
                return Err(TokensError::Short {
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
        let tokens = Tokens::read(Some(&file), Some("abcdefghij0123456789 zzzzzzzzzzzzzzzzzzzzzz")).unwrap();
        for (token, known) in [
            ("0123456789abcdefghij", true),
            ("abcdefghij0123456789", true),
            ("zzzzzzzzzzzzzzzzzzzzzz", true),
            ("0123456789abcdefghi", false),
            ("# for the deploy job", false),
            ("", false),
        ] {
            assert_eq!(tokens.knows(token), known, "{token}");
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
            Tokens::read(None, Some("short")),
            Err(TokensError::Short { .. })
        ));
    }
}
