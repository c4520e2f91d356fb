//! The part of a gate that a session keeps from its start.

use crate::asks::asks;
use crate::config::{Direct, Environment, Gate, GatesFile, HttpRequests};
use crate::digest::gate_digest;
use crate::fill::{Piece, Values, names, pieces};
use holdpoint_domain::gate::GateSnapshot;

impl GatesFile {
    /// What a session in the environment keeps of a gate. `None` when the gate or the environment is not declared, or the
    /// gate does not exist in the environment: the session then has a missing gate, which holds.
    #[must_use]
    pub fn snapshot(&self, gate_id: &str, environment: &str) -> Option<GateSnapshot> {
        let place = self.environments.get(environment)?;
        let gate = self.gates.get(gate_id).filter(|gate| gate.exists_in(environment))?;
        let direct_url = match gate.http.as_ref().and_then(HttpRequests::only) {
            Some(http) if gate.direct.asks() => {
                Some(match &place.stand_in {
                    // The proxy itself answers for a rehearsal, at an address that stays the same and is its own.
                    Some(_) => format!("/api/rehearsal/direct/{{session}}/{gate_id}"),
                    None => base_filled(&http.url, place),
                })
            }
            _ => None,
        };
        Some(GateSnapshot {
            id: gate_id.to_owned(),
            title: gate.title.clone(),
            plain: gate.plain.clone().unwrap_or_else(|| gate.title.clone()),
            kind: gate.kind,
            auto: gate.auto,
            direct: gate.direct.asks(),
            direct_decides: gate.direct == Direct::Decides,
            direct_url,
            compares_release: gate.compares_release(),
            fresh_seconds: gate.fresh_for.seconds(),
            timeout_seconds: gate.poll.as_ref().map_or(gate.timeout, |poll| poll.until).seconds(),
            on_fail: gate.on_fail,
            expects: gate.expects(),
            asks: asks(gate, place),
            digest: Some(gate_digest(gate, place)),
        })
    }
}

impl Gate {
    /// Whether one of its expectations compares the answer with the commit or the version of the release, and is held only by an
    /// answer that names it.
    #[must_use]
    pub fn compares_release(&self) -> bool {
        let names_release = |text: &str| names(text).any(|name| matches!(name, "git_sha" | "version"));
        self.expect.iter().any(|expectation| {
            let equal = expectation.equals.as_ref().and_then(serde_json::Value::as_str);
            let texts = [equal, expectation.contains.as_deref(), expectation.commit.as_deref()];
            texts.into_iter().flatten().any(names_release)
        })
    }
}

/// The URL with its base URLs filled in, and the rest left for the session's values.
fn base_filled(template: &str, environment: &Environment) -> String {
    let bases = environment.values(&Values::new());
    let filled = pieces(template).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Name(name) => match bases.get(name) {
            Some(url) if name.starts_with("url.") => url.clone(),
            _ => format!("{{{name}}}"),
        },
    });
    filled.collect()
}
