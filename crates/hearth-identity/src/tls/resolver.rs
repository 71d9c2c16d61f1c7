//! What listeners serve: one atomic pointer to a certificate, its key and its description.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;

use super::{ServedCertificate, TlsError};

/// A certificate with its key, and its description read from the very same leaf.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) certified: Arc<CertifiedKey>,
    pub(super) served: Arc<ServedCertificate>,
}

/// Hands every handshake what is live at that moment.
#[derive(Debug)]
pub(super) struct Resolver(ArcSwap<Live>);

impl Resolver {
    pub(super) fn new(live: Live) -> Self {
        Self(ArcSwap::from_pointee(live))
    }

    pub(super) fn swap(&self, live: Live) {
        self.0.store(Arc::new(live));
    }

    pub(super) fn served(&self) -> Arc<ServedCertificate> {
        Arc::clone(&self.0.load().served)
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().certified))
    }
}

/// The one provider of TLS cryptography.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// TLS 1.3, HTTP/2 before HTTP/1.1, no early data (it could be replayed), no client certificates.
pub(super) fn server_config(resolver: Arc<Resolver>) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| TlsError::Crypto {
            reason: error.to_string(),
        })?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(config)
}
