//! Secrets in the operating system's keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on
//! Windows.
//!
//! One item per secret, service [`SERVICE`], account `<instance>/<secret name>`. Values are base64, because
//! `KWallet` keeps text only. Three traps decide the shape of this module:
//!
//! - a locked keyring says that there is *no such item*, so only a write proves anything;
//! - the connection is made once per process, and so is its failure: after [`SecretError::NoSessionBus`] or
//!   [`SecretError::NoSecretService`] a retry needs a new process, after [`SecretError::Locked`] it does not;
//! - some errors of the keyring library carry the secret in their `Debug` form, so only their words are used.

use std::error::Error as _;

use ::keyring::{Entry, Error};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secrets::prove;
use crate::{KeyStoreKind, SecretError, SecretName, SecretStore};

/// The service that all items of Hearth are filed under.
pub const SERVICE: &str = "org.hearth.Hearth";

/// Opens the keyring for one server and proves that it works.
///
/// `instance_id` tells several servers of one person apart: 1 to 64 ASCII letters, digits, `-` and `_`. With a
/// desktop present a locked keyring asks the person, and this waits for the answer.
pub fn open(instance_id: &str) -> Result<Keyring, SecretError> {
    let is_instance_char = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if instance_id.is_empty() || instance_id.len() > 64 || !instance_id.bytes().all(is_instance_char) {
        return Err(SecretError::InvalidInstance);
    }
    if let Err(error) = Entry::store_status() {
        return Err(unreachable(error));
    }
    let store = Keyring {
        instance_id: instance_id.to_owned(),
    };
    prove(&store)?;
    Ok(store)
}

/// The keyring, as far as one server's items go.
#[derive(Debug)]
pub struct Keyring {
    instance_id: String,
}

impl Keyring {
    fn account(&self, name: SecretName) -> String {
        format!("{}/{name}", self.instance_id)
    }

    /// Does something with an item.
    fn with_item<T>(
        &self,
        name: SecretName,
        act: impl FnOnce(&Entry) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let account = self.account(name);
        let entry = Entry::new(SERVICE, &account).map_err(|error| failure(&error, &account))?;
        act(&entry).map_err(|error| failure(&error, &account))
    }
}

impl SecretStore for Keyring {
    fn read(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let text = match self.with_item(name, Entry::get_secret) {
            Ok(text) => Zeroizing::new(text),
            Err(Failure::NoEntry) => return Ok(None),
            Err(Failure::Other(error)) => return Err(error),
        };
        let secret = STANDARD.decode(&*text).map_err(|_| SecretError::Unsound {
            reason: "an item is not base64, so another program has written it",
        })?;
        Ok(Some(Zeroizing::new(secret)))
    }

    fn write(&self, name: SecretName, secret: &[u8]) -> Result<(), SecretError> {
        let text = Zeroizing::new(STANDARD.encode(secret));
        match self.with_item(name, |entry| entry.set_secret(text.as_bytes())) {
            Ok(()) => Ok(()),
            Err(Failure::NoEntry) => Err(SecretError::Unsound {
                reason: "an item vanished while written",
            }),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    fn delete(&self, name: SecretName) -> Result<(), SecretError> {
        match self.with_item(name, Entry::delete_credential) {
            Ok(()) | Err(Failure::NoEntry) => Ok(()),
            Err(Failure::Other(error)) => Err(error),
        }
    }

    fn kind(&self) -> KeyStoreKind {
        KeyStoreKind::Keyring
    }
}

/// Why an item could not be used: not being there is an ordinary answer.
enum Failure {
    NoEntry,
    Other(SecretError),
}

fn failure(error: &Error, account: &str) -> Failure {
    Failure::Other(match error {
        Error::NoEntry => return Failure::NoEntry,
        Error::Ambiguous(_) => SecretError::Ambiguous {
            service: SERVICE,
            account: account.to_owned(),
        },
        Error::NoStorageAccess(_) => no_access(error),
        Error::PlatformFailure(_) | Error::NoDefaultStore => unreachable(error),
        _ => SecretError::Platform {
            detail: error.to_string(),
        },
    })
}

/// Access was refused: either the keyring stayed locked, or this program may not use it.
fn no_access(error: &Error) -> SecretError {
    let detail = words(error);
    let is_refusal = ["AccessDenied", "denied", "not permitted", "-25293", "-34018"];
    if is_refusal.iter().any(|sign| detail.contains(sign)) {
        SecretError::Denied { detail }
    } else {
        SecretError::Locked
    }
}

/// The keyring could not be reached at all. The library below keeps its reasons to itself, so they are told
/// apart by D-Bus's names for them; whatever is not recognised keeps its own words.
fn unreachable(error: &Error) -> SecretError {
    let detail = words(error);
    let says = |signs: &[&str]| signs.iter().any(|sign| detail.contains(sign));
    if says(&[
        "ServiceUnknown",
        "NameHasNoOwner",
        "Error.Spawn",
        "not activatable",
    ]) {
        SecretError::NoSecretService
    } else if says(&["AccessDenied"]) {
        SecretError::Denied { detail }
    } else if says(&[
        "no secret service provider or dbus session",
        "Failed to connect",
        "I/O error",
    ]) {
        SecretError::NoSessionBus
    } else {
        SecretError::Platform { detail }
    }
}

/// The words of an error and of all its causes, without repetitions.
fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_names_cannot_reach_other_items() {
        for name in ["", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(matches!(open(name), Err(SecretError::InvalidInstance)), "{name}");
        }
    }

    #[test]
    fn unknown_failures_keep_their_own_words_and_no_secret() {
        let error = Error::PlatformFailure("the disk is on fire".into());
        assert!(
            matches!(unreachable(&error), SecretError::Platform { detail } if detail.contains("on fire"))
        );
        let error = Error::BadDataFormat(b"hunter2".to_vec(), "unreadable".into());
        let Failure::Other(error) = failure(&error, "x/y") else {
            panic!("not a missing item")
        };
        let hunter2_as_debug = format!("{:?}", b"hunter2");
        assert!(!format!("{error:?} {error}").contains(hunter2_as_debug.trim_matches(['[', ']'])));
    }
}
