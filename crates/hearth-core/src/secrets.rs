//! Secrets that people carry: made of randomness, kept as SHA-256.
//!
//! They are random and long, so a plain hash is enough; only passwords need an expensive one.

use sha2::{Digest, Sha256};

/// The hash under which a token, cookie or link is kept.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
