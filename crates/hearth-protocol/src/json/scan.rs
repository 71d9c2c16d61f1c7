//! Measures depth and strings of a JSON text in one pass, without judging whether it is JSON.

use super::{JsonError, Limits};

/// Refuses a text that exceeds the limits. Broken JSON may pass: the parser comes next.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), JsonError> {
    let mut bytes = text.bytes();
    let mut depth = 0_usize;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => check_string(&mut bytes, limits.max_string)?,
            b'[' | b'{' => {
                depth += 1;
                if depth > limits.max_depth {
                    return Err(JsonError::TooDeep {
                        max: limits.max_depth,
                    });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Walks to the closing quote, counting what the string will be after its escapes are read.
fn check_string(bytes: &mut std::str::Bytes<'_>, max: usize) -> Result<(), JsonError> {
    let mut length = 0_usize;
    while let Some(byte) = bytes.next() {
        length += match byte {
            b'"' => return Ok(()),
            b'\\' => escape_length(bytes),
            _ => 1,
        };
        if length > max {
            return Err(JsonError::StringTooLong { max });
        }
    }
    Ok(())
}

/// UTF-8 bytes of one escape whose backslash has been read.
fn escape_length(bytes: &mut std::str::Bytes<'_>) -> usize {
    if bytes.next() != Some(b'u') {
        return 1;
    }
    let mut unit = 0_u32;
    for _ in 0..4 {
        let digit = bytes.next().and_then(|b| char::from(b).to_digit(16));
        // A broken escape is the parser's to refuse; nothing is counted for it.
        let Some(digit) = digit else { return 0 };
        unit = unit * 16 + digit;
    }
    match unit {
        0..0x80 => 1,
        // Two bytes of its own, or half of a surrogate pair, which becomes four in all.
        0x80..0x800 | 0xd800..0xe000 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str, max_depth: usize, max_string: usize) -> bool {
        check(
            text,
            &Limits {
                max_depth,
                max_string,
            },
        )
        .is_ok()
    }

    #[test]
    fn depth_counts_what_is_open_at_once() {
        assert!(fits("7", 0, 0));
        assert!(!fits("{}", 0, 0));
        assert!(fits("[[],[],{}]", 2, 0));
        assert!(!fits("[[],[{}]]", 2, 0));
        assert!(fits("]]]}}}[", 1, 0));
    }

    #[test]
    fn brackets_and_quotes_in_strings_are_only_text() {
        assert!(fits(r#"["[[[[{{{{"]"#, 1, 8));
        assert!(fits(r#"["\"[[","\\","x"]"#, 1, 3));
        assert!(!fits(r#"["\\",[[]]]"#, 2, 3));
    }

    #[test]
    fn strings_are_measured_as_they_will_be() {
        for (json, length) in [
            (r#""""#, 0),
            (r#""abc""#, 3),
            (r#""é""#, 2),
            (r#""\n\t\"\\""#, 4),
            (r#""\u0041""#, 1),
            (r#""\u00fc""#, 2),
            (r#""\u4e16""#, 3),
            (r#""\ud83d\ude42""#, 4),
        ] {
            let text: String = serde_json::from_str(json).unwrap();
            assert_eq!(text.len(), length, "{json}");
            assert!(fits(json, 0, length), "{json}");
            assert!(length == 0 || !fits(json, 0, length - 1), "{json}");
        }
    }

    #[test]
    fn member_names_count_as_strings() {
        assert!(!fits(r#"{"abcdef": 1}"#, 1, 5));
    }

    #[test]
    fn broken_text_ends_the_scan_quietly() {
        for text in ["\"", "\"\\", "\"\\u", "\"\\u12", "\"\\u12zz", "{\"a", "\u{0}"] {
            assert!(fits(text, 1, 5), "{text:?}");
        }
    }
}
