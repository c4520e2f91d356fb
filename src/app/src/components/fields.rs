//! Values to fill in while running, and waiting times.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::Field;
use leptos::prelude::*;

use crate::components::icons::{Glyph, Icon};
use crate::components::time::{Clip, clock, local};
use crate::state::session::span;

/// What was filled in, and whether the proxy has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledIn {
    /// The value.
    pub value: String,
    /// Who filled it in and when; absent when nobody did.
    pub by: Option<(String, DateTime<Utc>)>,
    /// It is on its way to the proxy.
    pub pending: bool,
}

/// One value to fill in. It is saved when its field is left or Enter is pressed.
#[component]
pub fn FieldInput(
    /// The step's id, so that ids on the page differ.
    step: String,
    field: Field,
    filled: Memo<FilledIn>,
    /// Nothing more can be filled in.
    closed: Memo<bool>,
    /// Saves a value of a field.
    on_save: Callback<(String, String)>,
) -> impl IntoView {
    let Field { id: name, label } = field;
    let id = format!("field-{step}-{name}");
    let hint = format!("{id}-state");
    let state = move || {
        filled.with(|filled| match (&filled.by, filled.pending) {
            (_, true) => "waiting to be sent".to_owned(),
            (Some((who, at)), false) => format!("saved {} by {who}", local(*at, Clip::Minutes)),
            (None, false) => "not filled in".to_owned(),
        })
    };
    // A property is set whenever its closure runs, which would take away what is being typed.
    let value = Memo::new(move |_| filled.with(|filled| filled.value.clone()));
    let save = move |event| {
        let value = event_target_value(&event);
        if filled.with_untracked(|filled| filled.value != value) {
            on_save.run((name.clone(), value));
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                type="text"
                maxlength="2000"
                autocomplete="off"
                aria-describedby=hint.clone()
                prop:value=move || value.get()
                disabled=move || closed.get()
                on:change=save
            />
            <span
                id=hint.clone()
                class="field-state quiet small"
                class:pending=move || filled.with(|filled| filled.pending)
            >
                {state}
            </span>
        </div>
    }
}

/// The waiting time or time-box of a step.
#[component]
pub fn TimerView(
    /// Its length.
    seconds: u64,
    /// When it ends; absent when it was not started.
    ends: Memo<Option<DateTime<Utc>>>,
    now: Signal<DateTime<Utc>>,
    /// It cannot be started any more.
    closed: Memo<bool>,
    /// Starts it with this length.
    on_start: Callback<u64>,
) -> impl IntoView {
    let over = move || ends.get().is_some_and(|ends| ends <= now.get());
    let text = move || match ends.get() {
        None => span(seconds),
        Some(ends) => match ends - now.get() {
            left if left > TimeDelta::zero() => format!("{} left", clock(left)),
            _ => format!("over since {}", local(ends, Clip::Minutes)),
        },
    };
    let words = move || {
        if ends.get().is_some() {
            "Start again"
        } else {
            "Start timer"
        }
    };
    view! {
        <div class="timer">
            <Icon glyph=Glyph::Clock />
            <span class="timer-time" class:over=over role="timer" aria-label="Time left">{text}</span>
            <button
                type="button"
                class="btn small"
                disabled=move || closed.get()
                on:click=move |_| on_start.run(seconds)
            >
                {words}
            </button>
        </div>
    }
}
