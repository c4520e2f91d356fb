//! What stands around a release in its runbook: the checklists before it, when each was last done, and its way back.

use holdpoint_domain::runbook::{Procedure, ProcedureKind};
use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{EnvironmentBrief, ProcedureBrief, SessionBrief};
use leptos::prelude::*;

use crate::components::href::{encoded, runbook_href, start_href};
use crate::format::dated_time;

/// What the structure of a runbook says of one of its releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// The runbook's name.
    runbook: String,
    /// The checklists that stand before it.
    checklists: Vec<ProcedureBrief>,
    /// What is offered to undo it.
    rollbacks: Vec<ProcedureBrief>,
}

impl Around {
    /// None of what is no release: what stands before a rollback in a runbook need not hold before it.
    pub fn of(runbook: &str, procedure: &Procedure, all: &[Procedure]) -> Option<Self> {
        let before = all.iter().take_while(|one| one.id != procedure.id);
        let checklists = before.filter(|one| one.kind == ProcedureKind::Checklist && !one.steps.is_empty());
        (procedure.kind == ProcedureKind::Release).then(|| Self {
            runbook: runbook.to_owned(),
            checklists: checklists.map(ProcedureBrief::from).collect(),
            rollbacks: procedure
                .rollbacks_among(all)
                .into_iter()
                .map(ProcedureBrief::from)
                .collect(),
        })
    }
}

/// The session in which a checklist was completed last in an environment; a drill is none of it.
fn last_done<'a>(
    sessions: &'a [SessionBrief],
    title: &str,
    environment: &EnvironmentBrief,
) -> Option<&'a SessionBrief> {
    let same = sessions.iter().filter(|one| {
        let place = one.environment_title == environment.title && one.rehearsal == environment.rehearsal;
        place && one.procedure_title == title && !one.drill && !one.unreadable
    });
    let completed = same.filter(|one| one.outcome == Some(SessionOutcome::Completed));
    completed.max_by_key(|one| one.closed)
}

/// Who was its captain at the end, which is not said to be who did it, and what was not done of it.
fn how_words(one: &SessionBrief) -> String {
    let how = match (one.without_pass, one.left_out) {
        (true, true) => ", with steps left out, and steps gone on with without a pass",
        (true, false) => ", with steps that were gone on with without a pass",
        (false, true) => ", with steps left out",
        (false, false) => "",
    };
    format!(", captain {}{how}", one.captain)
}

fn done_words(one: &SessionBrief) -> String {
    let at = dated_time(one.closed.unwrap_or(one.started));
    format!("completed {at}{}", how_words(one))
}

/// Above the form of a release.
#[component]
pub fn AroundIt(
    around: Around,
    /// The runbook's sessions, as the proxy lists them.
    sessions: Vec<SessionBrief>,
    #[prop(into)] environment: Signal<Option<EnvironmentBrief>>,
) -> impl IntoView {
    let Around {
        runbook,
        checklists,
        rollbacks,
    } = around;
    let sessions = StoredValue::new(sessions);
    let start = runbook.clone();
    let checklists = checklists.into_iter().map(move |one| {
        let href = start_href(&start, &one.id, &[]);
        let title = one.title.clone();
        let last = move || {
            let environment = environment.get()?;
            let found = sessions.with_value(|sessions| last_done(sessions, &one.title, &environment).cloned());
            Some(match found {
                Some(found) => {
                    view! { <a href=format!("/sessions/{}", found.id)>{done_words(&found)}</a>" in "{environment.title} }
                        .into_any()
                }
                None => format!("no completed session of it in {} is known", environment.title).into_any(),
            })
        };
        view! { <p><a href=href>{title}</a>" (checklist): "{last}"."</p> }
    });
    let checklists = checklists.collect::<Vec<_>>();
    let before = (!checklists.is_empty()).then(|| view! { <div><dt>"Before this"</dt><dd>{checklists}</dd></div> });
    let none = rollbacks.is_empty();
    let rollbacks = rollbacks.into_iter().map(move |one| {
        let href = format!("{}?procedure={}", runbook_href(&runbook), encoded(&one.id));
        view! { <p><a href=href>{one.title}</a></p> }
    });
    let rollbacks = rollbacks.collect::<Vec<_>>();
    view! {
        <dl class="around">
            {before}
            <div>
                <dt>"Way back"</dt>
                <dd>{none.then_some("The runbook has no rollback of it.")}{rollbacks}</dd>
            </div>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use holdpoint_domain::runbook::Order;

    use super::*;
    use crate::components::choice::tests::release;

    fn procedure(id: &str, kind: ProcedureKind, steps: usize) -> Procedure {
        let step = serde_json::json!({"id": "a", "number": null, "title": "A", "plain": null, "line": 1, "parts": [],
            "gates": [], "optional": false, "on_fail": null, "timebox_seconds": null, "children": []});
        let step = serde_json::from_value(step).expect("a step");
        Procedure {
            id: id.to_owned(),
            title: id.to_owned(),
            kind,
            order: Order::Any,
            line: 1,
            intro: Vec::new(),
            steps: vec![step; steps],
            rollback: None,
            timebox_seconds: None,
            errors: Vec::new(),
        }
    }

    #[test]
    fn what_stands_before_a_release_and_what_undoes_it_is_the_runbooks_order() {
        use ProcedureKind::{Checklist, Release, Rollback};
        let mut all = vec![
            procedure("empty", Checklist, 0),
            procedure("requirements", Checklist, 2),
            procedure("go", Release, 1),
            procedure("after", Checklist, 1),
            procedure("back", Rollback, 1),
            procedure("other", Rollback, 1),
        ];
        let told = |all: &[Procedure], at: usize| {
            Around::of("book", &all[at], all).map(|around| {
                let ids = |list: Vec<ProcedureBrief>| list.into_iter().map(|one| one.id).collect::<Vec<_>>();
                (ids(around.checklists), ids(around.rollbacks))
            })
        };
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(told(&all, 2), Some((ids(&["requirements"]), ids(&["back", "other"]))));
        assert_eq!(told(&all, 4), None, "a rollback waits for no checklist");
        all[2].rollback = Some("other".to_owned());
        assert_eq!(told(&all, 2), Some((ids(&["requirements"]), ids(&["other"]))));
    }

    #[test]
    fn a_checklist_was_done_where_it_was_completed_in_this_environment() {
        let environment = EnvironmentBrief {
            name: "production".to_owned(),
            title: "Production".to_owned(),
            production: true,
            rehearsal: false,
            variables: Default::default(),
            gates: Vec::new(),
        };
        let (mut older, mut drill, mut elsewhere, mut given_up) = (release(1), release(2), release(3), release(4));
        older.closed = older.closed.map(|at| at - TimeDelta::hours(1));
        drill.drill = true;
        elsewhere.environment_title = "Staging".to_owned();
        given_up.outcome = Some(SessionOutcome::Abandoned);
        let none = [drill, elsewhere, given_up];
        assert_eq!(last_done(&none, "Release", &environment), None);
        let mut newest = release(5);
        newest.left_out = true;
        let mut all = none.to_vec();
        all.extend([newest.clone(), older]);
        let found = last_done(&all, "Release", &environment).expect("it was completed");
        assert_eq!(found.id, newest.id);
        assert!(
            how_words(found).starts_with(", captain "),
            "its captain need not have done it"
        );
        assert!(how_words(found).ends_with(", with steps left out"));
        newest.without_pass = true;
        assert!(how_words(&newest).ends_with(", with steps left out, and steps gone on with without a pass"));
        assert_eq!(last_done(&all, "Other", &environment), None);
        let practice = EnvironmentBrief {
            rehearsal: true,
            ..environment
        };
        assert_eq!(
            last_done(&all, "Release", &practice),
            None,
            "a rehearsal is another environment"
        );
    }
}
