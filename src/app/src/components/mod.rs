//! Views that take props and give callbacks. None of them fetches.

pub mod command;
pub mod common;
pub mod dialog;
pub mod icons;
pub mod kind;
pub mod markdown;
pub mod parts;
pub mod shell;
pub mod time;
pub mod words;
