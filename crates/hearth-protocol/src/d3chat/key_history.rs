//! `hearth-key-v1`: the chain of a server's signing keys, each vouched for by the one before it.
//!
//! A peer that pinned an old key follows the chain from it to the current one, and needs to ask nobody. The
//! chain has no branches: two successors of one key mean that somebody else holds that key.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::json::{self, JsonError, Limits};
use crate::keys::{PublicKey, Signature};
use crate::names::ServerName;
use crate::time::{Timestamp, unix_seconds};

/// The first line of the signed form.
pub const FIRST_LINE: &str = "hearth-key-v1";

/// How long a key stays valid beside its successor.
pub const OVERLAP: Duration = Duration::from_hours(7 * 24);

/// The bytes with which `predecessor` vouches for `successor`: five lines joined by LF, without a last one.
///
/// First line, domain, key id of the predecessor, the successor in base64, and Unix seconds in decimal.
pub fn signed_bytes(
    domain: &ServerName,
    predecessor: &PublicKey,
    successor: &PublicKey,
    valid_from: Timestamp,
) -> Vec<u8> {
    let lines = [
        FIRST_LINE.to_owned(),
        domain.to_string(),
        predecessor.key_id(),
        successor.to_base64(),
        valid_from.as_seconds().to_string(),
    ];
    lines.join("\n").into_bytes()
}

/// The document at [`KEYS_PATH`](super::KEYS_PATH).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysDocument {
    /// The server whose keys these are.
    pub domain: ServerName,
    /// The keys, oldest first; the last one is the current one.
    pub keys: Vec<KeyEntry>,
}

/// One key of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// [`PublicKey::key_id`] of the key.
    pub key_id: String,
    /// The key.
    pub public_key: PublicKey,
    /// Since when it signs; Unix seconds on the wire.
    #[serde(with = "unix_seconds")]
    pub valid_from: Timestamp,
    /// When it stops: at most [`OVERLAP`] after its successor starts. Absent for the current key.
    #[serde(
        default,
        with = "unix_seconds::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub valid_until: Option<Timestamp>,
    /// Key id of the key that vouches for this one. Absent for a server's first key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<String>,
    /// That key's signature over [`signed_bytes`]. Absent for a server's first key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// Why a document shows no chain of keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyHistoryError {
    /// A key that is not the first is not vouched for by the one before it.
    #[error("key {key_id} is not vouched for by the key before it")]
    BrokenChain {
        /// The key that nobody vouches for.
        key_id: String,
    },
    /// The document is about another server.
    #[error("the key document is about {served}, not the server asked")]
    DomainMismatch {
        /// The server that it is about.
        served: ServerName,
    },
    /// There is no key at all.
    #[error("the key document holds no key")]
    Empty,
    /// Two keys name the same predecessor: whoever holds that key is more than one.
    #[error("two keys claim to succeed key {predecessor}")]
    Forked {
        /// The key with two successors.
        predecessor: String,
    },
    /// The document is not JSON of the expected shape.
    #[error("unreadable key document: {0}")]
    Json(#[from] JsonError),
    /// Times overlap too long, run backwards, or the current key has an end.
    #[error("the times of key {key_id} do not fit its neighbours")]
    Times {
        /// The key whose times do not fit.
        key_id: String,
    },
    /// There are more than [`KeysDocument::MAX_KEYS`].
    #[error("the key document holds too many keys")]
    TooMany,
    /// A `key_id` is not the hash of its key.
    #[error("key id {key_id} is not the hash of its key")]
    WrongKeyId {
        /// The id as written.
        key_id: String,
    },
}

impl KeysDocument {
    /// Most keys a document may hold.
    pub const MAX_KEYS: usize = 64;

    /// Reads a document and judges it as [`KeysDocument::check`] does.
    pub fn parse(bytes: &[u8], asked: &ServerName) -> Result<Self, KeyHistoryError> {
        let document: Self = json::parse(bytes, &Limits::DOCUMENT)?;
        document.check(asked)?;
        Ok(document)
    }

    /// Whether this is one unbroken chain of keys of the server `asked`.
    ///
    /// The oldest key shown may have a predecessor that is no longer shown; nothing is concluded from it.
    pub fn check(&self, asked: &ServerName) -> Result<(), KeyHistoryError> {
        if self.domain != *asked {
            return Err(KeyHistoryError::DomainMismatch {
                served: self.domain.clone(),
            });
        }
        if self.keys.len() > Self::MAX_KEYS {
            return Err(KeyHistoryError::TooMany);
        }
        for entry in &self.keys {
            if entry.key_id != entry.public_key.key_id() {
                return Err(KeyHistoryError::WrongKeyId {
                    key_id: entry.key_id.clone(),
                });
            }
        }
        self.check_forks()?;
        for pair in self.keys.windows(2) {
            if let [older, newer] = pair {
                self.check_succession(older, newer)?;
            }
        }
        let current = self.keys.last().ok_or(KeyHistoryError::Empty)?;
        match current.valid_until {
            None => Ok(()),
            Some(_) => Err(KeyHistoryError::Times {
                key_id: current.key_id.clone(),
            }),
        }
    }

    /// A fork is looked for before the chain, which it also breaks, because it says much more.
    fn check_forks(&self) -> Result<(), KeyHistoryError> {
        let mut claimed = BTreeSet::new();
        for predecessor in self.keys.iter().filter_map(|entry| entry.predecessor.as_ref()) {
            if !claimed.insert(predecessor) {
                return Err(KeyHistoryError::Forked {
                    predecessor: predecessor.clone(),
                });
            }
        }
        Ok(())
    }

    fn check_succession(&self, older: &KeyEntry, newer: &KeyEntry) -> Result<(), KeyHistoryError> {
        let signed = signed_bytes(
            &self.domain,
            &older.public_key,
            &newer.public_key,
            newer.valid_from,
        );
        let is_named = newer.predecessor.as_deref() == Some(older.key_id.as_str());
        let is_signed = newer
            .signature
            .is_some_and(|s| older.public_key.verify_strict(&signed, &s));
        if !is_named || !is_signed {
            return Err(KeyHistoryError::BrokenChain {
                key_id: newer.key_id.clone(),
            });
        }
        let ends_in_time = older
            .valid_until
            .is_some_and(|end| older.valid_from <= end && end <= newer.valid_from.plus(OVERLAP));
        if !ends_in_time || newer.valid_from < older.valid_from {
            return Err(KeyHistoryError::Times {
                key_id: older.key_id.clone(),
            });
        }
        Ok(())
    }

    /// The key that signs now. `None` only in a document that was never checked.
    pub fn current(&self) -> Option<&KeyEntry> {
        self.keys.last()
    }

    /// Whether the chain leads from `pinned` to the current key. Call only after [`KeysDocument::check`].
    pub fn leads_from(&self, pinned: &PublicKey) -> bool {
        self.keys.iter().any(|entry| entry.public_key == *pinned)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_771_203_723);
    const YEAR: Duration = Duration::from_hours(365 * 24);

    fn domain() -> ServerName {
        ServerName::parse("a.hearth.test").unwrap()
    }

    fn secret(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn public(seed: u8) -> PublicKey {
        PublicKey::from_bytes(secret(seed).verifying_key().as_bytes()).unwrap()
    }

    fn first(seed: u8) -> KeyEntry {
        KeyEntry {
            key_id: public(seed).key_id(),
            public_key: public(seed),
            valid_from: START,
            valid_until: None,
            predecessor: None,
            signature: None,
        }
    }

    fn successor(of: u8, seed: u8, valid_from: Timestamp) -> KeyEntry {
        let signed = signed_bytes(&domain(), &public(of), &public(seed), valid_from);
        KeyEntry {
            valid_from,
            predecessor: Some(public(of).key_id()),
            signature: Some(Signature::from_bytes(secret(of).sign(&signed).to_bytes())),
            ..first(seed)
        }
    }

    /// Key 1, then key 2 a year later, then key 3 after two.
    fn three_keys() -> KeysDocument {
        let mut keys = vec![
            first(1),
            successor(1, 2, START.plus(YEAR)),
            successor(2, 3, START.plus(YEAR).plus(YEAR)),
        ];
        keys[0].valid_until = Some(keys[1].valid_from.plus(OVERLAP));
        keys[1].valid_until = Some(keys[2].valid_from.plus(OVERLAP));
        KeysDocument {
            domain: domain(),
            keys,
        }
    }

    #[test]
    fn a_chain_leads_from_every_key_in_it() {
        let document = three_keys();
        assert_eq!(document.check(&domain()), Ok(()));
        assert_eq!(document.current().unwrap().public_key, public(3));
        assert!((1..=3).all(|seed| document.leads_from(&public(seed))));
        assert!(!document.leads_from(&public(4)));
    }

    #[test]
    fn json_keeps_the_chain() {
        let document = three_keys();
        let json = serde_json::to_vec(&document).unwrap();
        assert_eq!(KeysDocument::parse(&json, &domain()), Ok(document));
    }

    #[test]
    fn old_keys_may_be_left_out() {
        let mut document = three_keys();
        document.keys.remove(0);
        assert_eq!(document.check(&domain()), Ok(()));
        assert!(!document.leads_from(&public(1)));
    }

    #[test]
    fn nobody_can_add_a_key_without_the_one_before() {
        let broken = |change: fn(&mut KeyEntry)| {
            let mut document = three_keys();
            change(&mut document.keys[2]);
            document.check(&domain())
        };
        let why = Err(KeyHistoryError::BrokenChain {
            key_id: public(3).key_id(),
        });
        assert_eq!(broken(|key| key.signature = None), why);
        assert_eq!(broken(|key| key.predecessor = None), why);
        assert_eq!(broken(|key| key.predecessor = Some(public(9).key_id())), why);
        assert_eq!(broken(|key| *key = successor(9, 3, key.valid_from)), why);
        assert_eq!(broken(|key| key.valid_from = key.valid_from.plus(YEAR)), why);
        let other = Err(KeyHistoryError::WrongKeyId {
            key_id: public(3).key_id(),
        });
        assert_eq!(broken(|key| key.public_key = public(9)), other);
    }

    #[test]
    fn a_signature_for_another_domain_does_not_hold() {
        let mut document = three_keys();
        let other = ServerName::parse("b.hearth.test").unwrap();
        assert_eq!(
            document.check(&other),
            Err(KeyHistoryError::DomainMismatch { served: domain() })
        );
        document.domain = other.clone();
        assert!(matches!(
            document.check(&other),
            Err(KeyHistoryError::BrokenChain { .. })
        ));
    }

    #[test]
    fn two_successors_of_one_key_are_a_fork() {
        let mut document = three_keys();
        document.keys[2] = successor(1, 3, START.plus(YEAR));
        let why = KeyHistoryError::Forked {
            predecessor: public(1).key_id(),
        };
        assert_eq!(document.check(&domain()), Err(why));
    }

    #[test]
    fn times_must_fit() {
        let late = |change: fn(&mut Vec<KeyEntry>)| {
            let mut document = three_keys();
            change(&mut document.keys);
            matches!(document.check(&domain()), Err(KeyHistoryError::Times { .. }))
        };
        assert!(late(|keys| keys[0].valid_until = None));
        assert!(late(
            |keys| keys[0].valid_until = Some(START.plus(YEAR).plus(YEAR))
        ));
        assert!(late(|keys| keys[0].valid_until = Some(START.minus(YEAR))));
        assert!(late(
            |keys| keys[2].valid_until = Some(START.plus(YEAR).plus(YEAR).plus(YEAR))
        ));
        assert!(late(|keys| keys[1] = successor(1, 2, START.minus(YEAR))));
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let empty = KeysDocument {
            domain: domain(),
            keys: Vec::new(),
        };
        assert_eq!(empty.check(&domain()), Err(KeyHistoryError::Empty));
        let many = KeysDocument {
            domain: domain(),
            keys: vec![first(1); KeysDocument::MAX_KEYS + 1],
        };
        assert_eq!(many.check(&domain()), Err(KeyHistoryError::TooMany));
    }
}
