//! Drills: what of their rules, their moments and their score follows from a log.

#[path = "../session/story.rs"]
#[allow(dead_code, reason = "shared with the stories of sessions")]
mod story;

mod moments;
mod rules;
mod score;

use holdpoint_domain::drill::DrillClock;
use holdpoint_domain::session::*;

use story::*;

/// Four steps in order: one of them with a gate before the step that is marked live, and one after it.
const RELEASE_IN_FOUR: &str = r#"# Demo

## Release procedure
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze -->

Scale the workers to zero.

### STEP 2: VERIFY
<!-- holdpoint: id=verify gate=contract on_fail=caution -->

Check the contract.

### STEP 3: SWITCH
<!-- holdpoint: id=switch live -->

Switch the traffic.

### STEP 4: WATCH
<!-- holdpoint: id=watch gate=rpc on_fail=rollback -->

Watch it.
"#;

/// A fault of a gate.
fn fault(gate: &str, from: DrillTrigger, after_seconds: u64) -> PlannedFault {
    PlannedFault {
        fault: format!("{gate}_down"),
        title: format!("The {gate} is down"),
        gates: vec![gate.to_owned()],
        from,
        after_seconds,
        lasts_seconds: None,
    }
}

fn sealed(faults: Vec<PlannedFault>) -> SealedDrill {
    SealedDrill {
        plan: DrillPlan {
            drill: "friday".to_owned(),
            title: "A bad Friday".to_owned(),
            seed: "4f1c".to_owned(),
            faults,
        },
        salt: "salt".to_owned(),
    }
}

/// A rehearsal that is a drill with this plan.
fn drill(sealed: &SealedDrill) -> Story {
    let mut one = started(RELEASE_IN_FOUR, "release");
    (one.production, one.rehearsal) = (false, true);
    one.drill = Some(DrillMark {
        title: None,
        commitment: Some(sealed.commitment()),
    });
    Story::of(one)
}

/// Closes it a second later, so that its faults are on until then.
fn close(story: &mut Story, sealed: &SealedDrill, outcome: SessionOutcome) -> Vec<Event> {
    story.wait(1);
    story.must(&Command::CloseDrill {
        outcome,
        summary: String::new(),
        drill: Box::new(sealed.clone()),
    })
}

/// From when until when each fault is on, in seconds since the start.
fn windows(story: &Story, plan: &DrillPlan) -> Vec<Option<(i64, Option<i64>)>> {
    let mut clock = DrillClock::default();
    story.records.iter().for_each(|record| clock.add(record));
    let start = story.records[0].at;
    let since = |at: chrono::DateTime<chrono::Utc>| (at - start).num_seconds();
    let windows = clock.windows(plan).into_iter();
    windows
        .map(|window| window.map(|one| (since(one.from), one.until.map(since))))
        .collect()
}
