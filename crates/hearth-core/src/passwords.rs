//! Passwords: hashed with Argon2id on blocking threads, a few at once.
//!
//! Somebody who asks for an account that does not exist must wait as long as for one that does, so a password
//! without an account is checked against a decoy of the same cost.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use hearth_protocol::env::{Random, token};
use thiserror::Error;

use crate::gate::{Full, Gate, Permit};
use crate::{Argon2Cost, CoreLimits, Password};

/// Bytes of salt, as RFC 9106 recommends.
const SALT_BYTES: usize = 16;

/// Asked of whoever finds the waiting room full: by then a whole line has been served.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Why a password could not be hashed or checked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HashError {
    /// Too many requests wait for hashing; their address may come back after `retry_after`.
    #[error("too many requests are waiting")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// Argon2 refuses its parameters or cannot get its memory.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    decoy: Arc<str>,
    gate: Arc<Gate>,
}

/// A turn at hashing.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: Permit,
}

impl Passwords {
    /// Prepares hashing at this cost; refuses a cost that Argon2 cannot work with.
    pub(crate) async fn new(
        cost: Argon2Cost,
        limits: &CoreLimits,
        random: &dyn Random,
    ) -> Result<Self, HashError> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
            .map_err(|error| HashError::Failed(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let gate = Gate::new(
            limits.hashes_at_once,
            limits.hashes_waiting_per_address,
            limits.hashes_waiting,
        );
        let unknown = Password::new(token::<32>(random));
        let decoy = blocking(hash(argon2.clone(), unknown, salt(random))).await?;
        Ok(Self {
            argon2,
            decoy: decoy.into(),
            gate,
        })
    }

    /// Waits for a turn in the line of `address`.
    pub(crate) async fn turn(&self, address: &str) -> Result<Turn, HashError> {
        let permit = self.gate.enter(address).await;
        permit
            .map(|permit| Turn { _permit: permit })
            .map_err(|Full| HashError::Busy {
                retry_after: RETRY_AFTER,
            })
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(
        &self,
        turn: Turn,
        password: Password,
        random: &dyn Random,
    ) -> Result<String, HashError> {
        let work = hash(self.argon2.clone(), password, salt(random));
        blocking(move || {
            // The place is held by the work itself: a request that is dropped meanwhile frees nothing early.
            let _turn = turn;
            work()
        })
        .await
    }

    /// Whether the password fits the PHC string. With none it does the same work and says no.
    pub(crate) async fn verify(
        &self,
        turn: Turn,
        password: Password,
        stored: Option<String>,
    ) -> Result<bool, HashError> {
        let argon2 = self.argon2.clone();
        let decoy = Arc::clone(&self.decoy);
        blocking(move || {
            let _turn = turn;
            let against = stored.as_deref().unwrap_or(&decoy);
            let fits = argon2
                .verify_password(password.as_str().as_bytes(), against)
                .is_ok();
            Ok(fits && stored.is_some())
        })
        .await
    }
}

fn salt(random: &dyn Random) -> [u8; SALT_BYTES] {
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt);
    salt
}

fn hash(
    argon2: Argon2<'static>,
    password: Password,
    salt: [u8; SALT_BYTES],
) -> impl FnOnce() -> Result<String, HashError> + Send + 'static {
    move || {
        let hashed = argon2.hash_password_with_salt(password.as_str().as_bytes(), &salt);
        hashed
            .map(|phc| phc.to_string())
            .map_err(|error| HashError::Failed(error.to_string()))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|failure| Err(HashError::Failed(failure.to_string())))
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("argon2", &self.argon2)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use hearth_protocol::env::SeededRandom;

    use super::*;

    const CHEAP: Argon2Cost = Argon2Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    async fn passwords() -> Passwords {
        Passwords::new(CHEAP, &CoreLimits::default(), &SeededRandom::new(1))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_a_phc_string_of_argon2id() {
        let (passwords, random) = (passwords().await, SeededRandom::new(2));
        let turn = passwords.turn("here").await.unwrap();
        let phc = passwords
            .hash(turn, "correct horse".into(), &random)
            .await
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{phc}");

        for (typed, fits) in [("correct horse", true), ("Correct horse", false), ("", false)] {
            let turn = passwords.turn("here").await.unwrap();
            assert_eq!(
                passwords.verify(turn, typed.into(), Some(phc.clone())).await,
                Ok(fits),
                "{typed}"
            );
        }
    }

    #[tokio::test]
    async fn the_same_password_never_has_the_same_hash() {
        let (passwords, random) = (passwords().await, SeededRandom::new(2));
        let mut hashes = Vec::new();
        for _ in 0..2 {
            let turn = passwords.turn("here").await.unwrap();
            hashes.push(
                passwords
                    .hash(turn, "correct horse".into(), &random)
                    .await
                    .unwrap(),
            );
        }
        assert_ne!(hashes[0], hashes[1]);
    }

    #[tokio::test]
    async fn an_unknown_account_is_checked_against_a_decoy_of_the_same_cost() {
        let passwords = passwords().await;
        assert!(passwords.decoy.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        let turn = passwords.turn("here").await.unwrap();
        assert_eq!(passwords.verify(turn, "anything".into(), None).await, Ok(false));
    }

    #[tokio::test]
    async fn hashes_of_the_reference_servers_cost_still_verify() {
        // argon2-cffi's form, with lanes; made with a lower memory cost.
        let stored = "$argon2id$v=19$m=64,t=2,p=4$c29tZXNhbHRzb21lc2FsdA$".to_owned();
        let params = Params::new(64, 2, 4, None).unwrap();
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let phc = other
            .hash_password_with_salt(b"correct horse", b"somesaltsomesalt")
            .unwrap()
            .to_string();
        assert!(phc.starts_with(&stored), "{phc}");

        let passwords = passwords().await;
        let turn = passwords.turn("here").await.unwrap();
        assert_eq!(
            passwords.verify(turn, "correct horse".into(), Some(phc)).await,
            Ok(true)
        );
    }

    #[tokio::test]
    async fn a_cost_out_of_bounds_is_refused() {
        let cost = Argon2Cost {
            memory_kib: 1,
            ..CHEAP
        };
        let refused = Passwords::new(cost, &CoreLimits::default(), &SeededRandom::new(1)).await;
        assert!(matches!(refused, Err(HashError::Failed(_))));
    }
}
