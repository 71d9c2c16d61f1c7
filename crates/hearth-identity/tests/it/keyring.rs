//! The keyring against a real Secret Service: a private session bus, on which gnome-keyring is started by the
//! first call that needs it, or nothing is.
//!
//! The keyring library connects once per process, so every visit to the keyring is a process of its own: this
//! test binary again, told by an environment variable what to do in [`visitor`].

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hearth_identity::{Identity, IdentityError, SecretName, SecretStore, keyring};
use hearth_protocol::env::SeededRandom;
use hearth_protocol::keys::PublicKey;
use tempfile::TempDir;

const ERRAND: &str = "HEARTH_TEST_KEYRING_ERRAND";
const EXPECTED: &str = "HEARTH_TEST_KEYRING_EXPECTED";
const ANSWER: &str = "answer: ";
const INSTANCE: &str = "test-instance";

/// What answers on the session bus.
#[derive(Clone, Copy)]
enum Service {
    Absent,
    Forbidden,
    Locked,
    Unlocked,
}

/// A person's home and, while it lives, their session.
struct Desktop {
    home: TempDir,
    session: Option<Session>,
}

struct Session {
    bus: Child,
    address: String,
    runtime: PathBuf,
}

impl Desktop {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            session: None,
        }
    }

    fn with(service: Service) -> Self {
        let mut desktop = Self::new();
        desktop.log_in(service);
        desktop
    }

    /// Ends the session, if there is one, and starts another with a bus of its own.
    fn log_in(&mut self, service: Service) {
        self.session = None;
        self.session = Some(Session::start(self.home.path(), service));
    }

    /// Runs an errand as its own process in this session and returns its answer.
    fn visit(&self, errand: &str, expected: Option<&str>) -> String {
        let session = self.session.as_ref().unwrap();
        visit(
            self.home.path(),
            &session.runtime,
            Some(&session.address),
            errand,
            expected,
        )
    }
}

impl Session {
    fn start(home: &Path, service: Service) -> Self {
        let runtime = fresh_folder(home, "session");
        let services = runtime.join("services");
        fs::create_dir(&services).unwrap();
        write_service(home, &services, service);
        let config = runtime.join("bus.conf");
        fs::write(&config, bus_config(&runtime, &services, service)).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed (./dev setup)");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            bus,
            address: address.trim().to_owned(),
            runtime,
        }
    }
}

impl Drop for Session {
    /// The keyring's daemon ends with its bus.
    fn drop(&mut self) {
        self.bus.kill().unwrap();
        self.bus.wait().unwrap();
    }
}

/// A new private folder below `home`, numbered by what is there already.
fn fresh_folder(home: &Path, kind: &str) -> PathBuf {
    let number = fs::read_dir(home).unwrap().count();
    let folder = home.join(format!("{kind}-{number}"));
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

/// Tells the bus how to start the keyring when it is first asked for. The bus holds the call back until the
/// keyring is ready, so nobody has to guess how long that takes.
fn write_service(home: &Path, services: &Path, service: Service) {
    let password = home.join("login-password");
    fs::write(&password, "a login password").unwrap();
    let command = match service {
        Service::Absent => return,
        Service::Locked => "exec gnome-keyring-daemon --start --foreground --components=secrets".to_owned(),
        Service::Forbidden | Service::Unlocked => format!(
            "exec gnome-keyring-daemon --unlock --foreground --components=secrets < {}",
            password.display()
        ),
    };
    let script = services.join("start-keyring");
    fs::write(&script, format!("#!/bin/sh\n{command}\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let activation = format!(
        "[D-BUS Service]\nName=org.freedesktop.secrets\nExec={}\n",
        script.display()
    );
    fs::write(services.join("org.freedesktop.secrets.service"), activation).unwrap();
}

/// A session bus that starts nothing but what lies in `services`, not what the machine has installed.
fn bus_config(runtime: &Path, services: &Path, service: Service) -> String {
    let exception = match service {
        Service::Forbidden => r#"<deny send_destination="org.freedesktop.secrets"/>"#,
        _ => "",
    };
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
            "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
            <type>session</type>
            <listen>unix:path={}</listen>
            <servicedir>{}</servicedir>
            <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
                {exception}
            </policy>
        </busconfig>"#,
        runtime.join("bus").display(),
        services.display()
    )
}

fn visit(home: &Path, runtime: &Path, bus: Option<&str>, errand: &str, expected: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "keyring::visitor", "--nocapture"])
        .env_clear()
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", runtime)
        .env(ERRAND, errand);
    if let Some(bus) = bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }
    if let Some(expected) = expected {
        command.env(EXPECTED, expected);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let answer = said.split_once(ANSWER).and_then(|(_, rest)| rest.lines().next());
    answer
        .unwrap_or_else(|| {
            panic!(
                "{errand}: no answer\n{said}\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
        .to_owned()
}

/// Not a test by itself: what the test binary does when it is started again by [`visit`].
#[tokio::test(flavor = "multi_thread")]
async fn visitor() {
    let Ok(errand) = std::env::var(ERRAND) else { return };
    let answer = tokio::task::spawn_blocking(move || run(&errand)).await.unwrap();
    println!("{ANSWER}{answer}");
}

fn run(errand: &str) -> String {
    let store = match keyring::open(INSTANCE) {
        Ok(store) => store,
        Err(error) => return format!("{}: {error}", error.code()),
    };
    match errand {
        "open" => format!("open {}", store.kind().as_str()),
        "items" => items(),
        "lose-signing-key" => {
            store.delete(SecretName::SigningKey).unwrap();
            "lost".to_owned()
        }
        "identity" => identity(Arc::new(store)),
        other => panic!("no such errand: {other}"),
    }
}

fn identity(store: Arc<dyn SecretStore>) -> String {
    let expected = std::env::var(EXPECTED)
        .ok()
        .map(|key| PublicKey::from_base64(&key).unwrap());
    match Identity::open(&store, expected, &SeededRandom::new(std::process::id().into())) {
        Ok(identity) => identity.public_key().to_base64(),
        Err(IdentityError::Store(error)) => format!("{}: {error}", error.code()),
        Err(error) => error.code().to_owned(),
    }
}

/// Which items there are, looked up as any other program would, and how many bytes are in them.
fn items() -> String {
    let mut found = Vec::new();
    for name in ["signing-key", "token-key", "probe"] {
        let entry = ::keyring::Entry::new("org.hearth.Hearth", &format!("{INSTANCE}/{name}")).unwrap();
        if let Ok(text) = entry.get_secret() {
            found.push(format!("{name}={}", STANDARD.decode(text).unwrap().len()));
        }
    }
    found.join(" ")
}

#[test]
fn a_working_keyring_keeps_the_identity_as_one_item_per_secret() {
    let desktop = Desktop::with(Service::Unlocked);
    assert_eq!(desktop.visit("open", None), "open keyring");
    assert_eq!(
        desktop.visit("items", None),
        "",
        "the probe is gone, and nothing else was made"
    );

    let key = desktop.visit("identity", None);
    assert!(PublicKey::from_base64(&key).is_ok(), "{key}");
    assert_eq!(desktop.visit("items", None), "signing-key=32 token-key=32");
    assert_eq!(desktop.visit("identity", Some(&key)), key);
}

#[test]
fn a_lost_signing_key_is_never_made_anew() {
    let desktop = Desktop::with(Service::Unlocked);
    let key = desktop.visit("identity", None);
    assert_eq!(desktop.visit("lose-signing-key", None), "lost");
    assert_eq!(desktop.visit("identity", Some(&key)), "signing_key_missing");
    assert_eq!(desktop.visit("items", None), "token-key=32");
}

#[test]
fn a_locked_keyring_is_told_from_an_empty_one_and_opens_again() {
    let mut desktop = Desktop::with(Service::Unlocked);
    let key = desktop.visit("identity", None);

    desktop.log_in(Service::Locked);
    let answer = desktop.visit("identity", Some(&key));
    assert!(answer.starts_with("keyring_locked: "), "{answer}");
    assert!(answer.contains("unlock"), "{answer}");
    // Without the records' word for it that there is a key, a locked keyring must not look like a new one.
    let answer = desktop.visit("identity", None);
    assert!(answer.starts_with("keyring_locked: "), "{answer}");

    desktop.log_in(Service::Unlocked);
    assert_eq!(desktop.visit("identity", Some(&key)), key);
}

#[test]
fn a_keyring_that_was_never_unlocked_is_locked() {
    let desktop = Desktop::with(Service::Locked);
    let answer = desktop.visit("open", None);
    assert!(answer.starts_with("keyring_locked: "), "{answer}");
}

#[test]
fn a_bus_without_a_secret_service_says_what_to_install() {
    let desktop = Desktop::with(Service::Absent);
    let answer = desktop.visit("open", None);
    assert!(answer.starts_with("keyring_absent: "), "{answer}");
    assert!(
        answer.contains("gnome-keyring") && answer.contains("passphrase"),
        "{answer}"
    );
}

#[test]
fn a_keyring_that_this_program_may_not_use_is_told_from_an_absent_one() {
    let desktop = Desktop::with(Service::Forbidden);
    let answer = desktop.visit("open", None);
    assert!(answer.starts_with("keyring_denied: "), "{answer}");
}

#[test]
fn without_a_session_bus_the_way_out_is_named() {
    let desktop = Desktop::new();
    let home = desktop.home.path();
    let runtime = fresh_folder(home, "runtime");
    let dead = format!("unix:path={}", runtime.join("nobody-listens-here").display());
    for bus in [None, Some(dead.as_str())] {
        let answer = visit(home, &runtime, bus, "open", None);
        assert!(answer.starts_with("keyring_no_session: "), "{bus:?}: {answer}");
        assert!(answer.contains("passphrase"), "{answer}");
    }
}
