//! A person's name on one server.

use std::fmt;

use super::NameError;
use crate::text::impl_text;

/// A user name: 3 to 64 characters of `A-Z a-z 0-9 _ -` (d3chat section 2.1). Case matters on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// Most characters of a name.
    pub const MAX_LENGTH: usize = 64;
    /// Fewest characters of a name.
    pub const MIN_LENGTH: usize = 3;

    /// Reads a name as it is.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let well_formed =
            (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed);
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Username)
        }
    }

    /// The name as its owner wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its case, by which no two local accounts may agree (d3chat A12).
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_text!(Username, NameError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_of_the_wire() {
        for text in ["bob", "Alice_7", "---", &"x".repeat(64)] {
            assert_eq!(Username::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "ab", &"x".repeat(65), "a b", "a@b", "café", "bob\n", "a.b.c"] {
            assert_eq!(Username::parse(text), Err(NameError::Username), "{text}");
        }
    }

    #[test]
    fn folding_takes_the_case_away_for_comparison_only() {
        let name = Username::parse("Alice").unwrap();
        assert_eq!((name.as_str(), name.folded().as_str()), ("Alice", "alice"));
        assert_ne!(name, Username::parse("alice").unwrap());
    }
}
