//! The annotations of a session written plainly: of each thing the last that was said of it, by a walk through the log.

use std::collections::BTreeSet;

use holdpoint_domain::session::*;

/// The last annotation of a kind, of those that this takes for it.
fn last_annotation<'a, T>(records: &'a [Record], of: impl Fn(&'a Annotation) -> Option<T>) -> Option<(&'a Record, T)> {
    records.iter().rev().find_map(|record| match &record.event {
        Event::Annotated { annotation } => of(annotation).map(|found| (record, found)),
        _ => None,
    })
}

fn written<T>((record, value): (&Record, T)) -> Written<T> {
    Written {
        at: record.at,
        actor: record.actor.clone(),
        value,
    }
}

/// What people wrote beside the steps, from the log alone: of each thing the last that was said of it.
pub fn annotations(records: &[Record]) -> Annotations {
    let root_cause = last_annotation(records, |one| match one {
        Annotation::RootCause { whys } => Some(whys.clone()),
        _ => None,
    });
    let factors = last_annotation(records, |one| match one {
        Annotation::Factors { factors } => Some(factors.clone()),
        _ => None,
    });
    let impact = last_annotation(records, |one| match one {
        Annotation::Impact { text } => Some(text.clone()),
        _ => None,
    });
    let severity = last_annotation(records, |one| match one {
        Annotation::Severity { level, reason } => Some((*level, reason.clone())),
        _ => None,
    });
    let severity = severity.and_then(|(record, (level, reason))| {
        let level = level?;
        Some(written((record, StatedSeverity { level, reason })))
    });
    let mut ids: Vec<ActionId> = Vec::new();
    let mut stars: BTreeSet<u64> = BTreeSet::new();
    for record in records {
        match &record.event {
            Event::Annotated {
                annotation: Annotation::Action { id, .. },
            } if !ids.contains(id) => ids.push(*id),
            Event::Annotated {
                annotation: Annotation::Star { seq, .. },
            } => drop(stars.insert(*seq)),
            _ => {}
        }
    }
    let item = |id: ActionId| {
        let (record, (text, owner, due)) = last_annotation(records, |one| match one {
            Annotation::Action {
                id: of,
                text,
                owner,
                due,
            } if *of == id => Some((text.clone(), owner.clone(), *due)),
            _ => None,
        })?;
        // Since another text was written, and after it.
        let texts = records.iter().filter_map(|record| match &record.event {
            Event::Annotated {
                annotation: Annotation::Action { id: of, text, .. },
            } if *of == id => Some((record.seq, text)),
            _ => None,
        });
        let texts: Vec<(u64, &String)> = texts.collect();
        let since = texts
            .iter()
            .rev()
            .take_while(|(_, one)| **one == text)
            .map(|(seq, _)| *seq);
        let since = since.min().unwrap_or_default();
        let later: Vec<&Record> = records.iter().filter(|record| record.seq > since).collect();
        let stated = later.into_iter().rev().find_map(|record| match &record.event {
            Event::Annotated {
                annotation: Annotation::ActionState { id: of, state },
            } if *of == id => Some((record, *state)),
            _ => None,
        });
        Some(ActionItem {
            id,
            text,
            owner,
            due,
            at: record.at,
            actor: record.actor.clone(),
            state: stated.map_or(ActionState::Open, |(_, state)| state),
            stated: stated.map(|(record, _)| (record.at, record.actor.clone())),
        })
    };
    let star = |seq: u64| {
        let (record, caption) = last_annotation(records, |one| match one {
            Annotation::Star { seq: of, caption } if *of == seq => Some(Some(caption.clone())),
            Annotation::Unstar { seq: of } if *of == seq => Some(None),
            _ => None,
        })?;
        Some((seq, written((record, caption?))))
    };
    Annotations {
        root_cause: root_cause.filter(|(_, whys)| !whys.is_empty()).map(written),
        factors: factors.filter(|(_, factors)| !factors.is_empty()).map(written),
        impact: impact.filter(|(_, text)| !text.is_empty()).map(written),
        severity,
        actions: ids.into_iter().filter_map(item).collect(),
        stars: stars.into_iter().filter_map(star).collect(),
    }
}
