//! The seam in front of every place that keeps secrets, and the proof that such a place works.

pub(crate) mod bundle;

use std::fmt::{self, Debug};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::KeyFileError;

/// The secrets of one server. Each is one item of the keyring or one line of a key file.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SecretName {
    /// Written, read and deleted to prove that a store works; never kept.
    Probe,
    /// The seed of the Ed25519 key that signs everything this server says to others.
    SigningKey,
    /// The key under which access tokens are signed. Losing it only logs people out.
    TokenKey,
}

impl SecretName {
    /// The name under which stores keep it. Never change one: items would seem lost.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::SigningKey => "signing-key",
            Self::TokenKey => "token-key",
        }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place that keeps secrets. All methods block; a keyring may even wait for a person to unlock it.
pub trait SecretStore: Debug + Send + Sync {
    /// The secret, or `None` if none is kept under this name.
    fn read(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError>;

    /// Keeps a secret, in place of an earlier one. When this returns, it survives a power cut.
    fn write(&self, name: SecretName, secret: &[u8]) -> Result<(), SecretError>;

    /// Forgets a secret; forgetting what is not there is fine.
    fn delete(&self, name: SecretName) -> Result<(), SecretError>;

    /// What kind of place this is, for health and the owner's console.
    fn kind(&self) -> KeyStoreKind;
}

/// Where the secrets are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyStoreKind {
    /// The operating system's keyring, unlocked with the person's login.
    Keyring,
    /// Nowhere: they are gone when the process ends. For simulations.
    Memory,
    /// A file that only this system account may read, not encrypted.
    PlainFile,
    /// A file encrypted under a passphrase.
    SealedFile,
}

impl KeyStoreKind {
    /// The stable word for programs: `keyring`, `memory`, `plain-file`, `sealed-file`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Memory => "memory",
            Self::PlainFile => "plain-file",
            Self::SealedFile => "sealed-file",
        }
    }

    /// What the owner should know about this choice; `None` if there is nothing to say.
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::Keyring | Self::SealedFile => None,
            Self::Memory => Some("The keys are kept in memory only and are gone when Hearth stops."),
            Self::PlainFile => Some(
                "The keys lie unencrypted in a file. Anyone who can read this system account's files, or a \
                 backup of them, can pretend to be this server.",
            ),
        }
    }
}

/// A store of secrets did not do what was asked. The sentence says what a person can do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Several items of the keyring have the same name; using any of them would be a guess.
    #[error(
        "the keyring holds several items named {account:?} for {service}; remove all but the right one in \
         your system's password manager and start again"
    )]
    Ambiguous {
        /// The service the items are filed under.
        service: &'static str,
        /// The account the items are filed under.
        account: String,
    },
    /// The keyring refuses this program or account.
    #[error("the keyring refuses access to Hearth; allow it in your system's settings ({detail})")]
    Denied {
        /// The system's own words.
        detail: String,
    },
    /// A key file could not be used.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The name given to this server's secrets cannot be part of an item's name.
    #[error("an instance name is 1 to 64 letters, digits, hyphens and underscores")]
    InvalidInstance,
    /// The keyring is locked and was not unlocked when asked.
    #[error("the keyring is locked; unlock it, or choose a key file with a passphrase")]
    Locked,
    /// There is a session bus, but no keyring service answers on it.
    #[error(
        "no keyring service is running; install one (gnome-keyring or KWallet) and start Hearth again, or \
         choose a key file with a passphrase"
    )]
    NoSecretService,
    /// There is no session bus to reach a keyring over, as on a machine without a desktop.
    #[error(
        "there is no desktop session to reach a keyring in; log in to one, or choose a key file with a \
         passphrase"
    )]
    NoSessionBus,
    /// The keyring failed in a way this program does not know.
    #[error("the keyring failed: {detail}")]
    Platform {
        /// The system's own words.
        detail: String,
    },
    /// The store accepted a secret and did not give it back.
    #[error("the key store does not keep what it is given ({reason}); choose another one")]
    Unsound {
        /// What went wrong in the proof.
        reason: &'static str,
    },
}

impl SecretError {
    /// The stable word for programs that decide by the kind of failure.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Ambiguous { .. } => "keyring_ambiguous",
            Self::Denied { .. } => "keyring_denied",
            Self::File(error) => error.code(),
            Self::InvalidInstance => "instance_invalid",
            Self::Locked => "keyring_locked",
            Self::NoSecretService => "keyring_absent",
            Self::NoSessionBus => "keyring_no_session",
            Self::Platform { .. } => "keyring_failed",
            Self::Unsound { .. } => "key_store_unsound",
        }
    }
}

/// Keeps a secret and reads it back: a store that says "done" is believed only then.
pub(crate) fn write_proven(
    store: &dyn SecretStore,
    name: SecretName,
    secret: &[u8],
) -> Result<(), SecretError> {
    store.write(name, secret)?;
    match store.read(name)? {
        Some(kept) if *kept == secret => Ok(()),
        Some(_) => Err(SecretError::Unsound {
            reason: "another value came back",
        }),
        None => Err(SecretError::Unsound {
            reason: "nothing came back",
        }),
    }
}

/// Proves that a store works by writing, reading and deleting the probe. An absent item proves nothing: a
/// locked keyring also says that there is none.
pub(crate) fn prove(store: &dyn SecretStore) -> Result<(), SecretError> {
    // Whatever a run that was killed in the middle of its proof has left behind.
    store.delete(SecretName::Probe)?;
    write_proven(store, SecretName::Probe, b"Hearth was here")?;
    store.delete(SecretName::Probe)?;
    match store.read(SecretName::Probe)? {
        None => Ok(()),
        Some(_) => Err(SecretError::Unsound {
            reason: "a deleted item is still there",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store that loses, alters or keeps things it should not.
    #[derive(Debug)]
    struct Broken {
        answers: Option<&'static [u8]>,
    }

    impl SecretStore for Broken {
        fn read(&self, _: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
            Ok(self.answers.map(|bytes| Zeroizing::new(bytes.to_vec())))
        }

        fn write(&self, _: SecretName, _: &[u8]) -> Result<(), SecretError> {
            Ok(())
        }

        fn delete(&self, _: SecretName) -> Result<(), SecretError> {
            Ok(())
        }

        fn kind(&self) -> KeyStoreKind {
            KeyStoreKind::Keyring
        }
    }

    #[test]
    fn a_store_that_loses_or_alters_or_never_deletes_is_unsound() {
        for (answers, expected) in [
            (None, "nothing came back"),
            (Some(&b"something else"[..]), "another value came back"),
            (Some(&b"Hearth was here"[..]), "a deleted item is still there"),
        ] {
            match prove(&Broken { answers }) {
                Err(SecretError::Unsound { reason }) => assert_eq!(reason, expected),
                other => panic!("{other:?}"),
            }
        }
    }
}
