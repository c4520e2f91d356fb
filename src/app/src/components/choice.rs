//! A procedure of some runbook, where it is started, and what is watched after a release.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{EnvironmentBrief, ProcedureBrief, RunbookBrief, SessionBrief};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::href::start_href;

/// A procedure, and the runbook that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The runbook's name.
    pub runbook: String,
    /// The runbook's title.
    pub of: String,
    pub procedure: ProcedureBrief,
}

impl Choice {
    /// Where it is started.
    pub fn href(&self) -> String {
        start_href(&self.runbook, &self.procedure.id, &[])
    }

    /// What it is kept by in this browser.
    pub fn key(&self) -> String {
        format!("{}/{}", self.runbook, self.procedure.id)
    }
}

/// Every procedure of every runbook.
pub fn choices(runbooks: &[RunbookBrief]) -> Vec<Choice> {
    let mut all = Vec::new();
    for runbook in runbooks {
        all.extend(runbook.procedures.iter().map(|procedure| Choice {
            runbook: runbook.name.clone(),
            of: runbook.title.clone(),
            procedure: procedure.clone(),
        }));
    }
    all
}

/// A procedure to go on with, filled in with what the session before it was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// `First 15 minutes`.
    pub title: String,
    pub href: String,
}

/// What to watch after a release: the monitoring procedures of its runbook that were not started for it yet. None for what was not
/// completed or was rolled back.
pub fn to_watch(session: &SessionBrief, all: &[SessionBrief], choices: &[Choice], environment: &str) -> Vec<Next> {
    let completed = session.outcome == Some(SessionOutcome::Completed) && session.undone_by.is_none();
    if !completed || session.unreadable || session.kind != Some(ProcedureKind::Release) {
        return Vec::new();
    }
    let is_same = |one: &SessionBrief| {
        let released = |one: &SessionBrief| {
            let (version, commit) = (one.version.clone(), one.git_sha.clone());
            (one.runbook.clone(), version, commit, one.environment_title.clone())
        };
        one.started >= session.started && one.rehearsal == session.rehearsal && released(one) == released(session)
    };
    let was_started = |title: &str| all.iter().any(|one| one.procedure_title == title && is_same(one));
    let mut next = choices.to_vec();
    next.retain(|one| {
        let monitoring = one.procedure.kind == ProcedureKind::Monitoring && one.procedure.steps > 0;
        monitoring && one.runbook == session.runbook && !was_started(&one.procedure.title)
    });
    next.into_iter()
        .map(|one| Next {
            href: start_href(
                &one.runbook,
                &one.procedure.id,
                &[
                    ("environment", environment),
                    ("version", &session.version),
                    ("git_sha", &session.git_sha),
                ],
            ),
            title: one.procedure.title,
        })
        .collect()
}

/// The name of a session's environment, of which the list has what people call it. None where that does not tell.
pub fn environment_of<'a>(session: &SessionBrief, environments: &'a [EnvironmentBrief]) -> Option<&'a str> {
    let named = |one: &&EnvironmentBrief| one.title == session.environment_title && one.rehearsal == session.rehearsal;
    let mut named = environments.iter().filter(named);
    let first = named.next()?;
    named.next().is_none().then_some(first.name.as_str())
}

/// The way to each of them; nothing where there is none.
#[component]
pub fn NextLinks(next: Vec<Next>) -> impl IntoView {
    (!next.is_empty()).then(|| {
        let links = next.into_iter().map(|one| {
            view! { <A href=one.href attr:class="btn small"><span class="sr-only">"Start "</span>{one.title}</A> }
        });
        view! { <p class="next-links"><span class="quiet small">"Start next: "</span>{links.collect_view()}</p> }
    })
}

#[cfg(test)]
pub mod tests {
    use chrono::{DateTime, TimeDelta};
    use holdpoint_domain::session::{SessionId, Standing};

    use super::*;

    /// A release of `golden` that was completed.
    pub fn release(id: u128) -> SessionBrief {
        let started = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        SessionBrief {
            id: SessionId::from_u128(id),
            runbook: "golden".to_owned(),
            runbook_title: "Golden".to_owned(),
            procedure_title: "Release".to_owned(),
            kind: Some(ProcedureKind::Release),
            environment_title: "Production".to_owned(),
            production: true,
            rehearsal: false,
            drill: false,
            not_followed: 0,
            version: "v1 & more".to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
            started,
            closed: Some(started + TimeDelta::hours(1)),
            outcome: Some(SessionOutcome::Completed),
            standing: Standing::Completed,
            done: 3,
            steps: 3,
            left_out: false,
            without_pass: false,
            maybe_live: false,
            unverified: false,
            undoes: None,
            undone_by: None,
            unreadable: false,
        }
    }

    pub fn choice(runbook: &str, id: &str, title: &str, kind: ProcedureKind) -> Choice {
        Choice {
            runbook: runbook.to_owned(),
            of: format!("The {runbook}"),
            procedure: ProcedureBrief {
                id: id.to_owned(),
                title: title.to_owned(),
                kind,
                steps: 3,
                gates: 0,
            },
        }
    }

    #[test]
    fn a_completed_release_is_watched_by_its_own_runbook_and_by_no_other() {
        let choices = [
            choice("golden", "release", "Release", ProcedureKind::Release),
            choice("golden", "first", "First hour", ProcedureKind::Monitoring),
            choice("golden", "day", "First day", ProcedureKind::Monitoring),
            choice("other", "first", "Other hour", ProcedureKind::Monitoring),
        ];
        let titles = |session: &SessionBrief, all: &[SessionBrief]| -> Vec<String> {
            let next = to_watch(session, all, &choices, "prod");
            next.into_iter().map(|one| one.title).collect()
        };
        let session = release(1);
        let both = ["First hour", "First day"];
        assert_eq!(titles(&session, std::slice::from_ref(&session)), both);
        let first = to_watch(&session, &[], &choices, "prod").remove(0);
        let expected = "/runbooks/golden/start/first?environment=prod&version=v1%20%26%20more&git_sha=a1b2c3d";
        assert_eq!(first.href, expected);

        let mut watched = release(2);
        watched.procedure_title = "First hour".to_owned();
        watched.kind = Some(ProcedureKind::Monitoring);
        assert_eq!(titles(&session, &[session.clone(), watched.clone()]), ["First day"]);
        watched.rehearsal = true;
        assert_eq!(
            titles(&session, &[session.clone(), watched.clone()]),
            both,
            "a rehearsal watches no real release"
        );
        watched.rehearsal = false;
        watched.version = "v2".to_owned();
        assert_eq!(
            titles(&session, &[session.clone(), watched.clone()]),
            both,
            "of another version"
        );

        let nothing: [fn(&mut SessionBrief); 4] = [
            |one| one.outcome = Some(SessionOutcome::Abandoned),
            |one| one.outcome = None,
            |one| one.undone_by = Some(SessionId::from_u128(9)),
            |one| one.kind = Some(ProcedureKind::Rollback),
        ];
        for change in nothing {
            let mut other = release(3);
            change(&mut other);
            assert!(titles(&other, &[]).is_empty(), "{other:?}");
        }
    }

    #[test]
    fn an_environment_that_two_have_the_title_of_is_not_guessed() {
        let environment = |name: &str, title: &str, rehearsal: bool| EnvironmentBrief {
            name: name.to_owned(),
            title: title.to_owned(),
            production: !rehearsal,
            rehearsal,
            variables: Default::default(),
            gates: Vec::new(),
        };
        let mut all = vec![
            environment("prod", "Production", false),
            environment("dry", "Production", true),
        ];
        assert_eq!(environment_of(&release(1), &all), Some("prod"));
        all.push(environment("prod-2", "Production", false));
        assert_eq!(environment_of(&release(1), &all), None);
        assert_eq!(environment_of(&release(1), &all[1..2]), None);
    }
}
