//! Events for other servers that will not be tried again, and why.
//!
//! Nothing leaves the outbox silently: what is not delivered ends here, where the owner can read it.

use hearth_protocol::ids::EventId;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;

use crate::tables::words::words;
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE dead_letters (
    id {autoid},
    destination TEXT NOT NULL,
    event_id TEXT NOT NULL,
    body TEXT NOT NULL,
    queued_at {i64} NOT NULL,
    died_at {i64} NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) {strict};
CREATE INDEX dead_letters_by_destination ON dead_letters (destination, id);
CREATE INDEX dead_letters_by_age ON dead_letters (died_at);
";

words! {
    /// Why an event will not be tried again.
    Reason("a reason of a dead letter") {
        /// It waited longer than the queue keeps anything.
        Expired = "expired",
        /// The destination's queue was full when it came.
        QueueFull = "queue_full",
        /// The other server refused it; `detail` has its words.
        Refused = "refused",
    }
}

/// An event on its way into this table.
#[derive(Clone, Copy, Debug)]
pub struct NewDeadLetter<'a> {
    /// Where it should have gone.
    pub destination: &'a ServerName,
    /// Its id as last sent.
    pub event_id: &'a EventId,
    /// Its JSON.
    pub body: &'a str,
    /// When it entered the outbox.
    pub queued_at: Timestamp,
    /// Why it ended.
    pub reason: Reason,
    /// The other server's words or a sentence of ours; may be empty.
    pub detail: &'a str,
}

/// An event that ended undelivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number here.
    pub id: i64,
    /// Where it should have gone.
    pub destination: ServerName,
    /// Its id as last sent.
    pub event_id: EventId,
    /// Its JSON.
    pub body: String,
    /// When it entered the outbox.
    pub queued_at: Timestamp,
    /// When it was given up.
    pub died_at: Timestamp,
    /// Why it ended.
    pub reason: Reason,
    /// The other server's words or a sentence of ours; may be empty.
    pub detail: String,
}

impl DeadLetter {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            destination: row.get(1)?,
            event_id: row.get(2)?,
            body: row.get(3)?,
            queued_at: row.get(4)?,
            died_at: row.get(5)?,
            reason: row.get(6)?,
            detail: row.get(7)?,
        })
    }
}

/// Keeps an event that ended undelivered.
pub fn insert(tx: &WriteTx<'_>, letter: &NewDeadLetter<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO dead_letters (destination, event_id, body, queued_at, died_at, reason, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &values![
            letter.destination,
            letter.event_id,
            letter.body,
            letter.queued_at,
            now,
            letter.reason,
            letter.detail,
        ],
    )?;
    Ok(())
}

/// The newest dead letters of a destination, newest first.
pub fn of_destination(
    tx: &ReadTx<'_>,
    destination: &ServerName,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    tx.query(
        "SELECT id, destination, event_id, body, queued_at, died_at, reason, detail FROM dead_letters \
         WHERE destination = ?1 ORDER BY id DESC LIMIT ?2",
        &values![destination, limit],
    )?
    .iter()
    .map(DeadLetter::from_row)
    .collect()
}

const PRUNE: &str = "DELETE FROM dead_letters WHERE id IN \
     (SELECT id FROM dead_letters WHERE died_at < ?1 ORDER BY died_at LIMIT ?2)";

/// Drops up to `limit` letters that died before `before`, the oldest first; returns how many went.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    tx.execute(PRUNE, &values![before, limit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{at, server, write};

    #[tokio::test]
    async fn the_oldest_go_first_and_only_those_that_are_old() {
        let left = write(|tx| {
            let destination = server("a.example");
            for died_at in [7, 3, 5, 9] {
                let letter = NewDeadLetter {
                    destination: &destination,
                    event_id: &EventId::parse("1").unwrap(),
                    body: "{}",
                    queued_at: at(1),
                    reason: Reason::Expired,
                    detail: "",
                };
                insert(tx, &letter, at(died_at))?;
            }
            let mut left = Vec::new();
            for limit in [1, 9] {
                let gone = prune(tx, at(7), limit)?;
                let letters = of_destination(tx, &destination, 9)?;
                left.push((
                    gone,
                    letters.iter().map(|letter| letter.died_at).collect::<Vec<_>>(),
                ));
            }
            Ok(left)
        })
        .await;
        assert_eq!(left, [(1, vec![at(9), at(5), at(7)]), (1, vec![at(9), at(7)])]);
    }

    #[tokio::test]
    async fn pruning_reads_only_what_is_old() {
        let plan = write(|tx| {
            tx.query(&format!("EXPLAIN QUERY PLAN {PRUNE}"), &values![at(1), 9])?
                .iter()
                .map(|row| row.get::<String>(3))
                .collect::<Result<Vec<_>, _>>()
        })
        .await;
        assert!(
            plan.iter().any(|step| step.contains("dead_letters_by_age")),
            "{plan:#?}"
        );
        let slow = |step: &&String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
        assert_eq!(plan.iter().find(slow), None);
    }
}
