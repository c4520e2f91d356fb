//! Going through the session: by event, by time, or as it went.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use leptos::prelude::*;
use leptos_use_interval_fn::use_interval_fn;

use super::told::format_of;
use crate::format::{TimeFormat, in_minutes, local_time};
use crate::state::replay::{ReplayStore, SPEEDS, use_replay};

/// How often the time is set while it is played, in milliseconds.
const TICK: u64 = 100;
/// A step of the slider by time that Page Up and Page Down make, in events.
const PAGE: isize = 10;

#[component]
pub fn Controls() -> impl IntoView {
    let replay = use_replay();
    view! {
        <div class="replay-controls" role="group" aria-label="Replay">
            <EventSlider />
            <TimeSlider />
            <div class="replay-play">
                <Play />
                <button type="button" class="btn small" on:click=move |_| replay.go_on(-1) disabled=move || replay.position() == 0>
                    "Previous event"
                </button>
                <button type="button" class="btn small" on:click=move |_| replay.go_on(1) disabled=move || at_end(replay)>
                    "Next event"
                </button>
                <button type="button" class="btn small" on:click=move |_| replay.go(usize::MAX) disabled=move || at_end(replay)>
                    "To the end"
                </button>
            </div>
        </div>
    }
}

fn at_end(replay: ReplayStore) -> bool {
    replay.position() + 1 >= replay.count()
}

/// `Event 12 of 40, 14:03:22`.
pub fn moment_words(replay: ReplayStore) -> String {
    let time = replay.time().map(|time| {
        let format = replay
            .timeline
            .with(|timeline| timeline.as_ref().map(|timeline| format_of(&timeline.axis)));
        local_time(time, format.unwrap_or(TimeFormat::Seconds))
    });
    format!(
        "Event {} of {}, {}",
        replay.position() + 1,
        replay.count(),
        time.unwrap_or_default()
    )
}

#[component]
fn EventSlider() -> impl IntoView {
    let replay = use_replay();
    let choose = move |event: leptos::ev::Event| {
        if let Ok(place) = event_target_value(&event).parse::<usize>() {
            replay.playing.set(false);
            replay.go(place.saturating_sub(1));
        }
    };
    view! {
        <label class="slider">
            <span>"By event"</span>
            <input
                type="range"
                aria-label="By event"
                min="1"
                max=move || replay.count().max(1).to_string()
                step="1"
                prop:value=move || (replay.position() + 1).to_string()
                aria-valuetext=move || moment_words(replay)
                on:input=choose
            />
            <output>{move || format!("{} of {}", replay.position() + 1, replay.count())}</output>
        </label>
    }
}

#[component]
fn TimeSlider() -> impl IntoView {
    let replay = use_replay();
    let axis = Memo::new(move |_| {
        replay
            .timeline
            .with(|timeline| timeline.as_ref().map(|timeline| timeline.axis))
    });
    let seconds = move || axis.get().map_or(1, |axis| axis.length().num_seconds().max(1));
    let value = move || {
        let after = axis
            .get()
            .zip(replay.time())
            .map(|(axis, time)| (time - axis.from).num_milliseconds());
        format!("{:.1}", after.unwrap_or(0) as f64 / 1_000.0)
    };
    let choose = move |event: leptos::ev::Event| {
        if let (Ok(after), Some(axis)) = (event_target_value(&event).parse::<f64>(), axis.get_untracked()) {
            replay.playing.set(false);
            replay.go_to(axis.at(after * 1_000.0 / axis.length().num_milliseconds() as f64));
        }
    };
    // A second more or less says nothing: the keys go from event to event here, too.
    let by_key = move |event: leptos::ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => 1,
            "ArrowLeft" | "ArrowDown" => -1,
            "PageUp" => PAGE,
            "PageDown" => -PAGE,
            "Home" => isize::MIN,
            "End" => isize::MAX,
            _ => return,
        };
        event.prevent_default();
        replay.playing.set(false);
        replay.go_on(by);
    };
    view! {
        <label class="slider">
            <span>"By time"</span>
            <input
                type="range"
                aria-label="By time"
                min="0"
                max=move || seconds().to_string()
                step="any"
                prop:value=value
                aria-valuetext=move || moment_words(replay)
                on:input=choose
                on:keydown=by_key
            />
            <output>{move || replay.time().map(|time| local_time(time, TimeFormat::Seconds))}</output>
        </label>
    }
}

#[component]
fn Play() -> impl IntoView {
    let replay = use_replay();
    let last = StoredValue::new(Utc::now());
    let smoothly = !prefers_reduced_motion();
    use_interval_fn(
        move || {
            let now = Utc::now();
            let real = now - last.get_value();
            last.set_value(now);
            // A tab out of sight is not given its time; it goes on where it was.
            replay.tick(real.clamp(TimeDelta::zero(), TimeDelta::seconds(1)), smoothly);
        },
        Duration::from_millis(TICK).as_millis() as u64,
    );
    let press = move |_| match replay.playing.get_untracked() {
        true => replay.playing.set(false),
        false => replay.play(),
    };
    let speeds = SPEEDS
        .map(|speed| view! { <option value=speed.to_string() selected=speed == 20>{format!("{speed}×")}</option> });
    let set_speed = move |event: leptos::ev::Event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            replay.speed.set(speed);
        }
    };
    let skipped = move || {
        let skipped = replay.skipped.get();
        skipped.map(|wait| format!("Skipped {} without an event.", in_minutes(wait)))
    };
    view! {
        <button type="button" class="btn primary small" on:click=press>
            {move || if replay.playing.get() { "Pause" } else { "Play" }}
        </button>
        <label class="speed">
            <span>"Speed"</span>
            <select on:change=set_speed>{speeds.collect_view()}</select>
        </label>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || replay.skip.get()
                on:change=move |event| replay.skip.set(event_target_checked(&event))
            />
            <span>"Skip waits that would take longer than 3 s to watch"</span>
        </label>
        <span class="small quiet skipped">{skipped}</span>
    }
}

fn prefers_reduced_motion() -> bool {
    let asked = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    asked.is_some_and(|asked| asked.matches())
}
