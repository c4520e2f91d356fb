//! Asking a request of an HTTP gate: redirects only by hand, and no address that was not checked.

use std::net::IpAddr;
use std::time::Instant;

use holdpoint_gates::config::Environment;
use holdpoint_gates::evaluate::Observation;
use holdpoint_rehearsal::Ticket;
use reqwest::header::{HOST, HeaderValue};
use reqwest::{Client, Response};

use super::RunnerError;
use super::address::{self, AddressError, Resolver};
use super::error::{GateRunError, chain};
use super::redirect;
use super::request::Prepared;
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

    /// The client for what may be at private addresses, or may not.
    pub(super) fn plain(&self, private_addresses: bool) -> &Client {
        if private_addresses { &self.private } else { &self.public }
    }

    /// What an environment names is asked.
    pub(super) fn real(&self, environment: &Environment) -> Target<'_> {
        let private_addresses = environment.private_addresses;
        Target {
            client: self.plain(private_addresses),
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

impl Prepared {
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
