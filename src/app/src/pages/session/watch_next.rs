//! What follows on a release that was completed.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::Standing;
use leptos::prelude::*;

use crate::api;
use crate::components::choice::{NextLinks, choices, to_watch};
use crate::state::session::use_session;

/// The monitoring procedures of the release's runbook that were not started for it yet. Where the lists that say so cannot be had,
/// nothing is offered: the home page says why.
#[component]
pub fn WhatToWatch() -> impl IntoView {
    let session = use_session();
    let completed = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let release = state
                .procedure
                .as_ref()
                .is_some_and(|one| one.kind == ProcedureKind::Release);
            release && state.standing() == Standing::Completed
        })
    });
    view! { <Show when=move || completed.get()><Offered /></Show> }
}

#[component]
fn Offered() -> impl IntoView {
    let session = use_session();
    let environment = session.with_untracked(|state| state.started.as_ref().map(|started| started.environment.clone()));
    let lists = LocalResource::new(|| async { Some((api::runbooks().await.ok()?, api::sessions().await.ok()?)) });
    move || {
        let (runbooks, sessions) = lists.get().flatten()?;
        let brief = sessions.iter().find(|one| one.id == session.id)?;
        let next = to_watch(brief, &sessions, &choices(&runbooks), environment.as_deref()?);
        Some(view! { <NextLinks next /> })
    }
}
