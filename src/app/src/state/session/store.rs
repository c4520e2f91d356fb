//! The store of one session. Events have one writer, [`Session::receive`], which also writes the rows of the steps that they
//! touch, and no others. Everything else on screen is derived.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use holdpoint_domain::history::Usual;
use holdpoint_domain::session::{ClientCommand, Command, Record, RunId, SessionId, State, StepId, decide};
use leptos::prelude::*;

use super::fold::{Fold, Touched};
use super::log::{LogLine, log_line};
use super::output::{LiveRun, LiveRuns};
use super::rows::{Row, steps_in_outline};
use crate::api::ApiError;
use crate::state::app::App;

/// How many seconds an answer may take before the page says that there is none.
const PATIENCE: i64 = 4;

/// What the page does with the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The captain's page: it sends commands, and the browser observes `direct` gates itself.
    Captain,
    /// It sends commands and asks no gate: whoever writes after the fact decides nothing.
    Write,
    /// Read only.
    Watch,
}

impl Mode {
    /// What is done here is put into the outbox.
    pub(super) fn sends(self) -> bool {
        self != Self::Watch
    }

    /// This browser's own answer of a `direct` gate counts.
    pub(super) fn observes(self) -> bool {
        self == Self::Captain
    }
}

/// The connection to the session's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Connecting,
    /// Events arrive, and signs of life where there are none.
    Live,
    /// The stream gives nothing, so that the proxy is asked again and again.
    Polling,
    /// It broke; the browser is making it again.
    Reconnecting,
    /// The proxy cannot be reached. What is shown is what this browser last saw.
    Offline,
}

/// Whether the session's events are here.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    Loading,
    /// They are here, from the proxy or from this browser's storage.
    Ready,
    Failed(ApiError),
}

/// What this browser's own request to a `direct` gate came to.
#[derive(Clone, Debug, PartialEq)]
pub enum BrowserObservation {
    Requesting,
    /// The proxy judged it: the verdict is among the session's events.
    Judged,
    /// The proxy did not take it, and why.
    Refused(String),
}

/// A session that is being followed. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Session {
    pub id: SessionId,
    pub(super) app: App,
    pub(super) mode: Mode,
    fold: RwSignal<Fold>,
    /// One signal per step, so that an event costs what it touches and not what the session holds.
    rows: StoredValue<HashMap<StepId, RwSignal<Row>>>,
    /// How long the steps of such sessions took before, as far as the proxy has said it.
    pub usual: RwSignal<Option<Usual>>,
    /// The newest rollback of it, as far as the proxy has said it. The log of a session that was closed before does not say it.
    pub undone_by: RwSignal<Option<SessionId>>,
    pub load: RwSignal<Load>,
    pub link: RwSignal<Link>,
    /// When the proxy was last heard of.
    pub last_contact: RwSignal<Option<DateTime<Utc>>>,
    /// The proxy has answered since the page was opened.
    pub(super) fetched: RwSignal<bool>,
    /// When the proxy was asked for a sign of life that has not come, by this browser's clock.
    pub(super) asked_at: RwSignal<Option<DateTime<Utc>>>,
    /// For how many seconds an answer has been awaited, where that is longer than an answer takes.
    pub unanswered: Memo<Option<i64>>,
    pub(super) live_runs: RwSignal<LiveRuns>,
    /// By step and gate.
    observations: RwSignal<Vec<((StepId, String), BrowserObservation)>>,
}

impl Session {
    /// A session of which nothing is known yet.
    pub(super) fn new(id: SessionId, mode: Mode, app: App) -> Self {
        let asked_at = RwSignal::new(None);
        let unanswered = Memo::new(move |_| {
            let since = [asked_at.get(), app.outbox.sent_at()].into_iter().flatten().min()?;
            Some(app.clock.seconds_since(since)).filter(|seconds| *seconds >= PATIENCE)
        });
        Self {
            id,
            app,
            mode,
            fold: RwSignal::new(Fold::default()),
            rows: StoredValue::new(HashMap::new()),
            usual: RwSignal::new(None),
            undone_by: RwSignal::new(None),
            load: RwSignal::new(Load::Loading),
            link: RwSignal::new(Link::Connecting),
            last_contact: RwSignal::new(None),
            fetched: RwSignal::new(false),
            asked_at,
            unanswered,
            live_runs: RwSignal::new(LiveRuns::default()),
            observations: RwSignal::new(Vec::new()),
        }
    }

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
            Some(log_line(fold.confirmed(), fold.records().get(place)?))
        })
    }

    /// What is shown is what the proxy knows now, or said just before the stream is opened; tracked.
    pub fn is_live(&self) -> bool {
        self.unanswered.with(Option::is_none) && self.is_linked()
    }

    fn is_linked(&self) -> bool {
        match self.link.get() {
            Link::Live | Link::Polling => true,
            Link::Connecting => self.fetched.get(),
            Link::Reconnecting | Link::Offline => false,
        }
    }

    /// There was a connection, or an attempt at one, and there is none, or nothing answers on it; tracked.
    pub fn is_lost(&self) -> bool {
        self.unanswered.with(Option::is_some) || matches!(self.link.get(), Link::Offline | Link::Reconnecting)
    }

    /// The proxy gave a sign of life.
    pub(super) fn heard(&self) {
        // Whoever waited for it may have left the page since.
        if self.asked_at.try_with_untracked(Option::is_some) == Some(true) {
            self.asked_at.set(None);
        }
        let _ = self.last_contact.try_set(Some(self.app.clock.now_untracked()));
    }

    /// A step's row. None where the procedure has no such step.
    pub fn row(&self, step: &str) -> Option<RwSignal<Row>> {
        self.rows.with_value(|rows| rows.get(step).copied())
    }

    /// What a running gate has written so far; tracked.
    pub fn live_run(&self, run: RunId) -> Option<LiveRun> {
        self.live_runs.with(|live| live.get(run).cloned())
    }

    /// Whether this start of a gate was asked for and could not be sent; tracked.
    pub fn is_not_run(&self, command: &ClientCommand) -> bool {
        self.app.outbox.is_not_run(self.id, command)
    }

    /// What this browser's own request to a gate came to; tracked. `place` is the step and the gate.
    pub fn observation(&self, place: &(StepId, String)) -> Option<BrowserObservation> {
        self.observations.with(|all| {
            let here = all.iter().find(|(known, _)| known == place);
            here.map(|(_, observation)| observation.clone())
        })
    }

    /// Nothing is noted when the page was left in the meantime.
    pub(super) fn set_observation(&self, place: (StepId, String), observation: BrowserObservation) {
        let _ = self.observations.try_update(|all| {
            all.retain(|(known, _)| *known != place);
            all.push((place, observation));
        });
    }

    /// The rule that would refuse this command now, in words; tracked. The proxy's word is final.
    pub fn refusal(&self, command: ClientCommand) -> Option<String> {
        // The start of a gate changes nothing before the proxy has recorded it, so the rules know nothing of it yet.
        if self.is_pending(|pending| *pending == command) {
            return Some("This is waiting to be sent already.".to_owned());
        }
        if let ClientCommand::RunGate { step, gate } = &command
            && self.observation(&(step.clone(), gate.clone())) == Some(BrowserObservation::Requesting)
        {
            return Some("Your browser is asking already.".to_owned());
        }
        let now = self.app.clock.now_untracked();
        let decided = self.with(|state| decide(state, &Command::Client(command), now));
        decided.err().map(|why| why.to_string())
    }

    /// Puts a command into the outbox, in the name of whoever uses this browser, once that is known.
    pub fn send(&self, command: ClientCommand) {
        self.send_then(command, || {});
    }

    /// The same, and then something more. Neither happens where nobody says a name, so that what was typed is let go of only here.
    pub fn send_then(&self, command: ClientCommand, then: impl Fn() + Send + Sync + 'static) {
        let (id, outbox) = (self.id, self.app.outbox);
        let enqueue = Callback::new(move |name| {
            outbox.enqueue(id, name, command.clone());
            then();
        });
        self.app.with_name(enqueue);
    }

    /// Whether such a command waits to be sent; tracked.
    pub fn is_pending(&self, matches: impl Fn(&ClientCommand) -> bool) -> bool {
        self.app.outbox.is_pending(self.id, matches)
    }

    /// Applies events, and writes the rows of the steps that they touch. Gives the places of those that were applied; none
    /// when they do not go on from what is known, and everything has to be fetched anew.
    pub(super) fn receive(&self, incoming: Vec<Record>) -> Option<Range<usize>> {
        let pending = self.app.outbox.pending_untracked(self.id);
        let now = self.app.clock.now_untracked();
        let received = self.fold.try_update(|fold| fold.receive(incoming, &pending, now))?;
        self.write_rows(&received.touched);
        (!received.other_log).then_some(received.applied)
    }

    /// Applies the commands of the outbox to what is shown.
    pub(super) fn follow_pending(&self) {
        let pending = self.app.outbox.pending_untracked(self.id);
        let now = self.app.clock.now_untracked();
        if let Some(touched) = self.fold.try_update(|fold| fold.follow(&pending, now)) {
            self.write_rows(&touched);
        }
    }

    /// Forgets every event and row.
    pub(super) fn reset(&self) {
        self.rows.set_value(HashMap::new());
        self.fold.set(Fold::default());
    }

    /// Writes the rows of these steps where they changed.
    fn write_rows(&self, touched: &Touched) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_captains_page_asks_gates_from_its_browser() {
        let of = |mode: Mode| (mode.sends(), mode.observes());
        assert_eq!(of(Mode::Captain), (true, true));
        assert_eq!(of(Mode::Write), (true, false));
        assert_eq!(of(Mode::Watch), (false, false));
    }
}
