//! What a reverse proxy says about its clients, and headers that nobody outside may set.

use std::net::IpAddr;

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};

use crate::config::Network;
use crate::conventions::client::ClientInfo;

/// The proxies that may connect and are believed.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    trusted: Vec<Network>,
}

impl Proxies {
    /// The configured proxies; with none, whoever connects from this machine.
    pub(crate) fn new(trusted: Vec<Network>) -> Self {
        Self { trusted }
    }

    /// Whether only this machine is trusted, so that the server must listen on loopback addresses.
    pub(crate) fn are_local(&self) -> bool {
        self.trusted.is_empty()
    }

    /// Whether a proxy may connect from this address.
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        if self.are_local() {
            return address.to_canonical().is_loopback();
        }
        self.trusted.iter().any(|network| network.contains(address))
    }

    /// The client behind a proxy: the rightmost address in `X-Forwarded-For` that is not a proxy itself.
    /// What is left of it was written by strangers. Without one, the proxy is the client.
    pub(crate) fn client(&self, proxy: IpAddr, local: Option<IpAddr>, headers: &HeaderMap) -> ClientInfo {
        let hops = headers
            .get_all(&X_FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
        let mut address = proxy;
        for hop in hops.iter().rev() {
            let Ok(hop) = hop.parse::<IpAddr>() else { break };
            address = hop.to_canonical();
            if !self.trust(hop) {
                break;
            }
        }
        let is_plain = headers
            .get(&X_FORWARDED_PROTO)
            .is_some_and(|proto| proto == PLAIN);
        ClientInfo {
            address,
            local,
            is_encrypted: !is_plain,
        }
    }
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const PLAIN: HeaderValue = HeaderValue::from_static("http");

/// Removes headers that only this house may write: whatever looks like the console's authority, and what only
/// a proxy may say, which has been read by now.
pub(super) fn strip(headers: &mut HeaderMap) {
    let foreign: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_ours(name.as_str()))
        .cloned()
        .collect();
    for name in foreign {
        headers.remove(name);
    }
}

fn is_ours(name: &str) -> bool {
    // `x-hearth` itself is the browser client's mark and stays.
    ["x-hearth-", "x-console", "x-forwarded-"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["forwarded", "x-real-ip", "x-request-id"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn client(proxies: &Proxies, forwarded: &'static str) -> String {
        let headers = headers(&[("x-forwarded-for", forwarded)]);
        proxies
            .client("10.0.0.1".parse().unwrap(), None, &headers)
            .address
            .to_string()
    }

    #[test]
    fn only_the_hop_before_our_proxies_is_believed() {
        let proxies = Proxies::new(vec![Network::parse("10.0.0.0/8").unwrap()]);
        assert_eq!(client(&proxies, "192.0.2.1"), "192.0.2.1");
        assert_eq!(client(&proxies, "6.6.6.6, 192.0.2.1, 10.0.0.2"), "192.0.2.1");
        assert_eq!(client(&proxies, "6.6.6.6, rubbish"), "10.0.0.1");
        assert_eq!(client(&proxies, ""), "10.0.0.1");
    }

    #[test]
    fn without_configured_proxies_only_this_machine_is_trusted() {
        let proxies = Proxies::new(Vec::new());
        assert!(proxies.trust("127.0.0.1".parse().unwrap()));
        assert!(proxies.trust("::1".parse().unwrap()));
        assert!(!proxies.trust("192.168.1.1".parse().unwrap()));
    }

    #[test]
    fn a_proxy_can_say_that_its_client_came_unencrypted() {
        let proxies = Proxies::new(Vec::new());
        let plain = headers(&[("x-forwarded-proto", "http")]);
        assert!(
            !proxies
                .client("127.0.0.1".parse().unwrap(), None, &plain)
                .is_encrypted
        );
        assert!(
            proxies
                .client("127.0.0.1".parse().unwrap(), None, &HeaderMap::new())
                .is_encrypted
        );
    }

    #[test]
    fn look_alikes_of_our_own_headers_are_removed() {
        let mut map = headers(&[
            ("x-hearth", "1"),
            ("x-hearth-console", "1"),
            ("x-console-actor", "owner"),
            ("x-forwarded-for", "6.6.6.6"),
            ("accept", "*/*"),
        ]);
        strip(&mut map);
        let mut kept: Vec<&str> = map.keys().map(HeaderName::as_str).collect();
        kept.sort_unstable();
        assert_eq!(kept, ["accept", "x-hearth"]);
    }
}
