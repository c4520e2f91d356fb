//! The question how a session ended.

use holdpoint_domain::session::SessionOutcome;
use leptos::prelude::*;

use crate::components::dialog::CancelButton;
use crate::components::forms::{Radio, SubmitForm, TextArea};

/// An outcome that a session can be closed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeChoice {
    pub outcome: SessionOutcome,
    pub name: &'static str,
    /// Why it cannot be chosen now.
    pub refusal: Option<String>,
}

/// What is chosen before anybody has chosen: to have ended well, where that may be said without a further word. What
/// ended otherwise somebody says.
fn preselected(choices: &[OutcomeChoice], unfinished: bool) -> Option<SessionOutcome> {
    let allowed = choices.iter().filter(|one| one.refusal.is_none() && !unfinished);
    allowed
        .map(|one| one.outcome)
        .find(|outcome| *outcome != SessionOutcome::Abandoned)
}

/// Whether this outcome says of a rollback that is not finished that all is well.
fn needs_word(outcome: Option<SessionOutcome>, unfinished: bool) -> bool {
    unfinished && matches!(outcome, Some(SessionOutcome::Completed | SessionOutcome::RolledBack))
}

/// What is missing before it can be closed.
fn missing(outcome: Option<SessionOutcome>, unfinished: bool, known: bool) -> Option<&'static str> {
    match outcome {
        None => Some("Choose how it ended."),
        Some(_) if needs_word(outcome, unfinished) && !known => {
            Some("Say that you know that its rollback is not finished, or choose another outcome.")
        }
        Some(_) => None,
    }
}

#[component]
pub fn CloseForm(
    choices: Vec<OutcomeChoice>,
    /// Its rollback is not known to be finished.
    #[prop(into)]
    unfinished: Signal<bool>,
    summary: Signal<String>,
    set_summary: WriteSignal<String>,
    on_close: Callback<(SessionOutcome, String)>,
    /// How its rollback stands, and the way there.
    children: Children,
) -> impl IntoView {
    let chosen = RwSignal::new(preselected(&choices, unfinished.get_untracked()));
    let known = RwSignal::new(false);
    let tried = RwSignal::new(false);
    let asks = Memo::new(move |_| needs_word(chosen.get(), unfinished.get()));
    let problem = Memo::new(move |_| {
        let missing = missing(chosen.get(), unfinished.get(), known.get());
        missing.filter(|_| tried.get())
    });
    let radio = |OutcomeChoice { outcome, name, refusal }| {
        let is_chosen = Signal::derive(move || chosen.get() == Some(outcome));
        let on_choose = Callback::new(move |()| chosen.set(Some(outcome)));
        let disabled = refusal.is_some();
        let about = refusal.unwrap_or_default();
        view! { <Radio group="outcome" name about disabled chosen=is_chosen on_choose /> }
    };
    let radios: Vec<_> = choices.into_iter().map(radio).collect();
    let close = Callback::new(move |()| {
        tried.set(true);
        let is_missing = missing(
            chosen.get_untracked(),
            unfinished.get_untracked(),
            known.get_untracked(),
        );
        if let Some(outcome) = chosen.get_untracked().filter(|_| is_missing.is_none()) {
            on_close.run((outcome, summary.with_untracked(|text| text.trim().to_owned())));
        }
    });
    view! {
        <SubmitForm on_submit=close>
            {children()}
            <fieldset><legend>"How did it end?"</legend>{radios}</fieldset>
            <label class="choice" hidden=move || !asks.get()>
                <input
                    type="checkbox"
                    prop:checked=move || known.get()
                    on:change=move |event| known.set(event_target_checked(&event))
                />
                <span>"I know that its rollback is not finished"</span>
            </label>
            <TextArea
                label="Summary"
                hint="What should be remembered. After closing, notes and the post-mortem can still be written."
                text=summary
                set_text=set_summary
            />
            <p class="problem" role="alert">{problem}</p>
            <div class="acts">
                <button type="submit" class="btn primary">"Close session"</button>
                <CancelButton />
            </div>
        </SubmitForm>
    }
}

#[cfg(test)]
mod tests {
    use SessionOutcome::{Abandoned, Completed, RolledBack};

    use super::*;

    fn choices(allowed: &[SessionOutcome]) -> Vec<OutcomeChoice> {
        let choice = |outcome| OutcomeChoice {
            outcome,
            name: "",
            refusal: (!allowed.contains(&outcome)).then(|| "it cannot be".to_owned()),
        };
        [Completed, RolledBack, Abandoned].map(choice).to_vec()
    }

    #[test]
    fn nothing_is_chosen_for_anybody_that_is_no_good_end() {
        let table: [(&str, &[SessionOutcome], bool, Option<SessionOutcome>); 6] = [
            ("every step is done", &[Completed, Abandoned], false, Some(Completed)),
            ("something holds, or steps are open", &[Abandoned], false, None),
            (
                "its rollback is finished",
                &[RolledBack, Abandoned],
                false,
                Some(RolledBack),
            ),
            ("its rollback is under way", &[RolledBack, Abandoned], true, None),
            (
                "an emergency and its rollback are over",
                &[Completed, RolledBack, Abandoned],
                false,
                Some(Completed),
            ),
            (
                "an emergency is over, and its rollback is not",
                &[Completed, RolledBack, Abandoned],
                true,
                None,
            ),
        ];
        for (what, allowed, unfinished, expected) in table {
            assert_eq!(preselected(&choices(allowed), unfinished), expected, "{what}");
        }
    }

    #[test]
    fn a_good_end_beside_an_unfinished_rollback_takes_a_word() {
        for outcome in [Completed, RolledBack] {
            assert!(missing(Some(outcome), true, false).is_some(), "{outcome:?}");
            assert_eq!(missing(Some(outcome), true, true), None);
            assert_eq!(missing(Some(outcome), false, false), None);
        }
        assert_eq!(missing(Some(Abandoned), true, false), None);
        assert_eq!(missing(None, false, false), Some("Choose how it ended."));
    }
}
