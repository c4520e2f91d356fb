//! What the proxy adds to a search: Unicode's decomposition, and the sessions.

use holdpoint_domain::search::Entry;
use holdpoint_domain::wire::{FoundKind, SearchHit, SessionBrief, standing_words};
use unicode_normalization::char::decompose_compatible;

/// Takes a character apart (NFKD).
pub fn decompose(one: char, each: &mut dyn FnMut(char)) {
    decompose_compatible(one, each);
}

/// A session, found by its procedure, version, commit, captain, environment and runbook, with its rollback, if it is known.
#[must_use]
pub fn entry_of_session(session: &SessionBrief, rollback: Option<&SessionBrief>) -> Entry {
    let name = format!("{} {}", session.procedure_title, session.version);
    let title = format!("{} · {}", name.trim_end(), session.environment_title);
    let commit: String = session.git_sha.chars().take(7).collect();
    let unreal = match (session.drill, session.rehearsal) {
        (true, _) => "DRILL",
        (false, true) => "REHEARSAL",
        (false, false) => "",
    };
    let standing = standing_words(session, rollback);
    let day = session.started.format("%Y-%m-%d").to_string();
    let detail = [unreal, standing, &session.captain, &commit, &day]
        .into_iter()
        .filter(|one| !one.is_empty());
    Entry {
        hit: SearchHit {
            kind: FoundKind::Session,
            title,
            detail: detail.collect::<Vec<_>>().join(" · "),
            href: format!("/sessions/{}", session.id),
            runbook: Some(session.runbook.clone()).filter(|name| !name.is_empty()),
            procedure: None,
            step: None,
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        },
        also: format!("{} {} {}", session.git_sha, session.runbook_title, session.id),
    }
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::session::Standing;

    use super::*;

    fn brief(id: u128, standing: Standing) -> SessionBrief {
        serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::from_u128(id), "runbook": "demo", "runbook_title": "Demo", "procedure_title": "Release",
            "kind": "release", "environment_title": "Test", "production": false, "rehearsal": false, "drill": false,
            "not_followed": 0, "version": "v1", "git_sha": "a1b2c3d4e5", "captain": "Ana", "started": "2026-11-27T14:00:00Z",
            "closed": null, "outcome": null, "standing": standing, "done": 0, "steps": 1, "left_out": false,
            "without_pass": false, "maybe_live": false, "undoes": null, "undone_by": null, "unreadable": false
        }))
        .unwrap()
    }

    #[test]
    fn a_session_that_was_rolled_back_later_is_not_found_as_completed_and_a_drill_is_marked_first() {
        let undo = brief(2, Standing::Completed);
        let undone = SessionBrief {
            undone_by: Some(undo.id),
            ..brief(1, Standing::Completed)
        };
        let drill = SessionBrief {
            drill: true,
            rehearsal: true,
            ..brief(1, Standing::Completed)
        };
        let rehearsal = SessionBrief {
            drill: false,
            ..drill.clone()
        };
        for (session, rollback, detail) in [
            (&undo, None, "completed"),
            (&undone, Some(&undo), "rolled back"),
            (&undone, None, "rollback started"),
            (&drill, None, "DRILL · completed"),
            (&rehearsal, None, "REHEARSAL · completed"),
        ] {
            let found = entry_of_session(session, rollback).hit.detail;
            assert_eq!(found, format!("{detail} · Ana · a1b2c3d · 2026-11-27"));
        }
    }
}
