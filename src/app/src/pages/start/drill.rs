//! In a rehearsal: whether it is to be a drill, and which.

use holdpoint_domain::wire::{ChooseDrill, DrillOffer, SEED_LIMIT};
use leptos::prelude::*;

use crate::api::drills;
use crate::components::loading::LoadError;

/// The value of the option that has one drawn. No drill has such an id.
const DRAWN: &str = "?";

/// What was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// An id, [`DRAWN`], or nothing.
    drill: RwSignal<String>,
    seed: RwSignal<String>,
}

impl Chosen {
    /// What an address says is chosen at first.
    pub fn new(drill: Option<String>, seed: Option<String>) -> Self {
        Self {
            drill: RwSignal::new(drill.unwrap_or_default()),
            seed: RwSignal::new(seed.unwrap_or_default()),
        }
    }

    /// What a start asks for; nothing for a rehearsal without a drill.
    pub fn request(self) -> Option<ChooseDrill> {
        let drill = self.drill.get_untracked();
        let seed = self.seed.with_untracked(|seed| seed.trim().to_owned());
        (!drill.is_empty()).then(|| ChooseDrill {
            id: (drill != DRAWN).then_some(drill),
            seed: (!seed.is_empty()).then_some(seed),
        })
    }
}

/// Nothing where no drill can strike.
#[component]
pub fn DrillChoice(
    runbook: String,
    procedure: String,
    /// The name of the chosen environment.
    environment: RwSignal<String>,
    chosen: Chosen,
) -> impl IntoView {
    let offers = LocalResource::new(move || {
        let (runbook, procedure, environment) = (runbook.clone(), procedure.clone(), environment.get());
        async move { drills::drills(&runbook, &procedure, &environment).await }
    });
    // One that an address names and that cannot be had here is no choice.
    Effect::new(move |_| {
        if let Some(Ok(offers)) = offers.get() {
            let known = |id: &String| id.is_empty() || id == DRAWN || offers.iter().any(|one| one.id == *id);
            if !chosen.drill.with_untracked(known) || offers.is_empty() {
                chosen.drill.set(String::new());
            }
        }
    });
    move || match offers.get() {
        Some(Ok(offers)) if !offers.is_empty() => view! { <Fields offers chosen /> }.into_any(),
        Some(Err(error)) => view! { <LoadError error retry=Callback::new(move |()| offers.refetch()) /> }.into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn Fields(offers: Vec<DrillOffer>, chosen: Chosen) -> impl IntoView {
    let Chosen { drill, seed } = chosen;
    let option = |id: String, title: String| {
        let own = id.clone();
        view! { <option value=id prop:selected=move || drill.with(|drill| *drill == own)>{title}</option> }
    };
    let first = [
        option(String::new(), "No drill".to_owned()),
        option(DRAWN.to_owned(), "Drawn: nobody is told which".to_owned()),
    ];
    let named = offers
        .clone()
        .into_iter()
        .map(|one| option(one.id, one.title))
        .collect_view();
    let what = move || {
        let of = drill.with(|drill| {
            offers
                .iter()
                .find(|one| one.id == *drill)
                .map(|one| one.description.clone())
        });
        of.unwrap_or_else(|| match drill.with(String::is_empty) {
            true => {
                "In a drill, faults strike at moments that nobody in the session knows. Afterwards there is a score."
                    .to_owned()
            }
            false => "Which one it was is told when the session is closed.".to_owned(),
        })
    };
    view! {
        <div class="field">
            <label for="start-drill">"Drill"</label>
            <select
                id="start-drill"
                aria-describedby="start-drill-hint"
                on:change=move |event| drill.set(event_target_value(&event))
            >
                {first}
                {named}
            </select>
            <p id="start-drill-hint" class="quiet small">{what}</p>
        </div>
        <div class="field" hidden=move || drill.with(String::is_empty)>
            <label for="start-seed">"Seed (optional)"</label>
            <input
                id="start-seed"
                type="text"
                autocomplete="off"
                spellcheck="false"
                maxlength=SEED_LIMIT.to_string()
                aria-describedby="start-seed-hint"
                bind:value=seed
            />
            <p id="start-seed-hint" class="quiet small">
                "The same drill with the same seed strikes the same way. Left empty, one is drawn and told afterwards."
            </p>
        </div>
    }
}
