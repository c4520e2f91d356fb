//! Sessions, open ones first.

use chrono::{DateTime, Utc};
use holdpoint_domain::wire::SessionBrief;

use crate::cells::Read;
use crate::components::common::empty;
use crate::components::dom::{El, el, paragraph, phrase};
use crate::components::time::{Clip, rough, time};
use crate::components::words::{Word, env_badge, status};

/// The list, of sessions that come newest first.
pub fn session_list(sessions: &[SessionBrief], now: Read<DateTime<Utc>>) -> Vec<El> {
    if sessions.is_empty() {
        let words = "A session is one run of a procedure. Choose a procedure of a runbook and start it.";
        return vec![empty("No sessions yet", paragraph("quiet").text(words))];
    }
    let mut lists = Vec::new();
    for (label, class, ended) in [("Under way", "sessions open", false), ("Ended", "sessions", true)] {
        let mut rows = el("ul").class(class);
        let mut any = false;
        for session in sessions {
            if session.closed.is_some() == ended {
                rows = rows.child(row(session, now));
                any = true;
            }
        }
        if any {
            lists.push(el("h3").class("label").text(label));
            lists.push(rows);
        }
    }
    lists
}

fn row(session: &SessionBrief, now: Read<DateTime<Utc>>) -> El {
    let (kind, word) = Word::of_standing(session.standing);
    let started = session.started;
    let when = phrase("session-when quiet small");
    let when = match session.closed {
        Some(closed) => when.text("ended ").child(time(closed, Clip::Day)),
        None => when.live_text(move || format!("{} ago", rough(now.get() - started))),
    };
    let sha: String = session.git_sha.chars().take(7).collect();
    let about = phrase("quiet small")
        .text(&format!("{} · ", session.version))
        .child(el("code").text(&sha))
        .text(&format!(" · {} · {}", session.captain, session.runbook_title));
    let mut main = phrase("session-main")
        .child(
            el("a")
                .attr("href", &format!("/sessions/{}", session.id))
                .class("session-title")
                .text(&session.procedure_title),
        )
        .child(env_badge(
            &session.environment_title,
            session.production,
            session.rehearsal,
        ))
        .child(about);
    for (word, id) in [("undoes", session.undoes), ("undone by", session.undone_by)] {
        if let Some(id) = id {
            let link = el("a").attr("href", &format!("/sessions/{id}")).class("small");
            main = main.child(link.text(&format!("{word} another session")));
        }
    }
    el("li")
        .class("session-row")
        .child(phrase("session-word").child(status(kind, word)))
        .child(main)
        .child(progress(session.done, session.steps))
        .child(when)
}

fn progress(done: u32, all: u32) -> El {
    let bar = el("progress")
        .attr("max", &all.to_string())
        .attr("value", &done.to_string())
        .label("Steps done");
    phrase("progress")
        .child(bar)
        .child(phrase("small quiet").text(&format!("{done} of {all}")))
}
