//! Presence: what a person's sockets say about them right now (d3chat.md section 4.2).

/// A person who is here. Someone who is offline has no presence at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// Here, but not looking.
    Away,
    /// Here.
    Online,
}

impl Presence {
    /// The word on the wire: `away` or `online`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Online => "online",
        }
    }
}
