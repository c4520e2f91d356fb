//! Starting a session: what will happen, and what it needs to know.

mod before;
mod drill;
mod errors;
mod filled_in;
mod forecast;
mod open;

use holdpoint_domain::runbook::{Procedure, ProcedureKind};
use holdpoint_domain::session::{Event, SessionId};
use holdpoint_domain::wire::{EnvironmentBrief, RunbookRead, SessionBrief, StartSession};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params};
use leptos_router::params::Params;
use uuid::Uuid;

use crate::api::{self, ApiError, ApiResult};
use crate::components::kind::KindLabel;
use crate::components::loading::{LoadError, Loaded};
use crate::components::parts::Prose;
use crate::components::start_form::{StartForm, StartValues};
use crate::components::title::PageTitle;
use crate::components::words::Stands;
use crate::state::app::{App, use_app};
use crate::state::start::use_start;
use before::{Around, AroundIt};
use drill::{Chosen, DrillChoice};
use errors::{Errors, KeptNotice, in_the_way};
use filled_in::{ByAddressNotice, FilledIn};
use forecast::Forecast;
use open::OpenSessions;

#[derive(Clone, Debug, PartialEq, Params)]
struct StartParams {
    name: String,
    procedure: String,
}

/// What the form needs before it can be shown.
#[derive(Clone)]
struct Ready {
    book: RunbookRead,
    environments: Vec<EnvironmentBrief>,
    /// What is filled in at first.
    values: StartValues,
    /// The address that led here filled something in.
    by_address: bool,
    undoes: Option<SessionId>,
    /// What that session is called.
    undone: Option<String>,
    /// What the session that is to be undone compiled of the same runbook at its start.
    kept: Option<Kept>,
    /// The runbook's sessions that are not closed, and how each stands.
    open: Vec<(SessionBrief, Stands)>,
    /// All of its sessions that the proxy lists.
    sessions: Vec<SessionBrief>,
}

/// What can undo a session without the file, which may have been changed since.
#[derive(Clone)]
struct Kept {
    digest: String,
    procedures: Vec<Procedure>,
}

/// `/runbooks/:name/start/:procedure?undoes=`, or `?environment=&version=&git_sha=`.
#[component]
pub fn StartPage() -> impl IntoView {
    let asked = use_params::<StartParams>();
    // Not `use_query`: it keeps the old query when the address changes within one route (leptos_router 0.8.17).
    let query = use_location().query;
    // Another procedure is another form.
    let form = move || {
        let [undoes, drill, seed] =
            query.with_untracked(|query| ["undoes", "drill", "seed"].map(|name| query.get(name)));
        let chosen = Chosen::new(drill, seed);
        let said = query.with_untracked(|query| FilledIn::of(|key| query.get(key)));
        asked
            .get()
            .ok()
            .map(|asked| view! { <Start asked undoes chosen said /> })
    };
    view! {
        <PageTitle text="Start a session" />
        {form}
    }
}

#[component]
fn Start(
    asked: StartParams,
    /// The id of the session that is to be undone, as the address says it.
    undoes: Option<String>,
    chosen: Chosen,
    said: FilledIn,
) -> impl IntoView {
    let app = use_app();
    let StartParams { name, procedure } = asked;
    let ready_for = procedure.clone();
    let ready = LocalResource::new(move || prepare(app, name.clone(), ready_for.clone(), undoes.clone(), said.clone()));
    view! {
        <Loaded resource=ready what="the runbook" page="Start a session" let:ready>
            <main id="content" class="page start" tabindex="-1">
                <Prepared ready procedure=procedure.clone() chosen />
            </main>
        </Loaded>
    }
}

async fn prepare(
    app: App,
    name: String,
    procedure: String,
    undoes: Option<String>,
    said: FilledIn,
) -> ApiResult<Ready> {
    let (book, me) = (api::runbook(&name).await?, api::me().await?);
    // The form of an emergency has no field that would show them.
    let mut all = book.runbook.procedures.iter();
    let has_version = all.any(|one| one.id == procedure && one.kind != ProcedureKind::Emergency);
    let said = if has_version { said } else { said.without_version() };
    let practice = me.environments.iter().find(|one| me.rehearsal && one.rehearsal);
    let environment = practice.or(me.environments.first()).map(|one| one.name.clone());
    let mut values = StartValues {
        environment: environment.unwrap_or_default(),
        captain: app.settings.name_untracked(),
        ..StartValues::default()
    };
    // What a rollback is started with is what the undone session was started with.
    let by_address = undoes.is_none() && said.put_into(&mut values, &me.environments);
    let (undoes, undone, kept) = match undoes {
        Some(id) => {
            let (id, undone, kept) = to_undo(&id, &name, &mut values).await?;
            (Some(id), undone, kept)
        }
        None => (None, None, None),
    };
    let sessions = api::sessions().await?;
    let stands = |one: &SessionBrief| {
        let rollback = sessions.iter().find(|other| Some(other.id) == one.undone_by);
        (one.clone(), Stands::of_brief(one, rollback))
    };
    let open = sessions
        .iter()
        .filter(|one| one.closed.is_none() && !one.unreadable && one.runbook == name);
    Ok(Ready {
        open: open.map(stands).collect(),
        sessions: sessions.iter().filter(|one| one.runbook == name).cloned().collect(),
        book,
        environments: me.environments,
        values,
        by_address,
        undoes,
        undone,
        kept,
    })
}

/// Fills in what the session that is to be undone was started with. A rollback of a session that does not exist must not
/// start as one that undoes nothing.
async fn to_undo(
    id: &str,
    runbook: &str,
    values: &mut StartValues,
) -> ApiResult<(SessionId, Option<String>, Option<Kept>)> {
    let id = id.parse::<SessionId>().map_err(|_| ApiError::NotFound {
        message: format!("“{id}” is not the id of a session, so there is nothing to undo. Check the link."),
    })?;
    let events = api::session(id).await?.events;
    if let Some(Event::SessionStarted(started)) = events.into_iter().next().map(|record| record.event) {
        values.environment = started.environment.clone();
        values.version = started.version.clone();
        values.git_sha = started.git_sha.clone();
        let kept = (started.runbook == runbook).then(|| Kept {
            digest: started.digest.clone(),
            procedures: started.compiled().cloned().collect(),
        });
        return Ok((id, Some(started.name()), kept));
    }
    Ok((id, None, None))
}

#[component]
fn Prepared(ready: Ready, procedure: String, chosen: Chosen) -> impl IntoView {
    let Ready {
        book,
        environments,
        values,
        by_address,
        undoes,
        undone,
        kept,
        open,
        sessions,
    } = ready;
    let href = format!("/runbooks/{}", book.name);
    let on_disk = book.runbook.procedures.iter().find(|one| one.id == procedure).cloned();
    // A rollback can always be started: where the file has become wrong, by what the undone session kept of it.
    let on_disk_errors = on_disk
        .as_ref()
        .map(|one| in_the_way(one, &book.runbook.procedures, undoes));
    let kept = kept
        .filter(|_| on_disk_errors.as_ref().is_none_or(|errors| !errors.is_empty()))
        .and_then(|kept| {
            Some((
                kept.digest,
                kept.procedures.into_iter().find(|one| one.id == procedure)?,
            ))
        });
    let (found, digest, errors, notice) = match (kept, on_disk) {
        (Some((digest, found)), _) => (found, digest, Vec::new(), true),
        (None, Some(found)) => (found, book.digest.clone(), on_disk_errors.unwrap_or_default(), false),
        (None, None) => return view! { <NoSuchProcedure runbook=book.runbook.title procedure href /> }.into_any(),
    };
    let stopped = !errors.is_empty();
    let (title, kind, intro) = (found.title.clone(), found.kind, found.intro.clone());
    let title_of_open = title.clone();
    let undone = undone.unwrap_or_else(|| "another session".to_owned());
    let undone = undoes.map(|id| view! { " · rolls back " <a href=format!("/sessions/{id}")>{undone}</a> });
    let intro = (!intro.is_empty()).then(|| view! { <div class="intro"><Prose blocks=intro /></div> });
    let can_be_drill = undoes.is_none().then(|| (book.name.clone(), procedure.clone()));
    let can_choose = can_be_drill.is_some();
    let values_are_unknown = values.version.is_empty();
    let environment = RwSignal::new(values.environment.clone());
    let known = environments.clone();
    let place = move || environment.with(|name| known.iter().find(|one| one.name == *name).cloned());
    let is_drill = Signal::derive(move || can_choose && chosen.is_chosen());
    let around = Around::of(&book.name, &found, &book.runbook.procedures);
    let place_now = Memo::new({
        let place = place.clone();
        move |_| place()
    });
    let around = around.map(|around| view! { <AroundIt around sessions environment=place_now /> });
    let outlook =
        move || place().map(|environment| view! { <Forecast procedure=found.clone() environment drill=is_drill /> });
    view! {
        <PageTitle text=format!("Start {title}") />
        <p class="quiet small">
            <a href=href>{book.runbook.title.clone()}</a>
        </p>
        <h1>{title}</h1>
        <p>
            <KindLabel kind />
            {undone}
        </p>
        <OpenSessions sessions=open procedure=title_of_open />
        {by_address.then(|| view! { <ByAddressNotice /> })}
        {notice.then(|| view! { <KeptNotice /> })}
        {stopped.then(|| view! { <Errors errors file=format!("{}.md", book.name) /> })}
        {intro}
        {around}
        <div class="start-columns">
            <Form
                environments
                environment
                values
                without_version=kind == ProcedureKind::Emergency || undoes.is_some() && values_are_unknown
                stopped=Signal::derive(move || stopped || can_choose && chosen.is_absent())
                request=move |values: &StartValues| StartSession {
                    drill: chosen.request(),
                    ..request(&book.name, &digest, &procedure, values, undoes)
                }
            >
                {can_be_drill.map(|(runbook, procedure)| view! { <DrillChoice runbook procedure environment chosen /> })}
            </Form>
            {outlook}
        </div>
    }
    .into_any()
}

/// The form, and what becomes of it.
#[component]
fn Form(
    environments: Vec<EnvironmentBrief>,
    environment: RwSignal<String>,
    values: StartValues,
    without_version: bool,
    /// Something stands in the way of a start.
    #[prop(into)]
    stopped: Signal<bool>,
    /// Makes a request of what was filled in.
    request: impl Fn(&StartValues) -> StartSession + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    let (settings, start) = (use_app().settings, use_start());
    let on_start = move |values: StartValues| {
        settings.set_name(values.captain.trim());
        start.send(request(&values));
    };
    view! {
        <StartForm
            environments
            environment
            values
            without_version
            stopped
            starting=Signal::derive(move || start.pending())
            problem=Signal::derive(move || start.problem())
            on_start
        >
            {children()}
        </StartForm>
    }
}

/// A request with ids of its own.
fn request(
    runbook: &str,
    digest: &str,
    procedure: &str,
    values: &StartValues,
    undoes: Option<SessionId>,
) -> StartSession {
    StartSession {
        command: Uuid::now_v7(),
        session: Uuid::now_v7(),
        runbook: runbook.to_owned(),
        digest: digest.to_owned(),
        procedure: procedure.to_owned(),
        environment: values.environment.clone(),
        version: values.version.trim().to_owned(),
        git_sha: values.git_sha.trim().to_ascii_lowercase(),
        captain: values.captain.trim().to_owned(),
        undoes,
        drill: None,
        variables: Default::default(),
    }
}

#[component]
fn NoSuchProcedure(runbook: String, procedure: String, href: String) -> impl IntoView {
    let message = format!("The runbook “{runbook}” has no procedure “{procedure}”. Choose one that it has.");
    view! {
        <PageTitle text="No such procedure" />
        <h1>"No such procedure"</h1>
        <LoadError error=ApiError::NotFound { message } />
        <p>
            <a href=href class="btn">
                "Open the runbook"
            </a>
        </p>
    }
}
