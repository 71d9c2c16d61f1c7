//! Secrets in a plain file that only this account may read: the explicit choice of a machine without a keyring
//! and without anyone to type a passphrase (`--key-store file`).

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::key_file::{self, Owner};
use crate::secrets::{bundle::Bundle, prove};
use crate::{KeyFileError, KeyStoreKind, SecretError, SecretName, SecretStore};

/// Opens the key file at `path`, or starts one there, and proves that it can be written.
///
/// The file must be a regular file that no other account may read or write (mode 0600 or stricter), and its
/// folder must exist.
pub fn open(path: &Path) -> Result<PlainFile, SecretError> {
    let store = PlainFile {
        path: path.to_owned(),
        turn: Mutex::new(()),
    };
    prove(&store)?;
    Ok(store)
}

/// A key file without encryption. Every call reads or replaces the whole file.
#[derive(Debug)]
pub struct PlainFile {
    path: PathBuf,
    /// Read-modify-write happens one at a time.
    turn: Mutex<()>,
}

impl PlainFile {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<Bundle, KeyFileError> {
        let Some(text) = key_file::read(&self.path, Owner::Private)? else {
            return Ok(Bundle::default());
        };
        Bundle::parse(&text).map_err(|reason| KeyFileError::damaged(&self.path, reason))
    }

    fn save(&self, bundle: &Bundle) -> Result<(), KeyFileError> {
        key_file::write(&self.path, bundle.to_text().as_bytes(), Owner::Private)
    }
}

impl SecretStore for PlainFile {
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
        KeyStoreKind::PlainFile
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn secrets_survive_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let store = open(&path).unwrap();
        assert!(store.read(SecretName::SigningKey).unwrap().is_none());
        store.write(SecretName::SigningKey, &[1; 32]).unwrap();
        store.write(SecretName::TokenKey, &[2; 32]).unwrap();
        drop(store);

        let store = open(&path).unwrap();
        assert_eq!(
            store.read(SecretName::SigningKey).unwrap().unwrap().as_slice(),
            [1; 32]
        );
        store.delete(SecretName::SigningKey).unwrap();
        store.delete(SecretName::SigningKey).unwrap();
        assert!(store.read(SecretName::SigningKey).unwrap().is_none());
        assert_eq!(
            store.read(SecretName::TokenKey).unwrap().unwrap().as_slice(),
            [2; 32]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_open_to_others_is_refused_and_left_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        open(&path)
            .unwrap()
            .write(SecretName::SigningKey, &[1; 32])
            .unwrap();
        let before = fs::read(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = open(&path).unwrap_err();
        assert!(
            matches!(
                error,
                SecretError::File(KeyFileError::TooOpen { mode: 0o644, .. })
            ),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        key_file::write(&path, b"hearth-keys-v1\nsigning-key AA", Owner::Private).unwrap();
        let error = open(&path).unwrap_err();
        assert!(
            matches!(error, SecretError::File(KeyFileError::Damaged { .. })),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), b"hearth-keys-v1\nsigning-key AA");
    }
}
