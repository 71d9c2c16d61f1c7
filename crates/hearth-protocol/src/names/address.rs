//! A person's name everywhere: `user@server`.

use std::fmt;

use super::{NameError, ServerName, Username};
use crate::text::impl_text;

/// A federated identity, `username@server_domain` (d3chat section 2.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserAddress {
    /// Who, on that server.
    pub username: Username,
    /// The server that speaks for them.
    pub server: ServerName,
}

impl UserAddress {
    /// The address of this name on this server.
    pub fn new(username: Username, server: ServerName) -> Self {
        Self { username, server }
    }

    /// Reads `user@server`; neither part can hold a second `@`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (username, server) = text.split_once('@').ok_or(NameError::AddressWithoutServer)?;
        Ok(Self {
            username: Username::parse(username)?,
            server: ServerName::parse(server)?,
        })
    }
}

impl fmt::Display for UserAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.username, self.server)
    }
}

impl_text!(UserAddress, NameError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_two_names() {
        let address = UserAddress::parse("Bob@B.hearth.test:8441").unwrap();
        assert_eq!(address.username.as_str(), "Bob");
        assert_eq!(address.server.as_str(), "b.hearth.test:8441");
        assert_eq!(address.to_string(), "Bob@b.hearth.test:8441");
    }

    #[test]
    fn a_bad_half_spoils_the_whole() {
        for (text, why) in [
            ("bob", NameError::AddressWithoutServer),
            ("@b.example", NameError::Username),
            ("bob@", NameError::Host),
            ("bob@b@c.example", NameError::NotABareName),
            ("bob@b.example/x", NameError::NotABareName),
        ] {
            assert_eq!(UserAddress::parse(text), Err(why), "{text}");
        }
    }
}
