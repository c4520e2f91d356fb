//! Where a browser wanted to go before it was signed in. The page remembers it in a cookie that is sent to the sign-in alone
//! (`src/app/src/shell/sign_in.rs`), and whatever stands there leads to an address of the page or is left aside.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

/// The cookie's name, before the port: cookies count for all ports of a host, on each of which there may be a proxy.
const NAME: &str = "holdpoint-return";
/// The only address that it is sent to.
const SENT_TO: &str = "/sign-in";
/// Bytes of an address at most.
const LONGEST: usize = 500;

/// The cookie's name where the browser knows the proxy by this host. The page takes the port from the same address.
fn name(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let port = host.and_then(|host| host.parse::<Authority>().ok()?.port_u16());
    port.map_or_else(|| NAME.to_owned(), |port| format!("{NAME}-{port}"))
}

/// Where to go after the sign-in: to what was asked for, or home.
pub(super) fn return_path(jar: &CookieJar, headers: &HeaderMap) -> String {
    let asked = jar.get(&name(headers)).map(Cookie::value);
    asked.filter(|path| is_of_page(path)).unwrap_or("/").to_owned()
}

/// The jar without the cookie, which has done its work.
pub(super) fn returned(jar: CookieJar, headers: &HeaderMap) -> CookieJar {
    jar.remove(Cookie::build(name(headers)).path(SENT_TO))
}

/// Whether it is an address of the page itself. What a browser would read as another host is none: `//host`, `/\host`, and what has
/// characters in it that browsers leave out (WHATWG URL, 4.4).
fn is_of_page(address: &str) -> bool {
    let plain = address.len() <= LONGEST
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b';' | b','));
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let is_under = |folder: &str| path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    plain
        && path.starts_with('/')
        && !path.contains("//")
        && !path.split('/').any(leads_up)
        && !is_under("/api")
        && !is_under(SENT_TO)
}

/// Whether it is `.` or `..`, in one of the ways in which browsers read it.
fn leads_up(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_page_is_returned_to() {
        for (asked, there) in [
            ("/watch/019ac2f0-0000-7000-8000-000000000000", true),
            ("/sessions/1/replay?at=12&rollback_at=5", true),
            ("/sessions/1#step-freeze", true),
            ("/apis", true),
            ("/a..b", true),
            ("/..", false),
            ("/a/./b", false),
            ("/a/%252E%252e/b", false),
            ("/.%252e/api/me", false),
            ("//evil.example/watch/1", false),
            ("/\\evil.example", false),
            ("/\t/evil.example", false),
            ("/watch//evil.example", false),
            ("/..//evil.example", false),
            ("https://evil.example", false),
            ("evil", false),
            ("/api/me", false),
            ("/sign-in?token=x", false),
            ("", false),
            (format!("/{}", "a".repeat(LONGEST)).as_str(), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = format!("{NAME}={asked}").parse() {
                headers.insert(header::COOKIE, value);
            }
            let expected = if there { asked } else { "/" };
            let led_to = return_path(&CookieJar::from_headers(&headers), &HeaderMap::new());
            assert_eq!(led_to, expected, "{asked}");
        }
        assert_eq!(return_path(&CookieJar::new(), &HeaderMap::new()), "/");
    }

    #[test]
    fn a_proxy_on_another_port_has_a_cookie_of_its_own() {
        for (host, expected) in [
            (None, "holdpoint-return"),
            (Some("holdpoint.example"), "holdpoint-return"),
            (Some("holdpoint.example:8443"), "holdpoint-return-8443"),
            (Some("[::1]"), "holdpoint-return"),
            (Some("[::1]:7373"), "holdpoint-return-7373"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(header::HOST, host.parse().unwrap());
            }
            assert_eq!(name(&headers), expected, "{host:?}");
        }
    }
}
