//! Names to addresses, with the guard in between: what comes out of here is what is connected to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hearth_protocol::names::ServerName;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::ForbiddenAddress;
use super::transport::{Target, TransportError};

/// Addresses that take the place of DNS.
pub(super) type Hosts = Arc<BTreeMap<ServerName, SocketAddr>>;

/// The resolver of one client, which serves one server only.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    target: Target,
    hosts: Hosts,
}

impl GuardedResolver {
    pub(super) fn new(target: Target, hosts: Hosts) -> Self {
        Self { target, hosts }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let target = self.target.clone();
        let fixed = self.hosts.get(&target.name).copied();
        Box::pin(async move {
            let answers = match fixed {
                Some(address) => vec![address],
                None => look_up(name.as_str()).await?,
            };
            let allowed = judge(&target, answers)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Judges an address literal in the target's name, which never reaches a resolver.
pub(super) fn judge_literal(target: &Target) -> Result<(), ForbiddenAddress> {
    target
        .name
        .ip()
        .map_or(Ok(()), |address| target.addresses.judge(address))
}

async fn look_up(host: &str) -> Result<Vec<SocketAddr>, TransportError> {
    // Port 0 makes the client use the port of the URL.
    tokio::net::lookup_host((host, 0))
        .await
        .map(Iterator::collect)
        .map_err(|error| TransportError::Resolve {
            detail: error.to_string(),
        })
}

/// Keeps the addresses the guard lets through; an error when none is left.
fn judge(target: &Target, answers: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, TransportError> {
    let mut refusal = TransportError::Resolve {
        detail: "no address".to_owned(),
    };
    let mut allowed = Vec::new();
    for address in answers {
        match target.addresses.judge(address.ip()) {
            Ok(()) => allowed.push(address),
            Err(forbidden) => refusal = forbidden.into(),
        }
    }
    if allowed.is_empty() {
        Err(refusal)
    } else {
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::guard::AddressPolicy;

    fn target(name: &str) -> Target {
        Target {
            name: ServerName::parse(name).unwrap(),
            addresses: AddressPolicy::default(),
        }
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn of_several_addresses_only_the_allowed_ones_are_used() {
        let answers = addresses(&["10.0.0.1:0", "9.9.9.9:0", "[::1]:0", "[2606:4700::1]:0"]);
        assert_eq!(
            judge(&target("a.example"), answers).unwrap(),
            addresses(&["9.9.9.9:0", "[2606:4700::1]:0"])
        );
    }

    #[test]
    fn a_name_without_an_allowed_address_is_refused_by_the_last_one() {
        let answers = addresses(&["10.0.0.1:0", "127.0.0.1:0"]);
        assert!(matches!(
            judge(&target("a.example"), answers),
            Err(TransportError::Address(forbidden)) if forbidden.address.is_loopback()
        ));
        assert!(matches!(
            judge(&target("a.example"), Vec::new()),
            Err(TransportError::Resolve { .. })
        ));
    }

    #[test]
    fn literals_are_judged_and_names_left_to_the_resolver() {
        assert!(judge_literal(&target("a.example:8448")).is_ok());
        assert!(judge_literal(&target("127.0.0.1:8448")).is_err());
        assert!(judge_literal(&target("[::ffff:10.0.0.1]")).is_err());
        assert!(judge_literal(&target("9.9.9.9")).is_ok());
    }

    #[tokio::test]
    async fn the_hosts_map_takes_the_place_of_dns_under_the_same_guard() {
        let name = ServerName::parse("a.hearth.test").unwrap();
        let hosts: Hosts = Arc::new([(name, "127.0.0.2:8441".parse().unwrap())].into());
        let mut target = target("a.hearth.test");
        let refused = GuardedResolver::new(target.clone(), Arc::clone(&hosts))
            .resolve("a.hearth.test".parse().unwrap())
            .await;
        assert!(refused.is_err());

        target.addresses.allow_loopback = true;
        let allowed = GuardedResolver::new(target, hosts)
            .resolve("a.hearth.test".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(allowed.collect::<Vec<_>>(), addresses(&["127.0.0.2:8441"]));
    }
}
