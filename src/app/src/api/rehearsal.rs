//! The stand-in platform's faults.

use gloo_net::http::Request;
use holdpoint_domain::wire::{FaultState, SetFault};

use super::{ApiResult, encode, get, send};

/// Every fault, and whether it is on.
pub async fn faults() -> ApiResult<Vec<FaultState>> {
    get("/api/rehearsal/faults").await
}

/// Switches a fault. The answer is the whole list.
pub async fn set_fault(id: &str, on: bool) -> ApiResult<Vec<FaultState>> {
    let url = format!("/api/rehearsal/faults/{}", encode(id));
    send(Request::put(&url), &SetFault { on }).await
}
