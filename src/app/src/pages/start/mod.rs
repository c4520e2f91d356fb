//! Starting a session: what will happen, and what it needs to know.

mod forecast;

use holdpoint_domain::runbook::Procedure;
use holdpoint_domain::session::{Event, SessionId};
use holdpoint_domain::wire::{EnvironmentBrief, RunbookRead, StartSession};
use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{self, ApiError};
use crate::cells::{Callback, Derived, Held};
use crate::components::common::{load_error, page_main, page_title, show_load};
use crate::components::dom::{El, el};
use crate::components::kind::kind_label;
use crate::components::parts::prose;
use crate::components::start_form::{StartValues, start_form};
use crate::state::app::AppState;
use crate::state::fetch::Fetch;
use crate::state::load::Load;
use forecast::forecast;

/// What the form needs before it can be shown.
#[derive(Clone, PartialEq)]
struct Ready {
    book: RunbookRead,
    environments: Vec<EnvironmentBrief>,
    values: StartValues,
    undoes: Option<SessionId>,
}

/// The page of the form.
pub fn start_page(app: AppState, runbook: String, procedure: String) -> El {
    let undoes = untrack(|| app.router.query("undoes"));
    let ready = Fetch::new(move || {
        let (name, undoes) = (runbook.clone(), undoes.clone());
        async move { prepare(app, &name, undoes).await }
    });
    page_main("page start").live_children(move || {
        let loaded = ready.get();
        let waiting = !matches!(loaded, Load::Ready(_));
        let content = show_load(loaded, "the runbook", Callback::new(move |()| ready.again()), |ready| {
            prepared(app, ready, &procedure)
        });
        let title = waiting.then(|| {
            page_title("Start a session");
            el("h1").text("Start a session")
        });
        title.into_iter().chain(content).collect()
    })
}

async fn prepare(app: AppState, name: &str, undoes: Option<String>) -> Result<Ready, ApiError> {
    let (book, me) = (api::runbook(name).await?, api::me().await?);
    let captain = app.settings.name_untracked();
    let first = me
        .environments
        .iter()
        .find(|one| me.rehearsal && one.rehearsal)
        .or_else(|| me.environments.first());
    let environment = first.map(|one| one.name.clone()).unwrap_or_default();
    let mut ready = Ready {
        book,
        environments: me.environments.clone(),
        values: StartValues {
            environment,
            captain,
            ..StartValues::default()
        },
        undoes: None,
    };
    if let Some(undoes) = undoes {
        // A rollback of a session that does not exist must not start as one that undoes nothing.
        let id = undoes.parse::<SessionId>().map_err(|_| ApiError::NotFound {
            message: format!("“{undoes}” is not the id of a session, so there is nothing to undo. Check the link."),
        })?;
        let events = api::session(id).await?.events;
        let started = events.into_iter().find_map(|one| match one.record.event {
            Event::SessionStarted(started) => Some(started),
            _ => None,
        });
        if let Some(started) = started {
            ready.values.environment.clone_from(&started.environment);
            ready.values.version.clone_from(&started.version);
            ready.values.git_sha.clone_from(&started.git_sha);
        }
        ready.undoes = Some(id);
    }
    Ok(ready)
}

fn prepared(app: AppState, ready: Ready, procedure: &str) -> Vec<El> {
    let book = &ready.book.runbook;
    let href = format!("/runbooks/{}", ready.book.name);
    let Some(found) = book.procedure(procedure) else {
        let message = format!(
            "The runbook “{}” has no procedure “{procedure}”. Choose one that it has.",
            book.title
        );
        page_title("No such procedure");
        return vec![
            el("h1").text("No such procedure"),
            load_error(&ApiError::NotFound { message }, None),
            el("p").child(el("a").attr("href", &href).class("btn").text("Open the runbook")),
        ];
    };
    page_title(&format!("Start {}", found.title));
    let values = Held::new(ready.values.clone());
    let kind = el("p").child(kind_label(found.kind));
    let kind = match ready.undoes {
        Some(id) => kind
            .text(" undoes ")
            .child(el("a").attr("href", &format!("/sessions/{id}")).text("another session")),
        None => kind,
    };
    let intro = (!found.intro.is_empty()).then(|| el("div").class("intro").child(prose(&found.intro)));
    let columns = el("div")
        .class("start-columns")
        .child(form(app, &ready, procedure, values))
        .child(el("div").live_children(outlook(found.clone(), ready.environments, values)));
    let head = [
        el("p")
            .class("quiet small")
            .child(el("a").attr("href", &href).text(&book.title)),
        el("h1").text(&found.title),
        kind,
    ];
    head.into_iter().chain(intro).chain([columns]).collect()
}

/// What will happen in the environment that is chosen.
fn outlook(
    procedure: Procedure,
    environments: Vec<EnvironmentBrief>,
    values: Held<StartValues>,
) -> impl Fn() -> Vec<El> {
    let chosen = Derived::new(move |()| values.with(|values| values.environment.clone()));
    move || {
        let environment = chosen.with(|name| environments.iter().find(|one| one.name == *name));
        environment
            .map(|environment| forecast(&procedure, environment))
            .into_iter()
            .collect()
    }
}

fn form(app: AppState, ready: &Ready, procedure: &str, values: Held<StartValues>) -> El {
    let (starting, problem) = (Held::new(false), Held::new(None::<String>));
    let (name, digest, procedure) = (ready.book.name.clone(), ready.book.digest.clone(), procedure.to_owned());
    let undoes = ready.undoes;
    let last = Held::new(None::<StartSession>);
    let on_start = Callback::new(move |values: StartValues| {
        app.settings.set_name(values.captain.trim());
        starting.set(true);
        problem.set(None);
        let request = again_or(
            last.get_untracked(),
            request(&name, &digest, &procedure, &values, undoes),
        );
        last.set(Some(request.clone()));
        leptos::task::spawn_local(async move {
            match api::start(&request).await {
                Ok(_) => app.router.go(&format!("/sessions/{}", request.session)),
                Err(error) => {
                    starting.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    });
    start_form(
        ready.environments.clone(),
        values,
        starting.into(),
        problem.into(),
        on_start,
    )
}

/// The last try where nothing but the ids is new: it may have made its session although its answer was lost, and the same ids
/// ask for that session again instead of a second one.
fn again_or(last: Option<StartSession>, mut request: StartSession) -> StartSession {
    if let Some(last) = last {
        let fresh = (request.command, request.session);
        (request.command, request.session) = (last.command, last.session);
        if request != last {
            (request.command, request.session) = fresh;
        }
    }
    request
}

fn request(name: &str, digest: &str, procedure: &str, values: &StartValues, undoes: Option<SessionId>) -> StartSession {
    StartSession {
        command: Uuid::new_v4(),
        session: Uuid::now_v7(),
        runbook: name.to_owned(),
        digest: digest.to_owned(),
        procedure: procedure.to_owned(),
        environment: values.environment.clone(),
        version: values.version.trim().to_owned(),
        git_sha: values.git_sha.trim().to_ascii_lowercase(),
        captain: values.captain.trim().to_owned(),
        undoes,
        variables: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_the_same_session_until_something_else_is_wanted() {
        let values = StartValues {
            environment: "production".to_owned(),
            version: "v1".to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
        };
        let first = request("release", "digest", "release", &values, None);
        let second = again_or(
            Some(first.clone()),
            request("release", "digest", "release", &values, None),
        );
        assert_eq!(first, second);
        let changed = StartValues {
            version: "v2".to_owned(),
            ..values
        };
        let third = again_or(Some(second), request("release", "digest", "release", &changed, None));
        assert_ne!(third.session, first.session);
        assert_ne!(third.command, first.command);
    }
}
