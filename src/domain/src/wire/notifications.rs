//! How notifications go.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// `GET /api/notifications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notifications {
    /// Messages have a link to the watch page. They have none as long as the proxy was not told its public URL.
    pub links: bool,
    /// By name. Empty without a `notifications.toml`.
    pub targets: Vec<NotificationTarget>,
}

/// How messages reach a target. Neither its address nor its secret is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationTarget {
    pub name: String,
    /// `slack`, `discord` or `json`.
    pub kind: String,
    /// The environments that it is told of; all when empty.
    pub environments: Vec<String>,
    /// What it is told; everything when empty.
    pub events: Vec<String>,
    /// It is told of rehearsals, too.
    pub rehearsals: bool,
    pub state: NotificationState,
    /// Messages that it took since the start of the proxy.
    pub delivered: u64,
    pub last_delivered: Option<DateTime<Utc>>,
    /// Tries that failed since the start of the proxy.
    pub failed_attempts: u64,
    /// Why the last try failed; null when a message was taken since.
    pub last_error: Option<String>,
    /// When the message that waits is tried again.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Messages that were given up since the target was declared first.
    pub given_up: u64,
    pub last_given_up: Option<DateTime<Utc>>,
    pub given_up_why: Option<String>,
}

/// What is done for a target now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NotificationState {
    /// There is nothing to tell.
    Waiting,
    Sending,
    /// The last try failed, and there will be another.
    Retrying,
    /// This proxy runs a rehearsal, of which the target is not told.
    Off,
}
