//! What is kept of a session, and when one is likely to end.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::history::*;
use holdpoint_domain::session::*;

const STEPS: [&str; 3] = ["release/freeze", "release/verify", "release/announce"];

fn digest_of(story: &Story) -> SessionDigest {
    SessionDigest::of(&story.records).expect("it is closed")
}

fn close(story: &mut Story, outcome: SessionOutcome) {
    let summary = String::new();
    story
        .ask(ClientCommand::Close { outcome, summary })
        .expect("it can be closed");
}

fn pass(story: &mut Story) {
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
}

/// A release whose steps took so many seconds.
fn took(seconds: [i64; 3]) -> Story {
    let mut story = Story::release();
    story.wait(seconds[0]);
    story.tick(STEPS[0]).expect("is next");
    story.wait(seconds[1]);
    pass(&mut story);
    story.wait(seconds[2]);
    story.tick(STEPS[2]).expect("is next");
    close(&mut story, SessionOutcome::Completed);
    story
}

fn worked(digest: &SessionDigest) -> Vec<(&str, u64)> {
    let mut times: Vec<_> = digest
        .steps
        .iter()
        .map(|one| (one.step.as_str(), one.worked_ms / 1_000))
        .collect();
    times.sort_by_key(|(step, _)| STEPS.iter().position(|one| one == step));
    times
}

#[test]
fn a_step_takes_from_when_it_became_next_to_its_tick() {
    let digest = digest_of(&took([30, 60, 90]));
    assert_eq!(worked(&digest), [(STEPS[0], 30), (STEPS[1], 60), (STEPS[2], 90)]);
    assert_eq!(
        (digest.length_ms(), digest.held_ms, digest.first_hold),
        (180_000, 0, None)
    );
}

#[test]
fn time_on_hold_is_counted_apart() {
    let mut story = Story::release();
    story.tick(STEPS[0]).expect("is next");
    story.wait(10);
    story.runs(STEPS[1], "contract", Outcome::Fail);
    let failed = story.now;
    story.wait(300);
    assert_eq!(story.state.time_at(STEPS[1], story.now).held, TimeDelta::seconds(300));
    pass(&mut story);
    story.wait(5);
    story.tick(STEPS[2]).expect("is next");
    close(&mut story, SessionOutcome::Completed);
    let digest = digest_of(&story);
    assert_eq!(worked(&digest), [(STEPS[0], 0), (STEPS[1], 10), (STEPS[2], 5)]);
    assert_eq!((digest.held_ms, digest.first_trouble), (300_000, Some(failed)));
    let hold = digest.first_hold.expect("it held");
    assert_eq!(
        (hold.from, hold.to - hold.from, hold.by_pass),
        (failed, TimeDelta::seconds(300), true)
    );
}

#[test]
fn time_before_a_tick_that_was_taken_back_counts_for_the_step() {
    let mut story = Story::release();
    story.wait(30);
    story.tick(STEPS[0]).expect("is next");
    story.wait(7);
    let (step, reason) = (STEPS[0].to_owned(), "wrong build".to_owned());
    story
        .ask(ClientCommand::Untick { step, reason })
        .expect("a person's tick");
    story.wait(10);
    story.tick(STEPS[0]).expect("is next");
    assert_eq!(story.state.step_times()[STEPS[0]].worked, TimeDelta::seconds(40));
    assert_eq!(story.state.step_times()[STEPS[1]].worked, TimeDelta::seconds(7));
}

#[test]
fn what_was_left_out_took_no_time_that_anybody_can_learn_from() {
    let mut story = Story::release();
    story.tick(STEPS[0]).expect("is next");
    pass(&mut story);
    story.wait(600);
    let (step, reason) = (STEPS[2].to_owned(), "nobody is there".to_owned());
    story.ask(ClientCommand::Skip { step, reason }).expect("it is optional");
    close(&mut story, SessionOutcome::Completed);
    assert_eq!(worked(&digest_of(&story)), [(STEPS[0], 0), (STEPS[1], 0)]);
}

#[test]
fn a_pass_on_repeat_is_one_with_nothing_else_in_between() {
    for (changed, repeated) in [(false, 1), (true, 0)] {
        let mut story = Story::release();
        story.tick(STEPS[0]).expect("is next");
        story.runs(STEPS[1], "contract", Outcome::Inconclusive);
        if changed {
            let (step, text, written) = (None, "restarted the API".to_owned(), None);
            story
                .ask(ClientCommand::AddNote { step, text, written })
                .expect("a note");
        }
        pass(&mut story);
        story.tick(STEPS[2]).expect("is next");
        close(&mut story, SessionOutcome::Completed);
        let digest = digest_of(&story);
        let contract = digest
            .gates
            .iter()
            .find(|gate| gate.gate == "contract")
            .expect("it ran");
        assert_eq!(
            (
                contract.passed,
                contract.failed,
                contract.inconclusive,
                contract.passed_on_repeat
            ),
            (1, 0, 1, repeated)
        );
        assert_eq!(contract.title, "The contract gate");
    }
}

#[test]
fn only_a_pass_ends_a_hold_by_a_pass() {
    let mut story = Story::release();
    story.tick(STEPS[0]).expect("is next");
    story.runs(STEPS[1], "contract", Outcome::Fail);
    story.wait(60);
    close(&mut story, SessionOutcome::Abandoned);
    let digest = digest_of(&story);
    let hold = digest.first_hold.expect("it held");
    assert_eq!((hold.to - hold.from, hold.by_pass), (TimeDelta::seconds(60), false));
    assert_eq!(digest.held_ms, 60_000);
    // Notes may follow, and change nothing.
    let (step, text, written) = (None, "later".to_owned(), None);
    story.wait(60);
    story
        .ask(ClientCommand::AddNote { step, text, written })
        .expect("a note");
    assert_eq!(digest_of(&story), digest);
}

#[test]
fn an_open_session_has_no_digest() {
    assert_eq!(SessionDigest::of(&Story::release().records), None);
    assert_eq!(SessionDigest::of(&[]), None);
}

#[test]
fn fewer_than_three_say_nothing() {
    assert_eq!((percentile(&[], 50), percentile(&[1, 2], 50)), (None, None));
    let ten: Vec<u64> = (1..=10).collect();
    assert_eq!((percentile(&ten, 50), percentile(&ten, 90)), (Some(5), Some(9)));
    assert_eq!(
        (percentile(&[1, 2, 3], 50), percentile(&[1, 2, 3], 90)),
        (Some(2), Some(3))
    );
}

fn usual() -> Usual {
    let digests = [[60, 60, 60], [120, 120, 120], [600, 600, 600]].map(|seconds| digest_of(&took(seconds)));
    Usual::of(&digests).expect("there are three")
}

#[test]
fn what_is_usual_is_learned_from_completed_real_sessions_only() {
    let digests = [[60, 60, 60]; 2].map(|seconds| digest_of(&took(seconds)));
    assert_eq!(Usual::of(&digests), None);
    let others: [fn(&mut SessionDigest); 3] = [
        |one| one.rehearsal = true,
        |one| one.outcome = SessionOutcome::Abandoned,
        |one| one.outcome = SessionOutcome::RolledBack,
    ];
    for change in others {
        let mut third = digests[0].clone();
        change(&mut third);
        assert_eq!(Usual::of(digests.iter().chain([&third])), None);
    }
    let usual = usual();
    assert_eq!((usual.sessions, usual.steps.len()), (3, 3));
    let (median_ms, p90_ms) = (120_000, 600_000);
    assert_eq!(
        usual.steps[STEPS[0]],
        UsualStep {
            median_ms,
            p90_ms,
            sessions: 3
        }
    );
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M").to_string()
}

fn words(story: &Story, usual: Option<&Usual>) -> Option<String> {
    Some(Remaining::of(&story.state, usual)?.at(story.now).words(clock))
}

#[test]
fn the_end_is_told_from_earlier_sessions_and_only_while_it_goes() {
    let usual = usual();
    let mut story = Story::release();
    // It begins at 12:00. Three steps of two to ten minutes each.
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some("Likely ends between 12:06 and 12:30, from 3 earlier releases.")
    );
    // What the step at hand took already is not left.
    story.wait(60);
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some("Likely ends between 12:06 and 12:30, from 3 earlier releases.")
    );
    story.wait(4 * 60);
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some("Likely ends between 12:09 and 12:30, from 3 earlier releases.")
    );
    story.tick(STEPS[0]).expect("is next");
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some("Likely ends between 12:09 and 12:25, from 3 earlier releases.")
    );
    story.runs(STEPS[1], "contract", Outcome::Fail);
    story.wait(3_600);
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some(
            "On hold, so no end can be said. \
             By what each step took in 3 earlier releases, 4 minutes to 20 minutes more for what is left."
        )
    );
    pass(&mut story);
    // Both steps before it are done.
    assert_eq!(
        words(&story, Some(&usual)).as_deref(),
        Some("Likely ends between 13:07 and 13:15, from 3 earlier releases.")
    );
    story.tick(STEPS[2]).expect("is next");
    assert_eq!(words(&story, Some(&usual)), None, "nothing is left");
    close(&mut story, SessionOutcome::Completed);
    assert_eq!(words(&story, Some(&usual)), None);
}

#[test]
fn a_step_that_takes_too_long_is_told_and_no_end() {
    let usual = usual();
    let mut story = Story::release();
    story.wait(11 * 60 - 1);
    let estimate = Remaining::of(&story.state, Some(&usual)).expect("known").at(story.now);
    assert_eq!(estimate.overdue, None, "within a minute of what nine of ten took");
    // What is not over yet was not taken.
    story.wait(5 * 60);
    let estimate = Remaining::of(&story.state, Some(&usual)).expect("known").at(story.now);
    assert_eq!(estimate.between(), None);
    assert_eq!(
        estimate.words(clock),
        "Later than usual: “FREEZE” has taken 15 minutes, and at most 10 minutes in nine of ten of 3 earlier releases. \
         By what each step took in 3 earlier releases, 4 minutes to 20 minutes more for what comes after it."
    );
}

#[test]
fn a_late_step_has_its_plain_title_and_has_taken_more_than_it_takes() {
    let text = RELEASE.replace("id=freeze", "id=freeze timebox=90s plain=\"Workers paused\"");
    let told = |seconds| {
        let mut story = Story::of(started(&text, "release"));
        story.wait(seconds);
        words(&story, None).unwrap_or_default()
    };
    assert!(!told(179).contains("Later"), "{}", told(179));
    let late = "Later than planned: “Workers paused” has taken 3 minutes, and the runbook gives it 2 minutes.";
    for seconds in [180, 239] {
        assert_eq!(told(seconds), late);
    }
}

#[test]
fn nothing_is_told_once_a_rollback_has_taken_over() {
    let usual = usual();
    let mut story = Story::release();
    story.tick(STEPS[0]).expect("is next");
    let (session, procedure) = (story.id(), "rollback".to_owned());
    story.must(&Command::LinkRollback { session, procedure });
    assert_eq!(words(&story, Some(&usual)), None);
}

/// The same release with times that its runbook gives.
fn timed(rehearsal: bool, announce: bool) -> Story {
    let text = RELEASE
        .replace("id=freeze", "id=freeze timebox=10m")
        .replace("rollback -->", "rollback timebox=20m -->");
    let text = if announce {
        text.replace("optional", "optional timebox=5m")
    } else {
        text
    };
    let mut one = started(&text, "release");
    one.rehearsal = rehearsal;
    Story::of(one)
}

#[test]
fn without_earlier_sessions_the_runbook_s_own_times_are_told_as_what_they_are() {
    assert_eq!(words(&Story::release(), None), None, "it gives no times");
    let mut story = timed(false, true);
    story.wait(5 * 60);
    assert_eq!(
        words(&story, None).as_deref(),
        Some("The runbook itself says about 30 minutes for what is left.")
    );
    story.wait(10 * 60);
    assert_eq!(
        words(&story, None).as_deref(),
        Some(
            "Later than planned: “FREEZE” has taken 15 minutes, and the runbook gives it 10 minutes. \
             The runbook itself says about 25 minutes for what comes after it."
        )
    );
    assert_eq!(
        words(&timed(false, false), None).as_deref(),
        Some(
            "The runbook itself gives about 30 minutes for 2 of the 3 steps that are left, and no time for the others."
        )
    );
}

#[test]
fn a_rehearsal_is_told_by_the_runbook_whatever_the_team_s_own_sessions_took() {
    assert_eq!(
        words(&timed(true, true), Some(&usual())).as_deref(),
        Some("The runbook itself says about 35 minutes for what is left.")
    );
}

#[test]
fn steps_that_earlier_sessions_did_not_have_are_said_not_to_be_counted() {
    let mut usual = usual();
    usual.steps.remove(STEPS[1]);
    assert_eq!(
        words(&Story::release(), Some(&usual)).as_deref(),
        Some(
            "Likely ends between 12:04 and 12:20, from 3 earlier releases. \
             One step that fewer than three of those did is not counted."
        )
    );
    usual.steps = BTreeMap::new();
    assert_eq!(words(&Story::release(), Some(&usual)), None);
}

#[test]
fn a_step_is_late_by_what_its_own_time_is_from() {
    let mut usual = usual();
    usual.sessions = 7;
    let late = |usual: &Usual| {
        let mut story = timed(false, true);
        story.wait(15 * 60);
        words(&story, Some(usual)).expect("something is known")
    };
    let told = late(&usual);
    assert!(
        told.contains("at most 10 minutes in nine of ten of 3 earlier releases"),
        "{told}"
    );
    usual.steps.remove(STEPS[0]);
    let told = late(&usual);
    assert!(
        told.starts_with(
            "Later than planned: “FREEZE” has taken 15 minutes, and the runbook gives it 10 minutes. \
             By what each step took in 7 earlier releases,"
        ),
        "{told}"
    );
    let on_time = words(&timed(false, true), Some(&usual)).expect("something is known");
    assert!(
        on_time.ends_with("One step is counted by the runbook's own time."),
        "{on_time}"
    );
}

#[test]
fn a_phase_s_time_runs_down_while_its_sub_steps_are_done() {
    let text = "# Demo\n\n## Release\n<!-- holdpoint: procedure id=release kind=release order=sequential -->\n\n\
        1. Phase <!-- holdpoint: id=phase timebox=20m -->\n   - [ ] One <!-- holdpoint: id=one -->\n   \
        - [ ] Two <!-- holdpoint: id=two -->\n";
    let mut story = Story::of(started(text, "release"));
    story.wait(5 * 60);
    story.tick("release/phase/one").expect("is next");
    story.wait(5 * 60);
    assert_eq!(
        words(&story, None).as_deref(),
        Some("The runbook itself says about 10 minutes for what is left.")
    );
    story.wait(15 * 60);
    let told = words(&story, None).expect("it is late");
    assert!(
        told.contains("has taken 25 minutes, and the runbook gives it 20 minutes"),
        "{told}"
    );
    let any = text.replace("order=sequential", "order=any");
    assert_eq!(
        words(&Story::of(started(&any, "release")), None),
        None,
        "nobody knows what is at hand"
    );
}

#[test]
fn the_same_minute_of_another_day_is_another_time() {
    let mut usual = usual();
    let all = usual.steps.values_mut();
    all.for_each(|step| (step.median_ms, step.p90_ms) = (60_000, 60_000 + 8 * 3_600_000));
    assert_eq!(
        words(&Story::release(), Some(&usual)).as_deref(),
        Some("Likely ends between 12:03 and 12:03, from 3 earlier releases."),
        "whoever writes the times tells the day"
    );
}

#[test]
fn a_hold_ends_by_passes_only_where_every_gate_passed() {
    let text = RELEASE.replace("rollback -->", "caution -->");
    let mut story = Story::of(started(&text, "release"));
    story.tick(STEPS[0]).expect("is next");
    story.runs(STEPS[1], "contract", Outcome::Fail);
    story.runs(STEPS[1], "rpc", Outcome::Fail);
    let (step, gate, reason) = (STEPS[1].to_owned(), "contract".to_owned(), "known".to_owned());
    story
        .ask(ClientCommand::ProceedWithCaution { step, gate, reason })
        .expect("the runbook's word is caution");
    story.wait(60);
    story.runs(STEPS[1], "rpc", Outcome::Pass);
    close(&mut story, SessionOutcome::Abandoned);
    let hold = digest_of(&story).first_hold.expect("it held");
    assert!(!hold.by_pass);
}

proptest! {
    /// The times of the steps are the whole time, whatever happens: nothing is counted twice, and nothing is left out.
    #[test]
    fn the_times_of_the_steps_are_the_whole_time(does in prop::collection::vec((0_u8..6, 0_i64..500), 0..40)) {
        let mut story = Story::release();
        let began = story.now;
        let mut last = began;
        for (what, seconds) in does {
            if story.state.next_step().is_none() {
                break;
            }
            story.wait(seconds);
            let before = story.records.len();
            let _ = match what {
                0 => story.tick(STEPS[0]),
                1 => story.tick(STEPS[2]),
                2 => story.ask(ClientCommand::Untick { step: STEPS[0].to_owned(), reason: "x".to_owned() }),
                _ if story.state.is_done(STEPS[0]) && story.state.open_runs().next().is_none() => {
                    let outcome = [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive][usize::from(what) % 3];
                    Ok(story.runs(STEPS[1], if what == 3 { "rpc" } else { "contract" }, outcome))
                }
                _ => Ok(Vec::new()),
            };
            if story.records.len() > before {
                last = story.now;
            }
        }
        let times = STEPS.map(|step| story.state.time_at(step, last));
        let sum = times.iter().fold(TimeDelta::zero(), |sum, time| sum + time.worked + time.held);
        prop_assert_eq!(sum, last - began);
    }
}
