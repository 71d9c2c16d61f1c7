//! What can go wrong between asking the store and being answered.
//!
//! Variants are told apart by what the asker should do: [`StoreError::DiskFull`] becomes a 507 and an alert,
//! [`StoreError::Busy`] and [`StoreError::BatchLost`] may be tried again, the rest are faults to report.

/// Why a read or a write did not happen.
///
/// A write that answered with any of these has left nothing behind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store was closed, or closed while this was waiting for its turn.
    #[error("the store is closed")]
    Closed,

    /// There is no room left on the disk (or under the configured limit). Reads go on; writes work again as
    /// soon as there is room.
    #[error("the disk is full")]
    DiskFull,

    /// The disk refused to read, write or sync.
    #[error("the disk failed: {detail}")]
    Io {
        /// What the engine said.
        detail: String,
    },

    /// The database file contradicts itself. The next start checks it before serving.
    #[error("the database is damaged: {detail}")]
    Damaged {
        /// What the engine said.
        detail: String,
    },

    /// Another program holds the database locked.
    #[error("the database is locked by another program: {detail}")]
    Busy {
        /// What the engine said.
        detail: String,
    },

    /// The machine ran out of memory.
    #[error("out of memory")]
    OutOfMemory,

    /// The transaction that carried this write together with others was undone as a whole, for a reason that
    /// none of the other variants names.
    #[error("the write was undone together with others: {detail}")]
    BatchLost {
        /// What the engine said.
        detail: String,
    },

    /// The closure panicked; only its own changes were undone.
    #[error("a store closure panicked: {message}")]
    Panicked {
        /// The panic's message.
        message: String,
    },

    /// A constraint of the schema refused a row. Queries decide by `ON CONFLICT` and row counts, so this is a
    /// fault in a query, never an answer.
    #[error("{detail} in `{statement}`")]
    Constraint {
        /// Which constraint.
        detail: String,
        /// The SQL text.
        statement: String,
    },

    /// A read tried to write.
    #[error("a read tried to write: `{statement}`")]
    ReadOnly {
        /// The SQL text.
        statement: String,
    },

    /// The engine does not accept the statement: bad SQL, a wrong number of values, or transaction control,
    /// which belongs to the engine.
    #[error("{detail} in `{statement}`")]
    Statement {
        /// What the engine said.
        detail: String,
        /// The SQL text.
        statement: String,
    },

    /// A stored value is not what its reader expects.
    #[error(transparent)]
    Column(Box<ColumnMismatch>),
}

/// A stored value that is not what its reader expects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` holds {found} where {expected} is expected (row {row}), in `{statement}`")]
pub struct ColumnMismatch {
    /// The column's name, or its position when the row has no such column.
    pub column: String,
    /// What the reader expects.
    pub expected: &'static str,
    /// The kind of value found; never the value itself, which may be a secret.
    pub found: &'static str,
    /// The row's first column when it is a number or a UUID, which by convention is its key.
    pub row: String,
    /// The SQL text.
    pub statement: String,
}

impl StoreError {
    /// Whether the same write may well succeed when the caller submits it again.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::BatchLost { .. } | Self::OutOfMemory
        )
    }
}
