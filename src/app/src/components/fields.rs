//! Values to fill in while running, and waiting times.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::Field;
use leptos::prelude::*;

use crate::components::icons::{Glyph, Icon};
use crate::format::{TimeFormat, clock, duration_s, local_time};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledIn {
    pub value: String,
    /// Who filled it in and when; none when nobody did.
    pub by: Option<(String, DateTime<Utc>)>,
    /// It waits to be sent.
    pub pending: bool,
}

/// One value to fill in. It is saved when its field is left or Enter is pressed, and where that did not happen, by a button.
#[component]
pub fn FieldInput(
    /// The step's id, so that ids on the page differ.
    step: String,
    field: Field,
    filled: Memo<FilledIn>,
    /// What was typed and is not saved.
    typed: Memo<Option<String>>,
    on_typed: Callback<String>,
    closed: Memo<bool>,
    on_save: Callback<String>,
) -> impl IntoView {
    let Field { id: name, label } = field;
    let unsaved = move || typed.with(Option::is_some);
    let id = format!("field-{step}-{name}");
    let hint = format!("{id}-state");
    let state = move || {
        filled.with(|filled| match (&filled.by, filled.pending) {
            (_, false) if unsaved() => "not saved yet".to_owned(),
            (_, true) => "waiting to be sent".to_owned(),
            (Some((who, at)), false) => format!("saved {} by {who}", local_time(*at, TimeFormat::Minutes)),
            (None, false) => "not filled in".to_owned(),
        })
    };
    // A property is set whenever its closure runs, which would take away what is being typed.
    let value = Memo::new(move |_| {
        typed
            .get()
            .unwrap_or_else(|| filled.with(|filled| filled.value.clone()))
    });
    let save = move || {
        if let Some(value) = typed.get_untracked() {
            on_save.run(value);
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
                on:input=move |event| on_typed.run(event_target_value(&event))
                on:change=move |_| save()
            />
            <span
                id=hint.clone()
                class="field-state quiet small"
                class:pending=move || filled.with(|filled| filled.pending)
            >
                {state}
                <button
                    type="button"
                    class="btn small"
                    hidden=move || !unsaved() || closed.get()
                    on:click=move |_| save()
                >
                    "Save"
                </button>
            </span>
        </div>
    }
}

#[component]
pub fn TimerView(
    seconds: u64,
    /// None when it was not started.
    ends: Memo<Option<DateTime<Utc>>>,
    now: Signal<DateTime<Utc>>,
    closed: Memo<bool>,
    /// Gets the length, in seconds.
    on_start: Callback<u64>,
) -> impl IntoView {
    let over = move || ends.get().is_some_and(|ends| ends <= now.get());
    let text = move || match ends.get() {
        None => duration_s(seconds),
        Some(ends) => match ends - now.get() {
            left if left > TimeDelta::zero() => format!("{} left", clock(left)),
            _ => format!("over since {}", local_time(ends, TimeFormat::Minutes)),
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
