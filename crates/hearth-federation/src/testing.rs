//! Small things for unit tests. Stories with real servers are in `tests/it`.

use hearth_identity::memory::MemoryStore;
use hearth_identity::{Identity, SecretStore};
use hearth_protocol::env::SeededRandom;
use hearth_protocol::keys::PublicKey;
use std::sync::Arc;

/// A valid public key that depends on `seed` only.
pub(crate) fn public_key(seed: u8) -> PublicKey {
    let secrets: Arc<dyn SecretStore> = Arc::new(MemoryStore::new());
    Identity::open(&secrets, None, &SeededRandom::new(u64::from(seed)))
        .unwrap()
        .public_key()
}
