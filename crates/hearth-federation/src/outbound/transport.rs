//! The network as the rest of the crate sees it: a trait, so that a simulation can be the network.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hearth_protocol::names::ServerName;
use thiserror::Error;

use super::guard::{AddressPolicy, ForbiddenAddress};
use super::leaf::ObservedLeaf;

/// How other servers are reached.
#[async_trait]
pub trait Transport: Debug + Send + Sync {
    /// Sends a signed request over a connection whose certificate is the pinned one.
    ///
    /// Nothing of the request leaves this machine unless, at the moment of the handshake, the trust table holds
    /// `target` as pinned in `generation` with exactly the certificate shown. A change of trust ends the request
    /// with [`TransportError::TrustChanged`].
    async fn send(
        &self,
        target: &Target,
        generation: i64,
        request: PeerRequest,
    ) -> Result<PeerResponse, TransportError>;

    /// Reads the well-known documents of a server nobody vouches for yet, and what it shows in the handshake.
    async fn evidence(&self, target: &Target) -> Result<Evidence, TransportError>;

    /// Ends everything in flight to a server and forgets its connections, because trust in it changed.
    fn forget(&self, name: &ServerName);
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name, which decides the URL, the address and the name in the handshake.
    pub name: ServerName,
    /// What the address guard lets through for it.
    pub addresses: AddressPolicy,
}

/// A request to another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRequest {
    /// `GET` or `POST`.
    pub method: http::Method,
    /// The complete URL.
    pub url: String,
    /// Headers beyond those every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for GET.
    pub body: Bytes,
}

/// Another server's answer, complete and bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerResponse {
    /// The HTTP status.
    pub status: u16,
    /// What `Retry-After` says in seconds, if it does.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Bytes,
}

/// What an evidence connection found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The certificate shown; the same on every connection that was needed.
    pub leaf: ObservedLeaf,
    /// `/.well-known/d3chat-server`.
    pub descriptor: Document,
    /// `/.well-known/d3chat-server/keys`.
    pub keys: Document,
    /// `/.well-known/cryptid`.
    pub cryptid: Document,
}

/// One well-known document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// The server does not have it, or it could not be read.
    Absent {
        /// The HTTP status, if there was one.
        status: Option<u16>,
    },
    /// Its bytes.
    Body(Bytes),
}

/// Why another server gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// No address of the name passes the guard.
    #[error(transparent)]
    Address(#[from] ForbiddenAddress),
    /// The name has no address.
    #[error("the name does not resolve: {detail}")]
    Resolve {
        /// What the resolver said.
        detail: String,
    },
    /// No connection came about.
    #[error("no connection: {detail}")]
    Connect {
        /// What went wrong.
        detail: String,
    },
    /// The certificate is not the pinned one. Nothing was sent.
    #[error("the certificate is {} instead of the pinned one", observed.fingerprint)]
    PinMismatch {
        /// What it showed. Whether its chain is trusted was not judged here.
        observed: ObservedLeaf,
    },
    /// The connections of one exchange showed different certificates.
    #[error("the certificate changed within one exchange")]
    Inconsistent,
    /// Trust in the server changed while or before this was under way.
    #[error("trust in the server changed")]
    TrustChanged,
    /// The time allowed for the exchange is over.
    #[error("no complete answer in time")]
    Timeout,
    /// The answer is longer than anything honest.
    #[error("the answer is too long")]
    TooLong,
    /// The answer breaks off or is not HTTP.
    #[error("the answer is broken: {detail}")]
    Broken {
        /// What went wrong.
        detail: String,
    },
}
