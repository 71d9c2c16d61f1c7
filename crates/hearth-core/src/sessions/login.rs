//! Opening a session: a device, its first session, and room for both.

use hearth_protocol::env::{token, uuid_v4};
use hearth_protocol::ids::{DeviceId, SessionId, UserId};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::{devices, sessions};
use hearth_store::{StoreError, WriteTx};
use zeroize::Zeroizing;

use super::{SessionGrant, SessionKind, end_of_life};
use crate::{Core, secrets, settings};

/// Devices an account keeps when the setting says nothing (d3chat.md section 2.5).
const DEFAULT_DEVICES: u32 = 10;

/// A log-in with everything random drawn, so that its write can be run again.
#[derive(Clone, Debug)]
pub(crate) struct NewLogin {
    device_id: DeviceId,
    device_name: String,
    session_id: SessionId,
    kind: SessionKind,
    secret: Zeroizing<String>,
    now: Timestamp,
}

impl NewLogin {
    /// Draws ids and a secret for a log-in that happens now.
    pub(crate) fn draw(core: &Core, kind: SessionKind, device_name: String) -> Self {
        let random = core.random().as_ref();
        Self {
            device_id: DeviceId::new(uuid_v4(random)),
            device_name,
            session_id: SessionId::new(uuid_v4(random)),
            kind,
            secret: Zeroizing::new(new_secret(core, kind)),
            now: core.now(),
        }
    }

    /// Makes device and session for `user`, clears away sessions that have ended, and removes devices without
    /// a live session beyond the limit (A10).
    pub(crate) fn open(&self, tx: &WriteTx<'_>, user: UserId) -> Result<SessionGrant, StoreError> {
        let days = settings::lifetime_days(tx)?;
        let expires_at = end_of_life(self.now, days);
        devices::insert(tx, self.device_id, user, &self.device_name, self.now)?;
        sessions::insert(
            tx,
            &sessions::NewSession {
                id: self.session_id,
                user_id: user,
                device_id: self.device_id,
                kind: self.kind,
                secret_hash: secrets::hash(&self.secret),
                created_at: self.now,
                expires_at,
            },
        )?;
        sessions::delete_ended(tx, user, self.now)?;
        self.prune_devices(tx, user)?;
        Ok(SessionGrant {
            user_id: user,
            device_id: self.device_id,
            session_id: self.session_id,
            secret: self.secret.clone(),
            expires_at,
        })
    }

    fn prune_devices(&self, tx: &WriteTx<'_>, user: UserId) -> Result<(), StoreError> {
        let limit = settings::number(tx, settings::MAX_DEVICES, DEFAULT_DEVICES)?.max(1);
        let excess = devices::count_of_user(tx, user)?.saturating_sub(limit.into());
        if excess > 0 {
            devices::prune(tx, user, excess, self.now)?;
        }
        Ok(())
    }
}

/// A refresh token has d3chat's 64 bytes; a cookie's 32 are as unguessable and travel with every request.
pub(super) fn new_secret(core: &Core, kind: SessionKind) -> String {
    match kind {
        SessionKind::Bearer => token::<64>(core.random().as_ref()),
        SessionKind::Cookie => token::<32>(core.random().as_ref()),
    }
}
