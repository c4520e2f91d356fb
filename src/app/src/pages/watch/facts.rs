//! What it waits for, since when, who decides, and when it is likely to be finished.

use holdpoint_domain::summary::{Stage, StageStatus, Summary};
use leptos::prelude::*;

use crate::components::time::Time;
use crate::format::{TimeFormat, in_minutes};
use crate::state::app::use_app;
use crate::state::session::{likely_end, use_session};

#[component]
pub fn Facts(summary: Memo<Option<Summary>>, #[prop(into)] lost: Signal<bool>) -> impl IntoView {
    view! { <dl class="facts">{move || summary.get().map(|summary| view! { <List summary lost /> })}</dl> }
}

#[component]
fn List(summary: Summary, lost: Signal<bool>) -> impl IntoView {
    let (session, clock) = (use_session(), use_app().clock);
    let (over, all) = summary.progress();
    let waiting = summary
        .waiting_for
        .clone()
        .map(|waiting| view! { <dt>"Waiting for"</dt><dd>{waiting}</dd> });
    let since = summary.since.map(|at| match summary.closed {
        true => view! { <dt>"Ended"</dt><dd><Time at format=TimeFormat::Minutes /></dd> }.into_any(),
        false => {
            let long = move || format!(" ({})", in_minutes(clock.now() - at));
            view! { <dt>"Since"</dt><dd><Time at format=TimeFormat::Minutes /><span class="quiet">{long}</span></dd> }
                .into_any()
        }
    });
    let decides = if summary.closed { "Who decided" } else { "Who decides" };
    let ask = summary.sentence.ask.clone().unwrap_or_else(|| "Nothing".to_owned());
    // The dots are for the eye alone.
    let without = summary
        .stages
        .iter()
        .filter(|stage| stage.status == StageStatus::WithoutPass)
        .count();
    // While it goes on the captain does; whoever else decided something is named once it is over.
    let who = match summary.closed {
        true => summary.deciders.join(", "),
        false => summary.captain.clone(),
    };
    let dots = summary.stages.iter().map(dot).collect_view();
    let likely = likely_end(session);
    view! {
        {waiting}
        {since}
        <dt>{decides}</dt>
        <dd>{who}</dd>
        <dt>"You need to do"</dt>
        <dd>{move || if lost.get() { "Nothing is known now".to_owned() } else { ask.clone() }}</dd>
        // What is not known now is not reckoned with.
        {move || {
            likely.get().filter(|_| !lost.get()).map(|end| view! { <dt>"When it ends"</dt><dd class="ends">{end}</dd> })
        }}
        <dt>"Done"</dt>
        <dd>
            {format!("{over} of {all}")}
            // Nothing of what was undone is counted.
            {(over > 0 && without > 0).then(|| format!(", {without} without a pass"))}
            <span class="dots" aria-hidden="true">
                {dots}
            </span>
        </dd>
    }
}

fn dot(stage: &Stage) -> impl IntoView + use<> {
    let class = match stage.status {
        StageStatus::Held => Some("held"),
        StageStatus::Done | StageStatus::LeftOut => Some("on"),
        StageStatus::WithoutPass => Some("on nopass"),
        StageStatus::DoneBefore
        | StageStatus::Undone
        | StageStatus::NotDone
        | StageStatus::Now
        | StageStatus::Later => None,
    };
    view! { <i class=class></i> }
}
