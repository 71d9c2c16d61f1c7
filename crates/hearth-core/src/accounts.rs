//! Accounts of this server, and the people of other servers that it has met.

mod login;
mod names;
mod people;
mod register;

pub use hearth_store::tables::users::{Role, Standing, UserRow as User};
pub use login::{Login, LoginError, login};
pub use people::{RememberError, by_id, count, has_owner, lookup_local, me, remember_remote};
pub use register::{RegisterError, Registration, register};

pub(crate) use people::{find_local, find_or_make_remote, find_remote};
