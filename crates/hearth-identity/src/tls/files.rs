//! A certificate chain and its key from PEM files.

use std::path::Path;
use std::sync::Arc;

use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use rustls_pki_types::pem::{Error as PemError, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::resolver::{Live, provider};
use super::{ServedCertificate, TlsError};
use crate::KeyFileError;
use crate::key_file::{self, Owner};

/// Loads files that another program keeps.
pub(super) fn load(certificate: &Path, key: &Path) -> Result<Live, TlsError> {
    if key_file::is_readable_by_all(key) {
        tracing::warn!(path = %key.display(), "every account of this machine can read the TLS private key");
    }
    load_as(certificate, key, Owner::Foreign)
}

/// Loads files, judging the key's permissions by whose they are.
pub(super) fn load_as(certificate: &Path, key: &Path, key_owner: Owner) -> Result<Live, TlsError> {
    let chain_owner = if key_owner == Owner::Private {
        Owner::Public
    } else {
        Owner::Foreign
    };
    let chain = read_chain(certificate, chain_owner)?;
    let served = chain
        .first()
        .cloned()
        .map(ServedCertificate::read)
        .ok_or_else(|| TlsError::NoCertificate {
            path: certificate.to_owned(),
        })?;
    let served = served.map_err(|reason| TlsError::BadCertificate {
        path: certificate.to_owned(),
        reason,
    })?;
    let private_key = read_key(key, key_owner)?;
    let certified = CertifiedKey::from_der(chain, private_key, &provider())
        .map_err(|error| explain(error, certificate, key))?;
    Ok(Live {
        certified: Arc::new(certified),
        served: Arc::new(served),
    })
}

/// All certificates of a PEM file, in order.
fn read_chain(path: &Path, owner: Owner) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = read_existing(path, owner)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    chain.map_err(|error| TlsError::BadCertificate {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// The first private key of a PEM file.
fn read_key(path: &Path, owner: Owner) -> Result<PrivateKeyDer<'static>, TlsError> {
    let pem = read_existing(path, owner)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound => TlsError::NoKey {
            path: path.to_owned(),
        },
        error => TlsError::BadKey {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    })
}

fn read_existing(path: &Path, owner: Owner) -> Result<zeroize::Zeroizing<Vec<u8>>, TlsError> {
    let bytes = key_file::read(path, owner)?;
    Ok(bytes.ok_or_else(|| KeyFileError::NotFound {
        path: path.to_owned(),
    })?)
}

fn explain(error: Error, certificate: &Path, key: &Path) -> TlsError {
    match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::KeyMismatch {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        },
        Error::InvalidCertificate(error) => TlsError::BadCertificate {
            path: certificate.to_owned(),
            reason: error.to_string(),
        },
        error => TlsError::BadKey {
            path: key.to_owned(),
            reason: error.to_string(),
        },
    }
}
