//! Drills: what the file says of them, what a seed draws, and whom their faults strike.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::drill::FaultWindow;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{DrillPlan, DrillTrigger};
use holdpoint_domain::wire::ChooseDrill;
use holdpoint_gates::config::GatesFile;
use proptest::prelude::*;
use uuid::Uuid;

use super::{NOBODY, gates, values};
use crate::answers::Answers;
use crate::drill::Choice;
use crate::file::RehearsalFile;
use crate::{DrillError, Rehearsal};

const GATES: &str = r#"
[gates.site]
title = "Site"
kind = "http"
http = { url = "{url.site}/a" }
expect = [{ check = "status", equals = 200 }]

[gates.stock]
title = "Stock"
kind = "sql"
sql = { database = "main", statement = "SELECT 1 AS n" }
expect = [{ check = "column", name = "n", equals = 1 }]

[gates.probe]
title = "Probe"
kind = "command"
command = { argv = ["probe"] }
expect = [{ check = "exit_code", equals = 0 }]
"#;

const DRILLS: &str = r#"
[faults.outage]
title = "Outage"
description = "Site and stock are gone."
answers.site = { status = 503 }
answers.stock = { error = "gone" }

[[drill]]
id = "friday"
title = "A bad Friday"
description = "Something breaks."
strikes = 2
faults = [
  { fault = "outage", window = ["10s", "5m"] },
  { fault = "probe:exit-1", before = "live", window = ["0s", "20s"], lasts = "2m" },
  { fault = "site:refused", once_asked = "stock" },
]

[[drill]]
id = "probe-only"
title = "The probe fails"
description = "The probe fails once it is asked."
faults = [{ fault = "probe:exit-1", before = "probe" }]
"#;

fn parse(text: &str) -> Result<RehearsalFile, String> {
    RehearsalFile::parse(text, &gates(GATES)).map_err(|error| error.to_string())
}

fn step(id: &str, gates: &[&str], live: bool) -> Step {
    Step {
        id: id.to_owned(),
        number: None,
        title: id.to_owned(),
        plain: None,
        line: 1,
        parts: Vec::new(),
        work: false,
        live,
        undo: None,
        gates: gates.iter().map(|gate| (*gate).to_owned()).collect(),
        on_fail: None,
        optional: false,
        timebox_seconds: None,
        children: Vec::new(),
    }
}

fn procedure(steps: Vec<Step>) -> Procedure {
    Procedure {
        id: "release".to_owned(),
        title: "Release".to_owned(),
        kind: ProcedureKind::Release,
        order: Order::Sequential,
        line: 1,
        intro: Vec::new(),
        steps,
        rollback: None,
        timebox_seconds: None,
        errors: Vec::new(),
    }
}

fn whole() -> Procedure {
    procedure(vec![
        step("one", &["site", "stock"], false),
        step("two", &["probe"], true),
    ])
}

/// What a seed draws.
fn drawn(of: &Procedure, id: Option<&str>, seed: &str) -> Result<DrillPlan, DrillError> {
    let declared: GatesFile = gates(GATES);
    let answers = Answers::new(declared.clone(), parse(DRILLS).unwrap());
    let known = |fault: &str| answers.known_fault(fault);
    let is_here = |gate: &str| declared.gates.contains_key(gate);
    Choice::new(answers.drills(), of, &is_here, &known).plan(id, seed)
}

#[test]
fn drills_are_read_in_their_order() {
    let file = parse(DRILLS).unwrap();
    let ids: Vec<_> = file.drills.iter().map(|drill| drill.id.as_str()).collect();
    assert_eq!(ids, ["friday", "probe-only"]);
    let [first, second, third] = &file.drills[0].faults[..] else {
        panic!("three faults");
    };
    assert_eq!((first.from(), first.seconds()), (DrillTrigger::Start, (10, 300)));
    assert_eq!((second.from(), second.seconds()), (DrillTrigger::BeforeLive, (0, 20)));
    let asked = DrillTrigger::Asked { gate: "stock".into() };
    assert_eq!((third.from(), third.seconds()), (asked, (0, 0)));
}

#[test]
fn what_is_wrong_with_a_drill_is_told_with_its_place() {
    let drill = |rest: &str| format!("[[drill]]\nid = \"d\"\ntitle = \"D\"\ndescription = \"d\"\n{rest}\n");
    for (text, said) in [
        (drill(""), "missing field `faults`"),
        (drill("faults = []"), "5:1: a drill has at least one fault"),
        (
            drill("faults = [{ fault = \"rain\" }]"),
            "5:13: there is no fault “rain” in this file",
        ),
        (
            drill("faults = [{ fault = \"nobody:refused\" }]"),
            "5:13: gates.toml declares no gate “nobody”",
        ),
        (
            drill("faults = [{ fault = \"site:killed\" }]"),
            "5:13: “killed” is not a fault that the gate “site” can have",
        ),
        (
            drill("faults = [{ fault = \"site:503\", before = \"dawn\" }]"),
            "5:33: gates.toml declares no gate “dawn”",
        ),
        (
            drill("faults = [{ fault = \"site:503\", before = \"live\", once_asked = \"site\" }]"),
            "5:50: a fault waits for one thing",
        ),
        (
            drill("faults = [{ fault = \"site:503\", window = [\"5m\", \"1m\"] }]"),
            "5:33: a window is",
        ),
        (
            drill("faults = [{ fault = \"site:503\", window = [\"5m\", \"25h\"] }]"),
            "5:33: a window is",
        ),
        (
            drill("faults = [{ fault = \"site:503\", lasts = \"0s\" }]"),
            "5:33: a fault lasts",
        ),
        (drill("faults = [{ fault = \"site:503\", lasts = \"soon\" }]"), "5:"),
        (
            drill("faults = [{ fault = \"site:503\", when = \"1m\" }]"),
            "5:33: unknown field `when`",
        ),
        (
            drill("strikes = 2\nfaults = [{ fault = \"site:503\" }]"),
            "5:1: `strikes` is from 1 to",
        ),
        (
            drill("faults = [{ fault = \"site:503\" }]").replace("\"d\"\nt", "\"4\"\nt"),
            "2:1: “4” is not the id of a drill",
        ),
        (
            drill("faults = [{ fault = \"site:503\" }]").repeat(2),
            "7:1: there is a drill “d” already",
        ),
        (
            drill("faults = [{ fault = \"site:503\" }]").replace("\"D\"", "\" \""),
            "3:1: the title is empty",
        ),
    ] {
        let error = parse(&text).unwrap_err();
        assert!(error.contains(said), "{text}\n{error}");
    }
}

#[test]
fn only_what_can_strike_here_is_drawn_and_offered() {
    let without_live = procedure(vec![step("one", &["stock"], false)]);
    let plan = drawn(&without_live, Some("friday"), "1").unwrap();
    let faults: Vec<_> = plan
        .faults
        .iter()
        .map(|fault| (fault.fault.as_str(), fault.gates.as_slice()))
        .collect();
    assert_eq!(
        faults,
        [("outage", &["stock".to_owned()][..])],
        "no live step, no probe, no site"
    );
    let refused = drawn(&without_live, Some("probe-only"), "1");
    assert!(matches!(refused, Err(DrillError::Unknown { .. })));
    let nothing = procedure(vec![step("one", &[], false)]);
    assert!(matches!(drawn(&nothing, None, "1"), Err(DrillError::None)));
}

#[test]
fn seeds_draw_different_drills_faults_and_moments() {
    let plans: Vec<_> = (0..40)
        .map(|seed| drawn(&whole(), None, &seed.to_string()).unwrap())
        .collect();
    for id in ["friday", "probe-only"] {
        assert!(plans.iter().any(|plan| plan.drill == id), "{id} is never drawn");
    }
    let friday: Vec<_> = plans.iter().filter(|plan| plan.drill == "friday").collect();
    for fault in ["outage", "probe:exit-1", "site:refused"] {
        let has = |plan: &&&DrillPlan| plan.faults.iter().any(|one| one.fault == fault);
        assert!(friday.iter().any(|plan| has(&plan)), "{fault} never strikes");
        assert!(!friday.iter().all(|plan| has(&plan)), "{fault} always strikes");
    }
}

/// What a seed draws is kept in logs, and people repeat it: it must not change with a version.
#[test]
fn a_seed_draws_today_what_it_drew_before() {
    let plan = drawn(&whole(), Some("friday"), "4f1c").unwrap();
    let faults: Vec<_> = plan
        .faults
        .iter()
        .map(|fault| (fault.fault.as_str(), fault.after_seconds))
        .collect();
    assert_eq!(faults, TODAY);
}

const TODAY: [(&str, u64); 2] = [("outage", 239), ("probe:exit-1", 12)];

proptest! {
    #[test]
    fn the_same_seed_is_the_same_plan_within_its_windows(seed in "[ -~]{1,64}") {
        let plan = drawn(&whole(), Some("friday"), &seed).unwrap();
        prop_assert_eq!(&plan, &drawn(&whole(), Some("friday"), &seed).unwrap());
        prop_assert_eq!(plan.faults.len(), 2);
        for fault in &plan.faults {
            let (from, to) = match fault.fault.as_str() {
                "outage" => (10, 300),
                "probe:exit-1" => (0, 20),
                _ => (0, 0),
            };
            prop_assert!((from..=to).contains(&fault.after_seconds), "{:?}", fault);
        }
    }
}

async fn started(folder: &tempfile::TempDir) -> Rehearsal {
    let mut declared = gates(GATES);
    let file = RehearsalFile::parse(DRILLS, &declared).unwrap();
    Rehearsal::start(folder.path(), &mut declared, file).await.unwrap()
}

fn outcome(rehearsal: &Rehearsal, session: Uuid, gate: &str) -> Outcome {
    let declared = gates(GATES);
    let answer = rehearsal.answer(session, gate, None, "lab", &values()).unwrap();
    answer.judge(super::part(&declared.gates[gate]), &values()).0
}

#[tokio::test]
async fn the_faults_of_a_drill_strike_in_its_session_alone_and_in_their_windows() {
    let folder = tempfile::tempdir().unwrap();
    let rehearsal = started(&folder).await;
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let window = |fault: &str, from: i64, until: i64| FaultWindow {
        fault: fault.to_owned(),
        from: now + TimeDelta::seconds(from),
        until: Some(now + TimeDelta::seconds(until)),
    };
    let (drill, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let windows = vec![window("outage", -60, 600), window("probe:exit-1", 300, 600)];
    rehearsal.set_drill(drill, windows);
    assert_eq!(outcome(&rehearsal, drill, "stock"), Outcome::Inconclusive);
    assert_eq!(
        outcome(&rehearsal, drill, "probe"),
        Outcome::Pass,
        "it has not struck yet"
    );
    for elsewhere in [other, NOBODY] {
        assert_eq!(outcome(&rehearsal, elsewhere, "stock"), Outcome::Pass);
    }
    assert!(
        rehearsal.faults().iter().all(|fault| !fault.on),
        "no fault is switched on"
    );
    rehearsal.set_drill(drill, vec![window("outage", -600, -60)]);
    assert_eq!(outcome(&rehearsal, drill, "stock"), Outcome::Pass, "it is over");
    rehearsal.set_drill(drill, vec![window("outage", -60, 600)]);
    rehearsal.end_drill(drill);
    assert_eq!(
        outcome(&rehearsal, drill, "stock"),
        Outcome::Pass,
        "the session is closed"
    );
    rehearsal.stop().await;
}

#[tokio::test]
async fn a_plan_is_kept_over_a_restart_and_is_that_of_its_commitment() {
    let folder = tempfile::tempdir().unwrap();
    let (procedure, session) = (Arc::new(whole()), Uuid::from_u128(1));
    let choice = ChooseDrill::default();
    let rehearsal = started(&folder).await;
    let drawn = rehearsal.draw_drill(session, &choice, &procedure, "lab").unwrap();
    let again = rehearsal.draw_drill(session, &choice, &procedure, "lab").unwrap();
    assert_eq!(again, drawn, "a start that is asked for twice has one plan");
    let other_choice = ChooseDrill {
        seed: Some("another".to_owned()),
        ..ChooseDrill::default()
    };
    let refused = rehearsal.draw_drill(session, &other_choice, &procedure, "lab");
    assert!(
        matches!(refused, Err(DrillError::Taken { .. })),
        "what is kept is never replaced"
    );
    let other = rehearsal
        .draw_drill(Uuid::from_u128(2), &choice, &procedure, "lab")
        .unwrap();
    assert_ne!(
        (other.plan.seed, other.salt),
        (drawn.plan.seed.clone(), drawn.salt.clone())
    );
    rehearsal.stop().await;

    let rehearsal = started(&folder).await;
    let commitment = drawn.commitment();
    assert_eq!(rehearsal.drill(session, &commitment).unwrap(), drawn);
    let wrong = rehearsal.drill(session, "another");
    assert!(matches!(wrong, Err(DrillError::Lost { .. })));
    rehearsal.forget_drill(session).unwrap();
    assert!(matches!(
        rehearsal.drill(session, &commitment),
        Err(DrillError::Lost { .. })
    ));
    rehearsal.forget_drill(session).unwrap();
    rehearsal.stop().await;
}
