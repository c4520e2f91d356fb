//! Figures of the sessions that were found: each with the number of sessions that it is of, and what it means.

use chrono::TimeDelta;
use holdpoint_domain::wire::{Figure, GateFigures, Statistics, StatisticsRead, StepFigures};
use leptos::prelude::*;

use super::address::use_asked;
use crate::api;
use crate::components::loading::Loaded;
use crate::format::{count, duration_s, in_minutes};

#[component]
pub fn Figures() -> impl IntoView {
    let asked = use_asked();
    let figures = LocalResource::new(move || {
        let query = asked.filters.get();
        async move { api::statistics(&query).await.map(|figures| (query, figures)) }
    });
    view! {
        <Loaded resource=figures what="the figures" let:answer>
            <Answered answer />
        </Loaded>
    }
}

#[component]
fn Answered(answer: (String, StatisticsRead)) -> impl IntoView {
    let asked = use_asked();
    let (query, StatisticsRead { real, rehearsals, cut }) = answer;
    let is_old = Memo::new(move |_| asked.filters.with(|filters| *filters != query));
    // Each by itself, with a heading where both are there.
    let both = real.is_some() && rehearsals.is_some();
    let part = move |heading: &'static str, figures: Statistics| {
        view! {
            {both.then(|| view! { <h3 class="label">{heading}</h3> })}
            <Part figures />
        }
    };
    view! {
        <div class="figures" class:old=move || is_old.get() aria-busy=move || is_old.get().to_string()>
            {cut.then(|| view! { <p class="quiet small">"There are more sessions: these figures are of the newest ones."</p> })}
            {real.map(|figures| part("Real sessions", figures))}
            {rehearsals.map(|figures| part("Rehearsals", figures))}
        </div>
    }
}

#[component]
fn Part(figures: Statistics) -> impl IntoView {
    if figures.sessions == 0 {
        return view! { <p class="quiet">"Of no session there are no figures."</p> }.into_any();
    }
    let outcomes = [
        (figures.completed, "completed"),
        (figures.rolled_back, "rolled back"),
        (figures.abandoned, "abandoned"),
        (figures.open, "not closed"),
        (figures.unreadable, "that cannot be read"),
    ];
    let outcomes = outcomes.into_iter().filter(|(number, _)| *number > 0);
    let outcomes: Vec<String> = outcomes.map(|(number, word)| format!("{number} {word}")).collect();
    let undone = (figures.completed_undone > 0).then(|| {
        format!(
            " Of the {} completed, {} had a rollback started afterwards.",
            figures.completed, figures.completed_undone
        )
    });
    let not_recovered = (figures.not_recovered > 0).then(|| {
        format!(
            " Not in it: {}, where a decision to go on, a rollback or the closing ended that instead.",
            count(figures.not_recovered as usize, "session")
        )
    });
    view! {
        <p>
            <b>{count(figures.sessions as usize, "session")}</b>
            {format!(": {}.", outcomes.join(", "))}
            {undone}
        </p>
        <dl class="figure-list">
            <Line name="Duration" figure=figures.duration>
                "From start to end, of the sessions that were completed."
            </Line>
            <Line name="Time on hold" figure=figures.on_hold>"Of the sessions that were on hold."</Line>
            <Line name="Time to recover" figure=figures.to_recover>
                "Releases: from the first hold until the gates passed again. Emergencies: from start to end, of those that were completed."
                {not_recovered}
            </Line>
            <Line name="Time to roll back" figure=figures.to_rollback>
                "From the first hold or failure to the start of the rollback."
            </Line>
            <Line name="Length of a rollback" figure=figures.rollback>
                "From the start of the rollback to its end, of those that were completed."
            </Line>
        </dl>
        <Gates gates=figures.gates />
        <Steps steps=figures.proceeded />
    }
    .into_any()
}

/// Fewer than three say nothing of the next one, and so no figure is shown of them.
#[component]
fn Line(name: &'static str, figure: Figure, children: Children) -> impl IntoView {
    let of = count(figure.sessions as usize, "session");
    let told = match (figure.median_seconds, figure.p90_seconds) {
        (Some(median), Some(p90)) => view! {
            <b>{length(median)}</b>" in the middle, "<b>{length(p90)}</b>" at most in nine of ten "
            <span class="quiet">{format!("({of})")}</span>
        }
        .into_any(),
        _ if figure.sessions == 0 => view! { <span class="quiet">"No closed session had this."</span> }.into_any(),
        _ => view! { <span class="quiet">{format!("Too few to say: {of}. It takes three.")}</span> }.into_any(),
    };
    view! {
        <dt>{name}</dt>
        <dd>
            <p>{told}</p>
            <p class="quiet small">{children()}</p>
        </dd>
    }
}

#[component]
fn Gates(gates: Vec<GateFigures>) -> impl IntoView {
    (!gates.is_empty()).then(|| {
        let item = |gate: GateFigures| {
            let runs = format!(
                "{} in {}: {} failed, {} inconclusive, {} passed on repeat",
                count(gate.runs as usize, "run"),
                count(gate.sessions as usize, "session"),
                gate.failed,
                gate.inconclusive,
                gate.passed_on_repeat
            );
            view! { <li><b>{gate.title}</b>" "<span class="quiet">{runs}</span></li> }
        };
        view! {
            <h3>"Flakiest gates"</h3>
            <p class="quiet small">
                "Of sessions that ended. “Passed on repeat” counts passes after a run that did not pass, by the same declaration, with nothing else recorded in between. What somebody changed and did not write down is not known."
            </p>
            <ul class="figure-items" role="list">{gates.into_iter().map(item).collect_view()}</ul>
        }
    })
}

#[component]
fn Steps(steps: Vec<StepFigures>) -> impl IntoView {
    (!steps.is_empty()).then(|| {
        let item = |step: StepFigures| {
            let often = format!("{}, in {}", times(step.times), count(step.sessions as usize, "session"));
            view! { <li><b>{step.step}</b>" "<span class="quiet">{step.runbook}": "{often}</span></li> }
        };
        view! {
            <h3>"Steps most often proceeded past"</h3>
            <p class="quiet small">"Where somebody decided to go on although a gate had not passed."</p>
            <ul class="figure-items" role="list">{steps.into_iter().map(item).collect_view()}</ul>
        }
    })
}

fn times(number: u32) -> String {
    match number {
        1 => "once".to_owned(),
        number => format!("{number} times"),
    }
}

fn length(seconds: u64) -> String {
    match seconds {
        ..60 => duration_s(seconds),
        _ => in_minutes(TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000))),
    }
}
