//! `GET /federation/user-lookup?username=…`: whether a server has a user of that name (d3chat section 5.5).
//!
//! Its signature has a history: upstream signs the name as it is but verifies a re-encoded query. We send only
//! names on which both agree, and accept a signature over either form ([`reencoded_path`]).

use serde::de::{self, Deserializer};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::UserId;
use crate::json::{self, JsonError, Limits};
use crate::names::{ServerName, UserAddress, Username};

/// The path without its query.
pub const PATH: &str = "/federation/user-lookup";

/// Path and query that ask for `username`; a name needs no encoding, so this is also what is signed.
pub fn path(username: &Username) -> String {
    format!("{PATH}?username={username}")
}

/// Path and query as upstream's verifier rebuilds them from the decoded `raw_query` (the text behind the `?`).
///
/// `None` when the decoded query is not UTF-8, because then there is no one text to rebuild.
pub fn reencoded_path(raw_query: &str) -> Option<String> {
    let pairs: Vec<String> = decoded_pairs(raw_query)?
        .into_iter()
        .map(|(name, value)| format!("{}={}", form_encoded(&name), form_encoded(&value)))
        .collect();
    Some(format!("{PATH}?{}", pairs.join("&")))
}

/// Why a query does not ask for one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The name does not match the pattern of [`Username`], so nobody here has it.
    #[error("not a user name")]
    BadUsername,
    /// There is no parameter `username`.
    #[error("the parameter `username` is missing")]
    Missing,
    /// There are several, and two readers could choose differently.
    #[error("the parameter `username` is given more than once")]
    Repeated,
}

/// The one name that `raw_query` (the text behind the `?`) asks for; other parameters are ignored.
pub fn queried_username(raw_query: &str) -> Result<Username, QueryError> {
    let pairs = decoded_pairs(raw_query).ok_or(QueryError::BadUsername)?;
    let mut names = pairs
        .iter()
        .filter(|(name, _)| name == "username")
        .map(|(_, value)| value);
    let name = names.next().ok_or(QueryError::Missing)?;
    if names.next().is_some() {
        return Err(QueryError::Repeated);
    }
    Username::parse(name).map_err(|_| QueryError::BadUsername)
}

/// Names and values of a form query, decoded.
fn decoded_pairs(raw_query: &str) -> Option<Vec<(String, String)>> {
    let pairs = url::form_urlencoded::parse(raw_query.as_bytes());
    pairs
        .map(|(name, value)| {
            // The decoder puts this character where bytes are not UTF-8; no user name holds it.
            let is_whole = !name.contains('\u{fffd}') && !value.contains('\u{fffd}');
            is_whole.then(|| (name.into_owned(), value.into_owned()))
        })
        .collect()
}

/// Python's `quote_plus`, which differs from the web's own form encoding in `*` and `~`.
fn form_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => encoded.push(byte.into()),
            b' ' => encoded.push('+'),
            _ => encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 0xf)]),
        }
    }
    encoded
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16)
        .expect("four bits are one hexadecimal digit")
        .to_ascii_uppercase()
}

/// What a server answers.
///
/// Written as the seed writes it: a miss is `{"found":false}`. Upstream's miss, all four members with three
/// null, is read as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupAnswer {
    /// There is such a user.
    Found {
        /// The name, as its server spells it.
        username: Username,
        /// The user's id on that server; never an id of ours.
        user_id: UserId,
        /// The server that answers.
        server_domain: ServerName,
    },
    /// There is none.
    NotFound,
}

impl LookupAnswer {
    /// Most bytes an answer may have.
    pub const MAX_BYTES: usize = 4096;

    /// Reads an answer's body.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        json::parse(bytes, &Limits::DOCUMENT)
    }

    /// Whether this is an answer to the question for `asked`: a miss, or exactly that name on that server.
    ///
    /// A peer that answers for another name or server would plant users that nobody asked for (d3chat F18).
    pub fn answers(&self, asked: &UserAddress) -> bool {
        match self {
            Self::Found {
                username,
                server_domain,
                ..
            } => *username == asked.username && *server_domain == asked.server,
            Self::NotFound => true,
        }
    }
}

impl Serialize for LookupAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Found {
                username,
                user_id,
                server_domain,
            } => {
                map.serialize_entry("found", &true)?;
                map.serialize_entry("username", username)?;
                map.serialize_entry("user_id", user_id)?;
                map.serialize_entry("server_domain", server_domain)?;
            }
            Self::NotFound => map.serialize_entry("found", &false)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LookupAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Everything optional, because a miss may leave out or null what a hit must have.
        #[derive(Deserialize)]
        struct Wire {
            found: bool,
            username: Option<Username>,
            user_id: Option<UserId>,
            server_domain: Option<ServerName>,
        }

        let wire = Wire::deserialize(deserializer)?;
        if !wire.found {
            return Ok(Self::NotFound);
        }
        Ok(Self::Found {
            username: wire
                .username
                .ok_or_else(|| de::Error::missing_field("username"))?,
            user_id: wire.user_id.ok_or_else(|| de::Error::missing_field("user_id"))?,
            server_domain: wire
                .server_domain
                .ok_or_else(|| de::Error::missing_field("server_domain"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: &str = r#"{"found":true,"username":"alice","user_id":"3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10","server_domain":"chat.example.com"}"#;

    #[test]
    fn the_query_is_rebuilt_as_upstream_does() {
        for (raw, rebuilt) in [
            ("username=alice", "username=alice"),
            ("username=a%20b", "username=a+b"),
            ("username=a+b", "username=a+b"),
            ("username=caf%c3%a9", "username=caf%C3%A9"),
            ("username=café", "username=caf%C3%A9"),
            ("username=%7E_.-*", "username=~_.-%2A"),
            ("username=x&y=1", "username=x&y=1"),
            ("username", "username="),
            ("username=", "username="),
        ] {
            assert_eq!(reencoded_path(raw), Some(format!("{PATH}?{rebuilt}")), "{raw}");
        }
        assert_eq!(reencoded_path("username=%ff"), None);
    }

    #[test]
    fn a_query_names_exactly_one_user() {
        let alice = Username::parse("alice").unwrap();
        assert_eq!(path(&alice), "/federation/user-lookup?username=alice");
        for raw in ["username=alice", "username=%61lice", "x=1&username=alice"] {
            assert_eq!(queried_username(raw), Ok(alice.clone()), "{raw}");
        }
        assert_eq!(queried_username(""), Err(QueryError::Missing));
        assert_eq!(queried_username("Username=alice"), Err(QueryError::Missing));
        assert_eq!(
            queried_username("username=alice&username=bob"),
            Err(QueryError::Repeated)
        );
        for raw in [
            "username=",
            "username=a b",
            "username=%ff",
            "username=alice%0A",
            "username=al%40b.c",
        ] {
            assert_eq!(queried_username(raw), Err(QueryError::BadUsername), "{raw}");
        }
    }

    #[test]
    fn both_forms_of_a_miss_are_read() {
        let upstream = br#"{"found": false, "username": null, "user_id": null, "server_domain": null}"#;
        assert_eq!(LookupAnswer::parse(upstream), Ok(LookupAnswer::NotFound));
        assert_eq!(
            LookupAnswer::parse(br#"{"found": false}"#),
            Ok(LookupAnswer::NotFound)
        );
        assert_eq!(
            serde_json::to_string(&LookupAnswer::NotFound).unwrap(),
            r#"{"found":false}"#
        );
    }

    #[test]
    fn a_hit_has_all_its_members() {
        let answer = LookupAnswer::parse(FOUND.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), FOUND);
        assert!(LookupAnswer::parse(br#"{"found": true, "username": "alice"}"#).is_err());
        assert!(LookupAnswer::parse(br#"{"username": "alice"}"#).is_err());
        assert!(LookupAnswer::parse(&FOUND.replace("alice", "a/../b").into_bytes()).is_err());
    }

    #[test]
    fn an_answer_for_somebody_else_is_no_answer() {
        let answer = LookupAnswer::parse(FOUND.as_bytes()).unwrap();
        for (asked, is_answer) in [
            ("alice@chat.example.com", true),
            ("Alice@chat.example.com", false),
            ("bob@chat.example.com", false),
            ("alice@other.example.com", false),
        ] {
            assert_eq!(
                answer.answers(&UserAddress::parse(asked).unwrap()),
                is_answer,
                "{asked}"
            );
        }
        assert!(LookupAnswer::NotFound.answers(&UserAddress::parse("bob@b.example").unwrap()));
    }
}
