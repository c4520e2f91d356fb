//! Views that take props and give callbacks. None of them fetches.

pub mod command;
pub mod common;
pub mod dialog;
pub mod fields;
pub mod forms;
pub mod gate_panel;
pub mod gate_table;
pub mod hold;
pub mod icons;
pub mod keys;
pub mod kind;
pub mod log;
pub mod markdown;
pub mod parts;
pub mod rollback;
pub mod shell;
pub mod time;
pub mod words;
