//! Secrets that stand in the files of a runbooks' folder: they are recorded with each session, and shared with the folder.

use std::path::{Path, PathBuf};

use holdpoint_domain::runbook::Severity;
use holdpoint_gates::{secret_shapes, secret_shapes_of_toml};

use super::CliError;
use super::lint_findings::Finding;
use crate::config::{self, Config, GATES_FILE};
use crate::runner::secrets_of;

/// The first secret of each environment in each file, in any form in which the runner would find it, of those that can be read here.
pub(super) fn told_secrets(dir: &Path, config: &Config) -> Result<Vec<Finding>, CliError> {
    let mut found = Vec::new();
    for (path, text) in files(dir)? {
        for (name, environment) in &config.gates.environments {
            let Some(at) = secrets_of(environment, &config.dir).find(&text) else {
                continue;
            };
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            found.push(Finding {
                path: path.clone(),
                line: number(line),
                column: number(column),
                severity: Severity::Warning,
                message: format!(
                    "a secret or password of the environment “{name}” stands here, as it is or encoded. Take it out, and \
                     exchange it: whoever has this file has it."
                ),
            });
        }
    }
    Ok(found)
}

/// What looks like a secret in the files of a folder, whether or not it is one that can be read here.
pub(super) fn likely_secrets(dir: &Path) -> Result<Vec<Finding>, CliError> {
    let mut found = Vec::new();
    for (path, text) in files(dir)? {
        let shapes = match path.extension().is_some_and(|ending| ending == "toml") {
            true => secret_shapes_of_toml(&text),
            false => secret_shapes(&text),
        };
        found.extend(shapes.into_iter().map(|shape| Finding {
            path: path.clone(),
            line: shape.line,
            column: shape.column,
            severity: Severity::Warning,
            message: format!(
                "this looks like {}. If it is one, take it out, name it as a secret of the environment ({{secret.NAME}}) where a gate \
                 needs it, and exchange it: whoever has this file has it.",
                shape.looks_like
            ),
        }));
    }
    Ok(found)
}

/// The texts of a folder that are recorded with sessions, or shared with it.
fn files(dir: &Path) -> Result<Vec<(PathBuf, String)>, CliError> {
    let mut paths = config::runbook_paths(dir)?;
    let others = [GATES_FILE, holdpoint_rehearsal::FILE].map(|name| dir.join(name));
    paths.extend(others.into_iter().filter(|path| path.is_file()));
    let read = |path: PathBuf| match std::fs::read(&path) {
        Ok(bytes) => Ok((path, String::from_utf8_lossy(&bytes).into_owned())),
        Err(source) => Err(CliError::Read { path, source }),
    };
    paths.into_iter().map(read).collect()
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
            let found = told_secrets(dir.path(), &config).unwrap();
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
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
