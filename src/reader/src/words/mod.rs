//! The words by which headings, labels, columns and languages are recognised.

mod columns;
mod fences;
mod fold;
mod headings;
mod labels;
mod work;

pub(super) use columns::{Column, column};
pub(super) use fences::{Fence, fence, is_command_line, is_drawing};
pub(super) use fold::{folded, has};
pub(super) use headings::{Heading, heading};
pub(super) use labels::{Label, action, label};
pub(super) use work::asks_for_work;
