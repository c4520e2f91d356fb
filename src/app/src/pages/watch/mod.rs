//! The watch page: read-only and live, for people who need to know in five seconds whether production is safe.

mod alerts;
mod answer;
mod change;
mod facts;
mod first_answer;
mod live_line;
mod pipeline;
mod quotes;
mod rests;
mod said;
mod stages;
mod terms;
mod tools;
mod undone;

use holdpoint_domain::session::{SessionId, State};
use holdpoint_domain::summary::{Summary, Undoing};
use holdpoint_domain::wire::WatchFacts;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use leptos_use_interval_fn::use_interval_fn;

use crate::api::{self, ApiError};
use crate::components::loading::{LoadError, Loading};
use crate::components::not_found::NotFound;
use crate::components::title::PageTitle;
use crate::components::words::EnvBadge;
use crate::format::{dated_time, zone};
use crate::state::app::use_app;
use crate::state::session::{Load, Mode, Session, follow_rollback, provide_session, use_session};
use alerts::Alerts;
use answer::Answer;
use change::WhatChanged;
use facts::Facts;
use first_answer::{FirstAnswer, has_first_answer};
use live_line::LiveLine;
use pipeline::PipelinePanel;
use quotes::Quotes;
use rests::RestsOn;
use said::Title;
use stages::Stages;
use tools::Tools;
use undone::Undone;

#[derive(Clone, Debug, PartialEq, Params)]
struct WatchParams {
    id: SessionId,
}

/// `/watch/:id`.
#[component]
pub fn WatchPage() -> impl IntoView {
    let asked = use_params::<WatchParams>();
    view! {
        <PageTitle text="Watch" />
        {move || match asked.get() {
            Ok(WatchParams { id }) => view! { <Watched id /> }.into_any(),
            Err(_) => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Watched(id: SessionId) -> impl IntoView {
    let session = provide_session(id, Mode::Watch);
    // The page is drawn again only when this changes, not with every event.
    let load = Memo::new(move |_| session.load.get());
    move || match load.get() {
        Load::Ready => view! { <Watch /> }.into_any(),
        Load::Loading if has_first_answer() => view! { <FirstAnswer /> }.into_any(),
        Load::Loading => view! {
            <main id="content" class="page" tabindex="-1">
                <h1>"Watch"</h1>
                <Loading what="the release" />
            </main>
        }
        .into_any(),
        Load::Failed(ApiError::NotFound { .. }) => view! { <NotFound /> }.into_any(),
        Load::Failed(error) => view! {
            <main id="content" class="page" tabindex="-1">
                <h1>"This release cannot be shown"</h1>
                <LoadError error />
            </main>
        }
        .into_any(),
    }
}

/// How often the facts are asked for again while they could not be answered.
const ASK_AGAIN_MS: u64 = 5_000;

#[component]
fn Watch() -> impl IntoView {
    let session = use_session();
    let rollback = follow_rollback(session);
    let summary = Memo::new(move |_| {
        let known = rollback.get().filter(|one| one.load.get() == Load::Ready);
        let started = rollback.get().is_some();
        session.with_confirmed(|state| match known {
            Some(one) if one.rollback_id().is_some() => {
                one.with_confirmed(|rollback| Summary::of(state, Undoing::Undone(rollback)))
            }
            Some(one) => one.with_confirmed(|rollback| Summary::of(state, Undoing::Known(rollback))),
            None if started => Summary::of(state, Undoing::Started),
            None => Summary::of(state, Undoing::AsLogged),
        })
    });
    let asked = LocalResource::new(move || api::watch_facts(session.id));
    // Without it the page says the same: a commit has no link, and no term is explained.
    let facts = Memo::new(move |before: Option<&WatchFacts>| match asked.get() {
        Some(Ok(facts)) => facts,
        _ => before.cloned().unwrap_or_default(),
    });
    let terms = Memo::new(move |_| facts.with(|facts| facts.terms.clone()));
    let lost = Signal::derive(move || is_lost(session, rollback));
    let ask_again = move || {
        let failed = untrack(|| matches!(asked.get(), Some(Err(error)) if error.is_transient()));
        if failed && !lost.get_untracked() {
            asked.refetch();
        }
    };
    use_interval_fn(ask_again, ASK_AGAIN_MS);
    let title = move || summary.with(|summary| summary.as_ref().map(|summary| summary.title.clone()));
    let heading = Memo::new(move |_| title().unwrap_or_default());
    let started_version = |state: &State| state.started.as_ref().map(|started| started.version.clone());
    let version = Memo::new(move |_| session.with_confirmed(started_version).unwrap_or_default());
    let tab = move || {
        if is_lost(session, rollback) {
            return "Not connected".to_owned();
        }
        summary.with(|summary| summary.as_ref().map_or("Watch".to_owned(), tab_title))
    };
    let rehearsal = move || summary.with(|summary| summary.as_ref().is_some_and(|summary| summary.rehearsal));
    let drill = Memo::new(move |_| summary.with(|summary| summary.as_ref().is_some_and(|summary| summary.drill)));
    let production = Memo::new(move |_| {
        let marked = |summary: &Summary| summary.production.then(|| summary.environment.clone());
        summary.with(|summary| summary.as_ref().and_then(marked))
    });
    view! {
        <PageTitle text=tab />
        <main id="content" class="watch" class:old=move || !is_live(session, rollback) tabindex="-1">
            <div class="top">
                <h1><Title text=heading version /></h1>
                <Printed />
                <LiveLine rollback lost />
            </div>
            {move || {
                production
                    .get()
                    .map(|name| {
                        view! { <p class="practice real"><EnvBadge name production=true rehearsal=false />"This is production."</p> }
                    })
            }}
            <Show when=rehearsal>
                <p class="practice">
                    {move || view! { <EnvBadge name="Rehearsal" production=false rehearsal=true drill=drill.get() /> }}
                    {move || if drill.get() { DRILL } else { PRACTICE }}
                </p>
            </Show>
            <div class="now-part">
                <Answer
                    summary
                    rollback=Signal::derive(move || rollback.get().map(|one| one.id))
                    terms
                    lost
                />
                <Undone />
                <Facts summary lost />
                <Quotes summary />
            </div>
            <section class="stages-part">
                <h2 class="sr-only">"Stages"</h2>
                <Stages summary terms />
            </section>
            <div class="more-part">
                <WhatChanged facts />
                <PipelinePanel facts />
                <RestsOn summary rollback />
                <Alerts summary lost />
                <Tools id=session.id title=Signal::derive(title) />
            </div>
        </main>
    }
}

const PRACTICE: &str = "This is practice. Production is not touched.";
const DRILL: &str = "This is practice, with faults that are wanted. Production is not touched.";

/// When what stands on paper was so.
#[component]
fn Printed() -> impl IntoView {
    let (session, clock) = (use_session(), use_app().clock);
    let words = move || {
        let heard = session.last_contact.get().filter(|_| !session.is_live());
        let at = heard.unwrap_or_else(|| clock.now());
        format!("As known at {} ({}).", dated_time(at), zone(at))
    };
    view! { <p class="printed">{words}</p> }
}

fn is_lost(session: Session, rollback: Memo<Option<Session>>) -> bool {
    session.is_lost() || rollback.get().is_some_and(|one| one.is_lost())
}

fn is_live(session: Session, rollback: Memo<Option<Session>>) -> bool {
    session.is_live() && rollback.get().is_none_or(|one| one.is_live())
}

fn tab_title(summary: &Summary) -> String {
    format!("{}: {}", summary.title, summary.headline.words().to_ascii_lowercase())
}
