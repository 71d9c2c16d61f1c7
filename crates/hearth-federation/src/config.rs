//! What the owner may set about federation, and the limits that load tools must be able to raise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use hearth_protocol::names::ServerName;
use rustls_pki_types::CertificateDer;

/// How long an event is remembered against repetition, at least: longer than any queue keeps it.
pub(crate) const SEEN_FOR: Duration = Duration::from_hours(35 * 24);

/// Everything that configures federation.
#[derive(Clone, Debug)]
pub struct FederationConfig {
    /// The name under which other servers know this one.
    pub server_name: ServerName,
    /// Where other servers find the d3chat API, without a trailing slash.
    pub api_base_url: String,
    /// How servers are met for the first time.
    pub first_contact: FirstContact,
    /// Whether servers may live on this machine. For tests and load tools.
    pub allow_loopback_peers: bool,
    /// Addresses that take the place of DNS for a name, for split DNS and tests. The guard still applies.
    pub hosts: BTreeMap<ServerName, SocketAddr>,
    /// Authorities trusted besides those of the operating system.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// What others may ask of this server, and it of them.
    pub budgets: FederationBudgets,
    /// How long an exchange with another server may take.
    pub timeouts: Timeouts,
    /// How long an event waits for its destination before it becomes a dead letter.
    pub queue_max_age: Duration,
    /// What this server says it is.
    pub software: (String, String),
}

impl FederationConfig {
    /// The defaults for a server of that name.
    pub fn new(server_name: ServerName) -> Self {
        Self {
            api_base_url: server_name.base_url(),
            server_name,
            first_contact: FirstContact::default(),
            allow_loopback_peers: false,
            hosts: BTreeMap::new(),
            extra_roots: Vec::new(),
            budgets: FederationBudgets::default(),
            timeouts: Timeouts::default(),
            queue_max_age: Duration::from_hours(30 * 24),
            software: ("hearth".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        }
    }
}

/// How a server is met for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstContact {
    /// The owner confirms every server.
    AskAll,
    /// A publicly trusted certificate pins by itself; a self-signed one waits for the owner.
    #[default]
    AskSelfSigned,
    /// Whatever a server shows first is pinned.
    Trust,
}

/// Limits on what others may ask of this server, and on what it asks of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FederationBudgets {
    /// Verified requests per origin and minute. Published, so that others pace themselves.
    pub origin_per_minute: u32,
    /// Requests per source address (/32, /64) and minute, before anything is verified.
    pub source_per_minute: u32,
    /// Requests per source and minute that make this server ask a stranger's server who it is.
    pub fetch_per_source_per_minute: u32,
    /// The same from all sources together.
    pub fetch_per_minute: u32,
    /// Events per origin that are remembered against repetition; a server that has more waits. `None`: as many as
    /// `origin_per_minute` allows while they are remembered.
    pub seen_per_origin: Option<u64>,
    /// Servers this one keeps a row about on account of strangers. As many again have room for those that its users
    /// look up; those that the owner names are always kept.
    pub max_peers: u64,
    /// What another server that does not say is assumed to accept per minute.
    pub assumed_peer_per_minute: u32,
    /// Events in flight to all destinations together.
    pub deliveries_in_flight: usize,
    /// Discoveries in flight together.
    pub discoveries_in_flight: usize,
}

impl FederationBudgets {
    /// How many events of one origin are remembered.
    pub(crate) fn events_remembered(&self) -> u64 {
        let within_budget = u64::from(self.origin_per_minute) * (SEEN_FOR.as_secs() / 60);
        self.seen_per_origin.unwrap_or(within_budget)
    }
}

impl Default for FederationBudgets {
    fn default() -> Self {
        Self {
            origin_per_minute: 100,
            source_per_minute: 300,
            fetch_per_source_per_minute: 6,
            fetch_per_minute: 60,
            seen_per_origin: None,
            max_peers: 10_000,
            assumed_peer_per_minute: 100,
            deliveries_in_flight: 32,
            discoveries_in_flight: 16,
        }
    }
}

/// How long an exchange with another server may take, from resolving its name to the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Reading the well-known documents.
    pub discovery: Duration,
    /// Sending an event or a lookup.
    pub event: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            discovery: Duration::from_secs(10),
            event: Duration::from_secs(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_within_its_budget_never_meets_the_bound_on_what_is_remembered() {
        for origin_per_minute in [1, 100, 6_000] {
            let budgets = FederationBudgets {
                origin_per_minute,
                ..FederationBudgets::default()
            };
            let minutes = SEEN_FOR.as_secs() / 60;
            assert!(budgets.events_remembered() >= u64::from(origin_per_minute) * minutes);
        }
    }
}
