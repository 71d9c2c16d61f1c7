//! Values on their way into SQL and rows on their way out, the same for every engine.
//!
//! Four kinds are all that both engines share without loss. Conversions for the domain's own types are in
//! `value/domain.rs`.

mod domain;

use std::fmt;
use std::sync::Arc;

use crate::StoreError;
use crate::error::ColumnMismatch;

/// One value bound to a statement or read from a row.
///
/// `Debug` shows the kind and the length, never the content, which may be a secret or personal.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number; also booleans (0 and 1) and times (milliseconds UTC).
    Int(i64),
    /// Text, compared by its bytes.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// The name of this value's kind, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Int(_) => f.write_str("Int"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
        }
    }
}

/// Builds the values of a statement: `values![id, name, now]` is a `[Value; 3]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// A type that can be read from a stored value.
pub trait FromValue: Sized {
    /// What is expected, with its article, for the message when it is not found.
    const EXPECTED: &'static str;

    /// Reads the value; `None` when it is of another kind or does not parse.
    fn from_value(value: &Value) -> Option<Self>;
}

/// One row of a query's answer.
///
/// `Debug` names the columns and shows their values as [`Value`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    shape: Arc<Shape>,
    values: Vec<Value>,
}

/// What all rows of one answer have in common.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) statement: String,
    pub(crate) columns: Vec<String>,
}

impl Row {
    pub(crate) fn new(shape: Arc<Shape>, values: Vec<Value>) -> Self {
        Self { shape, values }
    }

    /// Reads the column at `index`, counted from 0 in the order of the query.
    ///
    /// Fails with [`StoreError::Column`] when there is no such column or its value is not a `T`.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, StoreError> {
        self.values
            .get(index)
            .and_then(T::from_value)
            .ok_or_else(|| self.mismatch(index, T::EXPECTED))
    }

    /// The values in the order of the query.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    fn mismatch(&self, index: usize, expected: &'static str) -> StoreError {
        StoreError::Column(Box::new(ColumnMismatch {
            column: self
                .shape
                .columns
                .get(index)
                .cloned()
                .unwrap_or_else(|| index.to_string()),
            expected,
            found: self.values.get(index).map_or("no column", Value::kind),
            row: self.key(),
            statement: self.shape.statement.clone(),
        }))
    }

    /// The first column names the row in messages when it is a number or an id; other text may be personal.
    fn key(&self) -> String {
        match self.values.first() {
            Some(Value::Int(number)) => number.to_string(),
            Some(Value::Text(text)) if uuid::Uuid::try_parse(text).is_ok() => text.clone(),
            _ => "unnamed".to_owned(),
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = f.debug_struct("Row");
        for (column, value) in self.shape.columns.iter().zip(&self.values) {
            row.field(column, value);
        }
        row.finish()
    }
}

macro_rules! integers {
    ($($int:ty),*) => { $(
        impl From<$int> for Value {
            fn from(number: $int) -> Self {
                Self::Int(number.into())
            }
        }
    )* };
}
integers!(i64, i32, i16, i8, u32, u16, u8, bool);

macro_rules! from_integers {
    ($($int:ty: $expected:literal),*) => { $(
        impl FromValue for $int {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Int(number) => <$int>::try_from(*number).ok(),
                    _ => None,
                }
            }
        }
    )* };
}
from_integers!(
    i64: "an integer", i32: "a 32-bit integer", u64: "an integer that is not negative",
    u32: "an integer up to 2^32", u16: "an integer up to 65535", u8: "an integer up to 255",
    usize: "an integer that is not negative"
);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(bytes.clone())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl FromValue for Value {
    const EXPECTED: &'static str = "a value";

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromValue for bool {
    const EXPECTED: &'static str = "0 or 1";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "text";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    const EXPECTED: &'static str = "bytes";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    const EXPECTED: &'static str = "bytes of a fixed length";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            present => T::from_value(present).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_built_from_what_callers_have() {
        let built = values![
            true,
            7_u8,
            -1_i64,
            "text",
            None::<i64>,
            Some("some"),
            vec![1_u8],
            [2_u8; 2]
        ];
        let expected = [
            Value::Int(1),
            Value::Int(7),
            Value::Int(-1),
            Value::Text("text".to_owned()),
            Value::Null,
            Value::Text("some".to_owned()),
            Value::Bytes(vec![1]),
            Value::Bytes(vec![2, 2]),
        ];
        assert_eq!(built, expected);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(u8::from_value(&Value::Int(255)), Some(255));
        assert_eq!(u8::from_value(&Value::Int(256)), None);
        assert_eq!(u64::from_value(&Value::Int(-1)), None);
        assert_eq!(bool::from_value(&Value::Int(2)), None);
        assert_eq!(<[u8; 2]>::from_value(&Value::Bytes(vec![1, 2])), Some([1, 2]));
        assert_eq!(<[u8; 2]>::from_value(&Value::Bytes(vec![1, 2, 3])), None);
    }

    #[test]
    fn messages_name_rows_by_their_key_and_never_show_a_secret() {
        let row = |first: Value| {
            let shape = Shape {
                statement: "SELECT …".to_owned(),
                columns: vec!["id".to_owned()],
            };
            Row::new(Arc::new(shape), vec![first])
        };
        let key = "0f0e0d0c-0b0a-4908-8706-050403020100";
        assert!(
            row(key.into())
                .get::<i64>(0)
                .expect_err("text")
                .to_string()
                .contains(key)
        );
        assert!(
            row(12.into())
                .get::<String>(0)
                .expect_err("a number")
                .to_string()
                .contains("row 12")
        );
        let secret = row("correct horse battery staple".into());
        assert!(
            !secret
                .get::<i64>(0)
                .expect_err("text")
                .to_string()
                .contains("horse")
        );
    }

    #[test]
    fn debug_shows_kinds_and_lengths_and_no_content() {
        let values = values![None::<i64>, 4711, "correct horse", vec![7_u8; 3]];
        assert_eq!(
            format!("{values:?}"),
            "[Null, Int, Text(13 bytes), Bytes(3 bytes)]"
        );
        let shape = Shape {
            statement: "SELECT …".to_owned(),
            columns: ["nothing", "number", "password", "key"]
                .map(str::to_owned)
                .to_vec(),
        };
        assert_eq!(
            format!("{:?}", Row::new(Arc::new(shape), values.to_vec())),
            "Row { nothing: Null, number: Int, password: Text(13 bytes), key: Bytes(3 bytes) }"
        );
    }
}
