//! The two that are compared, each in a few figures.

use holdpoint_domain::session::span_in_words;
use holdpoint_domain::wire::{ComparedSide, Comparison};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::time::Time;
use crate::components::words::EnvBadge;
use crate::format::TimeFormat;

#[component]
pub fn Sides(found: Comparison) -> impl IntoView {
    view! {
        <div class="compare-sides">
            <Side title="Here" side=found.this />
            <Side title="There" side=found.other />
        </div>
    }
}

#[component]
fn Side(title: &'static str, side: ComparedSide) -> impl IntoView {
    let of_runbook = side.session.is_none();
    let name = match side.session {
        Some(id) => view! { <A href=format!("/sessions/{id}")>{side.name}</A> }.into_any(),
        None => format!("The runbook’s own times: {}", side.name).into_any(),
    };
    let badge = side.environment.map(|name| {
        view! { " "<EnvBadge name production=side.production rehearsal=side.rehearsal /> }
    });
    let length = match (side.seconds, of_runbook) {
        (Some(seconds), _) => span_in_words(seconds),
        (None, true) => "the runbook gives none".to_owned(),
        (None, false) => "not closed".to_owned(),
    };
    let fact = |name: &'static str, value: String| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    let holds = match side.holds {
        0 => "0".to_owned(),
        holds => format!("{holds} ({})", span_in_words(side.seconds_on_hold)),
    };
    let facts = (!of_runbook).then(|| {
        view! {
            {side.stands.map(|stands| fact("Standing", stands))}
            {side.started.map(|at| view! { <div><dt>"Started"</dt><dd><Time at format=TimeFormat::Day /></dd></div> })}
            {side.captain.map(|captain| fact("Captain", captain))}
            {fact("Gate runs", side.gate_runs.to_string())}
            {fact("Holds", holds)}
            {fact("Without a pass", side.without_pass.to_string())}
            {fact("Left out", side.left_out.to_string())}
        }
    });
    view! {
        <div role="group" aria-label=title>
            <p class="label">{title}</p>
            <p><b>{name}</b>{badge}</p>
            <dl class="facts">{fact("Length", length)}{facts}</dl>
        </div>
    }
}
