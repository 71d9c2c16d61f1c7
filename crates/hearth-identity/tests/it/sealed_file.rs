//! Sealed files: opened by their passphrase only, refused when anything about them has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hearth_identity::sealed_file::{self, SealCost, SealedFile};
use hearth_identity::{Identity, KeyFileError, KeyStoreKind, SecretError, SecretName, SecretStore};
use hearth_protocol::env::{Random, SeededRandom};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery staple";
/// The least that is accepted, for tests that are not about the cost.
const CHEAP: SealCost = SealCost {
    memory_kib: 8 * 1024,
    passes: 1,
    lanes: 1,
};
const HEADER_LEN: usize = 16 + 12 + 16;

struct Sealed {
    _folder: TempDir,
    path: PathBuf,
    store: SealedFile,
}

/// A sealed file with a signing key in it.
fn sealed(cost: SealCost) -> Sealed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sealed");
    let store = sealed_file::create(&path, PASSPHRASE, cost, random(1)).unwrap();
    store.write(SecretName::SigningKey, &[7; 32]).unwrap();
    Sealed {
        _folder: folder,
        path,
        store,
    }
}

fn random(seed: u64) -> Arc<dyn Random> {
    Arc::new(SeededRandom::new(seed))
}

fn open(path: &Path, passphrase: &str) -> Result<SealedFile, KeyFileError> {
    sealed_file::open(path, passphrase, random(2)).map_err(|error| match error {
        SecretError::File(error) => error,
        other => panic!("not about the file: {other}"),
    })
}

/// Replaces the file's bytes and makes its checksum right again, as an attacker would.
fn forge(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(bytes.len() - 32);
    change(&mut bytes);
    let hash = Sha256::digest(&bytes);
    bytes.extend_from_slice(&hash);
    fs::write(path, bytes).unwrap();
}

#[test]
fn an_identity_survives_in_a_file_sealed_at_the_usual_cost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sealed");
    let store: Arc<dyn SecretStore> =
        Arc::new(sealed_file::create(&path, PASSPHRASE, SealCost::default(), random(1)).unwrap());
    let first = Identity::open(&store, None, &SeededRandom::new(3)).unwrap();
    drop(store);

    let store: Arc<dyn SecretStore> = Arc::new(open(&path, PASSPHRASE).unwrap());
    let again = Identity::open(&store, Some(first.public_key()), &SeededRandom::new(4)).unwrap();
    assert_eq!(again.public_key(), first.public_key());
    assert_eq!(again.key_store(), KeyStoreKind::SealedFile);
    assert!(!again.has_new_token_key());
}

#[test]
fn the_usual_cost_is_at_least_64_mib_and_three_passes() {
    let cost = SealCost::default();
    assert!(cost.memory_kib >= 64 * 1024 && cost.passes >= 3);
}

#[test]
fn a_wrong_passphrase_is_its_own_error_and_changes_nothing() {
    let sealed = sealed(CHEAP);
    let before = fs::read(&sealed.path).unwrap();
    for wrong in ["", "correct horse battery stapl", "Correct horse battery staple"] {
        let error = open(&sealed.path, wrong).unwrap_err();
        assert!(matches!(error, KeyFileError::WrongPassphrase { .. }), "{error}");
    }
    assert_eq!(fs::read(&sealed.path).unwrap(), before);
    assert!(open(&sealed.path, PASSPHRASE).is_ok());
}

#[test]
fn every_flipped_bit_is_refused_before_any_work_is_done() {
    let sealed = sealed(CHEAP);
    let good = fs::read(&sealed.path).unwrap();
    for index in 0..good.len() {
        for bit in [0x01, 0x80] {
            let mut bad = good.clone();
            bad[index] ^= bit;
            fs::write(&sealed.path, bad).unwrap();
            let error = open(&sealed.path, PASSPHRASE).unwrap_err();
            let is_refused = matches!(
                error,
                KeyFileError::Damaged { .. } | KeyFileError::UnsupportedVersion { .. }
            );
            assert!(is_refused, "byte {index}: {error}");
        }
    }
    fs::write(&sealed.path, good).unwrap();
    assert!(open(&sealed.path, PASSPHRASE).is_ok());
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let sealed = sealed(CHEAP);
    let good = fs::read(&sealed.path).unwrap();
    for len in 0..good.len() {
        fs::write(&sealed.path, &good[..len]).unwrap();
        let error = open(&sealed.path, PASSPHRASE).unwrap_err();
        assert!(
            matches!(error, KeyFileError::Damaged { .. }),
            "{len} bytes: {error}"
        );
    }
    fs::write(&sealed.path, [&good[..], b"\0"].concat()).unwrap();
    let error = open(&sealed.path, PASSPHRASE).unwrap_err();
    assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
}

#[test]
fn forgeries_with_a_right_checksum_are_refused_too() {
    let sealed = sealed(CHEAP);
    let good = fs::read(&sealed.path).unwrap();
    // Salt, nonce and ciphertext: nothing tells these from a wrong passphrase, and nothing opens.
    for index in [HEADER_LEN - 1, HEADER_LEN, HEADER_LEN + 24, good.len() - 33] {
        fs::write(&sealed.path, &good).unwrap();
        forge(&sealed.path, |bytes| bytes[index] ^= 1);
        let error = open(&sealed.path, PASSPHRASE).unwrap_err();
        assert!(
            matches!(error, KeyFileError::WrongPassphrase { .. }),
            "byte {index}: {error}"
        );
    }
    // What is left when a forger cuts the ciphertext off.
    fs::write(&sealed.path, &good).unwrap();
    forge(&sealed.path, |bytes| bytes.truncate(HEADER_LEN));
    let error = open(&sealed.path, PASSPHRASE).unwrap_err();
    assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
}

#[test]
fn a_file_cannot_demand_unbounded_work() {
    let sealed = sealed(CHEAP);
    let good = fs::read(&sealed.path).unwrap();
    for (at, value) in [
        (16, u32::MAX),
        (16, 1024 * 1024 + 1),
        (16, 8),
        (20, 17),
        (20, 0),
        (24, 1 << 20),
        (24, 0),
    ] {
        fs::write(&sealed.path, &good).unwrap();
        forge(&sealed.path, |bytes| {
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        });
        let error = open(&sealed.path, PASSPHRASE).unwrap_err();
        assert!(
            matches!(error, KeyFileError::CostOutOfBounds { .. }),
            "{at}={value}: {error}"
        );
    }
}

#[test]
fn a_newer_version_is_named_as_such() {
    let sealed = sealed(CHEAP);
    forge(&sealed.path, |bytes| bytes[15] = b'2');
    let error = open(&sealed.path, PASSPHRASE).unwrap_err();
    assert!(
        matches!(error, KeyFileError::UnsupportedVersion { .. }),
        "{error}"
    );
}

#[test]
fn creating_refuses_short_passphrases_existing_files_and_silly_costs() {
    let sealed = sealed(CHEAP);
    let before = fs::read(&sealed.path).unwrap();
    let create =
        |path: &Path, passphrase: &str, cost| match sealed_file::create(path, passphrase, cost, random(5))
            .unwrap_err()
        {
            SecretError::File(error) => error,
            other => panic!("not about the file: {other}"),
        };
    let error = create(&sealed.path, PASSPHRASE, CHEAP);
    assert!(matches!(error, KeyFileError::AlreadyExists { .. }), "{error}");
    assert_eq!(fs::read(&sealed.path).unwrap(), before);

    let fresh = sealed.path.with_extension("fresh");
    let error = create(&fresh, "sevench", CHEAP);
    assert!(
        matches!(error, KeyFileError::PassphraseTooShort { minimum: 8 }),
        "{error}"
    );
    let error = create(&fresh, PASSPHRASE, SealCost { passes: 0, ..CHEAP });
    assert!(matches!(error, KeyFileError::CostOutOfBounds { .. }), "{error}");
    assert!(!fresh.exists());
}

#[test]
fn opening_what_is_not_there_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sealed");
    let error = open(&path, PASSPHRASE).unwrap_err();
    assert!(matches!(error, KeyFileError::NotFound { .. }), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_file_exchanged_behind_an_open_store_is_refused() {
    let (ours, other) = (sealed(CHEAP), tempfile::tempdir().unwrap());
    let other_path = other.path().join("keys.sealed");
    sealed_file::create(&other_path, PASSPHRASE, CHEAP, random(9)).unwrap();
    fs::copy(&other_path, &ours.path).unwrap();
    let error = ours.store.read(SecretName::SigningKey).unwrap_err();
    assert!(
        matches!(error, SecretError::File(KeyFileError::Damaged { .. })),
        "{error}"
    );
}

#[test]
fn the_file_and_debug_show_no_secret_and_no_nonce_is_used_twice() {
    let sealed = sealed(CHEAP);
    let nonce = |bytes: &[u8]| bytes[HEADER_LEN..HEADER_LEN + 24].to_vec();
    let first = fs::read(&sealed.path).unwrap();
    sealed.store.write(SecretName::SigningKey, &[7; 32]).unwrap();
    let second = fs::read(&sealed.path).unwrap();
    assert_ne!(nonce(&first), nonce(&second));
    for bytes in [&first, &second] {
        assert!(
            !bytes
                .windows(8)
                .any(|window| window == [7; 8] || window == b"BwcHBwcH")
        );
    }
    let shown = format!("{:?}", sealed.store);
    assert!(!shown.contains("horse") && !shown.contains("7, 7"), "{shown}");
}

#[cfg(unix)]
#[test]
fn the_file_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;

    let sealed = sealed(CHEAP);
    assert_eq!(
        fs::metadata(&sealed.path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&sealed.path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = open(&sealed.path, PASSPHRASE).unwrap_err();
    assert!(
        matches!(error, KeyFileError::TooOpen { mode: 0o640, .. }),
        "{error}"
    );
}
