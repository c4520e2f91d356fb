//! The words by which headings, labels, columns and languages are recognised.

mod columns;
mod fences;
mod fold;
mod headings;
mod labels;
mod languages;
mod verbs;
mod work;

pub(super) use columns::{Column, column, is_filled_in, is_status};
pub(super) use fences::{Fence, fence, is_command_line, is_drawing, is_inline_command, is_message, may_run};
pub(super) use fold::{folded, has};
pub(super) use headings::{Heading, heading};
pub(super) use labels::{Label, action, is_alternative, is_answer, label};
pub(super) use verbs::{begins_with_subject, begins_with_verb};
pub(super) use work::asks_for_work;
