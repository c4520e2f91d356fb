//! Views that take props and give callbacks. None of them fetches.

pub mod command;
pub mod common;
pub mod diagnostics;
pub mod dialog;
pub mod icons;
pub mod kind;
pub mod markdown;
pub mod palette;
pub mod parts;
pub mod runbook_card;
pub mod session_list;
pub mod shell;
pub mod start_form;
pub mod time;
pub mod words;
