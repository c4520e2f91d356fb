//! The gates of the shown step, each with its panel.

use holdpoint_domain::session::{ClientCommand, StepId};
use leptos::prelude::*;

use super::gate_panel::GatePanel;
use super::ui::{OpenDialog, use_ui};
use crate::state::app::use_app;
use crate::state::session::{Asked, gate_view, use_session};

#[component]
pub fn StepGate(step: StepId, gate: String) -> impl IntoView {
    let (session, clock, ui) = (use_session(), use_app().clock, use_ui());
    let id = StoredValue::new(gate.clone());
    let place = StoredValue::new((step.clone(), gate.clone()));
    let command = StoredValue::new(ClientCommand::RunGate { step, gate });
    let view = Memo::new(move |_| {
        let now = clock.now();
        let asked = command.with_value(|command| match session.is_pending(|pending| pending == command) {
            true => Asked::Waits,
            false if session.is_not_run(command) => Asked::NotRun,
            false => Asked::No,
        });
        place.with_value(|(step, gate)| session.with(|state| gate_view(state, step, gate, asked, now)))
    });
    let runs = Memo::new(move |_| place.with_value(|(step, gate)| session.gate_runs(step, gate)));
    let run = Memo::new(move |_| view.with(|view| view.running.map(|(run, _)| run)));
    let refusal = Memo::new(move |_| session.refusal(command.get_value()));
    let first = Memo::new(move |_| {
        let found = ui.gates_of_key(clock.now());
        command.with_value(|command| found.contains(command))
    });
    let cancelling = Memo::new(move |_| {
        let wish = run.get().map(|run| ClientCommand::CancelGate { run });
        wish.is_some_and(|wish| session.is_pending(|pending| *pending == wish))
    });
    view! {
        <GatePanel
            gate=view
            live=Signal::derive(move || run.get().and_then(|run| session.live_run(run)))
            observation=Signal::derive(move || place.with_value(|place| session.observation(place)))
            refusal
            first
            cancelling
            now=clock.signal()
            on_run=Callback::new(move |()| {
                ui.run(command.get_value());
            })
            runs
            on_evidence=Callback::new(move |seq| ui.dialog.set(Some(OpenDialog::Evidence(seq))))
            on_compare=Callback::new(move |()| ui.dialog.set(Some(OpenDialog::Declaration(id.get_value()))))
            on_cancel=Callback::new(move |run| session.send(ClientCommand::CancelGate { run }))
        />
    }
}
