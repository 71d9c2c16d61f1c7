//! Transactions as closures see them.
//!
//! A [`ReadTx`] shows one unchanging moment of the data. A [`WriteTx`] is also a `ReadTx` (it dereferences to
//! one), so every query function takes `&ReadTx` and works in both; it sees its own changes and those of the
//! writes committed together with it.

use std::ops::Deref;

use crate::{Row, StoreError, Value};

/// What an engine does for a transaction. Object-safe, and `&self` throughout, so that a closure can hand the
/// transaction to several functions.
pub trait Sql {
    /// Runs a statement and collects its rows.
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement that returns no rows and says how many rows it changed.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;
}

/// A transaction that reads.
pub struct ReadTx<'a> {
    sql: &'a dyn Sql,
}

impl<'a> ReadTx<'a> {
    pub(crate) fn new(sql: &'a dyn Sql) -> Self {
        Self { sql }
    }

    /// All rows of a query. Placeholders are `?1`, `?2`, …, filled from `values` in order.
    ///
    /// `INSERT … RETURNING` and `UPDATE … RETURNING` go through here too; inside a read they fail with
    /// [`StoreError::ReadOnly`].
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.sql.query(sql, values)
    }

    /// The first row of a query, `None` when it has none.
    pub fn query_one(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.sql.query(sql, values)?.into_iter().next())
    }
}

/// A transaction that writes. Its changes become durable together or not at all.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(sql: &'a dyn Sql) -> Self {
        Self {
            read: ReadTx::new(sql),
        }
    }

    /// Runs a statement that returns no rows and says how many rows it changed.
    ///
    /// With `ON CONFLICT DO NOTHING`, a count of 0 is how a conflict is told.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.read.sql.execute(sql, values)
    }
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.read
    }
}
