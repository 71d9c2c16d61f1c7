//! Between the driver's words and ours: values both ways, errors one way.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Error, ErrorCode, ffi};

use crate::{StoreError, Value};

/// A value on its way into a statement, without a copy.
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A value on its way out. Floating point has no place in the schema, and text is UTF-8 or damaged.
pub(super) fn value(found: ValueRef<'_>, sql: &str) -> Result<Value, StoreError> {
    match found {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Real(_) => Err(statement("the answer holds a floating point number", sql)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(error) => Err(StoreError::Damaged {
                detail: format!("stored text: {error}"),
            }),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
    }
}

/// A fault of the statement itself.
pub(super) fn statement(detail: impl ToString, sql: &str) -> StoreError {
    StoreError::Statement {
        detail: detail.to_string(),
        statement: sql.to_owned(),
    }
}

/// Says what a driver's error means for the asker.
pub(super) fn error(error: &Error, sql: &str) -> StoreError {
    let detail = match error {
        // Without the statement, which our own error names.
        Error::SqlInputError { msg, .. } => msg.clone(),
        _ => error.to_string(),
    };
    let Some(failure) = error.sqlite_error() else {
        return statement(detail, sql);
    };
    match failure.code {
        ErrorCode::DiskFull => StoreError::DiskFull,
        // The shared-memory file beside the database could not grow: that takes a full disk.
        ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
            StoreError::DiskFull
        }
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NoLargeFileSupport => StoreError::Io { detail },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { detail },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { detail },
        ErrorCode::OutOfMemory => StoreError::OutOfMemory,
        ErrorCode::ReadOnly => StoreError::ReadOnly {
            statement: sql.to_owned(),
        },
        ErrorCode::ConstraintViolation => StoreError::Constraint {
            detail,
            statement: sql.to_owned(),
        },
        _ => statement(detail, sql),
    }
}

/// Whether `SQLite` may have undone more than the failing statement, or the file deserves a check.
pub(super) fn is_grave(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::DiskFull
            | StoreError::Io { .. }
            | StoreError::Damaged { .. }
            | StoreError::Busy { .. }
            | StoreError::OutOfMemory
    )
}
