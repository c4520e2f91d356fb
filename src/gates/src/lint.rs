//! What is right in a `gates.toml` and proves less than it may seem.

use crate::config::{Check, Direct, GatesFile};
use crate::parse::error_at;
use crate::parts::Part;
use holdpoint_domain::gate::GateKind;
use holdpoint_domain::runbook::{Diagnostic, Place, Severity};

impl GatesFile {
    /// Remarks on gates, in the order of the text that the file was read of.
    #[must_use]
    pub fn remarks(&self, text: &str) -> Vec<Diagnostic> {
        let mut remarks = Vec::new();
        for (name, gate) in &self.gates {
            let mut remark = |keys: &[&str], severity: Severity, message: &str| {
                let at = error_at(text, &[&["gates", name.as_str()], keys].concat(), String::new());
                remarks.push(Diagnostic {
                    place: Place {
                        line: at.line,
                        column: at.column,
                    },
                    severity,
                    message: format!("gate “{name}”: {message}"),
                });
            };
            if gate.direct == Direct::Decides {
                remark(&["direct"], Severity::Warning, BROWSERS_WORD);
            }
            for part in gate.parts() {
                match (trusting(part), part.name) {
                    (Some(message), None) => remark(&["expect"], Severity::Info, message),
                    (Some(message), Some(request)) => {
                        let message = format!("of the answer to “{request}”, {message}");
                        remark(&["http", request], Severity::Info, &message);
                    }
                    (None, _) => {}
                }
            }
        }
        remarks.sort_by_key(|remark| remark.place);
        remarks
    }
}

const BROWSERS_WORD: &str = "its steps rest on a browser's word, because the proxy does not ask; whoever can send a request as the \
                             captain can tick them";
const STATUS_ALONE: &str = "only the status is expected, so that an empty answer, or a proxy's own page, passes; expect something of \
                            the body, such as { check = \"json\", … }";
const EXIT_CODE_ALONE: &str = "only the exit code is expected, so that a program that prints “319 pending” and ends with 0 passes; \
                               expect the words of its success, such as { check = \"output\", contains = \"…\" }";

/// What is said of a part of a gate that looks at nothing but the status or the exit code.
fn trusting(part: Part<'_>) -> Option<&'static str> {
    let looks_at = |checks: &[Check]| part.expect().any(|expectation| checks.contains(&expectation.check));
    match part.gate.kind {
        GateKind::Http => {
            // No answer to HEAD has a body.
            let head = part.http.is_some_and(|http| http.method == "HEAD");
            (!head && !looks_at(&[Check::Json, Check::Body, Check::Header])).then_some(STATUS_ALONE)
        }
        GateKind::Command => (!looks_at(&[Check::Json, Check::Output])).then_some(EXIT_CODE_ALONE),
        GateKind::Sql => None,
    }
}
