//! Requests of this server, signed at the moment they go out.
//!
//! Timestamp and signature are never made earlier: a queue that waited for a night would be stale as a whole.

use std::sync::Arc;

use bytes::Bytes;
use hearth_identity::Identity;
use hearth_protocol::d3chat::INBOX_PATH;
use hearth_protocol::d3chat::lookup;
use hearth_protocol::d3chat::signing::{
    ORIGIN_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, WireTimestamp, signed_bytes,
};
use hearth_protocol::env::Clock;
use hearth_protocol::names::{ServerName, Username};
use http::Method;

use crate::outbound::PeerRequest;

/// Signs requests in this server's name.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    identity: Arc<Identity>,
    own_name: ServerName,
    clock: Arc<dyn Clock>,
}

impl Signer {
    pub(crate) fn new(identity: Arc<Identity>, own_name: ServerName, clock: Arc<dyn Clock>) -> Self {
        Self {
            identity,
            own_name,
            clock,
        }
    }

    /// An event for the inbox below `base_url`. The path is signed without the base's prefix.
    pub(crate) fn event(&self, base_url: &str, body: String) -> PeerRequest {
        let body = Bytes::from(body);
        let mut headers = self.headers("POST", INBOX_PATH, &body);
        headers.push(("content-type", "application/json".to_owned()));
        PeerRequest {
            method: Method::POST,
            url: format!("{}{INBOX_PATH}", base_url.trim_end_matches('/')),
            headers,
            body,
        }
    }

    /// The question whether a server has an account of that name.
    pub(crate) fn lookup(&self, base_url: &str, username: &Username) -> PeerRequest {
        let path = lookup::path(username);
        PeerRequest {
            method: Method::GET,
            url: format!("{}{path}", base_url.trim_end_matches('/')),
            headers: self.headers("GET", &path, b""),
            body: Bytes::new(),
        }
    }

    fn headers(&self, method: &str, path: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        let timestamp = WireTimestamp::at(self.clock.now());
        let signature = self.identity.sign(&signed_bytes(method, path, &timestamp, body));
        vec![
            (ORIGIN_HEADER, self.own_name.to_string()),
            (TIMESTAMP_HEADER, timestamp.to_string()),
            (SIGNATURE_HEADER, signature.to_base64()),
        ]
    }
}
