//! `[limits]`: every budget and bound of the server, in one table.

use std::time::Duration;

use super::scheme::settings;

settings! {
    /// Budgets and bounds. The defaults suit a server for a few hundred people; load tools raise them.
    pub struct LimitSettings in "limits" {
        /// Open connections in all; further ones are closed at once.
        pub connections: usize = 10_000,
        /// Open connections of one address (IPv6: of one /64 network). Trusted proxies are not counted.
        pub connections_per_address: usize = 256,
        /// How long a TLS handshake may take.
        pub handshake_timeout: Duration = Duration::from_secs(10),
        /// How long a client may take to send the head of a request.
        pub header_timeout: Duration = Duration::from_secs(10),
        /// How long a client may take to send the body of a request.
        pub body_timeout: Duration = Duration::from_mins(1),
        /// How long a connection may stay open without a request in progress.
        pub idle_timeout: Duration = Duration::from_mins(2),
        /// How long a stopping server waits for requests in progress.
        pub shutdown_timeout: Duration = Duration::from_secs(10),

        /// Requests per minute and client address. Health, discovery, federation and web client files do
        /// not count.
        pub requests_per_minute: u32 = 300,
        /// How deep JSON in a request may be nested.
        pub json_depth: usize = 32,
        /// Longest string in the JSON of a request, in bytes.
        pub json_string_bytes: usize = 131_072,

        /// Registrations per hour and client address.
        pub registrations_per_hour: u32 = 20,
        /// Sign-ins per minute and client address.
        pub logins_per_minute: u32 = 30,
        /// Wrong passwords per quarter of an hour for one account from one address.
        pub wrong_passwords_per_account_and_address: u32 = 10,
        /// Wrong passwords per quarter of an hour for one account from everywhere. Well above the one before,
        /// so that a single stranger cannot lock somebody out.
        pub wrong_passwords_per_account: u32 = 100,
        /// Passwords hashed at the same time; each takes the memory below.
        pub password_hashes_at_once: usize = 2,
        /// Requests of one address that may wait for a password hash; further ones are answered 429.
        pub password_hashes_waiting_per_address: usize = 8,
        /// Requests of all addresses that may wait for a password hash.
        pub password_hashes_waiting: usize = 256,
        /// Memory for hashing one password, in KiB.
        pub password_memory_kib: u32 = 65_536,
        /// Passes over that memory.
        pub password_passes: u32 = 3,
        /// Lanes of that memory.
        pub password_lanes: u32 = 1,

        /// Look-ups of people on other servers per minute and account. People who are known here do not count.
        pub lookups_per_minute: u32 = 20,
        /// WebSocket tickets per minute and account.
        pub tickets_per_minute: u32 = 60,
        /// WebSocket connections with a bad ticket per minute and client address; beyond, they are answered
        /// 429 before the upgrade.
        pub bad_tickets_per_minute: u32 = 30,
        /// Typing notices per minute and account.
        pub typing_per_minute: u32 = 120,
        /// WebSocket connections of one account.
        pub sockets_per_user: usize = 20,
        /// Events that may wait for one WebSocket connection; a client that lets them pile up further is
        /// closed with 4008 and catches up when it reconnects.
        pub socket_queue: usize = 256,
        /// Largest frame a client may send, in bytes.
        pub socket_frame_bytes: usize = 4_096,
        /// Frames per minute that a client may send.
        pub socket_frames_per_minute: u32 = 240,
        /// Time between two pings.
        pub socket_ping_interval: Duration = Duration::from_secs(20),
        /// How long a client may stay silent after a ping.
        pub socket_ping_timeout: Duration = Duration::from_secs(20),
        /// Time between two heartbeats: events that say nothing but that the connection works, for clients that
        /// cannot see pings.
        pub socket_heartbeat_interval: Duration = Duration::from_secs(25),
        /// How long one frame may take to be taken over by the client's network.
        pub socket_write_timeout: Duration = Duration::from_secs(10),

        /// Federation requests per minute of one verified server.
        pub federation_requests_per_minute: u32 = 100,
        /// Federation requests per minute of one client address, before verification.
        pub federation_source_requests_per_minute: u32 = 300,
        /// Federation requests with a body that are worked on at the same time, each with up to 256 KiB.
        pub federation_bodies: usize = 256,
        /// Federation requests with a body of one client address that are worked on at the same time.
        pub federation_bodies_per_address: usize = 16,
        /// Look-ups of unknown servers per minute that one client address may cause.
        pub federation_fetches_per_source_per_minute: u32 = 6,
        /// Look-ups of unknown servers per minute in all.
        pub federation_fetches_per_minute: u32 = 60,
        /// Events per minute that a server which does not say is assumed to take from us.
        pub federation_sends_per_minute: u32 = 100,
    }
}
