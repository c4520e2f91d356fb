//! What must be seen whatever step is shown: the hold, a rollback under way, the connection, commands not accepted.

use holdpoint_domain::session::{ClientCommand, Standing};

use super::desk::{Asking, Desk};
use crate::cells::{Callback, Derived};
use crate::components::dom::{El, button, div, el, phrase};
use crate::components::hold::{HoldActs, HoldView, hold_bar};
use crate::components::words::{Word, status};
use crate::state::outbox::Entry;
use crate::state::session::Link;

/// The hold banner, while there is a hold.
pub fn hold_notice(desk: Desk) -> El {
    let store = desk.store;
    let hold = Derived::new(move |()| {
        let mut hold = store.with_confirmed(|state| {
            let (step, gate, hold) = state.hold().filter(|_| state.standing() == Standing::Hold)?;
            Some(HoldView {
                step: step.clone(),
                gate: gate.clone(),
                reason: hold.reason.clone(),
                advice: hold.advice,
                more: state.holds.len().saturating_sub(1),
                refusal: None,
            })
        })?;
        hold.refusal = store.refusal(ClientCommand::RunGate {
            step: hold.step.clone(),
            gate: hold.gate.clone(),
        });
        Some(hold)
    });
    let acts = HoldActs {
        on_rollback: Callback::new(move |()| desk.asking.set(Some(Asking::Rollback))),
        on_run: Callback::new(move |(step, gate)| desk.store.ask(ClientCommand::RunGate { step, gate })),
        on_show: Callback::new(move |step| desk.select(Some(step))),
    };
    el("div").live_children(move || match hold.get() {
        Some(hold) => vec![hold_bar(hold, acts)],
        None => Vec::new(),
    })
}

/// Everything else that must be seen.
pub fn notices(desk: Desk) -> [El; 3] {
    [rolling_back(desk), connection(desk), refused(desk)]
}

fn rolling_back(desk: Desk) -> El {
    let other = Derived::new(move |()| {
        desk.store
            .with(|state| state.rollback.filter(|_| state.closed.is_none()))
    });
    let words = "This session is being undone. Nothing more can be ticked here; close it when the rollback is done.";
    let there = el("a")
        .live_attr("href", move || other.get().map(|id| format!("/sessions/{id}")))
        .class("btn")
        .text("Go to the rollback");
    let close = button("btn")
        .text("Close session")
        .on_click(move || desk.asking.set(Some(Asking::Close)));
    el("section")
        .class("notice back")
        .label("Rollback")
        .live_hidden(move || other.with(Option::is_none))
        .child(status(Word::Back, "ROLLING BACK"))
        .child(el("p").text(words))
        .child(div("acts").child(there).child(close))
}

/// How the connection stands, in the words of a status line.
fn connection(desk: Desk) -> El {
    let outbox = desk.app.outbox;
    let words = Derived::new(move |()| {
        let waiting = outbox.waiting();
        match (desk.store.link(), outbox.trouble()) {
            (Link::Offline, _) | (_, Some(_)) => (Word::Hold, format!("Offline: {waiting} waiting to be sent")),
            (Link::Reconnecting, None) => (Word::Run, "Reconnecting…".to_owned()),
            (Link::Connecting, None) => (Word::Wait, "Connecting…".to_owned()),
            (Link::Live, None) => (Word::Go, "Live".to_owned()),
        }
    });
    let why = move || {
        outbox
            .unkept()
            .or_else(|| outbox.trouble().map(|error| error.to_string()))
            .unwrap_or_default()
    };
    let class = move || {
        words.with(|(kind, _)| {
            if *kind == Word::Go {
                "connection"
            } else {
                "connection trouble"
            }
        })
    };
    let word = el("span")
        .live_look(move || words.with(|(kind, _)| kind.class()))
        .live_text(move || words.with(|(_, text)| text.clone()));
    let again = button("btn bare small")
        .text("Try now")
        .live_hidden(move || outbox.trouble().is_none())
        .on_click(move || outbox.nudge());
    el("div")
        .live_look(class)
        .child(el("span").role("status").label("Connection").child(word))
        .child(phrase("quiet small").live_text(why))
        .child(again)
}

/// What the proxy did not accept, until the person has seen it, and what was kept and cannot be read, for good.
fn refused(desk: Desk) -> El {
    let refused = Derived::new(move |()| desk.app.outbox.refused());
    let unread = Derived::new(move |()| desk.app.outbox.unread());
    let lines = move || {
        let mut lines = Vec::new();
        for words in &unread.get() {
            lines.push(el("li").text(words));
        }
        for entry in &refused.get() {
            lines.push(refused_entry(desk, entry));
        }
        lines
    };
    let section = move || {
        if refused.with(Vec::is_empty) && unread.with(Vec::is_empty) {
            return Vec::new();
        }
        let list = el("ul").label("Not accepted").live_children(lines);
        let section = el("section")
            .class("notice refused")
            .role("alert")
            .label("Not accepted");
        vec![section.child(status(Word::NoGo, "Not accepted")).child(list)]
    };
    el("div").live_children(section)
}

fn refused_entry(desk: Desk, entry: &Entry) -> El {
    let key = entry.key;
    let what = command_words(desk, entry);
    let dismiss = button("btn bare small")
        .attr(
            "aria-label",
            &format!("Dismiss: {}", command_name(&entry.request.command)),
        )
        .on_click(move || desk.app.outbox.dismiss(key))
        .text("Dismiss");
    let why = entry.refused.as_ref().map(|why| why.to_string()).unwrap_or_default();
    el("li")
        .child(el("span").child(el("b").text(&what)).text(&format!(" {why}")))
        .child(dismiss)
}

fn command_words(desk: Desk, entry: &Entry) -> String {
    let name = command_name(&entry.request.command);
    let more = match &entry.request.command {
        ClientCommand::AddNote { text, .. } => format!(" “{text}”"),
        ClientCommand::FillValue { value, .. } => format!(" “{value}”"),
        ClientCommand::Close { summary, .. } if !summary.is_empty() => format!(" “{summary}”"),
        _ => String::new(),
    };
    let elsewhere = if entry.session == desk.store.id {
        ""
    } else {
        " (in another session)"
    };
    format!("{name}{more}{elsewhere}:")
}

fn command_name(command: &ClientCommand) -> &'static str {
    match command {
        ClientCommand::Tick { .. } => "Tick",
        ClientCommand::Untick { .. } => "Take back",
        ClientCommand::Skip { .. } => "Skip",
        ClientCommand::RunGate { .. } => "Run gate",
        ClientCommand::AddNote { .. } => "Note",
        ClientCommand::FillValue { .. } => "Value",
        ClientCommand::StartTimer { .. } => "Timer",
        ClientCommand::Close { .. } => "Close session",
    }
}
