//! Requests that are no gate's: they go where gates may go, and nowhere else. Redirects are not followed, and no error has the address
//! in it, because the address itself may be a secret.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, Request, Response, Url};
use tokio::time::timeout;

use super::RunnerError;
use super::address::{self, AddressError};
use super::error::chain;
use super::http;

/// The two clients: for targets that may be at private addresses, and for those that may not.
#[derive(Clone, Debug)]
pub(crate) struct Outbound {
    clients: http::Clients,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutboundError {
    #[error("its host has an address that is not public, and `private_addresses` is not set for it")]
    Private,
    #[error("its host's name cannot be resolved")]
    Unresolved,
    #[error("there was no answer within {} seconds", limit.as_secs())]
    TimeLimit { limit: Duration },
    #[error("{reason}")]
    Failed { reason: String },
}

impl Outbound {
    pub(crate) fn new() -> Result<Self, RunnerError> {
        Ok(Self {
            clients: http::Clients::new()?,
        })
    }

    /// The client by which a request is made, and sent with [`Outbound::send`].
    pub(crate) fn client(&self, private_addresses: bool) -> &Client {
        self.clients.plain(private_addresses)
    }

    /// Sends a request, and gives the answer's head.
    pub(crate) async fn send(
        &self,
        request: Request,
        private_addresses: bool,
        limit: Duration,
    ) -> Result<Response, OutboundError> {
        check_literal(request.url(), private_addresses)?;
        let sent = timeout(limit, self.client(private_addresses).execute(request)).await;
        sent.map_err(|_| OutboundError::TimeLimit { limit })?.map_err(no_answer)
    }
}

/// A literal address is never resolved, so that it is checked here.
fn check_literal(url: &Url, private_addresses: bool) -> Result<(), OutboundError> {
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(literal) => address::check(host, [literal], private_addresses).map_err(|error| of_address(&error)),
        Err(_) => Ok(()),
    }
}

fn of_address(error: &AddressError) -> OutboundError {
    match error {
        AddressError::Private { .. } => OutboundError::Private,
        AddressError::Unresolved { .. } | AddressError::NoAddress { .. } => OutboundError::Unresolved,
    }
}

fn no_answer(error: reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if let Some(address) = one.downcast_ref::<AddressError>() {
            return of_address(address);
        }
        cause = one.source();
    }
    OutboundError::Failed {
        reason: chain(&error.without_url()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(url: &str, private_addresses: bool) -> Result<u16, OutboundError> {
        let outbound = Outbound::new().unwrap();
        let request = outbound.client(private_addresses).post(url).build().unwrap();
        let answer = outbound.send(request, private_addresses, Duration::from_secs(2)).await;
        answer.map(|answer| answer.status().as_u16())
    }

    #[tokio::test]
    async fn private_addresses_are_refused_unless_allowed_and_no_error_has_the_address() {
        for url in [
            "http://127.0.0.1:9/T0/s3cret",
            "http://[::1]:9/T0/s3cret",
            "http://localhost:9/T0/s3cret",
            "http://10.0.0.1/T0/s3cret",
            "http://169.254.169.254/T0/s3cret",
        ] {
            assert_eq!(sent(url, false).await, Err(OutboundError::Private), "{url}");
        }
        let refused = sent("http://127.0.0.1:9/T0/s3cret", true).await.unwrap_err();
        assert!(matches!(refused, OutboundError::Failed { .. }), "{refused}");
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
    }
}
