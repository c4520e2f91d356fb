//! The way back: what would have to be undone now, and how ready the rollback is. Calm below the step; before the new version goes
//! live, and while it may be live already, it stands above it.

use holdpoint_domain::session::{NoRollback, PointOfNoReturn, Started, UndoList, WayBackReadiness, changes_something};
use holdpoint_domain::wire::LastRollback;
use leptos::html;
use leptos::prelude::*;

use super::linked::use_linked;
use crate::api;
use crate::components::rollback::none_words;
use crate::components::way_back::{Readiness, UndoSteps, ready_words, undo_words};
use crate::state::app::use_app;
use crate::state::session::{Session, use_session};

/// What is shown, by what the proxy recorded.
#[derive(Clone, PartialEq)]
struct WayBack {
    list: UndoList,
    ways: Vec<WayBackReadiness>,
    /// Why there is no rollback.
    none: Option<NoRollback>,
    point: PointOfNoReturn,
}

/// None where nothing in the procedure changes anything, and once it was closed or a rollback has taken over.
fn way_back(session: Session) -> Memo<Option<WayBack>> {
    // Once and not at every event: a long checklist has nothing to undo.
    let concerns = session.with_untracked(|state| state.procedure.as_deref().is_some_and(changes_something));
    Memo::new(move |_| {
        if !concerns {
            return None;
        }
        session.with_confirmed(|state| {
            let started = state.started.as_deref()?;
            let open = state.closed.is_none() && state.rollback.is_none() && !started.is_rollback();
            open.then(|| WayBack {
                list: state.undo_list(),
                ways: state.ways_back(),
                none: started.no_rollback(),
                point: state.point_of_no_return(),
            })
        })
    })
}

fn is_near(way: Option<&WayBack>) -> bool {
    way.is_some_and(|way| matches!(way.point, PointOfNoReturn::Near | PointOfNoReturn::AtHand))
}

/// Above the step, one step before the new version goes live and at that step.
#[component]
pub fn WayBackNear() -> impl IntoView {
    let way = way_back(use_session());
    let near = Memo::new(move |_| way.with(|way| is_near(way.as_ref())));
    let title = move || {
        let at_hand = way.with(|way| way.as_ref().is_some_and(|way| way.point == PointOfNoReturn::AtHand));
        match at_hand {
            true => "The new version may be live already: the way back",
            false => "Before the new version goes live: the way back",
        }
    };
    view! {
        <Show when=move || near.get()>
            <section class="way-back near" aria-labelledby="way-back-title">
                <h3 id="way-back-title">{title}</h3>
                {move || way.get().map(|way| view! { <InShort way /> })}
                <Folded title="What there is to undo, and what would undo it"><Content way /></Folded>
            </section>
        </Show>
    }
}

/// Below the step, folded.
#[component]
pub fn WayBackCalm() -> impl IntoView {
    let way = way_back(use_session());
    let calm = Memo::new(move |_| way.with(|way| way.is_some() && !is_near(way.as_ref())));
    let words = move || way.with(|way| way.as_ref().map(|way| undo_words(&way.list)));
    view! {
        <Show when=move || calm.get()>
            <section class="way-back" aria-label="The way back">
                <Folded title="The way back" words=Signal::derive(move || words().unwrap_or_default())><Content way /></Folded>
            </section>
        </Show>
    }
}

/// What is in it is made when it is opened.
#[component]
fn Folded(title: &'static str, #[prop(optional, into)] words: Signal<String>, children: ChildrenFn) -> impl IntoView {
    let (element, open) = (NodeRef::<html::Details>::new(), RwSignal::new(false));
    let on_toggle = move |_| open.set(element.get_untracked().is_some_and(|details| details.open()));
    let children = StoredValue::new(children);
    view! {
        <details node_ref=element on:toggle=on_toggle>
            <summary><b>{title}</b>" "<span class="quiet small">{words}</span></summary>
            <Show when=move || open.get()>{children.with_value(|children| children())}</Show>
        </details>
    }
}

#[component]
fn InShort(way: WayBack) -> impl IntoView {
    let none = way.none.map(|none| view! { <p class="problem">{none_words(none)}</p> });
    let clock = use_app().clock;
    let ways = way.ways.clone().into_iter().map(|way| {
        let words = Memo::new(move |_| ready_words(&way, clock.now()));
        view! { <p>{words}</p> }
    });
    view! { <div class="in-short">{none} {ways.collect::<Vec<_>>()} <p>{undo_words(&way.list)} "."</p></div> }
}

/// In the dialog that starts a rollback.
#[component]
pub fn WayBackInDialog() -> impl IntoView {
    let (session, linked, clock) = (use_session(), use_linked(), use_app().clock);
    let list = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let concerns = state.procedure.as_deref().is_some_and(changes_something);
            let undoes = state.started.as_deref().is_some_and(Started::is_rollback);
            (concerns && !undoes && state.closed.is_none()).then(|| state.undo_list())
        })
    });
    let steps = move || list.get().map(|list| view! { <UndoSteps list now=clock.signal() /> });
    // Its log is another one: what it undid stands in the list all the same.
    let before = move || {
        let sentence = linked.sentence().filter(|_| linked.may_start_another())?;
        Some(view! { <p class="small">{sentence}" What it has undone, this log does not say."</p> })
    };
    view! {
        <Show when=move || list.with(Option::is_some)>
            <section class="way-back in-dialog" aria-label="What there is to undo">
                <h3 class="label">"What there is to undo, by the log"</h3>
                {before}
                {steps}
            </section>
        </Show>
    }
}

#[component]
fn Content(way: Memo<Option<WayBack>>) -> impl IntoView {
    let clock = use_app().clock;
    let runbook = use_session().with_untracked(|state| state.started.as_ref().map(|one| one.runbook.clone()));
    let sessions = LocalResource::new(api::sessions);
    let last = move |title: String| {
        let runbook = runbook.clone().unwrap_or_default();
        Signal::derive(move || {
            sessions.get().map(|sessions| match sessions {
                Ok(sessions) => Ok(LastRollback::of(&sessions, &runbook, &title)),
                Err(error) => Err(error.to_string()),
            })
        })
    };
    let ways = Memo::new(move |_| way.with(|way| way.as_ref().map(|way| (way.ways.clone(), way.none))));
    let list = Memo::new(move |_| way.with(|way| way.as_ref().map(|way| way.list.clone())));
    view! {
        <div class="way-back-columns">
            <div>
                <h4 class="label">"What there is to undo, by the log"</h4>
                {move || list.get().map(|list| view! { <UndoSteps list now=clock.signal() /> })}
            </div>
            <div>
                <h4 class="label">"What would undo it"</h4>
                {move || {
                    let (ways, none) = ways.get()?;
                    let no = none.map(|none| view! { <p class="problem">{none_words(none)}</p> });
                    let each = ways.into_iter().map(|way| {
                        let last = last(way.title.clone());
                        view! { <Readiness way last now=Signal::derive(move || clock.now()) /> }
                    });
                    Some(view! { {no} {each.collect_view()} })
                }}
            </div>
        </div>
    }
}
