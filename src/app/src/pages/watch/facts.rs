//! What it waits for, since when, who decides, and when it is likely to be finished.

use chrono::TimeDelta;
use holdpoint_domain::summary::{LikelyEnd, Stage, StageStatus, Summary};
use holdpoint_domain::wire::Usual;
use leptos::prelude::*;

use crate::components::time::{Clip, Time, local};
use crate::state::app::use_app;
use crate::state::session::use_session;

#[component]
pub fn Facts(summary: Memo<Option<Summary>>) -> impl IntoView {
    view! { <dl class="facts">{move || summary.get().map(|summary| view! { <List summary /> })}</dl> }
}

#[component]
fn List(summary: Summary) -> impl IntoView {
    let (session, clock) = (use_session(), use_app().clock);
    let (over, all) = summary.progress();
    let waiting = summary
        .waiting_for
        .clone()
        .map(|waiting| view! { <dt>"Waiting for"</dt><dd>{waiting}</dd> });
    let since = summary.since.map(|at| match summary.closed {
        true => view! { <dt>"Ended"</dt><dd><Time at clip=Clip::Minutes /></dd> }.into_any(),
        false => {
            let long = move || format!(" ({})", length(clock.now() - at));
            view! { <dt>"Since"</dt><dd><Time at clip=Clip::Minutes /><span class="quiet">{long}</span></dd> }
                .into_any()
        }
    });
    let decides = if summary.closed { "Who decided" } else { "Who decides" };
    let (captain, dots) = (summary.captain.clone(), summary.stages.iter().map(dot).collect_view());
    let likely = Memo::new(move |_| {
        let usual = session.usual.get()?;
        summary
            .likely_end(Some(usual), clock.now())
            .map(|likely| end(likely, usual))
    });
    view! {
        {waiting}
        {since}
        <dt>{decides}</dt>
        <dd>{captain}</dd>
        <dt>"You need to do"</dt>
        <dd>"Nothing"</dd>
        {move || likely.get().map(|end| view! { <dt>"Likely finished"</dt><dd>{end}</dd> })}
        <dt>"Done"</dt>
        <dd>
            {format!("{over} of {all}")}
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
        StageStatus::Now | StageStatus::Later => None,
    };
    view! { <i class=class></i> }
}

fn end(likely: LikelyEnd, usual: Usual) -> String {
    match likely {
        LikelyEnd::Between(from, to) => {
            let (from, to) = (local(from, Clip::Minutes), local(to, Clip::Minutes));
            let when = if from == to { from } else { format!("{from}–{to}") };
            format!("{when}, as the last {} were", usual.sessions)
        }
        LikelyEnd::LaterThanUsual => "Later than usual".to_owned(),
    }
}

/// A length of time in the words of people who do not count seconds.
pub fn length(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (hours, minutes) if hours < 24 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days", hours / 24),
    }
}
