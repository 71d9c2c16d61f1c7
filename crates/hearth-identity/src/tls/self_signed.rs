//! A certificate that this server makes for itself.
//!
//! The key stays over renewals, so that whoever has pinned its hash recognises the new certificate.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hearth_protocol::time::Timestamp;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SanType, SerialNumber, date_time_ymd,
};
use rustls_pki_types::DnsName;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::files;
use super::resolver::Live;
use super::{ServedCertificate, TlsError};
use crate::key_file::{self, Owner};

const DAY: Duration = Duration::from_hours(24);
/// The longest lifetime that browsers accept from public authorities; no reason to differ.
const LIFETIME: Duration = Duration::from_hours(397 * 24);
/// Peers notice a renewal within days; a month leaves room for a laptop that sleeps through a holiday.
const RENEW_BEFORE_END: Duration = Duration::from_hours(30 * 24);
/// X.509 limits a common name to this many characters.
const MAX_COMMON_NAME: usize = 64;

/// The folder and the names of a self-signed certificate.
#[derive(Debug)]
pub(super) struct SelfSigned {
    dir: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    /// In the order given, without repetitions, each as a certificate spells it.
    names: Vec<String>,
}

/// Whether a certificate is near its end, or was made under a clock that ran ahead.
pub(super) fn is_due(served: &ServedCertificate, now: Timestamp) -> bool {
    now.plus(RENEW_BEFORE_END) >= served.not_after || now < served.not_before
}

impl SelfSigned {
    /// Checks the names; nothing is touched yet.
    pub(super) fn new(dir: &Path, names: &[String]) -> Result<Self, TlsError> {
        let mut spelled = Vec::new();
        for name in names {
            let name = spell(name)?;
            if !spelled.contains(&name) {
                spelled.push(name);
            }
        }
        if spelled.is_empty() {
            return Err(TlsError::NoNames);
        }
        Ok(Self {
            dir: dir.to_owned(),
            certificate: dir.join("certificate.pem"),
            key: dir.join("key.pem"),
            names: spelled,
        })
    }

    /// Loads what is kept, making or renewing what is missing, for other names, or near its end.
    pub(super) fn open(&self, now: Timestamp) -> Result<Live, TlsError> {
        if key_file::read(&self.key, Owner::Private)?.is_none() {
            key_file::make_folder(&self.dir)?;
            self.make_key()?;
        }
        match self.load() {
            Ok(live) if self.is_for_our_names(&live.served) && !is_due(&live.served, now) => Ok(live),
            // A key that cannot be used is never replaced by itself; a certificate is easily made again.
            Err(error @ (TlsError::BadKey { .. } | TlsError::NoKey { .. })) => Err(error),
            _ => self.renew(now),
        }
    }

    /// Loads what is kept.
    pub(super) fn load(&self) -> Result<Live, TlsError> {
        files::load_as(&self.certificate, &self.key, Owner::Private)
    }

    /// Makes a new certificate for the key that is kept.
    pub(super) fn renew(&self, now: Timestamp) -> Result<Live, TlsError> {
        let pem = key_file::read(&self.key, Owner::Private)?.ok_or_else(|| TlsError::NoKey {
            path: self.key.clone(),
        })?;
        let bad_key = |reason: String| TlsError::BadKey {
            path: self.key.clone(),
            reason,
        };
        let pem = std::str::from_utf8(&pem).map_err(|error| bad_key(error.to_string()))?;
        let key = KeyPair::from_pem(pem).map_err(|error| bad_key(error.to_string()))?;
        let certificate = self.params(&key, now)?.self_signed(&key).map_err(crypto)?;
        key_file::write(&self.certificate, certificate.pem().as_bytes(), Owner::Public)?;
        self.load()
    }

    fn make_key(&self) -> Result<(), TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(crypto)?;
        let pem = Zeroizing::new(key.serialize_pem());
        Ok(key_file::write(&self.key, pem.as_bytes(), Owner::Private)?)
    }

    fn is_for_our_names(&self, served: &ServedCertificate) -> bool {
        let ours: BTreeSet<&String> = self.names.iter().collect();
        ours == served.names.iter().collect()
    }

    fn params(&self, key: &KeyPair, now: Timestamp) -> Result<CertificateParams, TlsError> {
        let mut params = CertificateParams::new(self.names.clone()).map_err(crypto)?;
        params.distinguished_name = self.distinguished_name();
        // Clocks of friends may run behind by more than a few minutes.
        let start = date_time_ymd(1970, 1, 1) + since_1970(now.minus(DAY))?;
        params.not_before = start;
        params.not_after = start + LIFETIME;
        params.serial_number = Some(serial_number(key, &params, now));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        Ok(params)
    }

    fn distinguished_name(&self) -> DistinguishedName {
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, "Hearth");
        let common_name = self.names.iter().find(|name| name.len() <= MAX_COMMON_NAME);
        name.push(DnType::CommonName, common_name.map_or("Hearth", String::as_str));
        name
    }
}

/// The one spelling of a name that a certificate carries.
fn spell(name: &str) -> Result<String, TlsError> {
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    // The dot behind an absolute name has no place in a certificate: clients find no such name in it.
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    match DnsName::try_from(name.as_str()) {
        Ok(_) => Ok(name),
        Err(_) => Err(TlsError::BadName { name }),
    }
}

/// A serial number of its own for each certificate of a key: Firefox refuses two that share issuer and serial.
fn serial_number(key: &KeyPair, params: &CertificateParams, now: Timestamp) -> SerialNumber {
    let mut hash = Sha256::new();
    hash.update(key.der_bytes());
    hash.update(now.as_millis().to_be_bytes());
    for name in &params.subject_alt_names {
        match name {
            SanType::DnsName(name) => hash.update(name.as_str()),
            SanType::IpAddress(address) => hash.update(address.to_string()),
            _ => {}
        }
        hash.update([0]);
    }
    let mut serial = hash.finalize()[..16].to_vec();
    // Serial numbers are positive, and the first bit would be the sign.
    serial[0] &= 0x7f;
    serial.into()
}

/// How long after 1970 a moment is; certificates have no earlier and, in our form, no later dates than these.
fn since_1970(time: Timestamp) -> Result<Duration, TlsError> {
    let latest = Timestamp::MAX.minus(LIFETIME);
    if time <= Timestamp::EPOCH || time > latest {
        return Err(TlsError::Clock);
    }
    Ok(Duration::from_secs(time.since(Timestamp::EPOCH).as_secs()))
}

fn crypto(error: rcgen::Error) -> TlsError {
    TlsError::Crypto {
        reason: error.to_string(),
    }
}
