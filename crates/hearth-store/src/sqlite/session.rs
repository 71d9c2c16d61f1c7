//! One connection: runs statements for transactions and remembers what went gravely wrong.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, params_from_iter};

use super::control::is_transaction_control;
use super::translate::{self, Bound};
use crate::value::Shape;
use crate::{Row, Sql, StoreError, Value};

/// More than all distinct statements of the house, so that each is prepared once per connection.
const STATEMENT_CACHE: usize = 512;

/// Whether any connection has seen damage or a failing disk since the start. Such a stop is not a clean one.
#[derive(Debug, Default)]
pub(super) struct Health {
    suspect: AtomicBool,
}

impl Health {
    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    /// Takes note of an error that casts doubt on the file.
    fn note(&self, error: &StoreError) {
        if matches!(error, StoreError::Damaged { .. } | StoreError::Io { .. }) {
            self.suspect.store(true, Ordering::Relaxed);
        }
    }

    /// Reads the lines of a check, which are a single "ok" when nothing was found.
    pub(super) fn judge(&self, lines: &[String]) -> Result<(), StoreError> {
        if lines == ["ok"] {
            return Ok(());
        }
        let damage = StoreError::Damaged {
            detail: lines.join("; "),
        };
        self.note(&damage);
        Err(damage)
    }
}

/// One connection to the file.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    health: Arc<Health>,
    /// The latest grave error, the likely cause when a whole transaction turns out to be undone.
    grave: RefCell<Option<StoreError>>,
}

impl Session {
    pub(super) fn new(connection: Connection, health: Arc<Health>) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        Self {
            connection,
            health,
            grave: RefCell::new(None),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    /// Runs one of the engine's own statements, such as `COMMIT`.
    pub(super) fn control(&self, sql: &str) -> Result<(), StoreError> {
        let run = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]));
        run.map(drop)
            .map_err(|error| self.note(translate::error(&error, sql)))
    }

    /// Whether a transaction is open. `SQLite` closes one by itself when it has undone all of it.
    pub(super) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Why the open transaction was undone as a whole.
    pub(super) fn cause(&self) -> StoreError {
        let unknown = || StoreError::BatchLost {
            detail: "the database undid the transaction".to_owned(),
        };
        self.grave.borrow().clone().unwrap_or_else(unknown)
    }

    /// Forgets earlier errors, at the start of a transaction.
    pub(super) fn forget(&self) {
        self.grave.borrow_mut().take();
    }

    /// Leaves whatever transaction may still be open.
    pub(super) fn abandon(&self) {
        if self.in_transaction()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }

    fn note(&self, error: StoreError) -> StoreError {
        if translate::is_grave(&error) {
            self.health.note(&error);
            *self.grave.borrow_mut() = Some(error.clone());
        }
        error
    }

    /// Refuses what a closure may not run. Once the database has undone its transaction, a statement would be
    /// one of its own: durable, though the closure is answered with an error, and seeing another moment.
    fn admit(&self, sql: &str) -> Result<(), StoreError> {
        if is_transaction_control(sql) {
            return Err(translate::statement("transactions belong to the engine", sql));
        }
        if self.in_transaction() {
            Ok(())
        } else {
            Err(self.cause())
        }
    }

    fn collect(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let fault = |error: rusqlite::Error| translate::error(&error, sql);
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        let columns = statement.column_names().map(str::to_owned).collect();
        let shape = Arc::new(Shape {
            statement: sql.to_owned(),
            columns,
        });
        let mut rows = statement
            .query(params_from_iter(values.iter().map(Bound)))
            .map_err(fault)?;
        let mut collected = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            let fields = (0..shape.columns.len()).map(|index| {
                row.get_ref(index)
                    .map_err(fault)
                    .and_then(|found| translate::value(found, sql))
            });
            collected.push(Row::new(Arc::clone(&shape), fields.collect::<Result<_, _>>()?));
        }
        Ok(collected)
    }

    fn change(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let values = params_from_iter(values.iter().map(Bound));
        let changed = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values));
        changed
            .map(|rows| rows as u64)
            .map_err(|error| translate::error(&error, sql))
    }
}

impl Sql for Session {
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.admit(sql)?;
        self.collect(sql, values).map_err(|error| self.note(error))
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.admit(sql)?;
        self.change(sql, values).map_err(|error| self.note(error))
    }
}

/// Runs a closure's code so that its panic stays its own affair.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, StoreError> {
    // Unwind safety: a closure reaches shared state only through the transaction, which is undone.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = text.unwrap_or("no message").to_owned();
        tracing::error!(message, "a store closure panicked");
        StoreError::Panicked { message }
    })
}
