//! One session, as the page knows it: the fold of the events that it received, and what follows from it.

mod fold;
mod follow;
mod gates;
mod log;
mod looks;
mod output;
mod rollback;
mod rows;

pub use follow::{Link, Mode};
pub use gates::{GateView, GateWord, gate_to_run, gate_view};
pub use log::{LogLine, LogMark, seconds, span};
pub use looks::{Look, LookState};
pub use output::LiveRun;
pub use rows::{Row, RowStatus, steps_in_outline};

use std::collections::HashMap;
use std::ops::Range;

use holdpoint_domain::session::{ClientCommand, Command, Record, RunId, SessionId, State, StepId, decide};
use holdpoint_domain::wire::Usual;
use leptos::prelude::*;

use super::app::{App, use_app};
use crate::api::ApiError;
use fold::{Fold, Touched};
use output::LiveRuns;

/// A session that is being followed. Copying it copies handles.
///
/// Events have one writer, [`Session::receive`], which also writes the lines of the steps that they touch, and no others.
/// Everything else on screen is derived.
#[derive(Clone, Copy)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    app: App,
    mode: Mode,
    fold: RwSignal<Fold>,
    /// One signal per step, so that an event costs what it touches and not what the session holds.
    rows: StoredValue<HashMap<StepId, RwSignal<Row>>>,
    /// How long such sessions took before, as far as the proxy has said it.
    pub usual: RwSignal<Option<Usual>>,
    /// Whether the events are here.
    pub load: RwSignal<Load>,
    /// How the connection stands.
    pub link: RwSignal<Link>,
    live: RwSignal<LiveRuns>,
    looks: RwSignal<Vec<((StepId, String), Look)>>,
}

/// Whether a session's events are here.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    /// They are on their way.
    Loading,
    /// They are here, from the proxy or from what this browser has seen.
    Ready,
    /// They could not be had.
    Failed(ApiError),
}

/// Follows a session until the current owner is disposed of, and provides it as a context.
pub fn provide_session(id: SessionId, mode: Mode) -> Session {
    let session = Session {
        id,
        app: use_app(),
        mode,
        fold: RwSignal::new(Fold::default()),
        rows: StoredValue::new(HashMap::new()),
        usual: RwSignal::new(None),
        load: RwSignal::new(Load::Loading),
        link: RwSignal::new(Link::Connecting),
        live: RwSignal::new(LiveRuns::default()),
        looks: RwSignal::new(Vec::new()),
    };
    provide_context(session);
    session.start();
    session
}

/// The session of this page, from the context that [`provide_session`] provides.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Reads the session as it is shown, commands on their way included; tracked.
    pub fn with<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.fold.with(|fold| read(fold.shown()))
    }

    /// The same, not tracked.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.fold.with_untracked(|fold| read(fold.shown()))
    }

    /// Reads the session as the proxy recorded it; tracked.
    pub fn with_confirmed<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.fold.with(|fold| read(fold.confirmed()))
    }

    /// The same, not tracked.
    pub fn with_confirmed_untracked<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.fold.with_untracked(|fold| read(fold.confirmed()))
    }

    /// Reads the recorded events, in order; tracked.
    pub fn with_records<T>(&self, read: impl FnOnce(&[Record]) -> T) -> T {
        self.fold.with(|fold| read(fold.records()))
    }

    /// The same, not tracked.
    pub fn with_records_untracked<T>(&self, read: impl FnOnce(&[Record]) -> T) -> T {
        self.fold.with_untracked(|fold| read(fold.records()))
    }

    /// An event as the log shows it, by its number; not tracked, because an event never changes.
    pub fn log_line(&self, seq: u64) -> Option<LogLine> {
        self.fold.with_untracked(|fold| {
            let place = usize::try_from(seq).ok()?.checked_sub(1)?;
            Some(log::log_line(fold.confirmed(), fold.records().get(place)?))
        })
    }

    /// A step's line. None where the procedure has no such step.
    pub fn row(&self, step: &str) -> Option<RwSignal<Row>> {
        self.rows.with_value(|rows| rows.get(step).copied())
    }

    /// What a running gate has said so far; tracked.
    pub fn live(&self, run: RunId) -> Option<LiveRun> {
        self.live.with(|live| live.of(run).cloned())
    }

    /// What this browser's own look at a gate came to; tracked.
    pub fn look(&self, step: &str, gate: &str) -> Option<Look> {
        self.looks.with(|looks| {
            let of_this = |((of, at), _): &&((StepId, String), Look)| of == step && at == gate;
            looks.iter().find(of_this).map(|(_, look)| look.clone())
        })
    }

    /// The rule that would refuse this command now, in words; tracked. The proxy's word is final.
    pub fn refusal(&self, command: ClientCommand) -> Option<String> {
        // The start of a gate changes nothing before the proxy has recorded it, so the rules know nothing of it yet.
        if self.is_pending(|asked| *asked == command) {
            return Some("This was asked for already, and waits to be sent.".to_owned());
        }
        let now = self.app.clock.now_untracked();
        let decided = self.with(|state| decide(state, &Command::Client(command), now));
        decided.err().map(|why| why.to_string())
    }

    /// Asks something of the session, in the name of who uses this browser, or of the captain where that is not known.
    pub fn ask(&self, command: ClientCommand) {
        self.app.outbox.ask(self.id, self.actor(), command);
    }

    /// Whether such a command is on its way; tracked.
    pub fn is_pending(&self, matches: impl Fn(&ClientCommand) -> bool) -> bool {
        self.app.outbox.is_pending(self.id, matches)
    }

    /// In whose name this browser asks.
    pub fn actor(&self) -> String {
        let name = self.app.settings.name_untracked();
        if !name.trim().is_empty() {
            return name.trim().to_owned();
        }
        let captain =
            self.with_confirmed_untracked(|state| state.started.as_ref().map(|started| started.captain.clone()));
        captain.unwrap_or_else(|| "captain".to_owned())
    }

    /// Takes events, and writes the lines of the steps that they touch. Gives the places of those that were applied; none
    /// when they do not go on from what is known, and everything has to be fetched anew.
    fn receive(&self, incoming: Vec<Record>) -> Option<Range<usize>> {
        let pending = self.app.outbox.pending_untracked(self.id);
        let now = self.app.clock.now_untracked();
        let received = self.fold.try_update(|fold| fold.receive(incoming, &pending, now))?;
        self.draw(&received.touched);
        (!received.other_log).then_some(received.applied)
    }

    /// Follows the commands on their way.
    fn follow_pending(&self) {
        let pending = self.app.outbox.pending_untracked(self.id);
        let now = self.app.clock.now_untracked();
        if let Some(touched) = self.fold.try_update(|fold| fold.follow(&pending, now)) {
            self.draw(&touched);
        }
    }

    /// Starts from nothing.
    fn begin(&self) {
        self.rows.set_value(HashMap::new());
        self.fold.set(Fold::default());
    }

    /// Writes the lines of these steps where they changed.
    fn draw(&self, touched: &Touched) {
        self.fold.with_untracked(|fold| {
            self.rows.update_value(|rows| {
                if rows.is_empty() {
                    for step in steps_in_outline(fold.shown()) {
                        if let Some(row) = fold.row(&step.id) {
                            rows.insert(step.id.clone(), RwSignal::new(row));
                        }
                    }
                    return;
                }
                let write = |step: &str, signal: &RwSignal<Row>| {
                    if let Some(row) = fold.row(step)
                        && signal.with_untracked(|shown| *shown != row)
                    {
                        signal.set(row);
                    }
                };
                match touched {
                    Touched::All => rows.iter().for_each(|(step, signal)| write(step, signal)),
                    Touched::Steps(steps) => {
                        for step in steps {
                            if let Some(signal) = rows.get(step) {
                                write(step, signal);
                            }
                        }
                    }
                }
            });
        });
    }
}
