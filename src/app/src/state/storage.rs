//! What the browser keeps in IndexedDB: the outbox, and what it has seen of sessions.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use holdpoint_domain::session::SessionId;
use idb::{
    Database, DatabaseEvent as _, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode, TransactionResult,
};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsValue;

use super::outbox::Entry;
use crate::api::json::{Wrong, from_text};
use crate::api::{Reading, Received};

const NAME: &str = "holdpoint";
const VERSION: u32 = 1;
const OUTBOX: &str = "outbox";
const EVENTS: &str = "events";

/// What went wrong with the browser's storage.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused.
    #[error("This browser cannot keep commands ({0}): do not close the page while commands are waiting to be sent.")]
    Database(String),
    /// What is stored cannot be read.
    #[error("What this browser kept cannot be read: {0}")]
    Read(#[from] Wrong),
    /// What is to be stored cannot be written as JSON.
    #[error("The command cannot be kept, because it cannot be written as JSON.")]
    Write,
}

impl From<idb::Error> for StorageError {
    fn from(error: idb::Error) -> Self {
        use idb::Error::{
            AddFailed, DeleteFailed, DomException, GetAllFailed, IndexedDbNotFound, IndexedDbOpenFailed,
            ObjectStoreNotFound, TransactionOpenFailed, UpdateFailed,
        };
        // The browser's own words. The library has a sentence for each of some fifty errors, which every page would load.
        let says = match error {
            AddFailed(why)
            | DeleteFailed(why)
            | GetAllFailed(why)
            | IndexedDbNotFound(why)
            | IndexedDbOpenFailed(why)
            | ObjectStoreNotFound(why)
            | TransactionOpenFailed(why)
            | UpdateFailed(why) => why,
            DomException(why) => why.into(),
            _ => JsValue::UNDEFINED,
        };
        let message = js_sys::Reflect::get(&says, &"message".into());
        let message = message.ok().and_then(|message| message.as_string());
        Self::Database(message.unwrap_or_else(|| "its database refused".to_owned()))
    }
}

/// Something that comes later. Boxed, so that who waits for it carries none of its machinery.
type Later<T> = Pin<Box<dyn Future<Output = Result<T, StorageError>>>>;

/// What happens to a store.
enum Change {
    /// A text is put at a key.
    Keep(String, String),
    /// Texts are taken out.
    Forget(Wanted),
}

/// Which texts of a store are meant.
enum Wanted {
    /// All of them.
    All,
    /// The one at this key.
    At(String),
    /// Those from one key to another, both included.
    Between(String, String),
}

impl Wanted {
    fn query(&self) -> Result<Option<Query>, idb::Error> {
        Ok(match self {
            Self::All => None,
            Self::At(key) => Some(Query::Key(JsValue::from_str(key))),
            Self::Between(first, last) => {
                let (first, last) = (JsValue::from_str(first), JsValue::from_str(last));
                Some(KeyRange::bound(&first, &last, None, None)?.into())
            }
        })
    }
}

/// The database, opened once.
#[derive(Clone, Copy)]
pub struct Storage {
    open: StoredValue<Option<Rc<Database>>, LocalStorage>,
}

impl Storage {
    /// A handle; the database is opened when it is first needed.
    pub fn new() -> Self {
        Self {
            open: StoredValue::new_local(None),
        }
    }

    /// Keeps a command, before it is sent.
    pub fn keep_entry(self, entry: &Entry) -> Later<()> {
        match serde_json::to_string(entry) {
            Ok(text) => {
                // UUIDs of version 7 sort by the time at which they were made.
                self.write(OUTBOX, vec![Change::Keep(entry.key.to_string(), text)])
            }
            Err(_) => Box::pin(std::future::ready(Err(StorageError::Write))),
        }
    }

    /// Forgets a command that was settled.
    pub fn forget_entry(self, key: Uuid) -> Later<()> {
        self.write(OUTBOX, vec![Change::Forget(Wanted::At(key.to_string()))])
    }

    /// Every command that was kept, in the order in which they were made. One that cannot be read stays where it is, does
    /// not take the others with it, and is told in words.
    pub async fn entries(self) -> Result<(Vec<Entry>, Vec<String>), StorageError> {
        Ok(read_each(self.read(OUTBOX, Wanted::All).await?))
    }

    /// Keeps events that were seen. With what the proxy read of the session's text they are all that there is, and take the
    /// place of what was kept before.
    pub fn keep_seen(self, session: SessionId, reading: Option<&Reading>, records: &[Received]) -> Later<()> {
        let mut changes = Vec::new();
        if let Some(reading) = reading {
            let (first, last) = records_of(session);
            changes.push(Change::Forget(Wanted::Between(first, last)));
            changes.push(Change::Keep(reading_key(session), reading.text.as_ref().to_owned()));
        }
        for one in records {
            let key = record_key(one.record.session, one.record.seq);
            changes.push(Change::Keep(key, one.text.as_ref().to_owned()));
        }
        self.write(EVENTS, changes)
    }

    /// What was seen of a session: what the proxy read of its text, and its events in order. Nothing where the former is not
    /// kept, as pages did before they did without a reader: events alone would be a session without steps.
    pub async fn seen(self, session: SessionId) -> Result<Option<(Reading, Vec<Received>)>, StorageError> {
        let kept = self.read(EVENTS, Wanted::At(reading_key(session))).await?;
        let Some(reading) = kept.first() else {
            return Ok(None);
        };
        let reading = from_text(reading)?;
        let (first, last) = records_of(session);
        let mut records = Vec::new();
        for text in self.read(EVENTS, Wanted::Between(first, last)).await? {
            records.push(from_text(&text)?);
        }
        Ok(Some((reading, records)))
    }

    /// Changes a store, in order: all of it, or nothing.
    fn write(self, name: &'static str, changes: Vec<Change>) -> Later<()> {
        Box::pin(async move {
            let (transaction, store) = self.store(name, TransactionMode::ReadWrite).await?;
            for change in changes {
                match change {
                    Change::Keep(key, text) => {
                        drop(store.put(&JsValue::from_str(&text), Some(&JsValue::from_str(&key)))?);
                    }
                    Change::Forget(wanted) => {
                        // Of a store as a whole, nothing is ever forgotten.
                        if let Some(query) = wanted.query()? {
                            drop(store.delete(query)?);
                        }
                    }
                }
            }
            match transaction.commit()?.await? {
                TransactionResult::Committed => Ok(()),
                TransactionResult::Aborted => Err(StorageError::Database("its disk may be full".to_owned())),
            }
        })
    }

    /// The texts of a store, in the order of their keys. What is not even a text reads as an empty one.
    fn read(self, name: &'static str, wanted: Wanted) -> Later<Vec<String>> {
        Box::pin(async move {
            let (_transaction, store) = self.store(name, TransactionMode::ReadOnly).await?;
            let mut texts = Vec::new();
            for value in store.get_all(wanted.query()?, None)?.await? {
                texts.push(value.as_string().unwrap_or_default());
            }
            Ok(texts)
        })
    }

    async fn store(self, name: &str, mode: TransactionMode) -> Result<(Transaction, ObjectStore), StorageError> {
        let database = self.database().await?;
        let transaction = database.transaction(&[name], mode)?;
        let store = transaction.object_store(name)?;
        Ok((transaction, store))
    }

    async fn database(self) -> Result<Rc<Database>, StorageError> {
        if let Some(database) = self.open.get_value() {
            return Ok(database);
        }
        let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
        request.on_upgrade_needed(|event| {
            let Ok(database) = event.database() else { return };
            for store in [OUTBOX, EVENTS] {
                // Where a store cannot be made, opening it says so.
                drop(database.create_object_store(store, ObjectStoreParams::new()));
            }
        });
        let database = Rc::new(request.await?);
        self.open.set_value(Some(Rc::clone(&database)));
        Ok(database)
    }
}

/// Reads kept commands one by one.
fn read_each(texts: Vec<String>) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut unread) = (Vec::new(), Vec::new());
    for text in texts {
        match from_text(&text) {
            Ok(entry) => entries.push(entry),
            Err(wrong) => unread.push(format!(
                "A command that this browser kept cannot be read ({wrong}), so it is not sent. It is still kept: {text}"
            )),
        }
    }
    (entries, unread)
}

/// Zeros in front make the order of the texts the order of the numbers.
fn record_key(session: SessionId, seq: u64) -> String {
    format!("{session}:{seq:012}")
}

/// From the first key that an event of a session can have to the last.
fn records_of(session: SessionId) -> (String, String) {
    (record_key(session, 0), record_key(session, 999_999_999_999))
}

/// Beside the session's events, and not among them: a digit sorts before a letter.
fn reading_key(session: SessionId) -> String {
    format!("{session}:procedure")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_commands_beside_one_that_cannot_be_read() {
        let good = r#"{"key":"0192f0c1-2222-7000-8000-000000000001","session":"0192f0c1-2222-7000-8000-000000000002",
            "request":{"id":"0192f0c1-2222-4000-8000-000000000003","actor":"Ada",
            "command":{"type":"tick","step":"one"}},"refused":null}"#;
        let texts = vec!["{broken".to_owned(), good.to_owned(), String::new()];
        let (entries, unread) = read_each(texts);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].request.actor, "Ada");
        assert_eq!(unread.len(), 2);
        assert!(unread[0].ends_with("{broken"), "{}", unread[0]);
    }
}
