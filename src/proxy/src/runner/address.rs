//! Which addresses may be connected to, and a resolver that gives out no others: what is checked is what is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A host that must not be connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    #[error(
        "{host} is at {address}, which is not a public address, and the environment does not allow `private_addresses`"
    )]
    Private { host: String, address: IpAddr },
    #[error("the name {host} cannot be resolved: {reason}")]
    Unresolved { host: String, reason: String },
    #[error("the name {host} has no address")]
    NoAddress { host: String },
}

impl AddressError {
    /// Whether asking again cannot help: what has to change is the declaration.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Private { .. })
    }
}

/// Whether an address is one of the public internet's.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Addresses that carry an IPv4 address are as public as that is.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0, 0, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarking, ORCHID and documentation.
        [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..] => false,
        // Only this eighth of the space is given out to anybody.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Checks the addresses of a host. One that is not allowed spoils them all: a name that points both ways is not to be trusted.
pub(super) fn check(
    host: &str,
    addresses: impl IntoIterator<Item = IpAddr>,
    private_allowed: bool,
) -> Result<(), AddressError> {
    let mut any = false;
    for address in addresses {
        any = true;
        if !private_allowed && !is_public(address) {
            return Err(AddressError::Private {
                host: host.to_owned(),
                address,
            });
        }
    }
    if any {
        Ok(())
    } else {
        Err(AddressError::NoAddress { host: host.to_owned() })
    }
}

/// Resolves names for the HTTP client.
pub(super) struct Resolver {
    /// Addresses that are not public may be given out.
    pub(super) private_allowed: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let private_allowed = self.private_allowed;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0))
                .await
                .map_err(|error| AddressError::Unresolved {
                    host: host.clone(),
                    reason: error.to_string(),
                })?
                .collect();
            check(&host, found.iter().map(SocketAddr::ip), private_allowed)?;
            Ok::<Addrs, Box<dyn std::error::Error + Send + Sync>>(Box::new(found.into_iter()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "100.128.0.1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn one_forbidden_address_spoils_the_name() {
        let addresses = || ["1.1.1.1", "10.0.0.1"].map(|address| address.parse().unwrap());
        assert!(matches!(
            check("a", addresses(), false),
            Err(AddressError::Private { .. })
        ));
        assert_eq!(check("a", addresses(), true), Ok(()));
        assert!(matches!(check("a", [], true), Err(AddressError::NoAddress { .. })));
    }
}
