//! The pipeline panel: what GitHub Actions did for the released commit, and what the runbook says about it. It is a view of its own time: nothing
//! of it is in the log, and it ticks nothing.

mod explained;
mod run;
mod scenario;
mod stages;

use holdpoint_domain::pipeline::told;
use holdpoint_domain::wire::{PipelineFound, PipelineProblem, PipelineRead, PipelineStanding, WatchFacts};
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use leptos_use_interval_fn::use_interval_fn;

use crate::api::{self, ApiError};
use crate::components::loading::{LoadError, Loading};
use crate::components::time::Time;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, zone};
use crate::state::session::use_session;
use explained::Explained;
use run::{RunFacts, Several};
use stages::Stages;

const REFRESH_MS: u64 = 20_000;

/// Nothing where the environment declares no pipeline.
#[component]
pub fn PipelinePanel(#[prop(into)] facts: Signal<WatchFacts>) -> impl IntoView {
    let declared = Memo::new(move |_| facts.with(|facts| facts.pipeline));
    view! {
        <Show when=move || declared.get()>
            <section class="pipeline" aria-labelledby="pipeline-title">
                <h2 class="label" id="pipeline-title">"Pipeline"</h2>
                <Panel />
            </section>
        </Show>
    }
}

/// The newest answer, and why there is no newer one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    read: Option<PipelineRead>,
    error: Option<ApiError>,
}

#[component]
fn Panel() -> impl IntoView {
    let session = use_session();
    let asked = LocalResource::new(move || api::pipeline(session.id));
    let refresh = move || {
        if !document().hidden() {
            asked.refetch();
        }
    };
    use_interval_fn(refresh, REFRESH_MS);
    let _ = use_event_listener(window(), leptos::ev::focus, move |_| refresh());
    let known = Memo::new(move |before: Option<&Known>| match asked.get() {
        Some(Ok(read)) => Known {
            read: Some(read),
            error: None,
        },
        Some(Err(error)) => Known {
            read: before.and_then(|before| before.read.clone()),
            error: Some(error),
        },
        None => before.cloned().unwrap_or_default(),
    });
    let error = Memo::new(move |_| known.with(|known| known.error.clone()));
    let is_there = Memo::new(move |_| known.with(|known| known.read.is_some()));
    view! {
        {move || match (error.get(), is_there.get()) {
            (Some(error), false) => view! { <LoadError error retry=move |()| asked.refetch() /> }.into_any(),
            (Some(error), true) => view! {
                <p class="pipeline-problem" role="status">
                    <StatusWord kind=Word::Hold text="Not up to date" />
                    <span>{format!("{error} What is below is what was known before.")}</span>
                </p>
            }
            .into_any(),
            (None, false) => view! { <Loading what="the pipeline" /> }.into_any(),
            (None, true) => ().into_any(),
        }}
        <Show when=move || is_there.get()>
            <Answer known />
        </Show>
    }
}

/// Each part is drawn again only when it changes, so that what is unfolded stays so.
#[component]
fn Answer(known: Memo<Known>) -> impl IntoView {
    let head = Memo::new(move |_| {
        known.with(|known| {
            known
                .read
                .as_ref()
                .map(|read| (told(read), read.problem.clone(), read.found.clone()))
        })
    });
    let as_of = Memo::new(move |_| known.with(|known| known.read.as_ref().and_then(|read| read.as_of)));
    let source = Memo::new(move |_| known.with(|known| known.read.as_ref().map(source)));
    let guide =
        Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| read.guide.clone()).unwrap_or_default()));
    let stages =
        Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| read.stages.clone()).unwrap_or_default()));
    view! {
        {move || {
            head.get()
                .map(|(told, problem, found)| {
                    let last = problem.is_some() && found != PipelineFound::Unknown;
                    let run = match found {
                        PipelineFound::Run { run } => view! { <RunFacts run=*run /> }.into_any(),
                        PipelineFound::Several { runs } => view! { <Several runs /> }.into_any(),
                        _ => ().into_any(),
                    };
                    view! {
                        {problem.map(|problem| view! { <Problem problem /> })}
                        <p class="pipeline-head">
                            {last.then_some("Last known: ")}
                            <StatusWord kind=word_of(told.standing) text=told.word />
                            <span>{told.sentence}</span>
                        </p>
                        {run}
                    }
                })
        }}
        <p class="quiet small">
            {move || {
                as_of
                    .get()
                    .map(|at| {
                        view! { "As of "<Time at format=TimeFormat::Seconds />{format!(" ({}) · ", zone(at))} }
                    })
            }}
            {move || source.get()}
        </p>
        <Stages guide stages />
        <Explained guide />
    }
}

fn source(read: &PipelineRead) -> String {
    let workflow = read
        .workflow
        .as_ref()
        .map_or_else(String::new, |workflow| format!(", {workflow}"));
    format!("GitHub Actions, {}{workflow}", read.repository)
}

/// Why nothing newer is known.
#[component]
fn Problem(problem: PipelineProblem) -> impl IntoView {
    view! {
        <p class="pipeline-problem" role="status">
            <StatusWord kind=Word::Hold text="Not known now" />
            <span>
                {problem.message}
                " ("
                <Time at=problem.at format=TimeFormat::Seconds />
                "; asked again at "
                <Time at=problem.retry_at format=TimeFormat::Seconds />
                " or later.)"
            </span>
        </p>
    }
}

/// The mark of a standing. Nothing but a success is green.
fn word_of(standing: PipelineStanding) -> Word {
    match standing {
        PipelineStanding::Succeeded => Word::Go,
        PipelineStanding::Failed | PipelineStanding::TimedOut => Word::NoGo,
        PipelineStanding::Running => Word::Run,
        PipelineStanding::Cancelled | PipelineStanding::Stale | PipelineStanding::ActionRequired => Word::Alert,
        PipelineStanding::Unclear => Word::Hold,
        PipelineStanding::Waiting
        | PipelineStanding::Skipped
        | PipelineStanding::Neutral
        | PipelineStanding::Partly
        | PipelineStanding::NotSeen => Word::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_is_green() {
        use PipelineStanding::*;
        let all = [
            Waiting,
            Running,
            Succeeded,
            Failed,
            TimedOut,
            Cancelled,
            Skipped,
            ActionRequired,
            Neutral,
            Stale,
            Partly,
            NotSeen,
            Unclear,
        ];
        let green: Vec<_> = all.into_iter().filter(|one| word_of(*one) == Word::Go).collect();
        assert_eq!(green, [Succeeded]);
    }
}
