//! Starting a session: what will happen, and what it needs to know.

mod forecast;

use holdpoint_domain::runbook;
use holdpoint_domain::session::{Event, SessionId};
use holdpoint_domain::wire::{EnvironmentBrief, RunbookText, StartSession};
use leptos::prelude::*;
use uuid::Uuid;

use crate::cells::{Derived, Held};
use crate::api::{self, ApiError};
use crate::components::common::{LoadError, PageTitle, show_load};
use crate::components::kind::kind_label;
use crate::components::parts::prose;
use crate::components::start_form::{StartForm, StartValues};
use crate::state::app::{AppState, use_app};
use crate::state::fetch::Fetch;
use crate::state::load::Load;
use forecast::{Forecast, forecast};

/// What the form needs before it can be shown.
#[derive(Clone, PartialEq)]
struct Ready {
    text: RunbookText,
    environments: Vec<EnvironmentBrief>,
    values: StartValues,
    undoes: Option<SessionId>,
}

/// The page of the form.
#[component]
pub fn StartPage(
    /// The runbook's name.
    runbook: String,
    /// The procedure's id.
    procedure: String,
) -> impl IntoView {
    let app = use_app();
    let undoes = untrack(|| app.router.query("undoes"));
    let ready = Fetch::new(move || {
        let (name, undoes) = (runbook.clone(), undoes.clone());
        async move { prepare(app, &name, undoes).await }
    });
    let procedure = StoredValue::new(procedure);
    move || {
        let loaded = ready.get();
        let retry = Callback::new(move |()| ready.again());
        let waiting = !matches!(loaded, Load::Ready(_));
        let content = show_load(loaded, "the runbook", retry, |ready| view! { <Prepared ready=ready procedure=procedure.get_value() /> });
        view! {
            <main id="content" class="page start" tabindex="-1">
                {waiting.then(|| view! { <PageTitle text="Start a session" /><h1>"Start a session"</h1> })}
                {content}
            </main>
        }
    }
}

async fn prepare(app: AppState, name: &str, undoes: Option<String>) -> Result<Ready, ApiError> {
    let (text, me) = (api::runbook(name).await?, api::me().await?);
    let captain = app.settings.name_untracked();
    let first = me.environments.iter().find(|one| me.rehearsal && one.rehearsal).or_else(|| me.environments.first());
    let environment = first.map(|one| one.name.clone()).unwrap_or_default();
    let mut ready = Ready {
        text,
        environments: me.environments.clone(),
        values: StartValues { environment, captain, ..StartValues::default() },
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

#[component]
fn Prepared(ready: Ready, procedure: String) -> impl IntoView {
    let app = use_app();
    let book = runbook::read(&ready.text.name, &ready.text.text);
    let href = format!("/runbooks/{}", ready.text.name);
    let Some(found) = book.procedure(&procedure).cloned() else {
        let message = format!("The runbook “{}” has no procedure “{procedure}”. Choose one that it has.", book.title);
        return view! {
            <PageTitle text="No such procedure" />
            <h1>"No such procedure"</h1>
            <LoadError error=ApiError::NotFound { message } />
            <p><a href=href class="btn">"Open the runbook"</a></p>
        }
        .into_any();
    };
    let values = Held::new(ready.values.clone());
    let environments = StoredValue::new(ready.environments.clone());
    let steps = StoredValue::new(found.clone());
    let outlook = Derived::new(move |()| {
        let name = values.with(|values| values.environment.clone());
        steps.with_value(|procedure| {
            environments.with_value(|all| all.iter().find(|one| one.name == name).map(|one| forecast(procedure, one)))
        })
    });
    let (starting, problem) = (Held::new(false), Held::new(None::<String>));
    let (text, undoes) = (StoredValue::new((ready.text.name.clone(), ready.text.digest.clone())), ready.undoes);
    let on_start = Callback::new(move |values: StartValues| {
        app.settings.set_name(values.captain.trim());
        starting.set(true);
        problem.set(None);
        let request = text.with_value(|(name, digest)| request(name, digest, &procedure, &values, undoes));
        leptos::task::spawn_local(async move {
            match api::start(&request).await {
                Ok(_) => {
                    app.router.go(&format!("/sessions/{}", request.session));
                }
                Err(error) => {
                    starting.set(false);
                    problem.set(Some(error.to_string()));
                }
            }
        });
    });
    view! {
        <PageTitle text=format!("Start {}", found.title) />
        <p class="quiet small"><a href=href>{book.title}</a></p>
        <h1>{found.title.clone()}</h1>
        <p>{kind_label(found.kind).view()}{undoes.map(|id| view! { " undoes "<a href=format!("/sessions/{id}")>"another session"</a> })}</p>
        {(!found.intro.is_empty()).then(|| view! { <div class="intro">{prose(&found.intro).view()}</div> })}
        <div class="start-columns">
            <StartForm environments=ready.environments values=values starting=starting problem=problem on_start=on_start />
            {move || outlook.get().map(|outlook| view! { <Forecast outlook=outlook /> })}
        </div>
    }
    .into_any()
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
