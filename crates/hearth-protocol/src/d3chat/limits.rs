//! How long each text of the wire may be: the column limits of d3chat section 3.11, and our own where it has none.
//!
//! Upstream fails with 500 beyond these, so what exceeds them is refused before it is stored or sent.

/// Message `content`, in bytes of UTF-8. Upstream has no limit; this one is ours (I4).
pub const CONTENT_BYTES: usize = 65_536;

/// Message `content`, in bytes once it is written as a JSON string: three times [`CONTENT_BYTES`], which only
/// thousands of control characters exceed. An inbox reads 256 KiB, so this leaves room for an event around it.
pub const CONTENT_JSON_BYTES: usize = 3 * CONTENT_BYTES;

/// Message `content_type`, in characters.
pub const CONTENT_TYPE_CHARS: usize = 32;

/// Channel `encryption_type`, in characters.
pub const ENCRYPTION_TYPE_CHARS: usize = 32;

/// `sender_key_public`, `chain_key` and the other single keys of a device, in characters.
pub const KEY_CHARS: usize = 255;

/// A channel's name, in characters.
pub const CHANNEL_NAME_CHARS: usize = 128;

/// `origin_message_id`, in characters.
pub const ORIGIN_MESSAGE_ID_CHARS: usize = 255;

/// `api_base_url`, in characters.
pub const API_BASE_URL_CHARS: usize = 512;

/// A `protocol_version` of a message: the column is a signed 32-bit integer.
pub const MESSAGE_PROTOCOL_VERSION: u32 = i32::MAX.unsigned_abs();

/// An event's `type`, in characters. No type has more than 22; longer ones are noise.
pub const EVENT_TYPE_CHARS: usize = 64;
