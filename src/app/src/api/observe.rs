//! The browser's own request to a `direct` gate. What it sees is an observation: the proxy judges it, never this page.

use std::collections::BTreeMap;

use gloo_net::http::{Request, Response};
use holdpoint_domain::wire::BrowserObservation;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

/// The browser waits this long for the whole answer.
const TIMEOUT_MS: u32 = 10_000;
/// A longer answer is not sent: the observation has to fit into what the proxy reads of a request.
const MAX_BYTES: usize = 100_000;

/// Requests a URL, without credentials and past every cache. A failure is an observation, too. In a rehearsal the URL is one of
/// the proxy's, without scheme and host.
pub async fn observe(url: &str) -> BrowserObservation {
    let started = js_sys::Date::now();
    let seen = if url.starts_with('/') {
        rehearsed(url).await
    } else {
        request(url).await
    };
    let latency_ms = (js_sys::Date::now() - started).max(0.0) as u64;
    match seen {
        Ok((status, headers, body)) => BrowserObservation {
            status: Some(status),
            headers,
            body,
            latency_ms,
            error: None,
        },
        Err(error) => BrowserObservation {
            status: None,
            headers: BTreeMap::new(),
            body: String::new(),
            latency_ms,
            error: Some(plain(&error.to_string())),
        },
    }
}

async fn request(url: &str) -> Result<(u16, BTreeMap<String, String>, String), gloo_net::Error> {
    let answer = Request::get(url)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .mode(RequestMode::Cors)
        // What another address says is not what this one says.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .send()
        .await?;
    // The browser tells nothing of a redirect that it does not follow, not even the status.
    if answer.status() == 0 {
        return Err(unseen("the answer is a redirect"));
    }
    let headers = headers(&answer);
    let body = answer.text().await?;
    if body.len() > MAX_BYTES {
        // A part of an answer must not be judged as the whole of it.
        return Err(unseen("the answer is longer than what the browser sends"));
    }
    Ok((answer.status(), headers, body))
}

/// Asks the proxy what a browser sees of a rehearsed gate. It tells signed-in people only.
async fn rehearsed(url: &str) -> Result<(u16, BTreeMap<String, String>, String), gloo_net::Error> {
    let answer = Request::get(url)
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .send()
        .await?;
    if !answer.ok() {
        return Err(unseen("Holdpoint does not say what there is to see"));
    }
    let text = answer.text().await?;
    let seen: BrowserObservation = serde_json::from_str(&text).map_err(|error| unseen(&error.to_string()))?;
    match seen.status {
        Some(_) if seen.body.len() > MAX_BYTES => Err(unseen("the answer is longer than what the browser sends")),
        Some(status) => Ok((status, seen.headers, seen.body)),
        None => Err(unseen(seen.error.as_deref().unwrap_or("there is no answer"))),
    }
}

fn unseen(what: &str) -> gloo_net::Error {
    gloo_net::Error::GlooError(what.to_owned())
}

fn headers(answer: &Response) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for (name, value) in answer.headers().entries() {
        headers.insert(name, value);
    }
    headers
}

/// What browsers say of a request that came to nothing, in plain words. It stands behind “The browser had no answer: ”.
fn plain(error: &str) -> String {
    // Chromium's, Firefox's and WebKit's words.
    const NOT_CONNECTED: [&str; 3] = ["Failed to fetch", "NetworkError when attempting", "Load failed"];
    if error.contains("TimeoutError") {
        format!("none came within {} s", TIMEOUT_MS / 1_000)
    } else if NOT_CONNECTED.iter().any(|words| error.contains(words)) {
        "it could not connect, or the service lets no other site read its answers (CORS)".to_owned()
    } else {
        error.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn says_in_plain_words_that_no_answer_came() {
        for (error, said) in [
            ("JsError TimeoutError: signal timed out", "none came within 10 s"),
            ("TypeError: Load failed", "it could not connect"),
            ("the answer is a redirect", "the answer is a redirect"),
        ] {
            assert!(plain(error).starts_with(said), "{error}");
        }
    }
}
