//! The post-mortem of a session: what people write after the fact, beside what follows from its events.

mod action_form;
mod actions;
mod announce;
mod editing;
mod facts;
mod severity;
mod starred;
mod texts;

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
use crate::pages::session::name::NameDialog;
use crate::pages::session::notices::Connection;
use crate::pages::session::refused::Refused;
use crate::state::session::{Load, Mode, provide_session, use_session};
use actions::Actions;
use announce::announce;
use facts::Facts;
use severity::Severity;
use starred::Starred;
use texts::{FACTORS, IMPACT, ROOT_CAUSE, Texts};

#[derive(Clone, Debug, PartialEq, Params)]
struct PostMortemParams {
    id: SessionId,
}

/// `/sessions/:id/post-mortem`.
#[component]
pub fn PostMortemPage() -> impl IntoView {
    let asked = use_params::<PostMortemParams>();
    let id = Memo::new(move |_| asked.with(|asked| asked.as_ref().ok().map(|asked| asked.id)));
    move || match id.get() {
        Some(id) => view! { <Followed id /> }.into_any(),
        None => view! { <PageTitle text="Post-mortem" /><NotFound /> }.into_any(),
    }
}

#[component]
fn Followed(id: SessionId) -> impl IntoView {
    let session = provide_session(id, Mode::Write);
    let load = Memo::new(move |_| session.load.get());
    move || match load.get() {
        Load::Ready => view! { <Ready /> }.into_any(),
        Load::Loading => view! { <Around><Loading what="the session" /></Around> }.into_any(),
        Load::Failed(ApiError::NotFound { .. }) => view! { <PageTitle text="Post-mortem" /><NotFound /> }.into_any(),
        Load::Failed(error) => view! { <Around><LoadError error /></Around> }.into_any(),
    }
}

#[component]
fn Around(children: Children) -> impl IntoView {
    view! {
        <PageTitle text="Post-mortem" />
        <main id="content" class="page" tabindex="-1">
            <h1>"Post-mortem"</h1>
            {children()}
        </main>
    }
}

#[component]
fn Ready() -> impl IntoView {
    announce();
    let session = use_session();
    let id = session.id;
    let started = session.with_untracked(|state| state.started.clone());
    let name = started.as_ref().map_or_else(String::new, |started| {
        let name = format!("{} {}", started.procedure.title, started.version);
        name.trim_end().to_owned()
    });
    let undoes = started.as_ref().and_then(|started| started.undoes);
    let written_there = undoes.map(|undone| {
        view! {
            <p>
                "This is a rollback. The post-mortem of what happened is written at "
                <A href=format!("/sessions/{undone}/post-mortem")>"the session that it undoes"</A>"."
            </p>
        }
    });
    let badge = started.map(|started| {
        view! {
            <EnvBadge
                name=started.environment.clone()
                production=started.production
                rehearsal=started.rehearsal
            />
        }
    });
    let is_open = Memo::new(move |_| session.with_confirmed(|state| state.closed.is_none()));
    view! {
        <PageTitle text=format!("Post-mortem of {name}") />
        <main id="content" class="page post-mortem" tabindex="-1">
            <p class="small"><A href=format!("/sessions/{id}")>"Back to the session"</A></p>
            <h1>"Post-mortem"</h1>
            <p class="lead"><b>{name}</b>" "{badge}</p>
            <p class="quiet">
                {move || if is_open.get() { "The session is still open. " } else { "" }}
                "What you save goes into the session’s log with your name and the time, and into its report. Nothing in the log is changed: what you replace stays there."
            </p>
            {written_there}
            <Connection />
            <Refused />
            <div class="post-mortem-columns">
                <div class="post-mortem-parts">
                    <Severity />
                    <Texts kind=&IMPACT />
                    <Texts kind=&ROOT_CAUSE />
                    <Texts kind=&FACTORS />
                    <Actions />
                    <Starred />
                </div>
                <Facts />
            </div>
        </main>
        <NameDialog />
    }
}
