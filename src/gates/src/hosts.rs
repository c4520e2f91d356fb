//! Which hosts an environment's HTTP gates may ask.

use url::Url;

use crate::config::Environment;

/// A host that may be asked, at one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    /// The host as the URL parser writes it: lower case, punycode, an IPv6 address in brackets.
    host: String,
    /// The port; the scheme's own when absent.
    port: Option<u16>,
}

/// Why a text names no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant says what it is")]
pub enum HostError {
    /// A base URL that cannot be read.
    #[error("“{text}” is not a URL: {reason}")]
    Url { text: String, reason: String },
    /// Only two schemes make sense here.
    #[error("“{text}” must begin with http:// or https://")]
    Scheme { text: String },
    /// A user name or password would be sent, shown and logged.
    #[error("the URL holds a user name or password; send a secret in a header instead")]
    Credentials,
    /// A base URL to which nothing can be appended.
    #[error("“{text}” is a base URL, so it can have no query and no fragment")]
    NotABase { text: String },
    /// Something else than `name` or `name:port`.
    #[error("“{text}” is not a host; write `name` or `name:port`")]
    Host { text: String },
}

impl HostRule {
    /// The rule that a base URL makes: its host at its port.
    ///
    /// # Errors
    /// The text is not a base URL.
    pub fn of_base_url(text: &str) -> Result<Self, HostError> {
        let url = http_url(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(HostError::NotABase { text: text.to_owned() });
        }
        let host = url
            .host_str()
            .ok_or_else(|| HostError::Host { text: text.to_owned() })?
            .to_owned();
        Ok(Self {
            host,
            port: url.port_or_known_default(),
        })
    }

    /// The rule that an entry of `hosts` makes.
    ///
    /// # Errors
    /// The text is not `name` or `name:port`.
    pub fn of_host(text: &str) -> Result<Self, HostError> {
        let error = || HostError::Host { text: text.to_owned() };
        if text.is_empty() || text.contains(['/', '@', '?', '#', '\\']) {
            return Err(error());
        }
        // The scheme is one without a port of its own, so that `:80` and `:443` are seen where they are written.
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| error())?;
        let written = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let host = url.host_str().ok_or_else(error)?.to_owned();
        Ok(Self {
            host,
            port: url
                .port()
                .or(written.filter(|port| *port == 80 && !text.ends_with(']'))),
        })
    }

    /// Whether the URL's host and port are these.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let own = match url.scheme() {
            "http" => 80,
            "https" => 443,
            _ => return false,
        };
        url.host_str() == Some(self.host.as_str()) && url.port_or_known_default() == Some(self.port.unwrap_or(own))
    }
}

impl Environment {
    /// Every host that HTTP gates may ask here.
    ///
    /// # Errors
    /// A base URL or a host cannot be read.
    pub fn host_rules(&self) -> Result<Vec<HostRule>, HostError> {
        let urls = self.urls.values().map(|url| HostRule::of_base_url(url));
        urls.chain(self.hosts.iter().map(|host| HostRule::of_host(host)))
            .collect()
    }
}

/// Reads an address that a gate asks.
///
/// # Errors
/// It is not an `http` or `https` URL, or it holds a user name or password.
pub fn http_url(text: &str) -> Result<Url, HostError> {
    let url = Url::parse(text).map_err(|error| HostError::Url {
        text: text.to_owned(),
        reason: error.to_string(),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(HostError::Scheme { text: text.to_owned() });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HostError::Credentials);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_allows_its_host_and_port_only() {
        for (rule, url, allowed) in [
            (
                HostRule::of_base_url("https://API.example/base"),
                "https://api.example/x",
                true,
            ),
            (
                HostRule::of_base_url("https://api.example"),
                "http://api.example/",
                false,
            ),
            (
                HostRule::of_base_url("https://api.example"),
                "https://api.example:8443/",
                false,
            ),
            (
                HostRule::of_base_url("https://api.example"),
                "https://api.example.evil.example/",
                false,
            ),
            (
                HostRule::of_base_url("http://127.0.0.1:8080"),
                "http://127.0.0.1:8080/health",
                true,
            ),
            (
                HostRule::of_base_url("http://127.0.0.1:8080"),
                "http://2130706433:8080/health",
                true,
            ),
            (
                HostRule::of_base_url("http://127.0.0.1:8080"),
                "http://127.0.0.1:8081/health",
                false,
            ),
            (HostRule::of_host("cdn.example"), "https://cdn.example/", true),
            (HostRule::of_host("cdn.example"), "http://cdn.example/", true),
            (HostRule::of_host("cdn.example"), "http://cdn.example:8080/", false),
            (HostRule::of_host("cdn.example:80"), "https://cdn.example/", false),
            (HostRule::of_host("cdn.example:80"), "http://cdn.example/", true),
            (HostRule::of_host("cdn.example:443"), "https://cdn.example/", true),
            (HostRule::of_host("[::1]:8080"), "http://[::1]:8080/", true),
            (HostRule::of_host("[::1]"), "http://[::1]/", true),
        ] {
            let rule = rule.unwrap();
            assert_eq!(rule.allows(&Url::parse(url).unwrap()), allowed, "{rule:?} {url}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "a/b", "user@host", "a b", "host:port", "http://host"] {
            assert!(HostRule::of_host(text).is_err(), "{text}");
        }
        for text in [
            "api.example",
            "ftp://api.example",
            "https://u:p@api.example",
            "https://api.example?x=1",
            "https://",
        ] {
            assert!(HostRule::of_base_url(text).is_err(), "{text}");
        }
    }
}
