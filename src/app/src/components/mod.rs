//! Views that take props and give callbacks. None of them fetches.

pub mod command;
pub mod common;
pub mod diagnostics;
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
pub mod palette;
pub mod parts;
pub mod rollback;
pub mod runbook_card;
pub mod scroll;
pub mod session_list;
pub mod shell;
pub mod start_form;
pub mod time;
pub mod words;
