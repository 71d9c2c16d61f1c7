//! The names of a server: the one it keeps for ever, those in its certificate, the address it shows.

use std::net::SocketAddr;

use hearth_protocol::names::ServerName;
use hearth_store::tables::meta;
use hearth_store::{Store, StoreError};

use super::StartError;
use crate::config::{Config, TlsMode};

/// The name this folder belongs to. The first start fixes it.
pub(super) async fn settle(store: &Store, given: Option<&ServerName>) -> Result<ServerName, StartError> {
    let Some(given) = given.cloned() else {
        return kept(store).await?.ok_or(StartError::NameNeeded);
    };
    let text = given.to_string();
    let stands = store
        .write(move |tx| meta::value_or_set(tx, meta::SERVER_NAME, &text))
        .await?;
    let kept = ServerName::parse(&stands).map_err(|_: _| StartError::NameDamaged(stands))?;
    if kept == given {
        Ok(given)
    } else {
        Err(StartError::NameChanged { kept, given })
    }
}

/// The name that the folder remembers; `None` before the first start.
pub(super) async fn kept(store: &Store) -> Result<Option<ServerName>, StartError> {
    let kept = store
        .read(|tx| meta::value(tx, meta::SERVER_NAME))
        .await
        .map_err(|error: StoreError| error)?;
    kept.map(|text| ServerName::parse(&text).map_err(|_| StartError::NameDamaged(text)))
        .transpose()
}

/// What a certificate of our own is for: the server's name first, then whatever leads here.
pub(super) fn for_certificate(name: &ServerName, config: &Config, listening: &[SocketAddr]) -> Vec<String> {
    let bare = name
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let mut names = vec![
        bare,
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let addresses = listening
        .iter()
        .map(SocketAddr::ip)
        .filter(|address| !address.is_unspecified());
    names.extend(addresses.map(|address| address.to_string()));
    names.extend(config.listen.hosts.iter().chain(&config.tls.names).cloned());
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The address that the owner's browser opens. A name of the local network leads nowhere on a machine that
/// does not announce it, so a server of such a name is opened as localhost, where its certificate is as good.
pub(super) fn browser_url(name: &ServerName, config: &Config, listening: &[SocketAddr]) -> String {
    if let Some(url) = &config.server.browser_url {
        return url.trim_end_matches('/').to_owned();
    }
    let is_local_name = name.host() == "localhost"
        || name
            .host()
            .rsplit_once('.')
            .is_some_and(|(_, zone)| zone == "local");
    let here = listening
        .iter()
        .find(|address| address.ip().is_unspecified() || address.ip().is_loopback());
    match here {
        Some(address) if is_local_name && config.tls.mode == TlsMode::SelfSigned => {
            format!("https://localhost:{}", address.port())
        }
        _ => name.base_url(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(name: &str, mode: TlsMode, listening: &str) -> String {
        let mut config = Config::default();
        config.tls.mode = mode;
        browser_url(
            &ServerName::parse(name).unwrap(),
            &config,
            &[listening.parse().unwrap()],
        )
    }

    #[test]
    fn names_of_the_local_network_are_opened_as_localhost() {
        assert_eq!(
            url("attic.local:8443", TlsMode::SelfSigned, "0.0.0.0:8443"),
            "https://localhost:8443"
        );
        assert_eq!(
            url("localhost:8443", TlsMode::SelfSigned, "127.0.0.1:9000"),
            "https://localhost:9000"
        );
        assert_eq!(
            url("a.hearth.test:8441", TlsMode::Files, "127.0.0.2:8441"),
            "https://a.hearth.test:8441"
        );
        assert_eq!(
            url("attic.local", TlsMode::Proxy, "127.0.0.1:80"),
            "https://attic.local"
        );
        assert_eq!(
            url("attic.local", TlsMode::SelfSigned, "192.168.1.2:80"),
            "https://attic.local"
        );
    }

    #[test]
    fn certificates_are_for_each_name_once() {
        let mut config = Config::default();
        config.listen.hosts = vec!["attic.local".to_owned(), "localhost".to_owned()];
        let listening = ["127.0.0.1:1".parse().unwrap(), "192.0.2.7:1".parse().unwrap()];
        let names = for_certificate(&ServerName::parse("a.test:1").unwrap(), &config, &listening);
        assert_eq!(
            names,
            [
                "a.test",
                "localhost",
                "127.0.0.1",
                "::1",
                "192.0.2.7",
                "attic.local"
            ]
        );
    }
}
