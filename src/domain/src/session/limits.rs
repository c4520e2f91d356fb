//! How long the texts of commands may be.

use super::refusal::Refusal;

/// Characters that notes and summaries may have.
pub const NOTE_LIMIT: usize = 10_000;
/// Characters that reasons and filled-in values may have.
pub const VALUE_LIMIT: usize = 2_000;
/// Characters that names and versions may have.
pub const NAME_LIMIT: usize = 100;

/// Answers to *why* in a root cause.
pub const WHYS_LIMIT: usize = 5;
/// Contributing factors.
pub const FACTORS_LIMIT: usize = 20;
/// Action items of a session, those that were done or dropped among them.
pub const ACTIONS_LIMIT: usize = 100;
/// Events of a session that may be starred at the same time.
pub const STARS_LIMIT: usize = 200;
/// Characters that the caption of a star may have.
pub const CAPTION_LIMIT: usize = 500;

/// Refuses a text that is blank, or has more characters than the limit.
pub(super) fn require_text(what: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty { what });
    }
    check_length(what, text, limit)
}

/// Refuses a text that has more characters than the limit; it may be empty.
pub(super) fn check_length(what: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.chars().count() > limit {
        Err(Refusal::TooLong { what, limit })
    } else {
        Ok(())
    }
}
