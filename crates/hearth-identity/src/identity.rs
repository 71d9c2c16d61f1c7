//! The identity: the signing key, and the rule that a lost one is never silently replaced.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signer as _, SigningKey};
use hearth_protocol::env::Random;
use hearth_protocol::keys::{PublicKey, Signature};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secrets::write_proven;
use crate::tokens::TokenKey;
use crate::{KeyStoreKind, SecretError, SecretName, SecretStore};

/// Who this server is to others, opened once at the start and shared.
pub struct Identity {
    signing_key: SigningKey,
    public_key: PublicKey,
    key_id: String,
    tokens: TokenKey,
    key_store: KeyStoreKind,
    has_new_token_key: bool,
}

/// The identity could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// What is kept as the signing key is not one.
    #[error(
        "what is kept as this server's signing key is not a key; restore it from a backup or a recovery kit"
    )]
    SigningKeyMalformed,
    /// The store has another signing key than the one this server is known by.
    #[error(
        "the key store holds the signing key of another server ({found} instead of {expected}); point Hearth \
         to the right key store, or restore the right data folder"
    )]
    SigningKeyMismatch {
        /// The public half of the key this server is known by.
        expected: Box<PublicKey>,
        /// The public half of the key that is there.
        found: Box<PublicKey>,
    },
    /// This server has a signing key, and the store does not have it.
    #[error(
        "this server's signing key ({expected}) is not in the key store; unlock or restore the key store, or \
         restore the key from a backup or a recovery kit. Hearth does not make a new one by itself: other \
         servers would not know it"
    )]
    SigningKeyMissing {
        /// The public half of the key this server is known by.
        expected: Box<PublicKey>,
    },
    /// The store of secrets failed.
    #[error(transparent)]
    Store(#[from] SecretError),
}

impl IdentityError {
    /// The stable word for programs that decide by the kind of failure.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SigningKeyMalformed => "signing_key_malformed",
            Self::SigningKeyMismatch { .. } => "signing_key_mismatch",
            Self::SigningKeyMissing { .. } => "signing_key_missing",
            Self::Store(error) => error.code(),
        }
    }
}

impl Identity {
    /// Opens the identity that the server's records expect, or makes the first one.
    ///
    /// `expected` is the public key in the records, `None` before there ever was one. Only then is a signing
    /// key made, and the caller must record its public half before using it. If the store already has a key
    /// then (the process died between keeping and recording it), that key is taken.
    ///
    /// A token key is made whenever there is none; see [`Identity::has_new_token_key`].
    pub fn open(
        secrets: &Arc<dyn SecretStore>,
        expected: Option<PublicKey>,
        random: &dyn Random,
    ) -> Result<Self, IdentityError> {
        let secrets = secrets.as_ref();
        let signing_key = match secrets.read(SecretName::SigningKey)? {
            Some(seed) => parse_seed(&seed)?,
            None => match expected {
                Some(expected) => {
                    return Err(IdentityError::SigningKeyMissing {
                        expected: expected.into(),
                    });
                }
                None => make_signing_key(secrets, random)?,
            },
        };
        let public_key = public_half(&signing_key)?;
        if let Some(expected) = expected.filter(|expected| *expected != public_key) {
            return Err(IdentityError::SigningKeyMismatch {
                expected: expected.into(),
                found: public_key.into(),
            });
        }
        let (tokens, has_new_token_key) = open_token_key(secrets, random)?;
        Ok(Self {
            key_id: public_key.key_id(),
            signing_key,
            public_key,
            tokens,
            key_store: secrets.kind(),
            has_new_token_key,
        })
    }

    /// The public half of the signing key.
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The public name of the signing key, a hash of its public half.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Signs exactly these bytes. Each kind of statement must have a first line of its own, so that no
    /// signature can stand for another kind.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.signing_key.sign(message).to_bytes())
    }

    /// The key of access tokens.
    pub const fn tokens(&self) -> &TokenKey {
        &self.tokens
    }

    /// Where the secrets are kept.
    pub const fn key_store(&self) -> KeyStoreKind {
        self.key_store
    }

    /// Whether the token key was made just now. If the server is not new, everyone's access tokens have ended
    /// and clients will ask for fresh ones; the owner should be told.
    pub const fn has_new_token_key(&self) -> bool {
        self.has_new_token_key
    }
}

/// Prints public halves only.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("public_key", &self.public_key)
            .field("key_store", &self.key_store)
            .finish_non_exhaustive()
    }
}

fn parse_seed(seed: &[u8]) -> Result<SigningKey, IdentityError> {
    let seed: &[u8; 32] = seed.try_into().map_err(|_| IdentityError::SigningKeyMalformed)?;
    Ok(SigningKey::from_bytes(seed))
}

fn public_half(signing_key: &SigningKey) -> Result<PublicKey, IdentityError> {
    PublicKey::from_bytes(signing_key.verifying_key().as_bytes())
        .map_err(|_| IdentityError::SigningKeyMalformed)
}

fn make_signing_key(secrets: &dyn SecretStore, random: &dyn Random) -> Result<SigningKey, IdentityError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill(seed.as_mut_slice());
    write_proven(secrets, SecretName::SigningKey, seed.as_slice())?;
    Ok(SigningKey::from_bytes(&seed))
}

/// The token key that is kept, or a new one in place of a missing or malformed one, and whether it is new.
fn open_token_key(secrets: &dyn SecretStore, random: &dyn Random) -> Result<(TokenKey, bool), IdentityError> {
    let kept = secrets.read(SecretName::TokenKey)?;
    if let Some(key) = kept.filter(|secret| secret.len() == TokenKey::LEN) {
        return Ok((TokenKey::new(&key), false));
    }
    let mut secret = Zeroizing::new([0; TokenKey::LEN]);
    random.fill(secret.as_mut_slice());
    write_proven(secrets, SecretName::TokenKey, secret.as_slice())?;
    tracing::info!("made a new key for access tokens; earlier access tokens, if any, have ended");
    Ok((TokenKey::new(secret.as_slice()), true))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hearth_protocol::env::SeededRandom;

    use super::*;
    use crate::memory::MemoryStore;

    fn store() -> Arc<dyn SecretStore> {
        Arc::new(MemoryStore::new())
    }

    fn open(store: &Arc<dyn SecretStore>, expected: Option<PublicKey>) -> Result<Identity, IdentityError> {
        Identity::open(store, expected, &SeededRandom::new(7))
    }

    #[test]
    fn the_first_identity_is_made_and_then_the_same_for_ever() {
        let store = store();
        let first = open(&store, None).unwrap();
        assert!(first.has_new_token_key());
        let again = open(&store, Some(first.public_key())).unwrap();
        assert_eq!(again.public_key(), first.public_key());
        assert_eq!(again.key_id(), first.public_key().key_id());
        assert!(!again.has_new_token_key());
        assert!(first.public_key().verify_strict(b"hello", &again.sign(b"hello")));
    }

    #[test]
    fn a_key_that_was_kept_but_not_recorded_is_taken() {
        let store = store();
        let first = open(&store, None).unwrap().public_key();
        // The process died before it recorded the public half.
        assert_eq!(open(&store, None).unwrap().public_key(), first);
    }

    #[test]
    fn a_lost_key_is_an_error_and_nothing_is_made() {
        let store = store();
        let expected = open(&store, None).unwrap().public_key();
        store.delete(SecretName::SigningKey).unwrap();
        let error = open(&store, Some(expected)).unwrap_err();
        assert!(matches!(&error, IdentityError::SigningKeyMissing { expected: e } if **e == expected));
        assert_eq!(error.code(), "signing_key_missing");
        assert!(store.read(SecretName::SigningKey).unwrap().is_none());
    }

    #[test]
    fn another_servers_key_is_an_error_and_stays() {
        let (store, other) = (store(), store());
        let ours = open(&store, None).unwrap().public_key();
        let theirs = Identity::open(&other, None, &SeededRandom::new(8))
            .unwrap()
            .public_key();
        let error = open(&other, Some(ours)).unwrap_err();
        assert!(matches!(
            error,
            IdentityError::SigningKeyMismatch { expected, found } if *expected == ours && *found == theirs
        ));
        assert_eq!(open(&other, Some(theirs)).unwrap().public_key(), theirs);
    }

    #[test]
    fn a_malformed_key_is_an_error_even_on_the_first_start() {
        let store = store();
        store.write(SecretName::SigningKey, &[1; 31]).unwrap();
        assert!(matches!(
            open(&store, None),
            Err(IdentityError::SigningKeyMalformed)
        ));
        assert_eq!(store.read(SecretName::SigningKey).unwrap().unwrap().len(), 31);
    }

    #[test]
    fn a_lost_token_key_is_replaced_and_reported() {
        let store = store();
        let expected = Some(open(&store, None).unwrap().public_key());
        store.delete(SecretName::TokenKey).unwrap();
        assert!(open(&store, expected).unwrap().has_new_token_key());
        assert!(!open(&store, expected).unwrap().has_new_token_key());
        store.write(SecretName::TokenKey, b"short").unwrap();
        assert!(open(&store, expected).unwrap().has_new_token_key());
    }

    #[test]
    fn debug_shows_no_secret() {
        let store = store();
        let identity = open(&store, None).unwrap();
        let shown = format!("{identity:?} {:?} {store:?}", identity.tokens());
        for name in [SecretName::SigningKey, SecretName::TokenKey] {
            let secret = store.read(name).unwrap().unwrap();
            let as_list = format!("{:?}", secret.as_slice());
            assert!(!shown.contains(as_list.trim_matches(['[', ']'])), "{shown}");
            assert!(!shown.contains(&STANDARD.encode(&*secret)), "{shown}");
        }
        assert!(shown.contains(&identity.public_key().to_base64()), "{shown}");
    }

    #[test]
    fn signing_matches_the_vector_of_d3chat() {
        let store = store();
        store.write(SecretName::SigningKey, &[0xaa; 32]).unwrap();
        let identity = open(&store, None).unwrap();
        assert_eq!(
            identity.public_key().to_base64(),
            "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g="
        );
        let payload = b"POST\n/federation/inbox\n1700000000.0\n\
            c63729661786f18411b7bb48f01392909f7d135dfdfbf54e56e838e35f78ff7d";
        assert_eq!(
            identity.sign(payload).to_base64(),
            "pYnRcIxypeiHZ5KtfKuKVeEHF3wlCWnjPqG6GU4YAqfZncGrkw6TDLTUUqIF1/BNYeDSRWs/a9wEj2kXkIaaBw=="
        );
    }
}
