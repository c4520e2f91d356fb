//! Views that take props and give callbacks. None of them fetches, and none reads the page's state.

pub mod attention;
pub mod command;
pub mod diagnostics;
pub mod dialog;
pub mod fields;
pub mod forms;
pub mod growing;
pub mod hold;
pub mod icons;
pub mod keys;
pub mod kind;
pub mod loading;
pub mod markdown;
pub mod menu;
pub mod not_found;
pub mod palette;
pub mod parts;
pub mod rollback;
pub mod runbook_card;
pub mod scroll;
pub mod scroll_places;
pub mod session_list;
pub mod start_form;
pub mod time;
pub mod title;
pub mod words;
