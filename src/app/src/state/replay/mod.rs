//! A session and its rollback, gone through again: which moment is shown, and how they stood then.

mod feed;
mod moments;
mod player;
mod store;

pub use moments::Chosen;
pub use player::SPEEDS;
pub use store::{ReplayStore, provide_replay, use_replay};
