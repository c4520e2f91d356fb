//! What people write about a session beside its steps, as commands on their way.

use std::collections::BTreeMap;

use holdpoint_domain::session::{Annotation, ClientCommand};
use leptos::prelude::*;

use super::store::Session;

impl Session {
    /// The events that are starred, with their captions, commands on their way included. It changes with nothing else.
    pub fn stars(&self) -> Memo<BTreeMap<u64, String>> {
        let session = *self;
        Memo::new(move |_| {
            session.with(|state| {
                let stars = state.annotations.stars.iter();
                stars.map(|(seq, star)| (*seq, star.value.clone())).collect()
            })
        })
    }

    /// Sends an annotation, and does something more once it is in the outbox.
    ///
    /// # Errors
    /// The rule that refuses it, in words; nothing is sent.
    pub fn annotate(&self, annotation: Annotation, then: impl Fn() + Send + Sync + 'static) -> Result<(), String> {
        let command = ClientCommand::Annotate { annotation };
        match untrack(|| self.refusal(command.clone())) {
            Some(why) => Err(why),
            None => {
                self.send_then(command, then);
                Ok(())
            }
        }
    }

    /// Stars an event without a caption, or takes the star away; a rule that refuses it is said.
    pub fn star(&self, seq: u64, star: bool) {
        let caption = String::new();
        let annotation = match star {
            true => Annotation::Star { seq, caption },
            false => Annotation::Unstar { seq },
        };
        // What a rule refuses here is sent all the same, and refused with the proxy's reason on screen.
        self.send(ClientCommand::Annotate { annotation });
    }

    /// Whether such an annotation waits to be sent; tracked.
    pub fn is_annotating(&self, matches: impl Fn(&Annotation) -> bool) -> bool {
        self.is_pending(|command| match command {
            ClientCommand::Annotate { annotation } => matches(annotation),
            _ => false,
        })
    }
}
