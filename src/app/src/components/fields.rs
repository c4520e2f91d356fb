//! Values to fill in while running, and waiting times.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::Field;

use crate::cells::{Callback, Read};
use crate::components::dom::{El, button, div, el, value_of};
use crate::components::icons::{Glyph, icon};
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

/// One value to fill in. It is saved when its field is left or Enter is pressed. The step's id keeps ids on the page apart.
pub fn field_input(
    step: &str,
    field: &Field,
    filled: Read<FilledIn>,
    closed: Read<bool>,
    on_save: Callback<(String, String)>,
) -> El {
    let id = format!("field-{step}-{}", field.id);
    let hint = format!("{id}-state");
    let state = move || {
        filled.with(|filled| match (&filled.by, filled.pending) {
            (_, true) => "waiting to be sent".to_owned(),
            (Some((who, at)), false) => format!("saved {} by {who}", local(*at, Clip::Minutes)),
            (None, false) => "not filled in".to_owned(),
        })
    };
    let pending = move || filled.with(|filled| filled.pending);
    let class = move || {
        if pending() {
            "field-state quiet small pending"
        } else {
            "field-state quiet small"
        }
    };
    let name = field.id.clone();
    let input = el("input")
        .id(&id)
        .attr("type", "text")
        .attr("maxlength", "2000")
        .attr("autocomplete", "off")
        .attr("aria-describedby", &hint)
        .live_value(move || filled.with(|filled| filled.value.clone()))
        .live_flag("disabled", move || closed.get())
        .on("change", move |event| {
            let value = value_of(&event);
            if filled.with_untracked(|filled| filled.value != value) {
                on_save.run((name.clone(), value));
            }
        });
    div("field")
        .child(el("label").attr("for", &id).text(&field.label))
        .child(input)
        .child(el("span").id(&hint).live_look(class).live_text(state))
}

/// The waiting time or time-box of a step: its length, and when it ends once it was started.
pub fn timer_view(
    seconds: u64,
    ends: Read<Option<DateTime<Utc>>>,
    now: Read<DateTime<Utc>>,
    closed: Read<bool>,
    on_start: Callback<u64>,
) -> El {
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
    let over = move || left().is_some_and(|(over, _)| over);
    let class = move || if over() { "timer-time over" } else { "timer-time" };
    let words = move || {
        if ends.get().is_some() {
            "Start again"
        } else {
            "Start timer"
        }
    };
    let shown = el("span")
        .live_look(class)
        .role("timer")
        .label("Time left")
        .live_text(move || left().map_or_else(|| span(seconds), |(_, text)| text));
    let start = button("btn small")
        .live_flag("disabled", move || closed.get())
        .on_click(move || on_start.run(seconds))
        .live_word(words);
    div("timer").child(icon(Glyph::Clock)).child(shown).child(start)
}
