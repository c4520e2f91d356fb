//! What is found, by kind: in the session on screen, on the page, and by the proxy.

use holdpoint_domain::wire::{FoundKind, SearchAnswer, SearchCount, SearchHit};
use leptos::prelude::*;

use crate::components::palette::{Group, Place, Target};
use crate::state::app::{Action, App, OpenSession};

const OWN_STEPS: &str = "Steps of this session";
const OWN_COMMANDS: &str = "Commands of this session";

/// Steps and commands of the session on screen.
fn of_session(session: OpenSession, wanted: &str) -> Vec<Group> {
    let answer = session.find.run(wanted.to_owned());
    let kinds = [(FoundKind::Step, OWN_STEPS), (FoundKind::Command, OWN_COMMANDS)];
    let groups = kinds.map(|(kind, title)| group(&answer, kind, title, step_target));
    groups.into_iter().flatten().collect()
}

fn step_target(hit: &SearchHit) -> Target {
    Target::Step(hit.step.clone().unwrap_or_default())
}

/// What the page on screen and the whole page can do.
pub fn actions(app: App) -> Vec<Action> {
    let session = app.open_session.get_untracked();
    let mut actions = session.map_or_else(Vec::new, |session| session.actions.run(()));
    actions.push(Action {
        title: "Change the theme: auto, light, dark",
        also: "colours appearance",
        act: Callback::new(move |()| app.settings.next_theme()),
    });
    actions
}

/// What is found without the proxy. What can be done and is called by the very word goes before steps that have it somewhere.
pub fn of_here(app: App, wanted: &str) -> Vec<Group> {
    let steps = app
        .open_session
        .get()
        .map_or_else(Vec::new, |session| of_session(session, wanted));
    let page = of_page(app, wanted);
    let is_called = actions(app)
        .iter()
        .any(|action| is_called(action.title, action.also, wanted));
    let (first, then) = if is_called { (page, steps) } else { (steps, page) };
    first.into_iter().chain(then).collect()
}

/// What can be done here, and the pages.
fn of_page(app: App, wanted: &str) -> Vec<Group> {
    let mut acts = actions(app);
    acts.retain(|action| action_says(action.title, action.also, wanted));
    acts.sort_by_key(|action| !is_called(action.title, action.also, wanted));
    let acts = acts.into_iter();
    let acts = acts.map(|action| Place::named(action.title, Target::Action(action.title)));
    let page = |title: &str, path: &str| Place::named(title, Target::Path(path.to_owned()));
    let mut pages = vec![
        page("Home", "/"),
        page("Sessions", "/sessions"),
        page("Gates: ask them outside a session", "/gates"),
        page("Incidents: the log of them", "/incidents"),
    ];
    if app.rehearsal.get() {
        pages.push(page("Rehearsal: switch faults", "/rehearsal"));
    }
    pages.retain(|place| says_all(&place.title, wanted));
    [("Do", acts.collect::<Vec<_>>()), ("Pages", pages)]
        .into_iter()
        .filter_map(|(title, places)| {
            (!places.is_empty()).then_some(Group {
                title,
                count: places.len(),
                places,
            })
        })
        .collect()
}

/// By its title, and by the other words for it.
fn action_says(title: &str, also: &str, wanted: &str) -> bool {
    says_all(&format!("{title} {also}"), wanted)
}

/// Whether its title, or one of the other words for it, is just what is wanted.
fn is_called(title: &str, also: &str, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    !wanted.is_empty() && (title.to_lowercase() == wanted || also.split_whitespace().any(|word| word == wanted))
}

fn says_all(title: &str, wanted: &str) -> bool {
    let title = title.to_lowercase();
    wanted
        .split_whitespace()
        .all(|word| title.contains(&word.to_lowercase()))
}

/// What the proxy found, the kinds in the order of their best hit. What the session on screen runs is found there, in the groups that
/// are `here`, and counted there alone.
pub fn of_proxy(answer: &SearchAnswer, own: Option<&(String, String)>, here: &[Group]) -> Vec<Group> {
    let is_own = |hit: &SearchHit| {
        let in_procedure = hit.runbook.clone().zip(hit.procedure.clone());
        matches!(hit.kind, FoundKind::Step | FoundKind::Command) && in_procedure.as_ref() == own && own.is_some()
    };
    let mut kinds: Vec<FoundKind> = Vec::new();
    for hit in &answer.hits {
        if !kinds.contains(&hit.kind) {
            kinds.push(hit.kind);
        }
    }
    let counted_here = |kind: FoundKind| {
        let title = match kind {
            FoundKind::Step => OWN_STEPS,
            FoundKind::Command => OWN_COMMANDS,
            _ => return 0,
        };
        let listed = answer.hits.iter().filter(|hit| hit.kind == kind && is_own(hit)).count();
        let group = here.iter().find(|group| own.is_some() && group.title == title);
        group.map_or(0, |group| group.count).max(listed)
    };
    let counts = answer.counts.iter().map(|count| SearchCount {
        count: (count.count).saturating_sub(u32::try_from(counted_here(count.kind)).unwrap_or(u32::MAX)),
        ..*count
    });
    let others = SearchAnswer {
        hits: answer.hits.iter().filter(|hit| !is_own(hit)).cloned().collect(),
        counts: counts.collect(),
        ..answer.clone()
    };
    let target = |hit: &SearchHit| Target::Path(hit.href.clone());
    let groups = kinds
        .into_iter()
        .filter_map(|kind| group(&others, kind, title(kind), target));
    groups.collect()
}

fn title(kind: FoundKind) -> &'static str {
    match kind {
        FoundKind::Session => "Sessions",
        FoundKind::Procedure => "Start a procedure",
        FoundKind::Runbook => "Runbooks",
        FoundKind::Step => "Steps in runbooks",
        FoundKind::Symptom => "Troubleshooting",
        FoundKind::Command => "Commands in runbooks",
        FoundKind::Term => "Glossary",
        FoundKind::Contact => "Contacts",
        FoundKind::Reference => "Looked up in runbooks",
    }
}

fn group(
    answer: &SearchAnswer,
    kind: FoundKind,
    title: &'static str,
    target: impl Fn(&SearchHit) -> Target,
) -> Option<Group> {
    let hits = answer.hits.iter().filter(|hit| hit.kind == kind);
    let places: Vec<Place> = hits
        .map(|hit| Place {
            title: hit.title.clone(),
            title_marks: hit.title_marks.clone(),
            detail: hit.detail.clone(),
            detail_marks: hit.detail_marks.clone(),
            target: target(hit),
        })
        .collect();
    let count = answer.counts.iter().find(|count| count.kind == kind);
    let count = count.map_or(0, |count| count.count as usize);
    (!places.is_empty()).then(|| Group {
        title,
        count: count.max(places.len()),
        places,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(kind: FoundKind, title: &str, procedure: Option<&str>) -> SearchHit {
        SearchHit {
            kind,
            title: title.to_owned(),
            detail: String::new(),
            href: format!("/{title}"),
            runbook: Some("golden".to_owned()),
            procedure: procedure.map(str::to_owned),
            step: None,
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        }
    }

    #[test]
    fn kinds_stand_in_the_order_of_their_best_hit_and_count_what_is_not_listed() {
        let answer = SearchAnswer {
            query: "deploy".to_owned(),
            similar: false,
            hits: vec![
                hit(FoundKind::Term, "Deploy", None),
                hit(FoundKind::Step, "Deploy it", Some("release")),
                hit(FoundKind::Term, "Deployment", None),
                hit(FoundKind::Step, "Redeploy", Some("back")),
            ],
            counts: vec![
                SearchCount {
                    kind: FoundKind::Step,
                    count: 20,
                },
                SearchCount {
                    kind: FoundKind::Term,
                    count: 2,
                },
            ],
        };
        let told = |own: Option<(&str, &str)>, here: &[Group]| -> Vec<(&str, Vec<String>, usize)> {
            let own = own.map(|(runbook, procedure)| (runbook.to_owned(), procedure.to_owned()));
            let groups = of_proxy(&answer, own.as_ref(), here).into_iter();
            groups
                .map(|group| {
                    let titles = group.places.into_iter().map(|place| place.title);
                    (group.title, titles.collect(), group.count)
                })
                .collect()
        };
        let terms = ("Glossary", vec!["Deploy".to_owned(), "Deployment".to_owned()], 2);
        let steps = |titles: &[&str], count: usize| {
            let titles = titles.iter().map(|title| (*title).to_owned()).collect();
            ("Steps in runbooks", titles, count)
        };
        let own = Some(("golden", "release"));
        let here = Group {
            title: OWN_STEPS,
            places: Vec::new(),
            count: 5,
        };
        let all = steps(&["Deploy it", "Redeploy"], 20);
        assert_eq!(told(None, &[]), [terms.clone(), all]);
        assert_eq!(told(own, &[]), [terms.clone(), steps(&["Redeploy"], 19)]);
        assert_eq!(told(own, &[here]), [terms, steps(&["Redeploy"], 15)]);
    }

    #[test]
    fn what_can_be_done_is_found_by_words_that_are_not_shown() {
        for (wanted, found) in [
            ("roll back", true),
            ("undo", true),
            ("START rollback", true),
            ("undo it", false),
        ] {
            assert_eq!(
                action_says("Start rollback", "roll back undo", wanted),
                found,
                "{wanted}"
            );
        }
    }

    #[test]
    fn an_action_is_called_by_its_title_and_by_each_other_word_for_it() {
        for wanted in ["undo", " Undo ", "start rollback"] {
            assert!(is_called("Start rollback", "roll back undo", wanted), "{wanted}");
        }
        for wanted in ["", "und", "rollback", "roll back undo"] {
            assert!(!is_called("Start rollback", "roll back undo", wanted), "{wanted}");
        }
    }

    #[test]
    fn a_page_is_found_by_every_word() {
        assert!(says_all("Gates: ask them outside a session", "GATES session"));
        assert!(!says_all("Gates: ask them outside a session", "gates rehearsal"));
        assert!(says_all("Anything", " "));
    }
}
