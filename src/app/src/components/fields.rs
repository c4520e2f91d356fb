//! Values to fill in while running, and waiting times.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::Field;
use leptos::prelude::*;

use crate::cells::Read;
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
    #[prop(into)]
    step: String,
    /// Which.
    field: Field,
    /// What was filled in.
    #[prop(into)]
    filled: Read<FilledIn>,
    /// Nothing more can be filled in.
    #[prop(into)]
    closed: Read<bool>,
    /// Saves a value.
    on_save: Callback<(String, String)>,
) -> impl IntoView {
    let id = format!("field-{step}-{}", field.id);
    let hint = format!("{id}-state");
    let state = move || {
        filled.with(|filled| match (&filled.by, filled.pending) {
            (_, true) => "waiting to be sent".to_owned(),
            (Some((who, at)), false) => format!("saved {} by {who}", local(*at, Clip::Minutes)),
            (None, false) => "not filled in".to_owned(),
        })
    };
    let name = field.id.clone();
    view! {
        <div class="field">
            <label for=id.clone()>{field.label.clone()}</label>
            <input
                id=id.clone()
                type="text"
                maxlength="2000"
                autocomplete="off"
                aria-describedby=hint.clone()
                prop:value=move || filled.with(|filled| filled.value.clone())
                disabled=move || closed.get()
                on:change=move |event| {
                    let value = event_target_value(&event);
                    if filled.with_untracked(|filled| filled.value != value) {
                        on_save.run((name.clone(), value));
                    }
                }
            />
            <span class="field-state quiet small" id=hint class:pending=move || filled.with(|filled| filled.pending)>{state}</span>
        </div>
    }
}

/// The waiting time or time-box of a step.
#[component]
pub fn TimerView(
    /// Its length in seconds.
    seconds: u64,
    /// When it ends; absent when it was not started.
    #[prop(into)]
    ends: Read<Option<DateTime<Utc>>>,
    /// The time.
    #[prop(into)]
    now: Read<DateTime<Utc>>,
    /// Why it cannot be started, where it cannot.
    #[prop(into)]
    closed: Read<bool>,
    /// Starts it.
    on_start: Callback<u64>,
) -> impl IntoView {
    let left = move || {
        ends.get().map(|ends| {
            let left = ends - now.get();
            if left > TimeDelta::zero() {
                (false, format!("{} left", clock(left)))
            } else {
                (true, format!("over since {}", local(ends, Clip::Minutes)))
            }
        })
    };
    let text = move || left().map_or_else(|| span(seconds), |(_, text)| text);
    view! {
        <div class="timer">
            <Icon glyph=Glyph::Clock />
            <span class="timer-time" role="timer" aria-label="Time left" class:over=move || left().is_some_and(|(over, _)| over)>{text}</span>
            <button type="button" class="btn small" disabled=move || closed.get() on:click=move |_| on_start.run(seconds)>
                {move || if ends.get().is_some() { "Start again" } else { "Start timer" }}
            </button>
        </div>
    }
}
