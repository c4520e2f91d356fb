//! The pages of a one-time link. They stand alone: nobody is signed in yet, and a browser may ask for nothing else.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Nothing is loaded, and the style is the one that has this digest.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&policy).ok()
});

/// Asks for a click.
pub(super) fn ask(token: &str) -> Response {
    page(StatusCode::OK, &ASK.replace("TOKEN", token))
}

/// Says that the link is of no use.
pub(super) fn refused() -> Response {
    page(StatusCode::UNAUTHORIZED, REFUSED)
}

fn page(status: StatusCode, html: &str) -> Response {
    let mut response = (status, Html(html.replace("STYLE", STYLE))).into_response();
    if let Some(policy) = POLICY.clone() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page's own colours and type; see `style/tokens.css`.
const STYLE: &str = "
      :root { color-scheme: light dark; --ink: light-dark(#1a1d21, #e8e6e0); --ink-2: light-dark(#4d5259, #a9aeb4); --paper: light-dark(#f6f5f1, #101316); }
      body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 ui-sans-serif, system-ui, 'Segoe UI', Roboto, sans-serif; }
      main { max-width: 34rem; margin: 0 auto; padding: clamp(2rem, 12vh, 7rem) 1.25rem; }
      .brand { font-weight: 700; color: var(--ink-2); margin: 0 0 2rem; }
      h1 { font-size: clamp(1.6rem, 1.3rem + 1.2vw, 2.125rem); line-height: 1.2; letter-spacing: -0.02em; margin: 0 0 0.75rem; }
      p { color: var(--ink-2); margin: 0 0 1rem; }
      summary { cursor: pointer; padding: 0.6rem 0; min-height: 2.75rem; box-sizing: border-box; color: var(--ink-2); }
      summary:focus-visible { outline: 3px solid light-dark(#1c5a86, #7db7e0); outline-offset: 2px; }
      pre, code { font-family: ui-monospace, 'SF Mono', 'Cascadia Code', monospace; font-size: 0.9em; color: var(--ink); }
      button { font: inherit; font-weight: 650; padding: 0.6rem 1.4rem; min-height: 2.75rem; margin-top: 0.75rem; border: 0; border-radius: 6px; background: var(--ink); color: var(--paper); cursor: pointer; }
      button:focus-visible { outline: 3px solid light-dark(#1c5a86, #7db7e0); outline-offset: 2px; }
    ";

/// The page's policy is `no-referrer`, by which a browser names no origin when it sends a form; here it has to.
const ASK: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="referrer" content="strict-origin" />
    <title>Sign in · Holdpoint</title>
    <style>STYLE</style>
  </head>
  <body>
    <main>
      <p class="brand">Holdpoint</p>
      <h1>Sign in to Holdpoint</h1>
      <p>This link signs in one browser, once. The browser stays signed in for 30 days, or until somebody signs it out.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="token" value="TOKEN" />
        <button type="submit">Sign in</button>
      </form>
    </main>
  </body>
</html>
"#;

const REFUSED: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Sign in · Holdpoint</title>
    <style>STYLE</style>
  </head>
  <body>
    <main>
      <p class="brand">Holdpoint</p>
      <h1>This link has expired or was used</h1>
      <p>Ask the person who sent you the link for a new one. Each link signs in one browser, once, within a day, and a newer link ends the older ones.</p>
      <details>
        <summary>If you run Holdpoint yourself</summary>
        <p>Make a new link where the proxy runs, and open it here:</p>
        <pre>holdpoint token new</pre>
        <p>If this proxy does not use the usual data folder, add <code>--data-dir</code> and its folder.</p>
      </details>
    </main>
  </body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_policy_names_the_style_that_is_there() {
        for response in [ask("abc"), refused()] {
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .to_owned();
            let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
            let html = String::from_utf8(body.to_vec()).unwrap();
            let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
            let digest = STANDARD.encode(Sha256::digest(style));
            assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "{policy}");
            assert!(!html.contains("STYLE") && !html.contains("TOKEN"), "{html}");
        }
    }
}
