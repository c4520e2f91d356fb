//! One session, as the page knows it: the fold of the events that it received, and what follows from it.

mod fold;
mod follow;
mod gates;
mod log;
mod looks;
mod rollback;
mod rows;

pub use fold::LiveRun;
pub use follow::{Link, Mode};
pub use gates::{GateView, GateWord, gate_to_run, gate_view};
pub use log::{LogLine, LogMark, log_lines, seconds, span};
pub use looks::{Look, LookState};
pub use rollback::Rollback;
pub use rows::{StepRow, StepStatus, step_row, step_rows};

use std::sync::Arc;

use holdpoint_domain::session::{Actor, ClientCommand, Command, Record, RunId, SessionId, State, StepId, decide};
use holdpoint_domain::wire::Usual;
use leptos::prelude::*;

use super::app::AppState;
use super::load::Load;
use crate::api::stream::Stream;
use crate::api::{Reading, Received};
use crate::cells::{Derived, Held};

/// The state with the commands on their way tried on it. It is worked out anew whenever one of its sources changes, so two
/// of them are never the same, and comparing whole states would only cost time.
#[derive(Clone)]
struct Tried(Arc<State>);

impl PartialEq for Tried {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A session that is being followed. Copying it copies handles.
///
/// Received events have one writer, [`SessionStore::receive`]. What is shown is derived: the received events' state, and on
/// top of it, by the proxy's own rules, the commands that this browser still has to send.
#[derive(Clone, Copy)]
pub struct SessionStore {
    /// Which session.
    pub id: SessionId,
    app: AppState,
    mode: Mode,
    /// What the proxy read of the session's text. While it is not known, no event is taken into the state: a session without
    /// its steps is not what the proxy has.
    reading: Held<Option<Reading>>,
    /// How long such sessions took before, as far as the proxy has said it.
    usual: Held<Option<Usual>>,
    confirmed: Held<State>,
    records: Held<Vec<Record>>,
    /// Events that came before the ones in front of them, or before the reading.
    early: StoredValue<Vec<Received>>,
    shown: Derived<Option<Tried>>,
    load: Held<Load<()>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
    /// The page has moved on.
    gone: StoredValue<bool>,
    /// Everything is being fetched.
    catching_up: StoredValue<bool>,
    link: Held<Link>,
    live: Held<Vec<(RunId, LiveRun)>>,
    looks: Held<Vec<((StepId, String), Look)>>,
}

impl SessionStore {
    /// Loads a session and follows it until the current owner is disposed of.
    pub fn follow(app: AppState, id: SessionId, mode: Mode) -> Self {
        let confirmed = Held::new(State::default());
        let shown = Derived::new(move |()| {
            app.outbox.with_pending(id, |pending| {
                (!pending.is_empty()).then(|| {
                    let mut state = confirmed.get();
                    let now = app.clock.now_untracked();
                    for entry in pending {
                        let actor = Actor::Person {
                            name: entry.request.actor.clone(),
                        };
                        let command = Command::Client(entry.request.command.clone());
                        // What the rules refuse here changes nothing on screen. The proxy's word is final, so the command
                        // is sent all the same, and its refusal is shown with the proxy's reason.
                        if let Ok(events) = decide(&state, &actor, &command, now) {
                            events.iter().for_each(|event| state.apply_event(event, now, &actor));
                        }
                    }
                    Tried(Arc::new(state))
                })
            })
        });
        let store = Self {
            id,
            app,
            mode,
            reading: Held::new(None),
            usual: Held::new(None),
            confirmed,
            records: Held::new(Vec::new()),
            early: StoredValue::new(Vec::new()),
            shown,
            load: Held::new(Load::Loading),
            stream: StoredValue::new_local(None),
            gone: StoredValue::new(false),
            catching_up: StoredValue::new(false),
            link: Held::new(Link::Connecting),
            live: Held::new(Vec::new()),
            looks: Held::new(Vec::new()),
        };
        store.start();
        store
    }

    /// Reads the session as it is shown, commands on their way included; tracked.
    pub fn with<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        // The reader stands once in what is compiled: it takes whichever state there is.
        let tried = self.shown.get();
        self.confirmed
            .with(|confirmed| read(tried.as_ref().map_or(confirmed, |Tried(state)| state)))
    }

    /// The same, not tracked.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        let tried = self.shown.get_untracked();
        self.confirmed
            .with_untracked(|confirmed| read(tried.as_ref().map_or(confirmed, |Tried(state)| state)))
    }

    /// Reads the session as the proxy recorded it; tracked.
    pub fn with_confirmed<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.confirmed.with(read)
    }

    /// The same, not tracked.
    pub fn with_confirmed_untracked<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        self.confirmed.with_untracked(read)
    }

    /// The rule that would refuse this command now, in words; tracked. The proxy's word is final.
    pub fn refusal(&self, command: ClientCommand) -> Option<String> {
        let actor = Actor::Person { name: self.actor() };
        let now = self.app.clock.now_untracked();
        self.with(|state| {
            decide(state, &actor, &Command::Client(command), now)
                .err()
                .map(|why| why.to_string())
        })
    }

    /// Reads the recorded events, in order; tracked.
    pub fn with_records<T>(&self, read: impl FnOnce(&[Record]) -> T) -> T {
        self.records.with(|records| read(records))
    }

    /// How long such sessions took before; tracked.
    pub fn usual(&self) -> Option<Usual> {
        self.usual.get()
    }

    /// Whether the events are here; tracked.
    pub fn load(&self) -> Load<()> {
        self.load.get()
    }

    /// How the connection stands; tracked.
    pub fn link(&self) -> Link {
        self.link.get()
    }

    /// What a running gate has said so far; tracked.
    pub fn live(&self, run: RunId) -> Option<LiveRun> {
        self.live
            .with(|live| live.iter().find(|(id, _)| *id == run).map(|(_, live)| live.clone()))
    }

    /// What this browser's own look at a gate came to; tracked.
    pub fn look(&self, step: &str, gate: &str) -> Option<Look> {
        self.looks.with(|looks| {
            looks
                .iter()
                .find(|((of, at), _)| of == step && at == gate)
                .map(|(_, look)| look.clone())
        })
    }

    /// Asks something of the session, in the name of who uses this browser, or of the captain where that is not known.
    pub fn ask(&self, command: ClientCommand) {
        self.app.outbox.ask(self.id, self.actor(), command);
    }

    /// Whether such a command is on its way; tracked.
    pub fn is_pending(&self, matches: impl Fn(&ClientCommand) -> bool) -> bool {
        self.app.outbox.with_pending(self.id, |pending| {
            pending.iter().any(|entry| matches(&entry.request.command))
        })
    }

    /// In whose name this browser asks.
    pub fn actor(&self) -> String {
        let name = self.app.settings.name_untracked();
        if name.trim().is_empty() {
            self.confirmed
                .with_untracked(|state| state.started.as_ref().map(|started| started.captain.clone()))
                .unwrap_or_else(|| "captain".to_owned())
        } else {
            name.trim().to_owned()
        }
    }
}
