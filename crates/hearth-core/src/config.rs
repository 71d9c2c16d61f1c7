//! What the rules are built from, and the limits that an owner or a load test may move.

use std::sync::Arc;

use hearth_bus::Bus;
use hearth_protocol::env::{Clock, Random};
use hearth_protocol::names::ServerName;
use hearth_store::Store;

use crate::settings::RegistrationMode;

/// Everything [`Core::open`](crate::Core::open) needs.
#[derive(Clone, Debug)]
pub struct CoreParts {
    /// The durable data.
    pub store: Store,
    /// The short-lived plane.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Bytes that nobody can guess.
    pub random: Arc<dyn Random>,
    /// Names and limits.
    pub config: CoreConfig,
}

/// Names and limits of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreConfig {
    /// The name under which other servers know this one.
    pub server_name: ServerName,
    /// What a password costs to check.
    pub argon2: Argon2Cost,
    /// Sets the registration mode when the server starts; `None` leaves what the owner chose last.
    pub registration: Option<RegistrationMode>,
    /// The limits.
    pub limits: CoreLimits,
}

impl CoreConfig {
    /// The defaults for a server of this name.
    pub fn new(server_name: ServerName) -> Self {
        Self {
            server_name,
            argon2: Argon2Cost::default(),
            registration: None,
            limits: CoreLimits::default(),
        }
    }
}

/// The cost of hashing a password with Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB, at least 8 per lane.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// 64 MiB in three passes, about an eighth of a second on one core; OWASP asks for 19 MiB in two.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

/// How much of what one person, address or server may do. Every default suits a server on somebody's desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreLimits {
    /// Log-in attempts per minute from one address (an IPv6 /64 counts as one).
    pub logins_per_address: u32,
    /// Registration attempts per hour from one address.
    pub registrations_per_address: u32,
    /// Wrong passwords per quarter of an hour for one account from one address.
    pub wrong_passwords_per_account_and_address: u32,
    /// Wrong passwords per quarter of an hour for one account from everywhere. Well above the one before, so
    /// that a single stranger cannot lock somebody out.
    pub wrong_passwords_per_account: u32,
    /// Passwords hashed at once; each takes [`Argon2Cost::memory_kib`].
    pub hashes_at_once: usize,
    /// Requests of one address that may wait for hashing.
    pub hashes_waiting_per_address: usize,
    /// Requests that may wait for hashing in all.
    pub hashes_waiting: usize,
    /// Typing notices of one person per minute.
    pub typing_per_user: u32,
    /// Sessions of one device: tabs that refresh at once get one each.
    pub sessions_per_device: u64,
    /// People of one other server that are remembered here.
    pub users_per_origin: u64,
    /// Channels that one other server may make here by inviting.
    pub channels_per_origin: u64,
    /// Channels per hour into which one other server may bring one person here.
    pub invites_per_person: u64,
    /// Devices that are remembered of one person of another server, the lately used ones. More than these may
    /// speak; the ones that rest are forgotten.
    pub devices_per_remote_user: u64,
    /// Sender keys that are kept in one channel of one person of another server, the latest ones: with them
    /// old messages are read.
    pub keys_per_remote_user: u64,
}

impl Default for CoreLimits {
    fn default() -> Self {
        Self {
            logins_per_address: 30,
            registrations_per_address: 20,
            wrong_passwords_per_account_and_address: 10,
            wrong_passwords_per_account: 100,
            hashes_at_once: 2,
            hashes_waiting_per_address: 8,
            hashes_waiting: 256,
            typing_per_user: 120,
            sessions_per_device: 32,
            users_per_origin: 10_000,
            channels_per_origin: 1_000,
            invites_per_person: 60,
            devices_per_remote_user: 100,
            keys_per_remote_user: 500,
        }
    }
}
