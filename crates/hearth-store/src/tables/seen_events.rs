//! Which events of which server have been applied, so that none is applied twice.
//!
//! A row is written in the transaction of the event's effect: a failed effect leaves no mark, and an applied
//! one cannot lack it. `seen_origins` counts the rows of each origin beside them, so that the bound on an
//! origin costs one look-up and not a count.

use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::{ReadTx, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE seen_events (
    origin TEXT NOT NULL,
    event_id TEXT NOT NULL,
    seen_at {i64} NOT NULL,
    PRIMARY KEY (origin, event_id)
) {strict};
CREATE INDEX seen_events_by_time ON seen_events (seen_at);
CREATE TABLE seen_origins (
    origin TEXT NOT NULL PRIMARY KEY,
    kept {i64} NOT NULL
) {strict};
";

/// What became of noting an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was noted before.
    Before,
    /// It is noted now, for the first time.
    First {
        /// How many events of its origin are remembered with it.
        kept: u64,
    },
}

/// Notes that `origin` sent `event_id`; `false` when it was noted before.
///
/// Belongs into the same transaction as the event's effect.
pub fn record(
    tx: &WriteTx<'_>,
    origin: &ServerName,
    event_id: &EventId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let recorded = record_and_count(tx, origin, event_id, now)?;
    Ok(recorded != Recorded::Before)
}

/// As [`record`], and says how many events of the origin are remembered now.
pub fn record_and_count(
    tx: &WriteTx<'_>,
    origin: &ServerName,
    event_id: &EventId,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let is_first = tx.execute(
        "INSERT INTO seen_events (origin, event_id, seen_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (origin, event_id) DO NOTHING",
        &values![origin, event_id, now],
    )? > 0;
    if !is_first {
        return Ok(Recorded::Before);
    }
    let counted = tx.query_one(
        "INSERT INTO seen_origins (origin, kept) VALUES (?1, 1) \
         ON CONFLICT (origin) DO UPDATE SET kept = seen_origins.kept + 1 RETURNING kept",
        &values![origin],
    )?;
    let kept = counted.map_or(Ok(1), |row| row.get(0))?;
    Ok(Recorded::First { kept })
}

/// Whether `origin` is remembered to have sent `event_id`.
pub fn is_known(tx: &ReadTx<'_>, origin: &ServerName, event_id: &EventId) -> Result<bool, StoreError> {
    let found = tx.query_one(
        "SELECT 1 FROM seen_events WHERE origin = ?1 AND event_id = ?2",
        &values![origin, event_id],
    )?;
    Ok(found.is_some())
}

/// How many events of `origin` are remembered.
pub fn kept(tx: &ReadTx<'_>, origin: &ServerName) -> Result<u64, StoreError> {
    tx.query_one(
        "SELECT kept FROM seen_origins WHERE origin = ?1",
        &values![origin],
    )?
    .map_or(Ok(0), |row| row.get(0))
}

/// Forgets up to `limit` events seen before `before`; returns how many went.
///
/// `limit` keeps one call short: the writer thread serves everybody.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let gone = tx.query(
        "DELETE FROM seen_events WHERE (origin, event_id) IN \
             (SELECT origin, event_id FROM seen_events WHERE seen_at < ?1 ORDER BY seen_at LIMIT ?2) \
         RETURNING origin",
        &values![before, limit],
    )?;
    let mut per_origin = std::collections::BTreeMap::<String, i64>::new();
    for row in &gone {
        *per_origin.entry(row.get(0)?).or_default() += 1;
    }
    for (origin, count) in per_origin {
        tx.execute(
            "UPDATE seen_origins SET kept = kept - ?2 WHERE origin = ?1",
            &values![origin, count],
        )?;
    }
    Ok(gone.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{at, server, write};

    fn event(text: &str) -> EventId {
        EventId::parse(text).unwrap()
    }

    #[tokio::test]
    async fn an_event_is_first_once_per_origin() {
        let firsts = write(|tx| {
            let (a, b) = (server("a.example"), server("b.example"));
            Ok([
                record(tx, &a, &event("1"), at(1))?,
                record(tx, &a, &event("1"), at(2))?,
                record(tx, &b, &event("1"), at(2))?,
                record(tx, &a, &event("2"), at(2))?,
                is_known(tx, &b, &event("1"))?,
                is_known(tx, &b, &event("2"))?,
            ])
        })
        .await;
        assert_eq!(firsts, [true, false, true, true, true, false]);
    }

    #[tokio::test]
    async fn what_is_kept_is_counted_and_forgotten_by_age() {
        let counts = write(|tx| {
            let (a, b) = (server("a.example"), server("b.example"));
            for number in 0..5 {
                record(tx, &a, &event(&number.to_string()), at(number))?;
            }
            record(tx, &a, &event("0"), at(9))?;
            record(tx, &b, &event("old"), at(0))?;
            let before = (kept(tx, &a)?, kept(tx, &b)?);
            let gone = (prune(tx, at(3), 3)?, prune(tx, at(3), 3)?, prune(tx, at(3), 3)?);
            Ok((before, gone, (kept(tx, &a)?, kept(tx, &b)?)))
        })
        .await;
        assert_eq!(counts, ((5, 1), (3, 1, 0), (2, 0)));
    }
}
