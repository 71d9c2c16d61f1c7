//! Who is asking, answered from the store at every request (A3, A4).

use std::time::Duration;

use hearth_protocol::ids::{SessionId, UserId};
use hearth_store::tables::sessions::{self, SessionRow};

use super::{Actor, AuthError, SessionKind, check_standing, end_of_life};
use crate::{Core, secrets, settings};

/// A cookie session's end is moved at most this often, so that reading does not turn into writing.
const EXTEND_EVERY: Duration = Duration::from_hours(1);

/// Believes the claims of a verified access token (or a ticket made from one) if its session is alive and its
/// user welcome.
pub async fn authenticate(core: &Core, user: UserId, session: SessionId) -> Result<Actor, AuthError> {
    let now = core.now();
    core.store()
        .read(move |tx| {
            let row = sessions::by_id(tx, session)?
                .filter(|row| row.user_id == user && row.expires_at > now)
                .ok_or(AuthError::InvalidToken)?;
            check_standing(row.standing, now)?;
            Ok(row.into())
        })
        .await
}

/// Believes a session cookie, and lets its session live on.
pub async fn authenticate_cookie(core: &Core, value: &str) -> Result<Actor, AuthError> {
    let now = core.now();
    let hash = secrets::hash(value);
    let (row, days) = core
        .store()
        .read(move |tx| {
            let row = sessions::by_secret(tx, &hash)?
                .filter(|row| row.kind == SessionKind::Cookie && row.expires_at > now)
                .ok_or(AuthError::InvalidToken)?;
            check_standing(row.standing, now)?;
            Ok::<_, AuthError>((row, settings::lifetime_days(tx)?))
        })
        .await?;
    extend(core, &row, days).await?;
    Ok(row.into())
}

async fn extend(core: &Core, row: &SessionRow, days: u32) -> Result<(), AuthError> {
    let now = core.now();
    let expires_at = end_of_life(now, days);
    if expires_at.since(row.expires_at) < EXTEND_EVERY {
        return Ok(());
    }
    let (session, device) = (row.id, row.device_id);
    core.store()
        .write(move |tx| {
            sessions::extend(tx, session, now, expires_at)?;
            hearth_store::tables::devices::touch(tx, device, now)?;
            Ok(())
        })
        .await
}
