//! What the browser keeps in IndexedDB: the outbox, and what it has seen of sessions.

use std::rc::Rc;

use holdpoint_domain::session::SessionId;
use idb::{
    Database, DatabaseEvent as _, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode,
};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsValue;

use super::outbox::Entry;
use crate::api::json::{FromJson, Wrong, from_text};
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
    Database(#[from] idb::Error),
    /// What is stored cannot be read.
    #[error("What this browser kept cannot be read: {0}")]
    Read(#[from] Wrong),
    /// What is to be stored cannot be written as JSON.
    #[error("The command cannot be kept: {0}")]
    Write(#[from] serde_json::Error),
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
    pub async fn keep_entry(self, entry: &Entry) -> Result<(), StorageError> {
        let text = JsValue::from_str(&serde_json::to_string(entry)?);
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        store.put(&text, Some(&entry_key(entry.key)))?.await?;
        transaction.commit()?.await?;
        Ok(())
    }

    /// Forgets a command that was settled.
    pub async fn forget_entry(self, key: Uuid) -> Result<(), StorageError> {
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        store.delete(Query::Key(entry_key(key)))?.await?;
        transaction.commit()?.await?;
        Ok(())
    }

    /// Every command that was kept, in the order in which they were made. One that cannot be read stays where it is, does
    /// not take the others with it, and is told in words.
    pub async fn entries(self) -> Result<(Vec<Entry>, Vec<String>), StorageError> {
        let (_transaction, store) = self.store(OUTBOX, TransactionMode::ReadOnly).await?;
        Ok(read_each(
            store.get_all(None, None)?.await?.iter().map(JsValue::as_string),
        ))
    }

    /// Keeps events that were seen, and with them what the proxy read of the session's text, where that is new.
    pub async fn keep_seen(
        self,
        session: SessionId,
        reading: Option<&Reading>,
        records: &[Received],
    ) -> Result<(), StorageError> {
        let (transaction, store) = self.store(EVENTS, TransactionMode::ReadWrite).await?;
        if let Some(reading) = reading {
            store.put(&JsValue::from_str(&reading.text), Some(&reading_key(session)))?;
        }
        for one in records {
            store.put(
                &JsValue::from_str(&one.text),
                Some(&record_key(one.record.session, one.record.seq)),
            )?;
        }
        transaction.commit()?.await?;
        Ok(())
    }

    /// What was seen of a session: what the proxy read of its text, and its events in order. Nothing where the former is not
    /// kept, as pages did before they did without a reader: events alone would be a session without steps.
    pub async fn seen(self, session: SessionId) -> Result<Option<(Reading, Vec<Received>)>, StorageError> {
        let (_transaction, store) = self.store(EVENTS, TransactionMode::ReadOnly).await?;
        let kept = store.get(Query::Key(reading_key(session)))?.await?;
        let Some(kept) = kept.and_then(|kept| kept.as_string()) else {
            return Ok(None);
        };
        let reading = from_text(&kept)?;
        let (_transaction, store) = self.store(EVENTS, TransactionMode::ReadOnly).await?;
        let (first, last) = (record_key(session, 0), record_key(session, 999_999_999_999));
        let range = KeyRange::bound(&first, &last, None, None)?;
        let records = read_all(store.get_all(Some(range.into()), None)?.await?)?;
        Ok(Some((reading, records)))
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
                if let Err(error) = database.create_object_store(store, ObjectStoreParams::new()) {
                    leptos::logging::error!("the store {store} could not be made: {error}");
                }
            }
        });
        let database = Rc::new(request.await?);
        self.open.set_value(Some(Rc::clone(&database)));
        Ok(database)
    }
}

fn read_all<T: FromJson>(values: Vec<JsValue>) -> Result<Vec<T>, StorageError> {
    let texts = values.iter().filter_map(JsValue::as_string);
    texts.map(|text| from_text(&text).map_err(StorageError::from)).collect()
}

/// Reads kept commands one by one; what is not even a text is none.
fn read_each(texts: impl Iterator<Item = Option<String>>) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut unread) = (Vec::new(), Vec::new());
    for text in texts {
        let text = text.unwrap_or_default();
        match from_text(&text) {
            Ok(entry) => entries.push(entry),
            Err(wrong) => unread.push(format!(
                "A command that this browser kept cannot be read ({wrong}), so it is not sent. It is still kept: {text}"
            )),
        }
    }
    (entries, unread)
}

/// UUIDs of version 7 sort by the time at which they were made.
fn entry_key(key: Uuid) -> JsValue {
    JsValue::from_str(&key.to_string())
}

/// Zeros in front make the order of the texts the order of the numbers.
fn record_key(session: SessionId, seq: u64) -> JsValue {
    JsValue::from_str(&format!("{session}:{seq:012}"))
}

/// Beside the session's events, and not among them: a digit sorts before a letter.
fn reading_key(session: SessionId) -> JsValue {
    JsValue::from_str(&format!("{session}:procedure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_commands_beside_one_that_cannot_be_read() {
        let good = r#"{"key":"0192f0c1-2222-7000-8000-000000000001","session":"0192f0c1-2222-7000-8000-000000000002",
            "request":{"id":"0192f0c1-2222-4000-8000-000000000003","actor":"Ada",
            "command":{"type":"tick","step":"one"}},"refused":null}"#;
        let texts = [Some("{broken".to_owned()), Some(good.to_owned()), None];
        let (entries, unread) = read_each(texts.into_iter());
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].request.actor, "Ada");
        assert_eq!(unread.len(), 2);
        assert!(unread[0].ends_with("{broken"), "{}", unread[0]);
    }
}
