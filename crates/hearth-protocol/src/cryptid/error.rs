//! How a Cryptid server says no: one body, and a table of identifiers (Cryptid reference, section 2.0).
//!
//! Numbers are reused between revisions, so whoever reads an error decides by its identifier.

use serde::{Deserialize, Serialize};

use crate::json::{self, JsonError, Limits};

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The identifier, in upper case; see [`ErrorKind::parse`].
    pub error: String,
    /// For logs and developers, never for the people who chat; holds nothing secret.
    pub message: String,
    /// Four digits. Absent in the seed's two bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// Seconds to wait, where trying again may help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl ErrorBody {
    /// The body of an error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            error: kind.name().to_owned(),
            message: message.into(),
            code: kind.code(),
            retry_after: None,
        }
    }

    /// The same with a number of seconds to wait.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The seed's 404 of a server without Cryptid, or with discovery switched off.
    pub fn endpoint_not_found() -> Self {
        Self::new(
            ErrorKind::EndpointNotFound,
            "Server does not support Cryptid protocol",
        )
    }

    /// The seed's 503 of a server that takes no new connections for now.
    pub fn server_unavailable() -> Self {
        Self::new(ErrorKind::ServerUnavailable, "Server temporarily unavailable")
    }

    /// Reads a peer's error. Whether it is one we know, [`ErrorBody::kind`] tells.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        json::parse_unique(bytes, &Limits::DOCUMENT)
    }

    /// What kind of error this is; `None` for an identifier that we do not know.
    pub fn kind(&self) -> Option<ErrorKind> {
        ErrorKind::parse(&self.error)
    }
}

/// Declares the kinds with identifier, number (0: none, as in the seed) and HTTP status side by side.
macro_rules! error_kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $code:literal $status:literal,)*) => {
        /// The errors that we know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The identifier on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The HTTP status that we answer with.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$kind => $status,)* }
            }

            const fn raw_code(self) -> u16 {
                match self { $(Self::$kind => $code,)* }
            }
        }
    };
}

error_kinds! {
    /// A delivery address is malformed.
    InvalidAddress "INVALID_ADDRESS" 4005 400,
    /// The device is not configured as an administrator.
    InvalidAdmin "INVALID_ADMIN" 4009 401,
    /// The time to live of an info package cannot be granted.
    InvalidConfig "INVALID_CONFIG" 4013 400,
    /// A key package is bad.
    InvalidKeyPackage "INVALID_KEYPACKAGE" 4015 400,
    /// A refresh token is bad or too old.
    InvalidRefreshToken "INVALID_REFRESH_TOKEN" 4008 401,
    /// JSON, a member's type or a length is wrong.
    InvalidRequest "INVALID_REQUEST" 4101 400,
    /// An Ed25519 signature does not verify.
    InvalidSignature "INVALID_SIGNATURE" 4001 400,
    /// An administrator lacks the permission.
    InsufficientPermissions "INSUFFICIENT_PERMISSIONS" 4011 403,
    /// An administrator's challenge is too old.
    ChallengeExpired "CHALLENGE_EXPIRED" 4010 410,
    /// The device has no live mapping.
    DeviceNotAnnounced "DEVICE_NOT_ANNOUNCED" 4002 401,
    /// An administrator asked about a device that is not there.
    DeviceNotFound "DEVICE_NOT_FOUND" 4013 404,
    /// There is no such route, no Cryptid, or discovery is switched off.
    EndpointNotFound "ENDPOINT_NOT_FOUND" 0 404,
    /// A federation token does not hold.
    FederationAuthFailed "FEDERATION_AUTH_FAILED" 4108 401,
    /// Federation is switched off: wait, this is no refusal.
    FederationDisabled "FEDERATION_DISABLED" 4106 503,
    /// Delivery to another server failed.
    FederationFailed "FEDERATION_FAILED" 4006 502,
    /// Something here is broken; the details are in our log.
    InternalError "INTERNAL_ERROR" 5100 500,
    /// The message exceeds the limit.
    MessageTooLarge "MESSAGE_TOO_LARGE" 4003 413,
    /// The route has no such method.
    MethodNotAllowed "METHOD_NOT_ALLOWED" 4109 405,
    /// The request names another host.
    MisdirectedRequest "MISDIRECTED_REQUEST" 4110 421,
    /// The owner blocks the origin.
    OriginBlocked "ORIGIN_BLOCKED" 4107 403,
    /// The recipient's queue is full.
    QueueFull "QUEUE_FULL" 5101 503,
    /// Too many in too short a time.
    RateLimitExceeded "RATE_LIMIT_EXCEEDED" 4004 429,
    /// Nobody has that address.
    RecipientNotFound "RECIPIENT_NOT_FOUND" 4100 404,
    /// Up, but not taking new connections for now.
    ServerUnavailable "SERVER_UNAVAILABLE" 0 503,
    /// The target server is down or not found.
    ServerUnreachable "SERVER_UNREACHABLE" 4007 502,
    /// A timestamp is too far from our clock, or seen before.
    TimestampOutOfRange "TIMESTAMP_OUT_OF_RANGE" 4103 400,
    /// More than 100 key packages in one upload.
    TooManyKeyPackages "TOO_MANY_KEYPACKAGES" 4003 400,
    /// A transaction id was used before with another body.
    TransactionConflict "TRANSACTION_CONFLICT" 4105 409,
    /// A token is missing, bad or expired.
    Unauthorized "UNAUTHORIZED" 4102 401,
    /// The body is not JSON by its media type.
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" 4109 415,
}

impl ErrorKind {
    /// The kind with this identifier.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The number beside the identifier; the seed's own two errors have none.
    pub const fn code(self) -> Option<u16> {
        match self.raw_code() {
            0 => None,
            code => Some(code),
        }
    }

    /// Whether the same request may succeed later: 429, 500, 502 and 503.
    pub const fn is_retryable(self) -> bool {
        matches!(self.http_status(), 429 | 500 | 502 | 503)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_seeds_two_bodies_have_exactly_two_members() {
        let json = |body: &ErrorBody| serde_json::to_string(body).unwrap();
        assert_eq!(
            json(&ErrorBody::endpoint_not_found()),
            r#"{"error":"ENDPOINT_NOT_FOUND","message":"Server does not support Cryptid protocol"}"#
        );
        assert_eq!(
            json(&ErrorBody::server_unavailable()),
            r#"{"error":"SERVER_UNAVAILABLE","message":"Server temporarily unavailable"}"#
        );
    }

    #[test]
    fn other_bodies_have_a_code_and_perhaps_a_delay() {
        let body = ErrorBody::new(ErrorKind::RateLimitExceeded, "Too many messages").retry_after(7);
        let json =
            r#"{"error":"RATE_LIMIT_EXCEEDED","message":"Too many messages","code":4004,"retry_after":7}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(ErrorBody::parse(json.as_bytes()), Ok(body));
    }

    #[test]
    fn a_reader_decides_by_the_identifier() {
        let keys = ErrorBody::parse(br#"{"error":"TOO_MANY_KEYPACKAGES","message":"","code":4003}"#).unwrap();
        assert_eq!(keys.kind(), Some(ErrorKind::TooManyKeyPackages));
        let unknown = ErrorBody::parse(br#"{"error":"COFFEE_MISSING","message":"","code":4003}"#).unwrap();
        assert_eq!(unknown.kind(), None);
    }

    #[test]
    fn the_table_is_sound() {
        let names: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), ErrorKind::ALL.len());
        for kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::parse(kind.name()), Some(*kind));
            assert!(
                kind.code().is_none_or(|code| (4000..6000).contains(&code)),
                "{kind:?}"
            );
            assert!((400..600).contains(&kind.http_status()), "{kind:?}");
        }
        assert!(ErrorKind::FederationDisabled.is_retryable() && !ErrorKind::OriginBlocked.is_retryable());
    }
}
