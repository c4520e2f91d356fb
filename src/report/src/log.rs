//! Where the events of a session come from.

use std::borrow::Cow;

use holdpoint_domain::session::Record;

/// Why a log could not be read on.
pub type LogError = Box<dyn std::error::Error + Send + Sync>;
/// A log's events, from the first to the last. Nothing comes after an error.
pub type Records<'a> = Box<dyn Iterator<Item = Result<Record, LogError>> + 'a>;
/// The same, each as the JSON that was recorded, without a line feed in it.
pub type Texts<'a> = Box<dyn Iterator<Item = Result<Cow<'a, str>, LogError>> + 'a>;

/// The log of a session up to an event that does not change, which is read as often as an export needs it. Nothing that this crate
/// makes of a log keeps its events.
pub trait Log: Send + Sync {
    /// From the first event on.
    fn records(&self) -> Records<'_>;

    /// From the first event on, with every byte as it was recorded.
    fn texts(&self) -> Texts<'_> {
        let text = |record| Ok(Cow::Owned(serde_json::to_string(&record?)?));
        Box::new(self.records().map(text))
    }
}

impl Log for Vec<Record> {
    fn records(&self) -> Records<'_> {
        Box::new(self.iter().cloned().map(Ok))
    }
}

impl Log for &[Record] {
    fn records(&self) -> Records<'_> {
        Box::new(self.iter().cloned().map(Ok))
    }
}
