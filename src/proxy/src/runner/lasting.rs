//! What asking again cannot mend: a poll ends at once then, instead of holding a release up for nothing.

use holdpoint_gates::config::Check;
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::{Comparison, Part};
use serde_json::Value;

/// Statuses (RFC 9110 and 6585) that find fault with the request, which is the same the next time. Not among them: 404 and 409,
/// which are what a platform answers that is not ready, and 408, 425 and 429, which ask for patience.
const LASTING_STATUSES: [u16; 17] = [
    400, 401, 403, 405, 406, 410, 411, 413, 414, 415, 422, 426, 428, 431, 451, 501, 505,
];

/// Whether an answer that did not pass says that the request is wrong.
pub(super) fn is_lasting_answer(part: Part<'_>, answer: &Observation) -> bool {
    match answer {
        Observation::Http { status, .. } => LASTING_STATUSES.contains(status) && !awaits_refusal(part),
        _ => false,
    }
}

/// Whether the part of the gate may be waiting for a status that finds fault, so that another one is one to wait through.
fn awaits_refusal(part: Part<'_>) -> bool {
    let of_status = part.expect().filter(|expectation| expectation.check == Check::Status);
    let succeeds = |value: &Value| value.as_f64().is_some_and(|status| status < 400.0);
    of_status
        .flat_map(Comparison::all_of)
        .any(|comparison| match comparison {
            Comparison::Equals(value) => !succeeds(&value),
            Comparison::OneOf(values) => !values.iter().all(succeeds),
            // A span of statuses may reach there.
            _ => true,
        })
}
