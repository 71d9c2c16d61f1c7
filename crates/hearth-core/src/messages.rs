//! Messages: saying something, and reading what was said.

mod client_key;
mod page;
mod send;

pub use client_key::ClientKey;
pub use hearth_protocol::d3chat::limits::CONTENT_BYTES;
pub use hearth_store::tables::messages::{MessageRow as Message, Range, ReplyRow as Reply};
pub use page::{ListError, MessagePage, PAGE_MAX, list};
pub use send::{NewMessage, SendError, send};
