//! A request of an HTTP gate with its values filled in.

use holdpoint_gates::config::{Environment, HttpRequest};
use holdpoint_gates::fill::{Encoding, Values, fill, names};
use holdpoint_gates::{HostRule, http_url};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::error::GateRunError;
use super::redact::Redaction;

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
    pub(super) redirects: u8,
    pub(super) max_bytes: u64,
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
