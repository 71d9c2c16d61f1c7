//! Logging in: throttled, fair between addresses, and as slow for unknown names as for known ones (A8).

use std::net::IpAddr;
use std::time::Duration;

use hearth_protocol::ids::UserId;
use hearth_protocol::names::Username;
use hearth_store::tables::users;
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;

use super::register::DEVICE_NAME_MAX;
use crate::input::label;
use crate::passwords::HashError;
use crate::sessions::{NewLogin, ShutOut, check_standing};
use crate::throttle::address_key;
use crate::{Core, FieldError, Password, SessionGrant, SessionKind};

/// Somebody says that an account is theirs.
#[derive(Clone, Debug)]
pub struct Login {
    /// The account's name, in any case.
    pub username: String,
    /// Its password.
    pub password: Password,
    /// What to call the device they sit at, at most 128 characters; the wire's default is `default`.
    pub device_name: String,
    /// Where the request came from.
    pub address: IpAddr,
}

/// Why nobody was logged in.
#[derive(Debug, Error)]
pub enum LoginError {
    /// No account has this name and password (401).
    #[error("Invalid credentials")]
    InvalidCredentials,
    /// The account may not come in; told only to who knows the password (403).
    #[error(transparent)]
    ShutOut(#[from] ShutOut),
    /// A field breaks its limit (422).
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// Too many attempts; come back later (429).
    #[error("Rate limit exceeded")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// The password could not be checked (500).
    #[error(transparent)]
    Hashing(HashError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HashError> for LoginError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Self::TooMany { retry_after },
            failed @ HashError::Failed(_) => Self::Hashing(failed),
        }
    }
}

/// Logs somebody in on a new device.
pub async fn login(core: &Core, login: Login, kind: SessionKind) -> Result<SessionGrant, LoginError> {
    label("device_name", &login.device_name, 0, DEVICE_NAME_MAX)?;
    let address = address_key(login.address);
    core.charge_login(&address).await.map_err(too_many)?;

    // A text that is no name has no account, but costs the same work all the same.
    let folded = Username::parse(&login.username).ok().map(|name| name.folded());
    let account = find(core, folded.clone()).await?;
    let turn = core.passwords().turn(&address).await?;
    // Asked when it is our turn: attempts that queued together have then been counted one by one.
    if let Some(name) = &folded {
        core.may_try_password(name, &address).await.map_err(too_many)?;
    }
    let stored = account.as_ref().map(|account| account.hash.clone());
    let fits = core.passwords().verify(turn, login.password, stored).await?;
    let Some(account) = account.filter(|_| fits) else {
        if let Some(name) = &folded {
            core.charge_wrong_password(name, &address).await;
        }
        return Err(LoginError::InvalidCredentials);
    };
    let opening = NewLogin::draw(core, kind, login.device_name);
    let now = core.now();
    core.store()
        .write(move |tx| {
            account.admit(tx, now)?;
            Ok(opening.open(tx, account.id)?)
        })
        .await
}

fn too_many(retry_after: Duration) -> LoginError {
    LoginError::TooMany { retry_after }
}

/// An account with the hash that its password was checked against.
#[derive(Clone, Debug)]
struct Account {
    id: UserId,
    folded: String,
    hash: String,
    server: hearth_protocol::names::ServerName,
}

async fn find(core: &Core, folded: Option<String>) -> Result<Option<Account>, StoreError> {
    let Some(folded) = folded else { return Ok(None) };
    let server = core.server_name().clone();
    core.store()
        .read(move |tx| {
            let found = users::password_hash(tx, &server, &folded)?;
            Ok(found.map(|(id, hash)| Account {
                id,
                folded,
                hash,
                server,
            }))
        })
        .await
}

impl Account {
    /// Checks what may have changed while the password was being hashed, and lifts a suspension that is over.
    fn admit(&self, tx: &WriteTx<'_>, now: hearth_protocol::time::Timestamp) -> Result<(), LoginError> {
        let current = users::password_hash(tx, &self.server, &self.folded)?;
        if current.is_none_or(|(id, hash)| id != self.id || hash != self.hash) {
            return Err(LoginError::InvalidCredentials);
        }
        let user = users::by_id(tx, self.id)?.ok_or(LoginError::InvalidCredentials)?;
        check_standing(user.standing, now)?;
        if user.standing.is_suspended {
            users::set_suspended(tx, self.id, None)?;
        }
        Ok(())
    }
}
