//! Reading a secret at the moment it is needed. Errors name where it should have been, and never what it is.

use std::path::Path;

use holdpoint_gates::config::Secret;
use secrecy::SecretString;

use crate::environment;

/// Why a secret cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the environment variable {name} is not set; set it for the proxy and run the gate again")]
    NoVariable { name: String },
    #[error("the environment variable {name} is not UTF-8")]
    NotText { name: String },
    #[error("the file {path} cannot be read: {reason}")]
    NoFile { path: String, reason: String },
    /// `place` is the variable or the file.
    #[error("{place} is empty")]
    Empty { place: String },
    #[error("gates.toml does not say where it is read")]
    Undeclared,
}

/// Reads a secret. A final newline of a file is not part of it.
///
/// # Errors
/// There is no such variable or file, or nothing in it.
pub fn resolve(secret: &Secret, dir: &Path) -> Result<SecretString, SecretError> {
    let (place, value) = match (&secret.env, &secret.file) {
        (Some(name), None) => {
            let value = environment::var(name).map_err(|error| match error {
                std::env::VarError::NotPresent => SecretError::NoVariable { name: name.clone() },
                std::env::VarError::NotUnicode(_) => SecretError::NotText { name: name.clone() },
            })?;
            (format!("the environment variable {name}"), value)
        }
        (None, Some(file)) => {
            let path = dir.join(file);
            let text = std::fs::read_to_string(&path).map_err(|error| SecretError::NoFile {
                path: path.display().to_string(),
                reason: error.to_string(),
            })?;
            let text = text
                .strip_suffix('\n')
                .map(|text| text.strip_suffix('\r').unwrap_or(text))
                .unwrap_or(&text);
            (format!("the file {}", path.display()), text.to_owned())
        }
        _ => return Err(SecretError::Undeclared),
    };
    if value.is_empty() {
        Err(SecretError::Empty { place })
    } else {
        Ok(value.into())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn of(env: Option<&str>, file: Option<&str>, dir: &Path) -> Result<String, SecretError> {
        let secret = resolve(
            &Secret {
                env: env.map(str::to_owned),
                file: file.map(str::to_owned),
            },
            dir,
        );
        secret.map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn secrets_are_read_where_they_are_declared() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("token"), "s3cret\r\n").unwrap();
        std::fs::write(dir.path().join("empty"), "\n").unwrap();
        let home = std::env::var("PATH").unwrap();
        assert_eq!(of(Some("PATH"), None, dir.path()), Ok(home));
        assert_eq!(of(None, Some("token"), dir.path()), Ok("s3cret".to_owned()));
        assert!(matches!(
            of(None, Some("empty"), dir.path()),
            Err(SecretError::Empty { .. })
        ));
        assert!(matches!(
            of(None, Some("gone"), dir.path()),
            Err(SecretError::NoFile { .. })
        ));
        assert!(matches!(of(None, None, dir.path()), Err(SecretError::Undeclared)));
        let error = of(Some("HOLDPOINT_TEST_NOT_SET"), None, dir.path()).unwrap_err();
        assert!(error.to_string().contains("HOLDPOINT_TEST_NOT_SET is not set"));
    }
}
