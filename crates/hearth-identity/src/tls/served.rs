//! What a server says about the certificate that it serves, read from that very certificate.

use std::fmt;
use std::net::IpAddr;

use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::time::Timestamp;
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// A leaf certificate and what can be read from it.
#[derive(Clone, Eq, PartialEq)]
pub struct ServedCertificate {
    /// SHA-256 of the leaf; this is what others pin.
    pub fingerprint: Fingerprint,
    /// SHA-256 of the leaf's public key; it survives a renewal.
    pub spki: SpkiHash,
    /// The first moment of validity.
    pub not_before: Timestamp,
    /// The last moment of validity.
    pub not_after: Timestamp,
    /// The DNS names and IP addresses it is for, sorted.
    pub names: Vec<String>,
    /// Whether it names itself as its issuer, so that nobody else vouches for it.
    pub self_signed: bool,
    /// The leaf itself.
    pub der: CertificateDer<'static>,
}

impl ServedCertificate {
    /// Reads a leaf; `Err` says what is wrong with it.
    pub(super) fn read(der: CertificateDer<'static>) -> Result<Self, String> {
        let (rest, leaf) = X509Certificate::from_der(&der).map_err(|error| error.to_string())?;
        if !rest.is_empty() {
            return Err("something follows the certificate".to_owned());
        }
        let validity = leaf.validity();
        Ok(Self {
            fingerprint: Fingerprint::of_der(&der),
            spki: SpkiHash::of_spki_der(leaf.public_key().raw),
            not_before: Timestamp::from_seconds(validity.not_before.timestamp()),
            not_after: Timestamp::from_seconds(validity.not_after.timestamp()),
            names: names(&leaf)?,
            self_signed: leaf.subject().as_raw() == leaf.issuer().as_raw(),
            der: der.clone(),
        })
    }
}

/// Prints everything but the bytes, which the fingerprint stands for.
impl fmt::Debug for ServedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedCertificate")
            .field("fingerprint", &self.fingerprint)
            .field("names", &self.names)
            .field("not_after", &self.not_after)
            .field("self_signed", &self.self_signed)
            .finish_non_exhaustive()
    }
}

fn names(leaf: &X509Certificate<'_>) -> Result<Vec<String>, String> {
    let Some(extension) = leaf
        .subject_alternative_name()
        .map_err(|error| error.to_string())?
    else {
        return Ok(Vec::new());
    };
    let mut names: Vec<String> = extension.value.general_names.iter().filter_map(name).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// A DNS name or IP address as text; other kinds of names are of no use to a server.
fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
