//! Who may register.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationMode {
    /// Nobody.
    Closed,
    /// Whoever has an invite.
    InviteOnly,
    /// Everybody.
    Open,
}

impl RegistrationMode {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::InviteOnly => "invite_only",
            Self::Open => "open",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Closed, Self::InviteOnly, Self::Open]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

impl fmt::Display for RegistrationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RegistrationMode {
    type Err = UnknownMode;

    fn from_str(word: &str) -> Result<Self, UnknownMode> {
        Self::parse(word).ok_or(UnknownMode)
    }
}

/// The word is no registration mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a registration mode is `open`, `invite_only` or `closed`")]
pub struct UnknownMode;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_have_the_words_of_the_wire() {
        for (mode, word) in [
            (RegistrationMode::Closed, "closed"),
            (RegistrationMode::InviteOnly, "invite_only"),
            (RegistrationMode::Open, "open"),
        ] {
            assert_eq!(mode.to_string(), word);
            assert_eq!(word.parse(), Ok(mode));
        }
        assert_eq!("Open".parse::<RegistrationMode>(), Err(UnknownMode));
    }
}
