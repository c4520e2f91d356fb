//! What it waits for, since when, who decides, and when it is likely to be finished.

use holdpoint_domain::summary::{LikelyEnd, Stage, StageStatus, Summary};
use holdpoint_domain::wire::Usual;
use leptos::prelude::*;

use crate::components::time::Time;
use crate::format::{TimeFormat, in_minutes, local_time};
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
        true => view! { <dt>"Ended"</dt><dd><Time at format=TimeFormat::Minutes /></dd> }.into_any(),
        false => {
            let long = move || format!(" ({})", in_minutes(clock.now() - at));
            view! { <dt>"Since"</dt><dd><Time at format=TimeFormat::Minutes /><span class="quiet">{long}</span></dd> }
                .into_any()
        }
    });
    let decides = if summary.closed { "Who decided" } else { "Who decides" };
    // The dots are for the eye alone.
    let without = summary
        .stages
        .iter()
        .filter(|stage| stage.status == StageStatus::WithoutPass)
        .count();
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
            {(without > 0).then(|| format!(", {without} without a pass"))}
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
        StageStatus::Now | StageStatus::Later => None,
    };
    view! { <i class=class></i> }
}

fn end(likely: LikelyEnd, usual: Usual) -> String {
    match likely {
        LikelyEnd::Between(from, to) => {
            let (from, to) = (
                local_time(from, TimeFormat::Minutes),
                local_time(to, TimeFormat::Minutes),
            );
            let when = if from == to { from } else { format!("{from}–{to}") };
            match usual.sessions {
                1 => format!("{when}, judging by the last one"),
                sessions => format!("{when}, judging by the last {sessions}"),
            }
        }
        LikelyEnd::LaterThanUsual => "Later than usual".to_owned(),
    }
}
