//! Which host names are ours. Everything else is answered 421, which is what stops DNS rebinding: a hostile
//! page that points its own name at this machine still sends its own name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use http::request::Parts;
use http::{Request, header};

use crate::config::Config;
use hearth_protocol::names::ServerName;

/// The host of a request as the client wrote it, in lower case, with its port if it wrote one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Site {
    authority: String,
}

impl Site {
    /// The site that a request was sent to. HTTP/2 carries it in the URI, HTTP/1.1 in the `Host` header.
    pub(crate) fn of<B>(request: &Request<B>) -> Option<Self> {
        Self::from(request.uri(), request.headers())
    }

    /// As [`Site::of`], for a request that has been taken apart.
    pub(crate) fn of_parts(parts: &Parts) -> Option<Self> {
        Self::from(&parts.uri, &parts.headers)
    }

    fn from(uri: &http::Uri, headers: &http::HeaderMap) -> Option<Self> {
        let authority = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(header::HOST)?.to_str().ok()?,
        };
        Self::parse(authority)
    }

    fn parse(authority: &str) -> Option<Self> {
        let authority: http::uri::Authority = authority.parse().ok()?;
        let has_user_info = authority.as_str().contains('@');
        (!has_user_info).then(|| Self {
            authority: authority.as_str().to_ascii_lowercase(),
        })
    }

    /// The host without its port, IPv6 without brackets.
    pub(crate) fn host(&self) -> &str {
        let host = match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.authority,
        };
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port that the client wrote; 443 when it wrote none.
    pub(crate) fn port(&self) -> u16 {
        let port = self
            .authority
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok());
        port.unwrap_or(443)
    }

    /// The origin of pages of this site.
    pub(crate) fn origin(&self) -> String {
        let authority = self.authority.strip_suffix(":443").unwrap_or(&self.authority);
        format!("https://{authority}")
    }
}

/// The names that this server answers to.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    server: String,
    names: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
}

impl Hosts {
    /// The server's own name, localhost, the configured names and the listen addresses.
    pub(crate) fn new(server: &ServerName, config: &Config) -> Self {
        let server = server
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let mut names: BTreeSet<String> = config
            .listen
            .hosts
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect();
        names.insert(server.clone());
        names.insert("localhost".to_owned());
        let addresses = config
            .listen
            .addresses
            .iter()
            .map(|address| address.ip().to_canonical())
            .collect();
        Self {
            server,
            names,
            addresses,
        }
    }

    /// Whether a site is ours. An address counts when it is one we listen on, a loopback one, or the very one
    /// that this connection reached, which covers every address of this machine on its networks.
    pub(crate) fn answers_to(&self, site: &Site, reached: Option<IpAddr>) -> bool {
        let host = site.host();
        if self.names.contains(host) {
            return true;
        }
        let Ok(address) = host.parse::<IpAddr>().map(|address| address.to_canonical()) else {
            return false;
        };
        address.is_loopback()
            || self.addresses.contains(&address)
            || reached.is_some_and(|reached| reached.to_canonical() == address)
    }

    /// Whether a site is the server's own name, which Cryptid binds its documents to (cryptid.md 2.0).
    pub(crate) fn is_server_name(&self, site: &Site) -> bool {
        site.host() == self.server
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(authority: &str) -> Site {
        Site::parse(authority).unwrap()
    }

    fn hosts() -> Hosts {
        let mut config = Config::default();
        config.listen.addresses = vec!["192.0.2.7:8443".parse().unwrap()];
        config.listen.hosts = vec!["Attic.local".to_owned()];
        Hosts::new(&ServerName::parse("a.hearth.test:8441").unwrap(), &config)
    }

    #[test]
    fn answers_to_its_names_and_addresses_only() {
        let hosts = hosts();
        for ours in [
            "a.hearth.test:8441",
            "A.Hearth.Test",
            "attic.local",
            "localhost:1",
            "127.0.0.1:8441",
            "[::1]:8441",
            "192.0.2.7",
            "[::ffff:192.0.2.7]",
        ] {
            assert!(hosts.answers_to(&site(ours), None), "{ours}");
        }
        for foreign in [
            "evil.test",
            "a.hearth.test.evil.test",
            "192.0.2.8",
            "xa.hearth.test",
        ] {
            assert!(!hosts.answers_to(&site(foreign), None), "{foreign}");
        }
        assert!(hosts.answers_to(&site("192.0.2.8:8441"), Some("192.0.2.8".parse().unwrap())));
    }

    #[test]
    fn sites_know_their_port_and_origin() {
        assert_eq!(site("a.hearth.test").port(), 443);
        assert_eq!(site("a.hearth.test:8441").port(), 8441);
        assert_eq!(site("[::1]:8441").host(), "::1");
        assert_eq!(site("a.hearth.test:443").origin(), "https://a.hearth.test");
        assert_eq!(site("a.hearth.test:8441").origin(), "https://a.hearth.test:8441");
        assert_eq!(Site::parse("user@a.hearth.test"), None);
    }
}
