//! What a rollback would have to undo: the steps that were done and change something, by the log and by nothing else.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};

use super::entries::HowDone;
use super::event::{GateId, StepId, TickedBy};
use super::state::State;
use crate::runbook::{Procedure, Step, Undo};

/// By what a step counts as done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoProof {
    /// Its gates passed; the proxy asked them.
    Gates,
    /// Its gates passed, and the last word was a browser's.
    BrowserGates,
    /// This person ticked it, and no gate looked.
    Person(String),
    /// All its sub-steps are done.
    SubSteps,
    /// A person decided to go on although a gate of it did not pass.
    WithoutPass,
    /// This person said that its work is done; its gates have not passed since.
    SaidDone(String),
}

/// A step that would have to be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToUndo {
    pub step: StepId,
    pub title: String,
    /// When it was ticked, or its work was said to be done.
    pub at: DateTime<Utc>,
    pub proof: UndoProof,
    /// A gate of it holds now.
    pub holds: bool,
    /// With it the new version goes live (`live`).
    pub live: bool,
    /// What undoing it takes, in the author's words (`undo="…"`).
    pub how: Option<String>,
    /// Fences of it that have commands. Whether somebody ran them the log does not say.
    pub commands: usize,
    /// One of its fences of SQL changes a database.
    pub database: bool,
}

/// What a rollback would have to undo now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoList {
    /// The newest first.
    pub steps: Vec<ToUndo>,
    /// Steps that were done, of which the runbook does not say that they change anything.
    pub others: usize,
    /// The step at hand, where it changes something: it may be done in part, and the log does not say so. That stays so when a
    /// rollback takes over or the session is given up.
    pub at_hand: Option<(StepId, String)>,
}

/// What a step changes, as far as the runbook says it.
struct Changes {
    live: bool,
    how: Option<String>,
    commands: usize,
    database: bool,
}

impl Changes {
    /// None where the runbook does not say that the step changes anything.
    fn of(step: &Step) -> Option<Self> {
        let how = match &step.undo {
            Some(Undo::Nothing) => return None,
            Some(Undo::How(how)) => Some(how.clone()),
            None => None,
        };
        let fences: Vec<_> = step
            .commands()
            .filter(|command| runs_something(&command.text))
            .collect();
        let database = fences
            .iter()
            .any(|fence| fence.language == "sql" && changes_database(&fence.text));
        // A query changes nothing, and what a machine verifies without work by hand is asked and not done.
        let asked = !step.gates.is_empty() && !step.work;
        let commands = match asked {
            true => 0,
            false => fences
                .iter()
                .filter(|fence| fence.language != "sql" || changes_database(&fence.text))
                .count(),
        };
        let changes = Self {
            live: step.live,
            how,
            commands,
            database,
        };
        (changes.live || changes.how.is_some() || commands > 0 || database).then_some(changes)
    }
}

/// Whether a fence has more than comments.
fn runs_something(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("--"))
}

fn changes_database(statements: &str) -> bool {
    const WORDS: [&str; 12] = [
        "alter", "create", "drop", "insert", "update", "delete", "truncate", "grant", "revoke", "merge", "call", "do",
    ];
    let lines = statements.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').any(|statement| {
        let first = statement.split_whitespace().next().unwrap_or_default().to_lowercase();
        let within = || {
            let mut words = statement.split(|one: char| !one.is_alphanumeric());
            first == "with" && words.any(|word| WORDS[3..6].contains(&word.to_lowercase().as_str()))
        };
        WORDS.contains(&first.as_str()) || within()
    })
}

/// Whether the runbook says of a procedure that something in it changes anything, or goes live.
#[must_use]
pub fn changes_something(procedure: &Procedure) -> bool {
    procedure.in_order().into_iter().any(|step| Changes::of(step).is_some())
}

/// Whether nothing of a step has to be undone: its author says so, or it only asks what is so.
#[must_use]
pub fn has_nothing_to_undo(step: &Step) -> bool {
    let within = || step.children.iter().all(has_nothing_to_undo);
    match &step.undo {
        Some(Undo::How(_)) => false,
        Some(Undo::Nothing) => step
            .children
            .iter()
            .all(|child| child.undo.is_none() || has_nothing_to_undo(child)),
        None if step.gates.is_empty() => !step.children.is_empty() && within(),
        None => !step.work && Changes::of(step).is_none() && within(),
    }
}

impl State {
    /// What a rollback would have to undo now. Steps that were left out or taken back are not in it.
    #[must_use]
    pub fn undo_list(&self) -> UndoList {
        let mut list = UndoList::default();
        let Some(procedure) = self.procedure.as_deref() else {
            return list;
        };
        for step in procedure.in_order() {
            let Some((at, proof)) = self.proof_of(step) else {
                continue;
            };
            match Changes::of(step) {
                Some(changes) => list.steps.push(ToUndo {
                    step: step.id.clone(),
                    title: step.title.clone(),
                    at,
                    proof,
                    holds: self.unmet().any(|((of, _), _)| *of == step.id),
                    live: changes.live,
                    how: changes.how,
                    commands: changes.commands,
                    database: changes.database,
                }),
                None if proof == UndoProof::SubSteps || step.undo == Some(Undo::Nothing) => {}
                None => list.others += 1,
            }
        }
        // What was done at the same moment is undone in the opposite order, too.
        list.steps.reverse();
        list.steps.sort_by_key(|step| std::cmp::Reverse(step.at));
        let next = self.next_step();
        // Where a sub-step says nothing of itself, the step that it is a part of may be done in part.
        let mut holding = procedure.in_order();
        holding.retain(|step| next.is_some_and(|next| step.contains(&next.id)));
        let said = holding.iter().any(|step| self.proof_of(step).is_some());
        let begun = holding.into_iter().find(|step| !said && Changes::of(step).is_some());
        list.at_hand = begun.map(|step| (step.id.clone(), step.title.clone()));
        list
    }

    /// By what a step counts as done, and since when. None where it is not done, or was left out.
    fn proof_of(&self, step: &Step) -> Option<(DateTime<Utc>, UndoProof)> {
        let said_done = || {
            let confirmed = self.confirmed.get(&step.id)?;
            Some((confirmed.at, UndoProof::SaidDone(confirmed.actor.name().to_owned())))
        };
        let Some(done) = self.done.get(&step.id) else {
            return said_done();
        };
        let proof = match &done.how {
            // Somebody did its work before it was left out.
            HowDone::Skipped(_) => return said_done(),
            HowDone::Ticked(TickedBy::Gate { run }) if self.is_word_of_browser(*run) => UndoProof::BrowserGates,
            HowDone::Ticked(TickedBy::Gate { .. }) => UndoProof::Gates,
            HowDone::Ticked(TickedBy::Children) => UndoProof::SubSteps,
            HowDone::Ticked(TickedBy::Caution { .. }) => UndoProof::WithoutPass,
            HowDone::Ticked(TickedBy::Person) => UndoProof::Person(done.actor.name().to_owned()),
        };
        Some((done.at, proof))
    }
}

/// What was last seen of a gate in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    /// Nobody asked it in this session.
    Never,
    /// It runs, and was not answered before.
    Running,
    Passed(DateTime<Utc>),
    Failed(DateTime<Utc>),
    Inconclusive(DateTime<Utc>),
}

/// A gate of a rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateOfRollback {
    pub gate: GateId,
    /// What people call it, where the session knows it.
    pub title: Option<String>,
    pub seen: LastSeen,
    /// For how many seconds a pass of it counts, where the session knows it.
    pub fresh_seconds: Option<u64>,
}

/// How ready a rollback of the session is, as far as its log says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBackReadiness {
    /// The procedure's id.
    pub procedure: String,
    pub title: String,
    /// The titles of its top-level steps, in order.
    pub steps: Vec<String>,
    pub gates: Vec<GateOfRollback>,
}

/// Where the session stands by the step with which the new version goes live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointOfNoReturn {
    /// No step is marked `live`.
    Unmarked,
    /// It is further away than the next step.
    Ahead,
    /// The next step is the one before it.
    Near,
    /// It itself is next, or was before a tick was taken back: the new version may be live already.
    AtHand,
    /// That step is done, was left out or is said to be done, or a sub-step of it is done or is said to be.
    Past,
}

impl State {
    /// Where the session stands by the first of its steps that is marked `live`. In a procedure without an order it is near from the
    /// beginning, and at hand once it is the first that is not done, or a gate of it was asked.
    #[must_use]
    pub fn point_of_no_return(&self) -> PointOfNoReturn {
        let Some(procedure) = self.procedure.as_deref() else {
            return PointOfNoReturn::Unmarked;
        };
        fn is_live(step: &Step) -> bool {
            step.live || step.children.iter().any(is_live)
        }
        /// The live steps; what is within one is part of it.
        fn outermost<'a>(steps: &'a [Step], into: &mut Vec<&'a Step>) {
            for step in steps {
                match step.live {
                    true => into.push(step),
                    false => outermost(&step.children, into),
                }
            }
        }
        let steps = &procedure.steps;
        let Some(live) = steps.iter().position(is_live) else {
            return PointOfNoReturn::Unmarked;
        };
        let mut all = Vec::new();
        outermost(steps, &mut all);
        if all
            .iter()
            .any(|step| self.is_done(&step.id) || self.was_done_in_part(step))
        {
            return PointOfNoReturn::Past;
        }
        let next = self.next_step();
        let was_next = |step: &&Step| self.worked_on.iter().any(|one| step.contains(one));
        if all.iter().any(was_next) {
            return PointOfNoReturn::AtHand;
        }
        let at = next.and_then(|next| steps.iter().position(|step| step.contains(&next.id)));
        match at {
            Some(at) if self.is_sequential() && at + 1 < live => PointOfNoReturn::Ahead,
            _ => PointOfNoReturn::Near,
        }
    }

    /// Whether the step or a sub-step of it was ticked, or its work is said to be done.
    fn was_done_in_part(&self, step: &Step) -> bool {
        self.proof_of(step).is_some() || step.children.iter().any(|child| self.was_done_in_part(child))
    }

    /// How ready the rollbacks are that are offered to undo the session; empty where there is none.
    #[must_use]
    pub fn ways_back(&self) -> Vec<WayBackReadiness> {
        let choices = self.started.as_deref().map(|started| started.rollback_choices());
        let each = choices.unwrap_or_default().into_iter();
        each.map(|procedure| WayBackReadiness {
            procedure: procedure.id.clone(),
            title: procedure.title.clone(),
            steps: procedure.steps.iter().map(|step| step.title.clone()).collect(),
            gates: procedure
                .gates()
                .into_iter()
                .map(|gate| self.gate_of_rollback(gate))
                .collect(),
        })
        .collect()
    }

    fn gate_of_rollback(&self, gate: &str) -> GateOfRollback {
        let runs = || self.runs.iter().rev().filter(|run| run.gate == gate);
        // A verdict by a declaration that the session does not go by any more passes nothing.
        let seen = match runs().find_map(|run| run.verdict.as_ref()) {
            Some(verdict) if self.counts(gate, verdict) => LastSeen::Passed(verdict.finished),
            Some(verdict) if verdict.outcome == crate::gate::Outcome::Fail => LastSeen::Failed(verdict.finished),
            Some(verdict) => LastSeen::Inconclusive(verdict.finished),
            None if runs().next().is_some() => LastSeen::Running,
            None => LastSeen::Never,
        };
        GateOfRollback {
            gate: gate.to_owned(),
            title: self.gate_snapshot(gate).map(|snapshot| snapshot.title.clone()),
            seen,
            fresh_seconds: self.gate_snapshot(gate).map(|snapshot| snapshot.fresh_seconds),
        }
    }
}
