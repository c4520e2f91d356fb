//! One fault of a drill, and how it was met.

use holdpoint_domain::drill::{Decided, DecidedBy, FaultScore, Noticed, NoticedBy};
use leptos::prelude::*;

use super::measured;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, count, local_time};

/// When it struck, when it was noticed, what was decided, and how long each took.
#[component]
pub fn FaultCard(fault: FaultScore) -> impl IntoView {
    let (kind, word) = standing(&fault);
    let struck = match fault.struck {
        Some(at) => local_time(at, TimeFormat::Day),
        None => "never: what it waits for did not happen, or the session ended before".to_owned(),
    };
    let rows = [
        ("Struck", struck),
        ("Time to notice", noticed(&fault)),
        ("Time to decide", decided(&fault)),
        ("Time to roll back", rolled_back(&fault)),
    ];
    let rows = rows.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! {
        <li class="drill-fault">
            <p class="drill-fault-head"><b>{fault.planned.title.clone()}</b><StatusWord kind text=word /></p>
            <p class="quiet small">"Planned for "{fault.planned.moment_in_words()}". Gates: "{fault.planned.gates.join(", ")}"."</p>
            <dl class="drill-figures">{rows}</dl>
        </li>
    }
}

fn standing(fault: &FaultScore) -> (Word, &'static str) {
    match (&fault.struck, &fault.noticed) {
        (None, _) => (Word::Wait, "DID NOT STRIKE"),
        (Some(_), Some(_)) => (Word::Wait, "NOTICED"),
        (Some(_), None) => (Word::Hold, "NEVER NOTICED"),
    }
}

fn noticed(fault: &FaultScore) -> String {
    match (&fault.struck, &fault.noticed) {
        (None, _) => measured(None),
        (Some(_), Some(Noticed { seconds, by, .. })) => {
            let by = match by {
                NoticedBy::Gate { title, .. } => format!("{title} did not pass"),
                NoticedBy::Note { who, text } => format!("{who} noted “{text}”"),
            };
            format!("{}: {by}", measured(Some(*seconds)))
        }
        (Some(_), None) if fault.asked == 0 => "n.a.: no gate of it answered while it was on".to_owned(),
        (Some(_), None) => format!(
            "n.a.: {} of its gates while it was on showed nothing",
            count(fault.asked as usize, "answer")
        ),
    }
}

fn decided(fault: &FaultScore) -> String {
    match (&fault.decided, fault.held) {
        (Some(Decided { seconds, by, who, .. }), _) => {
            let how = match by {
                DecidedBy::RollBack => "roll back",
                DecidedBy::ProceedWithCaution => "proceed with caution",
                DecidedBy::RunAgain => "run again until it passed",
                DecidedBy::Close => "close the session while it held",
            };
            format!("{}: {how}, by {who}", measured(Some(*seconds)))
        }
        (None, Some(_)) => "n.a.: it held, and nothing was decided".to_owned(),
        (None, None) => "n.a.: no gate of it held".to_owned(),
    }
}

fn rolled_back(fault: &FaultScore) -> String {
    let decided_so = fault.decided.as_ref().is_some_and(|one| one.by == DecidedBy::RollBack);
    match fault.roll_back_seconds {
        Some(seconds) => measured(Some(seconds)),
        None if decided_so => "n.a.: the rollback is not known to be completed".to_owned(),
        None => "n.a.: it was not what was decided".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use holdpoint_domain::session::{DrillTrigger, PlannedFault};

    use super::*;

    fn fault() -> FaultScore {
        FaultScore {
            planned: PlannedFault {
                fault: "api_down".to_owned(),
                title: "API down".to_owned(),
                gates: vec!["api-health".to_owned()],
                from: DrillTrigger::Start,
                after_seconds: 60,
                lasts_seconds: None,
            },
            struck: None,
            ended: None,
            asked: 0,
            noticed: None,
            held: None,
            decided: None,
            roll_back_seconds: None,
        }
    }

    #[test]
    fn what_was_not_measured_is_not_available_and_says_why() {
        let never = fault();
        assert_eq!(standing(&never).1, "DID NOT STRIKE");
        assert_eq!(noticed(&never), "n.a.");
        let struck = FaultScore {
            struck: DateTime::from_timestamp(0, 0),
            ..fault()
        };
        assert_eq!(standing(&struck).1, "NEVER NOTICED");
        assert_eq!(noticed(&struck), "n.a.: no gate of it answered while it was on");
        let unseen = FaultScore { asked: 2, ..struck };
        assert_eq!(
            noticed(&unseen),
            "n.a.: 2 answers of its gates while it was on showed nothing"
        );
        assert_eq!(decided(&unseen), "n.a.: no gate of it held");
        assert_eq!(rolled_back(&unseen), "n.a.: it was not what was decided");
    }
}
