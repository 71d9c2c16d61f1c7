//! The people, servers and networks of the stories.

pub(crate) mod house;
pub(crate) mod net;
pub(crate) mod puppet;
pub(crate) mod stranger;

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use hearth_protocol::names::ServerName;

/// A server's name.
pub(crate) fn server(name: &str) -> ServerName {
    ServerName::parse(name).unwrap()
}

/// An address that requests come from.
pub(crate) fn source(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Waits until `check` holds; fails loudly instead of hanging.
pub(crate) async fn eventually<F, C>(what: &str, mut check: C)
where
    C: FnMut() -> F,
    F: Future<Output = bool>,
{
    let wait = async {
        while !check().await {
            tokio::task::yield_now().await;
        }
    };
    let outcome = tokio::time::timeout(Duration::from_secs(30), wait).await;
    assert!(outcome.is_ok(), "it never happened that {what}");
}
