//! The drills of a runbook that are over, how they compare, and what nobody could follow.

use holdpoint_domain::runbook::Procedure;
use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{DrillEntry, DrillHistory};
use leptos::prelude::*;

use crate::api::drills;
use crate::components::drill::{NotFollowedList, measured, repeat_href};
use crate::components::loading::Loaded;
use crate::components::time::Time;
use crate::format::{TimeFormat, count, duration_s};

/// Below the procedures of a runbook.
#[component]
pub fn Drills(runbook: String, procedures: Vec<Procedure>) -> impl IntoView {
    let name = runbook.clone();
    let history = LocalResource::new(move || {
        let name = name.clone();
        async move { drills::history(&name).await }
    });
    view! {
        <section class="drill-history" aria-labelledby="drills">
            <h2 class="label" id="drills">"Drills"</h2>
            <Loaded resource=history what="the drills" let:history>
                <History history runbook=runbook.clone() procedures=procedures.clone() />
            </Loaded>
        </section>
    }
}

#[component]
fn History(history: DrillHistory, runbook: String, procedures: Vec<Procedure>) -> impl IntoView {
    let none = history.drills.is_empty().then(|| {
        view! { <p class="quiet small">"No drill of this runbook is over. A rehearsal can be started as one."</p> }
    });
    let rows = history.drills.iter().enumerate().map(|(at, drill)| {
        let mut found = procedures.iter().filter(|one| one.title == drill.procedure_title);
        let procedure = found.next().map(|one| one.id.clone());
        view! { <Row drill=drill.clone() before=history.before(at).cloned() runbook=runbook.clone() procedure /> }
    });
    let rows = rows.collect_view();
    let unclear = (!history.not_followed.is_empty()).then(|| {
        let steps = history.not_followed.clone();
        view! {
            <h3 class="label">"Steps that could not be followed"</h3>
            <NotFollowedList steps linked=true />
        }
    });
    view! {
        {none}
        <ul role="list" class="drill-list">{rows}</ul>
        {unclear}
    }
}

#[component]
fn Row(
    drill: DrillEntry,
    /// The one before it that was the same drill.
    before: Option<DrillEntry>,
    runbook: String,
    /// The procedure that it can be repeated with.
    procedure: Option<String>,
) -> impl IntoView {
    let (struck, noticed) = drill.struck_and_noticed();
    let title = drill
        .title
        .clone()
        .unwrap_or_else(|| "A drill whose plan was lost".to_owned());
    let ended = match drill.outcome {
        Some(SessionOutcome::Completed) => "completed",
        Some(SessionOutcome::RolledBack) => "rolled back",
        Some(SessionOutcome::Abandoned) => "given up",
        None => "not closed",
    };
    let of = |figure: fn(&DrillEntry) -> Option<u64>| {
        let trend = trend(figure(&drill), before.as_ref().and_then(figure));
        [Some(measured(figure(&drill))), trend]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let rows = [
        (
            "Noticed",
            format!("{noticed} of {} that struck", count(struck, "fault")),
        ),
        ("Longest to notice", of(DrillEntry::notice_seconds)),
        ("Longest to decide", of(DrillEntry::decide_seconds)),
        ("To roll back", of(DrillEntry::roll_back_seconds)),
        ("Wrong turns", drill.turns.to_string()),
    ];
    let rows = rows.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let seed = drill
        .seed
        .clone()
        .map(|seed| view! { <p class="small">"Seed "<code>{seed}</code></p> });
    let repeat = procedure.zip(drill.drill.clone()).zip(drill.seed.clone());
    let repeat = repeat.map(|((procedure, id), seed)| {
        let label = format!("Repeat {title} with the seed {seed}");
        let environment = Some(drill.environment.as_str()).filter(|name| !name.is_empty());
        let href = repeat_href(&runbook, &procedure, &id, &seed, environment);
        view! { <a href=href class="btn small" aria-label=label>"Repeat"</a> }
    });
    view! {
        <li class="drill-entry">
            <p><a href=format!("/sessions/{}", drill.session)><b>{title.clone()}</b></a></p>
            <p class="quiet small">
                <Time at=drill.started format=TimeFormat::Day />" · "{drill.captain.clone()}" · "{ended}
            </p>
            <dl class="drill-figures small">{rows}</dl>
            {seed}
            {repeat}
        </li>
    }
}

/// How a figure compares with that of the same drill before; nothing where one of them was not measured.
fn trend(now: Option<u64>, before: Option<u64>) -> Option<String> {
    let (now, before) = (now?, before?);
    Some(match now.cmp(&before) {
        std::cmp::Ordering::Less => format!("{} less than the time before", duration_s(before - now)),
        std::cmp::Ordering::Equal => "as the time before".to_owned(),
        std::cmp::Ordering::Greater => format!("{} more than the time before", duration_s(now - before)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_said_only_of_two_figures() {
        assert_eq!(trend(Some(30), None), None);
        assert_eq!(trend(None, Some(30)), None);
        assert_eq!(
            trend(Some(30), Some(90)).as_deref(),
            Some("1 min less than the time before")
        );
        assert_eq!(
            trend(Some(90), Some(30)).as_deref(),
            Some("1 min more than the time before")
        );
        assert_eq!(trend(Some(30), Some(30)).as_deref(), Some("as the time before"));
    }
}
