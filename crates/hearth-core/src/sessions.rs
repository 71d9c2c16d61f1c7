//! Sessions: who is asking, and for how long that may be believed.
//!
//! A log-in makes a device and a session on it. The session's secret (refresh token or cookie value) is kept
//! as SHA-256 and lives for as many days as the setting `session_timeout_days` says, counted anew at each use.
//! Whether the session is alive and its user welcome is asked at every request, never remembered.

mod authenticate;
mod login;
mod logout;
mod refresh;

use std::fmt;
use std::time::Duration;

use hearth_protocol::ids::{DeviceId, SessionId, UserId};
use hearth_protocol::names::Username;
use hearth_protocol::time::Timestamp;
use hearth_store::StoreError;
use hearth_store::tables::sessions::SessionRow;
use hearth_store::tables::users::Standing;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::accounts::Role;

pub use authenticate::{authenticate, authenticate_cookie};
pub use hearth_store::tables::sessions::SessionKind;
pub use logout::{logout, logout_refresh};
pub use refresh::{RefreshError, refresh};

pub(crate) use login::NewLogin;

/// Days a session lives when the setting says nothing (d3chat.md section 2.2).
pub(crate) const DEFAULT_LIFETIME_DAYS: u32 = 7;

/// How long a rotated refresh token still works, because tabs that share it refresh at the same time (A5).
pub const ROTATION_GRACE: Duration = Duration::from_mins(1);

/// WebSocket close code for somebody who has signed out or was shut out.
pub const CLOSE_SIGNED_OUT: u16 = 4003;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user_id: UserId,
    /// Its name.
    pub username: Username,
    /// The session that the request came with.
    pub session_id: SessionId,
    /// The device that the session logged in.
    pub device_id: DeviceId,
    /// What the account may do on this server.
    pub role: Role,
    /// How the request proved itself.
    pub kind: SessionKind,
}

impl From<SessionRow> for Actor {
    fn from(row: SessionRow) -> Self {
        Self {
            user_id: row.user_id,
            username: row.username,
            session_id: row.id,
            device_id: row.device_id,
            role: row.role,
            kind: row.kind,
        }
    }
}

/// A session that was just opened or renewed, with the only copy of its secret.
#[derive(Clone)]
pub struct SessionGrant {
    /// The account.
    pub user_id: UserId,
    /// The device that is logged in.
    pub device_id: DeviceId,
    /// The session.
    pub session_id: SessionId,
    /// The refresh token or cookie value.
    pub secret: Zeroizing<String>,
    /// When the session ends unless it is used before.
    pub expires_at: Timestamp,
}

/// Leaves the secret out.
impl fmt::Debug for SessionGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionGrant")
            .field("user_id", &self.user_id)
            .field("device_id", &self.device_id)
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}

/// Why a session is not believed.
#[derive(Debug, Error)]
pub enum AuthError {
    /// There is no such session any more, or there never was (401).
    #[error("Invalid token")]
    InvalidToken,
    /// The account may not come in (403).
    #[error(transparent)]
    ShutOut(#[from] ShutOut),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account may not come in, in d3chat's words (section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShutOut {
    /// For good.
    #[error("Account has been banned")]
    Banned,
    /// For a while.
    #[error("Account suspended until {}", until.to_offset())]
    Suspended {
        /// Until then.
        until: Timestamp,
    },
}

/// Refuses an account that is banned, or suspended beyond `now`.
pub(crate) fn check_standing(standing: Standing, now: Timestamp) -> Result<(), ShutOut> {
    if standing.is_banned {
        return Err(ShutOut::Banned);
    }
    match standing.suspended_until {
        Some(until) if standing.is_suspended && until > now => Err(ShutOut::Suspended { until }),
        _ => Ok(()),
    }
}

/// The end of a session that is used now and lives for `days`.
pub(crate) fn end_of_life(now: Timestamp, days: u32) -> Timestamp {
    now.plus(Duration::from_secs(u64::from(days) * 24 * 60 * 60))
}
