//! The watch page: read-only and live, for people who need to know in five seconds whether production is safe.

mod glance;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use crate::api::ApiError;
use crate::components::common::{LoadError, Loading, PageTitle};
use crate::components::time::{Clip, Time, local};
use crate::components::words::{EnvBadge, StatusWord, Word};
use crate::pages::not_found::NotFoundPage;
use crate::state::app::use_app;
use crate::state::load::Load;
use crate::state::session::{Link, Mode, SessionStore};
use glance::{Glance, Stage, Stands};

/// `/watch/:id`.
#[component]
pub fn WatchPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| Uuid::parse_str(&id).ok())));
    // The session is followed anew when the address names another one.
    move || match id.get() {
        Some(id) => view! { <Watched id=id /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    }
}

#[component]
fn Watched(id: Uuid) -> impl IntoView {
    let app = use_app();
    let store = SessionStore::follow(app, id, Mode::Watch);
    let glance = Memo::new(move |_| store.with_confirmed(Glance::at));
    let last = Memo::new(move |_| store.with_records(|records| records.last().map(|record| record.at)));
    let now = Signal::derive(move || app.clock.now());
    let title = Signal::derive(move || glance.with(|glance| glance.as_ref().map_or("Watch".to_owned(), watch_title)));
    // The page is drawn again only when the load's kind changes, not with every event.
    let load = Memo::new(move |_| store.load());
    view! {
        <PageTitle text=title />
        {move || match load.get() {
            Load::Ready(()) => view! {
                <WatchView glance=glance last=last now=now link=Signal::derive(move || store.link()) />
            }
            .into_any(),
            Load::Loading => view! { <main id="content" class="watch" tabindex="-1"><h1 class="sr-only">"Watch"</h1><Loading what="the release" /></main> }.into_any(),
            Load::Failed(ApiError::NotFound { .. }) => view! { <NotFoundPage /> }.into_any(),
            Load::Failed(error) => {
                view! { <main id="content" class="watch" tabindex="-1"><h1>"Watch"</h1><LoadError error=error /></main> }.into_any()
            }
        }}
    }
}

fn watch_title(glance: &Glance) -> String {
    format!("{}: {}", glance.title, glance.headline.to_lowercase())
}

#[component]
fn WatchView(
    glance: Memo<Option<Glance>>,
    last: Memo<Option<DateTime<Utc>>>,
    now: Signal<DateTime<Utc>>,
    link: Signal<Link>,
) -> impl IntoView {
    let updated = move || match (link.get(), last.get()) {
        (Link::Live, Some(at)) => format!("Live · last change {}", ago(now.get() - at)),
        (Link::Connecting, Some(at)) => format!("Connecting · last change known at {}", local(at, Clip::Minutes)),
        (_, Some(at)) => format!("Not connected · this is what was known at {}", local(at, Clip::Minutes)),
        (_, None) => "Connecting…".to_owned(),
    };
    // Each part follows its own piece of the answer, so that only what changed is drawn, and read out, again.
    let word = Memo::new(move |_| glance.with(|glance| glance.as_ref().map_or(Word::Wait, |glance| glance.word)));
    let rehearsal = Memo::new(move |_| glance.with(|glance| glance.as_ref().is_some_and(|glance| glance.rehearsal)));
    let text = move |read: fn(&Glance) -> String| {
        Memo::new(move |_| glance.with(|glance| glance.as_ref().map(read).unwrap_or_default()))
    };
    let (title, headline, sentence) = (
        text(|glance| glance.title.clone()),
        text(|glance| glance.headline.to_owned()),
        text(|glance| glance.sentence.clone()),
    );
    let broken = move || matches!(link.get(), Link::Reconnecting | Link::Connecting);
    view! {
        <main id="content" class="watch" tabindex="-1">
            <div class="top">
                <h1>{title}</h1>
                <p class="live-line" class:offline=move || link.get() == Link::Offline class:reconnecting=broken>{updated}</p>
            </div>
            <Show when=move || rehearsal.get()>
                <p class="practice">
                    <EnvBadge name="Rehearsal" production=false rehearsal=true />
                    "This is practice. Production is not touched."
                </p>
            </Show>
            <div class="now-part">
            <section class=move || format!("answer {}", word.get().class().trim_start_matches("word ")) aria-label="Answer" role="status">
                <StatusWord kind=word text=headline />
                <p>{sentence}</p>
            </section>
            {move || glance.get().map(|glance| view! { <Facts glance=glance now=now /> })}
            </div>
            <section class="stages-part">
                <h2 class="sr-only">"Stages"</h2>
                <ol class="stages">
                    {move || glance.with(|glance| {
                        glance.iter().flat_map(|glance| glance.stages.iter().cloned().map(stage)).collect::<Vec<_>>()
                    })}
                </ol>
            </section>
        </main>
    }
}

#[component]
fn Facts(glance: Glance, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let (over, all) = glance.progress();
    let dots: Vec<_> = glance
        .stages
        .iter()
        .map(|stage| {
            let held = stage.stands == Stands::Held;
            let on = matches!(stage.stands, Stands::Done | Stands::LeftOut);
            view! { <i class:on=on class:held=held></i> }
        })
        .collect();
    let closed = glance.closed;
    let since = glance.since.map(|at| match closed {
        true => view! { <dt>"Ended"</dt><dd><Time at=at clip=Clip::Minutes /></dd> }.into_any(),
        false => view! {
            <dt>"Since"</dt>
            <dd><Time at=at clip=Clip::Minutes /><span class="quiet">{move || format!(" ({})", length(now.get() - at))}</span></dd>
        }
        .into_any(),
    });
    let decides = if closed { "Who decided" } else { "Who decides" };
    view! {
        <dl class="facts">
            {glance.waiting.map(|waiting| view! { <dt>"Waiting for"</dt><dd>{waiting}</dd> })}
            {since}
            <dt>{decides}</dt><dd>{glance.captain}</dd>
            <dt>"You need to do"</dt><dd>"Nothing"</dd>
            <dt>"Done"</dt>
            <dd>{format!("{over} of {all}")}<span class="dots" aria-hidden="true">{dots}</span></dd>
        </dl>
    }
}

fn stage(stage: Stage) -> impl IntoView {
    let (word, class, said) = match stage.stands {
        Stands::Done => (Word::Go, "done", "Done: "),
        Stands::LeftOut => (Word::Wait, "done", "Left out: "),
        Stands::Held => (Word::Hold, "held", "On hold: "),
        Stands::Now => (Word::Run, "now", "Now: "),
        Stands::Later => (Word::Wait, "later", "Later: "),
    };
    let when = stage.at.map(|at| {
        let before = match stage.stands {
            Stands::Held => "stopped ",
            Stands::LeftOut => "left out ",
            _ => "",
        };
        view! { <span class="when">{before}<Time at=at clip=Clip::Minutes /></span> }
    });
    view! {
        <li class=class>
            <span class=word.class() aria-hidden="true"></span>
            <span><span class="sr-only">{said}</span>{stage.title}</span>
            {when}
        </li>
    }
}

/// A length of time in the words of people who do not count seconds.
fn length(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (hours, minutes) if hours < 24 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days", hours / 24),
    }
}

fn ago(span: TimeDelta) -> String {
    match span.num_seconds() {
        ..=4 => "just now".to_owned(),
        seconds @ 5..=59 => format!("{} seconds ago", seconds / 5 * 5),
        _ => format!("{} ago", length(span)),
    }
}
