//! Noting what became of an attempt: queue, delivery state and alerts change in one transaction.

use hearth_protocol::env::uuid_v4;
use hearth_protocol::ids::EventId;
use hearth_protocol::time::Timestamp;
use hearth_store::tables::alerts::{self, NewAlert, Severity};
use hearth_store::tables::dead_letters::Reason;
use hearth_store::tables::outbox::{self, Entry};
use hearth_store::tables::peers::{self, DeliveryState};
use hearth_store::{StoreError, WriteTx};
use serde_json::{Map, Value, json};

use super::DeliveryParts;
use super::outcome::Outcome;
use super::schedule::{PAUSE, backoff};

/// The alert about a server that refuses everything we send.
const REFUSES_US: &str = "peer_refuses";

/// An event that another server failed over under so many ids will fail it under every other one too, and would
/// keep everything behind it waiting until it is too old.
const MOST_BURNT_IDS: u32 = 10;

/// What the id of an event begins with that goes out again under a fresh one; how many were burnt follows.
const AGAIN: &str = "again-";

/// One attempt to deliver one event.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// The event.
    pub(super) entry: Entry,
    /// How delivery stood before.
    pub(super) before: peers::Delivery,
    /// When its outcome was known.
    pub(super) at: Timestamp,
}

/// Notes the outcome of an attempt.
pub(super) async fn outcome(
    parts: &DeliveryParts,
    attempt: Attempt,
    outcome: Outcome,
) -> Result<(), StoreError> {
    match outcome {
        // Nothing was learnt about the destination; trust has its own row.
        Outcome::TrustChanged | Outcome::Distrusted => Ok(()),
        Outcome::Delivered => write(parts, move |tx| delivered(tx, &attempt)).await,
        Outcome::Refused { error } => write(parts, move |tx| refused(tx, &attempt, &error)).await,
        Outcome::Paused { error } => write(parts, move |tx| paused(tx, &attempt, &error)).await,
        Outcome::BurntId { error } if burnt_ids(&attempt.entry.event_id) + 1 >= MOST_BURNT_IDS => {
            write(parts, move |tx| refused(tx, &attempt, &error)).await
        }
        Outcome::BurntId { error } => {
            let (id, body) = renamed(parts, &attempt.entry);
            let waiting = waiting(parts, &attempt, error, None);
            write(parts, move |tx| {
                outbox::rename(tx, &attempt.entry, &id, &body)?;
                peers::set_delivery(tx, &attempt.entry.destination, &waiting)
            })
            .await
        }
        Outcome::Unreachable { error, retry_after } => {
            let waiting = waiting(parts, &attempt, error, retry_after);
            write(parts, move |tx| {
                peers::set_delivery(tx, &attempt.entry.destination, &waiting)
            })
            .await
        }
    }
}

/// Gives up an event that has waited too long.
pub(super) async fn expire(parts: &DeliveryParts, entry: Entry, now: Timestamp) -> Result<(), StoreError> {
    write(parts, move |tx| expire_in(tx, &entry, now)).await
}

/// As [`expire`], inside a transaction.
pub(super) fn expire_in(tx: &WriteTx<'_>, entry: &Entry, now: Timestamp) -> Result<(), StoreError> {
    if !outbox::bury(tx, entry, Reason::Expired, "", now)? {
        return Ok(());
    }
    let details = json!({ "event_id": entry.event_id, "queued_at": entry.queued_at });
    raise(tx, "events_expired", Severity::Warning, entry, &details, now)
}

fn delivered(tx: &WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    let destination = &attempt.entry.destination;
    outbox::remove(tx, &attempt.entry)?;
    peers::note_delivery(tx, destination, attempt.at)?;
    listens(tx, attempt)
}

/// The destination does not refuse us altogether, whatever came between its refusal and now.
fn listens(tx: &WriteTx<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    let subject = attempt.entry.destination.as_str();
    alerts::settle(tx, REFUSES_US, subject, "delivered", attempt.at)?;
    Ok(())
}

fn refused(tx: &WriteTx<'_>, attempt: &Attempt, error: &str) -> Result<(), StoreError> {
    let entry = &attempt.entry;
    outbox::bury(tx, entry, Reason::Refused, error, attempt.at)?;
    // It answers, so nothing keeps the next event waiting.
    peers::note_delivery(tx, &entry.destination, attempt.at)?;
    listens(tx, attempt)?;
    let details = json!({ "event_id": entry.event_id, "error": error });
    raise(
        tx,
        "event_refused",
        Severity::Warning,
        entry,
        &details,
        attempt.at,
    )
}

fn paused(tx: &WriteTx<'_>, attempt: &Attempt, error: &str) -> Result<(), StoreError> {
    let paused = peers::Delivery {
        state: DeliveryState::Paused,
        failures: attempt.before.failures.saturating_add(1),
        next_attempt_at: Some(attempt.at.plus(PAUSE)),
        last_error: Some(error.to_owned()),
    };
    peers::set_delivery(tx, &attempt.entry.destination, &paused)?;
    let details = json!({ "error": error });
    raise(
        tx,
        REFUSES_US,
        Severity::Warning,
        &attempt.entry,
        &details,
        attempt.at,
    )
}

fn raise(
    tx: &WriteTx<'_>,
    kind: &str,
    severity: Severity,
    entry: &Entry,
    details: &Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let alert = NewAlert {
        kind,
        subject: entry.destination.as_str(),
        severity,
        details: &details.to_string(),
    };
    alerts::raise(tx, &alert, now)
}

fn waiting(
    parts: &DeliveryParts,
    attempt: &Attempt,
    error: String,
    asked: Option<std::time::Duration>,
) -> peers::Delivery {
    let failures = attempt.before.failures.saturating_add(1);
    let wait = backoff(failures, asked, &*parts.random);
    peers::Delivery {
        state: DeliveryState::Waiting,
        failures,
        next_attempt_at: Some(attempt.at.plus(wait)),
        last_error: Some(error),
    }
}

/// The same event under a fresh id.
fn renamed(parts: &DeliveryParts, entry: &Entry) -> (EventId, String) {
    let burnt = burnt_ids(&entry.event_id) + 1;
    let fresh = format!("{AGAIN}{burnt}-{}", uuid_v4(&*parts.random));
    let id = EventId::parse(&fresh).unwrap_or_else(|_| entry.event_id.clone());
    let body = serde_json::from_str::<Map<String, Value>>(&entry.body).map(|mut members| {
        members.insert("event_id".to_owned(), Value::from(id.as_str()));
        Value::Object(members).to_string()
    });
    match body {
        Ok(body) => (id, body),
        // Not JSON: somebody edited the row. It goes out as it is.
        Err(_) => (entry.event_id.clone(), entry.body.clone()),
    }
}

/// How many ids of an event are burnt already: its present one says so.
fn burnt_ids(id: &EventId) -> u32 {
    let Some((count, _)) = id
        .as_str()
        .strip_prefix(AGAIN)
        .and_then(|rest| rest.split_once('-'))
    else {
        return 0;
    };
    // Renamed before ids said how often, a UUID follows at once, whose first part is longer than any count.
    match count.len() {
        1..=2 => count.parse().unwrap_or(1),
        _ => 1,
    }
}

async fn write<F>(parts: &DeliveryParts, work: F) -> Result<(), StoreError>
where
    F: Fn(&WriteTx<'_>) -> Result<(), StoreError> + Send + 'static,
{
    parts.core.store().write(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_how_many_came_before_it() {
        for (id, burnt) in [
            ("msg-1", 0),
            ("again-", 0),
            ("again-1-67e55044-10b1-426f-9247-bb680e5fe0c8", 1),
            ("again-10-67e55044-10b1-426f-9247-bb680e5fe0c8", 10),
            ("again-67e55044-10b1-426f-9247-bb680e5fe0c8", 1),
            ("again-12345678-10b1-426f-9247-bb680e5fe0c8", 1),
        ] {
            assert_eq!(burnt_ids(&EventId::parse(id).unwrap()), burnt, "{id}");
        }
    }
}
