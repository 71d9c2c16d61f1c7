//! How a request between servers is signed (d3chat section 5.2).
//!
//! The signature covers method, path with query, the timestamp *as text* and the hash of the raw body. It does
//! not cover the destination, nor the origin header; other stages make up for that.

mod wire_timestamp;

use std::time::Duration;

use sha2::{Digest, Sha256};

pub use wire_timestamp::{WireTimestamp, WireTimestampError};

/// Names the sending server, as it publishes itself.
pub const ORIGIN_HEADER: &str = "x-d3chat-origin";

/// Carries the [`WireTimestamp`].
pub const TIMESTAMP_HEADER: &str = "x-d3chat-timestamp";

/// Carries the [`Signature`](crate::keys::Signature) in base64.
pub const SIGNATURE_HEADER: &str = "x-d3chat-signature";

/// How far a request's timestamp may be from our clock, in either direction.
pub const REPLAY_WINDOW: Duration = Duration::from_mins(5);

/// The bytes that are signed: `METHOD LF PATH LF TIMESTAMP LF hex(SHA-256(body))`.
///
/// `path` is the path and query as they stand in the request line, never decoded or re-encoded, and `body` is
/// what arrived, byte for byte. For the inbox `path` is [`INBOX_PATH`](super::INBOX_PATH), even below a prefix.
pub fn signed_bytes(method: &str, path: &str, timestamp: &WireTimestamp, body: &[u8]) -> Vec<u8> {
    let body_hash = hex::encode(Sha256::digest(body));
    let method = method.to_ascii_uppercase();
    [method.as_str(), path, timestamp.as_str(), body_hash.as_str()]
        .join("\n")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_lines_without_a_last_line_feed() {
        let timestamp = WireTimestamp::parse("1700000000.0").unwrap();
        let bytes = signed_bytes("get", "/federation/user-lookup?username=alice", &timestamp, b"");
        let expected = "GET\n/federation/user-lookup?username=alice\n1700000000.0\n\
                        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        assert_eq!(expected.len(), 120);
    }
}
