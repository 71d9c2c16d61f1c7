//! TLS identities, judged by what a client sees in real handshakes.

mod client;

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hearth_identity::KeyFileError;
use hearth_identity::tls::{TlsError, TlsIdentity};
use hearth_protocol::time::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConnection;
use tempfile::TempDir;

const DAY: Duration = Duration::from_hours(24);

/// When these tests take place; real clients of the handshakes are told the same time.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn names() -> Vec<String> {
    ["a.hearth.test", "127.0.0.2", "::1"].map(str::to_owned).to_vec()
}

fn self_signed(dir: &TempDir) -> TlsIdentity {
    TlsIdentity::self_signed(dir.path(), &names(), now()).unwrap()
}

/// A certificate and key as another program would leave them: a chain of leaf and authority, and the leaf's key.
struct Files {
    dir: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        files.issue();
        files
    }

    fn certificate(&self) -> PathBuf {
        self.dir.path().join("fullchain.pem")
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("privkey.pem")
    }

    fn open(&self) -> Result<TlsIdentity, TlsError> {
        TlsIdentity::from_files(&self.certificate(), &self.key())
    }

    /// Puts a new leaf with a new key in place of what is there.
    fn issue(&self) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Test Authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["b.hearth.test".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        fs::write(self.certificate(), leaf.pem() + &authority.pem()).unwrap();
        fs::write(self.key(), key.serialize_pem()).unwrap();
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_good_for_its_names_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let tls = self_signed(&dir);
    for name in ["a.hearth.test", "127.0.0.2", "::1"] {
        let seen = client::connect_trusting(&tls, name).await.unwrap();
        assert_eq!(seen.leaf, tls.served().der, "{name}");
    }
    for name in ["b.hearth.test", "127.0.0.3", "x.a.hearth.test"] {
        assert!(client::connect_trusting(&tls, name).await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_name_written_with_its_last_dot_is_served_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let names = ["attic.local.".to_owned()];
    let tls = TlsIdentity::self_signed(dir.path(), &names, now()).unwrap();
    assert!(client::connect_trusting(&tls, "attic.local").await.is_ok());
    assert_eq!(tls.served().names, ["attic.local"]);
}

#[tokio::test]
async fn what_is_said_to_be_served_is_what_a_client_sees() {
    let (dir, files) = (tempfile::tempdir().unwrap(), Files::new());
    for tls in [self_signed(&dir), files.open().unwrap()] {
        let seen = client::connect(&tls).await.unwrap();
        let served = tls.served();
        assert_eq!(served.fingerprint, seen.fingerprint());
        assert_eq!(served.der, seen.leaf);
    }
    assert!(self_signed(&dir).served().self_signed);
    assert!(!files.open().unwrap().served().self_signed);
    assert_eq!(files.open().unwrap().served().names, ["b.hearth.test"]);
}

#[tokio::test]
async fn a_renewal_is_seen_by_the_next_connection_and_keeps_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let tls = self_signed(&dir);
    let before = client::connect(&tls).await.unwrap();
    let spki = tls.served().spki;
    assert!(!tls.renew_if_due(now().plus(300 * DAY)).unwrap());
    assert!(tls.renew_if_due(now().plus(370 * DAY)).unwrap());
    let after = client::connect(&tls).await.unwrap();
    assert_ne!(after.fingerprint(), before.fingerprint());
    assert_eq!(after.fingerprint(), tls.served().fingerprint);
    assert_eq!(tls.served().spki, spki);
    assert!(!tls.renew_if_due(now().plus(370 * DAY)).unwrap());
}

#[tokio::test]
async fn only_tls_13_with_http_2_before_http_11_is_spoken() {
    let dir = tempfile::tempdir().unwrap();
    let tls = self_signed(&dir);
    let seen = client::connect(&tls).await.unwrap();
    assert_eq!(seen.version, Some(rustls::ProtocolVersion::TLSv1_3));
    assert_eq!(seen.alpn.as_deref(), Some(&b"h2"[..]));
    let config = tls.server_config();
    assert_eq!(config.alpn_protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert_eq!(config.max_early_data_size, 0);
}

#[test]
fn a_tls_12_client_is_turned_away_with_the_right_alert() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = ServerConnection::new(self_signed(&dir).server_config()).unwrap();
    server.read_tls(&mut Cursor::new(client::tls_12_hello())).unwrap();
    server.process_new_packets().unwrap_err();
    let mut answer = Vec::new();
    server.write_tls(&mut answer).unwrap();
    // An alert record: fatal, protocol_version.
    assert_eq!(answer[0], 21);
    assert_eq!(answer[answer.len() - 2..], [2, 70]);
}

#[test]
fn a_certificate_is_kept_over_restarts_until_it_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let first = self_signed(&dir).served();
    assert_eq!(first.not_after, now().plus(396 * DAY));
    assert_eq!(first.names, ["127.0.0.2", "::1", "a.hearth.test"]);
    let open = |days: u32| {
        TlsIdentity::self_signed(dir.path(), &names(), now().plus(days * DAY))
            .unwrap()
            .served()
    };
    assert_eq!(open(0), first);
    assert_eq!(open(365), first);
    let renewed = open(367);
    assert_ne!(renewed.fingerprint, first.fingerprint);
    assert_eq!(renewed.spki, first.spki);
    assert_eq!(open(367), renewed);
}

#[test]
fn other_names_or_a_clock_that_ran_ahead_make_a_new_certificate_for_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    let first = self_signed(&dir).served();
    let wider: Vec<String> = ["A.hearth.test", "[::1]", "hearth.local"]
        .map(str::to_owned)
        .to_vec();
    let second = TlsIdentity::self_signed(dir.path(), &wider, now())
        .unwrap()
        .served();
    assert_eq!(second.names, ["::1", "a.hearth.test", "hearth.local"]);
    let past = now().minus(100 * DAY);
    let third = TlsIdentity::self_signed(dir.path(), &wider, past)
        .unwrap()
        .served();
    assert_ne!(first.fingerprint, second.fingerprint);
    assert_ne!(second.fingerprint, third.fingerprint);
    assert!(first.spki == second.spki && second.spki == third.spki);
}

#[test]
fn no_two_certificates_of_a_key_share_a_serial_number() {
    let dir = tempfile::tempdir().unwrap();
    let serial = |days: u32| {
        let tls = TlsIdentity::self_signed(dir.path(), &names(), now().plus(days * DAY)).unwrap();
        let der = tls.served().der.clone();
        let (_, leaf) = x509_parser::parse_x509_certificate(&der).unwrap();
        leaf.tbs_certificate.serial.clone()
    };
    assert_ne!(serial(0), serial(380));
}

#[test]
fn a_damaged_certificate_is_made_again_a_damaged_key_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let first = self_signed(&dir).served();
    fs::write(dir.path().join("certificate.pem"), "scrambled").unwrap();
    assert_eq!(self_signed(&dir).served().spki, first.spki);

    let key = dir.path().join("key.pem");
    for content in [
        "scrambled",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        fs::write(&key, content).unwrap();
        let error = TlsIdentity::self_signed(dir.path(), &names(), now()).unwrap_err();
        assert!(
            matches!(error, TlsError::NoKey { .. } | TlsError::BadKey { .. }),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&key).unwrap(), content);
    }
}

#[cfg(unix)]
#[test]
fn the_key_file_is_closed_to_others_and_has_to_stay_so() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("tls");
    let tls = TlsIdentity::self_signed(&dir, &names(), now()).unwrap();
    let key = dir.join("key.pem");
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = TlsIdentity::self_signed(&dir, &names(), now()).unwrap_err();
    assert!(
        matches!(error, TlsError::File(KeyFileError::TooOpen { .. })),
        "{error}"
    );
    assert!(tls.reload().is_err());
}

#[test]
fn names_are_checked_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let open = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        TlsIdentity::self_signed(dir.path(), &names, now()).unwrap_err()
    };
    assert!(matches!(open(&[]), TlsError::NoNames));
    for name in ["", "two words", "a.example:443", "http://a.example", "ä.example"] {
        assert!(
            matches!(open(&["good.example", name]), TlsError::BadName { .. }),
            "{name}"
        );
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_clock_before_its_time_is_named_as_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    for time in [Timestamp::EPOCH, Timestamp::MIN, Timestamp::MAX] {
        let error = TlsIdentity::self_signed(dir.path(), &names(), time).unwrap_err();
        assert!(matches!(error, TlsError::Clock), "{error}");
    }
}

#[tokio::test]
async fn files_are_reloaded_on_demand() {
    let files = Files::new();
    let tls = files.open().unwrap();
    let before = client::connect(&tls).await.unwrap().fingerprint();
    files.issue();
    assert_eq!(
        client::connect(&tls).await.unwrap().fingerprint(),
        before,
        "not before it is asked to"
    );
    tls.reload().unwrap();
    let after = client::connect(&tls).await.unwrap().fingerprint();
    assert_ne!(after, before);
    assert_eq!(after, tls.served().fingerprint);
    assert!(
        !tls.renew_if_due(now().plus(9_999 * DAY)).unwrap(),
        "not ours to renew"
    );
}

#[tokio::test]
async fn a_bad_reload_is_an_error_and_the_good_certificate_stays() {
    let (files, other) = (Files::new(), Files::new());
    let tls = files.open().unwrap();
    let before = tls.served().fingerprint;

    fs::copy(other.key(), files.key()).unwrap();
    let error = tls.reload().unwrap_err();
    assert!(matches!(error, TlsError::KeyMismatch { .. }), "{error}");
    assert_eq!(error.code(), "tls_key_mismatch");
    fs::remove_file(files.certificate()).unwrap();
    assert!(matches!(
        tls.reload(),
        Err(TlsError::File(KeyFileError::NotFound { .. }))
    ));

    assert_eq!(tls.served().fingerprint, before);
    assert_eq!(client::connect(&tls).await.unwrap().fingerprint(), before);
}

#[test]
fn what_is_wrong_with_files_is_said() {
    let files = Files::new();
    let with = |path: &Path, content: &str| {
        let good = fs::read(path).unwrap();
        fs::write(path, content).unwrap();
        let error = files.open().unwrap_err();
        fs::write(path, good).unwrap();
        error
    };
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(
        with(&files.certificate(), ""),
        TlsError::NoCertificate { .. }
    ));
    assert!(matches!(
        with(&files.certificate(), garbage),
        TlsError::BadCertificate { .. }
    ));
    assert!(matches!(
        with(&files.key(), "nothing here"),
        TlsError::NoKey { .. }
    ));
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert!(matches!(with(&files.key(), encrypted), TlsError::NoKey { .. }));
    assert!(files.open().is_ok());
}

#[test]
fn debug_shows_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let tls = self_signed(&dir);
    let key = KeyPair::from_pem(&fs::read_to_string(dir.path().join("key.pem")).unwrap()).unwrap();
    let shown = format!("{tls:?}");
    let secret = format!("{:?}", key.serialized_der());
    assert!(
        !shown.contains(&secret[1..40]) && !shown.contains("PRIVATE"),
        "{shown}"
    );
}
