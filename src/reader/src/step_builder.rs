//! Steps before they have ids.

use crate::annotation::AnnotationArgs;
use crate::blanks::{blanks, fields};
use holdpoint_domain::runbook::{OnFail, Part};

#[derive(Default)]
pub(super) struct StepBuilder {
    pub number: Option<String>,
    pub title: String,
    pub at: usize,
    pub parts: Vec<Part>,
    pub children: Vec<StepBuilder>,
    pub args: AnnotationArgs,
    pub on_fail: Option<OnFail>,
    pub timebox: Option<u64>,
    /// It is a label that groups the steps below it.
    pub is_group: bool,
    /// Its title says that it may be left out.
    pub optional: bool,
}

impl StepBuilder {
    /// Makes fields of the blanks in the title.
    pub fn take_blanks(&mut self) {
        let Some((clean, labels)) = blanks(&self.title) else {
            return;
        };
        self.title = if clean.is_empty() { labels.join(", ") } else { clean };
        self.parts.extend(fields(labels));
    }
}
