//! What a rollback would have to undo, and how ready it is: never more than the log says.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{GateOfRollback, LastSeen, ToUndo, UndoList, UndoProof, WayBackReadiness};
use holdpoint_domain::wire::{LastRollback, Took};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::time::NearTime;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, count, local_time, rough};

/// How many steps would have to be undone, in a few words.
pub fn undo_words(list: &UndoList) -> String {
    match (list.steps.len(), &list.at_hand) {
        (0, None) => "Nothing was done yet that the runbook says changes anything".to_owned(),
        (0, Some((_, title))) => format!(
            "The step at hand, {title}, may have changed something; no other step was done that the runbook says changes anything"
        ),
        (steps, None) => format!("To undo now: {}", count(steps, "step")),
        (steps, Some((_, title))) => format!(
            "To undo now: {}; the step at hand, {title}, may have changed something, too",
            count(steps, "step")
        ),
    }
}

/// The most titles that a sentence names.
const NAMED: usize = 8;

/// What a session did that its rollback may have to undo, in a sentence for whoever leaves a step of the rollback out.
#[must_use]
pub fn undone_sentence(name: Option<&str>, list: Option<&UndoList>) -> String {
    let name = name.unwrap_or("the session that it undoes");
    let Some(list) = list else {
        return format!("What {name} has done is not known here now.");
    };
    let at_hand = list.at_hand.as_ref().map_or_else(String::new, |(_, title)| {
        format!(" Its step at hand, {title}, may be done in part.")
    });
    let others = match list.others {
        0 => String::new(),
        1 => " 1 more step was done, of which the runbook does not say what it changes.".to_owned(),
        more => format!(" {more} more steps were done, of which the runbook does not say what they change."),
    };
    if list.steps.is_empty() {
        return format!("By its log, {name} has done nothing that the runbook says changes anything.{at_hand}{others}");
    }
    let mut titles: Vec<String> = list.steps.iter().take(NAMED).map(|step| step.title.clone()).collect();
    if list.steps.len() > NAMED {
        titles.push(format!("and {} more", list.steps.len() - NAMED));
    }
    format!(
        "By its log, {name} has done what may have to be undone: {}.{at_hand}{others}",
        titles.join("; ")
    )
}

/// By what a step counts as done.
fn proof_words(step: &ToUndo) -> String {
    let holds = if step.holds {
        "; a gate of it does not pass now"
    } else {
        ""
    };
    let proof = match &step.proof {
        UndoProof::Gates => "its gates passed".to_owned(),
        UndoProof::BrowserGates => "seen by a browser alone".to_owned(),
        UndoProof::Person(name) => format!("ticked by {name}, no gate looked"),
        UndoProof::SubSteps => "its sub-steps are done".to_owned(),
        UndoProof::WithoutPass => "gone on with, without a pass".to_owned(),
        UndoProof::SaidDone(name) => format!("{name} said that its work is done; its gates have not passed"),
    };
    format!("{proof}{holds}")
}

/// What the runbook says that the step changed.
fn change_words(step: &ToUndo) -> Vec<String> {
    let mut words = Vec::new();
    if step.live {
        words.push("The new version goes live with it.".to_owned());
    }
    words.extend(step.how.as_ref().map(|how| format!("To undo it: {how}.")));
    if step.how.is_none() {
        match (step.database, step.commands) {
            (true, _) => words.push(
                "It has statements that change a database; whether they were run, the log does not say.".to_owned(),
            ),
            (false, commands) if commands > 0 => {
                words.push("It has commands; what they changed, the runbook does not say.".to_owned());
            }
            _ => {}
        }
    }
    words
}

/// The steps to undo, the newest first, and what is not among them.
#[component]
pub fn UndoSteps(
    list: UndoList,
    /// It is told on the page of another session.
    #[prop(optional)]
    elsewhere: bool,
    #[prop(into)] now: Signal<DateTime<Utc>>,
) -> impl IntoView {
    let the = if elsewhere { "Its" } else { "The" };
    let at_hand = list.at_hand.map(|(_, title)| {
        view! { <p class="small">{the}" step at hand, "<b>{title}</b>", may be done in part; the log does not say so."</p> }
    });
    let others = match list.others {
        0 => None,
        1 => Some("1 more step was done. The runbook does not say that it changes anything.".to_owned()),
        more => Some(format!(
            "{more} more steps were done. The runbook does not say that they change anything."
        )),
    };
    let rows = list.steps.into_iter().map(move |step| {
        let (proof, changes) = (proof_words(&step), change_words(&step).join(" "));
        view! {
            <li>
                <b>{step.title}</b>
                " "
                <span class="quiet small"><NearTime at=step.at now />{format!(" · {proof}")}</span>
                {(!changes.is_empty()).then(|| view! { <span class="small undo-how">{changes}</span> })}
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let empty = rows.is_empty();
    view! {
        {at_hand}
        {(!empty).then(|| view! { <ol class="undo-steps" aria-label="Steps to undo, the newest first">{rows}</ol> })}
        {empty.then(|| view! { <p class="small quiet">"No step that was done is marked as changing anything."</p> })}
        {others.map(|others| view! { <p class="small quiet">{others}</p> })}
    }
}

/// Whether a pass of the gate would not count any more.
fn is_expired(gate: &GateOfRollback, now: DateTime<Utc>) -> bool {
    let LastSeen::Passed(at) = gate.seen else {
        return false;
    };
    let fresh = gate.fresh_seconds.and_then(|fresh| i64::try_from(fresh).ok());
    fresh.is_some_and(|fresh| (now - at).num_milliseconds() > fresh.saturating_mul(1_000))
}

/// What was last seen of a gate, and when.
fn seen_words(gate: &GateOfRollback, now: DateTime<Utc>) -> (Word, String) {
    let ago = |at: DateTime<Utc>| format!("{} ago", rough(now - at));
    match gate.seen {
        LastSeen::Never => (Word::Wait, "NEVER ASKED in this session".to_owned()),
        LastSeen::Running => (Word::Run, "RUNNING".to_owned()),
        LastSeen::Passed(at) if is_expired(gate, now) => (Word::Hold, format!("PASS {}, EXPIRED", ago(at))),
        LastSeen::Passed(at) => (Word::Go, format!("PASS {}", ago(at))),
        LastSeen::Failed(at) => (Word::NoGo, format!("FAIL {}", ago(at))),
        LastSeen::Inconclusive(at) => (Word::Hold, format!("INCONCLUSIVE {}", ago(at))),
    }
}

/// How long a rollback took before.
fn took_words(last: &LastRollback) -> String {
    let took = |took: &Took| {
        let day = local_time(took.ended, TimeFormat::Day);
        format!("{} on {}, {day}", rough(took.length), took.environment)
    };
    match (&last.real, &last.rehearsal) {
        (Some(real), _) => format!("It took {} the last time that it was completed.", took(real)),
        (None, Some(rehearsal)) => format!(
            "None of the newest sessions completed it outside a rehearsal, so how long it takes was not measured. Its last rehearsal took {}.",
            took(rehearsal)
        ),
        (None, None) => "None of the newest sessions completed it, so how long it takes was not measured.".to_owned(),
    }
}

/// A rollback in one sentence: its steps, and what this session last saw of its gates.
pub fn ready_words(way: &WayBackReadiness, now: DateTime<Utc>) -> String {
    let steps = count(way.steps.len(), "step");
    let number = |seen: fn(LastSeen) -> bool| way.gates.iter().filter(|gate| seen(gate.seen)).count();
    let all = way.gates.len();
    if all == 0 {
        return format!("{}: {steps}, and no gate verifies it.", way.title);
    }
    let expired = way.gates.iter().filter(|gate| is_expired(gate, now)).count();
    let passed = number(|seen| matches!(seen, LastSeen::Passed(_))) - expired;
    let never = number(|seen| seen == LastSeen::Never);
    let running = number(|seen| seen == LastSeen::Running);
    let parts = [
        (passed, "passed"),
        (expired, "passed too long ago to count"),
        (never, "never asked"),
        (running, "running, and not answered before"),
        (all - passed - expired - never - running, "did not pass"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
    let gates = count(all, "gate");
    format!(
        "{}: {steps}. Of its {gates}, as this session last saw them: {}.",
        way.title,
        parts.join(", ")
    )
}

/// One rollback: its steps, its gates, and how long it took.
#[component]
pub fn Readiness(
    way: WayBackReadiness,
    /// None while it is asked for; an error says why it is not known.
    #[prop(into)]
    last: Signal<Option<Result<LastRollback, String>>>,
    #[prop(into)] now: Signal<DateTime<Utc>>,
) -> impl IntoView {
    let gates = way.gates.into_iter().map(|gate: GateOfRollback| {
        let title = gate.title.clone().unwrap_or_else(|| gate.gate.clone());
        let seen = Memo::new(move |_| seen_words(&gate, now.get()));
        view! {
            <li><span>{title}</span>" "{move || {
                let (kind, text) = seen.get();
                view! { <StatusWord kind text /> }
            }}</li>
        }
    });
    let gates = gates.collect::<Vec<_>>();
    let none = gates.is_empty();
    let took = move || match last.get() {
        None => "How long it took before is being looked up…".to_owned(),
        Some(Ok(last)) => took_words(&last),
        Some(Err(error)) => format!("How long it took before is not known now: {error}"),
    };
    let steps = way.steps.into_iter().map(|title| view! { <li>{title}</li> });
    view! {
        <div class="way">
            <h4>{way.title}</h4>
            <p class="small">{took}</p>
            <p class="label">"Its steps"</p>
            <ol class="small">{steps.collect::<Vec<_>>()}</ol>
            <p class="label">"Its gates, as this session last saw them"</p>
            {none.then(|| view! { <p class="small quiet">"It has no gates: nothing but people verifies it."</p> })}
            {(!none).then(|| view! {
                <ul role="list" class="small way-gates">{gates}</ul>
                <p class="small"><A href="/gates">"Ask gates outside the session"</A></p>
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn step(proof: UndoProof) -> ToUndo {
        ToUndo {
            step: "a".to_owned(),
            title: "A".to_owned(),
            at: DateTime::UNIX_EPOCH,
            proof,
            holds: false,
            live: false,
            how: None,
            commands: 0,
            database: false,
        }
    }

    #[test]
    fn a_step_says_what_shows_that_it_was_done_and_no_more() {
        for (proof, words) in [
            (UndoProof::Gates, "its gates passed"),
            (UndoProof::Person("Ada".to_owned()), "ticked by Ada, no gate looked"),
            (UndoProof::WithoutPass, "gone on with, without a pass"),
            (
                UndoProof::SaidDone("Ada".to_owned()),
                "Ada said that its work is done; its gates have not passed",
            ),
        ] {
            assert_eq!(proof_words(&step(proof)), words);
        }
        let held = ToUndo {
            holds: true,
            ..step(UndoProof::Gates)
        };
        assert_eq!(proof_words(&held), "its gates passed; a gate of it does not pass now");
    }

    #[test]
    fn commands_are_not_said_to_have_been_run() {
        let of = |change: fn(&mut ToUndo)| {
            let mut one = step(UndoProof::Gates);
            change(&mut one);
            change_words(&one).join(" ")
        };
        assert_eq!(of(|_| {}), "");
        assert!(of(|one| one.commands = 1).contains("what they changed, the runbook does not say"));
        assert!(of(|one| one.database = true).contains("whether they were run, the log does not say"));
        assert_eq!(
            of(|one| (one.live, one.how, one.commands) = (true, Some("Redeploy".to_owned()), 2)),
            "The new version goes live with it. To undo it: Redeploy."
        );
    }

    #[test]
    fn the_step_at_hand_is_not_said_to_have_changed_nothing() {
        let mut list = UndoList::default();
        assert_eq!(
            undo_words(&list),
            "Nothing was done yet that the runbook says changes anything"
        );
        list.at_hand = Some(("deploy".to_owned(), "DEPLOY".to_owned()));
        assert!(undo_words(&list).starts_with("The step at hand, DEPLOY, may have changed something"));
        list.steps.push(step(UndoProof::Gates));
        assert_eq!(
            undo_words(&list),
            "To undo now: 1 step; the step at hand, DEPLOY, may have changed something, too"
        );
    }

    #[test]
    fn who_leaves_a_step_of_a_rollback_out_is_told_what_was_done() {
        let name = Some("Golden release v2");
        let mut list = UndoList::default();
        assert_eq!(
            undone_sentence(None, None),
            "What the session that it undoes has done is not known here now."
        );
        assert!(undone_sentence(name, Some(&list)).contains("has done nothing that the runbook says"));
        list.at_hand = Some(("deploy".to_owned(), "DEPLOY".to_owned()));
        assert!(undone_sentence(name, Some(&list)).ends_with("Its step at hand, DEPLOY, may be done in part."));
        list.steps = vec![step(UndoProof::Gates); NAMED + 2];
        let told = undone_sentence(name, Some(&list));
        assert!(
            told.starts_with("By its log, Golden release v2 has done what may have to be undone: A; A;"),
            "{told}"
        );
        assert!(told.contains("; and 2 more. Its step"), "{told}");
        list.others = 3;
        let told = undone_sentence(name, Some(&list));
        assert!(
            told.ends_with(" 3 more steps were done, of which the runbook does not say what they change."),
            "{told}"
        );
        list.steps.clear();
        list.others = 1;
        let told = undone_sentence(name, Some(&list));
        assert!(
            told.ends_with(" 1 more step was done, of which the runbook does not say what it changes."),
            "{told}"
        );
    }

    #[test]
    fn a_rollback_is_told_in_one_sentence() {
        let way = |seen: &[LastSeen]| {
            let gates = seen.iter().map(|seen| GateOfRollback {
                gate: "a".to_owned(),
                title: None,
                seen: *seen,
                fresh_seconds: Some(60),
            });
            let way = WayBackReadiness {
                procedure: "back".to_owned(),
                title: "Back".to_owned(),
                steps: vec!["One".to_owned(), "Two".to_owned()],
                gates: gates.collect(),
            };
            ready_words(&way, DateTime::UNIX_EPOCH + TimeDelta::seconds(60))
        };
        let at = DateTime::UNIX_EPOCH;
        for (seen, words) in [
            (vec![], "Back: 2 steps, and no gate verifies it."),
            (
                vec![LastSeen::Never],
                "Back: 2 steps. Of its 1 gate, as this session last saw them: 1 never asked.",
            ),
            (
                vec![
                    LastSeen::Passed(at),
                    LastSeen::Passed(at - TimeDelta::seconds(1)),
                    LastSeen::Failed(at),
                    LastSeen::Running,
                    LastSeen::Inconclusive(at),
                ],
                "Back: 2 steps. Of its 5 gates, as this session last saw them: 1 passed, 1 passed too long ago to count, 1 running, and not answered before, 2 did not pass.",
            ),
        ] {
            assert_eq!(way(&seen), words);
        }
    }

    #[test]
    fn nothing_that_was_not_asked_is_green() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(5);
        let words = |seen, fresh_seconds| {
            let gate = GateOfRollback {
                gate: "a".to_owned(),
                title: None,
                seen,
                fresh_seconds,
            };
            seen_words(&gate, now)
        };
        let (passed, fresh) = (LastSeen::Passed(DateTime::UNIX_EPOCH), Some(300));
        let never = (Word::Wait, "NEVER ASKED in this session".to_owned());
        assert_eq!(words(LastSeen::Never, fresh), never);
        assert_eq!(words(passed, fresh), (Word::Go, "PASS 5 min ago".to_owned()));
        let expired = (Word::Hold, "PASS 5 min ago, EXPIRED".to_owned());
        assert_eq!(words(passed, Some(299)), expired);
        assert_eq!(words(LastSeen::Failed(DateTime::UNIX_EPOCH), fresh).0, Word::NoGo);
        assert_eq!(
            took_words(&LastRollback::default()),
            "None of the newest sessions completed it, so how long it takes was not measured."
        );
    }
}
