//! What is released: the version, the commit, and its author where the session says one.

use holdpoint_domain::session::State;
use holdpoint_domain::wire::WatchFacts;
use leptos::prelude::*;

use crate::state::session::use_session;

/// Characters of a commit that are shown; its link has all of it.
const SHOWN: usize = 12;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Change {
    version: String,
    commit: String,
    author: String,
}

impl Change {
    fn of(state: &State) -> Self {
        let Some(started) = state.started.as_deref() else {
            return Self::default();
        };
        let author = started.variables.get("author").map(|author| author.trim());
        Self {
            version: started.version.clone(),
            commit: started.git_sha.clone(),
            author: author.unwrap_or_default().to_owned(),
        }
    }

    fn is_known(&self) -> bool {
        !self.version.is_empty() || !self.commit.is_empty()
    }
}

/// Nothing where the session has neither a version nor a commit.
#[component]
pub fn WhatChanged(#[prop(into)] facts: Signal<WatchFacts>) -> impl IntoView {
    let session = use_session();
    let change = Memo::new(move |_| session.with_confirmed(Change::of));
    let address = Memo::new(move |_| facts.with(|facts| facts.commit_url.clone()));
    view! {
        <Show when=move || change.with(Change::is_known)>
            <section aria-label="Version and commit">
                <h2 class="label">"Version and commit"</h2>
                <dl class="facts">
                    {move || fact("Version", said(&change.get().version), !change.get().version.is_empty())}
                    {move || {
                        let commit = change.get().commit;
                        let is_known = !commit.is_empty();
                        fact("Commit", commit_view(&commit, address.get()), is_known)
                    }}
                    {move || fact("Author", said(&change.get().author), !change.get().author.is_empty())}
                </dl>
            </section>
        </Show>
    }
}

fn fact(name: &'static str, value: AnyView, is_known: bool) -> Option<impl IntoView> {
    is_known.then(|| view! { <dt>{name}</dt><dd>{value}</dd> })
}

/// Whatever a session's start was given.
fn said(text: &str) -> AnyView {
    view! { <bdi>{text.to_owned()}</bdi> }.into_any()
}

fn commit_view(commit: &str, address: Option<String>) -> AnyView {
    let short: String = commit.chars().take(SHOWN).collect();
    let shown = view! { <code>{short}</code> };
    match address {
        Some(address) => view! {
            <a href=address target="_blank" rel="noopener noreferrer external" class="out">
                {shown}
                <span class="sr-only">" in the repository, in a new tab"</span>
            </a>
        }
        .into_any(),
        None => shown.into_any(),
    }
}
