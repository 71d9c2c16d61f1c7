//! One batch: the writes that share a transaction, and with it one fsync.

use super::session::{Session, contained};
use crate::engine::{Verdict, WriteJob};
use crate::{StoreError, WriteTx};

/// An open transaction with the writes that have run in it.
pub(super) struct Batch<'a> {
    session: &'a Session,
    /// Each write with its own outcome, should the batch be committed.
    jobs: Vec<(Box<dyn WriteJob>, Result<(), StoreError>)>,
    /// Set when the transaction is gone before its commit.
    lost: Option<StoreError>,
}

impl<'a> Batch<'a> {
    /// Opens the transaction.
    pub(super) fn begin(session: &'a Session) -> Result<Self, StoreError> {
        session.forget();
        session.control("BEGIN IMMEDIATE")?;
        Ok(Self {
            session,
            jobs: Vec::new(),
            lost: None,
        })
    }

    /// How many writes have run.
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether the transaction is gone, so that no further write may join.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Runs a write in its own savepoint.
    pub(super) fn run(&mut self, mut job: Box<dyn WriteJob>) {
        let outcome = self.in_savepoint(&mut *job);
        if self.lost.is_none() && !self.session.in_transaction() {
            self.lost = Some(self.session.cause());
        }
        self.jobs.push((job, outcome));
    }

    /// Commits, and only then answers everybody.
    pub(super) fn commit(self) {
        let end = match self.lost {
            Some(cause) => Err(cause),
            None => self.session.control("COMMIT"),
        };
        if let Err(error) = &end {
            self.session.abandon();
            tracing::warn!(%error, writes = self.jobs.len(), "a batch of writes was undone");
        }
        for (job, outcome) in self.jobs {
            finish(job, end.clone().and(outcome));
        }
    }

    fn in_savepoint(&mut self, job: &mut dyn WriteJob) -> Result<(), StoreError> {
        self.step("SAVEPOINT one")?;
        let verdict = contained(|| job.run(&WriteTx::new(self.session)));
        // Gone already: there is no savepoint to leave.
        if self.session.in_transaction() {
            if !matches!(verdict, Ok(Verdict::Keep)) {
                self.step("ROLLBACK TO one")?;
            }
            self.step("RELEASE one")?;
        }
        verdict.map(drop)
    }

    /// A step of our own that fails leaves the writes' borders unclear, so the whole batch goes.
    fn step(&mut self, sql: &str) -> Result<(), StoreError> {
        let done = self.session.control(sql);
        if let Err(error) = &done {
            self.lost = Some(error.clone());
        }
        done
    }
}

/// Answers one write; values that panic when dropped must not take the thread with them.
pub(super) fn finish(job: Box<dyn WriteJob>, outcome: Result<(), StoreError>) {
    // The panic is already logged, and there is nobody left to tell.
    let _ = contained(|| job.finish(outcome));
}
