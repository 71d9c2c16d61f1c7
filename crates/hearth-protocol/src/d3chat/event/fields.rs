//! Reads the members of an event one by one, so that a fault can name its member.

use std::str::FromStr;

use serde_json::{Map, Value};
use thiserror::Error;

use super::EventError;
use crate::d3chat::text::{TextFault, check_content, check_label};

/// What is wrong with one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FieldFault {
    /// The text is not of the form that the member has.
    #[error("is not well-formed")]
    Invalid,
    /// A member that the type must have is absent or `null`, or a free text is empty.
    #[error("is missing")]
    Missing,
    /// The text is longer than the wire allows.
    #[error("is too long")]
    TooLong,
    /// Not a string or number as the type demands.
    #[error("has the wrong type")]
    WrongType,
}

impl From<TextFault> for FieldFault {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::Control => Self::Invalid,
            TextFault::TooLong => Self::TooLong,
        }
    }
}

/// The members of one event.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    /// A member that is parsed by its type and must be there.
    pub(super) fn required<T: FromStr>(&self, name: &'static str) -> Result<T, EventError> {
        self.optional(name)?.ok_or(malformed(name, FieldFault::Missing))
    }

    /// A member that is parsed by its type, if it is there and not `null`.
    pub(super) fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, EventError> {
        let Some(text) = self.string(name)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| malformed(name, FieldFault::Invalid))
    }

    /// A short text of `1..=max` characters that must be there.
    pub(super) fn required_text(&self, name: &'static str, max: usize) -> Result<String, EventError> {
        self.text(name, max)?.ok_or(malformed(name, FieldFault::Missing))
    }

    /// A short text of at most `max` characters, none of them a control character. Empty counts as absent.
    pub(super) fn text(&self, name: &'static str, max: usize) -> Result<Option<String>, EventError> {
        let Some(text) = self.string(name)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        check_label(text, max).map_err(|fault| malformed(name, fault.into()))?;
        Ok(Some(text.to_owned()))
    }

    /// A message's content, which must be there but may be empty.
    pub(super) fn content(&self, name: &'static str) -> Result<String, EventError> {
        let text = self.string(name)?.ok_or(malformed(name, FieldFault::Missing))?;
        check_content(text).map_err(|fault| malformed(name, fault.into()))?;
        Ok(text.to_owned())
    }

    /// A whole number of `0..=max`, if it is there and not `null`.
    pub(super) fn number(&self, name: &'static str, max: u32) -> Result<Option<u32>, EventError> {
        let Some(value) = self.present(name) else {
            return Ok(None);
        };
        let Value::Number(number) = value else {
            return Err(malformed(name, FieldFault::WrongType));
        };
        let number = number
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n <= max);
        number.map(Some).ok_or(malformed(name, FieldFault::Invalid))
    }

    /// The text of a member, if it is there and not `null`.
    pub(super) fn string(&self, name: &'static str) -> Result<Option<&str>, EventError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(name, FieldFault::WrongType)),
        }
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

/// The error that names a member.
pub(super) fn malformed(field: &'static str, fault: FieldFault) -> EventError {
    EventError::Malformed { field, fault }
}
