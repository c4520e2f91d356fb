//! What verifying says: errors, and what was found.

use std::collections::BTreeMap;

use crate::format::{FORMAT, FORMAT_VERSION};
use holdpoint_domain::session::{ChainError, EVENT_VERSION, SessionId};

/// Why a file is not the log that was exported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not JSON at all.
    #[error("The file is not JSON: {0}")]
    NotJson(String),
    /// An object has two members of the same name, so that readers of the file may disagree about what it says.
    #[error("The file can be read in more than one way: {0}. Nothing that Holdpoint writes is like this.")]
    Twice(String),
    /// Something stands in the file that no export of this version has.
    #[error(
        "{place} has the field “{field}”, which this version of Holdpoint does not know. If a newer version wrote the file, verify \
         it with that one; otherwise the field was added."
    )]
    UnknownField {
        /// `The file`, `Event 3`.
        place: String,
        /// As the file writes it.
        field: String,
    },
    /// A record of another version.
    #[error("Event {seq} is of version {version} of the format, and this version of Holdpoint knows {EVENT_VERSION}.")]
    Version {
        /// Its place, from 1.
        seq: u64,
        /// As the record says.
        version: u16,
    },
    /// Time runs forwards in a log.
    #[error("Event {seq} is from before the one that precedes it, or from before its own verdict.")]
    Times {
        /// Its place, from 1.
        seq: u64,
    },
    /// JSON, but not ours.
    #[error(
        "The file is not a Holdpoint JSON export (its “format” is not “{FORMAT}”, or its version is not {FORMAT_VERSION})."
    )]
    NotOurs,
    /// The chain does not hold.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// The last event is not the one that the file names as its head.
    #[error("The log ends with event {found}, but the file names event {named} as the last: events were cut off.")]
    Cut {
        /// The last event.
        found: u64,
        /// What the file names.
        named: u64,
    },
    /// The summary says of a session something else than its events, which no rule of any version makes of them.
    #[error("The summary at the head of the file was altered: its “{part}” is not what the events say.")]
    HeaderAltered {
        /// Its name in the file: `rehearsal`, `standing`.
        part: &'static str,
    },
    /// The score says of a drill something else than its events, or is of a session that is no drill.
    #[error("The drill's score in the file was altered: it does not follow from the events.")]
    ScoreAltered,
    /// The field `linked` is not what an export has, or names other sessions than the events do.
    #[error(
        "What the file says of linked sessions is not as an export says it, or names other sessions than the events."
    )]
    Links,
    /// The log of a linked session is in the file, and is not as it was recorded.
    #[error("In the log of {role}, which this file has beside its own: {source}")]
    LinkedLog {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
        /// What is wrong with it.
        source: Box<VerifyError>,
    },
    /// The log of a linked session says other things than the file says of it.
    #[error(
        "What the file says of {role} was altered: it does not follow from the log of that session, which is in the file."
    )]
    LinkedAltered {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
    },
    /// The log of another session stands in the place of a linked one's.
    #[error("The log that the file has of {role} is of a session that is not linked with this one.")]
    LinkedOther {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
    },
    /// Neither JSON nor an archive.
    #[error(
        "The file is neither a JSON nor a zip export, and no other can be verified: a report or a table has no chain. Its last event's \
         hash stands in it: compare that with the head hash of a JSON export that was verified."
    )]
    OtherFormat,
    /// Not an archive, or not to its end.
    #[error("The file cannot be read as a zip archive: {reason}. It was cut off or damaged, or is none.")]
    Archive {
        /// What is wrong with it.
        reason: String,
    },
    /// An archive of somebody else's.
    #[error("The archive has no MANIFEST, so that it is no Holdpoint export.")]
    NoManifest,
    /// The archive counts other members than it has names.
    #[error("The archive can be read in more than one way: it has several members of the same name.")]
    MembersTwice,
    /// A member cannot be unpacked.
    #[error("The member “{name}” of the archive was altered: it cannot be read ({reason}).")]
    MemberUnreadable {
        /// The member's path in the archive.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A member is not what was exported.
    #[error("The member “{name}” of the archive was altered: it does not have the hash that the MANIFEST names.")]
    MemberAltered {
        /// The member's path in the archive.
        name: String,
    },
    /// A member is not there.
    #[error(
        "The member “{name}”, which the MANIFEST names, is not in the archive: it was taken out, or has another name."
    )]
    MemberMissing {
        /// The member's path in the archive.
        name: String,
    },
    /// A member is there that no export had.
    #[error("The member “{name}” of the archive is not in its MANIFEST: it was added, or had another name.")]
    MemberAdded {
        /// The member's path in the archive.
        name: String,
    },
    /// Nothing that a member holds was changed, and something else was.
    #[error(
        "The archive was altered around its members: what they hold is as the MANIFEST names it, and a header, a time or the seal at the \
         archive's end is not as it was exported."
    )]
    Unsealed,
    /// The log in an archive is wrong.
    #[error("In the archive's log.json: {source}")]
    InArchive {
        /// What is wrong with it.
        source: Box<VerifyError>,
    },
}

/// A part of the summary, or of what is said of a linked session, that this version makes otherwise out of the same events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{of} “{part}” is {written}, and this version of Holdpoint makes {made} of the same events: another version made the file, or \
     the summary was changed. Go by the events."
)]
pub struct OtherwiseMade {
    /// `The summary's`, `The rollback's`.
    pub of: &'static str,
    /// Its name in the file: `done`, `severity`.
    pub part: &'static str,
    /// As it stands in the file.
    pub written: String,
    /// As this version makes it.
    pub made: String,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose log it is.
    pub session: SessionId,
    /// How many events.
    pub events: u64,
    /// The hash of the last one.
    pub head: String,
    /// The id of the session's report, `YYYY-MM-DD-NN`.
    pub id: String,
    /// Its last part, which no event holds.
    pub number: u32,
    /// The hashes of the events at the places that were asked for.
    pub hashes: BTreeMap<u64, String>,
    /// Linked sessions whose logs are in the file, too.
    pub linked: Vec<SessionId>,
    /// What of the summary is made otherwise by this version. The rules by which it is made are no part of the chain, and change.
    pub otherwise_made: Vec<OtherwiseMade>,
    /// The file says that this version of Holdpoint made it, so that no other rules explain a summary that does not follow.
    pub by_this_version: bool,
    /// What the file cannot prove by itself, each as a sentence.
    pub unproven: Vec<String>,
}

/// Where a file says which version of Holdpoint made it.
pub(super) const MADE_BY_PART: &str = "made_by";

impl Verified {
    /// Whether something that the file says at its head is not what this version makes of its events.
    #[must_use]
    pub fn summary_differs(&self) -> bool {
        self.otherwise_made.iter().any(|one| one.part != MADE_BY_PART)
    }

    /// The same in a file that says that this version made it: it was changed.
    #[must_use]
    pub fn summary_was_changed(&self) -> bool {
        self.by_this_version && self.summary_differs()
    }
}
