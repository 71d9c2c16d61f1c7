//! A range of addresses: one address, or a prefix such as `10.0.0.0/8`.

use std::fmt;
use std::net::IpAddr;

use toml::Value;

use super::value::{Given, Setting};

/// Addresses that share their first bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads an address or `address/prefix`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.map_or(Some(width(address)), |prefix| prefix.parse().ok())?;
        (prefix <= width(address)).then_some(Self { address, prefix })
    }

    /// Whether the address lies in this range. IPv4 addresses written as IPv6 count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => same_prefix(
                u128::from(ours.to_bits()) << 96,
                u128::from(theirs.to_bits()) << 96,
                self.prefix,
            ),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                same_prefix(ours.to_bits(), theirs.to_bits(), self.prefix)
            }
            _ => false,
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn same_prefix(left: u128, right: u128, prefix: u8) -> bool {
    let shift = 128 - u32::from(prefix);
    // Shifting by the full width is refused by the language; a prefix of nothing contains everything.
    shift == 128 || left >> shift == right >> shift
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == width(self.address) {
            write!(formatter, "{}", self.address)
        } else {
            write!(formatter, "{}/{}", self.address, self.prefix)
        }
    }
}

impl Setting for Network {
    const SHAPE: &'static str = "an address or a range such as \"10.0.0.0/8\"";

    fn read(given: Given<'_>) -> Result<Self, String> {
        let text = match given {
            Given::Toml(value) => value.as_str(),
            Given::Text(text) => Some(text),
        };
        text.and_then(Self::parse)
            .ok_or_else(|| format!("expected {}", Self::SHAPE))
    }

    fn to_toml(&self) -> Value {
        Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        Network::parse(network)
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn knows_what_lies_inside() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        assert!(contains("0.0.0.0/0", "8.8.8.8"));
        assert!(contains("fd00::/8", "fd12::1"));
        assert!(!contains("::/0", "8.8.8.8"));
    }

    #[test]
    fn refuses_prefixes_that_cannot_be() {
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("::/129"), None);
        assert_eq!(Network::parse("example.org"), None);
    }
}
