//! What a client calls a message before it has an id.

/// A key that a client draws for each message and repeats with every attempt to send it, so that the server
/// says it once however often an answer is lost: 1 to 64 of `[A-Za-z0-9_-]`, unique among its sender's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey(String);

impl ClientKey {
    /// Most characters.
    pub const MAX_CHARS: usize = 64;

    /// The key, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_long_enough = (1..=Self::MAX_CHARS).contains(&text.len());
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        (is_long_enough && is_plain).then(|| Self(text.to_owned()))
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_plain() {
        for good in ["a", "0192-ab_Z", &"x".repeat(64)] {
            assert_eq!(ClientKey::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "é", "a\n", "a/b", &"x".repeat(65)] {
            assert_eq!(ClientKey::parse(bad), None, "{bad}");
        }
    }
}
