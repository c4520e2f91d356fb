//! What an annotation says, in words.

use super::annotation::{ActionState, Annotation};
use super::event::{Event, Record};
use super::state::State;

/// What it is about, what happened to it, and more.
pub(super) fn annotation_in_words(state: &State, annotation: &Annotation) -> (String, &'static str, String) {
    match annotation {
        Annotation::RootCause { whys } => listed("Root cause", whys),
        Annotation::Factors { factors } => listed("Contributing factors", factors),
        Annotation::Impact { text } => (
            "Impact on users".to_owned(),
            if text.trim().is_empty() {
                "taken back"
            } else {
                "written"
            },
            text.clone(),
        ),
        Annotation::Severity { level, reason } => (
            "Severity".to_owned(),
            level.map_or("taken back", |level| level.word()),
            reason.clone(),
        ),
        Annotation::Action { text, owner, due, id } => {
            let owner = match owner.as_str() {
                "" => "no owner".to_owned(),
                owner => format!("owner {owner}"),
            };
            let due = due.map_or_else(|| "no due date".to_owned(), |due| format!("due {due}"));
            (state.action_label(*id), "written", format!("{text} ({owner}, {due})"))
        }
        Annotation::ActionState { id, state: stands } => {
            let what = match stands {
                ActionState::Open => "reopened",
                ActionState::Done => "done",
                ActionState::Dropped => "dropped",
            };
            // The text may have been another one then.
            (state.action_label(*id), what, String::new())
        }
        Annotation::Star { seq, caption } => (format!("Event {seq}"), "starred", caption.clone()),
        Annotation::Unstar { seq } => (format!("Event {seq}"), "starred no more", String::new()),
    }
}

fn listed(subject: &str, texts: &[String]) -> (String, &'static str, String) {
    let what = if texts.is_empty() { "taken back" } else { "written" };
    let lines = texts.iter().enumerate();
    let lines: Vec<String> = lines.map(|(at, text)| format!("{}. {text}", at + 1)).collect();
    (subject.to_owned(), what, lines.join(" "))
}

/// The text of the action item that a record says something of. None where another text may have stood there then: that it was this
/// one is known of the word that stands, and of no other.
pub(super) fn text_of_action<'a>(state: &'a State, record: &Record) -> Option<&'a str> {
    let Event::Annotated {
        annotation: Annotation::ActionState { id, state: said },
    } = &record.event
    else {
        return None;
    };
    let (_, item) = state.annotations.action(*id)?;
    let (at, actor) = item.stated.as_ref()?;
    (item.state == *said && (*at, actor) == (record.at, &record.actor)).then_some(&item.text)
}

impl State {
    /// `Action item 2`, by the order in which they were written first.
    fn action_label(&self, id: super::annotation::ActionId) -> String {
        match self.annotations.action(id) {
            Some((number, _)) => format!("Action item {number}"),
            None => "Action item".to_owned(),
        }
    }
}
