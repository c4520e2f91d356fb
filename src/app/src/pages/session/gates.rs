//! The gates of the shown step, each with its panel.

use holdpoint_domain::session::ClientCommand;

use super::desk::Desk;
use crate::cells::{Callback, Derived, Held, Read};
use crate::components::dom::El;
use crate::components::gate_panel::{GateSignals, gate_panel};
use crate::state::session::{gate_to_run, gate_view};

/// One gate of a step.
pub fn step_gate(desk: Desk, step: String, gate: String) -> El {
    let store = desk.store;
    let place = Held::new((step, gate));
    let command = move || {
        place.with_untracked(|(step, gate)| ClientCommand::RunGate {
            step: step.clone(),
            gate: gate.clone(),
        })
    };
    let view = Derived::new(move |()| {
        let now = desk.app.clock.now();
        let asked = store.is_pending(|asked| *asked == command());
        store.with(|state| place.with_untracked(|(step, gate)| gate_view(state, step, gate, asked, now)))
    });
    let run = Derived::new(move |()| view.with(|view| view.running.map(|(run, _)| run)));
    let refusal = Derived::new(move |()| store.refusal(command()));
    let first = Derived::new(move |()| {
        let now = desk.app.clock.now();
        let found = store.with(|state| place.with_untracked(|(step, _)| gate_to_run(state, step, now)));
        found == Some(command())
    });
    let signals = GateSignals {
        gate: view,
        live: Read::derive(move || run.get().and_then(|run| store.live(run))),
        look: Read::derive(move || place.with_untracked(|(step, gate)| store.look(step, gate))),
        refusal: refusal.into(),
        first: first.into(),
        now: Read::derive(move || desk.app.clock.now()),
    };
    gate_panel(signals, Callback::new(move |()| store.ask(command())))
}
