//! What an event says, in words: for the log on the page and for the timelines of exports.

use chrono::{DateTime, Utc};

use super::advice::advice_in_words;
use super::describe_annotation::{annotation_in_words, text_of_action};
use super::drill::{DrillPlan, DrillTrigger, PlannedFault};
use super::event::*;
use super::state::State;
use crate::gate::{ComparedLine, GateSnapshot, Outcome, Source, compare_declarations};

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What it is about: `Step 3 Migrate`, `Database contract`, `Session`.
    pub subject: String,
    /// What happened to it: `ticked`, `gate started`.
    pub what: String,
    /// More: a reason, a summary, a note's text. May be empty.
    pub detail: String,
    /// The verdict, for gates.
    pub outcome: Option<Outcome>,
}

/// Describes an event with the titles that the session knows. What waited on its way says when it was asked for.
#[must_use]
pub fn describe(state: &State, record: &Record) -> Description {
    let mut told = describe_event(state, &record.event);
    if let Some(text) = text_of_action(state, record) {
        text.clone_into(&mut told.detail);
    }
    if let Some(asked) = record.asked_before() {
        let asked = format!("(asked for at {}, before it arrived)", in_utc(asked));
        told.detail = format!("{} {asked}", told.detail).trim_start().to_owned();
    }
    told
}

fn in_utc(time: DateTime<Utc>) -> impl std::fmt::Display {
    time.format("%Y-%m-%d %H:%M:%S UTC")
}

/// Describes an event, without its record's times.
#[must_use]
pub fn describe_event(state: &State, event: &Event) -> Description {
    let plain = |subject: String, what: &str, detail: &str| Description {
        subject,
        what: what.to_owned(),
        detail: detail.to_owned(),
        outcome: None,
    };
    match event {
        Event::SessionStarted(started) => {
            let facts = [
                &started.procedure.title,
                &started.environment_title,
                &started.version,
                &started.git_sha,
            ];
            let facts: Vec<&str> = facts
                .into_iter()
                .map(String::as_str)
                .filter(|fact| !fact.is_empty())
                .collect();
            plain("Session".to_owned(), "started", &facts.join(" · "))
        }
        Event::StepTicked { step, by } => plain(
            state.step_label(step),
            match by {
                TickedBy::Person => "ticked",
                TickedBy::Gate { run } if state.is_word_of_browser(*run) => {
                    "ticked by its gates, on the word of a browser"
                }
                TickedBy::Gate { .. } => "ticked by its gates",
                TickedBy::Children => "done: all its sub-steps are",
                TickedBy::Caution { .. } => "gone on with, without a pass",
            },
            &match by {
                TickedBy::Caution { run } => state.caution_in_words(step, *run),
                _ => String::new(),
            },
        ),
        // What is taken back may be a tick or a leaving-out.
        Event::StepUnticked { step, reason } => plain(state.step_label(step), "taken back", reason),
        Event::StepSkipped { step, reason } => plain(state.step_label(step), "left out", reason),
        Event::WorkConfirmed { step } => plain(state.step_label(step), "work done, now to be checked", ""),
        Event::GateStarted { gate, auto, .. } => plain(
            state.gate_title(gate),
            if *auto {
                "gate started by itself"
            } else {
                "gate started"
            },
            "",
        ),
        Event::GateFinished { gate, verdict, .. } | Event::GateObserved { gate, verdict, .. } => Description {
            subject: state.gate_title(gate),
            what: match (verdict.outcome, verdict.source) {
                (Outcome::Pass, Source::Proxy) => "passed",
                (Outcome::Fail, Source::Proxy) => "failed",
                (Outcome::Inconclusive, Source::Proxy) => "is inconclusive",
                (Outcome::Pass, Source::Browser) => "passed, seen from the browser",
                (Outcome::Fail, Source::Browser) => "failed, seen from the browser",
                (Outcome::Inconclusive, Source::Browser) => "is inconclusive, seen from the browser",
            }
            .to_owned(),
            detail: verdict.summary.clone(),
            outcome: Some(verdict.outcome),
        },
        Event::HoldPlaced { step, reason, .. } => plain(
            state.step_label(step),
            advice_in_words(state, event).unwrap_or("holds"),
            reason,
        ),
        Event::ProceededWithCaution { gate, reason, .. } => plain(
            state.gate_title(gate),
            "did not pass; decided: proceed with caution",
            reason,
        ),
        Event::DeclarationTaken { old, new, reason, .. } => plain(
            new.title.clone(),
            "corrected declaration taken",
            &taken_in_words(old.as_deref(), new, reason),
        ),
        Event::HoldLifted {
            by: LiftedBy::Pass { .. },
        } => plain("Hold".to_owned(), "lifted by a pass", ""),
        Event::HoldLifted {
            by: LiftedBy::Rollback { .. },
        } => plain("Hold".to_owned(), "not lifted: a rollback was started", ""),
        Event::HoldLifted {
            by: LiftedBy::Caution { .. },
        } => plain("Hold".to_owned(), "lifted by the decision to proceed with caution", ""),
        Event::NoteAdded { step, text, written } => plain(
            step.as_ref()
                .map_or_else(|| "Note".to_owned(), |step| state.step_label(step)),
            "noted",
            &match written {
                Some(written) => format!("{text} (written at {}, before it arrived)", in_utc(*written)),
                None => text.clone(),
            },
        ),
        Event::ValueFilled { step, field, value } => {
            let label = state
                .step(step)
                .and_then(|step| step.fields().find(|known| known.id == *field))
                .map(|field| &field.label);
            plain(
                state.step_label(step),
                "value filled in",
                &format!("{}: {value}", label.unwrap_or(field)),
            )
        }
        Event::TimerStarted { step, seconds } => {
            plain(state.step_label(step), "timer started", &span_in_words(*seconds))
        }
        Event::StepNotFollowed { step, reason } => plain(state.step_label(step), "could not be followed", reason),
        Event::DrillRevealed { drill } => plain("Drill".to_owned(), "plan revealed", &revealed_in_words(&drill.plan)),
        Event::RollbackStarted { procedure, .. } => {
            plain(state.rollback_label(), "started", &state.procedure_title(procedure))
        }
        Event::Annotated { annotation } => {
            let (subject, what, detail) = annotation_in_words(state, annotation);
            plain(subject, what, &detail)
        }
        Event::SessionClosed { outcome, summary } => plain(
            "Session".to_owned(),
            match outcome {
                SessionOutcome::Completed => "closed: completed",
                SessionOutcome::RolledBack => "closed: rolled back",
                SessionOutcome::Abandoned => "closed: given up",
            },
            summary,
        ),
    }
}

/// `Contract drift, seed 4f1c: Overloaded RPC, 2 min after the start`.
fn revealed_in_words(plan: &DrillPlan) -> String {
    let in_words = |fault: &PlannedFault| format!("{}, {}", fault.title, fault.moment_in_words());
    let faults: Vec<String> = plan.faults.iter().map(in_words).collect();
    let faults = if faults.is_empty() {
        "no fault".to_owned()
    } else {
        faults.join("; ")
    };
    format!("{}, seed {}: {faults}", plan.title, plan.seed)
}

/// `They ask elsewhere now. Request: GET a → GET b.`
fn taken_in_words(old: Option<&GateSnapshot>, new: &GateSnapshot, reason: &str) -> String {
    let Some(old) = old else {
        return format!("{reason} (The session began without a declaration of this gate.)");
    };
    let one_line = |text: Option<String>| text.map_or_else(|| "nothing".to_owned(), |text| text.replace('\n', ", "));
    let lines = compare_declarations(Some(old), Some(new)).into_iter();
    let changes: Vec<String> = lines
        .filter(ComparedLine::differs)
        .map(|line| format!("{}: {} → {}", line.label, one_line(line.old), one_line(line.new)))
        .collect();
    match changes.is_empty() {
        true => reason.to_owned(),
        false => format!("{reason} ({})", changes.join("; ")),
    }
}

impl State {
    /// A step as people call it: its number and title. Its id when the procedure does not know it.
    #[must_use]
    pub fn step_label(&self, id: &str) -> String {
        match self.step(id) {
            Some(step) => match &step.number {
                Some(number) => format!("{number} {}", step.title),
                None => step.title.clone(),
            },
            None => id.to_owned(),
        }
    }

    /// What a rollback of the session is called: `Rollback of Golden release v2.0.0`.
    #[must_use]
    pub fn rollback_label(&self) -> String {
        match self.started.as_deref() {
            Some(started) => format!("Rollback of {} {}", started.procedure.title, started.version)
                .trim_end()
                .to_owned(),
            None => "Rollback".to_owned(),
        }
    }

    /// A procedure's title; its id when the session did not compile it at its start.
    #[must_use]
    pub fn procedure_title(&self, id: &str) -> String {
        let started = self.started.as_deref();
        let found = started.and_then(|started| started.compiled().find(|procedure| procedure.id == id));
        found.map_or_else(|| id.to_owned(), |procedure| procedure.title.clone())
    }

    /// `The contract gate had not passed; Ada: the extra signature is an old view`.
    fn caution_in_words(&self, step: &str, run: RunId) -> String {
        let decided = self.decisions.get(&(step.to_owned(), run));
        decided.map_or_else(String::new, |(gate, caution)| {
            let (gate, who) = (self.gate_title(gate), caution.actor.name());
            format!("{gate} had not passed; {who}: {}", caution.reason)
        })
    }

    /// A gate as people call it; its id when it is not declared.
    #[must_use]
    pub fn gate_title(&self, id: &str) -> String {
        self.gate_snapshot(id)
            .map_or_else(|| id.to_owned(), |snapshot| snapshot.title.clone())
    }
}

impl PlannedFault {
    /// `2 min after the start, for 10 min`.
    #[must_use]
    pub fn moment_in_words(&self) -> String {
        let from = match &self.from {
            DrillTrigger::Start => "the start".to_owned(),
            DrillTrigger::BeforeLive => "the step marked live was next".to_owned(),
            DrillTrigger::BeforeGate { gate } => format!("the step of the gate {gate} was next"),
            DrillTrigger::Asked { gate } => format!("the gate {gate} was asked"),
        };
        let lasts = match self.lasts_seconds {
            Some(seconds) => format!(", for {}", span_in_words(seconds)),
            None => String::new(),
        };
        format!("{} after {from}{lasts}", span_in_words(self.after_seconds))
    }
}

/// `90` → `1 min 30 s`.
#[must_use]
pub fn span_in_words(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut words = Vec::new();
    for (count, unit) in [(hours, "h"), (minutes, "min"), (rest, "s")] {
        if count > 0 {
            words.push(format!("{count} {unit}"));
        }
    }
    if words.is_empty() {
        "0 s".to_owned()
    } else {
        words.join(" ")
    }
}
