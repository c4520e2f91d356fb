//! A session as it went, to be drawn, told and replayed: spans on a common time axis, and the state as it stood at any event.
//!
//! [`TimelineFold`] takes records one by one, those of a session and those of its rollback in any order of the two, and gives a
//! [`Timeline`]. [`layout`] places what it holds on a picture of bounded size, so that page and report draw the same thing;
//! [`Replay`] gives the state at any event by the session's own rules.
//!
//! Within it, from the bottom: `span ← order, axis, words ← lane ← fold`; `span, words ← layout`; `replay` stands alone.

mod axis;
mod fold;
mod lane;
mod layout;
mod order;
mod replay;
mod shape;
mod span;
mod words;

pub use axis::{Axis, Tick};
pub use fold::{Timeline, TimelineFold};
pub use layout::{Drawn, Row, RowLayout, layout, members_in_words};
pub use order::{Step as MomentAt, merged};
pub use replay::{Moved, Replay};
pub use shape::Tone;
pub use span::{ClockBack, HoldEnd, Lane, LaneRole, Mark, Moment, Span, SpanKind, StepEnd};
pub use words::{after_closing_words, count, kind_word, result_words};
