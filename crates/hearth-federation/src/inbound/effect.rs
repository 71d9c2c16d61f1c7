//! Stages 6 and 7 in one transaction: the mark that the event was seen, and what it does.
//!
//! Both or neither: an event that could not be applied leaves no mark and may come again, and one that was
//! applied cannot be applied twice. Whoever is connected hears of it after the commit, even if the sender has
//! hung up meanwhile, because the whole step runs in a task of its own.

use std::sync::Arc;

use hearth_core::remote::{self, ApplyError, Effects, RemoteContext};
use hearth_protocol::d3chat::event::InboundEvent;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::seen_events::{self, Recorded};
use hearth_store::{StoreError, WriteTx};
use thiserror::Error;

use super::Inbound;
use super::under_way::Place;

/// The event had no effect and left no mark.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EffectError {
    /// Something here cannot handle this event; trying again will hardly help.
    #[error("Error processing event")]
    Fault(StoreError),
    /// The invite is into a channel that is another server's here.
    #[error("A channel of another server has this id here")]
    OthersChannel,
    /// The store could not take the event now.
    #[error("The event could not be stored")]
    Store(StoreError),
    /// The origin has used up what it may make here; the event may come again.
    #[error("Your server has made as much here as it may")]
    TooMany,
    /// As many events of this origin as allowed are remembered against repetition.
    #[error("Too many events of your server are remembered here")]
    TooManyRemembered,
}

impl From<StoreError> for EffectError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Column { .. }
            | StoreError::Constraint { .. }
            | StoreError::Panicked { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Statement { .. } => Self::Fault(error),
            other => Self::Store(other),
        }
    }
}

/// What became of an event.
#[derive(Debug)]
pub(super) enum Applied {
    /// It was applied now.
    Now(Box<Effects>),
    /// It was applied before.
    Before,
}

/// Applies an event of a verified origin once and only once, and tells whoever is connected.
///
/// `place` is given back when that is over, not when its sender hangs up. Returns whether the event was new.
pub(super) async fn apply(
    inbound: &Arc<Inbound>,
    origin: ServerName,
    event: InboundEvent,
    place: Option<Place>,
) -> Result<bool, EffectError> {
    let inbound_too = Arc::clone(inbound);
    let step = inbound.tasks.spawn_to_the_end(async move {
        let _place = place;
        match write(&inbound_too, origin.clone(), event).await {
            Err(error) => {
                report(&inbound_too, &origin, &error).await;
                Err(error)
            }
            Ok(Applied::Before) => Ok(false),
            Ok(Applied::Now(effects)) => {
                if let Some(reason) = effects.ignored() {
                    inbound_too.counters.count_ignored(reason.as_str());
                }
                remote::publish(&inbound_too.core, *effects).await;
                Ok(true)
            }
        }
    });
    // The task is not cancelled; it ends early only by a panic, which undid the write.
    step.await.unwrap_or(Err(EffectError::Store(StoreError::Closed)))
}

/// Tells the owner of a refusal that only they can mend.
async fn report(inbound: &Inbound, origin: &ServerName, error: &EffectError) {
    let why = match error {
        EffectError::OthersChannel => ApplyError::OthersChannel,
        EffectError::TooMany => ApplyError::TooMany,
        _ => return,
    };
    if let Err(error) = remote::report(&inbound.core, origin, &why).await {
        tracing::warn!(%error, "an alert could not be raised");
    }
}

async fn write(inbound: &Inbound, origin: ServerName, event: InboundEvent) -> Result<Applied, EffectError> {
    let context = RemoteContext::new(&inbound.core);
    let now = inbound.clock.now();
    let limit = inbound.seen_per_origin;
    inbound
        .core
        .store()
        .write(move |tx| once(tx, &context, &origin, &event, limit, now))
        .await
}

/// The transaction.
fn once(
    tx: &WriteTx<'_>,
    context: &RemoteContext,
    origin: &ServerName,
    event: &InboundEvent,
    limit: u64,
    now: Timestamp,
) -> Result<Applied, EffectError> {
    match seen_events::record_and_count(tx, origin, &event.event_id, now)? {
        Recorded::Before => return Ok(Applied::Before),
        Recorded::First { kept } if kept > limit => return Err(EffectError::TooManyRemembered),
        Recorded::First { .. } => {}
    }
    remote::apply(tx, context, origin, &event.event)
        .map(|effects| Applied::Now(Box::new(effects)))
        .map_err(|error| match error {
            ApplyError::Store(error) => error.into(),
            // Stage 1 refuses our own name; core checks again because it trusts nobody.
            ApplyError::OwnOrigin => StoreError::Closed.into(),
            ApplyError::OthersChannel => EffectError::OthersChannel,
            ApplyError::TooMany => EffectError::TooMany,
        })
}
