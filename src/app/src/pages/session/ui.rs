//! The state of a session's page beyond the session itself: which step is shown, which dialog is open.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::{ClientCommand, GateId, Standing, StepId};
use leptos::prelude::*;

use super::address;
use super::linked::{Linked, use_linked};
use crate::components::attention::{Attention, go_to_heading, use_attention};
use crate::components::command::{Copied, command_in_view, copy_text};
use crate::components::markdown::filled;
use crate::format::clock;
use crate::state::app::{App, use_app};
use crate::state::drafts::Draft;
use crate::state::session::{
    Session, gate_title, gate_to_run, gates_to_run_again, held_gates, perform, steps_in_outline, use_session,
};

/// How long after a key acted on one step it does nothing on the step that came in its place. Who presses twice saw one step.
const SAME_PRESS: TimeDelta = TimeDelta::milliseconds(700);

/// A dialog of the page. One is open at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenDialog {
    Note,
    Rollback,
    Close,
    Skip(StepId),
    /// Going on although this gate did not pass.
    Caution(StepId, GateId),
    TakeBack(StepId),
    /// A gate whose declaration was corrected.
    Declaration(GateId),
    /// The evidence of an event, by its number.
    Evidence(u64),
    Keys,
    /// The name of whoever uses this browser.
    Name,
}

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct SessionUi {
    app: App,
    session: Session,
    linked: Linked,
    attention: Attention,
    /// The step that was chosen; the current one is shown when none was.
    selected: RwSignal<Option<StepId>>,
    /// The next step, while the session is open.
    pub current: Memo<Option<StepId>>,
    /// The step that is shown; none when none was chosen and all are done or the session is closed.
    pub shown: Memo<Option<StepId>>,
    shown_row: StoredValue<Selector<Option<StepId>>>,
    pub dialog: RwSignal<Option<OpenDialog>>,
    /// The key that acted last, on which step, and when.
    pressed: StoredValue<Option<(&'static str, StepId, DateTime<Utc>)>>,
    /// Here and not in its dialog, because clearing it, once it is sent, outlasts the dialog for a moment.
    pub note: Draft,
    pub summary: Draft,
    /// What was typed into fields of steps and is not saved, by step and field: looking at another step takes nothing away.
    pub typed: RwSignal<BTreeMap<(StepId, String), String>>,
    /// The command that was copied last, with its step.
    copied: RwSignal<Option<(StepId, Copied)>>,
    /// Nothing more can be done but add notes.
    pub closed: Memo<bool>,
    /// As the proxy recorded it: a close that waits to be sent is not yet one.
    pub standing: Memo<Standing>,
    began: Memo<Option<DateTime<Utc>>>,
    ended: Memo<Option<DateTime<Utc>>>,
}

/// Provides [`SessionUi`] for a session that is loaded, and gives its steps to the palette.
pub fn provide_ui() -> SessionUi {
    let (app, session) = (use_app(), use_session());
    let named = address::step().filter(|step| session.with_untracked(|state| state.step(step).is_some()));
    let selected = RwSignal::new(named);
    let current = Memo::new(move |_| {
        session.with(|state| {
            let open = state.closed.is_none();
            state.next_step().filter(|_| open).map(|step| step.id.clone())
        })
    });
    let shown = Memo::new(move |_| selected.get().or_else(|| current.get()));
    let ui = SessionUi {
        app,
        session,
        linked: use_linked(),
        attention: use_attention(),
        selected,
        current,
        shown,
        shown_row: StoredValue::new(Selector::new(move || shown.get())),
        dialog: RwSignal::new(None),
        pressed: StoredValue::new(None),
        note: Draft::of(session.id, "note"),
        summary: Draft::of(session.id, "summary"),
        typed: RwSignal::new(BTreeMap::new()),
        copied: RwSignal::new(None),
        closed: Memo::new(move |_| session.with(|state| state.closed.is_some())),
        standing: Memo::new(move |_| session.with_confirmed(|state| state.standing())),
        began: Memo::new(move |_| session.with_confirmed(|state| state.started_at)),
        ended: Memo::new(move |_| session.with_confirmed(|state| state.closed.as_ref().map(|closed| closed.at))),
    };
    provide_context(ui);
    ui
}

pub fn use_ui() -> SessionUi {
    expect_context()
}

impl SessionUi {
    /// Whether a step is the one that is shown; tracked. A change reaches the two rows that it is about, and no others.
    pub fn is_shown(&self, step: &Option<StepId>) -> bool {
        self.shown_row.with_value(|shown| shown.selected(step))
    }

    /// Shows a step. None, or the current one, shows the current one and goes on with it.
    pub fn select(&self, step: Option<StepId>) {
        self.attention.hush();
        let is_current = step == self.current.get_untracked();
        address::show(step.as_ref());
        self.selected.set(step.filter(|_| !is_current));
    }

    /// Shows a step, and puts the focus on its heading, also where it is shown already.
    pub fn go_to(&self, step: Option<StepId>) {
        self.select(step);
        go_to_heading();
    }

    /// Shows the step that the address names, where it was changed by hand or by a link.
    pub fn follow_address(&self) {
        if let Some(step) = address::step()
            && self.session.with_untracked(|state| state.step(&step).is_some())
        {
            self.select(Some(step));
        }
    }

    /// Whether a key may act on the shown step; then it counts as having done so.
    pub fn may_press(&self, key: &'static str) -> bool {
        let (now, Some(shown)) = (Utc::now(), self.shown.get_untracked()) else {
            return true;
        };
        let may = self.pressed.with_value(|pressed| match pressed {
            Some((last, step, at)) => *last != key || *step == shown || now - *at >= SAME_PRESS,
            None => true,
        });
        if may {
            self.pressed.set_value(Some((key, shown, now)));
        }
        may
    }

    /// What was copied last of a step's commands; tracked.
    pub fn copied(&self, step: &str) -> Option<Copied> {
        self.copied
            .with(|copied| copied.as_ref().filter(|(of, _)| of == step).map(|(_, copied)| *copied))
    }

    /// Shows the step after or before the one that is shown.
    pub fn select_by(&self, by: isize) {
        let steps = self.step_titles();
        let shown = self.shown.get_untracked();
        let next = match steps.iter().position(|(id, _)| Some(id) == shown.as_ref()) {
            Some(here) => here.checked_add_signed(by),
            None if by < 0 => steps.len().checked_sub(1),
            None => Some(0),
        };
        if let Some((id, _)) = next.and_then(|next| steps.get(next)) {
            self.select(Some(id.clone()));
        }
    }

    /// Ids and titles, in order.
    fn step_titles(&self) -> Vec<(StepId, String)> {
        self.session.with_untracked(|state| {
            let steps = steps_in_outline(state).into_iter();
            steps.map(|step| (step.id.clone(), step.title.clone())).collect()
        })
    }

    /// Ticks a step and goes on with the next, unless a rule refuses it.
    pub fn tick(&self, step: StepId) {
        self.attention.hush();
        if self.send_if_allowed(ClientCommand::Tick { step }) {
            self.select(None);
        }
    }

    /// Does what the large button of the shown step does, or says why it cannot.
    pub fn finish_shown_step(&self) {
        match self.shown.get_untracked() {
            Some(step) if untrack(|| self.waits_for_work(&step)) => self.confirm_work(step),
            Some(step) => self.tick(step),
            None => self.attention.tell("No step is shown that could be ticked."),
        }
    }

    /// Says that the work of a step is done, and runs its gates; those that run by themselves are the proxy's to start.
    pub fn confirm_work(&self, step: StepId) {
        self.attention.hush();
        if !self.send_if_allowed(ClientCommand::ConfirmWork { step: step.clone() }) {
            return;
        }
        let gates: Vec<GateId> = self.session.with_untracked(|state| {
            let auto = |gate: &GateId| {
                state
                    .gate_snapshot(gate)
                    .is_some_and(|gate| gate.auto && !gate.direct_decides)
            };
            let gates = state.step(&step).map(|step| step.gates.clone()).unwrap_or_default();
            gates.into_iter().filter(|gate| !auto(gate)).collect()
        });
        if !gates.is_empty() && untrack(|| self.session.is_lost()) {
            self.attention
                .tell("Waits to be sent. Its gate cannot run without Holdpoint: run it when the connection is back.");
        }
        for gate in gates {
            let step = step.clone();
            perform(self.session, ClientCommand::RunGate { step, gate });
        }
    }

    /// Whether a step waits for somebody's word that its work is done; tracked.
    pub fn waits_for_work(&self, step: &str) -> bool {
        self.session
            .with(|state| state.closed.is_none() && state.step(step).is_some_and(|step| state.waits_for_work(step)))
    }

    /// The gates that the key `g` and the hold's banner run: those that hold the step on hold and do not run; without a hold the
    /// first of the shown step that does not pass. Tracked.
    pub fn gates_of_key(&self, now: DateTime<Utc>) -> Vec<ClientCommand> {
        let shown = self.shown.get();
        let held = self.session.with_confirmed(|state| {
            let (step, _) = held_gates(state)?;
            Some(gates_to_run_again(state, step))
        });
        held.unwrap_or_else(|| {
            let first = self.session.with(|state| gate_to_run(state, &shown?, now));
            first.into_iter().collect()
        })
    }

    /// Runs the gates of the key `g`, and says so where they are several, or why there is none.
    pub fn run_gates_of_key(&self) {
        self.attention.hush();
        let now = self.app.clock.now_untracked();
        let commands = untrack(|| self.gates_of_key(now));
        if commands.is_empty() {
            let why = untrack(|| self.why_no_gate());
            return self.attention.tell(why);
        }
        let is_lost = untrack(|| self.session.is_lost());
        let run: Vec<GateId> = commands
            .into_iter()
            .filter_map(|command| self.run_one(command))
            .collect();
        if is_lost {
            self.attention
                .tell("No gate can run while Holdpoint does not answer. Run it when the connection is back.");
        }
        if run.len() > 1 && !is_lost && !self.app.settings.name_untracked().is_empty() {
            let titles: Vec<String> = self
                .session
                .with_untracked(|state| run.iter().map(|gate| gate_title(state, gate)).collect());
            self.attention
                .tell(format!("Runs {} gates: {}.", titles.len(), titles.join(", ")));
        }
    }

    /// Runs a gate, unless a rule refuses it, which is said.
    pub fn run(&self, command: ClientCommand) {
        self.attention.hush();
        self.run_one(command);
    }

    /// Gives the id of the gate that it runs. What was said of the gate before it stays.
    fn run_one(&self, command: ClientCommand) -> Option<GateId> {
        let ClientCommand::RunGate { gate, .. } = &command else {
            return None;
        };
        let gate = gate.clone();
        self.send_if_allowed(command).then_some(gate)
    }

    fn why_no_gate(&self) -> &'static str {
        if self.session.with_confirmed(|state| state.hold().is_some()) {
            return "The gates that hold are running already.";
        }
        let Some(shown) = self.shown.get() else {
            return "No step is shown whose gate could run.";
        };
        self.session.with(|state| match state.step(&shown) {
            Some(step) if step.gates.is_empty() => "This step has no gate.",
            _ if state.open_runs().any(|run| run.step == shown) => "The gates of this step are running already.",
            _ => "Every gate of this step has passed.",
        })
    }

    /// Sends a command that no rule refuses. A refusal is said and shown.
    fn send_if_allowed(&self, command: ClientCommand) -> bool {
        let refusal = untrack(|| self.session.refusal(command.clone()));
        match refusal {
            None => perform(self.session, command),
            Some(why) => {
                self.attention.tell(why);
                return false;
            }
        }
        true
    }

    /// Whether a rollback can be asked about, a first one or another in the place of one that is over or damaged; not tracked.
    pub fn may_roll_back(&self) -> bool {
        let another = self.may_start_another();
        self.session
            .with_confirmed_untracked(|state| state.closed.is_none() && (state.rollback.is_none() || another))
    }

    /// Whether another rollback can be started in the place of the newest one; not tracked.
    pub fn may_start_another(&self) -> bool {
        untrack(|| self.linked.may_start_another())
    }

    /// Opens the question whether to roll back, where there is a hold to ask it about.
    pub fn ask_for_rollback(&self) {
        let another = self.may_start_another();
        let why_not = self.session.with_confirmed_untracked(|state| {
            if state.closed.is_some() {
                return Some("The session is closed. A rollback of it is started from its runbook.");
            }
            if state.rollback.is_some() {
                let why = "A rollback was started already. Another one can be started once it is given up.";
                return (!another).then_some(why);
            }
            match state.hold() {
                None => Some("Nothing is on hold. The button Roll back asks whether to."),
                Some((step, _, hold)) if state.recommendation(step, hold).offers_rollback => None,
                Some(_) => Some("There is no rollback to start from here."),
            }
        });
        match why_not {
            None => self.dialog.set(Some(OpenDialog::Rollback)),
            Some(why) => self.attention.tell(why),
        }
    }

    /// Copies a command of a step, and notes in `copied` whether that worked.
    pub fn copy(&self, step: StepId, number: usize, text: String) {
        let (copied, attention) = (self.copied, self.attention);
        let rehearsal = self
            .session
            .with_untracked(|state| state.started.as_ref().is_some_and(|one| one.rehearsal));
        let real = if rehearsal { ", which is the real one" } else { "" };
        leptos::task::spawn_local(async move {
            let (what, said) = if copy_text(&text).await {
                (Copied::Yes(number), format!("Copied command {number}{real}."))
            } else {
                let said = format!("The browser did not let command {number} be copied. Select and copy it by hand.");
                (Copied::No(number), said)
            };
            copied.try_set(Some((step, what)));
            attention.say(said);
        });
    }

    /// Copies the first of the shown step's commands that is in view, with what is known filled in.
    pub fn copy_command_in_view(&self) {
        let (Some(id), number) = (self.shown.get_untracked(), command_in_view().unwrap_or(1)) else {
            return;
        };
        let text = self.session.with_untracked(|state| {
            let command = state.step(&id)?.commands().nth(number - 1)?;
            Some(filled(&command.text, &state.values_for_placeholders()))
        });
        if let Some(text) = text {
            self.copy(id, number, text);
        }
    }

    /// How long the session has lasted, as a clock shows it; tracked, and each second until it is closed.
    pub fn elapsed(&self) -> String {
        let Some(began) = self.began.get() else {
            return String::new();
        };
        let end = self.ended.get().unwrap_or_else(|| self.app.clock.now());
        clock(end - began)
    }
}
