//! The score of a drill, on the page of its session once that is closed.

use std::sync::Arc;

use holdpoint_domain::drill::DrillScore;
use holdpoint_domain::session::Started;
use leptos::prelude::*;

use super::linked::{LinkTo, use_linked};
use super::ui::use_ui;
use crate::api::drills;
use crate::components::drill::{FaultCard, NotFollowedList, TurnList, repeat_href};
use crate::components::loading::Loaded;
use crate::state::session::use_session;

/// Nothing in a session that is no drill.
#[component]
pub fn DrillPart() -> impl IntoView {
    let (ui, started) = (use_ui(), use_session().with_untracked(|state| state.started.clone()));
    let started = started.filter(|started| started.drill.is_some())?;
    let of_another = started.drill.as_ref().is_some_and(|mark| mark.commitment.is_none());
    let content = move || {
        match (of_another, ui.closed.get()) {
        (true, _) => {
            view! { <p>"This rollback is part of a drill. "<LinkTo other=use_linked().undone before="The score is with " unnamed="the session that it undoes" /></p> }
                .into_any()
        }
        (false, false) => {
            view! { <p class="quiet">"Which faults strike and when is revealed when the session is closed, and the score with it."</p> }
                .into_any()
        }
        (false, true) => view! { <Score started=Arc::clone(&started) /> }.into_any(),
    }
    };
    Some(
        view! { <section class="drill" aria-labelledby="drill-score"><h3 id="drill-score">"Drill"</h3>{content}</section> },
    )
}

#[component]
fn Score(started: Arc<Started>) -> impl IntoView {
    let session = use_session();
    // A later word about a step changes it, and so does the rollback.
    let said = Memo::new(move |_| session.with_confirmed(|state| state.not_followed.len()));
    let stands = use_linked().stands;
    let score = LocalResource::new(move || {
        said.get();
        stands.get();
        drills::score(session.id)
    });
    view! {
        <Loaded resource=score what="the score" let:score>
            <Scored score started=Arc::clone(&started) />
        </Loaded>
    }
}

#[component]
fn Scored(score: DrillScore, started: Arc<Started>) -> impl IntoView {
    let DrillScore {
        drill,
        title,
        seed,
        faults,
        turns,
        rollback,
        not_followed,
        ..
    } = score;
    let revealed = drill.zip(seed).map(|(drill, seed)| {
        let environment = Some(started.environment.as_str());
        let href = repeat_href(&started.runbook, &started.procedure.id, &drill, &seed, environment);
        view! {
            <p>
                <b>{title}</b>", seed "<code>{seed}</code>" "
                <a href=href class="btn small">"Repeat this drill"</a>
            </p>
        }
    });
    let lost = revealed.is_none().then(|| {
        view! { <p>"The plan of this drill was lost before the session was closed, so nothing can be said of its faults."</p> }
    });
    let none = (lost.is_none() && faults.is_empty()).then(|| view! { <p>"No fault was planned."</p> });
    let faults: Vec<_> = faults.into_iter().map(|fault| view! { <FaultCard fault /> }).collect();
    view! {
        {revealed}
        {lost}
        {none}
        <ul role="list" class="drill-faults">{faults}</ul>
        {rollback.map(|rollback| view! { <p>{rollback.in_words()}</p> })}
        <h4>"Wrong turns"</h4>
        <TurnList turns />
        <h4>"Steps that could not be followed"</h4>
        <NotFollowedList steps=not_followed />
        <p class="quiet small">
            "Every figure follows from the log. What it has nothing to measure by is n.a.; there is no grade."
        </p>
    }
}
