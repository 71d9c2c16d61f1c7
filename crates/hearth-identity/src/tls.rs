//! The TLS identity: a certificate and its key, how they are made, kept, renewed and served.
//!
//! TLS 1.3 only, with aws-lc-rs. What is served and what is said about it ([`TlsIdentity::served`]) are one
//! value behind one atomic pointer, so a published fingerprint is always that of a leaf that listeners present.
//! The key of a certificate is not the server's identity: it may be replaced, and the signing key vouches for
//! the new one.

mod error;
mod files;
mod resolver;
mod self_signed;
mod served;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hearth_protocol::time::Timestamp;
use rustls::ServerConfig;

pub use error::TlsError;
pub use served::ServedCertificate;

use resolver::{Live, Resolver};
use self_signed::SelfSigned;

/// A certificate with its key, ready to serve, and the knowledge of where they come from.
#[derive(Debug)]
pub struct TlsIdentity {
    source: Source,
    resolver: Arc<Resolver>,
    config: Arc<ServerConfig>,
    /// Changes happen one at a time; connections never wait for them.
    change: Mutex<()>,
}

#[derive(Debug)]
enum Source {
    Files { certificate: PathBuf, key: PathBuf },
    SelfSigned(SelfSigned),
}

impl TlsIdentity {
    /// Serves the self-signed certificate kept in `dir`, or makes one there (the key in a 0600 file).
    ///
    /// `names` are DNS names and IP addresses as text, the main one first. What is kept goes
    /// on being used while it is for these names and not near its end; else a new certificate is made for the
    /// same key. The key itself comes from rcgen, which uses the operating system's randomness.
    pub fn self_signed(dir: &Path, names: &[String], now: Timestamp) -> Result<Self, TlsError> {
        let source = SelfSigned::new(dir, names)?;
        let live = source.open(now)?;
        Self::start(Source::SelfSigned(source), live)
    }

    /// Serves a certificate chain (leaf first) and its key, both PEM, that another program keeps up to date.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let live = files::load(certificate, key)?;
        let source = Source::Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        Self::start(source, live)
    }

    fn start(source: Source, live: Live) -> Result<Self, TlsError> {
        let resolver = Arc::new(Resolver::new(live));
        let config = Arc::new(resolver::server_config(Arc::clone(&resolver))?);
        Ok(Self {
            source,
            resolver,
            config,
            change: Mutex::new(()),
        })
    }

    /// Reads the files again and serves what they hold to connections from now on. If they are not good, that
    /// is an error and what was served before goes on being served.
    pub fn reload(&self) -> Result<(), TlsError> {
        let _change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        let live = match &self.source {
            Source::Files { certificate, key } => files::load(certificate, key)?,
            Source::SelfSigned(source) => source.load()?,
        };
        self.resolver.swap(live);
        Ok(())
    }

    /// Renews a self-signed certificate that is near its end, with the same key, and serves it to connections
    /// from now on. Returns whether it did. Files are renewed by whoever made them.
    pub fn renew_if_due(&self, now: Timestamp) -> Result<bool, TlsError> {
        let Source::SelfSigned(source) = &self.source else {
            return Ok(false);
        };
        let _change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        if !self_signed::is_due(&self.served(), now) {
            return Ok(false);
        }
        self.resolver.swap(source.renew(now)?);
        Ok(true)
    }

    /// The configuration for listeners. It stays valid: certificates change behind it.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// What is served at this moment.
    pub fn served(&self) -> Arc<ServedCertificate> {
        self.resolver.served()
    }
}
