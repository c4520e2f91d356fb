//! Made-up sessions that a template is tried with when it is checked: one of which everything is known, and one of which nothing is.

use serde_json::{Value, json};

/// What a template is filled with, of a session with everything in it.
pub(super) fn full() -> Value {
    let at = "2025-11-20 12:00:00 UTC";
    let left_out = json!([{"step": "FREEZE", "reason": "no time", "sub_step": true}]);
    let exact = "2025-11-20T12:00:00Z";
    let without_pass = json!([{
        "step": "VERIFY", "gate": "Health", "by": "Ada", "at": exact, "reason": "known", "passed": exact,
    }]);
    let holds = json!([{
        "step": "VERIFY", "gate": "Health", "from": exact, "to": exact, "seconds": 60, "ended_by": "pass",
    }]);
    let report = json!({
        "id": "2025-11-20-01", "number": 1, "runbook": "Runbook", "procedure": "Release", "environment": "Production",
        "rehearsal": true, "drill": true, "version": "v1.4.2", "git_sha": "a1b2c3d4", "captain": "Ada", "severity": "SEV-2",
        "standing": "completed", "created": at, "resolved": at, "done": 1, "steps": 2, "left_out": left_out, "passed": 1,
        "failed": 1, "inconclusive": 0, "on_browsers_word": ["VERIFY"], "by_old_declaration": ["VERIFY"],
        "without_pass": without_pass, "holds": holds, "seconds_on_hold": 60, "time_on_hold": "1 min",
        "undoes": "00000000-0000-0000-0000-000000000001", "undone_by": "00000000-0000-0000-0000-000000000002",
        "incident": true, "severity_in_words": "SEV-2 (suggested)", "closing_words": "It is out.",
    });
    let post_mortem = json!({
        "severity": {"level": "SEV-2", "by": "Ada", "at": at, "reason": "users noticed"},
        "impact": "Slow.", "impact_lines": ["Slow."], "root_cause": ["A port."], "factors": ["A quiet night."],
        "actions": [{"number": 1, "action": "Watch it.", "owner": "Ada", "due": "2025-12-01", "state": "open"}],
    });
    let timeline = json!([{
        "seq": 1, "at": at, "who": "Ada", "subject": "Session", "what": "started", "verdict": "PASS", "detail": "x",
        "starred": true, "caption": "It began.",
    }]);
    json!({
        "report": report,
        "post_mortem": post_mortem,
        "timeline": timeline,
        "linked": {"undoes": "Release: was completed", "undone_by": "Rollback: was completed"},
        "session": "00000000-0000-0000-0000-000000000007",
        "head": {"seq": 1, "hash": "0".repeat(64)},
    })
}

/// The same of a session that has just begun, and of which nobody wrote anything.
pub(super) fn bare() -> Value {
    let mut made = full();
    for (place, value) in [
        ("/report/rehearsal", json!(false)),
        ("/report/drill", json!(false)),
        ("/report/severity", Value::Null),
        ("/report/resolved", Value::Null),
        ("/report/left_out", json!([])),
        ("/report/on_browsers_word", json!([])),
        ("/report/by_old_declaration", json!([])),
        ("/report/without_pass", json!([])),
        ("/report/holds", json!([])),
        ("/report/time_on_hold", Value::Null),
        ("/report/undoes", Value::Null),
        ("/report/undone_by", Value::Null),
        ("/report/closing_words", Value::Null),
        ("/post_mortem/severity", Value::Null),
        ("/post_mortem/impact", Value::Null),
        ("/post_mortem/impact_lines", json!([])),
        ("/post_mortem/root_cause", json!([])),
        ("/post_mortem/factors", json!([])),
        ("/post_mortem/actions", json!([])),
        ("/timeline/0/verdict", Value::Null),
        ("/timeline/0/caption", Value::Null),
        ("/linked/undoes", Value::Null),
        ("/linked/undone_by", Value::Null),
    ] {
        if let Some(place) = made.pointer_mut(place) {
            *place = value;
        }
    }
    made
}
