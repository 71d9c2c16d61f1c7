//! `hearth-attestation-v1`: a server's signing key vouches for its TLS certificate and its features.
//!
//! With it a peer can accept a new certificate without asking a person: whoever holds the pinned key says that
//! the certificate is theirs. It is a member of the [`descriptor`](super::descriptor) and optional there.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::features::Features;
use crate::fingerprint::{Fingerprint, SpkiHash};
use crate::keys::{PublicKey, Signature};
use crate::names::ServerName;
use crate::time::{Timestamp, unix_seconds};

/// The first line of the signed form.
pub const FIRST_LINE: &str = "hearth-attestation-v1";

/// How far in the future an attestation may be issued: the clocks' disagreement.
pub const MAX_AHEAD: Duration = Duration::from_mins(5);

/// How old an attestation may be.
pub const MAX_AGE: Duration = Duration::from_hours(7 * 24);

/// What an attestation says: everything that is signed, except whose key signs it.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// The server that makes the statement.
    pub domain: &'a ServerName,
    /// The leaf certificate that it serves.
    pub certificate: Fingerprint,
    /// The public key inside that certificate.
    pub spki: SpkiHash,
    /// The features that it offers.
    pub features: &'a Features,
    /// When the statement was made; only its whole seconds are signed.
    pub issued_at: Timestamp,
}

impl Claims<'_> {
    /// The bytes that `key` signs: seven lines joined by LF, without a last one.
    ///
    /// First line, domain, key id, certificate, SPKI hash, features, and Unix seconds in decimal.
    pub fn signed_bytes(&self, key: &PublicKey) -> Vec<u8> {
        let lines = [
            FIRST_LINE.to_owned(),
            self.domain.to_string(),
            key.key_id(),
            self.certificate.to_string(),
            self.spki.to_string(),
            self.features.joined(),
            self.issued_at.as_seconds().to_string(),
        ];
        lines.join("\n").into_bytes()
    }
}

/// The member `attestation` of a descriptor: what its other members do not say already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Which key signed: [`PublicKey::key_id`].
    pub key_id: String,
    /// The public key inside the attested certificate.
    pub spki_hash: SpkiHash,
    /// When it was issued; Unix seconds on the wire.
    #[serde(with = "unix_seconds")]
    pub issued_at: Timestamp,
    /// The signature of that key over [`Claims::signed_bytes`].
    pub signature: Signature,
}

/// Why an attestation vouches for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AttestationError {
    /// The signature does not hold for what the attestation is said to claim.
    #[error("the signature of the attestation does not verify")]
    BadSignature,
    /// It was issued more than [`MAX_AGE`] ago.
    #[error("the attestation is older than seven days")]
    Expired,
    /// It was issued more than [`MAX_AHEAD`] in the future: one of the clocks is wrong.
    #[error("the attestation is from the future")]
    FromTheFuture,
    /// It is about another certificate than the one that was seen.
    #[error("the attestation is about another certificate")]
    OtherCertificate,
    /// It was signed by another key than the one asked about.
    #[error("the attestation is signed by another key")]
    OtherKey,
    /// A newer one was seen before, so this one is a replay.
    #[error("a newer attestation was seen before")]
    Superseded,
}

impl Attestation {
    /// The attestation that a signature over `claims` makes.
    pub fn new(claims: &Claims<'_>, key: &PublicKey, signature: Signature) -> Self {
        Self {
            key_id: key.key_id(),
            spki_hash: claims.spki,
            issued_at: Timestamp::from_seconds(claims.issued_at.as_seconds()),
            signature,
        }
    }

    /// Whether `key` vouches, now, for exactly the certificate that was observed.
    ///
    /// `seen` comes from the descriptor (`domain`, `features`) and from the handshake (`certificate`, `spki`);
    /// its `issued_at` is ignored. `newest` is when the newest attestation known so far was issued.
    pub fn check(
        &self,
        seen: &Claims<'_>,
        key: &PublicKey,
        now: Timestamp,
        newest: Option<Timestamp>,
    ) -> Result<(), AttestationError> {
        if self.key_id != key.key_id() {
            return Err(AttestationError::OtherKey);
        }
        if self.spki_hash != seen.spki {
            return Err(AttestationError::OtherCertificate);
        }
        self.check_time(now, newest)?;
        let claims = Claims {
            issued_at: self.issued_at,
            ..*seen
        };
        if key.verify_strict(&claims.signed_bytes(key), &self.signature) {
            Ok(())
        } else {
            Err(AttestationError::BadSignature)
        }
    }

    fn check_time(&self, now: Timestamp, newest: Option<Timestamp>) -> Result<(), AttestationError> {
        if self.issued_at > now.plus(MAX_AHEAD) {
            return Err(AttestationError::FromTheFuture);
        }
        if now.since(self.issued_at) > MAX_AGE {
            return Err(AttestationError::Expired);
        }
        if newest.is_some_and(|newest| self.issued_at < newest) {
            return Err(AttestationError::Superseded);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_771_203_723);

    struct Peer {
        secret: SigningKey,
        domain: ServerName,
        features: Features,
    }

    impl Peer {
        fn new() -> Self {
            Self {
                secret: SigningKey::from_bytes(&[7; 32]),
                domain: ServerName::parse("a.hearth.test").unwrap(),
                features: Features::of(["dm", "batch"]).unwrap(),
            }
        }

        fn key(&self) -> PublicKey {
            PublicKey::from_bytes(self.secret.verifying_key().as_bytes()).unwrap()
        }

        fn claims(&self, issued_at: Timestamp) -> Claims<'_> {
            Claims {
                domain: &self.domain,
                certificate: Fingerprint::of_der(b"leaf"),
                spki: SpkiHash::of_spki_der(b"key"),
                features: &self.features,
                issued_at,
            }
        }

        fn attest(&self, issued_at: Timestamp) -> Attestation {
            let claims = self.claims(issued_at);
            let signature = self.secret.sign(&claims.signed_bytes(&self.key()));
            Attestation::new(&claims, &self.key(), Signature::from_bytes(signature.to_bytes()))
        }
    }

    #[test]
    fn a_fresh_attestation_vouches_for_what_was_seen() {
        let peer = Peer::new();
        let attestation = peer.attest(NOW);
        assert_eq!(
            attestation.check(&peer.claims(NOW), &peer.key(), NOW, None),
            Ok(())
        );
        assert_eq!(
            attestation.check(&peer.claims(NOW), &peer.key(), NOW, Some(NOW)),
            Ok(())
        );
    }

    #[test]
    fn every_signed_line_counts() {
        let peer = Peer::new();
        let attestation = peer.attest(NOW);
        let other_domain = ServerName::parse("b.hearth.test").unwrap();
        let other_features = Features::of(["dm"]).unwrap();
        let seen = peer.claims(NOW);
        let cases = [
            (
                Claims {
                    domain: &other_domain,
                    ..seen
                },
                AttestationError::BadSignature,
            ),
            (
                Claims {
                    certificate: Fingerprint::of_der(b"x"),
                    ..seen
                },
                AttestationError::BadSignature,
            ),
            (
                Claims {
                    spki: SpkiHash::of_spki_der(b"x"),
                    ..seen
                },
                AttestationError::OtherCertificate,
            ),
            (
                Claims {
                    features: &other_features,
                    ..seen
                },
                AttestationError::BadSignature,
            ),
        ];
        for (seen, why) in cases {
            assert_eq!(attestation.check(&seen, &peer.key(), NOW, None), Err(why));
        }
        let redated = Attestation {
            issued_at: NOW.plus(Duration::from_secs(1)),
            ..attestation
        };
        assert_eq!(
            redated.check(&seen, &peer.key(), NOW, None),
            Err(AttestationError::BadSignature)
        );
    }

    #[test]
    fn another_key_vouches_for_nothing() {
        let peer = Peer::new();
        let stranger =
            PublicKey::from_bytes(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes()).unwrap();
        let attestation = peer.attest(NOW);
        assert_eq!(
            attestation.check(&peer.claims(NOW), &stranger, NOW, None),
            Err(AttestationError::OtherKey)
        );
        let renamed = Attestation {
            key_id: stranger.key_id(),
            ..attestation
        };
        assert_eq!(
            renamed.check(&peer.claims(NOW), &stranger, NOW, None),
            Err(AttestationError::BadSignature)
        );
    }

    #[test]
    fn time_is_judged_to_the_second() {
        let peer = Peer::new();
        let second = Duration::from_secs(1);
        let check = |issued_at: Timestamp, newest| {
            peer.attest(issued_at)
                .check(&peer.claims(NOW), &peer.key(), NOW, newest)
        };
        assert_eq!(check(NOW.plus(MAX_AHEAD), None), Ok(()));
        assert_eq!(
            check(NOW.plus(MAX_AHEAD).plus(second), None),
            Err(AttestationError::FromTheFuture)
        );
        assert_eq!(check(NOW.minus(MAX_AGE), None), Ok(()));
        assert_eq!(
            check(NOW.minus(MAX_AGE).minus(second), None),
            Err(AttestationError::Expired)
        );
        assert_eq!(
            check(NOW.minus(second), Some(NOW)),
            Err(AttestationError::Superseded)
        );
    }

    #[test]
    fn fractions_of_a_second_are_not_signed() {
        let peer = Peer::new();
        let attestation = peer.attest(NOW.plus(Duration::from_millis(999)));
        let json = serde_json::to_string(&attestation).unwrap();
        let read: Attestation = serde_json::from_str(&json).unwrap();
        assert_eq!(read, attestation);
        assert_eq!(read.check(&peer.claims(NOW), &peer.key(), NOW, None), Ok(()));
    }
}
