//! How a drill went, in words and figures.

mod fault;
mod list;

pub use fault::FaultCard;
pub use list::{NotFollowedList, TurnList};

use crate::components::href::start_href;
use crate::format::duration_s;

/// A length in words, or that there is none to measure.
#[must_use]
pub fn measured(seconds: Option<u64>) -> String {
    seconds.map_or_else(|| "n.a.".to_owned(), duration_s)
}

/// Where a drill is repeated; in the same environment, where that is known.
#[must_use]
pub fn repeat_href(runbook: &str, procedure: &str, drill: &str, seed: &str, environment: Option<&str>) -> String {
    let mut filled_in = vec![("drill", drill), ("seed", seed)];
    filled_in.extend(environment.map(|environment| ("environment", environment)));
    start_href(runbook, procedure, &filled_in)
}
