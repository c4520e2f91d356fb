//! Which program a command gate runs, and whether it can be found at all: that is told before somebody waits for it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use holdpoint_gates::config::{CommandLine, Environment, GatesFile};
use holdpoint_gates::fill::{Encoding, Values, fill};
use nix::unistd::{AccessFlags, access};

/// A command gate whose program cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramRemark {
    /// The keys that lead to it in `gates.toml`.
    pub path: Vec<String>,
    /// What is wrong and what to do.
    pub message: String,
}

/// The program that is started for the one that a gate names, and its leading arguments. None where nothing is named.
pub(super) fn started_for<'a>(
    named: &str,
    environment: &'a Environment,
    dir: &Path,
) -> Option<(PathBuf, &'a [String])> {
    let Some(instead) = environment.programs.get(named) else {
        return Some((PathBuf::from(named), &[]));
    };
    let (program, leading) = instead.split_first()?;
    // Relative to `gates.toml`, and not to where the gate runs.
    let program = if program.contains('/') {
        dir.join(program)
    } else {
        program.into()
    };
    Some((program, leading))
}

/// A program that is named by a path is taken against the folder; one that is only named is looked for in `PATH`.
pub(super) fn located(program: &Path, folder: &Path) -> PathBuf {
    if program.components().count() > 1 {
        folder.join(program)
    } else {
        program.to_owned()
    }
}

/// Whether there is a file of this name, in `PATH` if it is no path.
pub(super) fn is_there(program: &Path) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates(program, &path).iter().any(|one| one.is_file())
}

fn candidates(program: &Path, path: &OsStr) -> Vec<PathBuf> {
    if program.components().count() > 1 {
        return vec![program.to_owned()];
    }
    std::env::split_paths(path).map(|folder| folder.join(program)).collect()
}

/// The command gates whose program, or the folder that it runs in, cannot be found or may not be executed by the user that asks:
/// each with the environments of which that is so. What only a session tells is left to the run. `dir` is the folder of
/// `gates.toml`. Rehearsals run no program.
#[must_use]
pub fn program_remarks(gates: &GatesFile, dir: &Path) -> Vec<ProgramRemark> {
    let mut found: BTreeMap<(&str, Missing), Vec<&str>> = BTreeMap::new();
    for (name, gate) in &gates.gates {
        let Some(line) = &gate.command else { continue };
        for (place, environment) in &gates.environments {
            let is_real = !environment.rehearsal && environment.stand_in.is_none();
            if is_real
                && gate.exists_in(place)
                && let Some(missing) = missing(line, environment, dir)
            {
                found.entry((name, missing)).or_default().push(place);
            }
        }
    }
    let remark = |((gate, missing), places): ((&str, Missing), Vec<&str>)| ProgramRemark {
        path: ["gates", gate, "command", missing.key()].map(str::to_owned).to_vec(),
        message: format!(
            "The gate “{gate}” cannot be asked here in {}: {}. It would be inconclusive, and hold",
            places.join(", "),
            missing.sentence()
        ),
    };
    found.into_iter().map(remark).collect()
}

/// Why a program cannot be started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Folder(PathBuf),
    NotInPath(PathBuf),
    NotThere(PathBuf),
    NotExecutable(PathBuf),
}

impl Missing {
    /// The key of a gate's `command` that it is about.
    fn key(&self) -> &'static str {
        match self {
            Self::Folder(_) => "folder",
            Self::NotInPath(_) | Self::NotThere(_) | Self::NotExecutable(_) => "argv",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Folder(path) => format!("there is no folder {}", path.display()),
            Self::NotInPath(path) => format!("no program “{}” is in PATH", path.display()),
            Self::NotThere(path) => format!("there is no program {}", path.display()),
            Self::NotExecutable(path) => format!("{} may not be executed by the user that asks", path.display()),
        }
    }
}

/// What is missing, as far as can be told without a session's values. It is looked for as a run does it.
fn missing(line: &CommandLine, environment: &Environment, dir: &Path) -> Option<Missing> {
    let values = environment.values(&Values::new());
    let filled = |template: &str| fill(template, &values, Encoding::Plain).ok();
    let base = dir.join(environment.folder.as_deref().unwrap_or("."));
    if !base.is_dir() {
        return Some(Missing::Folder(base));
    }
    let folder = match &line.folder {
        None => Some(base),
        Some(own) => filled(own).map(|own| base.join(own)),
    };
    if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_dir()) {
        return Some(Missing::Folder(folder.clone()));
    }
    let (program, _) = started_for(&filled(line.argv.first()?)?, environment, dir)?;
    let by_path = program.components().count() > 1;
    let program = match folder {
        Some(folder) => located(&program, &folder),
        // Only a session knows against which folder it is taken.
        None if by_path && program.is_relative() => return None,
        None => program,
    };
    let path = match line.env.get("PATH").or_else(|| environment.env.get("PATH")) {
        Some(own) => filled(own)?.into(),
        None => std::env::var_os("PATH").unwrap_or_default(),
    };
    let mut files = candidates(&program, &path);
    files.retain(|file| file.is_file());
    let executable = |file: &PathBuf| access(file.as_path(), AccessFlags::X_OK).is_ok();
    match files.first() {
        _ if files.iter().any(executable) => None,
        Some(file) => Some(Missing::NotExecutable(file.clone())),
        None if by_path => Some(Missing::NotThere(program)),
        None => Some(Missing::NotInPath(program)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const FILE: &str = r#"
[environments.prod]
title = "Production"
folder = "checkout"
variables = { tool = "no-such-tool" }
programs = { python = ["./stand-ins/python"] }

[environments.dev]
title = "Development"
folder = "checkout"
variables = { tool = "sh" }

[environments.lab]
title = "Lab"
rehearsal = true
variables = { tool = "no-such-tool" }

[gates.g]
title = "G"
kind = "command"
command = { argv = ["ARGV"] }
expect = [{ check = "exit_code", equals = 0 }]
"#;

    /// What is said of a gate that runs this, each remark with the key that it points at.
    fn remarks(command: &str) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        for name in ["checkout/tools", "stand-ins"] {
            fs::create_dir_all(dir.join(name)).unwrap();
        }
        for (name, mode) in [
            ("checkout/run", 0o755),
            ("checkout/tools/run", 0o755),
            ("checkout/text", 0o644),
        ] {
            fs::write(dir.join(name), "#!/bin/sh\n").unwrap();
            fs::set_permissions(dir.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let text = FILE.replace("argv = [\"ARGV\"]", command);
        let gates = GatesFile::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let said = program_remarks(&gates, dir).into_iter();
        let here = format!("{}/", dir.display());
        said.map(|one| (one.path[3].clone(), one.message.replace(&here, "")))
            .collect()
    }

    #[test]
    fn what_a_run_would_not_find_is_told() {
        for (command, said) in [
            ("argv = [\"sh\", \"-c\", \"true\"]", None),
            ("argv = [\"/bin/sh\"]", None),
            ("argv = [\"./run\"]", None),
            ("argv = [\"./run\"], folder = \"tools\"", None),
            // What only a session tells.
            ("argv = [\"{version}\"]", None),
            ("argv = [\"./nothing\"], folder = \"{version}\"", None),
            (
                "argv = [\"no-such-tool\"]",
                Some(("argv", "in dev, prod: no program “no-such-tool” is in PATH")),
            ),
            (
                "argv = [\"{tool}\"]",
                Some(("argv", "in prod: no program “no-such-tool” is in PATH")),
            ),
            (
                "argv = [\"/no/such\"]",
                Some(("argv", "in dev, prod: there is no program /no/such")),
            ),
            (
                "argv = [\"./nothing\"]",
                Some(("argv", "there is no program checkout/./nothing")),
            ),
            (
                "argv = [\"./text\"]",
                Some(("argv", "checkout/./text may not be executed")),
            ),
            (
                "argv = [\"./run\"], folder = \"none\"",
                Some(("folder", "there is no folder checkout/none")),
            ),
            (
                "argv = [\"sh\"], env = { PATH = \"/nowhere\" }",
                Some(("argv", "no program “sh” is in PATH")),
            ),
        ] {
            let found = remarks(command);
            match said {
                None => assert_eq!(found, [], "{command}"),
                Some((key, words)) => {
                    assert_eq!(found.len(), 1, "{command}: {found:?}");
                    assert!(found[0].0 == key && found[0].1.contains(words), "{command}: {found:?}");
                }
            }
        }
        // What stands in for a program is looked for, and not what it stands for.
        let found = remarks("argv = [\"python\"]");
        assert!(
            found.iter().any(
                |(_, said)| said.contains("in prod: there is no program ./stand-ins/python")
                    || said.contains("in prod: there is no program stand-ins/python")
            ),
            "{found:?}"
        );
    }
}
