//! Given what was done, this would have to be undone, and this is known of the way back.

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;
use uuid::Uuid;

const STEPS: &str = r#"# Demo

## Golden release procedure
<!-- holdpoint: procedure id=release kind=release order=sequential -->

### STEP 1: FREEZE
<!-- holdpoint: id=freeze undo="Start the workers" -->

Scale the workers to zero.

### STEP 2: LOOK
<!-- holdpoint: id=look -->

```sql
SELECT count(*) FROM jobs;
```

### STEP 3: MIGRATE
<!-- holdpoint: id=migrate gate=contract work -->

```sql
-- Adds a column
ALTER TABLE jobs ADD COLUMN at timestamptz;
```

### STEP 4: NOTIFY
<!-- holdpoint: id=notify optional -->

```bash
./notify.sh
```

### STEP 5: VERIFY
<!-- holdpoint: id=check gate=rpc on_fail=caution -->

```bash
./verify.sh
```

### STEP 6: DEPLOY
<!-- holdpoint: id=deploy live -->

- [ ] The API <!-- holdpoint: id=api undo="Redeploy the last API" -->
- [ ] The log is read <!-- holdpoint: id=log undo=none -->

## Rollback procedure
<!-- holdpoint: procedure id=rollback kind=rollback -->

1. Put the old version back <!-- holdpoint: gate=contract -->
2. See that it works <!-- holdpoint: gate=elsewhere -->
"#;

fn story() -> Story {
    Story::of(started(STEPS, "release"))
}

fn confirms(story: &mut Story, step: &str) {
    story
        .ask(ClientCommand::ConfirmWork { step: step.to_owned() })
        .expect("it waits for its work");
}

/// `FREEZE: Person("Ada")`, the newest first, and how many others.
fn told(state: &State) -> (Vec<String>, usize) {
    let list = state.undo_list();
    let steps = list.steps.iter();
    let steps = steps.map(|one| format!("{}: {:?}", one.title, one.proof));
    (steps.collect(), list.others)
}

#[test]
fn what_was_done_is_undone_in_the_opposite_order_with_what_shows_that_it_was_done() {
    let mut story = story();
    assert_eq!(told(&story.state), (vec![], 0), "nothing was done");
    let at_hand = story
        .state
        .undo_list()
        .at_hand
        .expect("the first step changes something");
    assert_eq!(at_hand.0, "release/freeze");

    story.tick("release/freeze").expect("is next");
    story.wait(60);
    story.tick("release/look").expect("is next");
    let freeze = "FREEZE: Person(\"Ada\")".to_owned();
    assert_eq!(told(&story.state), (vec![freeze.clone()], 1), "a query changes nothing");
    assert_eq!(
        story.state.undo_list().steps[0].how.as_deref(),
        Some("Start the workers")
    );

    // Work that is said to be done may have changed everything, also where its gate fails.
    confirms(&mut story, "release/migrate");
    let said = "MIGRATE: SaidDone(\"Ada\")".to_owned();
    assert_eq!(told(&story.state), (vec![said.clone(), freeze.clone()], 1));
    story.runs("release/migrate", "contract", Outcome::Fail);
    let list = story.state.undo_list();
    assert_eq!((list.steps[0].holds, list.at_hand), (true, None));
    assert!(list.steps[0].database && list.steps[0].commands == 1);
    story.wait(60);
    story.runs("release/migrate", "contract", Outcome::Pass);
    assert_eq!(told(&story.state).0[0], "MIGRATE: Gates");
    assert!(!story.state.undo_list().steps[0].holds);

    // What is left out is not in it; what a gate looks at without work by hand is asked and not done.
    let skip = ClientCommand::Skip {
        step: "release/notify".to_owned(),
        reason: "nobody is awake".to_owned(),
    };
    assert_eq!(
        story.state.undo_list().at_hand.map(|one| one.1).as_deref(),
        Some("NOTIFY")
    );
    story.ask(skip).expect("it is optional");
    story.runs("release/check", "rpc", Outcome::Pass);
    assert_eq!(
        told(&story.state),
        (vec!["MIGRATE: Gates".to_owned(), freeze.clone()], 2)
    );

    story.wait(60);
    story.tick("release/deploy/api").expect("is next");
    assert_eq!(told(&story.state).0[0], "The API: Person(\"Ada\")");
    story.tick("release/deploy/log").expect("is next");
    let (steps, others) = told(&story.state);
    assert_eq!(steps[..2], ["DEPLOY: SubSteps", "The API: Person(\"Ada\")"]);
    assert_eq!(others, 2, "what the author says changes nothing is none of them");
    assert!(story.state.undo_list().steps[0].live);
}

#[test]
fn what_is_taken_back_is_not_in_it_any_more() {
    let mut story = story();
    story.tick("release/freeze").expect("is next");
    let back = ClientCommand::Untick {
        step: "release/freeze".to_owned(),
        reason: "a worker was left".to_owned(),
    };
    story.ask(back).expect("nothing after it is done");
    assert_eq!(told(&story.state), (vec![], 0));
}

#[test]
fn a_step_that_was_gone_on_with_has_not_passed() {
    let text = STEPS.replace(
        "id=check gate=rpc on_fail=caution",
        "id=check gate=rpc on_fail=caution undo=\"Redo\"",
    );
    let mut story = Story::of(started(&text, "release"));
    for step in ["release/freeze", "release/look"] {
        story.tick(step).expect("is next");
    }
    confirms(&mut story, "release/migrate");
    story.runs("release/migrate", "contract", Outcome::Pass);
    story.tick("release/notify").expect("is next");
    story.runs("release/check", "rpc", Outcome::Fail);
    assert_ne!(told(&story.state).0[0], "VERIFY: WithoutPass", "it is not done");
    let on = ClientCommand::ProceedWithCaution {
        step: "release/check".to_owned(),
        gate: "rpc".to_owned(),
        reason: "known".to_owned(),
    };
    story.ask(on).expect("the runbook's word is caution");
    assert!(told(&story.state).0.contains(&"VERIFY: WithoutPass".to_owned()));
}

#[test]
fn the_point_of_no_return_is_near_one_step_before_it() {
    let mut story = story();
    assert_eq!(story.state.point_of_no_return(), PointOfNoReturn::Ahead);
    for step in ["release/freeze", "release/look"] {
        story.tick(step).expect("is next");
    }
    confirms(&mut story, "release/migrate");
    story.runs("release/migrate", "contract", Outcome::Pass);
    assert_eq!(
        story.state.point_of_no_return(),
        PointOfNoReturn::Ahead,
        "NOTIFY is next"
    );
    story.tick("release/notify").expect("is next");
    assert_eq!(
        story.state.point_of_no_return(),
        PointOfNoReturn::Near,
        "VERIFY is next"
    );
    story.runs("release/check", "rpc", Outcome::Pass);
    assert_eq!(
        story.state.point_of_no_return(),
        PointOfNoReturn::AtHand,
        "DEPLOY is next"
    );
    let tick = |story: &mut Story, step: &str| drop(story.tick(step).expect("is next"));
    tick(&mut story, "release/deploy/api");
    assert_eq!(
        story.state.point_of_no_return(),
        PointOfNoReturn::Past,
        "a part of it is done"
    );
    assert_eq!(
        story.state.undo_list().at_hand.map(|one| one.0).as_deref(),
        Some("release/deploy"),
        "what is next changes nothing, and is a part of what does"
    );
    let step = "release/deploy/api".to_owned();
    let reason = "too soon".to_owned();
    story
        .ask(ClientCommand::Untick { step, reason })
        .expect("a person's tick");
    assert_eq!(
        story.state.point_of_no_return(),
        PointOfNoReturn::AtHand,
        "taken back is not undone"
    );
    tick(&mut story, "release/deploy/api");
    tick(&mut story, "release/deploy/log");
    assert_eq!(story.state.point_of_no_return(), PointOfNoReturn::Past);

    let unmarked = Story::of(started(RELEASE, "release"));
    assert_eq!(unmarked.state.point_of_no_return(), PointOfNoReturn::Unmarked);
    let any = STEPS.replace("kind=release order=sequential", "kind=release order=any");
    let any = Story::of(started(&any, "release"));
    assert_eq!(
        any.state.point_of_no_return(),
        PointOfNoReturn::Near,
        "it may be done at any time"
    );
}

#[test]
fn a_gate_of_the_rollback_is_green_only_by_what_this_session_saw() {
    let mut story = story();
    let seen = |story: &Story| -> Vec<LastSeen> {
        let ways = story.state.ways_back();
        assert_eq!(
            (ways.len(), ways[0].title.as_str(), ways[0].steps.len()),
            (1, "Rollback procedure", 2)
        );
        ways[0].gates.iter().map(|gate| gate.seen).collect()
    };
    assert_eq!(seen(&story), [LastSeen::Never, LastSeen::Never]);
    for step in ["release/freeze", "release/look"] {
        story.tick(step).expect("is next");
    }
    confirms(&mut story, "release/migrate");
    story.runs("release/migrate", "contract", Outcome::Inconclusive);
    assert_eq!(seen(&story)[0], LastSeen::Inconclusive(story.now));
    story.wait(5);
    story.runs("release/migrate", "contract", Outcome::Fail);
    assert_eq!(seen(&story)[0], LastSeen::Failed(story.now));
    story.wait(5);
    story.runs("release/migrate", "contract", Outcome::Pass);
    assert_eq!(seen(&story), [LastSeen::Passed(story.now), LastSeen::Never]);
    assert!(
        Story::release().state.ways_back().is_empty(),
        "its runbook has no rollback"
    );
}

#[test]
fn what_was_at_hand_when_the_session_ended_may_still_be_done_in_part() {
    let at_hand = |story: &Story| story.state.undo_list().at_hand.map(|one| one.0);
    let mut story = story();
    for number in [99, 100] {
        story.must(&Command::LinkRollback {
            session: Uuid::from_u128(number),
            procedure: "rollback".to_owned(),
        });
        assert_eq!(at_hand(&story).as_deref(), Some("release/freeze"));
        assert_eq!(story.state.rollback, Some(Uuid::from_u128(number)), "the newest counts");
    }
    story
        .ask(ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
        })
        .expect("is open");
    assert_eq!(at_hand(&story).as_deref(), Some("release/freeze"));
}
