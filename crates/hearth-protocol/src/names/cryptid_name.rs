//! A Cryptid server's name: a public-style host name and nothing else.

use std::fmt;

use super::{NameError, ServerName};
use crate::text::impl_text;

/// The name of a Cryptid server: at least two labels, no port, no IP address (Cryptid reference, section 3.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CryptidName(String);

impl CryptidName {
    /// Reads a name; the default port may not be written either.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = ServerName::parse(text)?;
        if text.contains(':') && !name.is_ip_literal() {
            return Err(NameError::PortNotAllowed);
        }
        Self::try_from(&name)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same server as d3chat names it.
    pub fn to_server_name(&self) -> ServerName {
        ServerName::parse(&self.0).expect("a Cryptid name is a server name with further rules")
    }
}

impl TryFrom<&ServerName> for CryptidName {
    type Error = NameError;

    fn try_from(name: &ServerName) -> Result<Self, Self::Error> {
        if name.is_ip_literal() {
            return Err(NameError::IpLiteral);
        }
        if name.port().is_some() {
            return Err(NameError::PortNotAllowed);
        }
        if !name.host().contains('.') {
            return Err(NameError::SingleLabel);
        }
        Ok(Self(name.host().to_owned()))
    }
}

impl fmt::Display for CryptidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl_text!(CryptidName, NameError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_style_names_pass() {
        let name = CryptidName::parse("Server.Example.COM").unwrap();
        assert_eq!(name.as_str(), "server.example.com");
        assert_eq!(
            name.to_server_name(),
            ServerName::parse("server.example.com").unwrap()
        );
    }

    #[test]
    fn everything_else_says_why() {
        for (text, why) in [
            ("localhost", NameError::SingleLabel),
            ("example.com:8443", NameError::PortNotAllowed),
            ("example.com:443", NameError::PortNotAllowed),
            ("192.0.2.1", NameError::IpLiteral),
            ("[2001:db8::1]", NameError::IpLiteral),
            ("[2001:db8::1]:8443", NameError::IpLiteral),
            ("example.com.", NameError::Host),
            ("example.7", NameError::OddIpv4),
        ] {
            assert_eq!(CryptidName::parse(text), Err(why), "{text}");
        }
    }
}
