//! The verifier of evidence connections: it lets everybody in and writes down who it was.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::leaf::ObservedLeaf;

/// Records the certificate of one exchange and whether a public authority vouches for it.
#[derive(Debug)]
pub(super) struct EvidenceVerifier {
    chains: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Seen>,
}

/// What the handshakes of one exchange showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No handshake came that far.
    Nothing,
    /// One certificate.
    One(ObservedLeaf),
    /// Different certificates on different connections.
    Several,
}

impl EvidenceVerifier {
    pub(super) fn new(chains: Option<Arc<WebPkiServerVerifier>>, provider: Arc<CryptoProvider>) -> Self {
        Self {
            chains,
            provider,
            seen: Mutex::new(Seen::Nothing),
        }
    }

    /// What was seen so far.
    pub(super) fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_down(&self, leaf: ObservedLeaf) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = match *seen {
            Seen::Nothing => Seen::One(leaf),
            Seen::One(earlier) if earlier == leaf => Seen::One(leaf),
            Seen::One(_) | Seen::Several => Seen::Several,
        };
    }
}

impl ServerCertVerifier for EvidenceVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let is_publicly_trusted = self.chains.as_ref().is_some_and(|chains| {
            chains
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .is_ok()
        });
        let leaf = ObservedLeaf::read(end_entity, is_publicly_trusted)
            .ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        self.write_down(leaf);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
