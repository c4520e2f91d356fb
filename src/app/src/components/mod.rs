//! Views that take props and give callbacks. None of them fetches.

pub mod common;
pub mod dialog;
pub mod icons;
pub mod markdown;
pub mod shell;
pub mod words;
