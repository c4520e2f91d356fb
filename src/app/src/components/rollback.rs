//! The question before a rollback is started.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{NoRollback, SessionId};
use holdpoint_domain::wire::{ProcedureBrief, RunbookBrief};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::dialog::CancelButton;
use crate::components::forms::Radio;
use crate::components::href::start_href;
use crate::format::count;

/// What becomes of the session that is undone.
#[must_use]
pub fn then_words(emergency: bool) -> &'static str {
    match emergency {
        true => "This emergency goes on beside it: its steps can still be ticked.",
        false => "Once it starts, nothing more can be ticked here.",
    }
}

/// Why there is nothing to start, and what to do.
#[must_use]
pub fn none_words(none: NoRollback) -> &'static str {
    match none {
        NoRollback::IsRollback => {
            "This session is a rollback itself, and its runbook has no other rollback procedure. If it does not work, get \
             help."
        }
        NoRollback::NoneInRunbook => "This session’s runbook has no rollback procedure.",
        NoRollback::NotFound => {
            "This session’s procedure names a rollback that its runbook did not have when the session began."
        }
    }
}

/// A rollback procedure of another runbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where it can be started to undo the session.
    pub href: String,
    /// `Perfect rollback, of The golden release`.
    pub name: String,
}

/// The rollback procedures of other runbooks.
#[must_use]
pub fn elsewhere(runbooks: &[RunbookBrief], own: &str, undoes: SessionId) -> Vec<Elsewhere> {
    let others = runbooks.iter().filter(|runbook| runbook.name != own);
    let rollbacks = others.flat_map(|runbook| runbook.procedures.iter().map(move |one| (runbook, one)));
    rollbacks
        .filter(|(_, one)| one.kind == ProcedureKind::Rollback && one.steps > 0)
        .map(|(runbook, one)| Elsewhere {
            href: start_href(&runbook.name, &one.id, &[("undoes", &undoes.to_string())]),
            name: format!("{}, of {}", one.title, runbook.title),
        })
        .collect()
}

/// What stands in the form's place where the session has nothing to start.
#[component]
pub fn NothingToStart(
    none: NoRollback,
    /// None while they are asked for.
    #[prop(into)]
    elsewhere: Signal<Option<Result<Vec<Elsewhere>, String>>>,
) -> impl IntoView {
    let others = move || match elsewhere.get() {
        None => view! { <p class="quiet">"Looking for rollback procedures in other runbooks…"</p> }.into_any(),
        Some(Err(error)) => view! { <p class="problem" role="alert">{error}</p> }.into_any(),
        Some(Ok(found)) if found.is_empty() => view! { <p>"No other runbook has one, either."</p> }.into_any(),
        Some(Ok(found)) => {
            let links = found
                .into_iter()
                .map(|one| view! { <li><A href=one.href>{one.name}</A></li> });
            view! {
                <p>"Other runbooks have some. Start one only if it undoes what was done here:"</p>
                <ul>{links.collect_view()}</ul>
            }
            .into_any()
        }
    };
    view! {
        <p>{none_words(none)}</p>
        {others}
        <div class="acts"><CancelButton /></div>
    }
}

#[component]
pub fn RollbackForm(
    /// The procedures that can undo the session.
    choices: Vec<ProcedureBrief>,
    /// What becomes of this session once the rollback is started.
    then: &'static str,
    /// The runbook's name, to open it where starting a rollback did not work.
    runbook: String,
    #[prop(into)] starting: Signal<bool>,
    problem: Signal<Option<String>>,
    /// Starts the procedure with this id.
    on_start: Callback<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(choices.first().map(|one| one.id.clone()));
    let problem = move || {
        problem.get().map(|problem| {
            let href = format!("/runbooks/{runbook}");
            view! { <p class="problem" role="alert">{problem}" "<A href>"Open the runbook"</A></p> }
        })
    };
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(id) = chosen.get_untracked().filter(|_| !starting.get_untracked()) {
                    on_start.run(id);
                }
            }
        >
            <p>"The rollback runs as a session of its own, linked to this one. "{then}</p>
            <Choices choices chosen />
            {problem}
            <div class="acts">
                <button type="submit" class="btn danger filled" disabled=move || starting.get()>
                    {move || if starting.get() { "Starting…" } else { "Start rollback" }}
                </button>
                <CancelButton />
            </div>
        </form>
    }
}

#[component]
fn Choices(choices: Vec<ProcedureBrief>, chosen: RwSignal<Option<String>>) -> impl IntoView {
    let legend = if choices.len() == 1 {
        "It runs this procedure"
    } else {
        "Which procedure?"
    };
    let radio = |choice: ProcedureBrief| {
        let id = StoredValue::new(choice.id);
        let is_chosen = Signal::derive(move || id.with_value(|id| chosen.with(|chosen| chosen.as_ref() == Some(id))));
        let on_choose = Callback::new(move |()| chosen.set(Some(id.get_value())));
        let about = count(choice.steps as usize, "step");
        view! { <Radio group="rollback" name=choice.title about chosen=is_chosen on_choose /> }
    };
    let radios: Vec<_> = choices.into_iter().map(radio).collect();
    view! { <fieldset><legend>{legend}</legend>{radios}</fieldset> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runbook(name: &str, procedures: &[(&str, ProcedureKind, u32)]) -> RunbookBrief {
        let procedure = |(id, kind, steps): &(&str, ProcedureKind, u32)| ProcedureBrief {
            id: (*id).to_owned(),
            title: format!("The {id}"),
            kind: *kind,
            steps: *steps,
            gates: 0,
        };
        RunbookBrief {
            name: name.to_owned(),
            title: format!("Book {name}"),
            digest: String::new(),
            procedures: procedures.iter().map(procedure).collect(),
            errors: 0,
            warnings: 0,
        }
    }

    #[test]
    fn what_another_runbook_has_is_found_with_its_address() {
        use ProcedureKind::{Release, Rollback};
        let runbooks = [
            runbook("own", &[("back", Rollback, 3)]),
            runbook(
                "other",
                &[("out", Release, 3), ("empty", Rollback, 0), ("back", Rollback, 3)],
            ),
        ];
        let undoes = SessionId::from_u128(7);
        let found = elsewhere(&runbooks, "own", undoes);
        let expected = Elsewhere {
            href: format!("/runbooks/other/start/back?undoes={undoes}"),
            name: "The back, of Book other".to_owned(),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn the_words_are_those_of_the_case() {
        assert!(then_words(true).contains("can still be ticked"));
        assert!(then_words(false).contains("nothing more can be ticked"));
        let has_none = |none| none_words(none).contains("has no rollback procedure");
        assert!(has_none(NoRollback::NoneInRunbook));
        assert!(!has_none(NoRollback::IsRollback) && !has_none(NoRollback::NotFound));
        assert!(none_words(NoRollback::IsRollback).starts_with("This session is a rollback itself"));
    }
}
