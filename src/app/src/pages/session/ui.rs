//! The state of a session's page beyond the session itself: which step is shown, which dialog is open.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{ClientCommand, GateId, Standing, StepId};
use leptos::prelude::*;

use crate::components::command::{Copied, copy_text};
use crate::components::markdown::filled;
use crate::components::scroll::{after_paint, focus};
use crate::format::clock;
use crate::state::app::{App, OpenSession, use_app};
use crate::state::drafts::Draft;
use crate::state::session::{Session, gate_to_run, perform, steps_in_outline, use_session};

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
}

/// Copying it copies handles.
#[derive(Clone, Copy)]
pub struct SessionUi {
    app: App,
    session: Session,
    /// The step that was chosen; the current one is shown when none was.
    selected: RwSignal<Option<StepId>>,
    /// The next step, while the session is open.
    current: Memo<Option<StepId>>,
    /// The step that is shown; none when none was chosen and all are done or the session is closed.
    pub shown: Memo<Option<StepId>>,
    shown_row: StoredValue<Selector<Option<StepId>>>,
    pub dialog: RwSignal<Option<OpenDialog>>,
    /// Here and not in its dialog, because clearing it, once it is sent, outlasts the dialog for a moment.
    pub note: Draft,
    pub summary: Draft,
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
    let selected = RwSignal::new(None::<StepId>);
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
        selected,
        current,
        shown,
        shown_row: StoredValue::new(Selector::new(move || shown.get())),
        dialog: RwSignal::new(None),
        note: Draft::of(session.id, "note"),
        summary: Draft::of(session.id, "summary"),
        copied: RwSignal::new(None),
        closed: Memo::new(move |_| session.with(|state| state.closed.is_some())),
        standing: Memo::new(move |_| session.with_confirmed(|state| state.standing())),
        began: Memo::new(move |_| session.with_confirmed(|state| state.started_at)),
        ended: Memo::new(move |_| session.with_confirmed(|state| state.closed.as_ref().map(|closed| closed.at))),
    };
    provide_context(ui);
    app.open_session.set(Some(OpenSession {
        steps: Callback::new(move |()| ui.step_titles()),
        show: Callback::new(move |step| ui.select(Some(step))),
    }));
    on_cleanup(move || app.open_session.set(None));
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
        let is_current = step == self.current.get_untracked();
        self.selected.set(step.filter(|_| !is_current));
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
        if self.send_if_allowed(ClientCommand::Tick { step }) {
            self.select(None);
            // The button that had the focus is gone with its step. The next one begins with its title.
            after_paint(|| focus("step-title"));
        }
    }

    /// Runs the first gate of the shown step that does not pass; on hold, the one that holds.
    pub fn run_first_gate(&self) {
        let now = self.app.clock.now_untracked();
        let shown = self.shown.get_untracked();
        let command = self.session.with_untracked(|state| {
            let of_shown = shown.and_then(|step| gate_to_run(state, &step, now));
            of_shown.or_else(|| {
                let (step, gate, _) = state.hold()?;
                Some(ClientCommand::RunGate {
                    step: step.clone(),
                    gate: gate.clone(),
                })
            })
        });
        if let Some(command) = command {
            self.send_if_allowed(command);
        }
    }

    fn send_if_allowed(&self, command: ClientCommand) -> bool {
        let allowed = untrack(|| self.session.refusal(command.clone())).is_none();
        if allowed {
            perform(self.session, command);
        }
        allowed
    }

    /// Copies a command of a step, and notes in `copied` whether that worked.
    pub fn copy(&self, step: StepId, number: usize, text: String) {
        let copied = self.copied;
        leptos::task::spawn_local(async move {
            let worked = copy_text(&text).await;
            let what = if worked {
                Copied::Yes(number)
            } else {
                Copied::No(number)
            };
            copied.try_set(Some((step, what)));
        });
    }

    /// Copies the shown step's first command, with what is known filled in.
    pub fn copy_first_command(&self) {
        let Some(id) = self.shown.get_untracked() else {
            return;
        };
        let text = self.session.with_untracked(|state| {
            let command = state.step(&id)?.commands().next()?;
            Some(filled(&command.text, &state.values_for_placeholders()))
        });
        if let Some(text) = text {
            self.copy(id, 1, text);
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
