//! Reading evidence: from what a server showed to what it would be recognised by.

use hearth_protocol::d3chat::descriptor::{DescriptorError, ServerDescriptor};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::peers::Pins;
use thiserror::Error;

use crate::outbound::{Document, Evidence};
use crate::trust::keeper::Discovered;

/// What a server answered cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// It is about another server, for another protocol version, or no descriptor at all.
    #[error(transparent)]
    Descriptor(#[from] DescriptorError),
    /// It answered with a status that carries no descriptor; redirects are not followed.
    #[error("the server answered with status {status} instead of its descriptor")]
    Status {
        /// The HTTP status, 0 when there was none.
        status: u16,
    },
}

/// Evidence, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// What the server would be recognised by.
    pub(super) found: Discovered,
    /// The fingerprint it publishes, when that is not the one it shows.
    pub(super) contradiction: Option<String>,
}

/// Reads evidence strictly: the descriptor must be about the name that was asked.
pub(super) fn read(
    asked: &ServerName,
    evidence: &Evidence,
    now: Timestamp,
) -> Result<Reading, DocumentError> {
    let descriptor = match &evidence.descriptor {
        Document::Body(bytes) => ServerDescriptor::parse(bytes, asked)?,
        Document::Absent { status } => {
            return Err(DocumentError::Status {
                status: status.unwrap_or(0),
            });
        }
    };
    let contradiction = descriptor
        .certificate_fingerprint
        .filter(|published| *published != evidence.leaf.fingerprint)
        .map(|published| published.to_string());
    let seen = Pins {
        key: descriptor.signing_key_public,
        fingerprint: evidence.leaf.fingerprint,
        spki: evidence.leaf.spki,
        is_publicly_trusted: evidence.leaf.is_publicly_trusted,
        since: now,
    };
    let published = serde_json::to_string(&descriptor).unwrap_or_default();
    Ok(Reading {
        found: Discovered { seen, published },
        contradiction,
    })
}
