//! One try of one message.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Request, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use super::backoff::told;
use super::body::body;
use super::declaration::{Kind, Target};
use super::news::{News, Occasion};
use super::sign::signature;
use crate::clock;
use crate::config::{SecretError, resolve};
use crate::runner::RunnerError;
use crate::runner::outbound::{Outbound, OutboundError};
use holdpoint_gates::config::Secret;

/// Takes messages to their targets.
#[derive(Clone, Debug)]
pub struct Courier {
    outbound: Outbound,
    /// The runbooks' folder, against which files are named.
    dir: PathBuf,
    /// The address under which people reach the proxy, without a final `/`.
    public: Option<Arc<str>>,
}

/// Why a message was not taken. Neither the webhook's address nor a secret is in the text.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeliveryError {
    #[error("its {what} cannot be used: {reason}")]
    Secret { what: &'static str, reason: String },
    #[error("its address cannot be used: {reason}")]
    Address { reason: &'static str },
    #[error("it was not sent: {0}")]
    NotSent(String),
    #[error("the receiver answered {status}, a redirect, which is not followed")]
    Redirect { status: u16 },
    #[error("the receiver refused it with {status}")]
    Refused { status: u16 },
    #[error("the receiver answered {status}")]
    Unavailable { status: u16, after: Option<Duration> },
    #[error("no answer: {reason}")]
    NoAnswer { reason: String },
}

impl DeliveryError {
    /// Whether the same message would be refused again: what has to change is the declaration or the receiver.
    #[must_use]
    pub(super) fn lasts(&self) -> bool {
        matches!(
            self,
            Self::Address { .. } | Self::NotSent(_) | Self::Redirect { .. } | Self::Refused { .. }
        )
    }

    /// How long the receiver asks to wait.
    pub(super) fn after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { after, .. } => *after,
            _ => None,
        }
    }
}

impl Courier {
    /// # Errors
    /// There is no HTTP client.
    pub fn new(dir: PathBuf, public: Option<&str>) -> Result<Self, RunnerError> {
        Ok(Self {
            outbound: Outbound::new()?,
            dir,
            public: public.map(|public| public.trim_end_matches('/').into()),
        })
    }

    /// Whether messages have a link.
    #[must_use]
    pub fn links(&self) -> bool {
        self.public.is_some()
    }

    /// Sends a message once. It was taken when the receiver says so with a 2xx status.
    ///
    /// # Errors
    /// It was not taken, or nobody knows whether it was.
    pub async fn send(&self, target: &Target, news: &News) -> Result<(), DeliveryError> {
        let request = self.request(target, news)?;
        let sent = self.outbound.send(request, target.private_addresses, target.timeout);
        let answer = sent.await.map_err(|error| match error {
            OutboundError::Private => DeliveryError::NotSent(error.to_string()),
            other => DeliveryError::NoAnswer {
                reason: other.to_string(),
            },
        })?;
        // The head says all that is asked; the body is not read.
        let after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|header| header.to_str().ok());
        let after = after.and_then(|header| told(header, clock::now()));
        judge(answer.status(), after)
    }

    fn request(&self, target: &Target, news: &News) -> Result<Request, DeliveryError> {
        let address = self.secret(&target.url, "address")?;
        let url = webhook(address.expose_secret(), target.private_addresses)?;
        let delivery = delivery_id(target, news);
        let body = body(target.kind, news, &delivery, self.public.as_deref()).to_string();
        let client = self.outbound.client(target.private_addresses);
        let mut request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("x-holdpoint-delivery", &delivery)
            .header("x-holdpoint-event", news.occasion.id());
        if let (Kind::Json, Some(key)) = (target.kind, &target.signing_secret) {
            let key = self.secret(key, "signing secret")?;
            let now = clock::now().timestamp();
            request = request.header("x-holdpoint-timestamp", now.to_string()).header(
                "x-holdpoint-signature",
                signature(key.expose_secret().as_bytes(), now, body.as_bytes()),
            );
        }
        request.body(body).build().map_err(|_| DeliveryError::Address {
            reason: "no request can be made of it",
        })
    }

    fn secret(&self, secret: &Secret, what: &'static str) -> Result<SecretString, DeliveryError> {
        resolve(secret, &self.dir).map_err(|error| DeliveryError::Secret {
            what,
            reason: match error {
                // The error's own text tells captains to run a gate again.
                SecretError::NoVariable { name } => format!("the environment variable {name} is not set"),
                other => other.to_string(),
            },
        })
    }
}

/// The same for the same event, however often it is sent.
fn delivery_id(target: &Target, news: &News) -> String {
    match news.occasion {
        Occasion::Test => format!("{}.test.{}", target.name, stamp(news.at)),
        _ => format!("{}.{}.{}", target.name, news.session, news.seq),
    }
}

fn stamp(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

fn webhook(text: &str, private_addresses: bool) -> Result<Url, DeliveryError> {
    let wrong = |reason| DeliveryError::Address { reason };
    let url = Url::parse(text.trim()).map_err(|_| wrong("it is no URL"))?;
    match url.scheme() {
        "https" => {}
        "http" if private_addresses => {}
        "http" => {
            return Err(wrong(
                "it begins with http://, which is for targets with `private_addresses` only",
            ));
        }
        _ => return Err(wrong("it does not begin with https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it has a user name in it, which is not sent"));
    }
    Ok(url)
}

fn judge(status: StatusCode, after: Option<Duration>) -> Result<(), DeliveryError> {
    let code = status.as_u16();
    match code {
        200..=299 => Ok(()),
        300..=399 => Err(DeliveryError::Redirect { status: code }),
        // Too early, too late or too often: another time it may be taken.
        408 | 425 | 429 | 500.. => Err(DeliveryError::Unavailable { status: code, after }),
        _ => Err(DeliveryError::Refused { status: code }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_is_one_and_only_what_may_pass_is_tried_again() {
        let judged = |code| judge(StatusCode::from_u16(code).unwrap(), None);
        for code in [200, 204] {
            assert_eq!(judged(code), Ok(()));
        }
        for (code, lasts) in [
            (302, true),
            (304, true),
            (400, true),
            (404, true),
            (410, true),
            (429, false),
            (500, false),
            (503, false),
        ] {
            assert_eq!(judged(code).unwrap_err().lasts(), lasts, "{code}");
        }
    }

    #[test]
    fn an_address_is_https_unless_the_target_is_a_private_one() {
        assert!(webhook("https://hooks.example/x\n", false).is_ok());
        assert!(webhook("http://127.0.0.1:80/x", true).is_ok());
        for text in [
            "http://hooks.example/s3cret",
            "ftp://x/s3cret",
            "s3cret",
            "https://user:s3cret@hooks.example",
        ] {
            let error = webhook(text, false).unwrap_err();
            assert!(error.lasts() && !error.to_string().contains("s3cret"), "{error}");
        }
    }
}
