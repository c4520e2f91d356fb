//! What the home page offers to start, by the lists of runbooks and sessions.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::Standing;
use holdpoint_domain::wire::SessionBrief;

use crate::components::choice::Choice;

/// Procedures that were started last are offered up to this number.
const RECENT: usize = 4;
/// Releases are offered up to this number.
const RELEASES: usize = 4;
/// What a search finds is shown up to this number.
const FOUND: usize = 12;
/// A release that ended this long ago is not offered to be watched here.
const WATCHED: TimeDelta = TimeDelta::hours(24);

/// What is offered without a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    pub pinned: Vec<Choice>,
    /// What this browser's user started last, without what is pinned.
    pub recent: Vec<Choice>,
    /// Releases that are in neither.
    pub releases: Vec<Choice>,
}

impl Offered {
    /// `pins` are the keys of what is pinned, in their order; `name` is whoever uses this browser.
    pub fn of(all: &[Choice], pins: &[String], sessions: &[SessionBrief], name: &str) -> Self {
        let pinned: Vec<Choice> = pins
            .iter()
            .filter_map(|key| all.iter().find(|one| one.key() == *key).cloned())
            .collect();
        let mut recent: Vec<Choice> = Vec::new();
        for session in sessions.iter().filter(|one| !name.is_empty() && one.captain == name) {
            let of = |one: &&Choice| one.runbook == session.runbook && one.procedure.title == session.procedure_title;
            let found = all.iter().find(of);
            // An emergency stands among the emergencies.
            let found = found.filter(|found| found.procedure.kind != ProcedureKind::Emergency);
            if let Some(found) = found.filter(|found| !pinned.contains(found) && !recent.contains(found)) {
                recent.push(found.clone());
            }
            if recent.len() == RECENT {
                break;
            }
        }
        let is_release = |one: &&Choice| one.procedure.kind == ProcedureKind::Release && one.procedure.steps > 0;
        let further = all.iter().filter(is_release);
        let further = further.filter(|one| !pinned.contains(one) && !recent.contains(one));
        Self {
            releases: further.take(RELEASES).cloned().collect(),
            pinned,
            recent,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.pinned.is_empty() && self.recent.is_empty() && self.releases.is_empty()
    }
}

/// What is done when something is on fire.
pub fn emergencies(all: &[Choice]) -> Vec<Choice> {
    let burning = |one: &&Choice| one.procedure.kind == ProcedureKind::Emergency && one.procedure.steps > 0;
    all.iter().filter(burning).cloned().collect()
}

/// How well a procedure that contains every word fits: those that are called so first, then those whose title has the words, then
/// those of that kind, and at last those of a runbook that is called so.
fn rank(one: &Choice, words: &[String]) -> usize {
    let phrase = words.join(" ");
    let (title, kind) = (
        one.procedure.title.to_lowercase(),
        format!("{:?}", one.procedure.kind).to_lowercase(),
    );
    let has_all = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
    let fits = [
        title == phrase,
        title.starts_with(&phrase),
        has_all(&title),
        has_all(&format!("{title} {kind}")),
    ];
    fits.iter().position(|fits| *fits).unwrap_or(fits.len())
}

/// The first procedures that contain every word, those that fit best before the others, and how many there are.
pub fn matching(all: &[Choice], wanted: &str) -> (Vec<Choice>, usize) {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let says_all = |one: &&Choice| {
        let text = format!("{} {} {:?}", one.procedure.title, one.of, one.procedure.kind).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut found: Vec<Choice> = all.iter().filter(says_all).cloned().collect();
    found.sort_by_key(|one| rank(one, &words));
    let count = found.len();
    found.truncate(FOUND);
    (found, count)
}

/// Sessions that are not closed: real ones before rehearsals, of each those that hold or cannot be read first, then the newest.
pub fn under_way(sessions: &[SessionBrief]) -> Vec<SessionBrief> {
    let mut open: Vec<SessionBrief> = sessions.iter().filter(|one| one.closed.is_none()).cloned().collect();
    open.sort_by_key(|one| (one.rehearsal, !one.unreadable && one.standing != Standing::Hold));
    open
}

/// Sessions that ended, the newest of them.
pub fn ended(sessions: &[SessionBrief], most: usize) -> Vec<SessionBrief> {
    let mut ended: Vec<SessionBrief> = sessions.iter().filter(|one| one.closed.is_some()).cloned().collect();
    ended.sort_by_key(|one| std::cmp::Reverse(one.closed));
    ended.truncate(most);
    ended
}

/// Whether it ended so lately that it is offered to be watched.
pub fn ended_lately(session: &SessionBrief, now: DateTime<Utc>) -> bool {
    session.closed.is_some_and(|at| now - at < WATCHED)
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::session::SessionId;

    use super::*;
    use crate::components::choice::tests::{choice, release};

    fn all() -> Vec<Choice> {
        vec![
            choice("golden", "release", "Release", ProcedureKind::Release),
            choice("golden", "back", "Roll back", ProcedureKind::Rollback),
            choice("golden", "fire", "API unresponsive", ProcedureKind::Emergency),
            choice("rail", "deploy", "Deploy", ProcedureKind::Release),
            choice("rail", "scale", "Scaling: release the workers", ProcedureKind::Scaling),
        ]
    }

    fn ids(choices: &[Choice]) -> Vec<&str> {
        choices.iter().map(|one| one.procedure.id.as_str()).collect()
    }

    #[test]
    fn pins_come_first_then_what_this_user_started_last_then_releases() {
        let mut others = release(2);
        others.captain = "Grace".to_owned();
        others.procedure_title = "Roll back".to_owned();
        let mut fire = release(3);
        fire.procedure_title = "API unresponsive".to_owned();
        let sessions = [fire, others, release(1), release(4)];
        let pins = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        for (pinned, name, expected) in [
            (pins(&[]), "", [vec![], vec![], vec!["release", "deploy"]]),
            (pins(&[]), "Ada", [vec![], vec!["release"], vec!["deploy"]]),
            (pins(&[]), "Grace", [vec![], vec!["back"], vec!["release", "deploy"]]),
            (
                pins(&["rail/scale", "golden/release", "gone/away"]),
                "Ada",
                [vec!["scale", "release"], vec![], vec!["deploy"]],
            ),
        ] {
            let offered = Offered::of(&all(), &pinned, &sessions, name);
            let found = [&offered.pinned, &offered.recent, &offered.releases].map(|list| ids(list));
            assert_eq!(found, expected, "{name} {pinned:?}");
        }
    }

    #[test]
    fn a_search_finds_by_every_word_and_by_the_title_first() {
        for (wanted, expected) in [
            ("release", vec!["release", "scale", "deploy", "back", "fire"]),
            ("roll back", vec!["back"]),
            ("rollback", vec!["back"]),
            ("the rail", vec!["deploy", "scale"]),
            ("emergency", vec!["fire"]),
            ("workers release", vec!["scale"]),
            ("nowhere", vec![]),
        ] {
            let mut choices = all();
            if wanted == "release" {
                choices.iter_mut().for_each(|one| one.of = "Release book".to_owned());
            }
            let (found, count) = matching(&choices, wanted);
            assert_eq!((ids(&found), count), (expected.clone(), expected.len()), "{wanted}");
        }
        let many: Vec<Choice> = (0..40).map(|_| all().remove(0)).collect();
        let (found, count) = matching(&many, "release");
        assert_eq!((found.len(), count), (FOUND, 40));
    }

    #[test]
    fn what_holds_is_seen_first() {
        let open = |id, standing| {
            let mut one = release(id);
            (one.closed, one.outcome, one.standing) = (None, None, standing);
            one
        };
        let mut drill = open(5, Standing::Hold);
        drill.rehearsal = true;
        let sessions = [
            drill,
            open(1, Standing::Go),
            release(2),
            open(3, Standing::Hold),
            open(4, Standing::RollingBack),
        ];
        let order: Vec<SessionId> = under_way(&sessions).iter().map(|one| one.id).collect();
        assert_eq!(order, [3, 1, 4, 5].map(SessionId::from_u128));
    }

    #[test]
    fn the_newest_that_ended_are_those_that_ended_last() {
        let mut long = release(1);
        long.closed = long.closed.map(|at| at + TimeDelta::days(3));
        let sessions = [release(3), release(2), long.clone()];
        let order: Vec<SessionId> = ended(&sessions, 2).iter().map(|one| one.id).collect();
        assert_eq!(order, [1, 3].map(SessionId::from_u128));
        let at = release(3).closed.expect("it is closed");
        assert!(ended_lately(&release(3), at + TimeDelta::hours(23)));
        assert!(!ended_lately(&release(3), at + TimeDelta::hours(25)));
    }
}
