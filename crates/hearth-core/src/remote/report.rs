//! What the owner should know of events that were refused.

use hearth_protocol::names::ServerName;
use hearth_store::StoreError;
use hearth_store::tables::alerts::{self, NewAlert, Severity};

use super::ApplyError;
use crate::Core;

/// Raises an alert when another server was refused for a reason that only the owner can mend.
///
/// The refusal undid its own write, so this is one of its own. Alerts are one per kind and server, so a server
/// that comes again and again only raises a count.
pub async fn report(core: &Core, origin: &ServerName, why: &ApplyError) -> Result<(), StoreError> {
    let kind = match why {
        ApplyError::OthersChannel => "channel_id_taken",
        ApplyError::TooMany => "peer_makes_too_much",
        ApplyError::OwnOrigin | ApplyError::Store(_) => return Ok(()),
    };
    let (origin, now) = (origin.clone(), core.now());
    core.store()
        .write(move |tx| {
            let alert = NewAlert {
                kind,
                subject: origin.as_str(),
                severity: Severity::Warning,
                details: "{}",
            };
            alerts::raise(tx, &alert, now)
        })
        .await
}
