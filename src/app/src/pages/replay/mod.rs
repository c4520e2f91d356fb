//! A session gone through again: a timeline to scale, and what its captain saw at any moment of it.

mod address;
mod chart;
mod controls;
mod evidence;
mod key;
mod marks;
mod moment;
mod outline;
mod table;
mod told;

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

use crate::api::ApiError;
use crate::components::loading::{LoadError, Loading};
use crate::components::not_found::NotFound;
use crate::components::title::PageTitle;
use crate::components::words::EnvBadge;
use crate::format::{TimeFormat, count, in_minutes, local_time, zone};
use crate::state::replay::{ReplayStore, provide_replay, use_replay};
use crate::state::session::{Load, Mode, provide_session, use_session};
use address::follow_address;
use chart::Chart;
use controls::Controls;
use moment::MomentView;
use table::Table;

#[derive(Clone, Debug, PartialEq, Params)]
struct ReplayParams {
    id: SessionId,
}

/// `/sessions/:id/replay`.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let asked = use_params::<ReplayParams>();
    let id = Memo::new(move |_| asked.with(|asked| asked.as_ref().ok().map(|asked| asked.id)));
    view! {
        <PageTitle text="Replay" />
        {move || match id.get() {
            Some(id) => view! { <Replayed id /> }.into_any(),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Replayed(id: SessionId) -> impl IntoView {
    let session = provide_session(id, Mode::Watch);
    // The page is drawn again only when this changes, not with every event.
    let load = Memo::new(move |_| session.load.get());
    let framed = |content: AnyView| {
        view! {
            <main id="content" class="page" tabindex="-1">
                <h1>"Replay"</h1>
                {content}
            </main>
        }
        .into_any()
    };
    move || match load.get() {
        Load::Ready => view! { <Ready /> }.into_any(),
        Load::Loading => framed(view! { <Loading what="the session" /> }.into_any()),
        Load::Failed(ApiError::NotFound { .. }) => view! { <NotFound /> }.into_any(),
        Load::Failed(error) => framed(view! { <LoadError error /> }.into_any()),
    }
}

#[component]
fn Ready() -> impl IntoView {
    let replay = provide_replay();
    follow_address(replay);
    let session = use_session();
    let started = session.with_untracked(|state| state.started.clone());
    let name = started
        .as_deref()
        .map_or_else(|| "Session".to_owned(), |started| started.name());
    let title = format!("Replay: {name}");
    let badge = started.as_deref().map(|started| {
        let (name, production, rehearsal) = (started.environment_title.clone(), started.production, started.rehearsal);
        view! { <EnvBadge name production rehearsal /> }
    });
    let rehearsal = started.as_deref().is_some_and(|started| started.rehearsal);
    view! {
        <PageTitle text=title.clone() />
        <main id="content" class="page replay" class:old=move || session.is_lost() tabindex="-1">
            <div class="page-head">
                <h1>{title}</h1>
                {badge}
            </div>
            {rehearsal.then(|| view! { <p class="practice">"This was practice. Production was not touched."</p> })}
            <p class="quiet"><Extent /></p>
            <p class="replay-ways">
                <A href=format!("/sessions/{}", session.id) attr:class="btn small">"Open the session"</A>
                <A href=format!("/sessions/{}/compare", session.id) attr:class="btn small">"Compare"</A>
            </p>
            <Lost />
            <section aria-labelledby="timeline-title">
                <h2 id="timeline-title">"Timeline"</h2>
                <Chart />
                <Controls />
            </section>
            <MomentView />
            <Table />
        </main>
    }
}

/// From when to when, how many events, and what was wrong with the clock.
#[component]
fn Extent() -> impl IntoView {
    let replay = use_replay();
    move || replay.timeline.with(|timeline| Some(extent(timeline.as_deref()?)))
}

fn extent(timeline: &holdpoint_domain::timeline::Timeline) -> String {
    let axis = timeline.axis;
    let events = timeline.lanes.iter().map(|lane| lane.events.len()).sum();
    let (began, length) = (local_time(axis.from, TimeFormat::Day), in_minutes(axis.length()));
    let went = match timeline.open {
        true => {
            let end = local_time(axis.to, TimeFormat::Seconds);
            format!("It began {began} and is open; shown are {length}, up to {end}")
        }
        false => format!(
            "It went from {began} to {}: {length}",
            local_time(axis.to, TimeFormat::Day)
        ),
    };
    let mut words = format!("{went}. {}. Times in {}.", count(events, "event"), zone(axis.from));
    if let Some(later) = holdpoint_domain::timeline::after_closing_words(timeline.after_closing) {
        words += &format!(" {later}");
    }
    for lane in &timeline.lanes {
        if let Some(back) = lane.clock_back {
            words += &format!(
                " {}: the clock went back before event {} ({} in all). Such events are drawn no earlier than the event before them; \
                 the table has the times as they were recorded.",
                lane.name,
                back.first,
                count(back.events, "event"),
            );
        }
    }
    words
}

/// What is shown while the proxy does not answer is what this browser last saw.
#[component]
fn Lost() -> impl IntoView {
    let replay: ReplayStore = use_replay();
    let lost = move || replay.session.is_lost() || replay.rollback.get().is_some_and(|one| one.is_lost());
    view! {
        <Show when=lost>
            <p class="notice">"Holdpoint cannot be reached. What is shown is what this browser last saw of the session."</p>
        </Show>
    }
}
