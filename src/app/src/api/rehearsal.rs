//! The stand-in platform's faults.

use gloo_net::http::Method;
use holdpoint_domain::wire::{FaultState, SetFault};

use super::{Answer, answer, encode, get};

/// Every fault, and whether it is on.
pub fn faults() -> Answer<Vec<FaultState>> {
    get("/api/rehearsal/faults")
}

/// Switches a fault. The answer is the whole list.
pub fn set_fault(id: &str, on: bool) -> Answer<Vec<FaultState>> {
    let body = serde_json::to_string(&SetFault { on });
    answer(
        Method::PUT,
        &format!("/api/rehearsal/faults/{}", encode(id)),
        Some(body),
    )
}
