//! In a rehearsal: whether it is to be a drill, and which.

use holdpoint_domain::wire::{ChooseDrill, DrillOffer, SEED_LIMIT};
use leptos::prelude::*;

use crate::api::drills;
use crate::components::loading::LoadError;

/// The value of the option that has one drawn. No drill has such an id.
const DRAWN: &str = "?";

/// The drill of the form, with its seed; empty where none is chosen.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// An id, [`DRAWN`], or nothing.
    drill: RwSignal<String>,
    seed: RwSignal<String>,
    /// What was chosen cannot be had in the chosen environment.
    absent: RwSignal<bool>,
}

/// Whether these offers have what was chosen.
fn is_offered(drill: &str, offers: &[DrillOffer]) -> bool {
    drill.is_empty() || !offers.is_empty() && (drill == DRAWN || offers.iter().any(|one| one.id == drill))
}

impl Chosen {
    /// What an address says is chosen at first.
    pub fn new(drill: Option<String>, seed: Option<String>) -> Self {
        Self {
            drill: RwSignal::new(drill.unwrap_or_default()),
            seed: RwSignal::new(seed.unwrap_or_default()),
            absent: RwSignal::new(false),
        }
    }

    /// Nothing is to be started, because it would be something else than what was chosen; tracked.
    pub fn is_absent(self) -> bool {
        self.absent.get()
    }

    /// A drill is chosen; tracked.
    pub fn is_chosen(self) -> bool {
        self.drill.with(|drill| !drill.is_empty())
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
    // One that cannot be had here stays chosen: without it, something else would be started.
    Effect::new(move |_| {
        let absent = match offers.get() {
            Some(Ok(offers)) => chosen.drill.with(|drill| !is_offered(drill, &offers)),
            _ => false,
        };
        if chosen.absent.get_untracked() != absent {
            chosen.absent.set(absent);
        }
    });
    let absent = move || {
        chosen.absent.get().then(|| {
            let drill = chosen.drill.get();
            let what = match drill == DRAWN {
                true => "No drill can be drawn here".to_owned(),
                false => format!("The drill “{drill}” cannot be had here"),
            };
            view! {
                <div class="notice refused" role="alert">
                    <p>{format!("{what}, so nothing is started. Choose the environment that it was of, or another drill, or none.")}</p>
                    <button type="button" class="btn small" on:click=move |_| chosen.drill.set(String::new())>"No drill"</button>
                </div>
            }
        })
    };
    let fields = move || match offers.get() {
        Some(Ok(offers)) if !offers.is_empty() => view! { <Fields offers chosen /> }.into_any(),
        Some(Err(error)) => view! { <LoadError error retry=Callback::new(move |()| offers.refetch()) /> }.into_any(),
        _ => ().into_any(),
    };
    view! { {absent}{fields} }
}

#[component]
fn Fields(offers: Vec<DrillOffer>, chosen: Chosen) -> impl IntoView {
    let Chosen { drill, seed, .. } = chosen;
    let option = |id: String, title: String| {
        let own = id.clone();
        view! { <option value=id prop:selected=move || drill.with(|drill| *drill == own)>{title}</option> }
    };
    let first = [
        option(String::new(), "No drill".to_owned()),
        option(DRAWN.to_owned(), "Drawn: nobody is told which".to_owned()),
    ];
    // What was chosen and cannot be had is shown as what is chosen.
    let offered = offers.clone();
    let absent = move || {
        let id = chosen
            .absent
            .get()
            .then(|| drill.get())
            .filter(|id| !is_offered(id, &offered))?;
        Some(view! { <option value=id.clone() selected>{format!("{id} (cannot be had here)")}</option> })
    };
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
                {absent}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_that_is_not_offered_is_no_start_without_one() {
        let offer = DrillOffer {
            id: "late".to_owned(),
            title: "Late".to_owned(),
            description: String::new(),
        };
        let offers = [offer];
        for (drill, with, without) in [
            ("", true, true),
            (DRAWN, true, false),
            ("late", true, false),
            ("gone", false, false),
        ] {
            assert_eq!(
                (is_offered(drill, &offers), is_offered(drill, &[])),
                (with, without),
                "{drill}"
            );
        }
    }
}
