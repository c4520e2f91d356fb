//! The page's Content-Security-Policy.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::InvalidHeaderValue;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::auth::AuthError;
use crate::config::Config;
use crate::error::ApiError;

/// The nonce of an answer, for the page's own script.
#[derive(Clone, Debug)]
pub(super) struct Nonce(pub(super) String);

/// Sets the Content-Security-Policy with a nonce that is an extension of the request.
pub(super) async fn content_security_policy(
    State(policy): State<Arc<ContentPolicy>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let nonce = nonce()?;
    // Without its policy nothing is answered.
    let value = policy.header(&nonce)?;
    request.extensions_mut().insert(Nonce(nonce));
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    Ok(response)
}

/// 128 random bits, for one answer's Content-Security-Policy.
fn nonce() -> Result<String, AuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Where the page may connect to: this proxy, and what `direct` gates ask.
#[derive(Debug)]
pub(super) struct ContentPolicy {
    connect: String,
}

impl ContentPolicy {
    pub(super) fn new(config: &Config) -> Self {
        let environments = config.gates.environments.keys();
        let origins: BTreeSet<String> = environments
            .flat_map(|environment| config.briefs(environment).into_values())
            .filter_map(|gate| gate.direct_url)
            // An address whose host only a session knows cannot be named here, and the browser then refuses to ask it.
            .filter_map(|url| reqwest::Url::parse(&url).ok())
            .map(|url| url.origin())
            .filter(|origin| origin.is_tuple())
            .map(|origin| origin.ascii_serialization())
            .collect();
        let connect = origins
            .into_iter()
            .fold("'self'".to_owned(), |all, origin| format!("{all} {origin}"));
        Self { connect }
    }

    fn header(&self, nonce: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let connect = &self.connect;
        let policy = format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
             connect-src {connect}; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
             form-action 'self'"
        );
        HeaderValue::from_str(&policy)
    }
}
