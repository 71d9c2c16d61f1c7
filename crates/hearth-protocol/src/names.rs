//! What servers and people are called, each parsed once at the edge.
//!
//! Two names for a server exist because the protocols differ: a [`ServerName`] of d3chat may carry a port or be
//! an address, a [`CryptidName`] is a public-style host name and nothing else. A [`Username`] is unique on its
//! server, a [`UserAddress`] everywhere.

mod address;
mod cryptid_name;
mod server_name;
mod username;

use thiserror::Error;

pub use address::UserAddress;
pub use cryptid_name::CryptidName;
pub use server_name::ServerName;
pub use username::Username;

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// A user address without an `@`.
    #[error("a user address is user@server")]
    AddressWithoutServer,
    /// The host is empty, not a valid host name, ends in a dot, or is longer than the wire allows.
    #[error("not a valid host name")]
    Host,
    /// Brackets that hold no IPv6 address, or an IPv6 address without brackets.
    #[error("not an IPv6 address in brackets")]
    Ipv6,
    /// A Cryptid name has at least two labels.
    #[error("a Cryptid server name has at least two labels")]
    SingleLabel,
    /// The last label is a number, but the whole is not a plainly written IPv4 address.
    #[error("ends like an IPv4 address but is not one in plain decimal form")]
    OddIpv4,
    /// The port is not a plain number from 1 to 65535.
    #[error("a port is a number from 1 to 65535")]
    Port,
    /// A Cryptid name carries a port.
    #[error("a Cryptid server name has no port")]
    PortNotAllowed,
    /// A Cryptid name is an IP address.
    #[error("a Cryptid server name is not an IP address")]
    IpLiteral,
    /// Characters that would make it a URL with user information, a path, a query or a fragment, or blanks.
    #[error("a server name is host or host:port and nothing else")]
    NotABareName,
    /// A user name is not 3 to 64 characters of `A-Z a-z 0-9 _ -`.
    #[error("a user name has 3 to 64 letters, digits, `_` or `-`")]
    Username,
}
