//! How each type of the wire is read. Names are those of `holdpoint_domain::wire`; `read_tests.rs` compares with serde.

use std::sync::Arc;

use holdpoint_domain::gate::{CheckResult, GateBrief, GateKind, Outcome, Source, Verdict};
use holdpoint_domain::runbook::{OnFail, ProcedureKind};
use holdpoint_domain::session::{
    Actor, ClientCommand, Event, LiftedBy, Record, SessionOutcome, Standing, Started, TickedBy,
};
use holdpoint_domain::wire::{
    EnvironmentBrief, ErrorBody, ErrorDetail, FaultState, Live, Me, ProcedureBrief, RunbookBrief, SendCommand,
    SessionBrief,
};
use serde_json::Value;

use super::json::{FromJson, Reader};

/// A type whose fields are read by their names.
macro_rules! fields {
    ($($type:ident { $($name:ident),* })*) => {$(
        impl FromJson for $type {
            fn read(value: &Value, reader: &mut Reader) -> Self {
                Self { $($name: FromJson::read(reader.field(value, stringify!($name)), reader)),* }
            }
        }
    )*};
}

/// A type that is one of several words.
macro_rules! words {
    ($($type:ident { $first_word:literal => $first:ident $(, $word:literal => $variant:ident)* })*) => {$(
        impl FromJson for $type {
            fn read(value: &Value, reader: &mut Reader) -> Self {
                match reader.text(value) {
                    $first_word => Self::$first,
                    $($word => Self::$variant,)*
                    other => {
                        reader.word(stringify!($type), other);
                        Self::$first
                    }
                }
            }
        }
    )*};
}

/// A type whose tag says which fields it has.
macro_rules! tagged {
    ($($type:ident by $tag:literal {
        $first_word:literal => $first:ident { $($first_name:ident),* }
        $(, $word:literal => $variant:ident { $($name:ident),* })*
    })*) => {$(
        impl FromJson for $type {
            fn read(value: &Value, reader: &mut Reader) -> Self {
                let tag = reader.field(value, $tag);
                match reader.text(tag) {
                    $($word => Self::$variant {
                        $($name: FromJson::read(reader.field(value, stringify!($name)), reader)),*
                    },)*
                    word => {
                        if word != $first_word {
                            reader.word(stringify!($type), word);
                        }
                        Self::$first {
                            $($first_name: FromJson::read(reader.field(value, stringify!($first_name)), reader)),*
                        }
                    }
                }
            }
        }
    )*};
}
pub(super) use {fields, tagged, words};

fields! {
    ErrorBody { error }
    ErrorDetail { code, message, details }
    Me { version, rehearsal, environments, now }
    EnvironmentBrief { name, title, production, rehearsal, variables, gates }
    RunbookBrief { name, title, digest, procedures, errors, warnings }
    ProcedureBrief { id, title, kind, steps, gates }
    SessionBrief {
        id, runbook, runbook_title, procedure_title, environment_title, production, rehearsal, version, git_sha, captain,
        started, closed, outcome, standing, done, steps, undoes, undone_by
    }
    FaultState { id, title, description, on }
    SendCommand { id, actor, command }
    Record { v, session, seq, at, actor, command, event, prev, hash }
    Started {
        runbook, runbook_title, digest, text, procedure, procedure_title, environment, environment_title, production,
        rehearsal, version, git_sha, captain, undoes, variables, gates
    }
    GateBrief {
        id, title, plain, kind, auto, direct, direct_url, fresh_seconds, timeout_seconds, on_fail, expects,
        digest
    }
    Verdict {
        outcome, summary, checks, source, started, finished, attempts, request, output, output_bytes, gate_digest
    }
    CheckResult { check, expected, observed, outcome }
}

words! {
    Outcome { "pass" => Pass, "fail" => Fail, "inconclusive" => Inconclusive }
    Source { "proxy" => Proxy, "browser" => Browser }
    GateKind { "http" => Http, "sql" => Sql, "command" => Command }
    OnFail { "stop" => Stop, "rollback" => Rollback, "caution" => Caution }
    SessionOutcome { "completed" => Completed, "rolled_back" => RolledBack, "abandoned" => Abandoned }
    Standing {
        "go" => Go, "hold" => Hold, "rolling_back" => RollingBack, "completed" => Completed,
        "rolled_back" => RolledBack, "abandoned" => Abandoned
    }
    ProcedureKind {
        "release" => Release, "rollback" => Rollback, "emergency" => Emergency, "monitoring" => Monitoring,
        "checklist" => Checklist, "validation" => Validation, "setup" => Setup, "scaling" => Scaling,
        "pipeline" => Pipeline
    }
}

tagged! {
    Actor by "kind" { "person" => Person { name }, "proxy" => Proxy {} }
    TickedBy by "kind" { "person" => Person {}, "gate" => Gate { run }, "children" => Children {} }
    LiftedBy by "kind" { "pass" => Pass { run }, "rollback" => Rollback { session } }
    Live by "kind" { "output" => Output { run, text }, "attempt" => Attempt { run, number, summary } }
    ClientCommand by "type" {
        "tick" => Tick { step },
        "untick" => Untick { step, reason },
        "skip" => Skip { step, reason },
        "run_gate" => RunGate { step, gate },
        "add_note" => AddNote { step, text },
        "fill_value" => FillValue { step, field, value },
        "start_timer" => StartTimer { step, seconds },
        "close" => Close { outcome, summary }
    }
}

impl FromJson for Event {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let tag = reader.field(value, "type");
        macro_rules! variants {
            ($($word:literal => $variant:ident { $($name:ident),* }),*) => {
                match reader.text(tag) {
                    $($word => Self::$variant {
                        $($name: FromJson::read(reader.field(value, stringify!($name)), reader)),*
                    },)*
                    word => {
                        if word != "session_started" {
                            reader.word("The event", word);
                        }
                        // The start's fields stand beside the tag.
                        Self::SessionStarted(FromJson::read(value, reader))
                    }
                }
            };
        }
        variants! {
            "step_ticked" => StepTicked { step, by },
            "step_unticked" => StepUnticked { step, reason },
            "step_skipped" => StepSkipped { step, reason },
            "gate_started" => GateStarted { run, step, gate, auto },
            "gate_finished" => GateFinished { run, step, gate, verdict },
            "gate_observed" => GateObserved { observation, step, gate, verdict },
            "hold_placed" => HoldPlaced { step, gate, run, reason, advice },
            "hold_lifted" => HoldLifted { by },
            "note_added" => NoteAdded { step, text },
            "value_filled" => ValueFilled { step, field, value },
            "timer_started" => TimerStarted { step, seconds },
            "rollback_started" => RollbackStarted { session, procedure },
            "session_closed" => SessionClosed { outcome, summary }
        }
    }
}

/// An event as it came, and as it was read: what the browser keeps is the text, so that nothing of it is lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The event.
    pub record: Record,
    /// The text that it was read from.
    pub text: Arc<str>,
}

impl FromJson for Received {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        Self {
            record: Record::read(value, reader),
            text: value.to_string().into(),
        }
    }
}

/// The events of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// In order.
    pub events: Vec<Received>,
}

fields! { Events { events } }
