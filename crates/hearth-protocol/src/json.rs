//! JSON from strangers: bounded before it is parsed, and refused without echoing what it held.
//!
//! Depth and string length are measured by a scan that allocates nothing, so that hostile input costs one pass
//! over its bytes. How many bytes there are is bounded by whoever reads the body.

mod scan;
mod unique;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use thiserror::Error;

/// How much structure a document may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most arrays and objects inside one another; a bare number has depth 0, `{}` has depth 1.
    pub max_depth: usize,
    /// Most UTF-8 bytes of one string or member name, counted after its escapes are read.
    pub max_string: usize,
}

impl Limits {
    /// Enough for a request or well-known document of either protocol.
    pub const DOCUMENT: Self = Self {
        max_depth: 16,
        max_string: 4096,
    };
}

/// Why bytes were refused. No message repeats a value from the input, which may be a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JsonError {
    /// An object names one member twice, so that two readers could understand two things.
    #[error("an object holds one member twice")]
    DuplicateMember,
    /// The bytes are not UTF-8, even if only where nobody would look.
    #[error("not UTF-8")]
    NotUtf8,
    /// Well-formed, but not what was asked for.
    #[error("{reason}")]
    Shape {
        /// What was expected, or which member is missing.
        reason: String,
        /// Roughly where, in bytes from the start.
        offset: usize,
    },
    /// A string or member name is too long.
    #[error("a string is longer than {max} bytes")]
    StringTooLong {
        /// The limit.
        max: usize,
    },
    /// Not JSON.
    #[error("not valid JSON at byte {offset}")]
    Syntax {
        /// Where, in bytes from the start.
        offset: usize,
    },
    /// Arrays and objects nest too deep.
    #[error("nested deeper than {max}")]
    TooDeep {
        /// The limit.
        max: usize,
    },
}

/// Reads one JSON value and nothing after it. Where the type takes unknown members, it ignores them.
pub fn parse<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, JsonError> {
    let text = bounded_text(bytes, limits)?;
    serde_json::from_str(text).map_err(|error| describe(&error, text))
}

/// As [`parse`], and refuses any object that names a member twice, as Cryptid demands (its reference, section 2.0).
pub fn parse_unique<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, JsonError> {
    let text = bounded_text(bytes, limits)?;
    if unique::has_duplicate_member(text).map_err(|error| describe(&error, text))? {
        return Err(JsonError::DuplicateMember);
    }
    serde_json::from_str(text).map_err(|error| describe(&error, text))
}

fn bounded_text<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, JsonError> {
    // Checked as a whole, because the parser skips over ignored strings without looking.
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
    scan::check(text, limits)?;
    Ok(text)
}

/// Translates the parser's error into one that says what was expected but not what was there.
fn describe(error: &serde_json::Error, text: &str) -> JsonError {
    let offset = offset_of(text, error.line(), error.column());
    if error.classify() != Category::Data {
        return JsonError::Syntax { offset };
    }
    let message = error.to_string();
    // Cut off exactly as it was put on: a value may hold the same words.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    // "invalid type: string "hunter2", expected u64": only what follows the last comma is ours.
    let reason = match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    };
    JsonError::Shape { reason, offset }
}

/// The byte that a line and column (both from 1) point at.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    const LIMITS: Limits = Limits {
        max_depth: 3,
        max_string: 5,
    };

    #[derive(Debug, Deserialize, PartialEq)]
    struct Login {
        name: String,
        tries: u32,
    }

    fn parsed(text: &str) -> Result<Login, JsonError> {
        parse(text.as_bytes(), &Limits::DOCUMENT)
    }

    #[test]
    fn unknown_members_are_ignored() {
        let login = parsed(r#"{"name": "alice", "new": {"x": [1]}, "tries": 2}"#).unwrap();
        assert_eq!(
            login,
            Login {
                name: "alice".to_owned(),
                tries: 2
            }
        );
    }

    #[test]
    fn errors_say_what_was_expected_and_never_what_was_there() {
        let reason = |text| match parsed(text) {
            Err(JsonError::Shape { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(r#"{"name": "alice"}"#), "missing field `tries`");
        assert_eq!(reason(r#"{"name": "alice", "tries": "hunter2"}"#), "expected u32");
        assert_eq!(
            reason(r#"{"name": "alice", "tries": "hunter2, expected nothing"}"#),
            "expected u32"
        );
        assert_eq!(
            reason(r#"{"name": "alice", "tries": "hunter2 at line 3"}"#),
            "expected u32"
        );
        assert_eq!(reason(r#"{"name": "alice", "tries": -77}"#), "expected u32");
        assert_eq!(reason(r#"["hunter2"]"#), "expected struct Login with 2 elements");
    }

    #[test]
    fn a_fault_has_a_place() {
        assert_eq!(
            parsed("{\"name\": \"a\",\n x}"),
            Err(JsonError::Syntax { offset: 15 })
        );
        assert_eq!(parsed(""), Err(JsonError::Syntax { offset: 0 }));
        assert!(matches!(
            parsed("{} {}"),
            Err(JsonError::Syntax { .. } | JsonError::Shape { .. })
        ));
    }

    #[test]
    fn bytes_must_be_utf8_even_where_nobody_looks() {
        let bytes = b"{\"name\": \"alice\", \"tries\": 2, \"new\": \"\xff\"}";
        assert_eq!(parse::<Login>(bytes, &Limits::DOCUMENT), Err(JsonError::NotUtf8));
    }

    #[test]
    fn limits_come_before_parsing() {
        assert_eq!(
            parse::<Value>(b"[[[[", &LIMITS),
            Err(JsonError::TooDeep { max: 3 })
        );
        assert_eq!(
            parse::<Value>(b"[\"123456\"]", &LIMITS),
            Err(JsonError::StringTooLong { max: 5 })
        );
        assert!(parse::<Value>(b"[[[\"12345\"]]]", &LIMITS).is_ok());
    }

    #[test]
    fn doubled_members_are_refused_on_request() {
        let doubled = br#"{"a": 1, "b": [{"c": 1, "\u0063": 2}]}"#;
        assert!(parse::<Value>(doubled, &Limits::DOCUMENT).is_ok());
        assert_eq!(
            parse_unique::<Value>(doubled, &Limits::DOCUMENT),
            Err(JsonError::DuplicateMember)
        );
        assert!(parse_unique::<Value>(br#"{"a": {"a": 1}, "b": {"a": 1}}"#, &Limits::DOCUMENT).is_ok());
        assert_eq!(
            parse_unique::<Value>(b"{", &Limits::DOCUMENT),
            Err(JsonError::Syntax { offset: 0 })
        );
    }
}
