//! Stage 5: the signature.
//!
//! A signature that the pinned key does not verify may mean that the origin has a new key. Then the origin is
//! looked at again, within the budgets, and the change table decides; the request itself never does.

use hearth_protocol::d3chat::signing::signed_bytes;
use hearth_protocol::keys::PublicKey;
use thiserror::Error;

use super::headers::Claims;
use super::{Inbound, InboundRequest, key};

/// The signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureFault {
    /// The origin now publishes another key, and nothing vouches for it.
    #[error(
        "Invalid signature: your server's key has changed and waits to be confirmed by the owner of this one"
    )]
    Changed,
    /// The origin's key did not sign this request.
    #[error("Invalid signature")]
    Invalid,
}

/// Verifies the request under the key, or under the one an accepted change put in its place.
///
/// `paths` are the forms of the path that may have been signed.
pub(super) async fn verify(
    inbound: &Inbound,
    request: &InboundRequest,
    claims: &Claims,
    paths: &[String],
    key: PublicKey,
) -> Result<(), SignatureFault> {
    if holds(request, claims, paths, &key) {
        return Ok(());
    }
    let Some(other) = key_after_looking_again(inbound, request, claims, key).await? else {
        return Err(SignatureFault::Invalid);
    };
    if holds(request, claims, paths, &other) {
        Ok(())
    } else {
        Err(SignatureFault::Invalid)
    }
}

fn holds(request: &InboundRequest, claims: &Claims, paths: &[String], key: &PublicKey) -> bool {
    paths.iter().any(|path| {
        let bytes = signed_bytes(request.method.as_str(), path, &claims.timestamp, &request.body);
        key.verify_strict(&bytes, &claims.signature)
    })
}

/// Another key that the change table has accepted; `None` when all is as it was or could not be found out.
async fn key_after_looking_again(
    inbound: &Inbound,
    request: &InboundRequest,
    claims: &Claims,
    old: PublicKey,
) -> Result<Option<PublicKey>, SignatureFault> {
    let discovery = &inbound.discovery;
    // Asked before charging: a flood of forged requests for one origin must not use up everybody's fetches.
    if !discovery.may_look_again(&claims.origin) {
        return Ok(None);
    }
    let charge = inbound.budgets.charge_fetch(&*inbound.bus, request.source);
    if charge.await.is_err() {
        return Ok(None);
    }
    match discovery.look_again(&claims.origin).await {
        Some(Ok(peer)) if peer.is_held_over_key() => Err(SignatureFault::Changed),
        Some(Ok(peer)) => Ok(key::pinned(Some(&peer)).filter(|new| *new != old)),
        Some(Err(_)) | None => Ok(None),
    }
}
