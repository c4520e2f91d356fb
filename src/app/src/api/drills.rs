//! Drills: which can be chosen, how one went, and those of a runbook.

use holdpoint_domain::drill::DrillScore;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{DrillHistory, DrillOffer};

use super::http::{ApiResult, encode, get};

/// The drills that can strike in a procedure.
pub async fn drills(runbook: &str, procedure: &str, environment: &str) -> ApiResult<Vec<DrillOffer>> {
    let [runbook, procedure, environment] = [runbook, procedure, environment].map(encode);
    let query = format!("runbook={runbook}&procedure={procedure}&environment={environment}");
    get(&format!("/api/rehearsal/drills?{query}")).await
}

/// How a drill went. A session that is none answers [`super::ApiError::NotFound`].
pub async fn score(session: SessionId) -> ApiResult<DrillScore> {
    get(&format!("/api/sessions/{session}/drill")).await
}

/// The drills of a runbook that are over.
pub async fn history(runbook: &str) -> ApiResult<DrillHistory> {
    get(&format!("/api/runbooks/{}/drills", encode(runbook))).await
}
