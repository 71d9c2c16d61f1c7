//! Secrets that live as long as the process: for simulations and tests.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::secrets::bundle::Bundle;
use crate::{KeyStoreKind, SecretError, SecretName, SecretStore};

/// Keeps secrets in memory only. Share it (in an `Arc`) to simulate a restart.
#[derive(Default)]
pub struct MemoryStore(Mutex<Bundle>);

impl MemoryStore {
    /// A store without secrets.
    pub fn new() -> Self {
        Self::default()
    }

    fn bundle(&self) -> MutexGuard<'_, Bundle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemoryStore {
    fn read(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        Ok(self.bundle().find(name.as_str()).cloned())
    }

    fn write(&self, name: SecretName, secret: &[u8]) -> Result<(), SecretError> {
        self.bundle().insert(name.as_str(), secret);
        Ok(())
    }

    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        self.bundle().remove(name.as_str());
        Ok(())
    }

    fn kind(&self) -> KeyStoreKind {
        KeyStoreKind::Memory
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
