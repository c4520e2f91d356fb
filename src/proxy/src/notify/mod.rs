//! Telling chat rooms and other programs how releases go, by webhooks.
//!
//! The log is the queue: each target has a place in it (`store/sqlite/notifications.rs`), and a task of its own that reads on from there,
//! delivers in order, and moves the place when a message was taken or given up. So nothing waits in memory, no release waits for a
//! receiver, and what was not delivered when the proxy stopped is delivered by the next one. A message that was taken just before a
//! crash is sent once more, under the same delivery id.
//!
//! `declaration → {}`, `news → {}`, `body/* → news`, `delivery → {body, declaration, sign, backoff}`, `source → news`,
//! `target → {delivery, source, status}`, `notifier → target`.

mod backoff;
mod body;
mod declaration;
mod delivery;
mod news;
mod notifier;
mod sign;
mod source;
mod status;
mod target;

pub(crate) use backoff::told;
pub use declaration::{Declarations, FILE, NotificationsError, Remark, Target};
pub use delivery::{Courier, DeliveryError};
pub use news::{News, Occasion};
pub use notifier::Notifier;
pub use status::Statuses;
