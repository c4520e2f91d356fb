//! The way in, for whoever the proxy does not know, and back to the page that they wanted.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::components::title::PageTitle;
use crate::state::app::use_app;

/// The whole page, as long as the proxy does not know this browser.
#[component]
pub fn SignInNeeded() -> impl IntoView {
    let app = use_app();
    let back = remember_address().then_some(" and leads back to this page");
    view! {
        <PageTitle text="Sign in needed" />
        <main id="content" class="page sign-in" tabindex="-1">
            <h1>"Sign in needed"</h1>
            <p class="lead">
                "Ask the person who sent you here for a one-time link, and open it in this browser. It signs you in" {back} "."
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
/// before it leads there (`routes/return_path.rs`). Without cookies nobody can be signed in anyway. False where the proxy would not lead there.
fn remember_address() -> bool {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    let address: String = parts.into_iter().filter_map(Result::ok).collect();
    let secure = if location.protocol().is_ok_and(|protocol| protocol == "https:") {
        "; Secure"
    } else {
        ""
    };
    let fits = fits(&address);
    // The proxy decodes what stands in a cookie.
    let value = fits.then(|| String::from(js_sys::encode_uri_component(&address)));
    let cookie = cookie(&location.port().unwrap_or_default(), value.as_deref(), secure);
    let page = document();
    let Some(page) = page.dyn_ref::<web_sys::HtmlDocument>() else {
        return false;
    };
    match page.set_cookie(&cookie) {
        Ok(()) => fits,
        Err(error) => {
            leptos::logging::warn!("the address is not remembered: {error:?}");
            false
        }
    }
}

/// Bytes of an address at most, as the proxy has it.
const LONGEST: usize = 500;

/// Whether the proxy leads to such an address.
fn fits(address: &str) -> bool {
    address.len() <= LONGEST
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'))
}

/// The cookie with a value that is encoded, or without one its end: what was kept before leads to another page. Cookies count for all ports of
/// a host, so that the port stands in the name.
fn cookie(port: &str, value: Option<&str>, secure: &str) -> String {
    let dash = if port.is_empty() { "" } else { "-" };
    let (value, age) = match value {
        Some(value) => (value, 86_400),
        None => ("", 0),
    };
    format!("holdpoint-return{dash}{port}={value}; Path=/sign-in; Max-Age={age}; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_the_proxy_would_not_lead_to_is_forgotten() {
        assert!(fits("/watch/1?a=b%20c"));
        assert!(!fits(&format!("/{}", "a".repeat(LONGEST))));
        for address in ["/watch/1; Domain=example", "/a,b", "/a\\b", "/ä", "/a b"] {
            assert!(!fits(address), "{address}");
        }
        assert_eq!(
            cookie("", Some("%2Fwatch%2F1"), "; Secure"),
            "holdpoint-return=%2Fwatch%2F1; Path=/sign-in; Max-Age=86400; SameSite=Strict; Secure"
        );
        assert_eq!(
            cookie("7373", None, ""),
            "holdpoint-return-7373=; Path=/sign-in; Max-Age=0; SameSite=Strict"
        );
    }
}
