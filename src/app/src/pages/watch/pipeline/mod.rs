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
use crate::components::time::NearTime;
use crate::components::words::{StatusWord, Word};
use crate::format::zone;
use crate::state::app::use_app;
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
    let now = use_app().clock.signal();
    let head = Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| (told(read), is_of_before(read)))));
    let found = Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| without_times(&read.found))));
    let as_of = Memo::new(move |_| known.with(|known| known.read.as_ref().and_then(|read| read.as_of)));
    let source = Memo::new(move |_| known.with(|known| known.read.as_ref().map(source)));
    let guide =
        Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| read.guide.clone()).unwrap_or_default()));
    let stages =
        Memo::new(move |_| known.with(|known| known.read.as_ref().map(|read| read.stages.clone()).unwrap_or_default()));
    view! {
        <Problem known />
        {move || {
            head.get()
                .map(|(told, last)| {
                    view! {
                        <p class="pipeline-head">
                            {last.then_some("Last known: ")}
                            <StatusWord kind=word_of(told.standing) text=told.word />
                            <span>{told.sentence}</span>
                        </p>
                    }
                })
        }}
        {move || match found.get() {
            Some(PipelineFound::Run { run }) => view! { <RunFacts run=*run /> }.into_any(),
            Some(PipelineFound::Several { runs }) => view! { <Several runs /> }.into_any(),
            _ => ().into_any(),
        }}
        <p class="quiet small">
            {move || {
                as_of
                    .get()
                    .map(|at| {
                        view! { "As of "<NearTime at now seconds=true />{format!(" ({}) · ", zone(at))} }
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

/// What is told was known before, and nothing newer is.
fn is_of_before(read: &PipelineRead) -> bool {
    read.problem.is_some() && read.found != PipelineFound::Unknown
}

/// Without when GitHub touched a run last, which is not shown and changes all the time.
fn without_times(found: &PipelineFound) -> PipelineFound {
    let mut found = found.clone();
    match &mut found {
        PipelineFound::Run { run } => run.updated = None,
        PipelineFound::Several { runs } => runs.iter_mut().for_each(|run| run.updated = None),
        PipelineFound::NotAsked { .. } | PipelineFound::Unknown | PipelineFound::NoRun => {}
    }
    found
}

/// Why nothing newer is known. It is read out once: the times, which change each time that GitHub is asked, stand beside it.
#[component]
fn Problem(known: Memo<Known>) -> impl IntoView {
    let now = use_app().clock.signal();
    let problem = Memo::new(move |_| known.with(|known| known.read.as_ref().and_then(|read| read.problem.clone())));
    let message = Memo::new(move |_| problem.with(|problem| problem.as_ref().map(|problem| problem.message.clone())));
    let is_there = Memo::new(move |_| message.with(Option::is_some));
    view! {
        <div class="pipeline-said" class:pipeline-problem=is_there>
            <div role="status">
                {move || {
                    message
                        .get()
                        .map(|message| view! { <p><StatusWord kind=Word::Hold text="Not known now" />" "{message}</p> })
                }}
            </div>
            {move || {
                problem
                    .get()
                    .map(|PipelineProblem { at, retry_at, .. }| {
                        view! {
                            <p class="quiet small">
                                "At "<NearTime at now seconds=true />"; asked again at "
                                <NearTime at=retry_at now seconds=true />" or later."
                            </p>
                        }
                    })
            }}
        </div>
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
    fn a_run_that_github_touched_again_is_drawn_no_more_than_once() {
        let run = |updated: &str, attempt: u64| -> PipelineFound {
            let run = serde_json::json!({"found": "run", "run": {"id": 1, "name": "CI", "number": 1, "attempt": attempt,
                "standing": "running", "head_sha": "a", "url": "https://github.com/o/r/actions/runs/1", "event": "push",
                "actor": null, "author": null, "started": null, "updated": updated, "older": 0}});
            without_times(&serde_json::from_value(run).expect("a run"))
        };
        let before = run("2026-01-01T00:00:00Z", 1);
        assert_eq!(before, run("2026-01-01T00:00:20Z", 1));
        assert_ne!(before, run("2026-01-01T00:00:00Z", 2));
    }

    #[test]
    fn only_a_success_is_green() {
        let green: Vec<_> = PipelineStanding::ALL
            .into_iter()
            .filter(|one| word_of(*one) == Word::Go)
            .collect();
        assert_eq!(green, [PipelineStanding::Succeeded]);
    }
}
