//! A person's desk: a home of its own, a session bus, with or without a keyring, and the desktop app on it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hearth_protocol::env::ManualClock;
use hearth_protocol::time::Timestamp;
use hearth_store::sqlite::{self, SqliteOptions};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;

use crate::driver::{Driver, free_port};
use crate::neighbour::Neighbour;
use crate::page::Page;
use crate::session_bus::{Keyring, SessionBus};

/// How long any one thing may take that a person would wait for. Generous, since machines that build are busy.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A desk. Dropping it ends everything on it.
#[derive(Debug)]
pub struct Desk {
    // In the order in which they end: the app with its driver first, the floor it stands on last.
    driver: Option<Driver>,
    ending: Lines,
    opened: Lines,
    _keyring: Option<Keyring>,
    bus: SessionBus,
    environment: Vec<(String, String)>,
    home: TempDir,
    name: String,
    port: u16,
}

impl Desk {
    /// A desk with an unlocked keyring, for a server called `name`.
    pub fn with_keyring(name: &str) -> Result<Self> {
        Self::new(name, true)
    }

    /// A desk without any keyring, for a server called `name`.
    pub fn without_keyring(name: &str) -> Result<Self> {
        Self::new(name, false)
    }

    fn new(name: &str, has_keyring: bool) -> Result<Self> {
        let home = TempDir::new()?;
        for folder in ["run", "data", "config", "cache", "hearth", "bin"] {
            fs::create_dir(home.path().join(folder))?;
        }
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700))?;
        let bus = SessionBus::start(home.path())?;
        let keyring = has_keyring
            .then(|| Keyring::unlocked(home.path(), &bus))
            .transpose()?;
        let port = free_port()?;
        let environment = environment(home.path(), name, port, &bus)?;
        let (ending, opened) = (
            Lines::of(&home.path().join("ending"))?,
            Lines::of(&home.path().join("opened"))?,
        );
        let name = name.to_owned();
        let desk = Self {
            driver: None,
            ending,
            opened,
            _keyring: keyring,
            bus,
            environment,
            home,
            name,
            port,
        };
        desk.lay_out_scripts()?;
        Ok(desk)
    }

    /// Two small programs: one between driver and app, so that the app's exit status and process id are not the
    /// driver's secret, and one in place of the program that opens browsers, which tells what it was given.
    fn lay_out_scripts(&self) -> Result<()> {
        let (app, home) = (desktop_binary()?, self.home.path());
        let (app, home) = (app.display(), home.display());
        // The inner shell becomes the app, so its process id is the app's.
        let run =
            format!(r#"sh -c 'echo $$ >"$0"; exec "$@"' '{home}/pid' '{app}' "$@" >>'{home}/log' 2>&1"#);
        script(&self.app_script(), &format!("{run}\necho $? >'{home}/ending'"))?;
        script(
            &self.home.path().join("bin/xdg-open"),
            &format!("printf '%s\\n' \"$1\" >'{home}/opened'"),
        )
    }

    fn app_script(&self) -> PathBuf {
        self.home.path().join("hearth.sh")
    }

    /// Starts the app and takes hold of its window.
    pub async fn open_hearth(&mut self) -> Result<Page> {
        // A driver serves one app: the one before goes with its app.
        self.driver = None;
        let driver = Driver::start(&self.environment)?;
        let opened = tokio::time::timeout(PATIENCE, driver.open(&self.app_script())).await;
        self.driver = Some(driver);
        let client = opened
            .context("the window took too long")?
            .with_context(|| self.log())?;
        Ok(Page::new(client))
    }

    /// Starts the app once more beside the one that runs, and waits until the second one has ended.
    pub async fn start_hearth_again(&self) -> Result<ExitStatus> {
        let mut second = tokio::process::Command::new(desktop_binary()?);
        let status = second.envs(self.environment.clone()).kill_on_drop(true).status();
        Ok(tokio::time::timeout(PATIENCE, status)
            .await
            .context("the second start goes on")??)
    }

    /// Waits for the app to end, and tells its exit status.
    pub async fn exit_status(&mut self) -> Result<i32> {
        let line = self
            .ending
            .next()
            .await
            .with_context(|| format!("the app did not end:\n{}", self.log()))?;
        line.parse().context("an exit status")
    }

    /// Waits until the app opens an address in a browser, and tells which.
    pub async fn opened_address(&mut self) -> Result<String> {
        self.opened
            .next()
            .await
            .with_context(|| format!("no browser was opened:\n{}", self.log()))
    }

    /// The session bus on which the app runs.
    pub fn bus(&self) -> &SessionBus {
        &self.bus
    }

    /// The process id of the app.
    pub fn process(&self) -> Result<u32> {
        let text = fs::read_to_string(self.home.path().join("pid"))?;
        text.trim().parse().context("a process id")
    }

    /// Where the app's server listens.
    pub fn listens_on(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Somebody else, who talks to the app's server over its public door.
    pub fn neighbour(&self) -> Result<Neighbour> {
        Neighbour::of(
            &self.name,
            self.listens_on(),
            &self.data().join("tls/certificate.pem"),
        )
    }

    /// The app's data folder.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("hearth")
    }

    /// Whether the store carries the mark of an orderly stop. Only once the app has ended.
    pub async fn was_stopped_cleanly(&self) -> Result<bool> {
        let data = self.data();
        let opened = tokio::task::spawn_blocking(move || {
            let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(0)));
            sqlite::open(&data, SqliteOptions::new(clock))
        });
        let (store, report) = opened.await??;
        store.close().await?;
        Ok(report.was_clean)
    }

    /// What the app has written about itself: the first thing to read when a test fails.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

/// Lines that scripts write into a named pipe, one at a time.
#[derive(Debug)]
struct Lines(BufReader<pipe::Receiver>);

impl Lines {
    fn of(path: &Path) -> Result<Self> {
        ensure!(
            Command::new("mkfifo").arg(path).status()?.success(),
            "mkfifo failed"
        );
        // Open for writing too, so that the pipe has no end between two writers.
        Ok(Self(BufReader::new(
            pipe::OpenOptions::new().read_write(true).open_receiver(path)?,
        )))
    }

    async fn next(&mut self) -> Result<String> {
        let mut line = String::new();
        tokio::time::timeout(PATIENCE, self.0.read_line(&mut line)).await??;
        Ok(line.trim_end().to_owned())
    }
}

/// Runs a test's story, which must not take for ever: a driver whose window hangs never answers.
pub async fn story(told: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(3 * PATIENCE, told)
        .await
        .context("the story did not come to its end")?
}

/// The variables by which programs find a person's places, all inside `home`.
pub fn home_environment(home: &Path) -> Vec<(String, String)> {
    let places = [
        ("HOME", ""),
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
    ];
    places
        .map(|(name, place)| (name.to_owned(), text(&home.join(place))))
        .to_vec()
}

fn environment(home: &Path, name: &str, port: u16, bus: &SessionBus) -> Result<Vec<(String, String)>> {
    let path = std::env::var("PATH").context("PATH")?;
    let mut environment = home_environment(home);
    let more = [
        ("PATH", format!("{}:{path}", home.join("bin").display())),
        ("DBUS_SESSION_BUS_ADDRESS", bus.address().to_owned()),
        ("HEARTH_DATA", text(&home.join("hearth"))),
        ("HEARTH_SERVER_NAME", name.to_owned()),
        ("HEARTH_LISTEN_ADDRESSES", format!("127.0.0.1:{port}")),
        // What autostart and build machines give; the window has to cope.
        ("LANG", "C.UTF-8".to_owned()),
        ("LC_ALL", String::new()),
        ("NO_AT_BRIDGE", "1".to_owned()),
    ];
    environment.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Ok(environment)
}

fn script(path: &Path, commands: &str) -> Result<()> {
    fs::write(path, format!("#!/bin/sh\n{commands}\n"))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o700))?)
}

/// The app that was built beside this test, or the one that `HEARTH_DESKTOP` names.
fn desktop_binary() -> Result<PathBuf> {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("hearth"));
    let named = std::env::var_os("HEARTH_DESKTOP").map(PathBuf::from);
    let binary = named.or_else(beside).context("no app to test")?;
    ensure!(
        binary.exists(),
        "{} is missing: run `cargo build --bin hearth` first",
        binary.display()
    );
    Ok(binary)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
