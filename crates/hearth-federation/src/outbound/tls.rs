//! What all outbound TLS has in common: version 1.3 only, nothing remembered between connections, the clock
//! that was handed in, and the authorities this machine trusts.

use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::env::Clock;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::client::Resumption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::time_provider::TimeProvider;
use rustls_pki_types::{CertificateDer, UnixTime};

/// A configuration in which `verifier` alone judges the other side.
pub(super) fn client_config(
    provider: &Arc<CryptoProvider>,
    clock: &Arc<dyn Clock>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, rustls::Error> {
    let time = Arc::new(ClockTime(Arc::clone(clock)));
    let mut config = ClientConfig::builder_with_details(Arc::clone(provider), time)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // A resumed session would skip the certificate, and with it the pin.
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The verifier of public chains; `None` when this machine trusts nobody.
pub(super) fn public_chains(
    provider: &Arc<CryptoProvider>,
    extra_roots: &[CertificateDer<'static>],
) -> Option<Arc<WebPkiServerVerifier>> {
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a trusted authority of this machine could not be read");
    }
    let mut roots = RootCertStore::empty();
    let (_, unusable) = roots.add_parsable_certificates(native.certs);
    let (_, unusable_extra) = roots.add_parsable_certificates(extra_roots.iter().cloned());
    if unusable + unusable_extra > 0 {
        tracing::debug!(unusable, unusable_extra, "some authorities cannot be used");
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .ok()
}

/// The clock that was handed in, for judging validity dates.
#[derive(Debug)]
struct ClockTime(Arc<dyn Clock>);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
