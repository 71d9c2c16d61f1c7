//! Ed25519 public keys and signatures as the wire carries them: strict base64, strict verification.
//!
//! Private keys never come here; they live in `hearth-identity`. The library that does the arithmetic does not
//! show in these types, so that it can be exchanged behind them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::text::impl_text;

/// Why a text or bytes are not a key or signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not standard base64 with padding, in its one canonical spelling and of the exact length.
    #[error("not canonical base64 of the right length")]
    Encoding,
    /// The bytes are no point of the curve, or a second spelling of one.
    #[error("not an Ed25519 public key")]
    NotAKey,
    /// The key has a small order: signatures "verify" under it without any private key.
    #[error("a weak Ed25519 public key")]
    Weak,
}

/// An Ed25519 public key that is canonical and not weak.
#[derive(Clone, Copy)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Characters of the base64 form.
    pub const BASE64_LENGTH: usize = 44;

    /// Takes the 32 bytes of a key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey)?;
        // A point has one canonical spelling; a second one would be a second identity for one key.
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotAKey);
        }
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Self(key))
    }

    /// Reads exactly 44 characters of canonical base64.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&strict_base64::<32>(text, Self::BASE64_LENGTH)?)
    }

    /// The 44 characters that both protocols carry.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The key's public name: the lower-case hexadecimal SHA-256 of its 32 bytes.
    pub fn key_id(&self) -> String {
        hex::encode(Sha256::digest(self.as_bytes()))
    }

    /// Whether this key signed exactly `message`. Malleable and small-order signatures never pass.
    #[must_use]
    pub fn verify_strict(&self, message: &[u8], signature: &Signature) -> bool {
        self.0
            .verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0))
            .is_ok()
    }

    fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_base64(text)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for PublicKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

/// The base64 form.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl_text!(PublicKey, KeyError);

/// The 64 bytes of an Ed25519 signature. Whether they are a good one is [`PublicKey::verify_strict`]'s to say.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Characters of the base64 form.
    pub const BASE64_LENGTH: usize = 88;

    /// Takes the 64 bytes.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Reads exactly 88 characters of canonical base64.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        strict_base64(text, Self::BASE64_LENGTH).map(Self)
    }

    /// The 88 characters of the signature header.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_base64(text)
    }
}

/// The base64 form.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl_text!(Signature, KeyError);

/// Decodes `length` characters into `N` bytes. The engine demands padding and zero trailing bits itself.
fn strict_base64<const N: usize>(text: &str, length: usize) -> Result<[u8; N], KeyError> {
    if text.len() != length {
        return Err(KeyError::Encoding);
    }
    let bytes = STANDARD.decode(text).map_err(|_| KeyError::Encoding)?;
    bytes.try_into().map_err(|_| KeyError::Encoding)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    fn pair() -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_bytes(&[0xaa; 32]);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).unwrap();
        (secret, public)
    }

    #[test]
    fn a_signature_holds_for_its_own_message_and_key_only() {
        let (secret, public) = pair();
        let signature = Signature::from_bytes(secret.sign(b"hello").to_bytes());
        assert!(public.verify_strict(b"hello", &signature));
        assert!(!public.verify_strict(b"hellp", &signature));

        let stranger = SigningKey::from_bytes(&[0xbb; 32]).verifying_key();
        assert!(
            !PublicKey::from_bytes(stranger.as_bytes())
                .unwrap()
                .verify_strict(b"hello", &signature)
        );
    }

    #[test]
    fn both_texts_round_trip() {
        let (secret, public) = pair();
        assert_eq!(public.to_base64(), "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=");
        assert_eq!(PublicKey::from_base64(&public.to_base64()), Ok(public));
        let signature = Signature::from_bytes(secret.sign(b"hello").to_bytes());
        assert_eq!(Signature::from_base64(&signature.to_base64()), Ok(signature));
    }

    #[test]
    fn base64_has_one_spelling() {
        let good = "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=";
        for text in [
            "",
            // padding left out, doubled, and trailing bits that are not zero
            &good[..43],
            "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1==",
            "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1h=",
            // the URL alphabet, white space, one character too many
            "5zTqbCtiV95yNV5HKqBaTEh-a0Y8Ap7TBt8vAbVja1g=",
            "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g\n",
            "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g= ",
        ] {
            assert_eq!(PublicKey::from_base64(text), Err(KeyError::Encoding), "{text}");
        }
    }

    #[test]
    fn small_order_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(KeyError::Weak));
        assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(KeyError::Weak));

        let order_eight =
            hex::decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05").unwrap();
        assert_eq!(
            PublicKey::from_bytes(&order_eight.try_into().unwrap()),
            Err(KeyError::Weak)
        );
    }

    #[test]
    fn second_spellings_of_a_point_are_refused() {
        // y = p + 1 spells the point y = 1 again, y = p the point y = 0.
        let mut one_again = [0xff; 32];
        (one_again[0], one_again[31]) = (0xee, 0x7f);
        assert_eq!(PublicKey::from_bytes(&one_again), Err(KeyError::NotAKey));
        let mut zero_again = [0xff; 32];
        (zero_again[0], zero_again[31]) = (0xed, 0x7f);
        assert_eq!(PublicKey::from_bytes(&zero_again), Err(KeyError::NotAKey));
    }

    #[test]
    fn a_signature_with_a_second_spelling_of_s_fails() {
        let (secret, public) = pair();
        let mut bytes = secret.sign(b"hello").to_bytes();
        // s + L verifies under the bare equation; strict verification demands the smallest s.
        let group_order: [u8; 32] =
            hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
                .unwrap()
                .try_into()
                .unwrap();
        let mut carry = 0;
        for (byte, order) in bytes[32..].iter_mut().zip(group_order) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!public.verify_strict(b"hello", &Signature::from_bytes(bytes)));
    }

    #[test]
    fn the_key_id_is_a_hash_of_the_key() {
        let (_, public) = pair();
        assert_eq!(public.key_id(), hex::encode(Sha256::digest(public.as_bytes())));
        assert_eq!(public.key_id().len(), 64);
    }
}
