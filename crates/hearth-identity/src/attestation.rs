//! Vouching for a certificate with the signing key, so that peers accept a new one without asking a person.

use hearth_protocol::d3chat::attestation::{Attestation, Claims};
use hearth_protocol::d3chat::features::Features;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::Identity;
use crate::tls::ServedCertificate;

impl Identity {
    /// Vouches, as of `now`, for the certificate that is served and the features that are offered under a name.
    ///
    /// Pass what [`crate::tls::TlsIdentity::served`] returns at that moment. Peers accept an attestation for
    /// seven days, so a published one is made anew well before.
    pub fn attest(
        &self,
        domain: &ServerName,
        served: &ServedCertificate,
        features: &Features,
        now: Timestamp,
    ) -> Attestation {
        let claims = Claims {
            domain,
            certificate: served.fingerprint,
            spki: served.spki,
            features,
            issued_at: now,
        };
        let key = self.public_key();
        let signature = self.sign(&claims.signed_bytes(&key));
        Attestation::new(&claims, &key, signature)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use hearth_protocol::d3chat::attestation::AttestationError;
    use hearth_protocol::env::SeededRandom;

    use super::*;
    use crate::SecretStore;
    use crate::memory::MemoryStore;
    use crate::tls::TlsIdentity;

    #[test]
    fn a_peer_that_knows_the_key_accepts_the_renewed_certificate_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let now = Timestamp::from_seconds(1_800_000_000);
        let names = ["a.hearth.test".to_owned()];
        let tls = TlsIdentity::self_signed(dir.path(), &names, now).unwrap();
        let old = tls.served();
        let later = now.plus(Duration::from_hours(24 * 390));
        assert!(tls.renew_if_due(later).unwrap());

        let store: Arc<dyn SecretStore> = Arc::new(MemoryStore::new());
        let identity = Identity::open(&store, None, &SeededRandom::new(1)).unwrap();
        let domain = ServerName::parse("a.hearth.test").unwrap();
        let features = Features::of(["batch", "dm"]).unwrap();
        let attestation = identity.attest(&domain, &tls.served(), &features, later);

        let seen = |served: &ServedCertificate| {
            let claims = Claims {
                domain: &domain,
                certificate: served.fingerprint,
                spki: served.spki,
                features: &features,
                issued_at: later,
            };
            attestation.check(&claims, &identity.public_key(), later, None)
        };
        assert_eq!(seen(&tls.served()), Ok(()));
        assert_eq!(seen(&old), Err(AttestationError::BadSignature));
    }
}
