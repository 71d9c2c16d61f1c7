//! Connections to other servers: the one home of HTTP clients in this house.
//!
//! There are two kinds, and neither can become the other. A *delivery connection* carries signed requests and
//! exists only under a pin that is judged inside the handshake. An *evidence connection* may go to anyone the
//! guard allows, but carries nothing except unsigned GETs of the well-known documents. Both: TLS 1.3 only, no
//! resumption, no early data, no redirects, no proxies, bounded answers, one deadline over everything.

pub mod guard;
pub mod transport;

mod evidence;
mod exchange;
mod http_transport;
mod leaf;
mod maker;
mod pins;
mod resolver;
mod tls;

pub use http_transport::HttpTransport;
pub use leaf::ObservedLeaf;
pub use transport::{Document, Evidence, PeerRequest, PeerResponse, Target, Transport, TransportError};
