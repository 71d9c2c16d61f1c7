//! Limits on what people type, told so that the server can answer 422 in d3chat's shape (section 1).

use std::fmt;

use hearth_protocol::d3chat::limits::CONTENT_BYTES;
use hearth_protocol::d3chat::text::{TextFault, check_content, check_label};
use thiserror::Error;
use zeroize::Zeroizing;

/// One field of a request that breaks its limit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {fault}")]
pub struct FieldError {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: FieldFault,
}

/// What is wrong with a field; `Display` is the message that d3chat's reference framework gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FieldFault {
    /// A text has fewer characters than it must.
    #[error("String should have at least {min_length} {}", characters(*.min_length))]
    TooShort {
        /// Fewest characters.
        min_length: usize,
    },
    /// A text has more characters (or, for message contents, bytes) than it may.
    #[error("String should have at most {max_length} {}", characters(*.max_length))]
    TooLong {
        /// Most characters.
        max_length: usize,
    },
    /// A number is smaller than it may be.
    #[error("Input should be greater than or equal to {ge}")]
    TooSmall {
        /// The smallest allowed.
        ge: i64,
    },
    /// A number is larger than it may be.
    #[error("Input should be less than or equal to {le}")]
    TooLarge {
        /// The largest allowed.
        le: i64,
    },
    /// A text holds a control character, which no server would keep.
    #[error("String should not contain control characters")]
    Control,
    /// The text is not an e-mail address.
    #[error("value is not a valid email address")]
    NotAnEmail,
}

fn characters(count: usize) -> &'static str {
    if count == 1 { "character" } else { "characters" }
}

/// Checks the number of characters of a text.
pub(crate) fn length(
    field: &'static str,
    text: &str,
    min_length: usize,
    max_length: usize,
) -> Result<(), FieldError> {
    // No text has more characters than bytes, so most need no counting.
    if text.len() > max_length && text.chars().count() > max_length {
        return Err(FieldError {
            field,
            fault: FieldFault::TooLong { max_length },
        });
    }
    if min_length > 0 && text.chars().count() < min_length {
        return Err(FieldError {
            field,
            fault: FieldFault::TooShort { min_length },
        });
    }
    Ok(())
}

/// Checks a short text that others see: its number of characters, and that no control character is among them.
pub(crate) fn label(
    field: &'static str,
    text: &str,
    min_length: usize,
    max_length: usize,
) -> Result<(), FieldError> {
    length(field, text, min_length, max_length)?;
    check_label(text, max_length).map_err(|fault| of_text(field, fault, max_length))
}

/// Checks what somebody says.
pub(crate) fn content(field: &'static str, text: &str) -> Result<(), FieldError> {
    check_content(text).map_err(|fault| of_text(field, fault, CONTENT_BYTES))
}

/// The wire's rule for texts, in the words of a request.
fn of_text(field: &'static str, fault: TextFault, max_length: usize) -> FieldError {
    let fault = match fault {
        TextFault::Control => FieldFault::Control,
        TextFault::TooLong => FieldFault::TooLong { max_length },
    };
    FieldError { field, fault }
}

/// Checks that a number lies between two bounds, both included.
pub(crate) fn between(field: &'static str, number: i64, ge: i64, le: i64) -> Result<(), FieldError> {
    let fault = match number {
        small if small < ge => FieldFault::TooSmall { ge },
        large if large > le => FieldFault::TooLarge { le },
        _ => return Ok(()),
    };
    Err(FieldError { field, fault })
}

/// A password on its way in: wiped from memory when dropped, never printed, never compared.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password as it was typed.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(length("name", &"é".repeat(64), 1, 64), Ok(()));
        let too_long = length("name", &"é".repeat(65), 1, 64).unwrap_err();
        assert_eq!(
            too_long.to_string(),
            "name: String should have at most 64 characters"
        );
        let too_short = length("name", "", 1, 64).unwrap_err();
        assert_eq!(
            too_short.fault.to_string(),
            "String should have at least 1 character"
        );
    }

    #[test]
    fn bounds_are_included() {
        assert_eq!(between("limit", 1, 1, 100), Ok(()));
        assert_eq!(between("limit", 100, 1, 100), Ok(()));
        assert_eq!(
            between("limit", 0, 1, 100).unwrap_err().fault,
            FieldFault::TooSmall { ge: 1 }
        );
        assert_eq!(
            between("limit", 101, 1, 100).unwrap_err().fault,
            FieldFault::TooLarge { le: 100 }
        );
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", Password::from("correct horse")), "Password(..)");
    }
}
