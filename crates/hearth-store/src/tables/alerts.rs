//! What the owner should know and has not settled yet.
//!
//! At most one open alert per kind and subject: what happens again raises its count, not its number, so a
//! misbehaving server cannot fill the list. The words people read are made by the console from `kind` and
//! `details`.

use hearth_protocol::time::Timestamp;

use crate::tables::words::words;
use crate::{ReadTx, Row, StoreError, WriteTx, values};

pub(crate) const SCHEMA: &str = "
CREATE TABLE alerts (
    id {autoid},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL,
    details TEXT NOT NULL,
    raised_at {i64} NOT NULL,
    last_raised_at {i64} NOT NULL,
    times {i64} NOT NULL,
    settled_at {i64},
    settled_by TEXT
) {strict};
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE settled_at IS NULL;
";

words! {
    /// How urgent an alert is.
    Severity("a severity") {
        /// Good to know, nothing to do.
        Notice = "notice",
        /// Somebody may be interfering.
        Severe = "severe",
        /// Something waits for the owner or for another server.
        Warning = "warning",
    }
}

/// An alert to raise.
#[derive(Clone, Copy, Debug)]
pub struct NewAlert<'a> {
    /// What kind of thing happened, a stable word such as `certificate_changed`.
    pub kind: &'a str,
    /// Whom or what it concerns: a peer's name, or empty for the server itself.
    pub subject: &'a str,
    /// How urgent it is.
    pub severity: Severity,
    /// A JSON object with what is needed to judge it.
    pub details: &'a str,
}

/// An alert as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// What kind of thing happened.
    pub kind: String,
    /// Whom or what it concerns.
    pub subject: String,
    /// How urgent it is.
    pub severity: Severity,
    /// A JSON object with what is needed to judge it, as of the last time.
    pub details: String,
    /// When it happened first.
    pub raised_at: Timestamp,
    /// When it happened last.
    pub last_raised_at: Timestamp,
    /// How often it happened.
    pub times: u64,
    /// When it was settled; `None` while it is open.
    pub settled_at: Option<Timestamp>,
}

impl Alert {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            subject: row.get(2)?,
            severity: row.get(3)?,
            details: row.get(4)?,
            raised_at: row.get(5)?,
            last_raised_at: row.get(6)?,
            times: row.get(7)?,
            settled_at: row.get(8)?,
        })
    }
}

/// Raises an alert, or counts it once more when one of its kind and subject is open.
pub fn raise(tx: &WriteTx<'_>, alert: &NewAlert<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO alerts (kind, subject, severity, details, raised_at, last_raised_at, times) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1) \
         ON CONFLICT (kind, subject) WHERE settled_at IS NULL DO UPDATE SET \
             severity = excluded.severity, details = excluded.details, \
             last_raised_at = excluded.last_raised_at, times = alerts.times + 1",
        &values![alert.kind, alert.subject, alert.severity, alert.details, now],
    )?;
    Ok(())
}

/// The open alerts, newest first.
pub fn open(tx: &ReadTx<'_>, limit: u32) -> Result<Vec<Alert>, StoreError> {
    tx.query(
        "SELECT id, kind, subject, severity, details, raised_at, last_raised_at, times, settled_at \
         FROM alerts WHERE settled_at IS NULL ORDER BY last_raised_at DESC, id DESC LIMIT ?1",
        &values![limit],
    )?
    .iter()
    .map(Alert::from_row)
    .collect()
}

/// Settles the open alert of a kind about a subject; `by` says what settled it. `false` when none was open.
pub fn settle(
    tx: &WriteTx<'_>,
    kind: &str,
    subject: &str,
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(
        "UPDATE alerts SET settled_at = ?3, settled_by = ?4 \
         WHERE kind = ?1 AND subject = ?2 AND settled_at IS NULL",
        &values![kind, subject, now, by],
    )? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{at, write};

    fn changed(details: &str) -> NewAlert<'_> {
        NewAlert {
            kind: "certificate_changed",
            subject: "a.example",
            severity: Severity::Warning,
            details,
        }
    }

    #[tokio::test]
    async fn what_happens_again_is_counted_until_it_is_settled() {
        let (open_before, open_after) = write(|tx| {
            raise(tx, &changed(r#"{"n":1}"#), at(1))?;
            raise(tx, &changed(r#"{"n":2}"#), at(2))?;
            let before = open(tx, 10)?;
            assert!(settle(tx, "certificate_changed", "a.example", "accepted", at(3))?);
            assert!(!settle(
                tx,
                "certificate_changed",
                "a.example",
                "accepted",
                at(3)
            )?);
            raise(tx, &changed(r#"{"n":3}"#), at(4))?;
            Ok((before, open(tx, 10)?))
        })
        .await;
        let [first] = open_before.as_slice() else {
            panic!("{open_before:?}")
        };
        assert_eq!(
            (first.times, first.raised_at, first.last_raised_at),
            (2, at(1), at(2))
        );
        assert_eq!(first.details, r#"{"n":2}"#);
        let [again] = open_after.as_slice() else {
            panic!("{open_after:?}")
        };
        assert_eq!((again.times, again.raised_at), (1, at(4)));
    }
}
