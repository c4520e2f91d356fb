//! Stores: each fact has one writer, and everything else is derived.

pub mod app;
pub mod clock;
pub mod drafts;
pub mod faults;
pub mod kept;
pub mod outbox;
pub mod outbox_entry;
pub mod replay;
pub mod session;
pub mod settings;
pub mod shared_stream;
pub mod start;
pub mod storage;
