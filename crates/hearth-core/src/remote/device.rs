//! Whose device speaks: what other servers name is bound to one person at first sight.

use std::time::Duration;

use hearth_protocol::ids::{DeviceId, UserId};
use hearth_store::tables::devices::DeviceRow;
use hearth_store::tables::{devices, sender_keys};
use hearth_store::{ReadTx, StoreError};

use super::{Ignored, Inbound, Refusal};

/// How exactly it is known when a device elsewhere was last used.
const USE_NOTED_EVERY: Duration = Duration::from_hours(1);

impl Inbound<'_> {
    /// Binds a device to this person, or refuses it when it is somebody else's (F14).
    ///
    /// Every log-in elsewhere makes a device, so a person may come to any number of them. Beyond the limit the
    /// one that was used least lately makes room: it costs nothing, because a device that comes back is bound
    /// again, and its keys keep its id from everybody else meanwhile.
    pub(super) fn bind(&self, device: DeviceId, user: UserId) -> Result<(), Refusal> {
        match owner_of_device(self.tx, device)? {
            Some(owner) if owner != user => return Err(Ignored::ForeignDevice.into()),
            _ => {}
        }
        if let Some(bound) = devices::by_id(self.tx, device)? {
            return Ok(self.note_use(&bound)?);
        }
        let room = self.ctx.devices_per_remote_user.saturating_sub(1);
        let excess = devices::count_of_user(self.tx, user)?.saturating_sub(room);
        if excess > 0 {
            devices::prune(self.tx, user, excess, self.ctx.now)?;
        }
        devices::insert(self.tx, device, user, "", self.ctx.now)?;
        Ok(())
    }

    /// Notes that a device is in use, once an hour: often enough to know which one rests, and rare enough to
    /// cost a message nothing.
    fn note_use(&self, device: &DeviceRow) -> Result<(), StoreError> {
        let noted = device.last_seen_at.unwrap_or(device.created_at);
        if self.ctx.now.since(noted) >= USE_NOTED_EVERY {
            devices::touch(self.tx, device.id, self.ctx.now)?;
        }
        Ok(())
    }
}

/// Whose device this is, by its own row or by the keys that outlived it.
fn owner_of_device(tx: &ReadTx<'_>, device: DeviceId) -> Result<Option<UserId>, StoreError> {
    match devices::by_id(tx, device)? {
        Some(device) => Ok(Some(device.user_id)),
        None => sender_keys::owner_of_device(tx, device),
    }
}
