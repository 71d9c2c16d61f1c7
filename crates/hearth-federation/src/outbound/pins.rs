//! The verifier of delivery connections: it compares the certificate with the trust table and nothing else.
//!
//! It runs inside the handshake, before a byte of the request exists on the wire, and never waits: the table's
//! snapshot is one atomic load away. Chain, name and dates do not matter here; what the pin is worth was
//! decided when it was made.

use std::sync::{Arc, Mutex, PoisonError};

use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::names::ServerName as PeerName;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::leaf::ObservedLeaf;
use crate::trust::TrustTable;

/// Judges certificates for one server under one generation of its pins.
#[derive(Debug)]
pub(super) struct PinVerifier {
    name: PeerName,
    generation: i64,
    table: Arc<TrustTable>,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<ObservedLeaf>>,
}

impl PinVerifier {
    pub(super) fn new(
        name: PeerName,
        generation: i64,
        table: Arc<TrustTable>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self {
            name,
            generation,
            table,
            provider,
            refused: Mutex::new(None),
        }
    }

    /// The certificate that was refused last because it is not the pinned one.
    pub(super) fn take_refused(&self) -> Option<ObservedLeaf> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn refuse(&self, leaf: &CertificateDer<'_>) -> Error {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = ObservedLeaf::read(leaf, false);
        Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(pins) = self.table.pins(&self.name, self.generation) else {
            return Err(Error::General("trust in the server changed".to_owned()));
        };
        if Fingerprint::of_der(end_entity) == pins.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(self.refuse(end_entity))
        }
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
        // Knowing a certificate is no proof of being its owner; this is.
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
