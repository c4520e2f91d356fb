//! HTTP gates: one request, redirects only by hand, and no address that was not checked.

use std::net::IpAddr;
use std::time::Instant;

use holdpoint_gates::config::{Environment, HttpRequest};
use holdpoint_gates::evaluate::Observation;
use holdpoint_gates::fill::{Encoding, Values, fill, names};
use holdpoint_gates::{HostRule, http_url};
use holdpoint_rehearsal::Ticket;
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url};

use super::RunnerError;
use super::address::{self, AddressError, Resolver};
use super::error::{GateRunError, chain};
use super::redact::Redaction;
use super::redirect;
use super::sink::{Sink, Stream};

/// Headers that an answer may have.
const MOST_HEADERS: usize = 1000;

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
        .http1_max_headers(MOST_HEADERS)
        .retry(reqwest::retry::never())
        // Every try resolves, checks and connects anew.
        .pool_max_idle_per_host(0)
        .dns_resolver(Resolver { private_allowed })
        .build()
        .map_err(|error| RunnerError::Client(chain(&error)))
}

/// A request with its values filled in.
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// Headers that hold a secret, which no other origin may learn.
    pub(super) confidential: Vec<HeaderName>,
    /// The secrets that the request holds. Empty where no redirect is followed.
    pub(super) secrets: Redaction,
    pub(super) body: Option<String>,
    pub(super) rules: Vec<HostRule>,
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
    let texts = request.headers.values().chain(&request.body).chain([&request.url]);
    let secrets = texts.filter(|_| redirects > 0).flat_map(|text| names(text));
    let secrets = secrets.filter(|name| name.starts_with("secret."));
    let secrets = Redaction::new(secrets.filter_map(|name| values.get(name)).map(String::as_str));
    Ok(Prepared {
        method,
        url,
        headers,
        confidential,
        secrets,
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
            if left == 0 {
                break response;
            }
            let status = response.status().as_u16();
            let Some(next) = redirect::target(status, response.headers(), &self.url)? else {
                break response;
            };
            left -= 1;
            self.follow(next, status)?;
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
            address::check(host, [literal], target.private_addresses).map_err(|error| GateRunError::Address {
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

fn no_answer(error: reqwest::Error) -> GateRunError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if one
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse_too_large)
        {
            return GateRunError::LargeHead { headers: MOST_HEADERS };
        }
        if one.downcast_ref::<AddressError>().is_some_and(AddressError::is_lasting) {
            return GateRunError::Address { reason: chain(one) };
        }
        cause = one.source();
    }
    GateRunError::Http {
        reason: chain(&error.without_url()),
    }
}

pub(super) fn host_of(url: &Url) -> String {
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
