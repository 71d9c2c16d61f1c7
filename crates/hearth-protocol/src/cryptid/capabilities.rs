//! `GET /.well-known/cryptid`: what a server is and can do (Cryptid reference, section 2.1).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::PROTOCOL_MAJOR;
use crate::fingerprint::Fingerprint;
use crate::json::{self, JsonError, Limits};
use crate::keys::PublicKey;
use crate::names::CryptidName;
use crate::time::{Timestamp, unix_seconds};
use crate::version::ProtocolVersion;

/// MLS-encrypted messaging; every server has it.
pub const MLS_MESSAGING: &str = "mls_messaging";
/// Messages wait for devices that are offline.
pub const OFFLINE_QUEUING: &str = "offline_queuing";
/// Messages arrive over a WebSocket; clients choose only servers that have it.
pub const WEBSOCKET_STREAMING: &str = "websocket_streaming";

/// A server's capabilities. The seed's members are always there, those of revision B only with their feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The protocol version that the server implements.
    pub protocol_version: ProtocolVersion,
    /// The server's name; the part behind the `@` of its addresses.
    pub server_name: CryptidName,
    /// Whether it takes messages from other servers.
    pub federation_enabled: bool,
    /// What is really switched on there. Unknown names are kept.
    pub supported_features: Vec<String>,
    /// How much it takes in how much time.
    pub rate_limits: RateLimits,
    /// How much it keeps for how long.
    pub message_limits: MessageLimits,
    /// The leaf certificate that its listener serves.
    pub certificate_fingerprint: Fingerprint,
    /// The stream's properties; absent where there is no stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub websocket: Option<WebsocketLimits>,
    /// The keys that sign its federation tokens; empty on servers that do not know this member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub federation_keys: Vec<FederationKey>,
}

/// How much a server takes in how much time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimits {
    /// Messages per minute in federation requests.
    pub federated_messages_per_minute: u32,
    /// Announcements per hour and address.
    pub announcements_per_hour: u32,
    /// Info-package uploads per hour; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infopackage_uploads_per_hour: Option<u32>,
    /// Info-package uploads per day; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infopackage_uploads_per_day: Option<u32>,
}

/// How large a message may be and how long it waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLimits {
    /// Bytes of one message after decoding; 10485760 unless a server differs.
    pub max_message_size: u64,
    /// Days that an unacknowledged message is kept; 30 unless a server differs.
    pub max_retention_days: u32,
}

/// Properties of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebsocketLimits {
    /// Whether it works at all.
    pub enabled: bool,
    /// Open streams per device.
    pub max_connections_per_device: u32,
    /// Messages that may wait on one stream.
    pub max_message_backlog: u32,
    /// Seconds between keep-alives.
    pub keepalive_interval_seconds: u32,
    /// Seconds of silence after which the stream is closed.
    pub connection_timeout_seconds: u32,
}

/// A key that signs federation tokens (Cryptid reference, section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederationKey {
    /// The key's name in token headers, at most 64 characters.
    pub kid: String,
    /// `EdDSA`, the only algorithm.
    pub alg: String,
    /// The key.
    pub public_key: PublicKey,
    /// Until when tokens signed with it count; Unix seconds on the wire.
    #[serde(with = "unix_seconds")]
    pub not_after: Timestamp,
}

impl FederationKey {
    /// The value of `alg`.
    pub const ALGORITHM: &str = "EdDSA";
    /// Most characters of a `kid`.
    pub const MAX_KID_CHARS: usize = 64;
}

/// Why a document does not describe the server asked in a way we understand.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CapabilitiesError {
    /// More than [`Capabilities::MAX_KEYS`] federation keys, or one with another algorithm or an overlong name.
    #[error("unusable federation keys")]
    FederationKeys,
    /// Another major version of the protocol.
    #[error("protocol version {served} is incompatible")]
    IncompatibleVersion {
        /// The version that the server speaks.
        served: ProtocolVersion,
    },
    /// Not JSON of the expected shape.
    #[error("unreadable capabilities: {0}")]
    Json(#[from] JsonError),
    /// The document is about another server.
    #[error("the capabilities are about {served}, not the server asked")]
    NameMismatch {
        /// The server that it is about.
        served: CryptidName,
    },
}

impl Capabilities {
    /// Most federation keys of one server.
    pub const MAX_KEYS: usize = 4;

    /// Reads a document and judges it as [`Capabilities::check`] does.
    pub fn parse(bytes: &[u8], asked: &CryptidName) -> Result<Self, CapabilitiesError> {
        let capabilities: Self = json::parse_unique(bytes, &Limits::DOCUMENT)?;
        capabilities.check(asked)?;
        Ok(capabilities)
    }

    /// Whether this is about `asked` and of our major version.
    ///
    /// The fingerprint is not judged here: that takes the certificate of the handshake.
    pub fn check(&self, asked: &CryptidName) -> Result<(), CapabilitiesError> {
        if self.server_name != *asked {
            return Err(CapabilitiesError::NameMismatch {
                served: self.server_name.clone(),
            });
        }
        if !self.protocol_version.is_compatible(PROTOCOL_MAJOR) {
            return Err(CapabilitiesError::IncompatibleVersion {
                served: self.protocol_version,
            });
        }
        if self.federation_keys.len() > Self::MAX_KEYS || !self.federation_keys.iter().all(is_usable) {
            return Err(CapabilitiesError::FederationKeys);
        }
        Ok(())
    }

    /// Whether messages may be sent there from another server: federation on and the same major version.
    pub fn can_federate(&self) -> bool {
        self.federation_enabled && self.protocol_version.is_compatible(PROTOCOL_MAJOR)
    }

    /// Whether the server lists a feature.
    pub fn supports(&self, feature: &str) -> bool {
        self.supported_features.iter().any(|name| name == feature)
    }
}

fn is_usable(key: &FederationKey) -> bool {
    let kid_fits = !key.kid.is_empty() && key.kid.chars().nth(FederationKey::MAX_KID_CHARS).is_none();
    kid_fits && key.alg == FederationKey::ALGORITHM
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed's example with a whole fingerprint: the one printed there is cut short.
    const SEED: &str = r#"{"protocol_version":"1.0","server_name":"server.example.com","federation_enabled":true,"supported_features":["mls_messaging"],"rate_limits":{"federated_messages_per_minute":1000,"announcements_per_hour":24},"message_limits":{"max_message_size":10485760,"max_retention_days":30},"certificate_fingerprint":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#;

    fn asked() -> CryptidName {
        CryptidName::parse("server.example.com").unwrap()
    }

    fn parsed(from: &str, to: &str) -> Result<Capabilities, CapabilitiesError> {
        let text = SEED.replace(from, to);
        assert!(from.is_empty() || text != SEED, "{from}");
        Capabilities::parse(text.as_bytes(), &asked())
    }

    #[test]
    fn the_seeds_example_is_written_as_read() {
        let capabilities = Capabilities::parse(SEED.as_bytes(), &asked()).unwrap();
        assert_eq!(serde_json::to_string(&capabilities).unwrap(), SEED);
        assert!(capabilities.can_federate());
        assert!(capabilities.supports(MLS_MESSAGING) && !capabilities.supports(WEBSOCKET_STREAMING));
    }

    #[test]
    fn members_of_revision_b_and_unknown_ones_are_welcome() {
        let capabilities = parsed(
            "\"certificate_fingerprint\"",
            r#""websocket":{"enabled":true,"max_connections_per_device":1,"max_message_backlog":1000,"keepalive_interval_seconds":30,"connection_timeout_seconds":300},"relay":{"x":[1]},"certificate_fingerprint""#,
        )
        .unwrap();
        assert_eq!(capabilities.websocket.unwrap().max_message_backlog, 1000);
    }

    #[test]
    fn federation_depends_on_switch_and_major_version() {
        assert!(!parsed("true", "false").unwrap().can_federate());
        assert!(parsed("\"1.0\"", "\"1.7.2\"").unwrap().can_federate());
        for version in ["2.0", "10.0", "0.9"] {
            let served = ProtocolVersion::parse(version).unwrap();
            let why = parsed("\"1.0\"", &format!("\"{version}\""));
            assert_eq!(
                why,
                Err(CapabilitiesError::IncompatibleVersion { served }),
                "{version}"
            );
        }
        assert!(matches!(
            parsed("\"1.0\"", "\"1\""),
            Err(CapabilitiesError::Json(_))
        ));
    }

    #[test]
    fn the_name_must_be_the_one_asked() {
        let why = parsed("server.example", "other.example");
        let served = CryptidName::parse("other.example.com").unwrap();
        assert_eq!(why, Err(CapabilitiesError::NameMismatch { served }));
        assert!(parsed("server.example", "Server.EXAMPLE").is_ok());
    }

    #[test]
    fn a_bent_document_is_unreadable() {
        for (from, to) in [
            ("sha256:e3", "sha256:E3"),
            ("sha256:e3", "e3"),
            ("b7852b855", "b7852b8..."),
            ("true", "\"true\""),
            ("1000", "-1"),
            ("1000", "1e3"),
            ("\"server.example.com\"", "\"server.example.com:8443\""),
            ("\"federation_enabled\":true,", ""),
            (
                "\"federation_enabled\":true,",
                "\"federation_enabled\":true,\"x\":1,\"x\":2,",
            ),
        ] {
            assert!(
                matches!(parsed(from, to), Err(CapabilitiesError::Json(_))),
                "{to}"
            );
        }
    }

    #[test]
    fn federation_keys_are_few_and_of_one_kind() {
        let key = r#"{"kid":"k1","alg":"EdDSA","public_key":"5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=","not_after":1771203723}"#;
        let with = |keys: &str| {
            parsed(
                "\"rate_limits\"",
                &format!("\"federation_keys\":[{keys}],\"rate_limits\""),
            )
        };
        let capabilities = with(key).unwrap();
        assert_eq!(
            capabilities.federation_keys[0].not_after,
            Timestamp::from_seconds(1_771_203_723)
        );
        assert!(with(&[key; 4].join(",")).is_ok());
        for keys in [
            [key; 5].join(","),
            key.replace("EdDSA", "HS256"),
            key.replace("k1", &"k".repeat(65)),
            key.replace("k1", ""),
        ] {
            assert_eq!(with(&keys), Err(CapabilitiesError::FederationKeys), "{keys}");
        }
    }
}
