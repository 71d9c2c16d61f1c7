//! A server that is not a Hearth of this house: a name, a key, a certificate, and the requests it signs.

use std::sync::Arc;

use hearth_federation::InboundRequest;
use hearth_federation::outbound::{Document, Evidence, ObservedLeaf};
use hearth_identity::memory::MemoryStore;
use hearth_identity::{Identity, SecretStore};
use hearth_protocol::d3chat::INBOX_PATH;
use hearth_protocol::d3chat::signing::{WireTimestamp, signed_bytes};
use hearth_protocol::env::SeededRandom;
use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::keys::PublicKey;
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use serde_json::{Value, json};

use super::{server, source};

/// When the stories play.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_760_000_000);

/// Somebody else's server.
#[derive(Clone, Debug)]
pub(crate) struct Stranger {
    pub(crate) name: ServerName,
    pub(crate) identity: Arc<Identity>,
    /// Stands for the certificate.
    pub(crate) leaf: u8,
    /// Stands for the key inside the certificate.
    pub(crate) spki: u8,
    pub(crate) is_publicly_trusted: bool,
}

impl Stranger {
    /// A server of that name with a key of its own.
    pub(crate) fn new(name: &str) -> Self {
        let seed = name.bytes().map(u64::from).sum();
        Self {
            name: server(name),
            identity: identity(seed),
            leaf: 1,
            spki: 1,
            is_publicly_trusted: false,
        }
    }

    /// The same server with another signing key.
    pub(crate) fn with_another_key(&self) -> Self {
        Self {
            identity: identity(999_999),
            ..self.clone()
        }
    }

    pub(crate) fn key(&self) -> PublicKey {
        self.identity.public_key()
    }

    pub(crate) fn observed(&self) -> ObservedLeaf {
        ObservedLeaf {
            fingerprint: Fingerprint::of_der(&[self.leaf]),
            spki: SpkiHash::of_spki_der(&[self.spki]),
            is_publicly_trusted: self.is_publicly_trusted,
        }
    }

    pub(crate) fn descriptor(&self) -> Value {
        json!({
            "domain": self.name,
            "signing_key_public": self.key(),
            "api_base_url": self.name.base_url(),
            "protocol_version": 1,
        })
    }

    /// What an evidence connection finds there.
    pub(crate) fn evidence(&self) -> Evidence {
        self.evidence_with(&self.descriptor())
    }

    /// What an evidence connection finds there when the descriptor is another one.
    pub(crate) fn evidence_with(&self, descriptor: &Value) -> Evidence {
        let absent = Document::Absent { status: Some(404) };
        Evidence {
            leaf: self.observed(),
            descriptor: Document::Body(descriptor.to_string().into()),
            keys: absent.clone(),
            cryptid: absent,
        }
    }

    /// A signed event, sent now.
    pub(crate) fn event(&self, body: &Value) -> InboundRequest {
        self.event_at(body, WireTimestamp::at(NOW).as_str())
    }

    /// A signed event with that timestamp.
    pub(crate) fn event_at(&self, body: &Value, timestamp: &str) -> InboundRequest {
        self.request("POST", INBOX_PATH, timestamp, body.to_string())
    }

    /// A signed question who of theirs has a name.
    pub(crate) fn lookup(&self, path_and_query: &str) -> InboundRequest {
        self.request(
            "GET",
            path_and_query,
            WireTimestamp::at(NOW).as_str(),
            String::new(),
        )
    }

    /// A signed request. A timestamp that is none is signed as text all the same.
    fn request(&self, method: &str, path: &str, timestamp: &str, body: String) -> InboundRequest {
        let signed = match WireTimestamp::parse(timestamp) {
            Ok(timestamp) => signed_bytes(method, path, &timestamp, body.as_bytes()),
            Err(_) => format!("{method}\n{path}\n{timestamp}\n").into_bytes(),
        };
        InboundRequest {
            method: method.parse().unwrap(),
            path_and_query: path.to_owned(),
            origin: Some(self.name.to_string()),
            timestamp: Some(timestamp.to_owned()),
            signature: Some(self.identity.sign(&signed).to_base64()),
            body: body.into(),
            source: source("198.51.100.1"),
        }
    }

    /// `alice` of this server invites `bob` of the other one into a channel.
    pub(crate) fn invite(&self, event_id: &str, channel: &str) -> Value {
        json!({
            "event_id": event_id,
            "origin_server": self.name,
            "type": "channel.invite",
            "channel_id": channel,
            "channel_name": "hearthside",
            "inviter_username": "alice",
            "invitee_username": "bob",
            "encryption_type": "sender_keys",
        })
    }

    /// `alice` of this server says something.
    pub(crate) fn says(&self, event_id: &str, channel: &str, text: &str) -> Value {
        json!({
            "event_id": event_id,
            "origin_server": self.name,
            "type": "message.relay",
            "channel_id": channel,
            "sender_username": "alice",
            "content": text,
            "content_type": "text",
            "protocol_version": 1,
            "origin_message_id": format!("of-{event_id}"),
        })
    }

    /// An event without content.
    pub(crate) fn hello(&self, event_id: &str) -> Value {
        json!({ "event_id": event_id, "origin_server": self.name, "type": "hearth.hello" })
    }
}

fn identity(seed: u64) -> Arc<Identity> {
    let secrets: Arc<dyn SecretStore> = Arc::new(MemoryStore::new());
    Arc::new(Identity::open(&secrets, None, &SeededRandom::new(seed)).unwrap())
}
