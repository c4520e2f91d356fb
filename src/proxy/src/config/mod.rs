//! The runbooks' folder: `gates.toml`, which is read once at the start, and how its Markdown files are read.

mod secrets;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use holdpoint_domain::gate::GateSnapshot;
use holdpoint_domain::session::digest;
use holdpoint_gates::config::GatesFile;

use crate::runbook_size;

pub use secrets::{SecretError, resolve};

/// Declares environments and gates.
pub const GATES_FILE: &str = "gates.toml";
/// Bytes that `gates.toml` may have.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// A runbooks' folder, as it was at the start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Absolute. Files that `gates.toml` names are taken against it.
    pub dir: PathBuf,
    /// Empty when there is no `gates.toml`.
    pub gates: GatesFile,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunbookFile {
    /// The file's name without `.md`.
    pub name: String,
    /// Bytes that are not UTF-8 are replaced by U+FFFD, so that a broken file still renders.
    pub text: String,
    /// SHA-256 (hex) of the text.
    pub digest: String,
    pub path: PathBuf,
}

/// Why a runbooks' folder cannot be used. The text begins with the file, and the line and column where there are any.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: is longer than {} MB, which is the most that is read", path.display(), MAX_BYTES / 1024 / 1024)]
    TooLarge { path: PathBuf },
    /// `gates.toml` is wrong. Line and column count from 1.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Gates {
        path: PathBuf,
        line: u32,
        column: u32,
        message: String,
    },
}

impl Config {
    /// Reads the `gates.toml` of a folder of runbooks, and sees whether these can be read.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read, or `gates.toml` is too large or wrong. Runbooks are never wrong: what is not
    /// understood in them becomes a diagnostic, and so does what is too large.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        let gates = load_gates(&dir.join(GATES_FILE))?;
        let cannot = |source| ConfigError::Read {
            path: dir.to_owned(),
            source,
        };
        for path in runbook_paths(dir)? {
            runbook_size::read_bytes(&path).map_err(|source| ConfigError::Read { path, source })?;
        }
        // Commands run in folders of their own, so a relative folder would be taken against the wrong one.
        let dir = fs::canonicalize(dir).map_err(cannot)?;
        Ok(Self { dir, gates })
    }

    /// Takes out the environments that are marked as rehearsals: they are offered in a rehearsal only. Returns their names.
    pub fn leave_out_rehearsals(&mut self) -> Vec<String> {
        let all = &mut self.gates.environments;
        let marked = all.iter().filter(|(_, one)| one.rehearsal);
        let names: Vec<String> = marked.map(|(name, _)| name.clone()).collect();
        all.retain(|name, _| !names.contains(name));
        names
    }

    /// What lists show of an environment's gates: not what each of them asks, which is only told where it is kept or compared.
    #[must_use]
    pub fn gate_list(&self, environment: &str) -> Vec<GateSnapshot> {
        let mut gates: Vec<_> = self.briefs(environment).into_values().collect();
        gates.iter_mut().for_each(|gate| gate.asks.clear());
        gates
    }

    /// What a session in the environment keeps of its gates.
    #[must_use]
    pub fn briefs(&self, environment: &str) -> BTreeMap<String, GateSnapshot> {
        let brief = |id: &String| Some((id.clone(), self.gates.snapshot(id, environment)?));
        self.gates.gates.keys().filter_map(brief).collect()
    }
}

impl RunbookFile {
    #[must_use]
    pub fn new(name: String, bytes: &[u8], path: PathBuf) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let digest = digest(&text);
        Self {
            name,
            digest,
            text: text.into_owned(),
            path,
        }
    }
}

fn load_gates(path: &Path) -> Result<GatesFile, ConfigError> {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(ConfigError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let wrong = |line, column, message| ConfigError::Gates {
        path: path.to_owned(),
        line,
        column,
        message,
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let lines = bytes[..error.valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        wrong(
            u32::try_from(lines + 1).unwrap_or(u32::MAX),
            1,
            "the line is not UTF-8".to_owned(),
        )
    })?;
    GatesFile::parse(text).map_err(|error| wrong(error.line, error.column, error.message))
}

/// The runbooks of a folder, in the order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn runbook_paths(dir: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let cannot = |source| ConfigError::Read {
        path: dir.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Reads `gates.toml`.
///
/// # Errors
/// It cannot be read, or is longer than [`MAX_BYTES`].
pub fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let cannot = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too long from one that just fits, whatever its size was before.
    let file = fs::File::open(path).map_err(cannot)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ConfigError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        dir
    }

    #[test]
    fn a_folder_is_read_whole() {
        let gates = b"[environments.dev]\ntitle = \"Dev\"\n[gates.ok]\ntitle = \"OK\"\nkind = \"command\"\ncommand = { argv = [\"true\"] }\nexpect = [{ check = \"exit_code\", equals = 0 }]\n";
        let dir = folder(&[
            ("gates.toml", gates),
            ("a.md", b"# A\n"),
            ("b.md", b"# B \xff\n"),
            ("notes.txt", b"no"),
        ]);
        let config = Config::load(dir.path()).unwrap();
        let paths = runbook_paths(dir.path()).unwrap();
        assert_eq!(paths, [dir.path().join("a.md"), dir.path().join("b.md")]);
        let book = |path: &PathBuf| RunbookFile::new("name".to_owned(), &read(path).unwrap(), path.clone());
        assert_eq!(book(&paths[0]).text, "# A\n");
        assert_eq!(
            book(&paths[0]).digest,
            "aa1237b773c38dbddef583c4868aaea7a44c5237ea7923aecca5513764b42d80"
        );
        assert_eq!(book(&paths[1]).text, "# B \u{fffd}\n");
        assert_eq!(config.briefs("dev").keys().collect::<Vec<_>>(), ["ok"]);
        assert!(config.briefs("prod").is_empty());
    }

    #[test]
    fn the_shipped_runbooks_and_the_documented_example_are_right() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let config = Config::load(&root.join("runbooks")).unwrap_or_else(|error| panic!("{error}"));
        for environment in ["dev", "prod", "rehearsal"] {
            assert!(!config.briefs(environment).is_empty(), "{environment} has gates");
        }
        let text = fs::read_to_string(root.join("docs/RUNBOOK-FORMAT.md")).unwrap();
        let (_, section) = text.split_once("## gates.toml").unwrap();
        let example = section.split("```").nth(1).unwrap().strip_prefix("toml\n").unwrap();
        let file = GatesFile::parse(example).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file.gates.keys().collect::<Vec<_>>(), ["api-health"]);
    }

    #[test]
    fn environments_for_rehearsals_are_left_out() {
        let gates = b"[environments.dev]\ntitle = \"Dev\"\n[environments.try]\ntitle = \"Try\"\nrehearsal = true\n";
        let dir = folder(&[("gates.toml", gates)]);
        let mut config = Config::load(dir.path()).unwrap();
        assert_eq!(config.leave_out_rehearsals(), ["try"]);
        assert_eq!(config.gates.environments.keys().collect::<Vec<_>>(), ["dev"]);
        assert_eq!(config.leave_out_rehearsals(), [""; 0]);
    }

    #[test]
    fn without_gates_toml_there_are_no_gates() {
        let dir = folder(&[("a.md", b"# A\n")]);
        let config = Config::load(dir.path()).unwrap();
        assert!(config.gates.gates.is_empty() && config.gates.environments.is_empty());
    }

    #[test]
    fn a_mistake_is_told_with_file_line_and_column() {
        let dir = folder(&[("gates.toml", b"[environments.dev]\ntitle = 3\n")]);
        let error = Config::load(dir.path()).unwrap_err().to_string();
        let place = format!("{}:2:9: ", dir.path().join(GATES_FILE).display());
        assert!(error.starts_with(&place), "{error}");

        let dir = folder(&[("gates.toml", b"# fine\n# \xff\n")]);
        let error = Config::load(dir.path()).unwrap_err().to_string();
        assert!(error.ends_with("gates.toml:2:1: the line is not UTF-8"), "{error}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Config::load(Path::new("/nowhere/runbooks")).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/runbooks: cannot be read"), "{error}");
    }

    #[test]
    fn gates_that_are_too_long_are_refused_and_a_runbook_keeps_no_other_away() {
        let size = usize::try_from(MAX_BYTES).unwrap();
        let dir = folder(&[("gates.toml", &vec![b'#'; size + 1])]);
        assert!(matches!(Config::load(dir.path()), Err(ConfigError::TooLarge { .. })));
        let dir = folder(&[("gates.toml", &vec![b'#'; size]), ("a.md", &vec![b'a'; size + 1])]);
        assert!(Config::load(dir.path()).is_ok());
    }
}
