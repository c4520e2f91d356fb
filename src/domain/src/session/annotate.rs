//! The rules of annotations: lengths, counts, and that what is named is there.

use chrono::{Datelike, NaiveDate};

use super::annotation::Annotation;
use super::annotations::Annotations;
use super::event::Event;
use super::limits::{
    ACTIONS_LIMIT, CAPTION_LIMIT, FACTORS_LIMIT, NAME_LIMIT, NOTE_LIMIT, STARS_LIMIT, VALUE_LIMIT, WHYS_LIMIT,
    check_length, require_text,
};
use super::refusal::Refusal;
use super::state::State;

/// Takes an annotation, in an open session as in a closed one.
pub(super) fn annotate(state: &State, annotation: &Annotation) -> Result<Vec<Event>, Refusal> {
    let known = &state.annotations;
    check(state, known, annotation)?;
    if stands_already(known, annotation) {
        return Err(Refusal::AnnotationUnchanged);
    }
    Ok(vec![Event::Annotated {
        annotation: annotation.clone(),
    }])
}

fn check(state: &State, known: &Annotations, annotation: &Annotation) -> Result<(), Refusal> {
    match annotation {
        Annotation::RootCause { whys } => each("An answer to “why”", "answers to “why”", whys, WHYS_LIMIT),
        Annotation::Factors { factors } => {
            each("A contributing factor", "contributing factors", factors, FACTORS_LIMIT)
        }
        Annotation::Impact { text } => check_length("The impact", text, NOTE_LIMIT),
        Annotation::Severity { reason, .. } => require_text("The reason", reason, VALUE_LIMIT),
        Annotation::Action { id, text, owner, due } => {
            require_text("The action", text, VALUE_LIMIT)?;
            one_line("The owner", owner, NAME_LIMIT)?;
            check_due(*due)?;
            let is_new = known.action(*id).is_none();
            at_most("action items", known.actions.len() + usize::from(is_new), ACTIONS_LIMIT)
        }
        Annotation::ActionState { id, .. } => match known.action(*id) {
            Some(_) => Ok(()),
            None => Err(Refusal::UnknownAction),
        },
        Annotation::Star { seq, caption } => {
            one_line("The caption", caption, CAPTION_LIMIT)?;
            if *seq == 0 || *seq > state.head {
                return Err(Refusal::UnknownEvent { seq: *seq });
            }
            let is_new = !known.stars.contains_key(seq);
            at_most("starred events", known.stars.len() + usize::from(is_new), STARS_LIMIT)
        }
        Annotation::Unstar { seq } if known.stars.contains_key(seq) => Ok(()),
        Annotation::Unstar { seq } => Err(Refusal::NotStarred { seq: *seq }),
    }
}

/// Whether the annotation says what stands there already, so that it would be one more event without a meaning.
fn stands_already(known: &Annotations, annotation: &Annotation) -> bool {
    match annotation {
        Annotation::RootCause { whys } => known.root_cause.as_ref().map_or(&[][..], |one| &one.value) == whys,
        Annotation::Factors { factors } => known.factors.as_ref().map_or(&[][..], |one| &one.value) == factors,
        Annotation::Impact { text } => {
            let stands = known.impact.as_ref().map_or("", |one| &one.value);
            stands == text || stands.is_empty() && text.trim().is_empty()
        }
        Annotation::Severity { level, reason } => match (&known.severity, level) {
            (Some(one), Some(level)) => one.value.level == *level && one.value.reason == *reason,
            (None, None) => true,
            _ => false,
        },
        Annotation::Action { id, text, owner, due } => known
            .action(*id)
            .is_some_and(|(_, item)| (&item.text, &item.owner, &item.due) == (text, owner, due)),
        Annotation::ActionState { id, state } => known.action(*id).is_some_and(|(_, item)| item.state == *state),
        Annotation::Star { seq, caption } => known.stars.get(seq).is_some_and(|one| one.value == *caption),
        Annotation::Unstar { .. } => false,
    }
}

fn each(one: &'static str, all: &'static str, texts: &[String], limit: usize) -> Result<(), Refusal> {
    at_most(all, texts.len(), limit)?;
    texts.iter().try_for_each(|text| require_text(one, text, VALUE_LIMIT))
}

fn at_most(what: &'static str, count: usize, limit: usize) -> Result<(), Refusal> {
    match count > limit {
        true => Err(Refusal::TooMany { what, limit }),
        false => Ok(()),
    }
}

fn one_line(what: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    check_length(what, text, limit)?;
    match text.chars().any(char::is_control) {
        true => Err(Refusal::Malformed {
            what,
            value: text.to_owned(),
            rule: "it is one line of text.",
        }),
        false => Ok(()),
    }
}

fn check_due(due: Option<NaiveDate>) -> Result<(), Refusal> {
    match due.filter(|due| !(2000..2200).contains(&due.year())) {
        Some(due) => Err(Refusal::Malformed {
            what: "The due date",
            value: due.to_string(),
            rule: "it is a day from 2000-01-01 to 2199-12-31.",
        }),
        None => Ok(()),
    }
}
