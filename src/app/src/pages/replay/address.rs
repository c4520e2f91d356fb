//! The address of a moment: `?at=12` is an event of the session, `?rollback_at=5` one of its rollback.

use std::time::Duration;

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsValue;

use crate::state::replay::{Chosen, ReplayStore};

/// Browsers refuse an address that changes many times a second.
const SETTLED: Duration = Duration::from_millis(300);

/// The query that names a moment, empty for the last one.
fn query(chosen: Chosen) -> String {
    match chosen {
        Chosen::Latest => String::new(),
        Chosen::Own(seq) => format!("?at={seq}"),
        Chosen::Rollback(seq) => format!("?rollback_at={seq}"),
    }
}

/// Where a moment of a session is found.
pub fn path(session: SessionId, chosen: Chosen) -> String {
    format!("/sessions/{session}/replay{}", query(chosen))
}

/// Shows the moment that the address names, and names in the address the moment that is shown. It is no other page, so that *Back*
/// leads where it led before.
pub fn follow_address(replay: ReplayStore) {
    let asked = use_query_map();
    Effect::new(move || {
        let seq = |name: &str| asked.with(|asked| asked.get(name)).and_then(|seq| seq.parse().ok());
        match (seq("at"), seq("rollback_at")) {
            (Some(seq), _) => replay.choose(Chosen::Own(seq)),
            (None, Some(seq)) => replay.choose(Chosen::Rollback(seq)),
            (None, None) => {}
        }
    });
    let waits = StoredValue::new(false);
    let write = move || {
        // The page may be gone by now.
        if waits.try_set_value(false).is_some() {
            return;
        }
        let chosen = untrack(|| {
            if replay.is_latest() {
                Chosen::Latest
            } else {
                replay.shown()
            }
        });
        replace(&path(replay.session.id, chosen));
    };
    Effect::new(move |before: Option<(bool, Chosen)>| {
        let now = (replay.is_latest(), replay.shown());
        if before.is_some_and(|before| before != now) && !waits.get_value() {
            waits.set_value(true);
            set_timeout(write, SETTLED);
        }
        now
    });
}

fn replace(address: &str) {
    let replaced = window().history().and_then(|history| {
        let state = history.state().unwrap_or(JsValue::NULL);
        history.replace_state_with_url(&state, "", Some(address))
    });
    if let Err(error) = replaced {
        leptos::logging::warn!("the address could not be changed: {error:?}");
    }
}

/// The whole address of a moment, to be copied.
pub fn link(session: SessionId, chosen: Chosen) -> String {
    format!(
        "{}{}",
        window().location().origin().unwrap_or_default(),
        path(session, chosen)
    )
}
