//! What the page knows: one writer per truth, and everything else derived.

pub mod app;
pub mod clock;
pub mod drafts;
pub mod entry;
pub mod outbox;
pub mod session;
pub mod settings;
pub mod start;
pub mod storage;
