//! The runbooks as they are on disk now. `gates.toml` is read once at the start; runbooks may be edited while the proxy runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use holdpoint_domain::runbook::{Runbook, Severity};
use holdpoint_domain::search::{Index, entries_of_runbook};
use holdpoint_domain::wire::{ProcedureBrief, RunbookBrief};
use holdpoint_reader::LintContext;

use crate::config::{self, Config, RunbookFile};
use crate::runbook_size;
use crate::search::decompose;

/// Reads a folder's runbooks when they are asked for, and keeps them until their files change.
#[derive(Debug)]
pub struct Library {
    config: Arc<Config>,
    cache: Mutex<BTreeMap<String, (FileVersion, Arc<Entry>)>>,
}

/// A runbook that was read.
#[derive(Debug)]
pub struct Entry {
    pub file: RunbookFile,
    pub runbook: Runbook,
    /// Made when it is searched for the first time.
    index: OnceLock<Index>,
}

impl Entry {
    /// What can be found in it.
    #[must_use]
    pub fn index(&self) -> &Index {
        self.index
            .get_or_init(|| Index::of(entries_of_runbook(&self.file.name, &self.runbook), decompose))
    }
}

/// Differs when a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileVersion {
    /// None where the file system does not tell; then the file is read each time.
    modified: Option<SystemTime>,
    length: u64,
}

impl Library {
    #[must_use]
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            cache: Mutex::default(),
        }
    }

    /// A runbook, as it is on disk now. Blocks on the file system.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        // A name is the name of a file in the folder, and never a way out of it.
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        let path = self.config.dir.join(format!("{name}.md"));
        if !plain {
            return None;
        }
        self.load(name, path)
    }

    /// What the list of runbooks says, by name. Blocks on the file system.
    #[must_use]
    pub fn briefs(&self) -> Vec<RunbookBrief> {
        self.all().iter().map(|entry| self.brief(entry)).collect()
    }

    /// Every runbook, by name. Blocks on the file system.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Entry>> {
        let mut names = BTreeSet::new();
        match config::runbook_paths(&self.config.dir) {
            Ok(paths) => {
                let stems = paths.iter().filter_map(|path| path.file_stem());
                names.extend(stems.map(|stem| stem.to_string_lossy().into_owned()));
            }
            Err(error) => tracing::error!(%error, "the runbooks cannot be listed"),
        }
        names.iter().filter_map(|name| self.get(name)).collect()
    }

    fn load(&self, name: &str, path: PathBuf) -> Option<Arc<Entry>> {
        let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let version = FileVersion {
            modified: metadata.modified().ok(),
            length: metadata.len(),
        };
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, entry)) = cache
            .get(name)
            .filter(|(cached, _)| *cached == version && version.modified.is_some())
        {
            return Some(Arc::clone(entry));
        }
        let bytes = match runbook_size::read_bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(%error, path = %path.display(), "a runbook is left out");
                return None;
            }
        };
        let runbook = runbook_size::read(name, &bytes);
        let entry = Arc::new(Entry {
            file: RunbookFile::new(name.to_owned(), &bytes, path),
            runbook,
            index: OnceLock::new(),
        });
        cache.insert(name.to_owned(), (version, Arc::clone(&entry)));
        Some(entry)
    }

    fn brief(&self, entry: &Entry) -> RunbookBrief {
        let known = LintContext {
            gates: Some(self.config.gates.gates.keys().cloned().collect()),
            files: None,
        };
        let diagnostics = holdpoint_reader::lint(&entry.runbook, &known);
        let count = |severity| diagnostics.iter().filter(|one| one.severity == severity).count();
        RunbookBrief {
            name: entry.file.name.clone(),
            title: entry.runbook.title.clone(),
            digest: entry.file.digest.clone(),
            procedures: entry.runbook.procedures.iter().map(ProcedureBrief::from).collect(),
            errors: short(count(Severity::Error)),
            warnings: short(count(Severity::Warning)),
        }
    }
}

fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runbooks_are_read_again_when_they_change() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.md"), "# First\n").unwrap();
        let library = Library::new(Arc::new(Config::load(dir.path()).unwrap()));
        assert_eq!(library.get("a").unwrap().runbook.title, "First");
        fs::write(dir.path().join("a.md"), "# The second\n").unwrap();
        fs::write(dir.path().join("b.md"), "# Other\n").unwrap();
        let titles: Vec<String> = library.briefs().into_iter().map(|brief| brief.title).collect();
        assert_eq!(titles, ["The second", "Other"]);
    }

    #[test]
    fn a_runbook_that_grew_too_large_says_so_and_can_be_started_no_more() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.md"), "# First\n").unwrap();
        let library = Library::new(Arc::new(Config::load(dir.path()).unwrap()));
        let file = fs::File::create(dir.path().join("a.md")).unwrap();
        file.set_len(1 << 40).unwrap();
        let briefs = library.briefs();
        assert_eq!((briefs.len(), briefs[0].errors, briefs[0].procedures.len()), (1, 1, 0));
    }

    #[test]
    fn a_name_is_no_path() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("in")).unwrap();
        fs::write(dir.path().join("secret.md"), "# Secret\n").unwrap();
        fs::write(dir.path().join("in/.hidden.md"), "# Hidden\n").unwrap();
        let library = Library::new(Arc::new(Config::load(&dir.path().join("in")).unwrap()));
        for name in ["../secret", "", ".hidden", "..", "a/b", "a\\b", "x\0"] {
            assert!(library.get(name).is_none(), "{name:?}");
        }
    }
}
