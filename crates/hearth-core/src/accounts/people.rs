//! Finding people.

use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::UserId;
use hearth_protocol::names::{ServerName, UserAddress, Username};
use hearth_protocol::time::Timestamp;
use hearth_store::tables::users::{self, NewUser};
use hearth_store::{ReadTx, StoreError, WriteTx};
use thiserror::Error;

use super::{Role, User};
use crate::{Actor, Core};

/// Why a person of another server was not remembered.
#[derive(Debug, Error)]
pub enum RememberError {
    /// The address is one of ours; only registering makes local accounts.
    #[error("this server's own accounts are not remote")]
    OwnServer,
    /// As many people of that server as this one remembers are known already.
    #[error("too many people of {server} are known here")]
    TooMany {
        /// Their server.
        server: ServerName,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The account that is asking. `None` when it was deleted a moment ago.
pub async fn me(core: &Core, actor: &Actor) -> Result<Option<User>, StoreError> {
    by_id(core, actor.user_id).await
}

/// The person with this id, local or remote.
pub async fn by_id(core: &Core, id: UserId) -> Result<Option<User>, StoreError> {
    core.store().read(move |tx| users::by_id(tx, id)).await
}

/// The person at this address as far as this server knows: a local account, or somebody remembered from
/// another server. Case matters, as on the wire (d3chat.md section 2.1).
pub async fn lookup_local(core: &Core, address: &UserAddress) -> Result<Option<User>, StoreError> {
    let (own, address) = (core.server_name().clone(), address.clone());
    core.store()
        .read(move |tx| {
            if address.server == own {
                find_local(tx, &own, &address.username)
            } else {
                find_remote(tx, &address.server, &address.username)
            }
        })
        .await
}

/// Remembers a person whom their own server has just confirmed, and returns our row for them.
pub async fn remember_remote(core: &Core, address: &UserAddress) -> Result<User, RememberError> {
    if address.server == *core.server_name() {
        return Err(RememberError::OwnServer);
    }
    let id = UserId::new(uuid_v4(core.random().as_ref()));
    let (address, now, cap) = (address.clone(), core.now(), core.limits().users_per_origin);
    core.store()
        .write(move |tx| {
            find_or_make_remote(tx, &address.server, &address.username, id, cap, now)?.ok_or_else(|| {
                RememberError::TooMany {
                    server: address.server.clone(),
                }
            })
        })
        .await
}

/// How many accounts this server has.
pub async fn count(core: &Core) -> Result<u64, StoreError> {
    core.store().read(users::count_local).await
}

/// Whether somebody owns this server, that is, whether a superadmin exists.
pub async fn has_owner(core: &Core) -> Result<bool, StoreError> {
    core.store().read(users::has_superadmin).await
}

/// The local account of exactly this name.
pub(crate) fn find_local(
    tx: &ReadTx<'_>,
    own: &ServerName,
    username: &Username,
) -> Result<Option<User>, StoreError> {
    let found = users::local_by_name(tx, own, &username.folded())?;
    Ok(found.filter(|user| user.username == *username))
}

/// Our row for a person of another server.
pub(crate) fn find_remote(
    tx: &ReadTx<'_>,
    server: &ServerName,
    username: &Username,
) -> Result<Option<User>, StoreError> {
    users::remote_by_name(tx, server, username)
}

/// Our row for a person of another server, made with `id` if there is none. `None` when that server has used
/// up its `cap` of people (F15).
pub(crate) fn find_or_make_remote(
    tx: &WriteTx<'_>,
    server: &ServerName,
    username: &Username,
    id: UserId,
    cap: u64,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    if let Some(user) = find_remote(tx, server, username)? {
        return Ok(Some(user));
    }
    if users::count_of_server(tx, server)? >= cap {
        return Ok(None);
    }
    users::insert(
        tx,
        &NewUser {
            id,
            username,
            server,
            password_hash: None,
            role: Role::User,
            email: None,
            display_name: None,
            created_at: now,
        },
    )?;
    users::by_id(tx, id)
}
