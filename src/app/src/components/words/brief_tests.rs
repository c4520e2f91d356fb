//! What the list says of a session and of its rollback.

use super::*;

fn brief(kind: ProcedureKind, standing: Standing, undone: bool) -> SessionBrief {
    let closed = matches!(
        standing,
        Standing::Completed | Standing::RolledBack | Standing::Abandoned
    );
    let value = serde_json::json!({
        "id": uuid::Uuid::from_u128(1), "runbook": "r", "runbook_title": "R", "procedure_title": "P", "kind": kind,
        "environment_title": "Production", "production": true, "rehearsal": false, "version": "v1", "git_sha": "a1b2c3d",
        "captain": "Ana", "started": "2026-11-20T10:00:00Z", "closed": closed.then_some("2026-11-20T11:00:00Z"),
        "outcome": null, "standing": standing, "done": 1, "steps": 1, "undoes": null,
        "undone_by": undone.then_some(uuid::Uuid::from_u128(2)),
    });
    serde_json::from_value(value).expect("an entry of the list")
}

#[test]
fn a_session_is_shown_as_its_rollback_stands_however_it_was_closed() {
    use ProcedureKind::{Emergency, Release, Rollback};
    use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};
    let table = [
        (Release, Completed, Some(Go), "ROLLING BACK"),
        (Release, Completed, Some(Hold), "ROLLBACK ON HOLD"),
        (Release, Completed, Some(Completed), "ROLLED BACK"),
        (Release, Completed, Some(Abandoned), "ROLLBACK GIVEN UP"),
        (Release, Completed, None, "ROLLBACK STARTED"),
        (Release, Abandoned, Some(Go), "ROLLING BACK"),
        (Release, Abandoned, Some(Completed), "ROLLED BACK"),
        (Release, RolledBack, Some(Completed), "ROLLED BACK"),
        (Release, RollingBack, Some(Completed), "ROLLBACK FINISHED"),
        (Emergency, Go, Some(Hold), "RESPONDING"),
        (Emergency, Completed, Some(Go), "ROLLING BACK"),
        (Emergency, Completed, Some(Completed), "COMPLETED"),
    ];
    for (kind, standing, of_rollback, expected) in table {
        let rollback = of_rollback.map(|standing| brief(Rollback, standing, false));
        let told = Word::of_brief(&brief(kind, standing, true), rollback.as_ref());
        assert_eq!(told.1, expected, "{kind:?} {standing:?} {of_rollback:?}");
        assert!(told.0 != Word::Go || expected == "COMPLETED");
    }
}

#[test]
fn what_was_left_out_or_gone_on_with_is_not_green() {
    let left_out = SessionBrief {
        left_out: true,
        ..brief(ProcedureKind::Release, Standing::Completed, false)
    };
    assert_eq!(
        Word::of_brief(&left_out, None),
        (Word::Wait, "COMPLETED, STEPS LEFT OUT")
    );
    let without_pass = SessionBrief {
        without_pass: true,
        ..left_out.clone()
    };
    assert_eq!(
        Word::of_brief(&without_pass, None),
        (Word::Alert, "COMPLETED WITH CAUTION")
    );
    let undone = brief(ProcedureKind::Release, Standing::Completed, true);
    for (rollback, expected) in [
        (left_out, "ROLLBACK FINISHED, STEPS LEFT OUT"),
        (without_pass, "ROLLBACK FINISHED WITH CAUTION"),
    ] {
        assert_eq!(Word::of_brief(&undone, Some(&rollback)), (Word::Alert, expected));
    }
}
