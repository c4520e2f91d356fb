//! How much may be typed.

use super::refusal::Refusal;

/// Characters that notes and summaries may have.
pub const NOTE_LIMIT: usize = 10_000;
/// Characters that reasons and filled-in values may have.
pub const VALUE_LIMIT: usize = 2_000;
/// Characters that names and versions may have.
pub const NAME_LIMIT: usize = 100;

/// Refuses what says nothing, or too much.
pub(super) fn said(what: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty { what });
    }
    short(what, text, limit)
}

/// Refuses what is too long; it may be empty.
pub(super) fn short(what: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.chars().count() > limit {
        Err(Refusal::TooLong { what, limit })
    } else {
        Ok(())
    }
}
