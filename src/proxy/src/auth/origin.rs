//! Where a request comes from: the Host that it names, and the page that sent it.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, Method, Uri, header};

/// The names under which the proxy may be asked. A page on another name that resolves to this machine (DNS rebinding) has
/// another Host, and a form or script on another site has another Origin.
#[derive(Clone, Debug)]
pub struct AllowedOrigins {
    /// In lower case, with the port unless it is the scheme's default.
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why a request is refused for where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForbiddenOrigin {
    #[error(
        "The request names a host that this proxy is not known by. Open it by the address that it printed, or start it with --public-url."
    )]
    Host,
    #[error(
        "The request was sent by a page of another origin, so it is refused. Open the proxy's own page, and do it there."
    )]
    Origin,
}

impl AllowedOrigins {
    /// `host` is what the proxy was told to listen on, an IPv6 address without brackets. `address` is the one that it prints,
    /// and `public` the scheme and authority of `--public-url`.
    #[must_use]
    pub fn new(host: &str, address: SocketAddr, public: Option<(&str, &str)>) -> Self {
        let port = address.port();
        let host = match host.parse() {
            Ok(ip) => authority(ip),
            Err(_) => host.to_owned(),
        };
        let printed = authority(address.ip());
        let names = [host.as_str(), printed.as_str(), "localhost", "127.0.0.1", "[::1]"];
        let mut hosts: Vec<String> = names
            .iter()
            .map(|name| format!("{name}:{port}").to_ascii_lowercase())
            .collect();
        let mut origins: Vec<String> = hosts.iter().map(|host| format!("http://{host}")).collect();
        if port == 80 {
            // Browsers leave the usual port out.
            hosts.extend(names.map(str::to_ascii_lowercase));
            origins.extend(names.map(|name| format!("http://{}", name.to_ascii_lowercase())));
        }
        if let Some((scheme, authority)) = public {
            hosts.push(authority.to_ascii_lowercase());
            origins.push(format!("{scheme}://{authority}").to_ascii_lowercase());
        }
        Self { hosts, origins }
    }

    /// Checks that the request names one of our hosts, and no other.
    ///
    /// # Errors
    /// It names another one, or none, or several.
    pub fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ForbiddenOrigin> {
        let mut named = headers.get_all(header::HOST).iter();
        // One that is not ASCII is none of ours.
        let host = named
            .next()
            .map(|value| value.to_str().unwrap_or_default().to_ascii_lowercase());
        let authority = uri.authority().map(|authority| authority.as_str().to_ascii_lowercase());
        let ours = |name: &String| self.hosts.contains(name);
        let known = host.iter().chain(&authority).all(ours) && (host.is_some() || authority.is_some());
        if known && named.next().is_none() {
            Ok(())
        } else {
            Err(ForbiddenOrigin::Host)
        }
    }

    /// Checks that no other site's page sent the request. tower-http's CSRF layer lets other sites' GETs pass; here they are
    /// refused, too, where the browser says so.
    ///
    /// # Errors
    /// `Origin` or `Sec-Fetch-Site` tell of another site.
    pub fn check_origin(&self, method: &Method, headers: &HeaderMap) -> Result<(), ForbiddenOrigin> {
        let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let foreign = origins.any(|origin| {
            let origin = origin.to_str().map(str::to_ascii_lowercase);
            !origin.is_ok_and(|origin| self.origins.contains(&origin))
        });
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        let elsewhere = match site {
            None | Some(b"same-origin" | b"none") => false,
            Some(b"same-site") => changes,
            Some(_) => true,
        };
        if foreign || elsewhere {
            Err(ForbiddenOrigin::Origin)
        } else {
            Ok(())
        }
    }
}

/// An address as URLs have it.
fn authority(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7373);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let allowed = AllowedOrigins::new("127.0.0.1", ADDRESS, Some(("https", "Holdpoint.example")));
        for (host, ours) in [
            ("127.0.0.1:7373", true),
            ("localhost:7373", true),
            ("LOCALHOST:7373", true),
            ("[::1]:7373", true),
            ("holdpoint.example", true),
            ("127.0.0.1", false),
            ("127.0.0.1:7374", false),
            ("evil.example", false),
            ("localhost.evil.example:7373", false),
            ("", false),
        ] {
            let found = allowed.check_host(&Uri::from_static("/"), &headers(&[("host", host)]));
            assert_eq!(found.is_ok(), ours, "{host}");
        }
        assert!(allowed.check_host(&Uri::from_static("/"), &HeaderMap::new()).is_err());
        let absolute = Uri::from_static("http://evil.example/");
        assert!(
            allowed
                .check_host(&absolute, &headers(&[("host", "localhost:7373")]))
                .is_err()
        );
        let mut two = headers(&[("host", "localhost:7373")]);
        two.append("host", "localhost:7373".parse().unwrap());
        assert!(allowed.check_host(&Uri::from_static("/"), &two).is_err());
        let mut strange = headers(&[("host", "localhost:7373")]);
        strange.append("host", header::HeaderValue::from_bytes(b"localh\xf6st").unwrap());
        assert!(allowed.check_host(&Uri::from_static("/"), &strange).is_err());
    }

    #[test]
    fn the_printed_address_is_one_of_our_own() {
        for (host, address) in [
            ("runbooks.internal", "10.0.0.5:7373"),
            ("0.0.0.0", "127.0.0.1:7373"),
            ("fd00:0::5", "[fd00::5]:7373"),
            ("::", "[::1]:80"),
        ] {
            let address: SocketAddr = address.parse().unwrap();
            let allowed = AllowedOrigins::new(host, address, None);
            let url: reqwest::Url = format!("http://{address}/").parse().unwrap();
            let origin = url.origin().ascii_serialization();
            let sent = headers(&[("host", url.authority()), ("origin", &origin)]);
            assert_eq!(allowed.check_host(&Uri::from_static("/"), &sent), Ok(()), "{host}");
            assert_eq!(allowed.check_origin(&Method::POST, &sent), Ok(()), "{host}");
        }
        let named = AllowedOrigins::new("Runbooks.internal", "10.0.0.5:7373".parse().unwrap(), None);
        let sent = headers(&[("host", "runbooks.internal:7373")]);
        assert_eq!(named.check_host(&Uri::from_static("/"), &sent), Ok(()));
    }

    #[test]
    fn other_sites_pages_are_refused() {
        let allowed = AllowedOrigins::new("127.0.0.1", ADDRESS, None);
        for (method, pairs, fine) in [
            (Method::POST, vec![], true),
            (
                Method::POST,
                vec![("origin", "http://127.0.0.1:7373"), ("sec-fetch-site", "same-origin")],
                true,
            ),
            (Method::POST, vec![("origin", "http://localhost:7373")], true),
            (Method::POST, vec![("origin", "https://localhost:7373")], false),
            (Method::POST, vec![("origin", "http://localhost:7374")], false),
            (Method::POST, vec![("origin", "null")], false),
            (Method::POST, vec![("sec-fetch-site", "same-site")], false),
            (Method::POST, vec![("sec-fetch-site", "cross-site")], false),
            (Method::GET, vec![("sec-fetch-site", "none")], true),
            (Method::GET, vec![("sec-fetch-site", "same-site")], true),
            (Method::GET, vec![("sec-fetch-site", "cross-site")], false),
            (Method::GET, vec![("origin", "http://evil.example")], false),
        ] {
            assert_eq!(
                allowed.check_origin(&method, &headers(&pairs)).is_ok(),
                fine,
                "{method} {pairs:?}"
            );
        }
    }
}
