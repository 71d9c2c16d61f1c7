//! Events waiting to be sent, one ordered queue per destination.
//!
//! A row is written in the transaction that makes it necessary and goes when the other server has taken it.
//! `peers.queued` counts a queue's length, so its bound costs one look-up; only this module changes it. At
//! the bound a new event becomes a dead letter at once: what waits longest keeps its place and its order.

use hearth_protocol::d3chat::event::OutboundEvent;
use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::tables::{alerts, dead_letters, peers};
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE outbox (
    id {autoid},
    destination TEXT NOT NULL,
    event_id TEXT NOT NULL,
    body TEXT NOT NULL,
    queued_at {i64} NOT NULL
) {strict};
CREATE INDEX outbox_by_destination ON outbox (destination, id);
CREATE INDEX outbox_by_time ON outbox (queued_at);
";

/// The most events that wait for one destination: weeks of a busy channel, and a bound on what an
/// unreachable server may cost in disk.
pub const QUEUE_LIMIT: u64 = 50_000;

/// An event waiting for its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place: smaller goes first.
    pub id: i64,
    /// The server it is for.
    pub destination: ServerName,
    /// Its id as it will be sent.
    pub event_id: EventId,
    /// Its JSON as it will be sent.
    pub body: String,
    /// When it entered the queue.
    pub queued_at: Timestamp,
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            destination: row.get(1)?,
            event_id: row.get(2)?,
            body: row.get(3)?,
            queued_at: row.get(4)?,
        })
    }
}

/// How much waits for one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The server it waits for.
    pub destination: ServerName,
    /// How many events wait.
    pub count: u64,
    /// When the oldest of them was queued.
    pub oldest_at: Timestamp,
}

/// Queues an event for a destination, in the transaction that makes it necessary.
///
/// With [`QUEUE_LIMIT`] events waiting there, it becomes a dead letter and an alert instead.
pub fn enqueue(
    tx: &WriteTx<'_>,
    destination: &ServerName,
    event: &OutboundEvent,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = event.to_json();
    peers::ensure(tx, destination, now)?;
    let has_room = tx.execute(
        "UPDATE peers SET queued = queued + 1 WHERE domain = ?1 AND queued < ?2",
        &values![destination, i64::try_from(QUEUE_LIMIT).unwrap_or(i64::MAX)],
    )? > 0;
    if !has_room {
        return overflow(tx, destination, &event.event_id, &body, now);
    }
    tx.execute(
        "INSERT INTO outbox (destination, event_id, body, queued_at) VALUES (?1, ?2, ?3, ?4)",
        &values![destination, &event.event_id, body, now],
    )?;
    Ok(())
}

fn overflow(
    tx: &WriteTx<'_>,
    destination: &ServerName,
    event_id: &EventId,
    body: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let letter = dead_letters::NewDeadLetter {
        destination,
        event_id,
        body,
        queued_at: now,
        reason: dead_letters::Reason::QueueFull,
        detail: "",
    };
    dead_letters::insert(tx, &letter, now)?;
    let alert = alerts::NewAlert {
        kind: "queue_full",
        subject: destination.as_str(),
        severity: alerts::Severity::Warning,
        details: "{}",
    };
    alerts::raise(tx, &alert, now)
}

/// The first `limit` events waiting for a destination, in the order they go out.
pub fn first(tx: &ReadTx<'_>, destination: &ServerName, limit: u32) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT id, destination, event_id, body, queued_at FROM outbox \
         WHERE destination = ?1 ORDER BY id LIMIT ?2",
        &values![destination, limit],
    )?
    .iter()
    .map(Entry::from_row)
    .collect()
}

/// All destinations something waits for, in the order of their names.
pub fn destinations(tx: &ReadTx<'_>) -> Result<Vec<ServerName>, StoreError> {
    tx.query("SELECT domain FROM peers WHERE queued > 0 ORDER BY domain", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// How much waits, per destination, in the order of their names.
pub fn backlogs(tx: &ReadTx<'_>) -> Result<Vec<Backlog>, StoreError> {
    tx.query(
        "SELECT destination, COUNT(*), MIN(queued_at) FROM outbox GROUP BY destination ORDER BY destination",
        &[],
    )?
    .iter()
    .map(|row| {
        Ok(Backlog {
            destination: row.get(0)?,
            count: row.get(1)?,
            oldest_at: row.get(2)?,
        })
    })
    .collect()
}

/// Takes a delivered event out of its queue; `false` when it is not there any more.
pub fn remove(tx: &WriteTx<'_>, entry: &Entry) -> Result<bool, StoreError> {
    let is_removed = tx.execute("DELETE FROM outbox WHERE id = ?1", &values![entry.id])? > 0;
    if is_removed {
        shorten(tx, &entry.destination)?;
    }
    Ok(is_removed)
}

/// Gives a waiting event another id, because the other server has used up the old one.
pub fn rename(tx: &WriteTx<'_>, entry: &Entry, event_id: &EventId, body: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET event_id = ?2, body = ?3 WHERE id = ?1",
        &values![entry.id, event_id, body],
    )?;
    Ok(())
}

/// Moves a waiting event to the dead letters; `false` when it is not there any more.
pub fn bury(
    tx: &WriteTx<'_>,
    entry: &Entry,
    reason: dead_letters::Reason,
    detail: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !remove(tx, entry)? {
        return Ok(false);
    }
    let letter = dead_letters::NewDeadLetter {
        destination: &entry.destination,
        event_id: &entry.event_id,
        body: &entry.body,
        queued_at: entry.queued_at,
        reason,
        detail,
    };
    dead_letters::insert(tx, &letter, now)?;
    Ok(true)
}

/// The oldest `limit` events queued before `before`, of any destination.
pub fn queued_before(tx: &ReadTx<'_>, before: Timestamp, limit: u32) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT id, destination, event_id, body, queued_at FROM outbox \
         WHERE queued_at < ?1 ORDER BY queued_at, id LIMIT ?2",
        &values![before, limit],
    )?
    .iter()
    .map(Entry::from_row)
    .collect()
}

fn shorten(tx: &WriteTx<'_>, destination: &ServerName) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE peers SET queued = queued - 1 WHERE domain = ?1",
        &values![destination],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use hearth_protocol::d3chat::event::Event;

    use super::*;
    use crate::tables::testing::{at, server, write};

    fn hello(id: &str, destination: &ServerName) -> OutboundEvent {
        OutboundEvent {
            event_id: EventId::parse(id).unwrap(),
            origin_server: server("home.example"),
            destination_server: destination.clone(),
            timestamp: at(0),
            event: Event::Hello,
        }
    }

    fn queue(tx: &WriteTx<'_>, destination: &str, ids: &[&str], now: i64) -> Result<(), StoreError> {
        let destination = server(destination);
        for id in ids {
            enqueue(tx, &destination, &hello(id, &destination), at(now))?;
        }
        Ok(())
    }

    fn ids(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.event_id.as_str()).collect()
    }

    #[tokio::test]
    async fn each_destination_has_its_own_order() {
        let (a, b, names) = write(|tx| {
            queue(tx, "b.example", &["z"], 1)?;
            queue(tx, "a.example", &["3", "1", "2"], 2)?;
            let a = server("a.example");
            let first_two = first(tx, &a, 2)?;
            assert!(remove(tx, &first_two[0])?);
            assert!(!remove(tx, &first_two[0])?);
            Ok((
                first(tx, &a, 9)?,
                first(tx, &server("b.example"), 9)?,
                destinations(tx)?,
            ))
        })
        .await;
        assert_eq!(ids(&a), ["1", "2"]);
        assert_eq!(ids(&b), ["z"]);
        assert_eq!(names, [server("a.example"), server("b.example")]);
    }

    #[tokio::test]
    async fn a_used_up_id_is_replaced_in_place() {
        let entries = write(|tx| {
            queue(tx, "a.example", &["1", "2"], 1)?;
            let a = server("a.example");
            let head = first(tx, &a, 1)?.remove(0);
            rename(tx, &head, &EventId::parse("fresh").unwrap(), "{}")?;
            first(tx, &a, 9)
        })
        .await;
        assert_eq!(ids(&entries), ["fresh", "2"]);
        assert_eq!(entries[0].body, "{}");
    }

    #[tokio::test]
    async fn what_is_given_up_is_kept_with_its_reason() {
        let (left, letters, backlogs) = write(|tx| {
            queue(tx, "a.example", &["1", "2"], 1)?;
            let a = server("a.example");
            let head = first(tx, &a, 1)?.remove(0);
            assert!(bury(
                tx,
                &head,
                dead_letters::Reason::Refused,
                "no thanks",
                at(5)
            )?);
            assert!(!bury(
                tx,
                &head,
                dead_letters::Reason::Refused,
                "no thanks",
                at(5)
            )?);
            Ok((
                first(tx, &a, 9)?,
                dead_letters::of_destination(tx, &a, 9)?,
                backlogs(tx)?,
            ))
        })
        .await;
        assert_eq!(ids(&left), ["2"]);
        let [letter] = letters.as_slice() else {
            panic!("{letters:?}")
        };
        assert_eq!(
            (letter.event_id.as_str(), letter.detail.as_str()),
            ("1", "no thanks")
        );
        assert_eq!((letter.queued_at, letter.died_at), (at(1), at(5)));
        let [backlog] = backlogs.as_slice() else {
            panic!("{backlogs:?}")
        };
        assert_eq!((backlog.count, backlog.oldest_at), (1, at(1)));
    }

    #[tokio::test]
    async fn a_full_queue_keeps_its_order_and_says_so() {
        let (waiting, letters, open) = write(|tx| {
            queue(tx, "a.example", &["first"], 1)?;
            tx.execute(
                "UPDATE peers SET queued = ?1",
                &values![i64::try_from(QUEUE_LIMIT).unwrap()],
            )?;
            queue(tx, "a.example", &["too many"], 2)?;
            let a = server("a.example");
            Ok((
                first(tx, &a, 9)?,
                dead_letters::of_destination(tx, &a, 9)?,
                alerts::open(tx, 9)?,
            ))
        })
        .await;
        assert_eq!(ids(&waiting), ["first"]);
        assert_eq!(letters[0].event_id.as_str(), "too many");
        assert_eq!(letters[0].reason, dead_letters::Reason::QueueFull);
        assert_eq!(
            (open[0].kind.as_str(), open[0].subject.as_str()),
            ("queue_full", "a.example")
        );
    }

    #[tokio::test]
    async fn the_oldest_are_found_across_destinations() {
        let old = write(|tx| {
            queue(tx, "b.example", &["b1"], 2)?;
            queue(tx, "a.example", &["a1", "a2"], 1)?;
            queue(tx, "a.example", &["a3"], 3)?;
            queued_before(tx, at(3), 9)
        })
        .await;
        assert_eq!(ids(&old), ["a1", "a2", "b1"]);
    }
}
