//! Secrets in a file sealed with a passphrase: Argon2id makes a key of it, XChaCha20-Poly1305 seals with that.
//!
//! The key is stretched once, at [`create`] or [`open`], and kept while the store lives; each write seals
//! everything anew under a fresh nonce.

mod format;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hearth_protocol::env::Random;
use zeroize::Zeroizing;

use crate::key_file::{self, Owner};
use crate::secrets::{bundle::Bundle, prove};
use crate::{KeyFileError, KeyStoreKind, SecretError, SecretName, SecretStore};
pub use format::SealCost;
use format::{Header, SealingKey};

/// The fewest characters of a passphrase for a new file.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

/// Makes a new sealed file, proves that it works, and opens it. A file that exists is never replaced.
///
/// `random` gives the salt and the nonces. With the default cost this takes a few tenths of a second.
pub fn create(
    path: &Path,
    passphrase: &str,
    cost: SealCost,
    random: Arc<dyn Random>,
) -> Result<SealedFile, SecretError> {
    if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
        return Err(KeyFileError::PassphraseTooShort {
            minimum: MIN_PASSPHRASE_CHARS,
        }
        .into());
    }
    if key_file::read(path, Owner::Private)?.is_some() {
        return Err(KeyFileError::AlreadyExists {
            path: path.to_owned(),
        }
        .into());
    }
    let mut salt = [0; format::SALT_LEN];
    random.fill(&mut salt);
    let header = Header { cost, salt };
    let key = header.stretch(path, passphrase)?;
    let store = SealedFile {
        path: path.to_owned(),
        header,
        key,
        random,
        turn: Mutex::new(()),
    };
    store.save(&Bundle::default())?;
    prove(&store)?;
    Ok(store)
}

/// Opens a sealed file and proves that it can be written.
///
/// A wrong passphrase is [`KeyFileError::WrongPassphrase`]; a file that has been cut short or altered is
/// [`KeyFileError::Damaged`], whatever the passphrase.
pub fn open(path: &Path, passphrase: &str, random: Arc<dyn Random>) -> Result<SealedFile, SecretError> {
    let sealed = key_file::read(path, Owner::Private)?.ok_or_else(|| KeyFileError::NotFound {
        path: path.to_owned(),
    })?;
    let (header, _) = format::split(path, &sealed)?;
    let key = header.stretch(path, passphrase)?;
    let store = SealedFile {
        path: path.to_owned(),
        header,
        key,
        random,
        turn: Mutex::new(()),
    };
    // Says first of all whether the passphrase is right.
    store.load()?;
    prove(&store)?;
    Ok(store)
}

/// A key file that was opened with its passphrase. Every call reads or replaces the whole file.
pub struct SealedFile {
    path: PathBuf,
    header: Header,
    key: SealingKey,
    random: Arc<dyn Random>,
    /// Read-modify-write happens one at a time.
    turn: Mutex<()>,
}

impl SealedFile {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<Bundle, KeyFileError> {
        let sealed = key_file::read(&self.path, Owner::Private)?.ok_or_else(|| KeyFileError::NotFound {
            path: self.path.clone(),
        })?;
        let text = format::unseal(&self.path, &sealed, &self.header, &self.key)?;
        Bundle::parse(&text).map_err(|reason| KeyFileError::damaged(&self.path, reason))
    }

    fn save(&self, bundle: &Bundle) -> Result<(), KeyFileError> {
        let mut nonce = [0; format::NONCE_LEN];
        self.random.fill(&mut nonce);
        let sealed = format::seal(bundle.to_text().as_bytes(), &self.header, nonce, &self.key);
        key_file::write(&self.path, &sealed, Owner::Private)
    }
}

impl SecretStore for SealedFile {
    fn read(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let _turn = self.turn();
        Ok(self.load()?.find(name.as_str()).cloned())
    }

    fn write(&self, name: SecretName, secret: &[u8]) -> Result<(), SecretError> {
        let _turn = self.turn();
        let mut bundle = self.load()?;
        bundle.insert(name.as_str(), secret);
        Ok(self.save(&bundle)?)
    }

    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        let _turn = self.turn();
        let mut bundle = self.load()?;
        if bundle.remove(name.as_str()) {
            self.save(&bundle)?;
        }
        Ok(())
    }

    fn kind(&self) -> KeyStoreKind {
        KeyStoreKind::SealedFile
    }
}

/// Prints where the file is, nothing that opens it.
impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFile")
            .field("path", &self.path)
            .field("cost", &self.header.cost)
            .finish_non_exhaustive()
    }
}
