//! How long a rollback took is said of what was completed, and of rehearsals apart.

use super::place::noon;
use chrono::TimeDelta;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{SessionId, SessionOutcome, Standing};
use holdpoint_domain::wire::{LastRollback, SessionBrief};

fn brief(id: u128, minutes: i64, rehearsal: bool) -> SessionBrief {
    SessionBrief {
        id: SessionId::from_u128(id),
        runbook: "golden-release".to_owned(),
        runbook_title: "The golden release".to_owned(),
        procedure_title: "Perfect rollback".to_owned(),
        kind: Some(ProcedureKind::Rollback),
        environment_title: "Production".to_owned(),
        production: !rehearsal,
        rehearsal,
        drill: false,
        not_followed: 0,
        version: "v1".to_owned(),
        git_sha: "a1b2c3d".to_owned(),
        captain: "Ada".to_owned(),
        started: noon(),
        closed: Some(noon() + TimeDelta::minutes(minutes)),
        outcome: Some(SessionOutcome::Completed),
        standing: Standing::Completed,
        done: 5,
        steps: 5,
        left_out: false,
        without_pass: false,
        maybe_live: false,
        undoes: None,
        unverified: false,
        undone_by: None,
        unreadable: false,
    }
}

#[test]
fn the_last_completed_one_counts_and_rehearsals_stand_apart() {
    let told = |list: &[SessionBrief]| {
        let last = LastRollback::of(list, "golden-release", "Perfect rollback");
        [last.real, last.rehearsal].map(|took| took.map(|took| took.length.num_minutes()))
    };
    assert_eq!(told(&[]), [None, None]);
    assert_eq!(told(&[brief(1, 9, true)]), [None, Some(9)]);
    assert_eq!(
        told(&[brief(1, 9, true), brief(2, 12, false), brief(3, 30, false)]),
        [Some(30), Some(9)]
    );
    let others: [fn(&mut SessionBrief); 6] = [
        |one| one.closed = Some(one.started),
        |one| one.outcome = Some(SessionOutcome::Abandoned),
        |one| (one.outcome, one.closed) = (None, None),
        |one| one.runbook = "release".to_owned(),
        |one| one.procedure_title = "Rollback".to_owned(),
        |one| one.unreadable = true,
    ];
    for change in others {
        let mut other = brief(4, 40, false);
        change(&mut other);
        assert_eq!(
            told(&[brief(2, 12, false), other.clone()]),
            [Some(12), None],
            "{other:?}"
        );
    }
}
