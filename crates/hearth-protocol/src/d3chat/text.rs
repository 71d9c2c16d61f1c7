//! What texts of the wire may hold: one rule for what people here type, for what is sent, and for what arrives.
//!
//! A server that sends what others cannot keep jams its own queue. Upstream's database refuses U+0000, which it
//! answers with 500 for ever, and a Hearth refuses names that would move a terminal's cursor. So whoever types
//! such a text is told at once, instead of a peer later.

use thiserror::Error;

use super::limits::{CONTENT_BYTES, CONTENT_JSON_BYTES};

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextFault {
    /// It holds a control character where there may be none; in a message's content only U+0000 is one.
    #[error("holds a control character")]
    Control,
    /// It is longer than the wire allows, as it is or as JSON.
    #[error("is too long")]
    TooLong,
}

/// Checks a short text (a name, a type, a key) of at most `max_chars` characters: no control characters, C1
/// included. An empty one passes; whether it may be empty is the field's own matter.
pub fn check_label(text: &str, max_chars: usize) -> Result<(), TextFault> {
    // No text has more characters than bytes, so most need no counting.
    if text.len() > max_chars && text.chars().nth(max_chars).is_some() {
        return Err(TextFault::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(TextFault::Control);
    }
    Ok(())
}

/// Checks a message's content: at most [`CONTENT_BYTES`], at most [`CONTENT_JSON_BYTES`] once it is a JSON
/// string, and no U+0000. It may be empty, and holds line breaks and tabs as people type them.
pub fn check_content(text: &str) -> Result<(), TextFault> {
    if text.len() > CONTENT_BYTES {
        return Err(TextFault::TooLong);
    }
    if text.contains('\0') {
        return Err(TextFault::Control);
    }
    if json_bytes(text) > CONTENT_JSON_BYTES {
        return Err(TextFault::TooLong);
    }
    Ok(())
}

/// How many bytes a text takes within the quotes of a JSON string as this server writes it.
fn json_bytes(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | 0x08 | b'\t' | b'\n' | 0x0c | b'\r' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_holds_no_control_characters() {
        assert_eq!(check_label("Grüße, 世界 🙂", 12), Ok(()));
        assert_eq!(check_label("", 1), Ok(()));
        for control in ['\0', '\n', '\u{1b}', '\u{7f}', '\u{85}'] {
            let text = format!("a{control}b");
            assert_eq!(check_label(&text, 8), Err(TextFault::Control), "{text:?}");
        }
        assert_eq!(check_label(&"é".repeat(8), 8), Ok(()));
        assert_eq!(check_label(&"é".repeat(9), 8), Err(TextFault::TooLong));
    }

    #[test]
    fn content_is_what_people_type() {
        assert_eq!(check_content("one\n\ttwo\r\n\u{1b}[0m"), Ok(()));
        assert_eq!(check_content("a\0b"), Err(TextFault::Control));
        assert_eq!(check_content(&"x".repeat(CONTENT_BYTES)), Ok(()));
        assert_eq!(check_content(&"\n".repeat(CONTENT_BYTES)), Ok(()));
        assert_eq!(
            check_content(&"x".repeat(CONTENT_BYTES + 1)),
            Err(TextFault::TooLong)
        );
        assert_eq!(check_content(&"\u{1}".repeat(32_768)), Ok(()));
        assert_eq!(check_content(&"\u{1}".repeat(32_769)), Err(TextFault::TooLong));
    }

    #[test]
    fn the_size_as_json_is_that_of_the_writer() {
        let every_ascii: String = (0..=0x7f_u8).map(char::from).chain("é世🙂".chars()).collect();
        let written = serde_json::to_string(&every_ascii).unwrap();
        assert_eq!(json_bytes(&every_ascii) + 2, written.len());
    }
}
