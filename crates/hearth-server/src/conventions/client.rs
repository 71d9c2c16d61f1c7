//! Who is at the other end of a request, as the listener knows it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::request::Parts;

/// What the listener knows about a request's connection. The in-process door gives a synthetic one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ClientInfo {
    /// The client's address; behind a trusted proxy, the address that the proxy names.
    pub address: IpAddr,
    /// The address of this machine that the client reached. `None` in-process.
    pub local: Option<IpAddr>,
    /// Whether the client's own connection is encrypted. A proxy may say that it is not.
    pub is_encrypted: bool,
}

impl ClientInfo {
    /// The client of a request that never crossed a network.
    pub(crate) const IN_PROCESS: Self = Self {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        local: None,
        is_encrypted: true,
    };

    /// The key under which budgets count this client: one IPv4 address, or one IPv6 /64, which is what one
    /// customer of an access provider has.
    pub(crate) fn budget_key(&self) -> String {
        address_group(self.address).to_string()
    }
}

/// Folds the addresses that one client commands into one.
pub(crate) fn address_group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientInfo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}

impl ClientInfo {
    /// The client of a request that carries these extensions. The listener always sets one; what comes
    /// without is in-process.
    pub(crate) fn of(extensions: &http::Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::IN_PROCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_key() {
        let key = |text: &str| {
            ClientInfo {
                address: text.parse().unwrap(),
                ..ClientInfo::IN_PROCESS
            }
            .budget_key()
        };
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
