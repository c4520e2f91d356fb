//! Why a command was refused: one rule each, with what to do instead.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use super::event::{GateId, SessionId, StepId};
use crate::runbook::Diagnostic;

/// The rule that refused a command. Its text is for the person who asked; [`Refusal::code`] is for programs.
///
/// The fields are what the text names: titles of steps and procedures, except where a doc says that it is an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The session has no first event yet.
    #[error("The session has not been started.")]
    NotStarted,
    /// A session starts once.
    #[error("The session was started already.")]
    AlreadyStarted,
    /// Only notes and annotations follow the closing.
    #[error("The session is closed. Only notes and the post-mortem can be added to it.")]
    Closed,
    /// The session's runbook has no such procedure.
    #[error("The runbook has no procedure “{procedure}”. Reload the runbook and choose one that it has.")]
    UnknownProcedure {
        /// The id that was asked for.
        procedure: String,
    },
    /// Two steps with the same id could not be told apart: a tick of one would be a tick of the other.
    #[error("The procedure “{procedure}” has two steps with the id “{step}”. Give one of them another id.")]
    DuplicateStep {
        procedure: String,
        /// The id that two steps have.
        step: StepId,
    },
    /// What an author meant could not be read, so that a gate may have become a step that a hand can tick.
    #[error(
        "The procedure “{procedure}” cannot be started while it has errors: what was meant as a gate could be ticked by hand. Mend them, and reload the page. {}",
        lines(errors)
    )]
    ProcedureErrors { procedure: String, errors: Vec<Diagnostic> },
    /// A procedure without steps cannot be run.
    #[error("The procedure “{procedure}” has no steps, so there is nothing to run.")]
    NoSteps { procedure: String },
    /// A rollback that could not be started refuses the start of the release, so that it is not found out when it is needed.
    #[error(
        "Nothing is started while the rollback “{rollback}” of this runbook could not be, because it may be needed at any \
         time. {reason}"
    )]
    BrokenRollback { rollback: String, reason: Box<Refusal> },
    /// What is compiled of the runbook for the session is too large.
    #[error(
        "The runbook “{runbook}” is too large: what a session keeps of it has more than {} MiB. Split the runbook.",
        limit / 1024 / 1024
    )]
    TooLarge {
        runbook: String,
        /// Bytes.
        limit: usize,
    },
    /// The procedure has no such step.
    #[error(
        "The procedure has no step “{step}”. Reload the page: the session's runbook may be another one than you see."
    )]
    UnknownStep {
        /// The id that was asked for.
        step: StepId,
    },
    /// The step has no such gate.
    #[error("Step “{step}” has no gate “{gate}”.")]
    UnknownGate { step: StepId, gate: GateId },
    /// Nothing may be ticked in a hold.
    #[error(
        "The session is on hold: {reason} Nothing further can be ticked until the gate passes{}.",
        or(*back, " or a rollback is started")
    )]
    OnHold {
        reason: String,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// Nothing may be ticked once a rollback was started.
    #[error(
        "A rollback of this session was started, so nothing more can be ticked here. Close it as rolled back once the rollback is over."
    )]
    RollingBack { session: SessionId },
    /// A gated step is ticked by its gates.
    #[error("Step “{step}” is ticked by its gates and by nothing else. Run them.")]
    Gated { step: StepId },
    /// Steps of a numbered procedure are done in order.
    #[error("Step “{step}” is not next. Finish “{next}” first.")]
    OutOfOrder {
        step: StepId,
        /// The title of the step that is next.
        next: String,
    },
    /// Sub-steps come first.
    #[error("Step “{step}” has sub-steps that are not done. Finish “{next}” first.")]
    ChildrenOpen {
        step: StepId,
        /// The title of the first sub-step that is not done.
        next: String,
    },
    /// The step is done.
    #[error("Step “{step}” is done already.")]
    AlreadyDone { step: StepId },
    /// There is no tick to take back.
    #[error("Step “{step}” is not ticked, so there is nothing to take back.")]
    NotTicked { step: StepId },
    /// Only the last step that was done can be taken back in an ordered procedure.
    #[error("Step “{step}” cannot be taken back, because “{later}” after it is done already.")]
    LaterDone {
        step: StepId,
        /// The title of the first later step that is done.
        later: String,
    },
    /// Only optional steps can be left out.
    #[error(
        "Step “{step}” is not optional. It has to be done, or the session has to be {}closed.",
        or(*back, "rolled back or ")
    )]
    NotOptional {
        step: StepId,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// At most one run of a gate at a time.
    #[error("The gate “{gate}” is running already. Wait for its verdict.")]
    GateRunning {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// A declaration is taken of a gate that the session asks.
    #[error("No step of this session names the gate “{gate}”, so there is nothing to take its declaration for.")]
    GateNotNamed {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// What is not declared cannot be taken.
    #[error(
        "gates.toml does not declare the gate “{gate}” for this session's environment, so there is nothing to take. Declare it \
         there and start the proxy anew; {}or close the session.",
        or(*back, "or start a rollback, ")
    )]
    NotDeclared {
        /// The gate's name in `gates.toml`.
        gate: GateId,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// A person takes what that person saw.
    #[error(
        "gates.toml declares the gate “{gate}” otherwise than what you looked at, so nothing was taken. Look at it again, and \
         take it if it is right."
    )]
    DeclarationMoved {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// There is nothing new to take.
    #[error("The session goes by this declaration of the gate “{gate}” already. Run the gate.")]
    DeclarationUnchanged {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// Gates are asked after the work that they verify.
    #[error("Step “{step}” asks for work by hand. Say that it is done, then run its gates.")]
    WorkOpen { step: StepId },
    /// There is no work to say anything of.
    #[error("Step “{step}” waits for nobody's word that its work is done.")]
    NoWorkOpen { step: StepId },
    /// There is no failure to go on without a pass of.
    #[error("The gate “{gate}” does not hold at step “{step}”, so there is nothing to decide.")]
    NotHeld {
        step: StepId,
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// The runbook's word for the failure is another one.
    #[error(
        "The runbook does not say *proceed with caution* for step “{step}”, so it cannot be gone on with without a pass. Mend what \
         failed and run the gate again{}.",
        or(*back, ", or roll back")
    )]
    CautionNotOffered {
        step: StepId,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// *Proceed with caution* is the word for a failure.
    #[error(
        "The gate “{gate}” could not be decided at step “{step}”, and *proceed with caution* is for a check that failed. Run it \
         again{}.",
        or(*back, ", or roll back")
    )]
    NotDecided {
        step: StepId,
        /// The gate's name in `gates.toml`.
        gate: GateId,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// What failed is from before another declaration was taken.
    #[error(
        "The gate “{gate}” was corrected after it failed at step “{step}”, and what failed before is no evidence any more. Run it \
         anew{}.",
        or(*back, ", or roll back")
    )]
    NotRunAnew {
        step: StepId,
        /// The gate's name in `gates.toml`.
        gate: GateId,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// There is nothing to cancel.
    #[error("This run of the gate has its verdict already, so there is nothing to cancel.")]
    NotRunning,
    /// The proxy does not ask what only a browser can reach.
    #[error("The gate “{gate}” is asked by the captain's browser and not by the proxy. Run it on the session's page.")]
    BrowserDecides {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
    /// A verdict for a run that is not open.
    #[error("There is no open run of a gate with this id, so its verdict has nowhere to go.")]
    UnknownRun,
    /// Only rehearsals are marked so.
    #[error("This is no rehearsal. Write a note where a step could not be followed.")]
    NoRehearsal,
    /// Something must be said.
    #[error("{what} must not be empty.")]
    Empty {
        /// What is empty, with a capital letter.
        what: &'static str,
    },
    /// Something is too long.
    #[error("{what} is longer than {limit} characters. Shorten it.")]
    TooLong {
        /// What is too long, with a capital letter.
        what: &'static str,
        limit: usize,
    },
    /// There is no room for one more.
    #[error("A session has at most {limit} {what}, so nothing was written.")]
    TooMany {
        /// What there are too many of, in the plural.
        what: &'static str,
        limit: usize,
    },
    /// Only what was written can be done.
    #[error("The session has no such action item. Reload the page, and choose one of its list.")]
    UnknownAction,
    /// Only what was recorded can be starred.
    #[error("The session has no event {seq}, so there is nothing to star.")]
    UnknownEvent { seq: u64 },
    /// There is no star to take away.
    #[error("Event {seq} is not starred, so there is no star to take away.")]
    NotStarred { seq: u64 },
    /// The log is not made longer by what stands there.
    #[error("That stands in the session already, so nothing was written.")]
    AnnotationUnchanged,
    /// A value is not of its form.
    #[error("{what} “{value}” is not of the right form: {rule}")]
    Malformed {
        /// What it is, with a capital letter.
        what: &'static str,
        /// What was given.
        value: String,
        /// What is right.
        rule: &'static str,
    },
    /// The step has no such field.
    #[error("Step “{step}” has no field “{field}” to fill in.")]
    UnknownField { step: StepId, field: String },
    /// A session is completed when every step is done.
    #[error(
        "“{next}” is not done, so the session is not completed. Finish it, {}or close the session as given up.",
        or(*back, "roll back, ")
    )]
    NotCompleted {
        next: String,
        /// A rollback of the session can be started.
        back: bool,
    },
    /// A session is rolled back only by a rollback.
    #[error("No rollback was started from this session, so it cannot be closed as rolled back.")]
    NoRollback,
    /// A gate's verdict must come before a session is completed.
    #[error(
        "The gate “{gate}” is still running. Wait for its verdict before you close the session as completed, or close it as given \
         up, which cancels the gate."
    )]
    GateOpen {
        /// The gate's name in `gates.toml`.
        gate: GateId,
    },
}

/// What is said only where it can be done.
fn or(can: bool, words: &'static str) -> &'static str {
    if can { words } else { "" }
}

/// The lines of errors that a refusal names; the rest are counted.
const LINES_NAMED: usize = 20;

fn lines(errors: &[Diagnostic]) -> String {
    let named = errors.iter().take(LINES_NAMED);
    let mut lines: Vec<String> = named
        .map(|one| format!("Line {}: {}.", one.place.line, one.message))
        .collect();
    if errors.len() > LINES_NAMED {
        lines.push(format!("There are {} more.", errors.len() - LINES_NAMED));
    }
    lines.join(" ")
}

impl Refusal {
    /// The errors in the runbook because of which nothing is started.
    #[must_use]
    pub fn runbook_errors(&self) -> &[Diagnostic] {
        match self {
            Self::ProcedureErrors { errors, .. } => errors,
            Self::BrokenRollback { reason, .. } => reason.runbook_errors(),
            _ => &[],
        }
    }

    /// A word for programs; it never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::AlreadyStarted => "already_started",
            Self::Closed => "closed",
            Self::UnknownProcedure { .. } => "unknown_procedure",
            Self::DuplicateStep { .. } => "duplicate_step",
            Self::ProcedureErrors { .. } => "procedure_errors",
            Self::NoSteps { .. } => "no_steps",
            Self::BrokenRollback { .. } => "broken_rollback",
            Self::TooLarge { .. } => "runbook_too_large",
            Self::UnknownStep { .. } => "unknown_step",
            Self::UnknownGate { .. } => "unknown_gate",
            Self::OnHold { .. } => "on_hold",
            Self::RollingBack { .. } => "rolling_back",
            Self::Gated { .. } => "gated",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::ChildrenOpen { .. } => "children_open",
            Self::AlreadyDone { .. } => "already_done",
            Self::NotTicked { .. } => "not_ticked",
            Self::LaterDone { .. } => "later_done",
            Self::NotOptional { .. } => "not_optional",
            Self::GateRunning { .. } => "gate_running",
            Self::GateNotNamed { .. } => "gate_not_named",
            Self::NotDeclared { .. } => "not_declared",
            Self::DeclarationMoved { .. } => "declaration_moved",
            Self::DeclarationUnchanged { .. } => "declaration_unchanged",
            Self::WorkOpen { .. } => "work_open",
            Self::NoWorkOpen { .. } => "no_work_open",
            Self::NotHeld { .. } => "not_held",
            Self::CautionNotOffered { .. } => "caution_not_offered",
            Self::NotDecided { .. } | Self::NotRunAnew { .. } => "not_decided",
            Self::NotRunning => "not_running",
            Self::BrowserDecides { .. } => "browser_decides",
            Self::UnknownRun => "unknown_run",
            Self::NoRehearsal => "no_rehearsal",
            Self::Empty { .. } => "empty",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::UnknownAction => "unknown_action",
            Self::UnknownEvent { .. } => "unknown_event",
            Self::NotStarred { .. } => "not_starred",
            Self::AnnotationUnchanged => "annotation_unchanged",
            Self::Malformed { .. } => "malformed",
            Self::UnknownField { .. } => "unknown_field",
            Self::NotCompleted { .. } => "not_completed",
            Self::NoRollback => "no_rollback",
            Self::GateOpen { .. } => "gate_open",
        }
    }
}
