//! Trading a refresh token for the next one.
//!
//! The token just replaced works for another minute. Whoever presents it then (a second tab that read the same
//! storage) gets a session of their own on the same device: giving them the first tab's new token is
//! impossible, only its hash is kept, and replacing it would sign that tab out at its next refresh.

use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::SessionId;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::devices;
use hearth_store::tables::sessions::{self, NewSession, SecretHash, SessionRow};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;
use zeroize::Zeroizing;

use super::login::new_secret;
use super::{ROTATION_GRACE, SessionGrant, SessionKind, ShutOut, check_standing, end_of_life};
use crate::{Core, secrets, settings};

/// Why a refresh token was not renewed.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// No live session has it, or it was replaced more than a minute ago (401).
    #[error("Invalid refresh token")]
    Invalid,
    /// The account may not come in (403).
    #[error(transparent)]
    ShutOut(#[from] ShutOut),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Renews a bearer session for another lifetime and replaces its token.
pub async fn refresh(core: &Core, refresh_token: &str) -> Result<SessionGrant, RefreshError> {
    let renewal = Renewal::draw(core, refresh_token);
    core.store().write(move |tx| renewal.renew(tx)).await
}

/// A renewal with everything random drawn.
struct Renewal {
    old: SecretHash,
    secret: Zeroizing<String>,
    fork: SessionId,
    sessions_per_device: u64,
    now: Timestamp,
}

impl Renewal {
    fn draw(core: &Core, refresh_token: &str) -> Self {
        Self {
            old: secrets::hash(refresh_token),
            secret: Zeroizing::new(new_secret(core, SessionKind::Bearer)),
            fork: SessionId::new(uuid_v4(core.random().as_ref())),
            sessions_per_device: core.limits().sessions_per_device,
            now: core.now(),
        }
    }

    fn renew(&self, tx: &WriteTx<'_>) -> Result<SessionGrant, RefreshError> {
        let expires_at = end_of_life(self.now, settings::lifetime_days(tx)?);
        let (row, session_id) = if let Some(row) = sessions::by_secret(tx, &self.old)? {
            self.check(&row)?;
            self.rotate(tx, &row, expires_at)?;
            let id = row.id;
            (row, id)
        } else {
            let row = sessions::by_previous_secret(tx, &self.old)?.ok_or(RefreshError::Invalid)?;
            self.check_grace(&row)?;
            self.fork(tx, &row, expires_at)?;
            (row, self.fork)
        };
        devices::touch(tx, row.device_id, self.now)?;
        Ok(SessionGrant {
            user_id: row.user_id,
            device_id: row.device_id,
            session_id,
            secret: self.secret.clone(),
            expires_at,
        })
    }

    fn check(&self, row: &SessionRow) -> Result<(), RefreshError> {
        if row.kind != SessionKind::Bearer || row.expires_at <= self.now {
            return Err(RefreshError::Invalid);
        }
        Ok(check_standing(row.standing, self.now)?)
    }

    fn check_grace(&self, row: &SessionRow) -> Result<(), RefreshError> {
        if row.previous_until <= self.now {
            return Err(RefreshError::Invalid);
        }
        self.check(row)
    }

    fn rotate(&self, tx: &WriteTx<'_>, row: &SessionRow, expires_at: Timestamp) -> Result<(), RefreshError> {
        let new = secrets::hash(&self.secret);
        let previous_until = self.now.plus(ROTATION_GRACE);
        if sessions::rotate(tx, row.id, &self.old, &new, previous_until, self.now, expires_at)? {
            Ok(())
        } else {
            Err(RefreshError::Invalid)
        }
    }

    fn fork(&self, tx: &WriteTx<'_>, row: &SessionRow, expires_at: Timestamp) -> Result<(), RefreshError> {
        // More than anybody has tabs: whoever still asks gets in by logging in.
        if sessions::count_live(tx, row.device_id, self.now)? >= self.sessions_per_device {
            return Err(RefreshError::Invalid);
        }
        sessions::insert(
            tx,
            &NewSession {
                id: self.fork,
                user_id: row.user_id,
                device_id: row.device_id,
                kind: SessionKind::Bearer,
                secret_hash: secrets::hash(&self.secret),
                created_at: self.now,
                expires_at,
            },
        )?;
        Ok(())
    }
}
