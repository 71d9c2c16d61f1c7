//! The bytes of a sealed file.
//!
//! | bytes | what |
//! |---|---|
//! | 16 | `hearth-sealed-v1` |
//! | 4, 4, 4 | Argon2id memory in KiB, passes, lanes (big-endian) |
//! | 16 | salt |
//! | 24 | nonce |
//! | n + 16 | XChaCha20-Poly1305 of the text, with all bytes before it as associated data |
//! | 32 | SHA-256 of all bytes before it |
//!
//! The hash protects nothing against people; it tells accidents from a wrong passphrase, which the cipher alone
//! cannot.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::KeyFileError;

const MAGIC: &[u8; 16] = b"hearth-sealed-v1";
const MAGIC_WITHOUT_VERSION: &[u8] = b"hearth-sealed-v";
pub(super) const SALT_LEN: usize = 16;
pub(super) const NONCE_LEN: usize = 24;
const HASH_LEN: usize = 32;
/// Everything before the nonce.
const FIXED_LEN: usize = MAGIC.len() + 12 + SALT_LEN;

/// How much work stretching the passphrase is, for us once and for whoever guesses each time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SealCost {
    /// Memory in KiB: 8 MiB to 1 GiB.
    pub memory_kib: u32,
    /// Passes over the memory: 1 to 16.
    pub passes: u32,
    /// Lanes: 1 to 16.
    pub lanes: u32,
}

impl Default for SealCost {
    /// 64 MiB and three passes, the second recommendation of RFC 9106 on one lane.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl SealCost {
    /// A file decides how much work opening it is, so the work is bounded before any is done.
    fn is_within_bounds(self) -> bool {
        (8 * 1024..=1024 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
    }
}

/// What of a file stays the same over all its writes.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Header {
    pub(super) cost: SealCost,
    pub(super) salt: [u8; SALT_LEN],
}

/// The stretched passphrase.
pub(super) struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(<&Key>::from(&*self.0))
    }
}

impl Header {
    /// Makes the sealing key of a passphrase, slowly on purpose.
    pub(super) fn stretch(&self, path: &Path, passphrase: &str) -> Result<SealingKey, KeyFileError> {
        let out_of_bounds = || KeyFileError::CostOutOfBounds {
            path: path.to_owned(),
        };
        if !self.cost.is_within_bounds() {
            return Err(out_of_bounds());
        }
        let SealCost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| out_of_bounds())?;
        let mut key = Zeroizing::new([0; 32]);
        // Lengths are right by type and bounds were checked, so what is left to fail is the allocation.
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, key.as_mut_slice())
            .map_err(|_| KeyFileError::OutOfMemory {
                path: path.to_owned(),
            })?;
        Ok(SealingKey(key))
    }

    fn to_bytes(self) -> [u8; FIXED_LEN] {
        let mut bytes = [0; FIXED_LEN];
        let SealCost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..20].copy_from_slice(&memory_kib.to_be_bytes());
        bytes[20..24].copy_from_slice(&passes.to_be_bytes());
        bytes[24..28].copy_from_slice(&lanes.to_be_bytes());
        bytes[28..].copy_from_slice(&self.salt);
        bytes
    }

    /// Takes a header off the front of `bytes`, and leaves the rest.
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let bytes = bytes.strip_prefix(MAGIC)?;
        let (memory_kib, bytes) = bytes.split_first_chunk()?;
        let (passes, bytes) = bytes.split_first_chunk()?;
        let (lanes, bytes) = bytes.split_first_chunk()?;
        let (salt, bytes) = bytes.split_first_chunk()?;
        let cost = SealCost {
            memory_kib: u32::from_be_bytes(*memory_kib),
            passes: u32::from_be_bytes(*passes),
            lanes: u32::from_be_bytes(*lanes),
        };
        Some((Self { cost, salt: *salt }, bytes))
    }
}

/// The whole file for a text.
pub(super) fn seal(text: &[u8], header: &Header, nonce: [u8; NONCE_LEN], key: &SealingKey) -> Vec<u8> {
    let mut sealed = header.to_bytes().to_vec();
    sealed.extend_from_slice(&nonce);
    let payload = Payload {
        msg: text,
        aad: &sealed,
    };
    let ciphertext = key
        .cipher()
        .encrypt(&XNonce::from(nonce), payload)
        .expect("the cipher fails only for texts of many gigabytes");
    sealed.extend_from_slice(&ciphertext);
    let hash = Sha256::digest(&sealed);
    sealed.extend_from_slice(&hash);
    sealed
}

/// Checks that a file is intact and takes it apart into its header and what follows that.
pub(super) fn split<'a>(path: &Path, file: &'a [u8]) -> Result<(Header, &'a [u8]), KeyFileError> {
    if file.starts_with(MAGIC_WITHOUT_VERSION) && file.len() >= MAGIC.len() && !file.starts_with(MAGIC) {
        return Err(KeyFileError::UnsupportedVersion {
            path: path.to_owned(),
        });
    }
    let (content, hash) = file
        .split_last_chunk::<HASH_LEN>()
        .ok_or_else(|| KeyFileError::damaged(path, "cut short"))?;
    if Sha256::digest(content).as_slice() != hash {
        return Err(KeyFileError::damaged(path, "its checksum does not match"));
    }
    Header::take(content).ok_or_else(|| KeyFileError::damaged(path, "not a sealed key file"))
}

/// The text of a whole file that has the expected header.
pub(super) fn unseal(
    path: &Path,
    file: &[u8],
    expected: &Header,
    key: &SealingKey,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let (header, rest) = split(path, file)?;
    if header != *expected {
        return Err(KeyFileError::damaged(path, "another file was put in its place"));
    }
    let (nonce, ciphertext) = rest
        .split_first_chunk::<NONCE_LEN>()
        .ok_or_else(|| KeyFileError::damaged(path, "cut short"))?;
    let mut aad = header.to_bytes().to_vec();
    aad.extend_from_slice(nonce);
    let payload = Payload {
        msg: ciphertext,
        aad: &aad,
    };
    let text = key
        .cipher()
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| KeyFileError::WrongPassphrase {
            path: path.to_owned(),
        })?;
    Ok(Zeroizing::new(text))
}
