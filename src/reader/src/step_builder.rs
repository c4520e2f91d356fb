//! Steps before they have ids.

use crate::annotation::AnnotationArgs;
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
}
