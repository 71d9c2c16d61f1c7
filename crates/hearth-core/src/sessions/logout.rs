//! Signing out ends every session of the device, so the tabs that share a log-in end together.

use hearth_bus::{Signal, Topic};
use hearth_protocol::ids::{DeviceId, SessionId, UserId};
use hearth_store::tables::sessions::{self, SessionRow};
use hearth_store::{ReadTx, StoreError};

use super::{Actor, CLOSE_SIGNED_OUT};
use crate::task::to_the_end;
use crate::{Core, secrets};

/// Signs out the device that asks. Its sockets are closed.
pub async fn logout(core: &Core, actor: &Actor) -> Result<(), StoreError> {
    let (user, device) = (actor.user_id, actor.device_id);
    end_device(core, move |_| Ok(Some((user, device)))).await
}

/// Signs out the device that a refresh token belongs to; an unknown token is no error.
///
/// The token that was replaced last will do: the reference client keeps its first one in storage and the
/// newer ones in memory only.
pub async fn logout_refresh(core: &Core, refresh_token: &str) -> Result<(), StoreError> {
    let hash = secrets::hash(refresh_token);
    end_device(core, move |tx| {
        let row = match sessions::by_secret(tx, &hash)? {
            None => sessions::by_previous_secret(tx, &hash)?,
            found => found,
        };
        Ok(row.map(
            |SessionRow {
                 user_id, device_id, ..
             }| (user_id, device_id),
        ))
    })
    .await
}

async fn end_device(
    core: &Core,
    find: impl Fn(&ReadTx<'_>) -> Result<Option<(UserId, DeviceId)>, StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    let core = core.clone();
    to_the_end(async move {
        let ended = core
            .store()
            .write(move |tx| {
                let Some((user, device)) = find(tx)? else {
                    return Ok(None);
                };
                Ok::<_, StoreError>(Some((user, sessions::delete_of_device(tx, device)?)))
            })
            .await?;
        if let Some((user, sessions)) = ended {
            close(&core, user, sessions).await;
        }
        Ok(())
    })
    .await
}

async fn close(core: &Core, user: UserId, sessions: Vec<SessionId>) {
    for session in sessions {
        let signal = Signal::CloseSession {
            session: Some(session),
            code: CLOSE_SIGNED_OUT,
            reason: "signed out",
        };
        core.publish(Topic::User(user), signal).await;
    }
}
