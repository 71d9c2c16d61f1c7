//! What can be wrong with a certificate or its key.

use std::path::PathBuf;

use thiserror::Error;

use crate::KeyFileError;

/// A TLS identity could not be opened, reloaded or renewed. The sentence says what a person can do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The leaf is not an X.509 certificate that this program can read.
    #[error("the first certificate in {path} cannot be read ({reason})")]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The private key is of a kind that TLS 1.3 does not use, or malformed.
    #[error("the private key in {path} cannot be used ({reason})")]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A name is neither a DNS name nor an IP address.
    #[error("{name:?} is neither a host name nor an IP address, so no certificate can carry it")]
    BadName {
        /// The name.
        name: String,
    },
    /// The time of this computer is so wrong that no certificate can be made.
    #[error("this computer's clock is wrong; set it and start again")]
    Clock,
    /// The libraries for certificates and TLS refused to do their part.
    #[error("TLS cannot be set up: {reason}")]
    Crypto {
        /// Their words.
        reason: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The certificate is for another key.
    #[error("the certificate in {certificate} does not belong to the private key in {key}")]
    KeyMismatch {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
    },
    /// There is no certificate in the file.
    #[error("{path} contains no certificate in PEM form")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// There is no private key in the file, or only an encrypted one.
    #[error("{path} contains no unencrypted private key in PEM form")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// A certificate was asked for without any name to put in it.
    #[error("a certificate needs at least one name")]
    NoNames,
}

impl TlsError {
    /// The stable word for programs that decide by the kind of failure.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadCertificate { .. } => "tls_bad_certificate",
            Self::BadKey { .. } => "tls_bad_key",
            Self::BadName { .. } => "tls_bad_name",
            Self::Clock => "clock_wrong",
            Self::Crypto { .. } => "tls_failed",
            Self::File(error) => error.code(),
            Self::KeyMismatch { .. } => "tls_key_mismatch",
            Self::NoCertificate { .. } => "tls_no_certificate",
            Self::NoKey { .. } => "tls_no_key",
            Self::NoNames => "tls_no_names",
        }
    }
}
