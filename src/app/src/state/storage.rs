//! IndexedDB: the outbox, and the events that were received of each session.

use std::rc::Rc;

use futures::channel::oneshot;
use holdpoint_domain::session::{Record, SessionId};
use idb::{
    Database, DatabaseEvent as _, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
    TransactionMode, TransactionResult,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsValue;

use super::outbox_entry::OutboxEntry;

const NAME: &str = "holdpoint";

const VERSION: u32 = 1;
const OUTBOX: &str = "outbox";
const EVENTS: &str = "events";

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("This browser cannot store commands ({0}). Do not close this page while commands are waiting to be sent.")]
    Database(#[from] idb::Error),
    #[error(
        "This browser cannot store commands; its disk may be full. Do not close this page while commands are waiting to be sent."
    )]
    Aborted,
    #[error("What this browser stored cannot be read by this version of the page: {0}")]
    Json(#[from] serde_json::Error),
}

type StorageResult<T> = Result<T, StorageError>;

/// The database, opened once, when it is first needed.
#[derive(Clone, Copy)]
pub struct Storage {
    open: StoredValue<Option<Rc<Database>>, LocalStorage>,
}

impl Storage {
    pub fn new() -> Self {
        Self {
            open: StoredValue::new_local(None),
        }
    }

    /// Stores a command, before it is sent or when it was refused.
    pub async fn put_entry(self, entry: &OutboxEntry) -> StorageResult<()> {
        let text = serde_json::to_string(entry)?;
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        // UUIDs of version 7 sort by the time at which they were made.
        store.put(&JsValue::from_str(&text), Some(&key(entry.key)))?.await?;
        committed(transaction).await
    }

    pub async fn delete_entry(self, entry: Uuid) -> StorageResult<()> {
        let (transaction, store) = self.store(OUTBOX, TransactionMode::ReadWrite).await?;
        store.delete(key(entry))?.await?;
        committed(transaction).await
    }

    /// Every stored command, in the order in which they were made. One that cannot be read stays stored, does not take the
    /// others with it, and is described in the second list.
    pub async fn entries(self) -> StorageResult<(Vec<OutboxEntry>, Vec<String>)> {
        Ok(parse_entries(self.texts(OUTBOX, None).await?))
    }

    /// Stores events of a session. With `whole` they replace what was stored of it.
    pub async fn put_records(self, session: SessionId, records: &[Record], whole: bool) -> StorageResult<()> {
        let (transaction, store) = self.store(EVENTS, TransactionMode::ReadWrite).await?;
        if whole {
            store.delete(Query::KeyRange(key_range(session)?))?.await?;
        }
        for record in records {
            let text = serde_json::to_string(record)?;
            // Not awaited one by one: the transaction says in the end whether all of them were stored.
            let _request = store.put(
                &JsValue::from_str(&text),
                Some(&JsValue::from_str(&record_key(session, record.seq))),
            )?;
        }
        committed(transaction).await
    }

    /// The stored events of a session, in order; empty when there are none.
    pub async fn records(self, session: SessionId) -> StorageResult<Vec<Record>> {
        let texts = self.texts(EVENTS, Some(Query::KeyRange(key_range(session)?))).await?;
        Ok(texts
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect::<Result<_, _>>()?)
    }

    /// The texts of a store, in the order of their keys. What is not even a text reads as an empty one.
    async fn texts(self, name: &'static str, query: Option<Query>) -> StorageResult<Vec<String>> {
        to_its_end(async move {
            let (_transaction, store) = self.store(name, TransactionMode::ReadOnly).await?;
            let values = store.get_all(query, None)?.await?;
            let values = values.iter().map(|value| value.as_string().unwrap_or_default());
            Ok(values.collect())
        })
        .await
    }

    async fn store(self, name: &str, mode: TransactionMode) -> StorageResult<(Transaction, ObjectStore)> {
        let database = self.database().await?;
        let transaction = database.transaction(&[name], mode)?;
        let store = transaction.object_store(name)?;
        Ok((transaction, store))
    }

    async fn database(self) -> StorageResult<Rc<Database>> {
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

/// Goes on where whoever asked has gone: IndexedDB answers all the same, and calls a function that must still be there.
async fn to_its_end<T: 'static>(work: impl Future<Output = StorageResult<T>> + 'static) -> StorageResult<T> {
    let (sender, answer) = oneshot::channel();
    spawn_local(async move {
        // Nobody waits for it where whoever asked has gone.
        drop(sender.send(work.await));
    });
    answer.await.unwrap_or(Err(StorageError::Aborted))
}

/// A change is stored as a whole or not at all.
async fn committed(transaction: Transaction) -> StorageResult<()> {
    match transaction.commit()?.await? {
        TransactionResult::Committed => Ok(()),
        TransactionResult::Aborted => Err(StorageError::Aborted),
    }
}

fn parse_entries(texts: Vec<String>) -> (Vec<OutboxEntry>, Vec<String>) {
    let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
    for text in texts {
        match serde_json::from_str(&text) {
            Ok(entry) => entries.push(entry),
            Err(wrong) => unreadable.push(format!(
                "A stored command cannot be read ({wrong}), so it is not sent. It stays stored: {text}"
            )),
        }
    }
    (entries, unreadable)
}

fn key(id: Uuid) -> JsValue {
    JsValue::from_str(&id.to_string())
}

/// Zeros in front make the order of the texts the order of the numbers.
fn record_key(session: SessionId, seq: u64) -> String {
    format!("{session}:{seq:012}")
}

/// From the first key that an event of a session can have to the last.
fn key_range(session: SessionId) -> StorageResult<KeyRange> {
    let key = |seq| JsValue::from_str(&record_key(session, seq));
    Ok(KeyRange::bound(&key(0), &key(999_999_999_999), None, None)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_commands_beside_one_that_cannot_be_read() {
        let good = r#"{"key":"0192f0c1-2222-7000-8000-000000000001","session":"0192f0c1-2222-7000-8000-000000000002",
            "request":{"id":"0192f0c1-2222-4000-8000-000000000003","actor":"Ada",
            "command":{"type":"tick","step":"one"}},"refused":null}"#;
        let texts = vec!["{broken".to_owned(), good.to_owned(), String::new()];
        let (entries, unreadable) = parse_entries(texts);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].request.actor, "Ada");
        assert_eq!(unreadable.len(), 2);
        assert!(unreadable[0].ends_with("{broken"), "{}", unreadable[0]);
    }
}
