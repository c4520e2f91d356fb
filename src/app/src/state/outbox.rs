//! The outbox: commands are kept in this browser before they are sent, sent in order, and never dropped silently.

use std::time::Duration;

use gloo_timers::future::sleep;
use holdpoint_domain::session::{ClientCommand, Record, SessionId};
use holdpoint_domain::wire::SendCommand;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use uuid::Uuid;

use super::entry::Entry;
use super::storage::Storage;
use crate::api::{self, ApiError};

/// What the session on screen is told of its commands.
#[derive(Clone, Debug)]
pub enum Sent {
    /// Commands came: one that was asked just now, or those that were kept from before.
    Waiting,
    /// The proxy carried one out, and these are its events.
    Accepted(Vec<Record>),
    /// The proxy did not accept one.
    Refused,
}

#[derive(Clone, Copy)]
struct Listener {
    number: Uuid,
    session: SessionId,
    on_sent: Callback<Sent>,
}

/// Commands of every session of this browser.
#[derive(Clone, Copy)]
pub struct Outbox {
    entries: RwSignal<Vec<Entry>>,
    /// Why the first one waits, while it does.
    trouble: RwSignal<Option<ApiError>>,
    /// Why commands cannot be kept in this browser.
    unkept: RwSignal<Option<String>>,
    /// What was kept before and cannot be read, in words. Nothing that works later takes this back.
    unread: RwSignal<Vec<String>>,
    sending: StoredValue<bool>,
    /// Something says that it may work again.
    nudged: StoredValue<bool>,
    listener: StoredValue<Option<Listener>>,
    storage: Storage,
}

impl Outbox {
    /// Reads what was left from before, and goes on sending it.
    pub fn open(storage: Storage) -> Self {
        let outbox = Self {
            entries: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            unkept: RwSignal::new(None),
            unread: RwSignal::new(Vec::new()),
            sending: StoredValue::new(false),
            nudged: StoredValue::new(false),
            listener: StoredValue::new(None),
            storage,
        };
        leptos::task::spawn_local(async move {
            match storage.entries().await {
                Ok((left, unread)) => {
                    outbox.unread.set(unread);
                    outbox.entries.update(|entries| {
                        // What was asked in the meantime came later.
                        let newer = std::mem::replace(entries, left);
                        let known: Vec<Uuid> = entries.iter().map(|entry| entry.key).collect();
                        entries.extend(newer.into_iter().filter(|entry| !known.contains(&entry.key)));
                    });
                    if let Some(listener) = outbox.listener.get_value() {
                        listener.on_sent.run(Sent::Waiting);
                    }
                }
                Err(error) => {
                    let words = "The commands that this browser kept from before cannot be read, so none is sent";
                    outbox.unread.set(vec![format!("{words}. {error}")]);
                }
            }
            outbox.start_sending();
        });
        let _ = use_event_listener(window(), leptos::ev::online, move |_| outbox.nudge());
        outbox
    }

    /// Who is told of a session's commands, as long as the current owner lives. One session is on screen at a time.
    pub fn listen(&self, session: SessionId, on_sent: Callback<Sent>) {
        let outbox = *self;
        let number = Uuid::new_v4();
        outbox.listener.set_value(Some(Listener {
            number,
            session,
            on_sent,
        }));
        on_cleanup(move || {
            // A view is disposed of after the one that takes its place was made, which may be of the same session.
            outbox.listener.update_value(|listener| {
                listener.take_if(|listener| listener.number == number);
            });
        });
    }

    fn tell(&self, session: SessionId, sent: Sent) {
        if let Some(listener) = self.listener.get_value().filter(|listener| listener.session == session) {
            listener.on_sent.run(sent);
        }
    }

    /// Takes a command: it is shown at once, kept, and then sent.
    pub fn ask(&self, session: SessionId, actor: String, command: ClientCommand) {
        let entry = Entry::new(session, actor, command);
        let outbox = *self;
        self.entries.update(|entries| entries.push(entry.clone()));
        self.tell(session, Sent::Waiting);
        leptos::task::spawn_local(async move {
            let kept = outbox.storage.keep_entry(&entry).await;
            outbox.unkept.set(kept.err().map(|error| error.to_string()));
            outbox.entries.update(|entries| {
                if let Some(entry) = entries.iter_mut().find(|one| one.key == entry.key) {
                    entry.kept = true;
                }
            });
            outbox.start_sending();
        });
    }

    /// The commands that a session still waits for, in order, not tracked.
    pub fn pending_untracked(&self, session: SessionId) -> Vec<SendCommand> {
        self.entries.with_untracked(|entries| {
            let pending = entries.iter().filter(|entry| entry.is_pending(session));
            pending.map(|entry| entry.request.clone()).collect()
        })
    }

    /// Whether a session waits for such a command; tracked.
    pub fn is_pending(&self, session: SessionId, matches: impl Fn(&ClientCommand) -> bool) -> bool {
        self.entries.with(|entries| {
            let mut pending = entries.iter().filter(|entry| entry.is_pending(session));
            pending.any(|entry| matches(&entry.request.command))
        })
    }

    /// How many commands are on their way, of all sessions; tracked.
    pub fn waiting(&self) -> usize {
        self.entries
            .with(|entries| entries.iter().filter(|entry| entry.refused.is_none()).count())
    }

    /// What was not accepted and has not been dismissed; tracked.
    pub fn refused(&self) -> Vec<Entry> {
        self.entries.with(|entries| {
            entries
                .iter()
                .filter(|entry| entry.refused.is_some())
                .cloned()
                .collect()
        })
    }

    /// Why nothing is sent at the moment; tracked.
    pub fn trouble(&self) -> Option<ApiError> {
        self.trouble.get()
    }

    /// Why commands cannot be kept in this browser; tracked.
    pub fn unkept(&self) -> Option<String> {
        self.unkept.get()
    }

    /// What was kept before and cannot be read, in words; tracked.
    pub fn unread(&self) -> Vec<String> {
        self.unread.get()
    }

    /// The person has seen that a command was not accepted.
    pub fn dismiss(&self, key: Uuid) {
        self.remove(key);
    }

    /// Tries at once instead of at the end of the pause.
    pub fn nudge(&self) {
        self.nudged.set_value(true);
        self.start_sending();
    }

    fn start_sending(&self) {
        if !self.sending.get_value() {
            self.sending.set_value(true);
            let outbox = *self;
            leptos::task::spawn_local(async move {
                outbox.send_all().await;
                outbox.sending.set_value(false);
            });
        }
    }

    /// Sends one after another, so that the proxy hears those of a session in the order in which they were asked. A session
    /// that the proxy cannot serve at the moment holds up no other.
    async fn send_all(&self) {
        let mut failures = 0_u32;
        let mut held_up: Vec<SessionId> = Vec::new();
        loop {
            let next = self.entries.with_untracked(|all| next_of(all, &held_up).cloned());
            let Some(entry) = next else {
                if held_up.is_empty() {
                    return;
                }
                self.pause(failures).await;
                held_up.clear();
                continue;
            };
            if !entry.kept {
                // Sending starts again once it is.
                return;
            }
            match api::command(entry.session, &entry.request).await {
                Ok(accepted) => {
                    if held_up.is_empty() {
                        failures = 0;
                        self.trouble.set(None);
                    }
                    self.remove(entry.key);
                    self.tell(entry.session, Sent::Accepted(accepted.events));
                }
                Err(error @ (ApiError::Network { .. } | ApiError::SignedOut)) => {
                    failures += 1;
                    self.trouble.set(Some(error));
                    self.pause(failures).await;
                }
                // An answer that cannot be read does not say that the command was refused: it may well be recorded. The same
                // id asks again, so that it is recorded once at most.
                Err(error) if error.is_passing() || matches!(error, ApiError::Unreadable { .. }) => {
                    failures += 1;
                    self.trouble.set(Some(error));
                    held_up.push(entry.session);
                }
                Err(error) => {
                    if held_up.is_empty() {
                        self.trouble.set(None);
                    }
                    self.refuse(entry, &error).await;
                }
            }
        }
    }

    async fn refuse(&self, mut entry: Entry, error: &ApiError) {
        entry.refused = Some(error.to_string());
        self.entries.update(|entries| {
            if let Some(place) = entries.iter_mut().find(|one| one.key == entry.key) {
                place.clone_from(&entry);
            }
        });
        self.tell(entry.session, Sent::Refused);
        if let Err(error) = self.storage.keep_entry(&entry).await {
            self.unkept.set(Some(error.to_string()));
        }
    }

    /// 1, 2, 4, … at most 15 seconds, or until something says that it may work again.
    async fn pause(&self, failures: u32) {
        self.nudged.set_value(false);
        let seconds = 2_u32.pow(failures.saturating_sub(1).min(4)).min(15);
        for _ in 0..seconds * 4 {
            sleep(Duration::from_millis(250)).await;
            if self.nudged.get_value() {
                return;
            }
        }
    }

    fn remove(&self, key: Uuid) {
        self.entries.update(|entries| entries.retain(|entry| entry.key != key));
        let outbox = *self;
        leptos::task::spawn_local(async move {
            if let Err(error) = outbox.storage.forget_entry(key).await {
                outbox.unkept.set(Some(error.to_string()));
            }
        });
    }
}

/// The first command that is on its way, of a session that is not held up.
fn next_of<'a>(entries: &'a [Entry], held_up: &[SessionId]) -> Option<&'a Entry> {
    entries
        .iter()
        .find(|entry| entry.refused.is_none() && !held_up.contains(&entry.session))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(session: u128, text: &str, refused: bool) -> Entry {
        Entry {
            key: Uuid::nil(),
            session: Uuid::from_u128(session),
            request: SendCommand {
                id: Uuid::nil(),
                actor: "Ada".to_owned(),
                command: ClientCommand::AddNote {
                    step: None,
                    text: text.to_owned(),
                },
            },
            refused: refused.then(|| "no".to_owned()),
            kept: true,
        }
    }

    #[test]
    fn a_session_that_is_held_up_holds_up_no_other_and_keeps_its_order() {
        let entries = [
            entry(1, "a", true),
            entry(1, "b", false),
            entry(2, "c", false),
            entry(1, "d", false),
        ];
        let next = |held_up: &[u128]| {
            let held_up: Vec<_> = held_up.iter().map(|id| Uuid::from_u128(*id)).collect();
            next_of(&entries, &held_up).map(|entry| match &entry.request.command {
                ClientCommand::AddNote { text, .. } => text.clone(),
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(next(&[]).as_deref(), Some("b"));
        assert_eq!(next(&[1]).as_deref(), Some("c"));
        assert_eq!(next(&[2]).as_deref(), Some("b"));
        assert_eq!(next(&[1, 2]), None);
    }
}
