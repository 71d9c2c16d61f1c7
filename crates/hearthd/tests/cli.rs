//! The command as its callers meet it: lines, files, signals, exit codes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hearthd");

/// The program without what this machine's environment might say.
fn hearthd() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HEARTH_") {
            command.env_remove(name);
        }
    }
    command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    command
}

fn run(data: &Path) -> Command {
    let mut command = hearthd();
    command.args([
        "run",
        "--name",
        "a.hearth.test",
        "--listen",
        "127.0.0.1:0",
        "--key-store",
        "file",
    ]);
    command.arg("--data").arg(data);
    command
}

/// A server that has said that it is ready.
struct Running {
    child: Child,
    ready: Value,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .arg("--ready-json")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            ready: serde_json::from_str(&line).unwrap(),
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Stops it and returns its exit code and what it had said besides.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut rest = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut rest)
            .unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.stdin(Stdio::null()).output().unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

#[test]
fn a_server_says_one_line_when_ready_and_stops_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Running::start(run(folder.path()));
        assert_eq!(server.ready["name"], "a.hearth.test");
        assert_eq!(server.ready["key_store"], "plain-file");
        assert!(
            server.ready["fingerprint"]
                .as_str()
                .unwrap()
                .starts_with("sha256:")
        );
        assert!(
            server.ready["addresses"][0]
                .as_str()
                .unwrap()
                .starts_with("127.0.0.1:")
        );
        let link = std::fs::read_to_string(server.ready["setup_link_file"].as_str().unwrap()).unwrap();
        assert!(link.starts_with("https://a.hearth.test/#setup="), "{link}");
        // Reading certificate files again leaves a server with its own certificate as it is.
        server.signal("HUP");
        assert_eq!(server.stop(signal), (Some(0), String::new()));
    }
}

#[test]
fn a_link_can_be_had_while_the_server_runs_and_when_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let link = || {
        output(
            hearthd()
                .args(["user", "setup-link", "--data"])
                .arg(folder.path()),
        )
    };
    let (code, _, words) = link();
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("there is no server in"), "{words}");

    let server = Running::start(run(folder.path()));
    let (code, beside, words) = link();
    assert_eq!(code, Some(0), "{words}");
    server.stop("TERM");
    let (code, without, words) = link();
    assert_eq!(code, Some(0), "{words}");
    for said in [&beside, &without] {
        assert!(
            said.starts_with("https://a.hearth.test/#setup=") && said.lines().count() == 1,
            "{said}"
        );
    }
    assert_ne!(beside, without);
}

#[test]
fn wrong_usage_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |arguments: &[&str]| output(run(folder.path()).args(arguments));
    let (code, _, words) = fails(&["--tls", "ssl"]);
    assert_eq!(code, Some(2));
    assert!(words.contains("tls.mode: expected \"self-signed\""), "{words}");

    let (code, _, words) = fails(&["--set", "limits.conections=3"]);
    assert_eq!(code, Some(2));
    assert!(words.contains("did you mean \"limits.connections\"?"), "{words}");

    let (code, _, words) = output(
        hearthd()
            .args(["run", "--key-store", "file", "--data"])
            .arg(folder.path()),
    );
    assert_eq!(code, Some(2));
    assert!(words.contains("needs a name"), "{words}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, words) = output(
        hearthd()
            .args(["run", "--listen", &address, "--data"])
            .arg(folder.path()),
    );
    assert_eq!(code, Some(1));
    assert!(
        words.contains("cannot listen on") && words.contains("because:"),
        "{words}"
    );
}

#[test]
fn without_a_keyring_the_two_choices_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = hearthd();
    command
        .args([
            "run",
            "--name",
            "a.hearth.test",
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(folder.path());
    // No session bus, not even one that could be found by its usual place.
    command
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let (code, _, words) = output(&mut command);
    assert_eq!(code, Some(3), "{words}");
    assert!(
        words.contains("--key-store sealed") && words.contains("--key-store file"),
        "{words}"
    );
}

#[test]
fn the_settings_in_effect_can_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hearth.toml");
    std::fs::write(&file, "[limits]\nconnections = 5\njson_depth = 6\n").unwrap();
    let mut command = run(folder.path());
    command
        .args(["--print-config", "--config"])
        .arg(&file)
        .env("HEARTH_LIMITS_JSON_DEPTH", "7");
    let (code, text, words) = output(&mut command);
    assert_eq!(code, Some(0), "{words}");
    for line in [
        "connections = 5",
        "json_depth = 7",
        "name = \"a.hearth.test\"",
        "store = \"file\"",
    ] {
        assert!(text.lines().any(|said| said == line), "{line} in {text}");
    }
    assert!(!folder.path().join("hearth.db").exists(), "nothing was started");
}

#[test]
fn sample_and_document_are_printed() {
    let (code, sample, _) = output(hearthd().args(["config", "sample"]));
    assert_eq!((code, sample), (Some(0), hearth_server::config::sample()));
    let (code, document, _) = output(hearthd().arg("openapi"));
    assert_eq!(
        (code, document),
        (Some(0), hearth_server::openapi::document_json())
    );
}
