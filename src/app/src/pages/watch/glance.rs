//! What an executive may be told, derived from a session's state. It says what is known and nothing beyond it: where the
//! procedure does not tell what is live, neither does this page.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{HowDone, Standing, Started, State};

use crate::components::words::Word;

/// The five-second answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glance {
    /// What is going on: `Release v1.4.2 to Production`.
    pub title: String,
    /// Nothing real is touched.
    pub rehearsal: bool,
    /// Colour and mark.
    pub word: Word,
    /// How it goes, in two words.
    pub headline: &'static str,
    /// Whether production is safe, as far as that is known.
    pub sentence: String,
    /// What it waits for; absent when it is over.
    pub waiting: Option<String>,
    /// Since when it waits, or when it ended.
    pub since: Option<DateTime<Utc>>,
    /// Who decides.
    pub captain: String,
    /// It is over.
    pub closed: bool,
    /// The stages.
    pub stages: Vec<Stage>,
}

/// One top-level step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub title: String,
    pub stands: Stands,
    /// When it was done, or when its gate began to hold.
    pub at: Option<DateTime<Utc>>,
}

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Done,
    LeftOut,
    Held,
    Now,
    Later,
}

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

impl Glance {
    /// Looks at a session. None before its first event.
    pub fn at(state: &State) -> Option<Self> {
        let started = state.started.as_deref()?;
        let procedure = state.procedure.as_deref();
        let standing = state.standing();
        let (word, headline) = words(standing);
        let (waiting, since) = waiting(state, started);
        Some(Self {
            title: title(started, procedure.map(|procedure| procedure.kind)),
            rehearsal: started.rehearsal,
            word,
            headline,
            sentence: sentence(started, procedure, state, standing),
            waiting,
            since,
            captain: started.captain.clone(),
            closed: state.closed.is_some(),
            stages: procedure.map_or_else(Vec::new, |procedure| stages(state, procedure)),
        })
    }

    /// Stages that are over, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        let over = self
            .stages
            .iter()
            .filter(|stage| matches!(stage.stands, Stands::Done | Stands::LeftOut))
            .count();
        (over, self.stages.len())
    }
}

fn words(standing: Standing) -> (Word, &'static str) {
    match standing {
        Standing::Go => (Word::Go, "GOING WELL"),
        Standing::Hold => (Word::Hold, "ON HOLD"),
        Standing::RollingBack => (Word::Back, "BEING ROLLED BACK"),
        Standing::Completed => (Word::Go, "FINISHED"),
        Standing::RolledBack => (Word::Back, "ROLLED BACK"),
        Standing::Abandoned => (Word::Wait, "GIVEN UP"),
    }
}

fn title(started: &Started, kind: Option<ProcedureKind>) -> String {
    let Started {
        version,
        environment_title: place,
        procedure_title,
        ..
    } = started;
    match kind {
        Some(ProcedureKind::Release) => format!("Release {version} to {place}"),
        Some(ProcedureKind::Rollback) => format!("Rollback of {version} on {place}"),
        _ => format!("{procedure_title} on {place}"),
    }
}

fn sentence(started: &Started, procedure: Option<&Procedure>, state: &State, standing: Standing) -> String {
    if !started.production && !started.rehearsal {
        return format!("Production is not touched: this runs on {}.", started.environment_title);
    }
    let kind = procedure.map(|procedure| procedure.kind);
    let text = match kind {
        Some(ProcedureKind::Release) => of_release(reach(state, procedure), standing),
        Some(ProcedureKind::Rollback) => of_rollback(standing),
        Some(ProcedureKind::Emergency) => of_emergency(standing),
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
fn reach(state: &State, procedure: Option<&Procedure>) -> Reach {
    let Some(procedure) = procedure.filter(|procedure| procedure.order == Order::Sequential) else {
        return Reach::Unknown;
    };
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
    let plain = step.plain.as_deref().unwrap_or_default().to_lowercase();
    let says_live = plain.split(|c: char| !c.is_alphanumeric()).any(|word| word == "live");
    says_live || first_word_is(step, &["deploy", "promote", "publish"])
}

fn changes_database(step: &Step) -> bool {
    first_word_is(step, &["migrate", "migrations", "apply"])
        || step
            .plain
            .as_deref()
            .is_some_and(|plain| plain.to_lowercase().contains("database updated"))
}

fn first_word_is(step: &Step, words: &[&str]) -> bool {
    let title = step.title.to_lowercase();
    let first = title
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|first| words.contains(&first))
}

fn waiting(state: &State, started: &Started) -> (Option<String>, Option<DateTime<Utc>>) {
    if let Some(closed) = &state.closed {
        return (None, Some(closed.at));
    }
    if state.rollback.is_some() {
        return (Some("The rollback to finish".to_owned()), None);
    }
    if let Some((step, gate, hold)) = state.hold() {
        let how = match state.last_verdict(step, gate).map(|verdict| verdict.outcome) {
            Some(Outcome::Fail) => "which failed",
            _ => "which could not be completed",
        };
        return (
            Some(format!("The check “{}”, {how}", gate_name(state, gate))),
            Some(hold.since),
        );
    }
    if let Some(run) = state.open_runs().next() {
        return (
            Some(format!("The check “{}”, which is running", gate_name(state, &run.gate))),
            Some(run.started),
        );
    }
    let last = state.done.values().map(|done| done.at).max().or(state.started_at);
    match state
        .procedure
        .as_deref()
        .and_then(|procedure| procedure.steps.iter().find(|step| !state.is_done(&step.id)))
    {
        Some(step) => (Some(format!("The next step: {}", plain(step))), last),
        None => (Some(format!("{} to close the run", started.captain)), last),
    }
}

fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state.gate_brief(gate).map_or(gate, |brief| brief.plain.as_str())
}

fn plain(step: &Step) -> String {
    step.plain_title().to_owned()
}

fn stages(state: &State, procedure: &Procedure) -> Vec<Stage> {
    let next = procedure.steps.iter().position(|step| !state.is_done(&step.id));
    let any_order = procedure.order == Order::Any;
    let stage = |(index, step): (usize, &Step)| {
        let done = state.done.get(&step.id);
        let held = state
            .holds
            .iter()
            .filter(|((held, _), _)| belongs(step, held))
            .map(|(_, hold)| hold.since)
            .min();
        let (stands, at) = match (done.map(|done| &done.how), held) {
            (Some(HowDone::Ticked(_)), _) => (Stands::Done, done.map(|done| done.at)),
            (Some(HowDone::Skipped(_)), _) => (Stands::LeftOut, done.map(|done| done.at)),
            (None, Some(since)) => (Stands::Held, Some(since)),
            (None, None) if state.closed.is_some() || state.rollback.is_some() => (Stands::Later, None),
            (None, None) if any_order && state.open_runs().any(|run| belongs(step, &run.step)) => (Stands::Now, None),
            (None, None) if !any_order && next == Some(index) => (Stands::Now, None),
            (None, None) => (Stands::Later, None),
        };
        Stage {
            title: plain(step),
            stands,
            at,
        }
    };
    procedure.steps.iter().enumerate().map(stage).collect()
}

/// Whether an id is a step's own or that of one of its sub-steps.
fn belongs(step: &Step, id: &str) -> bool {
    step.id == id || step.children.iter().any(|child| belongs(child, id))
}

#[cfg(test)]
mod tests;
