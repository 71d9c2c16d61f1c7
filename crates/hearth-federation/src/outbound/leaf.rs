//! The certificate a server showed in a handshake.

use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A leaf certificate as observed in a handshake whose signature proved possession of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedLeaf {
    /// SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
    /// SHA-256 of the public key in it.
    pub spki: SpkiHash,
    /// Whether its chain led to an authority this machine trusts, for the name that was asked.
    pub is_publicly_trusted: bool,
}

impl ObservedLeaf {
    /// Reads a certificate; `None` when it is none.
    pub fn read(leaf: &CertificateDer<'_>, is_publicly_trusted: bool) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
        Some(Self {
            fingerprint: Fingerprint::of_der(leaf),
            spki: SpkiHash::of_spki_der(certificate.public_key().raw),
            is_publicly_trusted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(key: &rcgen::KeyPair) -> CertificateDer<'static> {
        rcgen::CertificateParams::new(["a.hearth.test".to_owned()])
            .unwrap()
            .self_signed(key)
            .unwrap()
            .der()
            .clone()
    }

    #[test]
    fn a_renewal_with_the_same_key_changes_the_fingerprint_only() {
        let key = rcgen::KeyPair::generate().unwrap();
        let old = ObservedLeaf::read(&certificate(&key), false).unwrap();
        let mut params = rcgen::CertificateParams::new(["a.hearth.test".to_owned()]).unwrap();
        params.serial_number = Some(rcgen::SerialNumber::from(7_u64));
        let new = ObservedLeaf::read(params.self_signed(&key).unwrap().der(), false).unwrap();
        assert_ne!(old.fingerprint, new.fingerprint);
        assert_eq!(old.spki, new.spki);

        let other = rcgen::KeyPair::generate().unwrap();
        assert_ne!(
            old.spki,
            ObservedLeaf::read(&certificate(&other), false).unwrap().spki
        );
    }

    #[test]
    fn what_is_no_certificate_is_not_read() {
        assert_eq!(
            ObservedLeaf::read(&CertificateDer::from(vec![0x30, 0x00]), true),
            None
        );
    }
}
