//! Secrets that stand in the files of a runbooks' folder: they are recorded with each session, and shared with the folder.

use std::path::Path;

use super::CliError;
use crate::config::{self, Config, GATES_FILE};
use crate::runner::secrets_of;

/// The first secret of each environment in each file, in any form in which the runner would find it, of those that can be read here.
pub(super) fn told_secrets(dir: &Path, config: &Config) -> Result<Vec<String>, CliError> {
    let mut paths = config::runbook_paths(dir)?;
    let others = [GATES_FILE, holdpoint_rehearsal::FILE].map(|name| dir.join(name));
    paths.extend(others.into_iter().filter(|path| path.is_file()));
    let mut found = Vec::new();
    for path in paths {
        let bytes = std::fs::read(&path).map_err(|source| CliError::Read {
            path: path.clone(),
            source,
        })?;
        let text = String::from_utf8_lossy(&bytes);
        for (name, environment) in &config.gates.environments {
            let Some(at) = secrets_of(environment, &config.dir).find(&text) else {
                continue;
            };
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            found.push(format!(
                "{}:{line}:{column}: warning: a secret or password of the environment “{name}” stands here, as it is or encoded. \
                 Take it out, and exchange it: whoever has this file has it.",
                path.display()
            ));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_secret_in_a_file_of_the_folder_is_told_with_its_place_and_never_itself() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("token", "hunter2-hunter2\n");
        write("database", "postgres://me:pa55%20w0rd@db/main\n");
        write(
            "gates.toml",
            "[environments.test]\ntitle = \"Test\"\nsecrets = { token = { file = \"token\" }, none = { file = \"none\" } }\n\
             databases = { main = { file = \"database\" } }\n\n[environments.other]\ntitle = \"Other\"\n",
        );
        let told = || {
            let config = Config::load(dir.path()).unwrap();
            told_secrets(dir.path(), &config).unwrap()
        };
        write("release.md", "# Release\n\n- [ ] Hunt, and say hunter2\n");
        assert_eq!(told(), [""; 0]);
        let encoded = STANDARD.encode("Basic hunter2-hunter2");
        for (secret, column) in [
            ("hunter2-hunter2", 14),
            (encoded.as_str(), 22),
            ("pa55 w0rd", 14),
            ("hunter2&#45;hunter2", 14),
        ] {
            write("release.md", &format!("# Release\n\n- [ ] Größe: {secret}\n"));
            let told = told();
            assert_eq!(told.len(), 1, "{secret}: {told:?}");
            let place = format!("release.md:3:{column}: warning: ");
            assert!(
                told[0].contains(&place) && told[0].contains("“test”"),
                "{secret}: {told:?}"
            );
            assert!(!told[0].contains("hunter2") && !told[0].contains("w0rd"), "{told:?}");
        }
    }
}
