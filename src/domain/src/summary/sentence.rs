//! Whether production is safe, in one sentence: what the steps prove, and nothing beyond it.

use crate::runbook::{Order, Procedure, ProcedureKind, Step};
use crate::session::{HowDone, Standing, Started, State};

/// How far a release has come, as far as its steps say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Before every step that changes production.
    Untouched,
    /// The database is being changed, or was; the new version is not in use.
    Prepared { finished: bool },
    /// The step that puts the new version live is the current one: it may be live or not.
    GoingLive,
    /// That step is done.
    Live,
    /// The steps do not say.
    Unknown,
}

pub(super) fn sentence(started: &Started, state: &State, standing: Standing) -> String {
    if !started.production && !started.rehearsal {
        return format!("Production is not touched: this runs on {}.", started.environment_title);
    }
    let text = match started.procedure.kind {
        ProcedureKind::Release => of_release(reach(state, &started.procedure), standing),
        ProcedureKind::Rollback => of_rollback(standing),
        ProcedureKind::Emergency => of_emergency(standing),
        _ => of_others(standing),
    };
    text.replace("{captain}", &started.captain)
}

fn of_release(reach: Reach, standing: Standing) -> &'static str {
    use Reach::{GoingLive, Live, Prepared, Unknown, Untouched};
    match (standing, reach) {
        (Standing::Go | Standing::Hold, Untouched) => "Production is safe: nothing new is live yet.",
        (Standing::Go | Standing::Hold, Prepared { finished: false }) => {
            "Nothing new is live yet. The database is being prepared for it."
        }
        (Standing::Go | Standing::Hold, Prepared { finished: true }) => {
            "Nothing new is live yet. The database has already been updated for it."
        }
        (Standing::Go, GoingLive) => "The new version is being put live now.",
        (Standing::Hold, GoingLive) => "The new version may already be live. The team is checking.",
        (Standing::Go, Live) => "The new version is live. The team is checking that it works.",
        (Standing::Hold, Live) => {
            "The new version is live, and a check has not passed. The team is deciding what to do."
        }
        (Standing::Go, Unknown) => "The team is working through its steps.",
        (Standing::Hold, Unknown) => "A check has not passed. The team is checking what it means.",
        (Standing::RollingBack, Untouched | Prepared { .. }) => {
            "Nothing new went live. What was prepared is being undone."
        }
        (Standing::RollingBack, GoingLive | Live | Unknown) => "The release is being undone.",
        (Standing::Completed, Live) => "The new version is live, and every step is done.",
        (Standing::Completed, _) => "Every step is done.",
        (Standing::RolledBack, _) => "{captain} has recorded that the release was undone.",
        (Standing::Abandoned, Untouched | Prepared { .. }) => "It was given up before anything new went live.",
        (Standing::Abandoned, _) => "It was given up. Ask {captain} what is live.",
    }
}

fn of_rollback(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "The previous version is being brought back.",
        Standing::Hold => "Bringing the previous version back has stopped at a check. The team is on it.",
        Standing::Completed => "Every step of the rollback is done.",
        Standing::RollingBack | Standing::RolledBack => {
            "This rollback is being undone itself. Ask {captain} what is live."
        }
        Standing::Abandoned => "The rollback was given up. Ask {captain} what is live.",
    }
}

fn of_emergency(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "There is a problem, and the team is working on it.",
        Standing::Hold => "There is a problem, and a check has not passed yet. The team is working on it.",
        Standing::Completed => "Every step against the problem is done.",
        Standing::RollingBack | Standing::RolledBack => "What was done about the problem is being undone.",
        Standing::Abandoned => "It was given up. Ask {captain} how things stand.",
    }
}

fn of_others(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "The team is checking.",
        Standing::Hold => "A check has not passed. The team is looking at it.",
        Standing::Completed => "Every check is done.",
        Standing::RollingBack | Standing::RolledBack => "What was done is being undone.",
        Standing::Abandoned => "It was given up. Ask {captain} how things stand.",
    }
}

/// Reads from the steps of a release how far it has come. Only steps that are done one after another can tell.
fn reach(state: &State, procedure: &Procedure) -> Reach {
    if procedure.order != Order::Sequential {
        return Reach::Unknown;
    }
    let steps = &procedure.steps;
    let Some(live) = steps.iter().position(puts_live) else {
        return Reach::Unknown;
    };
    let skipped = |step: &Step| {
        state
            .done
            .get(&step.id)
            .is_some_and(|done| matches!(done.how, HowDone::Skipped(_)))
    };
    if skipped(&steps[live]) {
        return Reach::Unknown;
    }
    let now = steps
        .iter()
        .position(|step| !state.is_done(&step.id))
        .unwrap_or(steps.len());
    let migrate = steps
        .iter()
        .position(changes_database)
        .filter(|at| *at < live && !skipped(&steps[*at]));
    match migrate {
        _ if now > live => Reach::Live,
        _ if now == live => Reach::GoingLive,
        Some(migrate) if now > migrate => Reach::Prepared { finished: true },
        Some(migrate) if now == migrate => Reach::Prepared { finished: false },
        _ => Reach::Untouched,
    }
}

/// The step after which the new version is in use: its plain title says so, or its own title begins with the word for it.
fn puts_live(step: &Step) -> bool {
    let plain = step.plain.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says_live = plain.split(|c: char| !c.is_alphanumeric()).any(|word| word == "live");
    says_live || first_word_is(step, &["deploy", "promote", "publish"])
}

fn changes_database(step: &Step) -> bool {
    first_word_is(step, &["migrate", "migrations", "apply"])
        || step
            .plain
            .as_deref()
            .is_some_and(|plain| plain.to_ascii_lowercase().contains("database updated"))
}

fn first_word_is(step: &Step, words: &[&str]) -> bool {
    let title = step.title.to_ascii_lowercase();
    let first = title
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|first| words.contains(&first))
}
