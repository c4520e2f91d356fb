//! A client that is signed in: what it can ask, with the API's types. What it can do is in `commands.rs`.

use holdpoint_domain::session::{Record, SessionId};
use holdpoint_domain::wire::{
    ErrorBody, FaultState, Me, RunbookBrief, RunbookRead, SessionBrief, SessionEvents, SessionRead, SetFault,
};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, redirect};
use serde_json::Value;

use crate::history::History;
use crate::stream::{EventStream, Kind};
use crate::{DriverError, Result};

/// An HTTP client without a cookie, that follows no redirect.
///
/// # Errors
/// It cannot be built.
pub fn plain_http() -> Result<reqwest::Client> {
    http_with(HeaderMap::new())
}

fn http_with(headers: HeaderMap) -> Result<reqwest::Client> {
    // Another test of the same program may have been first; the provider is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .default_headers(headers)
        .no_proxy()
        .build()?)
}

/// A client that is signed in.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Client {
    /// Opens a one-time link, sends the form that it leads to, and keeps the cookie.
    ///
    /// # Errors
    /// The link is refused, or there is no answer.
    pub async fn sign_in(url: &str, link: &str) -> Result<Self> {
        let http = plain_http()?;
        let page = http.get(link).send().await?;
        if !page.status().is_success() {
            return Err(DriverError::Unexpected {
                what: "The page of the sign-in link".into(),
                found: page.status().to_string(),
            });
        }
        let (address, token) = link.split_once("?token=").unwrap_or((link, ""));
        let answer = http.post(address).form(&[("token", token)]).send().await?;
        let status = answer.status();
        let cookie = answer
            .headers()
            .get(header::SET_COOKIE)
            .and_then(|value| value.to_str().ok());
        match cookie.and_then(|cookie| cookie.split(';').next()) {
            Some(pair) if status.is_redirection() => Self::with_cookie(url, pair),
            _ => Err(DriverError::Unexpected {
                what: "The answer to the sign-in link".into(),
                found: format!("{status}, cookie {cookie:?}"),
            }),
        }
    }

    /// A client with a cookie (`name=value`) that was got elsewhere, such as by a browser.
    ///
    /// # Errors
    /// The cookie is no header value.
    pub fn with_cookie(url: &str, pair: &str) -> Result<Self> {
        let value = HeaderValue::from_str(pair);
        let value = value.map_err(|error| DriverError::Unexpected {
            what: "The cookie".into(),
            found: error.to_string(),
        })?;
        let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
        Ok(Self {
            http: http_with(headers)?,
            url: url.to_owned(),
            cookie: pair.to_owned(),
        })
    }

    /// Its cookie, as `name=value`.
    #[must_use]
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A request with the cookie, to be changed and sent as a test likes. Answers are not looked at.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    async fn get<T: for<'a> serde::Deserialize<'a>>(&self, path: &str) -> Result<T> {
        read(self.request(Method::GET, path).send().await?).await
    }

    pub(crate) async fn send_json<T: for<'a> serde::Deserialize<'a>>(
        &self,
        method: Method,
        path: &str,
        body: &impl serde::Serialize,
    ) -> Result<T> {
        read(self.request(method, path).json(body).send().await?).await
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// Nobody, or there is no answer.
    pub async fn me(&self) -> Result<Me> {
        self.get("/api/me").await
    }

    /// The runbooks.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn runbooks(&self) -> Result<Vec<RunbookBrief>> {
        self.get("/api/runbooks").await
    }

    /// One runbook, as the proxy read it.
    ///
    /// # Errors
    /// There is none of this name.
    pub async fn runbook(&self, name: &str) -> Result<RunbookRead> {
        self.get(&format!("/api/runbooks/{name}")).await
    }

    /// One runbook's text.
    ///
    /// # Errors
    /// There is none of this name.
    pub async fn runbook_text(&self, name: &str) -> Result<String> {
        let answer = self
            .request(Method::GET, &format!("/api/runbooks/{name}/text"))
            .send()
            .await?;
        Ok(whole(answer).await?.text().await?)
    }

    /// The sessions, newest first.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn sessions(&self) -> Result<Vec<SessionBrief>> {
        self.get("/api/sessions").await
    }

    /// The events after a place in the session; all of them after 0.
    ///
    /// # Errors
    /// There is no such session.
    pub async fn events(&self, session: SessionId, after: u64) -> Result<Vec<Record>> {
        let all: SessionEvents = self
            .get(&format!("/api/sessions/{session}/events?after={after}"))
            .await?;
        Ok(all.events)
    }

    /// A session with what its own text says, as the page gets it.
    ///
    /// # Errors
    /// There is no such session.
    pub async fn session(&self, session: SessionId) -> Result<SessionRead> {
        self.get(&format!("/api/sessions/{session}")).await
    }

    /// What happened in a session.
    ///
    /// # Errors
    /// There is no such session.
    pub async fn history(&self, session: SessionId) -> Result<History> {
        let mut all: Value = self.get(&format!("/api/sessions/{session}/events")).await?;
        match all["events"].take() {
            Value::Array(records) => Ok(History::new(records)),
            other => Err(DriverError::Unexpected {
                what: "The session's events".into(),
                found: other.to_string(),
            }),
        }
    }

    /// A session's entry in the list of sessions.
    ///
    /// # Errors
    /// It is not in the list.
    pub async fn brief(&self, session: SessionId) -> Result<SessionBrief> {
        let sessions = self.sessions().await?;
        let found = sessions.into_iter().find(|brief| brief.id == session);
        found.ok_or_else(|| DriverError::Unexpected {
            what: "The list of sessions".into(),
            found: format!("{session} is not in it"),
        })
    }

    /// An export, as it is downloaded.
    ///
    /// # Errors
    /// There is no such session or format.
    pub async fn export(&self, session: SessionId, format: &str) -> Result<String> {
        let answer = self
            .request(Method::GET, &format!("/api/sessions/{session}/export?format={format}"))
            .send()
            .await?;
        Ok(whole(answer).await?.text().await?)
    }

    /// The faults of the stand-in platform.
    ///
    /// # Errors
    /// This is no rehearsal.
    pub async fn faults(&self) -> Result<Vec<FaultState>> {
        self.get("/api/rehearsal/faults").await
    }

    /// Switches a fault.
    ///
    /// # Errors
    /// There is none of this id.
    pub async fn set_fault(&self, fault: &str, on: bool) -> Result<Vec<FaultState>> {
        self.send_json(Method::PUT, &format!("/api/rehearsal/faults/{fault}"), &SetFault { on })
            .await
    }

    /// Follows a session, from after a place on.
    ///
    /// # Errors
    /// There is no such session.
    pub async fn stream(&self, session: SessionId, last_event_id: Option<u64>) -> Result<EventStream> {
        let mut request = self
            .request(Method::GET, &format!("/api/sessions/{session}/stream"))
            .header("accept", "text/event-stream");
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id.to_string());
        }
        Ok(EventStream::new(whole(request.send().await?).await?, Kind::OneSession))
    }

    /// Follows several sessions, each from after a place on.
    ///
    /// # Errors
    /// The addresses are not right.
    pub async fn stream_of(&self, places: &[(SessionId, u64)]) -> Result<EventStream> {
        let places: Vec<_> = places
            .iter()
            .map(|(session, after)| format!("session={session}:{after}"))
            .collect();
        let request = self.request(Method::GET, &format!("/api/stream?{}", places.join("&")));
        Ok(EventStream::new(whole(request.send().await?).await?, Kind::Several))
    }
}

/// The answer, if it is not an error.
async fn whole(answer: Response) -> Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await?;
    match serde_json::from_str::<ErrorBody>(&text) {
        Ok(body) => Err(DriverError::Refused {
            status: status.as_u16(),
            body: Box::new(body),
        }),
        Err(_) => Err(DriverError::Unexpected {
            what: "The error envelope".into(),
            found: format!("{status} {text}"),
        }),
    }
}

async fn read<T: for<'a> serde::Deserialize<'a>>(answer: Response) -> Result<T> {
    let value: Value = whole(answer).await?.json().await?;
    serde_json::from_value(value.clone()).map_err(|error| DriverError::Unexpected {
        what: "The answer".into(),
        found: format!("{error} in {value}"),
    })
}
