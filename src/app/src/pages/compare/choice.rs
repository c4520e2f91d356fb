//! What to compare a session with: its runbook's own times, the latest rehearsal, or any other session of the same procedure.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::SessionBrief;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api;
use crate::components::loading::Loaded;
use crate::format::{TimeFormat, local_time};

#[component]
pub fn Choice(id: SessionId, with: Memo<Option<String>>) -> impl IntoView {
    let sessions = LocalResource::new(api::sessions);
    view! {
        <div class="compare-choice">
            <Loaded resource=sessions what="the sessions" let:sessions>
                <Select id with sessions />
            </Loaded>
        </div>
    }
}

/// An entry of the list: the value of `with`, and its words.
type Entry = (String, String);

/// The other sessions of the procedure, newest first, the latest rehearsal before them.
fn entries(id: SessionId, sessions: &[SessionBrief]) -> Option<Vec<Entry>> {
    let this = sessions.iter().find(|one| one.id == id)?;
    let same = |one: &&SessionBrief| {
        one.id != id
            && !one.unreadable
            && (&one.runbook, &one.procedure_title) == (&this.runbook, &this.procedure_title)
    };
    let others: Vec<&SessionBrief> = sessions.iter().filter(same).collect();
    let words = |one: &SessionBrief| {
        let kind = if one.rehearsal { "rehearsal, " } else { "" };
        let name = format!("{} {}", one.procedure_title, one.version);
        let open = if one.closed.is_some() { "" } else { ", not closed" };
        let started = local_time(one.started, TimeFormat::Day);
        format!(
            "{}: {kind}{}, started {started}, captain {}{open}",
            name.trim_end(),
            one.environment_title,
            one.captain
        )
    };
    let mut entries = vec![("runbook".to_owned(), "The runbook’s own times".to_owned())];
    let rehearsal = others.iter().find(|one| one.rehearsal).map(|one| one.id);
    entries.extend(
        others
            .iter()
            .filter(|one| Some(one.id) == rehearsal)
            .map(|one| (one.id.to_string(), format!("The latest rehearsal · {}", words(one)))),
    );
    entries.extend(
        others
            .iter()
            .filter(|one| Some(one.id) != rehearsal)
            .map(|one| (one.id.to_string(), words(one))),
    );
    Some(entries)
}

#[component]
fn Select(id: SessionId, with: Memo<Option<String>>, sessions: Vec<SessionBrief>) -> impl IntoView {
    let mut entries =
        entries(id, &sessions).unwrap_or_else(|| vec![("runbook".to_owned(), "The runbook’s own times".to_owned())]);
    // An address may name one that is not in the list.
    if let Some(named) = with.get_untracked()
        && entries.iter().all(|(value, _)| *value != named)
    {
        entries.push((named.clone(), format!("Session {named}")));
    }
    let alone = entries.len() == 1;
    let navigate = use_navigate();
    let choose = move |event: leptos::ev::Event| {
        let with = event_target_value(&event);
        let query = if with.is_empty() {
            String::new()
        } else {
            format!("?with={with}")
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("/sessions/{id}/compare{query}"), options);
    };
    let options = entries.into_iter().map(|(value, words)| {
        let of = value.clone();
        view! { <option value=value selected=move || with.get().as_ref() == Some(&of)>{words}</option> }
    });
    view! {
        <label class="field">
            <span class="field-label">"Compare with"</span>
            <select on:change=choose>
                <option value="" selected=move || with.get().is_none()>"Choose…"</option>
                {options.collect_view()}
            </select>
        </label>
        {alone.then(|| view! { <p class="small quiet">"There is no other session of this procedure in the list to compare it with."</p> })}
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_session_that_the_list_does_not_know_has_nothing_of_its_own_to_choose() {
        assert_eq!(entries(Uuid::nil(), &[]), None);
    }
}
