//! SHA-256 fingerprints of certificates and of the keys inside them: `sha256:` and 64 lower-case digits.
//!
//! Two types of one shape, because they answer different questions: a [`Fingerprint`] changes with every
//! renewal, an [`SpkiHash`] only when the key does.

use std::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::text::impl_text;

/// Why a text is not a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a fingerprint is `sha256:` and 64 lower-case hexadecimal digits")]
pub struct FingerprintError;

const PREFIX: &str = "sha256:";

macro_rules! sha256_text {
    ($(#[$doc:meta])* $name:ident, $(#[$of_doc:meta])* $of:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            $(#[$of_doc])*
            pub fn $of(der: &[u8]) -> Self {
                Self(Sha256::digest(der).into())
            }

            /// Reads the wire form; upper case, a missing prefix or another length is invalid, not equal.
            pub fn parse(text: &str) -> Result<Self, FingerprintError> {
                parse_sha256(text).map(Self).ok_or(FingerprintError)
            }

            /// The hash that was computed earlier.
            pub const fn from_bytes(hash: [u8; 32]) -> Self {
                Self(hash)
            }

            /// The 32 bytes of the hash.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{PREFIX}{}", hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl_text!($name, FingerprintError);
    };
}

sha256_text!(
    /// The SHA-256 of a leaf certificate: what discovery publishes and what a handshake observes.
    Fingerprint,
    /// The fingerprint of a certificate given as DER.
    of_der
);
sha256_text!(
    /// The SHA-256 of a certificate's `SubjectPublicKeyInfo`: it survives an ordinary renewal.
    SpkiHash,
    /// The hash of a `SubjectPublicKeyInfo` given as DER.
    of_spki_der
);

fn parse_sha256(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(PREFIX)?;
    if digits.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = [0; 32];
    // Refuses every other length and every other character.
    hex::decode_to_slice(digits, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the Cryptid reference, section 4.
    const OF_NOTHING: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn zero_bytes_give_the_vector_of_the_reference() {
        assert_eq!(Fingerprint::of_der(b"").to_string(), OF_NOTHING);
        assert_eq!(SpkiHash::of_spki_der(b"").to_string(), OF_NOTHING);
        assert_eq!(Fingerprint::parse(OF_NOTHING), Ok(Fingerprint::of_der(b"")));
    }

    #[test]
    fn only_the_exact_form_is_read() {
        let digits = &OF_NOTHING[PREFIX.len()..];
        for text in [
            String::new(),
            digits.to_owned(),
            OF_NOTHING.to_uppercase(),
            format!("sha256:{}", digits.to_uppercase()),
            format!("SHA256:{digits}"),
            format!("sha256:{}", &digits[1..]),
            format!("sha256:{digits}0"),
            format!("sha256: {}", &digits[1..]),
            format!("sha256:{}g", &digits[1..]),
            // The seed's example is cut short and therefore no fingerprint.
            "sha256:a1b2c3d4e5f6172839...".to_owned(),
        ] {
            assert_eq!(Fingerprint::parse(&text), Err(FingerprintError), "{text}");
        }
    }

    #[test]
    fn json_is_the_wire_form() {
        let fingerprint = Fingerprint::of_der(b"leaf");
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(json, format!("\"{fingerprint}\""));
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
    }
}
