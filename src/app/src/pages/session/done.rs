//! What stands in the step's place when every step is done, or the session is closed.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Actor, ClientCommand, Standing};
use leptos::prelude::*;
use leptos_router::components::A;

use super::actions::has_no_way_back;
use super::drill::DrillPart;
use super::linked::{LinkTo, use_linked};
use super::ui::{OpenDialog, use_ui};
use super::watch_next::WhatToWatch;
use crate::components::keys::{KeyHint, shortcut};
use crate::components::words::{Ending, Rollback, Stands};
use crate::format::count;
use crate::state::session::use_session;

/// That there is no step to do any more.
pub(super) fn every_step(left_out: usize) -> String {
    match left_out {
        0 => "Every step is done".to_owned(),
        1 => "Every step is done or was left out (1 was left out)".to_owned(),
        more => format!("Every step is done or was left out ({more} were left out)"),
    }
}

/// How far it is, where a command may wait for its answer.
fn title(stands: Stands, (left_out, without_pass): (usize, usize), waits: bool) -> String {
    let unfinished = match stands.rollback {
        Rollback::None => "",
        Rollback::Unknown => "; how its rollback stands is not known here",
        Rollback::Known(known) => match known.standing {
            Standing::Completed if stands.standing == Standing::RolledBack => "",
            Standing::Completed if stands.kind == Some(ProcedureKind::Emergency) => "",
            Standing::Completed if known.ending == Ending::Done => ", and rolled back",
            Standing::Completed => "; its rollback is finished",
            Standing::Abandoned | Standing::RolledBack => "; its rollback was given up",
            Standing::RollingBack => "; a rollback of its rollback was started",
            Standing::Go | Standing::Hold => "; its rollback is not finished",
        },
    };
    match stands.standing {
        Standing::Completed if without_pass > 0 => {
            let steps = count(without_pass, "step");
            format!("Completed, {steps} without a pass{unfinished}")
        }
        Standing::Completed if stands.ending == Ending::Unverified => {
            format!("Completed, new version not verified{unfinished}")
        }
        Standing::Completed => format!("Completed{unfinished}"),
        Standing::RolledBack => format!("Closed as rolled back{unfinished}"),
        Standing::Abandoned => format!("Given up{unfinished}"),
        Standing::Hold => format!("{}, but a gate holds", every_step(left_out)),
        Standing::Go | Standing::RollingBack if waits => "Waiting for Holdpoint’s answer".to_owned(),
        Standing::Go | Standing::RollingBack => every_step(left_out),
    }
}

/// What was said at the closing, as the words of whoever closed it.
fn closing_words(by: &Actor, summary: &str) -> String {
    format!("{} wrote at the closing: “{}”", by.name(), summary.trim())
}

/// `7 of 7`, or `7 of 7, 1 of them left out`.
fn steps_words((over, all): (usize, usize), left_out: usize) -> String {
    match left_out {
        0 => format!("{over} of {all}"),
        left_out => format!("{over} of {all}, {left_out} of them left out"),
    }
}

/// How it ended, in figures, and what is left to do. What is on its way may still be refused, so only what the proxy recorded
/// counts as done or closed here.
#[component]
pub fn DonePanel() -> impl IntoView {
    let (ui, session, linked) = (use_ui(), use_session(), use_linked());
    let waits = Memo::new(move |_| {
        session.is_pending(|command| {
            use ClientCommand::{Close, Skip, Tick};
            matches!(command, Tick { .. } | Skip { .. } | Close { .. })
        })
    });
    let lacks = Memo::new(move |_| session.with_confirmed(|state| (state.left_out(), state.without_pass())));
    let title = move || title(linked.stands.get(), lacks.get(), waits.get());
    let summary = move || {
        session.with_confirmed(|state| {
            let closed = state.closed.as_ref().filter(|closed| !closed.summary.trim().is_empty());
            closed.map(|closed| closing_words(&closed.actor, &closed.summary))
        })
    };
    let no_way_back = Memo::new(move |_| session.with(has_no_way_back));
    let open = move |dialog: OpenDialog| ui.dialog.set(Some(dialog));
    view! {
        <article class="step done-panel" aria-labelledby="step-title">
            <h2 id="step-title" tabindex="-1">{title}</h2>
            {move || summary().map(|summary| view! { <p class="lead">{summary}</p> })}
            <OtherSessions />
            <WhatToWatch />
            <Facts />
            <DrillPart />
            <div class="acts">
                <button
                    type="button"
                    class="btn primary"
                    hidden=move || ui.closed.get()
                    on:click=move |_| open(OpenDialog::Close)
                >
                    "Close session"
                </button>
                <A href=format!("/sessions/{}/post-mortem", session.id) attr:class="btn">"Post-mortem"</A>
                <A href=format!("/sessions/{}/replay", session.id) attr:class="btn">"Replay"</A>
                <button type="button" class="btn" aria-keyshortcuts=shortcut("n") on:click=move |_| open(OpenDialog::Note)>
                    "Note "<KeyHint key="n" />
                </button>
                <button
                    type="button"
                    class="btn danger"
                    hidden=move || ui.closed.get() || no_way_back.get()
                    on:click=move |_| open(OpenDialog::Rollback)
                >
                    "Roll back"
                </button>
            </div>
        </article>
    }
}

/// Where to go from a session that is closed: to its rollback, and from a rollback to what it undid.
#[component]
fn OtherSessions() -> impl IntoView {
    let linked = use_linked();
    let is_closed = Memo::new(move |_| {
        let stands = linked.stands.get().standing;
        matches!(stands, Standing::Completed | Standing::RolledBack | Standing::Abandoned)
    });
    let has_rollback = Memo::new(move |_| is_closed.get() && linked.stands.get().rollback != Rollback::None);
    let undone_is_open = Memo::new(move |_| {
        let undone = linked.undone.get();
        is_closed
            .get()
            .then_some(undone)
            .flatten()
            .map(|undone| undone.is_closed == Some(false))
    });
    let back = move || {
        undone_is_open.get().map(|open| match open {
            true => {
                view! { <p>"Go back to "<LinkTo other=linked.undone before="" unnamed="the session that it undoes" />" and close it."</p> }
                    .into_any()
            }
            false => {
                view! { <p>"It rolls back "<LinkTo other=linked.undone before="" unnamed="another session" />"."</p> }
                    .into_any()
            }
        })
    };
    view! {
        <Show when=move || has_rollback.get()>
            <p>
                {move || linked.sentence()}" "
                <LinkTo other=linked.rollback before="Go to " unnamed="the rollback" />
            </p>
        </Show>
        {back}
    }
}

#[component]
fn Facts() -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let steps = move || session.with_confirmed(|state| steps_words(state.progress(), state.left_out()));
    let has_gates = session.with_untracked(|state| {
        let gates = state.procedure.as_ref().map(|procedure| procedure.gates().len());
        gates.is_some_and(|gates| gates > 0)
    });
    let gate_runs = move || {
        session.with_confirmed(|state| {
            let verdicts = state.runs.iter().filter_map(|run| run.verdict.as_ref());
            let passed = verdicts.filter(|verdict| verdict.passes()).count();
            format!("{passed} of {} passed", state.runs.len())
        })
    };
    let notes = move || session.with_confirmed(|state| state.notes.len());
    view! {
        <dl class="facts">
            <div><dt>"Steps"</dt><dd>{steps}</dd></div>
            {has_gates.then(|| view! { <div><dt>"Gate runs"</dt><dd>{gate_runs}</dd></div> })}
            <div><dt>"Notes"</dt><dd>{notes}</dd></div>
            <div><dt>"Time"</dt><dd>{move || ui.elapsed()}</dd></div>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::words::RollbackFacts;

    #[test]
    fn the_end_is_told_with_what_is_missing() {
        use Standing::{Abandoned, Completed, Go, Hold, RolledBack};
        let known = |standing| {
            Rollback::Known(RollbackFacts {
                standing,
                done: 0,
                steps: 5,
                ending: Ending::Done,
            })
        };
        let open = known(Go);
        let table = [
            (Go, 0, Rollback::None, 0, false, "Every step is done"),
            (
                Go,
                0,
                Rollback::None,
                1,
                false,
                "Every step is done or was left out (1 was left out)",
            ),
            (Go, 0, Rollback::None, 1, true, "Waiting for Holdpoint’s answer"),
            (
                Hold,
                0,
                Rollback::None,
                2,
                false,
                "Every step is done or was left out (2 were left out), but a gate holds",
            ),
            (Completed, 0, Rollback::None, 0, false, "Completed"),
            (
                Completed,
                1,
                Rollback::None,
                0,
                false,
                "Completed, 1 step without a pass",
            ),
            (Completed, 0, open, 0, false, "Completed; its rollback is not finished"),
            (
                Completed,
                0,
                known(Standing::RollingBack),
                0,
                false,
                "Completed; a rollback of its rollback was started",
            ),
            (RolledBack, 0, known(Completed), 0, false, "Closed as rolled back"),
            (Completed, 0, known(Completed), 0, false, "Completed, and rolled back"),
            (Abandoned, 0, known(Completed), 0, false, "Given up, and rolled back"),
            (Abandoned, 0, open, 0, false, "Given up; its rollback is not finished"),
        ];
        for (standing, without_pass, rollback, left_out, waits, expected) in table {
            let kind = Some(ProcedureKind::Release);
            let stands = Stands {
                standing,
                kind,
                ending: Ending::Done,
                rollback,
                maybe_live: false,
            };
            assert_eq!(title(stands, (left_out, without_pass), waits), expected);
        }
        let stands = Stands {
            standing: Completed,
            kind: Some(ProcedureKind::Release),
            ending: Ending::Unverified,
            rollback: Rollback::None,
            maybe_live: false,
        };
        assert_eq!(title(stands, (0, 0), false), "Completed, new version not verified");
    }

    #[test]
    fn closing_words_are_quoted_under_their_name() {
        let ada = Actor::Person { name: "Ada".to_owned() };
        assert_eq!(
            closing_words(&ada, " All well.\n"),
            "Ada wrote at the closing: “All well.”"
        );
    }

    #[test]
    fn what_was_left_out_is_counted_apart() {
        assert_eq!(steps_words((7, 7), 0), "7 of 7");
        assert_eq!(steps_words((5, 5), 1), "5 of 5, 1 of them left out");
    }
}
