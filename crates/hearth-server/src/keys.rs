//! Opening the server's identity from wherever its owner chose to keep it.
//!
//! The choice is never changed silently: a keyring that does not answer is an error that names the other two
//! choices, and a data folder that already has a signing key never gets another one.

use std::path::PathBuf;
use std::sync::Arc;

use hearth_identity::sealed_file::SealCost;
use hearth_identity::{Identity, IdentityError, SecretError, SecretStore, keyring, plain_file, sealed_file};
use hearth_protocol::env::{Random, uuid_v4};
use hearth_protocol::keys::PublicKey;
use hearth_store::tables::meta;
use hearth_store::{Store, StoreError};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::config::{KeySettings, KeyStoreChoice};
use crate::data_folder::DataFolder;

/// A passphrase, wiped from memory after use.
pub type Passphrase = Zeroizing<String>;

/// The keys could not be opened.
#[derive(Debug, Error)]
pub enum KeysError {
    /// The place where secrets are kept, or the signing key in it, is not right.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The keys are sealed, and no passphrase was given.
    #[error("the keys are sealed with a passphrase; give it to start")]
    PassphraseNeeded,
    /// The file that should hold the passphrase cannot be read.
    #[error("cannot read the passphrase from {}", path.display())]
    PassphraseFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder has its keys in a plain file, and something else is asked for.
    #[error(
        "this folder keeps its keys in the plain file {}; set keys.store = \"file\" (--key-store file) and give \
         no passphrase to start with them", path.display()
    )]
    InPlainFile {
        /// The file.
        path: PathBuf,
    },
    /// What the database remembers as the signing key is none.
    #[error("the database remembers a signing key that is none")]
    Remembered,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SecretError> for KeysError {
    fn from(error: SecretError) -> Self {
        Self::Identity(error.into())
    }
}

impl KeysError {
    /// The stable word for programs that decide by the kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identity(error) => error.code(),
            Self::PassphraseNeeded => "passphrase_needed",
            Self::PassphraseFile { .. } => "passphrase_file",
            Self::InPlainFile { .. } => "keys_in_plain_file",
            Self::Remembered => "signing_key_malformed",
            Self::Store(_) => "store_failed",
        }
    }
}

/// Opens the identity that belongs to this data folder, or makes the first one and remembers it.
pub(crate) async fn open(
    store: &Store,
    folder: &DataFolder,
    settings: &KeySettings,
    passphrase: Option<Passphrase>,
    random: Arc<dyn Random>,
) -> Result<Identity, KeysError> {
    let fresh_id = uuid_v4(random.as_ref()).to_string();
    let (instance_id, remembered) = store
        .write(move |tx| {
            let instance_id = meta::value_or_set(tx, meta::INSTANCE_ID, &fresh_id)?;
            Ok::<_, StoreError>((instance_id, meta::value(tx, meta::SIGNING_KEY)?))
        })
        .await?;
    let expected = remembered
        .map(|key| PublicKey::from_base64(&key).map_err(|_| KeysError::Remembered))
        .transpose()?;
    let place = Place::choose(folder, settings, passphrase)?;
    let identity = blocking(move || place.open(&instance_id, expected, random)).await?;
    let key = identity.public_key().to_base64();
    store
        .write(move |tx| meta::set(tx, meta::SIGNING_KEY, &key))
        .await?;
    Ok(identity)
}

/// Key stores block: they wait for disks, slow hashes, or a person who unlocks a keyring.
async fn blocking(
    work: impl FnOnce() -> Result<Identity, KeysError> + Send + 'static,
) -> Result<Identity, KeysError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(opened) => opened,
        Err(failure) => std::panic::resume_unwind(failure.into_panic()),
    }
}

/// Where the secrets are, with what opens the place.
enum Place {
    Keyring,
    Plain(PathBuf),
    Sealed(PathBuf, Passphrase),
}

impl Place {
    /// A passphrase asks for the sealed file; a sealed file asks for its passphrase, whatever else is
    /// configured, because its owner once chose it. A plain file was chosen too: whoever forgets to say so again
    /// must not be told that the keys are lost. It is not taken unasked, since it protects them less.
    fn choose(
        folder: &DataFolder,
        settings: &KeySettings,
        passphrase: Option<Passphrase>,
    ) -> Result<Self, KeysError> {
        let passphrase = match (passphrase, &settings.passphrase_file) {
            (None, Some(path)) => Some(read_passphrase(path)?),
            (given, _) => given,
        };
        let (sealed, plain) = (folder.sealed_keys(), folder.keys());
        let is_file_asked_for = passphrase.is_none() && settings.store == KeyStoreChoice::File;
        if !is_file_asked_for && !sealed.exists() && plain.exists() {
            return Err(KeysError::InPlainFile { path: plain });
        }
        match (passphrase, settings.store) {
            (Some(passphrase), _) => Ok(Self::Sealed(sealed, passphrase)),
            (None, KeyStoreChoice::Sealed) => Err(KeysError::PassphraseNeeded),
            (None, KeyStoreChoice::File) => Ok(Self::Plain(plain)),
            (None, KeyStoreChoice::Keyring) if sealed.exists() => Err(KeysError::PassphraseNeeded),
            (None, KeyStoreChoice::Keyring) => Ok(Self::Keyring),
        }
    }

    fn open(
        self,
        instance_id: &str,
        expected: Option<PublicKey>,
        random: Arc<dyn Random>,
    ) -> Result<Identity, KeysError> {
        let secrets: Arc<dyn SecretStore> = match self {
            Self::Keyring => Arc::new(keyring::open(instance_id)?),
            Self::Plain(path) => Arc::new(plain_file::open(&path)?),
            Self::Sealed(path, passphrase) => match expected {
                // A new sealed file cannot hold the key that this folder is known by.
                Some(expected) if !path.exists() => {
                    return Err(IdentityError::SigningKeyMissing {
                        expected: expected.into(),
                    }
                    .into());
                }
                _ => Arc::new(open_sealed(&path, &passphrase, &random)?),
            },
        };
        Ok(Identity::open(&secrets, expected, random.as_ref())?)
    }
}

fn open_sealed(
    path: &std::path::Path,
    passphrase: &str,
    random: &Arc<dyn Random>,
) -> Result<sealed_file::SealedFile, SecretError> {
    if path.exists() {
        sealed_file::open(path, passphrase, Arc::clone(random))
    } else {
        sealed_file::create(path, passphrase, SealCost::default(), Arc::clone(random))
    }
}

fn read_passphrase(path: &std::path::Path) -> Result<Passphrase, KeysError> {
    let text = std::fs::read_to_string(path).map_err(|source| KeysError::PassphraseFile {
        path: path.to_owned(),
        source,
    })?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
