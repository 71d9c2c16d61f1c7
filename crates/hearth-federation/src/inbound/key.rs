//! Stage 4: the key that the claimed origin signs with, pinned or discovered.

use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::keys::PublicKey;
use thiserror::Error;

use super::Inbound;
use super::InboundRequest;
use super::admission::AdmissionError;
use super::headers::Claims;
use crate::discovery::DiscoveryError;
use crate::trust::keeper::Asker;
use crate::trust::{PeerTrust, Standing};

/// There is no key to verify with.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// The owner shut the origin out while this was under way.
    #[error("This server does not federate with yours")]
    Blocked,
    /// Too many requests that would make this server look up strangers.
    #[error("Federation rate limit exceeded")]
    FetchBudget {
        /// When to come back.
        retry_after: Duration,
    },
    /// The origin has introduced itself and waits for the owner's decision.
    #[error("Your server waits to be confirmed by the owner of this one")]
    Pending,
    /// The origin's descriptor is not that of a server of that name which we could talk to.
    #[error("Could not verify origin server: {reason}")]
    Refused {
        /// What is wrong.
        reason: String,
    },
    /// The origin could not be asked right now, or something else answered. That is no reason to refuse it: a
    /// refusal pauses its queue.
    #[error("Could not verify origin server: {reason}")]
    Unreachable {
        /// What went wrong.
        reason: String,
    },
}

/// Finds the pinned key of the claimed origin, after meeting it if it is new.
pub(super) async fn find(
    inbound: &Inbound,
    request: &InboundRequest,
    claims: &Claims,
) -> Result<PublicKey, KeyFault> {
    if let Some(key) = pinned(inbound.table.peer(&claims.origin).as_ref()) {
        return Ok(key);
    }
    if inbound.discovery.would_fetch(&claims.origin) {
        let charge = inbound.budgets.charge_fetch(&*inbound.bus, request.source);
        charge.await.map_err(fetch_budget)?;
    }
    let peer = inbound
        .discovery
        .meet(&claims.origin, Asker::Stranger)
        .await
        .map_err(|error| fault(&error))?;
    match peer.standing {
        Standing::Blocked => Err(KeyFault::Blocked),
        _ => pinned(Some(&peer)).ok_or(KeyFault::Pending),
    }
}

/// The key a server is recognised by. While it is held that is still the old one.
pub(super) fn pinned(peer: Option<&Arc<PeerTrust>>) -> Option<PublicKey> {
    let peer = peer?;
    match peer.standing {
        Standing::Pinned | Standing::Held => peer.pinned.map(|pins| pins.key),
        Standing::Blocked | Standing::Request | Standing::Unknown => None,
    }
}

/// The one way in which charging for a fetch fails.
pub(super) fn fetch_budget(error: AdmissionError) -> KeyFault {
    match error {
        AdmissionError::FetchBudget { retry_after } => KeyFault::FetchBudget { retry_after },
        other => KeyFault::Unreachable {
            reason: other.to_string(),
        },
    }
}

fn fault(error: &DiscoveryError) -> KeyFault {
    let reason = error.to_string();
    if error.is_transient() {
        KeyFault::Unreachable { reason }
    } else {
        KeyFault::Refused { reason }
    }
}
