//! A d3chat server's name: `host` or `host:port`, in one canonical spelling.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use super::NameError;
use crate::text::impl_text;

/// The name of a d3chat server: `host` or `host:port`.
///
/// Lower case, internationalised labels in ASCII form, no user information, path or trailing dot. The default
/// port 443 is left out, so that one server cannot have two names. IP addresses can be written (IPv4 in plain
/// decimal, IPv6 in brackets and shortest form); whether one may be *used* is policy and decided elsewhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerName {
    text: String,
    /// Where the host ends in `text`.
    host_end: usize,
    port: Option<u16>,
    ip: Option<IpAddr>,
}

impl ServerName {
    /// Most bytes of a name: the width of the columns that hold it (d3chat section 3.11).
    pub const MAX_LENGTH: usize = 255;

    /// Reads a name in any case and in Unicode, and keeps its canonical spelling.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        // Unicode may shrink to ASCII, but never from more than this; bounds the work on hostile input.
        if text.len() > 4 * Self::MAX_LENGTH {
            return Err(NameError::Host);
        }
        if text.chars().any(is_foreign) {
            return Err(NameError::NotABareName);
        }
        let (host, port) = split_port(text)?;
        let (host, ip) = canonical_host(host)?;
        Self::assemble(host, port, ip)
    }

    fn assemble(host: String, port: Option<u16>, ip: Option<IpAddr>) -> Result<Self, NameError> {
        let port = port.filter(|port| *port != HTTPS_PORT);
        let host_end = host.len();
        let text = match port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        if text.len() > Self::MAX_LENGTH {
            return Err(NameError::Host);
        }
        Ok(Self {
            text,
            host_end,
            port,
            ip,
        })
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host as a URL writes it: without the port, IPv6 in brackets.
    pub fn host(&self) -> &str {
        self.text.get(..self.host_end).unwrap_or(&self.text)
    }

    /// The port, `None` for the default 443.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The address, when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// Whether the host is an IP address instead of a name.
    pub fn is_ip_literal(&self) -> bool {
        self.ip.is_some()
    }

    /// `https://name`: the only place where this server is looked for, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("https://{}", self.text)
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerName({})", self.text)
    }
}

impl_text!(ServerName, NameError);

const HTTPS_PORT: u16 = 443;

/// Characters that no host has in any script and that would change what a URL made of the name means.
fn is_foreign(c: char) -> bool {
    c.is_control() || c.is_whitespace() || "/\\?#@%<>\"'`{}|^*,;!$&()+=~_".contains(c)
}

/// Splits at the colon that begins a port; colons of an IPv6 address stay inside its brackets.
fn split_port(text: &str) -> Result<(&str, Option<u16>), NameError> {
    if text.starts_with('[') {
        let end = text.find(']').ok_or(NameError::Ipv6)?;
        let (host, rest) = text.split_at(end + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(parse_port(port)?))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(NameError::Ipv6),
        };
    }
    match text.split_once(':') {
        None => Ok((text, None)),
        Some((_, port)) if port.contains(':') => Err(NameError::Ipv6),
        Some((host, port)) => Ok((host, Some(parse_port(port)?))),
    }
}

/// A number without sign or leading zero, so that each port has one spelling.
fn parse_port(text: &str) -> Result<u16, NameError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain).ok_or(NameError::Port)
}

fn canonical_host(host: &str) -> Result<(String, Option<IpAddr>), NameError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let ip: Ipv6Addr = inner.parse().map_err(|_| NameError::Ipv6)?;
        return Ok((format!("[{ip}]"), Some(IpAddr::V6(ip))));
    }
    // Rust reads IPv4 only as four decimal numbers without leading zeros.
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Ok((ip.to_string(), Some(IpAddr::V4(ip))));
    }
    let name = canonical_domain(host)?;
    // Checked after IDNA, which turns other scripts' digits and dots into ASCII.
    if ends_in_number(&name) {
        return Err(NameError::OddIpv4);
    }
    Ok((name, None))
}

fn canonical_domain(host: &str) -> Result<String, NameError> {
    // `CheckFirstLast` because real host names have hyphens in third and fourth place.
    Uts46::new()
        .to_ascii(
            host.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| NameError::Host)
}

/// The rule of the URL standard: such a host is read as IPv4 by somebody, in decimal, octal or hexadecimal.
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let digits = last
        .strip_prefix("0x")
        .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    digits.is_some() || last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> ServerName {
        ServerName::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn names_get_one_spelling() {
        for (text, canonical) in [
            ("chat.example.com", "chat.example.com"),
            ("Chat.EXAMPLE.com", "chat.example.com"),
            ("localhost:8000", "localhost:8000"),
            ("a.hearth.test:8441", "a.hearth.test:8441"),
            ("example.com:443", "example.com"),
            ("Bücher.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
            ("r3---sn-x.example", "r3---sn-x.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("127.0.0.2:8441", "127.0.0.2:8441"),
            ("[::1]:8441", "[::1]:8441"),
            ("[2001:DB8:0:0::1]", "[2001:db8::1]"),
            ("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]"),
        ] {
            assert_eq!(parsed(text).as_str(), canonical, "{text}");
        }
    }

    #[test]
    fn the_parts_of_a_name() {
        let name = parsed("A.hearth.test:8441");
        assert_eq!((name.host(), name.port()), ("a.hearth.test", Some(8441)));
        assert_eq!(name.base_url(), "https://a.hearth.test:8441");
        assert!(!name.is_ip_literal());

        let literal = parsed("[::1]:8441");
        assert_eq!((literal.host(), literal.port()), ("[::1]", Some(8441)));
        assert_eq!(literal.ip(), Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert!(literal.is_ip_literal());
        assert!(parsed("10.0.0.1").is_ip_literal());
    }

    #[test]
    fn anything_but_a_bare_name_is_refused() {
        for text in [
            "https://example.com",
            "example.com/path",
            "example.com/",
            "user@example.com",
            "user:pw@example.com",
            "example.com?x=1",
            "example.com#x",
            "example.com\\x",
            "exam ple.com",
            "example.com ",
            "example.com\n",
            "example.com\u{0}",
            "ex%61mple.com",
            "under_score.example",
        ] {
            assert_eq!(ServerName::parse(text), Err(NameError::NotABareName), "{text:?}");
        }
    }

    #[test]
    fn odd_spellings_of_ipv4_are_no_names() {
        for text in [
            "0x7f.1",
            "2130706433",
            "127.1",
            "0177.0.0.1",
            "127.0.0.01",
            "127.0.0.0x1",
            "0x7f000001",
            "0x",
            "256.1.1.1",
            "1.2.3.4.5",
            "example.1",
            // full-width digits and ideographic dots become 127.0.0.1
            "１２７.0.0.1",
            "127。0。0。1",
        ] {
            assert_eq!(ServerName::parse(text), Err(NameError::OddIpv4), "{text}");
        }
    }

    #[test]
    fn hosts_must_be_valid() {
        for text in [
            "",
            ":8000",
            ".",
            "example.com.",
            ".example.com",
            "a..b",
            "-a.example",
            "a-.example",
            &format!("{}.example", "a".repeat(64)),
            &["a".repeat(60).as_str(); 5].join("."),
            "xn--a.example",
            "a\u{200d}b.example",
        ] {
            assert_eq!(ServerName::parse(text), Err(NameError::Host), "{text}");
        }
    }

    #[test]
    fn ports_are_plain_numbers() {
        for text in [
            "a.b:",
            "a.b:0",
            "a.b:080",
            "a.b:65536",
            "a.b:+80",
            "a.b:8０",
            "a.b:-1",
            "[::1]:",
        ] {
            let error = ServerName::parse(text);
            assert!(
                matches!(error, Err(NameError::Port | NameError::NotABareName)),
                "{text}: {error:?}"
            );
        }
        assert_eq!(parsed("a.b:65535").port(), Some(65535));
    }

    #[test]
    fn ipv6_needs_its_brackets_and_no_zone() {
        for text in [
            "::1",
            "fe80::1:8000",
            "[::1",
            "[]",
            "[::1]x",
            "[example.com]",
            "[127.0.0.1]",
            "[1::2::3]",
        ] {
            assert_eq!(ServerName::parse(text), Err(NameError::Ipv6), "{text}");
        }
        assert_eq!(
            ServerName::parse("[fe80::1%25eth0]"),
            Err(NameError::NotABareName)
        );
    }

    #[test]
    fn length_is_bounded() {
        let long = ["a".repeat(62).as_str(); 4].join(".");
        assert_eq!(long.len(), 251);
        assert!(ServerName::parse(&long).is_ok());
        assert_eq!(ServerName::parse(&format!("{long}:8000")), Err(NameError::Host));
        assert_eq!(ServerName::parse(&"ü".repeat(100_000)), Err(NameError::Host));
    }
}
