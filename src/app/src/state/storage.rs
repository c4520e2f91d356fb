//! What the browser keeps in IndexedDB: the outbox, and what it has seen of sessions.

use std::rc::Rc;

use holdpoint_domain::session::{Record, SessionId};
use idb::{
    Database, DatabaseEvent as _, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode, TransactionResult,
};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsValue;

use super::entry::Entry;

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
    /// A change was given up as a whole.
    #[error(
        "This browser cannot keep commands (its disk may be full): do not close the page while commands are waiting to be sent."
    )]
    Aborted,
    /// What is stored cannot be read, or what is to be stored cannot be written.
    #[error("What this browser keeps is not JSON that this page understands: {0}")]
    Json(#[from] serde_json::Error),
}

type Stored<T> = Result<T, StorageError>;

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
    pub async fn keep_entry(self, entry: &Entry) -> Stored<()> {
        let text = serde_json::to_string(entry)?;
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        // UUIDs of version 7 sort by the time at which they were made.
        store.put(&JsValue::from_str(&text), Some(&key(entry.key)))?.await?;
        committed(transaction).await
    }

    /// Forgets a command that was settled.
    pub async fn forget_entry(self, entry: Uuid) -> Stored<()> {
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        store.delete(key(entry))?.await?;
        committed(transaction).await
    }

    /// Every command that was kept, in the order in which they were made. One that cannot be read stays where it is, does
    /// not take the others with it, and is told in words.
    pub async fn entries(self) -> Stored<(Vec<Entry>, Vec<String>)> {
        Ok(read_each(self.texts(OUTBOX, None).await?))
    }

    /// Keeps events of a session that were seen. With `whole` they are all that there is, and take the place of what was kept.
    pub async fn keep_seen(self, session: SessionId, records: &[Record], whole: bool) -> Stored<()> {
        let (transaction, store) = self.store(EVENTS, TransactionMode::ReadWrite).await?;
        if whole {
            store.delete(Query::KeyRange(records_of(session)?))?.await?;
        }
        for record in records {
            let text = serde_json::to_string(record)?;
            // Not awaited one by one: the transaction says in the end whether all of them were kept.
            let _request = store.put(
                &JsValue::from_str(&text),
                Some(&JsValue::from_str(&record_key(session, record.seq))),
            )?;
        }
        committed(transaction).await
    }

    /// The events that were seen of a session, in order; none when there are none.
    pub async fn seen(self, session: SessionId) -> Stored<Vec<Record>> {
        let texts = self.texts(EVENTS, Some(Query::KeyRange(records_of(session)?))).await?;
        Ok(texts
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect::<Result<_, _>>()?)
    }

    /// The texts of a store, in the order of their keys. What is not even a text reads as an empty one.
    async fn texts(self, name: &'static str, query: Option<Query>) -> Stored<Vec<String>> {
        let (_transaction, store) = self.store(name, TransactionMode::ReadOnly).await?;
        let values = store.get_all(query, None)?.await?;
        Ok(values
            .iter()
            .map(|value| value.as_string().unwrap_or_default())
            .collect())
    }

    async fn store(self, name: &str, mode: TransactionMode) -> Stored<(Transaction, ObjectStore)> {
        let database = self.database().await?;
        let transaction = database.transaction(&[name], mode)?;
        let store = transaction.object_store(name)?;
        Ok((transaction, store))
    }

    async fn database(self) -> Stored<Rc<Database>> {
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

/// A change is kept as a whole or not at all.
async fn committed(transaction: Transaction) -> Stored<()> {
    match transaction.commit()?.await? {
        TransactionResult::Committed => Ok(()),
        TransactionResult::Aborted => Err(StorageError::Aborted),
    }
}

/// Reads kept commands one by one.
fn read_each(texts: Vec<String>) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut unread) = (Vec::new(), Vec::new());
    for text in texts {
        match serde_json::from_str(&text) {
            Ok(entry) => entries.push(entry),
            Err(wrong) => unread.push(format!(
                "A command that this browser kept cannot be read ({wrong}), so it is not sent. It is still kept: {text}"
            )),
        }
    }
    (entries, unread)
}

fn key(id: Uuid) -> JsValue {
    JsValue::from_str(&id.to_string())
}

/// Zeros in front make the order of the texts the order of the numbers.
fn record_key(session: SessionId, seq: u64) -> String {
    format!("{session}:{seq:012}")
}

/// From the first key that an event of a session can have to the last.
fn records_of(session: SessionId) -> Stored<KeyRange> {
    let key = |seq| JsValue::from_str(&record_key(session, seq));
    Ok(KeyRange::bound(&key(0), &key(999_999_999_999), None, None)?)
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
