//! What is said of a session by its own log: what the steps and gates prove, and nothing beyond it.

use chrono::TimeDelta;

use super::claims::Claim;
use super::ending::{counted, left_out, with_counted};
use super::reach::{LiveTick, Reach, Sight, reach, sight};
use super::sentence::Sentence;
use super::waiting::gate_name;
use crate::runbook::{ProcedureKind, Step};
use crate::session::{Standing, Started, State};

/// Of a session that goes on or is on hold.
pub(super) fn under_way(started: &Started, state: &State) -> Sentence {
    let held = state.standing() == Standing::Hold;
    let told = match started.acts_as() {
        ProcedureKind::Release => of_release(started, state, held),
        kind => {
            let steps = counted(state, "");
            let text = match kind {
                ProcedureKind::Rollback => format!("{}.", counted(state, "the rollback’s ")),
                ProcedureKind::Emergency => format!("There is a problem, and the team responds: {steps}."),
                _ => format!("{steps}."),
            };
            Sentence::new(text, [])
        }
    };
    let before = if held {
        not_passed(started, state)
    } else {
        caution(state)
    };
    match before {
        Some(before) => before.and(told),
        None => told,
    }
}

/// Of a rollback the check is named: whoever watches one asks for it first.
fn not_passed(started: &Started, state: &State) -> Option<Sentence> {
    let of_rollback = state.hold().filter(|_| started.acts_as() == ProcedureKind::Rollback);
    let text = match of_rollback {
        Some((_, gate, _)) => format!("The check “{}” has not passed.", gate_name(state, gate)),
        None => "A check has not passed.".to_owned(),
    };
    Some(Sentence::new(text, [Claim::CheckNotPassed]))
}

/// The last decision to go on without a pass.
pub(super) fn caution(state: &State) -> Option<Sentence> {
    let last = state.cautions.values().max_by_key(|caution| caution.at)?;
    let text = format!("{} decided to go on although a check did not pass.", last.actor.name());
    Some(Sentence::new(text, [Claim::WentOnWithoutPass]))
}

fn steps_done(state: &State) -> Sentence {
    Sentence::new(format!("{}.", counted(state, "")), [])
}

fn seen() -> Sentence {
    Sentence::new("The new version is live: a check has seen it.", [Claim::NewVersionSeen])
}

/// Of a session that is over: what is live since then, its log does not tell.
fn was_seen() -> Sentence {
    Sentence::new("A check saw the new version live.", [Claim::NewVersionSeen])
}

fn other_seen(expected: &str, observed: &str) -> Sentence {
    let text = format!(
        "The last check of the version did not see the new one: it expected “{expected}” and saw “{observed}”."
    );
    Sentence::new(text, [Claim::OtherVersionSeen])
}

fn of_release(started: &Started, state: &State, held: bool) -> Sentence {
    match (sight(state, started), reach(state, &started.procedure)) {
        (Sight::New, Reach::Unknown) => steps_done(state).and(seen()),
        (Sight::New, _) => seen(),
        (
            Sight::Other {
                expected,
                observed,
                once,
            },
            reach,
        ) => {
            let told = match reach {
                Reach::Before { live, database } if !once => before(live, database),
                Reach::AtHand { live } => at_hand(live, "."),
                Reach::Done { live, .. } => done(live, "."),
                Reach::Before { .. } | Reach::Unknown => steps_done(state),
            };
            told.and(other_seen(expected, observed))
        }
        (Sight::Nothing, Reach::Before { live, database }) => before(live, database),
        (Sight::Nothing, Reach::AtHand { live }) => {
            at_hand(live, ": the new version may go live at any moment, or be live already.")
        }
        (Sight::Nothing, Reach::Done { live, by }) if !held => {
            of_done(live, by, "no check has seen the new version yet")
        }
        (
            Sight::Browser,
            Reach::Done {
                live,
                by: LiveTick::Gates,
            },
        ) if !held => of_done(live, LiveTick::Gates, ""),
        (Sight::Once | Sight::Browser, Reach::AtHand { live }) => {
            at_hand(live, ", and whether the new version is live is not known.")
        }
        (_, Reach::Done { live, .. }) => done(live, ", and whether the new version is live and well is not known."),
        (_, Reach::Before { .. } | Reach::Unknown) => steps_done(state),
    }
}

fn before(live: &Step, database: Option<&Step>) -> Sentence {
    let told = Sentence::new(
        format!("Nothing new is live yet: “{}” comes later.", live.plain_title()),
        [Claim::NothingNewLive],
    );
    told.and_maybe(database.map(database_done))
}

fn database_done(step: &Step) -> Sentence {
    Sentence::new(format!("“{}” is done.", step.plain_title()), [Claim::DatabaseStepDone])
}

fn at_hand(live: &Step, rest: &str) -> Sentence {
    let text = format!("“{}” is the step at hand{rest}", live.plain_title());
    Sentence::new(text, [Claim::LiveStepNext])
}

fn done(live: &Step, rest: &str) -> Sentence {
    let text = format!("“{}” is done{rest}", live.plain_title());
    Sentence::new(text, [Claim::LiveStepDone])
}

/// The step is done, nothing holds, and no gate that compares the version has run, which is what `unseen` says.
fn of_done(live: &Step, by: LiveTick, unseen: &str) -> Sentence {
    let step = live.plain_title();
    match by {
        LiveTick::Gates => Sentence::new(
            format!("“{step}” is done, and its checks passed."),
            [Claim::LiveStepDone, Claim::LiveStepVerified],
        ),
        LiveTick::Otherwise => done(live, &format!("; {unseen}.")),
        LiveTick::Person => Sentence::new(format!("“{step}” was ticked by hand; {unseen}."), [Claim::LiveStepDone]),
    }
}

/// That every step `is` done or was left out, and which were left out. Once a rollback was started, it `was`.
pub(super) fn every_step(state: &State, is: &str) -> Sentence {
    match left_out(state) {
        None => Sentence::new(format!("Every step {is} done."), [Claim::EveryStepDone]),
        Some(left_out) => Sentence::new(
            format!("Every step {is} done or was left out. {left_out}"),
            [Claim::EveryStepDoneOrLeftOut],
        ),
    }
}

/// Of a session that was closed as completed, and of which no rollback was started.
pub(super) fn completed(started: &Started, state: &State) -> Sentence {
    let is_release = started.acts_as() == ProcedureKind::Release;
    let live = is_release.then(|| live_at_end(started, state)).flatten();
    let early = closed_early(started, state);
    every_step(state, "is")
        .and_maybe(early)
        .and_maybe(live)
        .and_maybe(caution(state))
}

/// What was known of the new version when the release was closed as completed. None where its steps do not say when it goes live, and no
/// gate has compared it.
fn live_at_end(started: &Started, state: &State) -> Option<Sentence> {
    Some(match (sight(state, started), reach(state, &started.procedure)) {
        (Sight::New, _) => was_seen(),
        (Sight::Other { expected, observed, .. }, _) => other_seen(expected, observed),
        (Sight::Nothing, Reach::Done { live, by }) => {
            of_done(live, by, "when it ended, no check had seen the new version")
        }
        (
            Sight::Browser,
            Reach::Done {
                live,
                by: LiveTick::Gates,
            },
        ) => of_done(live, LiveTick::Gates, ""),
        (Sight::Once | Sight::Browser, Reach::Done { live, .. }) => done(
            live,
            ", and whether the new version was live and well when it ended is not known.",
        ),
        (Sight::Once | Sight::Browser, _) => {
            Sentence::new("Whether the new version was live when it ended is not known.", [])
        }
        (Sight::Nothing, _) => return None,
    })
}

/// Of a window to watch that was closed before it was over: what was not waited for was not seen.
fn closed_early(started: &Started, state: &State) -> Option<Sentence> {
    let (lasted, window) = state.closed_early()?;
    let text = format!(
        "It was closed after {}, and the runbook has {} watched.",
        minutes(lasted),
        match started.procedure.timebox_seconds {
            Some(seconds) if seconds < 60 => format!("{seconds} seconds"),
            _ => minutes(window + TimeDelta::seconds(59)),
        }
    );
    Some(Sentence::new(text, [Claim::ClosedEarly]))
}

/// Rounded down: what did not last is not told as if it had.
fn minutes(length: TimeDelta) -> String {
    let minutes = length.num_minutes().max(0);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Of a session that was given up, and of which no rollback was started.
pub(super) fn given_up(started: &Started, state: &State) -> Sentence {
    let captain = &started.captain;
    let given_up = || Sentence::new("It was given up.", [Claim::GivenUp]);
    let what_is_live = || format!("Ask {captain} what is live");
    let ask = || Sentence::asking("It was given up.", what_is_live(), [Claim::GivenUp]);
    let told = match (
        started.acts_as(),
        sight(state, started),
        reach(state, &started.procedure),
    ) {
        (ProcedureKind::Release, Sight::New, _) => given_up().and(was_seen()),
        (ProcedureKind::Release, Sight::Other { expected, observed, .. }, _) => {
            let other = other_seen(expected, observed);
            let ask = Sentence {
                ask: Some(what_is_live()),
                ..Sentence::new(format!("{}.", what_is_live()), [])
            };
            given_up().and(other).and(ask)
        }
        (ProcedureKind::Release, Sight::Nothing, Reach::Before { live, database }) => Sentence::new(
            format!(
                "It was given up before “{}”: nothing new went live.",
                live.plain_title()
            ),
            [Claim::GivenUp, Claim::NothingNewLive],
        )
        .and_maybe(database.map(database_done)),
        (ProcedureKind::Release, ..) => ask(),
        (ProcedureKind::Rollback, ..) => Sentence::asking(
            &format!("The rollback was given up {}.", with_counted(state)),
            what_is_live(),
            [Claim::GivenUp],
        ),
        _ => Sentence::asking(
            "It was given up.",
            format!("Ask {captain} how things stand"),
            [Claim::GivenUp],
        ),
    };
    told.and_maybe(caution(state))
}
