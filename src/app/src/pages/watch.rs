//! The watch page: read-only and live, for people who need to know in five seconds whether production is safe.

mod glance;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::wire::Usual;
use leptos::prelude::*;
use uuid::Uuid;
use web_sys::Element;

use crate::api::ApiError;
use crate::cells::{Derived, Read};
use crate::components::common::{load_error, loading, page_main, page_title};
use crate::components::dom::{El, div, el, paragraph, phrase};
use crate::components::time::{Clip, local, time};
use crate::components::words::{Word, env_badge, status};
use crate::pages::not_found::not_found_page;
use crate::state::app::AppState;
use crate::state::load::Load;
use crate::state::session::{Link, Mode, SessionStore};
use glance::{Glance, Likely, Stage, Stands};

/// `/watch/:id`.
pub fn watch_page(app: AppState, id: &str) -> El {
    match Uuid::parse_str(id) {
        Ok(id) => watched(app, id),
        Err(_) => not_found_page(),
    }
}

fn watched(app: AppState, id: Uuid) -> El {
    let store = SessionStore::follow(app, id, Mode::Watch);
    let glance = Derived::new(move |()| store.with_confirmed(Glance::at));
    let last = Derived::new(move |()| store.with_records(|records| records.last().map(|record| record.at)));
    let now = Read::derive(move || app.clock.now());
    let link = Read::derive(move || store.link());
    // The page is drawn again only when the load's kind changes, not with every event.
    let load = Derived::new(move |()| store.load());
    let content = move || match load.get() {
        Load::Ready(()) => vec![untrack(|| {
            watch_view(glance, last, now, link, Read::derive(move || store.usual()))
        })],
        Load::Loading => {
            page_title("Watch");
            vec![
                page_main("watch")
                    .child(el("h1").class("sr-only").text("Watch"))
                    .child(loading("the release")),
            ]
        }
        Load::Failed(ApiError::NotFound { .. }) => vec![not_found_page()],
        Load::Failed(error) => {
            page_title("Watch");
            vec![
                page_main("watch")
                    .child(el("h1").text("Watch"))
                    .child(load_error(&error, None)),
            ]
        }
    };
    el("div").live_children(content)
}

fn watch_title(glance: &Glance) -> String {
    format!("{}: {}", glance.title, glance.headline.to_ascii_lowercase())
}

fn watch_view(
    glance: Derived<Option<Glance>>,
    last: Derived<Option<DateTime<Utc>>>,
    now: Read<DateTime<Utc>>,
    link: Read<Link>,
    usual: Read<Option<Usual>>,
) -> El {
    let updated = move || match (link.get(), last.get()) {
        (Link::Live, Some(at)) => format!("Live · last change {}", ago(now.get() - at)),
        (Link::Connecting, Some(at)) => format!("Connecting · last change known at {}", local(at, Clip::Minutes)),
        (_, Some(at)) => format!("Not connected · this is what was known at {}", local(at, Clip::Minutes)),
        (_, None) => "Connecting…".to_owned(),
    };
    let connection = move || match link.get() {
        Link::Live => "live-line",
        Link::Offline => "live-line offline",
        Link::Connecting | Link::Reconnecting => "live-line reconnecting",
    };
    // Each part follows its own piece of the answer, so that only what changed is drawn, and read out, again.
    let text =
        move |read: fn(&Glance) -> String| move || glance.with(|glance| glance.as_ref().map(read).unwrap_or_default());
    let word = move || glance.with(|glance| glance.as_ref().map_or(Word::Wait, |glance| glance.word));
    let real = move || glance.with(|glance| glance.as_ref().is_none_or(|glance| !glance.rehearsal));
    let top = div("top")
        .child(el("h1").live_text(text(|glance| glance.title.clone())))
        .child(el("p").live_look(connection).live_text(updated));
    let practice = paragraph("practice")
        .live_hidden(real)
        .child(env_badge("Rehearsal", false, true))
        .text("This is practice. Production is not touched.");
    let answer = el("section")
        .live_class(move || format!("answer {}", word().class().trim_start_matches("word ")))
        .label("Answer")
        .role("status")
        .child(
            el("span")
                .live_look(move || word().class())
                .live_text(text(|glance| glance.headline.to_owned())),
        )
        .child(el("p").live_text(text(|glance| glance.sentence.clone())));
    let facts = el("dl")
        .class("facts")
        .live_children(move || glance.get().map_or_else(Vec::new, |glance| facts(glance, now, usual)));
    let stages = el("ol").class("stages").live_children(move || {
        glance
            .get()
            .map_or_else(Vec::new, |glance| glance.stages.into_iter().map(stage).collect())
    });
    let name =
        move |_: &Element| page_title(&glance.with(|glance| glance.as_ref().map_or("Watch".to_owned(), watch_title)));
    page_main("watch")
        .live(name)
        .child(top)
        .child(practice)
        .child(div("now-part").child(answer).child(facts))
        .child(
            el("section")
                .class("stages-part")
                .child(el("h2").class("sr-only").text("Stages"))
                .child(stages),
        )
}

fn facts(glance: Glance, now: Read<DateTime<Utc>>, usual: Read<Option<Usual>>) -> Vec<El> {
    let (over, all) = glance.progress();
    let dot = |stage: &Stage| match stage.stands {
        Stands::Held => el("i").class("held"),
        Stands::Done | Stands::LeftOut => el("i").class("on"),
        Stands::Now | Stands::Later => el("i"),
    };
    let dots = phrase("dots").attr("aria-hidden", "true").each(&glance.stages, dot);
    let mut list = Vec::new();
    let mut fact = |name: &str, value: El| list.extend([el("dt").text(name), value]);
    if let Some(waiting) = &glance.waiting {
        fact("Waiting for", el("dd").text(waiting));
    }
    match glance.since {
        Some(at) if glance.closed => fact("Ended", el("dd").child(time(at, Clip::Minutes))),
        Some(at) => {
            let long = phrase("quiet").live_text(move || format!(" ({})", length(now.get() - at)));
            fact("Since", el("dd").child(time(at, Clip::Minutes)).child(long));
        }
        None => {}
    }
    fact(
        if glance.closed { "Who decided" } else { "Who decides" },
        el("dd").text(&glance.captain),
    );
    fact("You need to do", el("dd").text("Nothing"));
    let going = glance.clone();
    let told = usual
        .get()
        .filter(|usual| going.likely(Some(*usual), Utc::now()).is_some());
    if let Some(usual) = told {
        let likely = move || match going.likely(Some(usual), now.get()) {
            Some(Likely::Between(from, to)) => {
                let (from, to) = (local(from, Clip::Minutes), local(to, Clip::Minutes));
                let when = if from == to { from } else { format!("{from}–{to}") };
                format!("{when}, as the last {} were", usual.sessions)
            }
            Some(Likely::Late) => "Later than usual".to_owned(),
            None => String::new(),
        };
        fact("Likely finished", el("dd").live_text(likely));
    }
    fact("Done", el("dd").text(&format!("{over} of {all}")).child(dots));
    list
}

fn stage(stage: Stage) -> El {
    let (word, class, said) = match stage.stands {
        Stands::Done => (Word::Go, "done", "Done: "),
        Stands::LeftOut => (Word::Wait, "done", "Left out: "),
        Stands::Held => (Word::Hold, "held", "On hold: "),
        Stands::Now => (Word::Run, "now", "Now: "),
        Stands::Later => (Word::Wait, "later", "Later: "),
    };
    let before = match stage.stands {
        Stands::Held => "stopped ",
        Stands::LeftOut => "left out ",
        _ => "",
    };
    let line = el("li")
        .class(class)
        .child(status(word, "").attr("aria-hidden", "true"))
        .child(el("span").child(phrase("sr-only").text(said)).text(&stage.title));
    match stage.at {
        Some(at) => line.child(phrase("when").text(before).child(time(at, Clip::Minutes))),
        None => line,
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
