//! Why a socket is closed, as the client sees it.

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// The close code and reason of an ending that we decide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Close {
    /// The code.
    pub(crate) code: u16,
    /// The reason, for the client's log.
    pub(crate) reason: &'static str,
}

impl Close {
    /// The server is stopping; it will be back.
    pub(crate) const STOPPING: Self = Self {
        code: 1001,
        reason: "The server is stopping",
    };
    /// A frame was larger than clients may send.
    pub(crate) const TOO_BIG: Self = Self {
        code: 1009,
        reason: "Frame too large",
    };
    /// Something broke here.
    pub(crate) const INTERNAL: Self = Self {
        code: 1011,
        reason: "Internal error",
    };
    /// The ticket is unknown, used, expired, or was not meant for this page.
    pub(crate) const BAD_TICKET: Self = Self {
        code: 4001,
        reason: "Invalid or expired ticket",
    };
    /// The client did not take its events fast enough and has missed some.
    pub(crate) const TOO_SLOW: Self = Self {
        code: 4008,
        reason: "Too slow: reconnect and catch up",
    };
    /// The client sends too many frames.
    pub(crate) const TOO_FAST: Self = Self {
        code: 4029,
        reason: "Too many frames",
    };
    /// The account has too many sockets.
    pub(crate) const TOO_MANY: Self = Self {
        code: 4029,
        reason: "Too many connections of this account",
    };

    /// The frame that says so.
    pub(crate) fn frame(self) -> CloseFrame {
        CloseFrame {
            code: self.code,
            reason: Utf8Bytes::from_static(self.reason),
        }
    }
}
