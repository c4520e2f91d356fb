//! Wrong turns, and steps that could not be followed.

use holdpoint_domain::drill::{Unfollowed, WrongTurn};
use leptos::prelude::*;

use crate::components::time::Time;
use crate::format::TimeFormat;

/// The wrong turns of a drill, in their order.
#[component]
pub fn TurnList(turns: Vec<WrongTurn>) -> impl IntoView {
    let row = |turn: WrongTurn| {
        let what = turn.kind.in_words();
        let reason = (!turn.reason.is_empty()).then(|| format!(": “{}”", turn.reason));
        view! {
            <li>
                <b>{what}</b>", "{turn.subject}{reason}" "
                <span class="quiet small">{turn.who}", "<Time at=turn.at format=TimeFormat::Day /></span>
            </li>
        }
    };
    match turns.is_empty() {
        true => view! { <p class="quiet">"None that the log shows."</p> }.into_any(),
        false => {
            let rows = turns.into_iter().map(row).collect_view();
            view! { <ul role="list" class="drill-list">{rows}</ul> }.into_any()
        }
    }
}

/// Steps that could not be followed, each with the session in which somebody said so.
#[component]
pub fn NotFollowedList(
    steps: Vec<Unfollowed>,
    /// Each row links to its session.
    #[prop(optional)]
    linked: bool,
) -> impl IntoView {
    let row = |step: Unfollowed| {
        let when = view! { <Time at=step.at format=TimeFormat::Day /> };
        let when = match linked {
            true => {
                let label = format!("The session in which {} said so of {}", step.who, step.label);
                view! { <a href=format!("/sessions/{}", step.session) aria-label=label>{when}</a> }.into_any()
            }
            false => when.into_any(),
        };
        view! {
            <li><b>{step.label}</b>": “"{step.reason}"” "<span class="quiet small">{step.who}", "{when}</span></li>
        }
    };
    match steps.is_empty() {
        true => view! { <p class="quiet">"Nobody said so of any step."</p> }.into_any(),
        false => {
            let rows = steps.into_iter().map(row).collect_view();
            view! { <ul role="list" class="drill-list">{rows}</ul> }.into_any()
        }
    }
}
