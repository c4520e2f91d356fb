//! The way in, for whoever the proxy does not know, and back to the page that they wanted.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::components::title::PageTitle;
use crate::state::app::use_app;

/// The whole page, as long as the proxy does not know this browser.
#[component]
pub fn SignInNeeded() -> impl IntoView {
    let app = use_app();
    remember_address();
    view! {
        <PageTitle text="Sign in needed" />
        <main id="content" class="page sign-in" tabindex="-1">
            <h1>"Sign in needed"</h1>
            <p class="lead">
                "Ask the person who sent you here for a one-time link, and open it in this browser. It signs you in and leads back to this page."
            </p>
            <button type="button" class="btn" on:click=move |_| app.load_me()>"I have signed in"</button>
            <details>
                <summary>"If you run Holdpoint yourself"</summary>
                <p>
                    "The link looks like " <code>"http://127.0.0.1:…/sign-in?token=…"</code>
                    ". Holdpoint prints one in its terminal when it starts. A link works once; " <code>"holdpoint token new"</code>
                    " prints another."
                </p>
            </details>
        </main>
    }
}

/// Leaves the address on screen in a cookie that only the sign-in is sent, for as long as a link is good for. The proxy looks at it again
/// before it leads there (`routes/return_path.rs`). Without cookies nobody can be signed in anyway.
fn remember_address() {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    let address: String = parts.into_iter().filter_map(Result::ok).collect();
    let secure = if location.protocol().is_ok_and(|protocol| protocol == "https:") {
        "; Secure"
    } else {
        ""
    };
    if let (Some(cookie), Some(page)) = (cookie(&address, secure), document().dyn_ref::<web_sys::HtmlDocument>())
        && let Err(error) = page.set_cookie(&cookie)
    {
        leptos::logging::warn!("the address is not remembered: {error:?}");
    }
}

/// None for an address that a cookie cannot hold.
fn cookie(address: &str, secure: &str) -> Option<String> {
    let fits = address
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
    fits.then(|| format!("holdpoint-return={address}; Path=/sign-in; Max-Age=86400; SameSite=Strict{secure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_end_the_cookie_is_not_remembered() {
        assert_eq!(
            cookie("/watch/1?a=b", "; Secure").as_deref(),
            Some("holdpoint-return=/watch/1?a=b; Path=/sign-in; Max-Age=86400; SameSite=Strict; Secure")
        );
        for address in ["/watch/1; Domain=example", "/a,b", "/a\\b", "/ä", "/a b"] {
            assert_eq!(cookie(address, ""), None, "{address}");
        }
    }
}
