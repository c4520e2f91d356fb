//! The outbox: commands are stored in this browser before they are sent, sent in order, and never dropped silently.

use std::time::Duration;

use chrono::{DateTime, Utc};
use gloo_timers::future::sleep;
use holdpoint_domain::session::{ClientCommand, Record, SessionId};
use holdpoint_domain::wire::SendCommand;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;
use uuid::Uuid;

use super::outbox_entry::OutboxEntry;
use super::storage::Storage;
use crate::api::{self, ApiError};

/// What the session on screen is told about its commands.
#[derive(Clone, Debug)]
pub enum OutboxEvent {
    /// Commands came: a new one, or those that were stored before.
    Queued,
    /// The proxy carried one out; these are its events.
    Accepted(Vec<Record>),
    Refused,
}

#[derive(Clone, Copy)]
struct Listener {
    number: Uuid,
    session: SessionId,
    on_event: Callback<OutboxEvent>,
}

/// The commands of every session of this browser.
#[derive(Clone, Copy)]
pub struct Outbox {
    entries: RwSignal<Vec<OutboxEntry>>,
    /// Why the first command could not be sent, while it waits to be sent again.
    send_error: RwSignal<Option<ApiError>>,
    /// Why commands cannot be stored in this browser.
    storage_problem: RwSignal<Option<String>>,
    /// Stored commands that cannot be read, in words. Nothing that works later takes this back.
    unreadable: RwSignal<Vec<String>>,
    sending: StoredValue<bool>,
    /// When the command that is on its way was sent, by this browser's clock.
    sent_at: RwSignal<Option<DateTime<Utc>>>,
    /// Cuts a pause short.
    retry_requested: StoredValue<bool>,
    listener: StoredValue<Option<Listener>>,
    storage: Storage,
}

impl Outbox {
    /// Reads the stored commands, and goes on sending them.
    pub fn open(storage: Storage) -> Self {
        let outbox = Self {
            entries: RwSignal::new(Vec::new()),
            send_error: RwSignal::new(None),
            storage_problem: RwSignal::new(None),
            unreadable: RwSignal::new(Vec::new()),
            sending: StoredValue::new(false),
            sent_at: RwSignal::new(None),
            retry_requested: StoredValue::new(false),
            listener: StoredValue::new(None),
            storage,
        };
        leptos::task::spawn_local(async move {
            match storage.entries().await {
                Ok((left, unreadable)) => {
                    outbox.unreadable.set(unreadable);
                    outbox.entries.update(|entries| {
                        // What was queued in the meantime came later.
                        let newer = std::mem::replace(entries, left);
                        let known: Vec<Uuid> = entries.iter().map(|entry| entry.key).collect();
                        entries.extend(newer.into_iter().filter(|entry| !known.contains(&entry.key)));
                    });
                    if let Some(listener) = outbox.listener.get_value() {
                        listener.on_event.run(OutboxEvent::Queued);
                    }
                }
                Err(error) => {
                    let words = "The commands that this browser stored cannot be read, so none of them is sent";
                    outbox.unreadable.set(vec![format!("{words}. {error}")]);
                }
            }
            outbox.start_sending();
        });
        let _ = use_event_listener(window(), leptos::ev::online, move |_| outbox.retry_now());
        outbox
    }

    /// Registers who is told about a session's commands, until the current owner is disposed of. One session is on screen at a
    /// time.
    pub fn listen(&self, session: SessionId, on_event: Callback<OutboxEvent>) {
        let outbox = *self;
        let number = Uuid::new_v4();
        outbox.listener.set_value(Some(Listener {
            number,
            session,
            on_event,
        }));
        on_cleanup(move || {
            // A view is disposed of after the one that takes its place was made, which may be of the same session.
            outbox.listener.update_value(|listener| {
                listener.take_if(|listener| listener.number == number);
            });
        });
    }

    fn notify(&self, session: SessionId, event: OutboxEvent) {
        if let Some(listener) = self.listener.get_value().filter(|listener| listener.session == session) {
            listener.on_event.run(event);
        }
    }

    /// Takes a command: it is shown at once, then stored, then sent. The start of a gate behind what cannot be sent is not
    /// kept for later.
    pub fn enqueue(&self, session: SessionId, actor: String, command: ClientCommand) {
        let mut entry = OutboxEntry::new(session, actor, command);
        entry.not_run = entry.starts_gate() && self.send_error.with_untracked(Option::is_some);
        let outbox = *self;
        self.forget_not_run(session, |request| request.command == entry.request.command);
        self.entries.update(|entries| entries.push(entry.clone()));
        self.notify(session, OutboxEvent::Queued);
        leptos::task::spawn_local(async move {
            let stored = outbox.storage.put_entry(&entry).await;
            outbox.storage_problem.set(stored.err().map(|error| error.to_string()));
            outbox.entries.update(|entries| {
                if let Some(entry) = entries.iter_mut().find(|one| one.key == entry.key) {
                    entry.stored = true;
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

    /// What a session waits for that could not be sent so far, in order; tracked. What was asked for just now is none of it.
    pub fn unsent(&self, session: SessionId) -> Vec<OutboxEntry> {
        if self.send_error.with(Option::is_none) {
            return Vec::new();
        }
        self.entries.with(|entries| {
            let pending = entries
                .iter()
                .filter(|entry| entry.is_pending(session) && !entry.starts_gate());
            pending.cloned().collect()
        })
    }

    /// Whether a session waits for such a command; tracked.
    pub fn is_pending(&self, session: SessionId, matches: impl Fn(&ClientCommand) -> bool) -> bool {
        self.entries.with(|entries| {
            let mut pending = entries.iter().filter(|entry| entry.is_pending(session));
            pending.any(|entry| matches(&entry.request.command))
        })
    }

    /// How many commands of all sessions wait until they can be sent; tracked. The start of a gate waits for nothing.
    pub fn waiting(&self) -> usize {
        self.entries.with(|entries| kept_for_later(entries))
    }

    /// Since when an answer to a command is awaited; tracked.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.sent_at.get()
    }

    /// Whether this start of a gate was asked for and could not be sent; tracked.
    pub fn is_not_run(&self, session: SessionId, command: &ClientCommand) -> bool {
        self.entries.with(|entries| {
            let mut not_run = entries.iter().filter(|entry| entry.not_run && entry.session == session);
            not_run.any(|entry| entry.request.command == *command)
        })
    }

    /// Lets go of starts of gates that could not be sent, because they were sent after all, or are asked for anew.
    pub fn forget_not_run(&self, session: SessionId, which: impl Fn(&SendCommand) -> bool) {
        let keys: Vec<Uuid> = self.entries.with_untracked(|entries| {
            let not_run = entries.iter().filter(|entry| entry.not_run && entry.session == session);
            not_run
                .filter(|entry| which(&entry.request))
                .map(|entry| entry.key)
                .collect()
        });
        keys.into_iter().for_each(|key| self.remove(key));
    }

    /// What was refused and has not been dismissed; tracked.
    pub fn refused(&self) -> Vec<OutboxEntry> {
        self.entries.with(|entries| {
            entries
                .iter()
                .filter(|entry| entry.refused.is_some())
                .cloned()
                .collect()
        })
    }

    /// Tracked.
    pub fn send_error(&self) -> Option<ApiError> {
        self.send_error.get()
    }

    /// Tracked.
    pub fn storage_problem(&self) -> Option<String> {
        self.storage_problem.get()
    }

    /// Tracked.
    pub fn unreadable(&self) -> Vec<String> {
        self.unreadable.get()
    }

    pub fn dismiss(&self, key: Uuid) {
        self.remove(key);
    }

    /// Sends now instead of at the end of the pause.
    pub fn retry_now(&self) {
        self.retry_requested.set_value(true);
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

    /// Sends one after another, so that the proxy gets those of a session in their order. A session that the proxy cannot
    /// serve at the moment blocks no other.
    async fn send_all(&self) {
        let mut failures = 0_u32;
        let mut blocked: Vec<SessionId> = Vec::new();
        loop {
            let next = self.entries.with_untracked(|all| next_of(all, &blocked).cloned());
            let Some(entry) = next else {
                if blocked.is_empty() {
                    return;
                }
                self.pause(failures).await;
                blocked.clear();
                continue;
            };
            if !entry.stored {
                // Sending starts again once it is.
                return;
            }
            if entry.is_too_late(Utc::now()) {
                self.do_not_run(entry).await;
                continue;
            }
            self.sent_at.set(Some(Utc::now()));
            let answer = api::command(entry.session, &entry.request).await;
            self.sent_at.set(None);
            match answer {
                Ok(accepted) => {
                    if blocked.is_empty() {
                        failures = 0;
                        self.send_error.set(None);
                    }
                    self.remove(entry.key);
                    self.notify(entry.session, OutboxEvent::Accepted(accepted.events));
                }
                // The proxy may have got it all the same. Its events say so then.
                Err(ApiError::Network { .. }) if entry.starts_gate() => self.do_not_run(entry).await,
                Err(error @ (ApiError::Network { .. } | ApiError::SignedOut)) => {
                    failures += 1;
                    self.send_error.set(Some(error));
                    self.run_none().await;
                    self.pause(failures).await;
                }
                // An answer that cannot be read does not say that the command was refused: it may well be recorded. The same
                // id asks again, so that it is recorded once at most.
                Err(error) if error.is_transient() || matches!(error, ApiError::Unreadable { .. }) => {
                    failures += 1;
                    self.send_error.set(Some(error));
                    blocked.push(entry.session);
                }
                Err(error) => {
                    if blocked.is_empty() {
                        self.send_error.set(None);
                    }
                    self.refuse(entry, &error).await;
                }
            }
        }
    }

    async fn refuse(&self, mut entry: OutboxEntry, error: &ApiError) {
        entry.refused = Some(error.to_string());
        self.keep(entry).await;
    }

    /// The gate was not started when somebody asked for it, and is not started by itself at another time.
    async fn do_not_run(&self, mut entry: OutboxEntry) {
        entry.not_run = true;
        self.keep(entry).await;
    }

    /// The starts of gates behind what cannot be sent. Until it can, it would be too late for them.
    async fn run_none(&self) {
        let starts: Vec<OutboxEntry> = self.entries.with_untracked(|entries| {
            let starts = entries.iter().filter(|entry| entry.waits() && entry.starts_gate());
            starts.cloned().collect()
        });
        for start in starts {
            self.do_not_run(start).await;
        }
    }

    /// Keeps a command that is not sent any more.
    async fn keep(&self, entry: OutboxEntry) {
        self.entries.update(|entries| {
            if let Some(place) = entries.iter_mut().find(|one| one.key == entry.key) {
                place.clone_from(&entry);
            }
        });
        self.notify(entry.session, OutboxEvent::Refused);
        if let Err(error) = self.storage.put_entry(&entry).await {
            self.storage_problem.set(Some(error.to_string()));
        }
    }

    /// Exponential backoff: 1, 2, 4, … at most 15 seconds, or until [`Self::retry_now`].
    async fn pause(&self, failures: u32) {
        self.retry_requested.set_value(false);
        let seconds = 2_u32.pow(failures.saturating_sub(1).min(4)).min(15);
        for _ in 0..seconds * 4 {
            sleep(Duration::from_millis(250)).await;
            if self.retry_requested.get_value() {
                return;
            }
        }
    }

    fn remove(&self, key: Uuid) {
        self.entries.update(|entries| entries.retain(|entry| entry.key != key));
        let outbox = *self;
        leptos::task::spawn_local(async move {
            if let Err(error) = outbox.storage.delete_entry(key).await {
                outbox.storage_problem.set(Some(error.to_string()));
            }
        });
    }
}

/// How many commands are sent whenever that is possible.
fn kept_for_later(entries: &[OutboxEntry]) -> usize {
    let kept = entries.iter().filter(|entry| entry.waits() && !entry.starts_gate());
    kept.count()
}

/// The first command to send, of a session that is not blocked.
fn next_of<'a>(entries: &'a [OutboxEntry], blocked: &[SessionId]) -> Option<&'a OutboxEntry> {
    entries
        .iter()
        .find(|entry| entry.waits() && !blocked.contains(&entry.session))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(session: u128, text: &str, refused: bool) -> OutboxEntry {
        OutboxEntry {
            key: Uuid::nil(),
            session: Uuid::from_u128(session),
            request: SendCommand {
                id: Uuid::nil(),
                actor: "Ada".to_owned(),
                command: ClientCommand::AddNote {
                    step: None,
                    text: text.to_owned(),
                    written: None,
                },
            },
            refused: refused.then(|| "no".to_owned()),
            not_run: false,
            stored: true,
        }
    }

    #[test]
    fn only_what_will_be_sent_counts_as_waiting() {
        let mut start = entry(1, "", false);
        start.request.command = ClientCommand::RunGate {
            step: "deploy".to_owned(),
            gate: "api-health".to_owned(),
        };
        let entries = [entry(1, "a", true), entry(1, "b", false), start];
        assert_eq!(
            kept_for_later(&entries),
            1,
            "what was refused is not sent, and no gate runs later"
        );
    }

    #[test]
    fn a_blocked_session_blocks_no_other_and_keeps_its_order() {
        let entries = [
            entry(1, "a", true),
            entry(1, "b", false),
            entry(2, "c", false),
            entry(1, "d", false),
        ];
        let next = |blocked: &[u128]| {
            let blocked: Vec<_> = blocked.iter().map(|id| Uuid::from_u128(*id)).collect();
            next_of(&entries, &blocked).map(|entry| match &entry.request.command {
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
