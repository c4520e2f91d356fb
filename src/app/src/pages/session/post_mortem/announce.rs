//! What is said to people who do not see the page change: what the proxy recorded.

use holdpoint_domain::session::{Event, State, describe_event};
use leptos::prelude::*;

use crate::components::attention::use_attention;
use crate::state::session::use_session;

/// Events that come at once are not spoken one by one where they are more than these.
const SPOKEN: usize = 6;

/// As long as the page is on screen.
pub fn announce() {
    let (attention, session) = (use_attention(), use_session());
    Effect::new(move |heard: Option<usize>| {
        let total = session.with_records(<[_]>::len);
        let from = heard.unwrap_or(total);
        let sentences: Vec<String> = session.with_records_untracked(|records| {
            let fresh = records.get(from..).unwrap_or_default();
            session.with_confirmed_untracked(|state| {
                let sentences = fresh.iter().filter_map(|record| recorded_words(state, &record.event));
                sentences.collect()
            })
        });
        match sentences.len() {
            0 => {}
            many if many > SPOKEN => attention.say(format!("{many} new entries in the log.")),
            _ => attention.say(sentences.join(" ")),
        }
        total
    });
}

/// Nothing of an event that is no annotation.
fn recorded_words(state: &State, event: &Event) -> Option<String> {
    let Event::Annotated { .. } = event else { return None };
    let told = describe_event(state, event);
    Some(format!("Saved. {}: {}.", told.subject, told.what))
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::session::Annotation;

    use super::*;

    #[test]
    fn what_is_recorded_is_said_to_be_saved() {
        let text = "Nothing.".to_owned();
        let annotation = Annotation::Impact { text };
        let words = recorded_words(&State::default(), &Event::Annotated { annotation });
        assert_eq!(words.as_deref(), Some("Saved. Impact on users: written."));
    }
}
