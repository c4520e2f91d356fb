//! HTTP gates: one request, redirects only by hand, and no address that was not checked.

use std::net::IpAddr;
use std::time::Instant;

use holdpoint_gates::config::{Environment, HttpRequest};
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::fill::{Encoding, Values, fill, names};
use holdpoint_gates::{HostRule, http_url};
use holdpoint_rehearsal::Ticket;
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Response, Url};

use super::RunnerError;
use super::address::{self, Resolver};
use super::error::{GateRunError, chain};
use super::sink::{Sink, Stream};

/// The two clients: for environments that may reach private addresses, and for those that may not.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    public: Client,
    private: Client,
}

impl Clients {
    pub(super) fn new() -> Result<Self, RunnerError> {
        // Another part of the program, or another runner, may have chosen the provider already; any choice will do.
        if rustls::crypto::CryptoProvider::get_default().is_none()
            && rustls::crypto::ring::default_provider().install_default().is_err()
        {
            tracing::debug!("another thread installed the TLS provider first");
        }
        Ok(Self {
            public: client(false)?,
            private: client(true)?,
        })
    }

    /// What an environment names is asked.
    pub(super) fn real(&self, environment: &Environment) -> Target<'_> {
        let private_addresses = environment.private_addresses;
        Target {
            client: if private_addresses { &self.private } else { &self.public },
            private_addresses,
            stand_in: None,
        }
    }

    /// The rehearsal's server is asked in its place.
    pub(super) fn stand_in<'a>(&'a self, environment: &Environment, ticket: &'a Ticket) -> Target<'a> {
        Target {
            client: &self.private,
            private_addresses: environment.private_addresses,
            stand_in: Some(ticket),
        }
    }
}

/// Who is asked, and by which client.
pub(super) struct Target<'a> {
    client: &'a Client,
    private_addresses: bool,
    stand_in: Option<&'a Ticket>,
}

fn client(private_allowed: bool) -> Result<Client, RunnerError> {
    Client::builder()
        .user_agent(concat!("holdpoint/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .retry(reqwest::retry::never())
        // Every try resolves, checks and connects anew.
        .pool_max_idle_per_host(0)
        .dns_resolver(Resolver { private_allowed })
        .build()
        .map_err(|error| RunnerError::Client(chain(&error)))
}

/// A request with its values filled in.
pub(super) struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    /// Headers that hold a secret, which no other origin may learn.
    confidential: Vec<HeaderName>,
    body: Option<String>,
    rules: Vec<HostRule>,
    redirects: u8,
    max_bytes: u64,
}

/// Fills the values in. `values` hold the secrets too.
pub(super) fn prepare(
    request: &HttpRequest,
    environment: &Environment,
    values: &Values,
) -> Result<Prepared, GateRunError> {
    let unusable = |reason: String| GateRunError::Url { reason };
    let rules = environment.host_rules().map_err(|error| unusable(error.to_string()))?;
    let url =
        http_url(&fill(&request.url, values, Encoding::UrlComponent)?).map_err(|error| unusable(error.to_string()))?;
    if !rules.iter().any(|rule| rule.allows(&url)) {
        return Err(GateRunError::Host { host: host_of(&url) });
    }
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| unusable(error.to_string()))?;
    let mut headers = HeaderMap::new();
    let mut confidential = Vec::new();
    for (name, template) in &request.headers {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unusable(error.to_string()))?;
        // The error does not show the value, which may be a secret.
        let value = HeaderValue::from_str(&fill(template, values, Encoding::Plain)?)
            .map_err(|_| unusable(format!("the value of the header {name} cannot be sent in a header")))?;
        if names(template).any(|name| name.starts_with("secret.")) || is_credential(&header) {
            confidential.push(header.clone());
        }
        headers.insert(header, value);
    }
    let body = match &request.body {
        Some(body) => Some(fill(body, values, body_encoding(body, &headers))?),
        None => None,
    };
    let HttpRequest {
        redirects, max_bytes, ..
    } = *request;
    Ok(Prepared {
        method,
        url,
        headers,
        confidential,
        body,
        rules,
        redirects,
        max_bytes,
    })
}

impl Prepared {
    /// What is asked, for the record.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.method, self.url)
    }

    /// Sends the request, follows redirects as far as they are allowed, and reads the body up to the cap.
    pub(super) async fn ask(mut self, target: &Target<'_>, sink: &mut Sink) -> Result<Observation, GateRunError> {
        let started = Instant::now();
        let mut left = self.redirects;
        let response = loop {
            let response = self.send(target).await?;
            match next_url(&response, &self.url)? {
                Some(next) if left > 0 => {
                    left -= 1;
                    self.follow(next, response.status().as_u16())?;
                }
                _ => break response,
            }
        };
        let status = response.status().as_u16();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        let (body, truncated) = self.read(response, sink).await?;
        Ok(Observation::Http {
            status,
            headers,
            body,
            truncated,
            latency: started.elapsed(),
        })
    }

    async fn send(&self, target: &Target<'_>) -> Result<Response, GateRunError> {
        // A literal address is never resolved, so that it is checked here.
        let host = self.url.host_str().unwrap_or_default();
        if let Ok(literal) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            address::check(host, [literal], target.private_addresses).map_err(|error| GateRunError::Http {
                reason: error.to_string(),
            })?;
        }
        let url = match target.stand_in {
            Some(ticket) => ticket.url(&self.url).map_err(|error| GateRunError::Url {
                reason: error.to_string(),
            })?,
            None => self.url.clone(),
        };
        let mut headers = self.headers.clone();
        if target.stand_in.is_some() {
            // The stand-in answers to its own name only.
            headers.remove(HOST);
        }
        let mut request = target.client.request(self.method.clone(), url).headers(headers);
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(no_answer)
    }

    /// Turns to where the answer points, if that is allowed.
    fn follow(&mut self, next: Url, status: u16) -> Result<(), GateRunError> {
        if !self.rules.iter().any(|rule| rule.allows(&next)) {
            return Err(GateRunError::RedirectHost { host: host_of(&next) });
        }
        if next.origin() != self.url.origin() {
            for name in &self.confidential {
                self.headers.remove(name);
            }
        }
        if status == 303 || (matches!(status, 301 | 302) && self.method == Method::POST) {
            self.method = Method::GET;
            self.body = None;
        }
        self.url = next;
        Ok(())
    }

    async fn read(&self, mut response: Response, sink: &mut Sink) -> Result<(Vec<u8>, bool), GateRunError> {
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            let room = most - body.len();
            let read = &chunk[..chunk.len().min(room)];
            sink.push(Stream::Out, read);
            body.extend_from_slice(read);
            if chunk.len() > room {
                return Ok((body, true));
            }
        }
        Ok((body, false))
    }
}

/// Where the answer points, if it is a redirect.
fn next_url(response: &Response, from: &Url) -> Result<Option<Url>, GateRunError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let unreadable = |reason: String| GateRunError::Redirect { reason };
    let location = location
        .to_str()
        .map_err(|_| unreadable("its Location header is not text".to_owned()))?;
    let next = from.join(location).map_err(|error| unreadable(error.to_string()))?;
    http_url(next.as_str())
        .map(Some)
        .map_err(|error| unreadable(error.to_string()))
}

fn no_answer(error: reqwest::Error) -> GateRunError {
    GateRunError::Http {
        reason: chain(&error.without_url()),
    }
}

fn host_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or("no host"))
}

fn is_credential(header: &HeaderName) -> bool {
    matches!(header.as_str(), "authorization" | "proxy-authorization" | "cookie")
}

/// Values are escaped for what the body is: by its type, or by its look.
fn body_encoding(body: &str, headers: &HeaderMap) -> Encoding {
    let declared = headers
        .get(reqwest::header::CONTENT_TYPE)
        .map(|value| value.to_str().unwrap_or_default());
    match declared {
        Some(declared) if declared.contains("json") => Encoding::Json,
        Some(declared) if declared.starts_with("application/x-www-form-urlencoded") => Encoding::UrlComponent,
        Some(_) => Encoding::Plain,
        None if body.trim_start().starts_with(['{', '[']) => Encoding::Json,
        None => Encoding::Plain,
    }
}
