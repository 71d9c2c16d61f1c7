//! `GET /.well-known/d3chat-server`: who a server says it is (d3chat section 5.1).
//!
//! The four members of the seed identify the server; the rest is what Hearth adds and others leave out or
//! ignore. Reading gives the types, [`ServerDescriptor::check`] the judgement.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::attestation::Attestation;
use super::features::Features;
use super::{PROTOCOL_VERSION, limits};
use crate::fingerprint::Fingerprint;
use crate::json::{self, JsonError, Limits};
use crate::keys::PublicKey;
use crate::names::ServerName;

/// What a server publishes about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDescriptor {
    /// The server's name, as it signs its requests.
    pub domain: ServerName,
    /// The key that its requests are signed with.
    pub signing_key_public: PublicKey,
    /// Where its paths begin: https, on the host of `domain`, at most 512 characters.
    pub api_base_url: String,
    /// The federation protocol's version; only [`PROTOCOL_VERSION`] is understood.
    pub protocol_version: u64,
    /// The leaf certificate it serves. Absent on other servers, and on a Hearth that cannot know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_fingerprint: Option<Fingerprint>,
    /// How much its inbox takes. Absent on other servers: assume 100 requests a minute and no batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<InboxLimits>,
    /// The program that runs it. Absent on other servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<Software>,
    /// What it can do beyond the published protocol; empty on other servers.
    #[serde(default, skip_serializing_if = "Features::is_empty")]
    pub features: Features,
    /// The signing key's word for certificate and features. Absent on other servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

/// How much a server's inbox takes from one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxLimits {
    /// Requests per minute.
    pub inbox_requests_per_minute: u32,
    /// Events in one batch.
    pub max_batch: u32,
    /// Bytes of one batch.
    pub max_batch_bytes: u64,
}

/// The program behind a server, for people to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// Its name.
    pub name: String,
    /// Its version, in its own way of counting.
    pub version: String,
}

/// Why a descriptor does not identify the server asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DescriptorError {
    /// Not https, on another host, too long, or with user information, query or fragment.
    #[error("api_base_url must be https on the same host, and nothing but host, port and path")]
    ApiBaseUrl,
    /// It names another server than the one asked.
    #[error("the descriptor is about {served}, not the server asked")]
    DomainMismatch {
        /// The server that it is about.
        served: ServerName,
    },
    /// Not JSON of the expected shape.
    #[error("unreadable descriptor: {0}")]
    Json(#[from] JsonError),
    /// It speaks another version of the protocol.
    #[error("federation protocol version {served} is not understood")]
    ProtocolVersion {
        /// The version that it speaks.
        served: u64,
    },
}

impl ServerDescriptor {
    /// Reads a descriptor and judges it as [`ServerDescriptor::check`] does.
    pub fn parse(bytes: &[u8], asked: &ServerName) -> Result<Self, DescriptorError> {
        let descriptor: Self = json::parse(bytes, &Limits::DOCUMENT)?;
        descriptor.check(asked)?;
        Ok(descriptor)
    }

    /// Whether this is about `asked`, in a version we understand, and sends us nowhere else.
    ///
    /// The attestation is not judged here: that takes the certificate of the handshake and a clock.
    pub fn check(&self, asked: &ServerName) -> Result<(), DescriptorError> {
        if self.domain != *asked {
            return Err(DescriptorError::DomainMismatch {
                served: self.domain.clone(),
            });
        }
        if self.protocol_version != PROTOCOL_VERSION {
            return Err(DescriptorError::ProtocolVersion {
                served: self.protocol_version,
            });
        }
        if !is_base_url_of(&self.api_base_url, &self.domain) {
            return Err(DescriptorError::ApiBaseUrl);
        }
        Ok(())
    }

    /// The URL of a path that begins with `/`, below this server's base.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.api_base_url.trim_end_matches('/'))
    }
}

/// Read by the same parser as every other name, so that no two readers see two hosts.
fn is_base_url_of(text: &str, domain: &ServerName) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .filter(|_| text.len() <= limits::API_BASE_URL_CHARS)
    else {
        return false;
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain_path = path
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"?#\\".contains(&b));
    let is_same_host = ServerName::parse(authority).is_ok_and(|name| name.host() == domain.host());
    is_plain_path && is_same_host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ServerName {
        ServerName::parse(text).unwrap()
    }

    fn seed_form(domain: &str, api_base_url: &str) -> String {
        format!(
            r#"{{"domain":"{domain}","signing_key_public":"5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=","api_base_url":"{api_base_url}","protocol_version":1}}"#
        )
    }

    fn judged(domain: &str, api_base_url: &str) -> Result<ServerDescriptor, DescriptorError> {
        ServerDescriptor::parse(seed_form(domain, api_base_url).as_bytes(), &name(domain))
    }

    #[test]
    fn the_four_members_of_the_seed_suffice_and_are_written_as_read() {
        let text = seed_form("chat.example.com", "https://chat.example.com");
        let descriptor = ServerDescriptor::parse(text.as_bytes(), &name("chat.example.com")).unwrap();
        assert_eq!(serde_json::to_string(&descriptor).unwrap(), text);
        assert_eq!(descriptor.features, Features::default());
    }

    #[test]
    fn unknown_members_are_ignored_and_null_is_absent() {
        let text = seed_form("a.test", "https://a.test")
            .replace('}', r#","limits":null,"attestation":null,"motto":["x",{"y":1}]}"#);
        let descriptor = ServerDescriptor::parse(text.as_bytes(), &name("a.test")).unwrap();
        assert_eq!(descriptor.limits, None);
    }

    #[test]
    fn another_name_or_version_is_refused() {
        let text = seed_form("a.test", "https://a.test");
        let why = ServerDescriptor::parse(text.as_bytes(), &name("b.test"));
        assert_eq!(
            why,
            Err(DescriptorError::DomainMismatch {
                served: name("a.test")
            })
        );

        let text = text.replace("\"protocol_version\":1", "\"protocol_version\":2");
        let why = ServerDescriptor::parse(text.as_bytes(), &name("a.test"));
        assert_eq!(why, Err(DescriptorError::ProtocolVersion { served: 2 }));
    }

    #[test]
    fn wrong_types_and_bad_keys_are_unreadable() {
        for (from, to) in [
            ("\"protocol_version\":1", "\"protocol_version\":\"1\""),
            ("\"protocol_version\":1", "\"protocol_version\":1.0"),
            ("ja1g=", "ja1g"),
            ("\"domain\":\"a.test\"", "\"domain\":\"a.test/x\""),
            ("\"domain\":\"a.test\"", "\"domain\":7"),
            ("\"domain\":\"a.test\",", ""),
        ] {
            let text = seed_form("a.test", "https://a.test").replace(from, to);
            let why = ServerDescriptor::parse(text.as_bytes(), &name("a.test"));
            assert!(matches!(why, Err(DescriptorError::Json(_))), "{text}: {why:?}");
        }
    }

    #[test]
    fn the_base_url_stays_on_the_host() {
        for (domain, url) in [
            ("a.test", "https://a.test"),
            ("a.test", "https://a.test/"),
            ("a.test", "https://a.test:8443/chat"),
            ("a.test:8441", "https://a.test:8441"),
            ("a.test:8441", "https://A.test"),
            ("127.0.0.2:8441", "https://127.0.0.2:8441"),
            ("[::1]:8441", "https://[::1]:8441"),
            ("[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]"),
        ] {
            assert!(judged(domain, url).is_ok(), "{url}");
        }
        for url in [
            "",
            "http://a.test",
            "HTTPS://a.test",
            "https:a.test",
            "https:///a.test",
            "https://b.test",
            "https://a.test.b.test",
            "https://x.a.test",
            "https://a.test.",
            "https://user@a.test",
            "https://@a.test",
            "https://b.test@a.test",
            "https://a.test?x=1",
            "https://a.test?",
            "https://a.test#x",
            "https://a.test/a b",
            "https://a.test\\\\b.test",
            "https://a.test:99999",
            "ftp://a.test",
            &format!("https://a.test/{}", "x".repeat(512)),
        ] {
            let why = judged("a.test", url);
            assert_eq!(why, Err(DescriptorError::ApiBaseUrl), "{url}");
        }
    }

    #[test]
    fn paths_are_appended_directly() {
        let descriptor = judged("a.test", "https://a.test/chat/").unwrap();
        assert_eq!(
            descriptor.url_of("/federation/inbox"),
            "https://a.test/chat/federation/inbox"
        );
    }
}
