//! What a score says.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::session::{Actor, GateId, PlannedFault, SessionId, StepId};

/// How a drill went, by its events. Before the plan is revealed nothing is known of its faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillScore {
    /// The drill's id in `rehearsal.toml`; null until the plan is revealed.
    pub drill: Option<String>,
    /// Null as long as nobody is to know it.
    pub title: Option<String>,
    /// What repeats the drill; null until the plan is revealed.
    pub seed: Option<String>,
    pub started: DateTime<Utc>,
    pub closed: Option<DateTime<Utc>>,
    pub captain: String,
    /// In the plan's order; empty until it is revealed.
    pub faults: Vec<FaultScore>,
    /// In their order in time.
    pub turns: Vec<WrongTurn>,
    /// The session's rollback, where one was started.
    pub rollback: Option<RollbackScore>,
    /// Steps of the session and of its rollback that could not be followed.
    pub not_followed: Vec<Unfollowed>,
}

/// How one fault was met. Seconds are whole ones, rounded down; null where the log has nothing to measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaultScore {
    pub planned: PlannedFault,
    /// Null where it never struck: what it waits for did not happen, or the session ended before.
    pub struck: Option<DateTime<Utc>>,
    /// When it was over: by itself, by the rollback or by the closing.
    pub ended: Option<DateTime<Utc>>,
    /// Answers of its gates while it was on.
    pub asked: u32,
    /// Null where it struck and was never noticed.
    pub noticed: Option<Noticed>,
    /// When the first of its gates held.
    pub held: Option<DateTime<Utc>>,
    /// What was decided after that.
    pub decided: Option<Decided>,
    /// From the decision to roll back until the rollback was completed.
    pub roll_back_seconds: Option<u64>,
}

/// How a fault was noticed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Noticed {
    pub at: DateTime<Utc>,
    /// Since the strike.
    pub seconds: u64,
    pub by: NoticedBy,
}

/// What showed a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoticedBy {
    /// One of its gates did not pass.
    Gate { gate: GateId, title: String },
    /// Somebody wrote a note. Whether it is about the fault, only its reader can say.
    Note { who: String, text: String },
}

/// The decision after a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decided {
    pub at: DateTime<Utc>,
    /// Since the hold.
    pub seconds: u64,
    pub by: DecidedBy,
    /// Who decided; the captain of the session for what followed from a pass.
    pub who: String,
}

/// What ended a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DecidedBy {
    RollBack,
    ProceedWithCaution,
    /// The gate was run again until it passed.
    RunAgain,
    /// The session was closed while it held.
    Close,
}

/// Something that a team would rather not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WrongTurn {
    pub at: DateTime<Utc>,
    pub kind: TurnKind,
    pub who: String,
    /// The step or the gate that it is about, as people call it.
    pub subject: String,
    /// The reason that the person gave; empty where none is asked for.
    pub reason: String,
}

/// The kinds of wrong turns, each of which the log shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TurnKind {
    /// A decision to go on without a pass while a fault of that gate was on.
    WentOnWithoutPass,
    /// A tick, or a leaving-out, was taken back.
    TakenBack,
    /// A gate that held was run again while a fault of it was on, and did not pass again.
    RetryWithoutEffect,
    /// The session's rollback was given up.
    RollbackGivenUp,
}

/// The rollback of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollbackScore {
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: SessionId,
    pub started: DateTime<Utc>,
    pub end: RollbackEnd,
    /// From its start to its end.
    pub seconds: Option<u64>,
}

/// How a rollback ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RollbackEnd {
    Completed,
    GivenUp,
    /// It was undone itself.
    RolledBack,
    UnderWay,
    /// Its log cannot be read.
    Unknown,
}

/// A step that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unfollowed {
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: SessionId,
    pub step: StepId,
    /// Its number and title.
    pub label: String,
    pub at: DateTime<Utc>,
    pub who: String,
    pub reason: String,
}

/// Whole seconds from one moment to a later one.
pub(super) fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from((to - from).num_seconds()).unwrap_or(0)
}

/// A person's name; that of the captain where the proxy did it.
pub(super) fn person<'a>(actor: &'a Actor, captain: &'a str) -> &'a str {
    match actor {
        Actor::Person { name } => name,
        Actor::Proxy => captain,
    }
}
