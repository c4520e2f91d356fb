//! One question to GitHub's REST API. It goes where HTTP gates may go; redirects are not followed, and time and body are bounded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use holdpoint_gates::config::{Environment, Pipeline, Secret};
use reqwest::header::{ACCEPT, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::pace::{Rate, until};
use crate::clock;
use crate::config::{SecretError, resolve};
use crate::notify::told;
use crate::runner::Redaction;
use crate::runner::outbound::{Outbound, OutboundError};

/// Time for one question, its answer's body included.
const LIMIT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a refusal that are looked at.
const REFUSAL_BYTES: usize = 1024;
/// Where GitHub asks to be left alone without saying how long.
const PAUSE: Duration = Duration::from_mins(1);
pub(super) const JSON: &str = "application/vnd.github+json";
/// Only the hash of a commit.
pub(super) const SHA: &str = "application/vnd.github.sha";

/// Why there is no answer. Neither the token nor anything of an answer is in the text.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("The token for GitHub cannot be used: {reason}.")]
    Token { reason: String },
    #[error("GitHub was not asked: {source}.")]
    NotSent { source: OutboundError },
    #[error("GitHub cannot be reached: {source}.")]
    Unreachable { source: OutboundError },
    #[error("GitHub did not answer within {} seconds.", LIMIT.as_secs())]
    TimedOut,
    #[error(
        "GitHub answered with a redirect ({status}), which is not followed. If the repository was renamed, write its new name into gates.toml."
    )]
    Redirect { status: u16 },
    #[error("GitHub refused the token (401). It may have expired: renew it where gates.toml says that it is read.")]
    Unauthorized,
    #[error("GitHub forbids the question (403). The token may lack the permission to read Actions.")]
    Forbidden,
    #[error("GitHub asks to be left alone for a while ({status}), because it was asked too often.")]
    RateLimited { status: u16, until: DateTime<Utc> },
    #[error(
        "GitHub knows no such repository or workflow (404), or does not show it to this token. Look at `pipeline` in gates.toml."
    )]
    NotFound,
    #[error(
        "The session's commit cannot be resolved: GitHub knows none, or several, that begin with it. A session started with all 40 digits can be matched."
    )]
    Commit,
    #[error("GitHub answered with runs of another commit only. They say nothing about this one.")]
    OtherCommit,
    #[error("GitHub has a fault of its own ({status}).")]
    Unavailable { status: u16 },
    #[error("GitHub’s answer cannot be read: {reason}.")]
    Unreadable { reason: &'static str },
    #[error("GitHub’s answer is longer than {} MB, which is the most that is read.", MOST_BYTES / 1024 / 1024)]
    TooLarge,
}

impl AskError {
    /// For programs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Token { .. } => "token",
            Self::NotSent { .. } | Self::Unreachable { .. } => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Redirect { .. } => "redirect",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotFound => "not_found",
            Self::Commit => "commit",
            Self::OtherCommit => "other_commit",
            Self::Unavailable { .. } => "unavailable",
            Self::Unreadable { .. } => "unreadable",
            Self::TooLarge => "too_large",
        }
    }

    /// How long GitHub itself wants not to be asked.
    pub(super) fn retry_after(&self, now: DateTime<Utc>) -> Option<Duration> {
        match self {
            Self::RateLimited { until: then, .. } => Some(until(*then, now)),
            _ => None,
        }
    }
}

/// An answer.
pub(super) enum Got {
    Body {
        bytes: Vec<u8>,
        /// By which the same can be asked for once it changed.
        etag: Option<HeaderValue>,
        rate: Rate,
    },
    /// It is what it was.
    Unchanged { rate: Rate },
}

/// Asks one environment's API.
pub(super) struct Asker<'a> {
    outbound: &'a Outbound,
    private_addresses: bool,
    api: &'a str,
    token: Option<&'a Secret>,
    dir: PathBuf,
}

impl<'a> Asker<'a> {
    pub(super) fn new(outbound: &'a Outbound, environment: &Environment, pipeline: &'a Pipeline, dir: &Path) -> Self {
        Self {
            outbound,
            private_addresses: environment.private_addresses,
            api: pipeline.api(),
            token: pipeline.token.as_ref(),
            dir: dir.to_owned(),
        }
    }

    /// The token as it is now.
    pub(super) fn token(&self) -> Result<Option<SecretString>, AskError> {
        let Some(secret) = self.token else { return Ok(None) };
        resolve(secret, &self.dir).map(Some).map_err(|error| AskError::Token {
            reason: match error {
                // The error's own text tells captains to run a gate again.
                SecretError::NoVariable { name } => format!("the environment variable {name} is not set"),
                other => other.to_string(),
            },
        })
    }

    pub(super) async fn get(
        &self,
        token: Option<&SecretString>,
        path: &[&str],
        query: &[(&str, &str)],
        accept: &'static str,
        etag: Option<&HeaderValue>,
    ) -> Result<Got, AskError> {
        let url = address(self.api, path, query).ok_or(AskError::NotFound)?;
        let mut request = self.outbound.client(self.private_addresses).get(url);
        request = request
            .header(ACCEPT, accept)
            .header("x-github-api-version", "2022-11-28");
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
                let reason = "it has characters that no header may have".to_owned();
                AskError::Token { reason }
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag.clone());
        }
        let request = request.build().map_err(|_| AskError::NotFound)?;
        let sent = async {
            let response = self.outbound.send(request, self.private_addresses, LIMIT).await;
            let response = response.map_err(of_outbound)?;
            let now = clock::now();
            let rate = rate(response.headers());
            match judge(response.status(), response.headers(), &rate, now) {
                Err(AskError::Forbidden) => Err(refusal(response, now).await),
                Err(error) => Err(error),
                Ok(true) => Ok(Got::Unchanged { rate }),
                Ok(false) => Ok(Got::Body {
                    etag: response.headers().get(ETAG).cloned(),
                    bytes: body(response).await?,
                    rate,
                }),
            }
        };
        timeout(LIMIT, sent).await.map_err(|_| AskError::TimedOut)?
    }
}

/// What keeps the token out of what is shown.
pub(super) fn redaction(token: Option<&SecretString>) -> Redaction {
    Redaction::new(token.map(ExposeSecret::expose_secret))
}

fn address(api: &str, path: &[&str], query: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(api).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Some(url)
}

fn of_outbound(error: OutboundError) -> AskError {
    match error {
        OutboundError::Private => AskError::NotSent { source: error },
        OutboundError::TimeLimit { .. } => AskError::TimedOut,
        source => AskError::Unreachable { source },
    }
}

/// Whether the answer is that nothing changed; an error for all that is no answer.
fn judge(status: StatusCode, headers: &HeaderMap, rate: &Rate, now: DateTime<Utc>) -> Result<bool, AskError> {
    let code = status.as_u16();
    let after = headers.get(RETRY_AFTER).and_then(|header| header.to_str().ok());
    let after = after.and_then(|header| told(header, now));
    let used_up = rate.remaining == Some(0);
    match code {
        200 => Ok(false),
        304 => Ok(true),
        300..=399 => Err(AskError::Redirect { status: code }),
        403 | 429 if code == 429 || after.is_some() || used_up => {
            let wait = after.or_else(|| rate.reset.filter(|_| used_up).map(|reset| until(reset, now)));
            let wait = chrono::TimeDelta::from_std(wait.unwrap_or(PAUSE)).unwrap_or_default();
            Err(AskError::RateLimited {
                status: code,
                until: now + wait,
            })
        }
        401 => Err(AskError::Unauthorized),
        403 => Err(AskError::Forbidden),
        404 | 410 => Err(AskError::NotFound),
        422 => Err(AskError::Commit),
        500.. => Err(AskError::Unavailable { status: code }),
        _ => Err(AskError::Unreadable {
            reason: "its status is none that is known here",
        }),
    }
}

fn rate(headers: &HeaderMap) -> Rate {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    Rate {
        limit: number("x-ratelimit-limit").and_then(|limit| u32::try_from(limit).ok()),
        remaining: number("x-ratelimit-remaining").and_then(|left| u32::try_from(left).ok()),
        reset: number("x-ratelimit-reset").and_then(|at| DateTime::from_timestamp(at, 0)),
    }
}

/// What a 403 means without the headers of a limit: GitHub says of its secondary limits in the body alone.
async fn refusal(mut response: Response, now: DateTime<Utc>) -> AskError {
    let mut said = Vec::new();
    while said.len() < REFUSAL_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        said.extend(chunk.into_iter().take(REFUSAL_BYTES - said.len()));
    }
    match String::from_utf8_lossy(&said)
        .to_ascii_lowercase()
        .contains("rate limit")
    {
        true => AskError::RateLimited {
            status: 403,
            until: now + PAUSE,
        },
        false => AskError::Forbidden,
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, AskError> {
    let mut bytes = Vec::new();
    let broken = |_| AskError::Unreadable { reason: "it broke off" };
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(AskError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_its_parts_and_leads_nowhere_else() {
        let made = |api| address(api, &["repos", "o", "r", "commits", "a/b"], &[("head_sha", "a&b")]);
        for (api, url) in [
            (
                "https://api.github.com",
                "https://api.github.com/repos/o/r/commits/a%2Fb?head_sha=a%26b",
            ),
            (
                "https://ghe.example/api/v3",
                "https://ghe.example/api/v3/repos/o/r/commits/a%2Fb?head_sha=a%26b",
            ),
        ] {
            assert_eq!(made(api).unwrap().as_str(), url);
        }
    }

    #[test]
    fn every_status_is_told_apart() {
        let now: DateTime<Utc> = "2026-11-27T12:00:00Z".parse().unwrap();
        let judged = |code: u16, headers: &[(&'static str, &str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().unwrap());
            }
            let rate = rate(&map);
            match judge(StatusCode::from_u16(code).unwrap(), &map, &rate, now) {
                Ok(unchanged) => (if unchanged { "unchanged" } else { "answer" }, None),
                Err(error) => (error.code(), error.retry_after(now).map(|wait| wait.as_secs())),
            }
        };
        let reset = (now.timestamp() + 90).to_string();
        for (code, headers, expected) in [
            (200, &[][..], ("answer", None)),
            (304, &[], ("unchanged", None)),
            (301, &[], ("redirect", None)),
            (401, &[], ("unauthorized", None)),
            (403, &[], ("forbidden", None)),
            (403, &[("x-ratelimit-remaining", "12")], ("forbidden", None)),
            (403, &[("retry-after", "30")], ("rate_limited", Some(30))),
            (
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset.as_str())],
                ("rate_limited", Some(90)),
            ),
            (429, &[], ("rate_limited", Some(60))),
            (404, &[], ("not_found", None)),
            (422, &[], ("commit", None)),
            (500, &[], ("unavailable", None)),
            (503, &[], ("unavailable", None)),
            (204, &[], ("unreadable", None)),
            (418, &[], ("unreadable", None)),
        ] {
            assert_eq!(judged(code, headers), expected, "{code} {headers:?}");
        }
    }
}
