//! Stage 1: the three headers are there and mean something.

use hearth_protocol::d3chat::signing::WireTimestamp;
use hearth_protocol::keys::Signature;
use hearth_protocol::names::ServerName;
use thiserror::Error;

use super::InboundRequest;

/// The longest body of a single event.
pub const MAX_BODY: usize = 256 * 1024;

/// What the headers claim; nothing of it is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Who the sender says it is.
    pub(crate) origin: ServerName,
    /// When it says it signed.
    pub(crate) timestamp: WireTimestamp,
    /// Its signature.
    pub(crate) signature: Signature,
}

/// The headers cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The body is longer than any event.
    #[error("Request body too large")]
    BodyTooLong,
    /// One of the three is not there.
    #[error("Missing federation headers")]
    Missing,
    /// The origin is not the name of a server, or an address where names are expected.
    #[error("Invalid origin")]
    Origin,
    /// The origin is this server.
    #[error("Origin is this server itself")]
    OwnName,
    /// The signature is not base64 of 64 bytes.
    #[error("Invalid signature")]
    Signature,
    /// The timestamp is not plain seconds.
    #[error("Invalid timestamp")]
    Timestamp,
}

/// Which origins are taken at all.
#[derive(Clone, Copy)]
pub(crate) struct OriginRule<'a> {
    /// Our own name.
    pub(crate) own: &'a ServerName,
    /// Whether an IP address may stand for this name.
    pub(crate) allows_literal: &'a dyn Fn(&ServerName) -> bool,
}

/// Reads the headers.
pub(crate) fn read(request: &InboundRequest, rule: OriginRule<'_>) -> Result<Claims, HeaderError> {
    let (Some(origin), Some(timestamp), Some(signature)) =
        (&request.origin, &request.timestamp, &request.signature)
    else {
        return Err(HeaderError::Missing);
    };
    if request.body.len() > MAX_BODY {
        return Err(HeaderError::BodyTooLong);
    }
    let origin = ServerName::parse(origin).map_err(|_| HeaderError::Origin)?;
    if origin == *rule.own {
        return Err(HeaderError::OwnName);
    }
    if origin.is_ip_literal() && !(rule.allows_literal)(&origin) {
        return Err(HeaderError::Origin);
    }
    Ok(Claims {
        origin,
        timestamp: WireTimestamp::parse(timestamp).map_err(|_| HeaderError::Timestamp)?,
        signature: Signature::from_base64(signature).map_err(|_| HeaderError::Signature)?,
    })
}
