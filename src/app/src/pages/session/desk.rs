//! The desk: head, hold, outline, step and log of one session, and what they share.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{ClientCommand, Standing};
use leptos::prelude::*;
use web_sys::Element;

use super::actions::done_panel;
use super::dialogs::dialogs;
use super::head::session_head;
use super::keys::with_keys;
use super::notices::{hold_notice, notices};
use super::step_view::step_view;
use crate::cells::{Callback, Derived, Held, Read};
use crate::components::command::{Copied, copy_text};
use crate::components::common::{page_main, page_title};
use crate::components::dom::{El, div};
use crate::components::log::log;
use crate::components::markdown::filled;
use crate::components::outline::{OutlineList, outline};
use crate::components::words::Word;
use crate::state::app::{AppState, OnScreen};
use crate::state::session::{SessionStore, StepRow, gate_to_run, log_lines, step_rows};

/// Which dialog is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Add a note.
    Note,
    /// Start the rollback.
    Rollback,
    /// Close the session.
    Close,
    /// Leave this step out.
    Skip(String),
    /// Take back the tick of this step.
    TakeBack(String),
    /// Which keys there are.
    Keys,
}

/// What the views of the desk share. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What every page shares.
    pub app: AppState,
    /// The session.
    pub store: SessionStore,
    /// The step that was chosen; the current one is shown when none was.
    selected: Held<Option<String>>,
    /// The dialog that is open.
    pub asking: Held<Option<Asking>>,
    /// The command that was copied last.
    pub copied: Held<Option<Copied>>,
    /// How each step stands.
    pub rows: Derived<Vec<(String, StepRow)>>,
    /// The step that is shown; none when all are done and none was chosen.
    pub shown: Derived<Option<String>>,
    /// Nothing more can be asked of the session but notes.
    pub closed: Derived<bool>,
    /// How the session stands by what the proxy recorded: a close on its way is not yet one.
    pub standing: Derived<Standing>,
}

impl Desk {
    /// A desk for a session that is loaded.
    pub fn new(app: AppState, store: SessionStore) -> Self {
        let selected = Held::new(None::<String>);
        let current = Derived::new(move |()| store.with(|state| state.next_step().map(|step| step.id.clone())));
        Self {
            app,
            store,
            selected,
            asking: Held::new(None),
            copied: Held::new(None),
            rows: Derived::new(move |()| {
                let mut rows = store.with(step_rows);
                store.with_confirmed(|state| {
                    for (id, row) in &mut rows {
                        row.status = row.status.as_recorded(state, id);
                    }
                });
                rows
            }),
            shown: Derived::new(move |()| selected.get().or_else(|| current.get())),
            closed: Derived::new(move |()| store.with(|state| state.closed.is_some())),
            standing: Derived::new(move |()| store.with_confirmed(|state| state.standing())),
        }
    }

    /// Shows a step; none shows the current one, and goes on with it.
    pub fn select(&self, step: Option<String>) {
        self.selected.set(step);
        self.copied.set(None);
    }

    /// Shows the step after or before the one that is shown.
    pub fn select_by(&self, by: isize) {
        let steps = self.step_titles();
        let shown = self.shown.get_untracked();
        let here = steps.iter().position(|(id, _)| Some(id) == shown.as_ref());
        let next = match here {
            Some(here) => here.checked_add_signed(by),
            None if by < 0 => steps.len().checked_sub(1),
            None => Some(0),
        };
        if let Some((id, _)) = next.and_then(|next| steps.get(next)) {
            self.select(Some(id.clone()));
        }
    }

    /// The steps, ids and titles, in order.
    fn step_titles(&self) -> Vec<(String, String)> {
        self.store.with_untracked(|state| {
            fn walk(steps: &[Step], into: &mut Vec<(String, String)>) {
                for step in steps {
                    into.push((step.id.clone(), step.title.clone()));
                    walk(&step.children, into);
                }
            }
            let mut titles = Vec::new();
            if let Some(procedure) = &state.procedure {
                walk(&procedure.steps, &mut titles);
            }
            titles
        })
    }

    /// The text of the shown step's first command, with what is known filled in.
    pub fn first_command(&self) -> Option<String> {
        let id = self.shown.get_untracked()?;
        self.store.with_untracked(|state| {
            let step = state.procedure.as_ref()?.step(&id)?;
            let command = step.commands().next()?;
            Some(filled(&command.text, &state.values_for_placeholders()))
        })
    }

    /// Ticks a step and goes on with the next, unless a rule refuses it.
    pub fn tick(&self, step: String) {
        let command = ClientCommand::Tick { step };
        if untrack(|| self.store.refusal(command.clone())).is_none() {
            self.store.ask(command);
            self.select(None);
        }
    }

    /// Runs the first gate of the shown step that does not pass; on hold, the one that holds.
    pub fn run_first_gate(&self) {
        let now = self.app.clock.now_untracked();
        let shown = self.shown.get_untracked();
        let command = self.store.with_untracked(|state| {
            let of_shown = shown.as_deref().and_then(|step| gate_to_run(state, step, now));
            of_shown.or_else(|| {
                let (step, gate, _) = state.hold()?;
                Some(ClientCommand::RunGate {
                    step: step.clone(),
                    gate: gate.clone(),
                })
            })
        });
        if let Some(command) = command.filter(|command| untrack(|| self.store.refusal(command.clone())).is_none()) {
            self.store.ask(command);
        }
    }

    /// Puts a command of the shown step into the clipboard, and says whether that worked.
    pub fn copy(&self, number: usize, text: String) {
        let copied = self.copied;
        leptos::task::spawn_local(async move {
            let worked = copy_text(&text).await;
            copied.set(Some(if worked {
                Copied::Yes(number)
            } else {
                Copied::No(number)
            }));
        });
    }
}

/// The whole view.
pub fn desk_view(desk: Desk) -> Vec<El> {
    let store = desk.store;
    desk.app.set_on_screen(Some(OnScreen {
        steps: Callback::new(move |()| desk.step_titles()),
        show: Callback::new(move |id| desk.select(Some(id))),
    }));
    on_cleanup(move || desk.app.set_on_screen(None));
    let title = store.with_untracked(|state| state.started.as_ref().map(|started| started.procedure_title.clone()));
    let title = title.unwrap_or_else(|| "Session".to_owned());
    let page = title.clone();
    let most = Held::new(200_usize);
    let lines = Derived::new(move |()| {
        store.with_confirmed(|state| store.with_records(|records| log_lines(state, records, most.get())))
    });
    let procedure = store.with_untracked(|state| state.procedure.clone());
    let steps = procedure.as_ref().map_or(&[][..], |procedure| &procedure.steps);
    let list = OutlineList {
        rows: desk.rows,
        shown: desk.shown,
        on_select: Callback::new(move |id| desk.select(Some(id))),
    };
    let name = move |_: &Element| page_title(&format!("{} {page}", Word::of_standing(desk.standing.get()).1));
    let step = move || match desk.shown.get() {
        Some(id) => vec![untrack(|| step_view(desk, id))],
        None => vec![untrack(|| done_panel(desk))],
    };
    let progress = Read::derive(move || store.with_confirmed(|state| state.progress()));
    let total = Read::derive(move || store.with_records(<[_]>::len));
    let more = Callback::new(move |()| most.update(|most| *most += 500));
    let columns = div("desk")
        .child(outline(&title, progress, steps, list))
        .child(page_main("work").live_children(step))
        .child(log(lines, total, more));
    let mut parts = vec![session_head(desk).live(name), hold_notice(desk)];
    parts.extend(notices(desk));
    parts.extend([with_keys(columns, desk), dialogs(desk)]);
    parts
}
