//! What `holdpoint lint` says of a folder's rehearsal.

use std::path::{Path, PathBuf};

use holdpoint_gates::config::GatesFile;
use holdpoint_gates::error_at;

use crate::answers::{Answers, Subject};
use crate::error::RehearsalError;
use crate::file::{FILE, RehearsalFile};
use crate::key::keys_to;
use crate::platform::keep_rehearsed;

/// A remark about a gate's rehearsal, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintRemark {
    /// The file that it is about.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// `rehearsal.toml` says something that does not pass, or a fault that holds nothing; otherwise no answer can be made.
    pub is_entry: bool,
    /// A whole sentence.
    pub message: String,
}

/// Everything that would hold in a rehearsal of the folder although no fault is on, and named faults that hold nothing. `gates_file` is the folder's `gates.toml`.
///
/// # Errors
/// `rehearsal.toml` cannot be read, or it is wrong.
pub fn lint(gates_file: &Path, gates: &GatesFile) -> Result<Vec<LintRemark>, RehearsalError> {
    let folder = gates_file.parent().unwrap_or(Path::new("."));
    let file = RehearsalFile::load(folder, gates)?;
    let mut gates = gates.clone();
    keep_rehearsed(&mut gates);
    let remarks = Answers::new(gates, file).remarks();
    let text_of = |path: &Path| {
        std::fs::read_to_string(path).map_err(|source| RehearsalError::Read {
            path: path.to_owned(),
            source,
        })
    };
    let mut placed = Vec::new();
    for remark in remarks {
        let is_entry = !matches!(remark.subject, Subject::Gate(_));
        let places;
        let (path, keys) = match &remark.subject {
            Subject::Gate(id) => (gates_file.to_owned(), vec!["gates", id]),
            Subject::Entry(key) => (folder.join(FILE), ["answers"].into_iter().chain(keys_to(key)).collect()),
            Subject::Fault(id) => (folder.join(FILE), vec!["faults", id]),
            Subject::DrillFault(drill, fault) => {
                places = [drill, fault].map(ToString::to_string);
                (folder.join(FILE), vec!["drill", &places[0], "faults", &places[1]])
            }
        };
        let at = error_at(&text_of(&path)?, &keys, remark.message);
        placed.push(LintRemark {
            path,
            line: at.line,
            column: at.column,
            is_entry,
            message: at.message,
        });
    }
    Ok(placed)
}
