//! Cryptid's protocol version: semantic, in two or three parts.

use std::fmt;

use thiserror::Error;

use crate::text::impl_text;

/// Why a text is not a version; whoever publishes such a text is incompatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a protocol version is MAJOR.MINOR or MAJOR.MINOR.PATCH in plain decimal numbers")]
pub struct VersionError;

/// `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`, numbers without leading zeros (Cryptid reference, section 4).
///
/// Ordered by its numbers; a version without a patch comes before all that have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolVersion {
    major: u64,
    minor: u64,
    patch: Option<u64>,
}

impl ProtocolVersion {
    /// The version without a patch number.
    pub const fn new(major: u64, minor: u64) -> Self {
        Self {
            major,
            minor,
            patch: None,
        }
    }

    /// Reads two or three numbers.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let mut parts = text.split('.');
        let major = number(parts.next())?;
        let minor = number(parts.next())?;
        let patch = parts.next().map(|part| number(Some(part))).transpose()?;
        match parts.next() {
            None => Ok(Self { major, minor, patch }),
            Some(_) => Err(VersionError),
        }
    }

    /// Changes when compatibility breaks.
    pub const fn major(self) -> u64 {
        self.major
    }

    /// Changes when something is added.
    pub const fn minor(self) -> u64 {
        self.minor
    }

    /// Whether a server of this version understands `major`; nothing but the major number counts.
    pub const fn is_compatible(self, major: u64) -> bool {
        self.major == major
    }
}

fn number(part: Option<&str>) -> Result<u64, VersionError> {
    let part = part.ok_or(VersionError)?;
    let plain = part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
    part.parse().ok().filter(|_| plain).ok_or(VersionError)
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl_text!(ProtocolVersion, VersionError);

#[cfg(test)]
mod tests {
    use super::*;

    fn is_compatible_with_1(text: &str) -> bool {
        ProtocolVersion::parse(text).is_ok_and(|version| version.is_compatible(1))
    }

    #[test]
    fn the_versions_of_the_references_checklist() {
        for text in ["1.0", "1.7", "1.0.3"] {
            assert!(is_compatible_with_1(text), "{text}");
        }
        for text in ["2.0", "10.0", "1", "x"] {
            assert!(!is_compatible_with_1(text), "{text}");
        }
    }

    #[test]
    fn only_plain_numbers_are_versions() {
        for text in [
            "",
            ".",
            "1.",
            ".1",
            "1..0",
            "1.0.",
            "1.0.0.0",
            "01.0",
            "1.00",
            "1.x",
            "1.0-beta",
            "v1.0",
            "1.0 ",
            "+1.0",
            "-1.0",
            "1.1e1",
            "99999999999999999999.0",
            "１.0",
        ] {
            assert_eq!(ProtocolVersion::parse(text), Err(VersionError), "{text}");
        }
    }

    #[test]
    fn versions_are_written_as_they_were_read_and_sort_by_number() {
        for text in ["1.0", "0.3", "1.0.0", "12.34.56"] {
            assert_eq!(ProtocolVersion::parse(text).unwrap().to_string(), text);
        }
        assert!(ProtocolVersion::new(1, 9) < ProtocolVersion::new(1, 10));
        assert!(ProtocolVersion::new(1, 0) < ProtocolVersion::parse("1.0.1").unwrap());
    }
}
