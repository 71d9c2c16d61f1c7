//! A session bus of a test's own, with a keyring on it or without.
//!
//! The bus starts nothing by itself: its configuration names no folder of services. So whether there is a keyring is
//! decided by the test and not by what the machine has installed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::owned::Owned;

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running bus. Ends with its owner, and what talks over it notices.
#[derive(Debug)]
pub struct SessionBus {
    address: String,
    _daemon: Owned,
}

impl SessionBus {
    /// Starts a bus, with its configuration in `folder`.
    pub fn start(folder: &Path) -> Result<Self> {
        let configuration = folder.join("bus.conf");
        fs::write(&configuration, CONFIGURATION)?;
        let mut daemon = Owned::start(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", configuration.display()))
                .args(["--nofork", "--print-address"])
                .stdout(Stdio::piped()),
        )?;
        let output = daemon
            .child()
            .stdout
            .take()
            .context("the output of dbus-daemon")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        ensure!(
            !address.trim().is_empty(),
            "dbus-daemon did not say where it listens"
        );
        Ok(Self {
            address: address.trim().to_owned(),
            _daemon: daemon,
        })
    }

    /// A connection of the test's own.
    pub async fn connect(&self) -> Result<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.address.as_str())?
            .build()
            .await?)
    }

    /// Where the bus listens, for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// An unlocked keyring on a bus, with everything it keeps in a folder of the test's own.
#[derive(Debug)]
pub struct Keyring(#[expect(dead_code, reason = "held so that the keyring ends with its owner")] Owned);

impl Keyring {
    /// Starts the keyring for the person whose home is `home`, unlocked by an empty password. Returns when it serves.
    pub fn unlocked(home: &Path, bus: &SessionBus) -> Result<Self> {
        let mut daemon = Owned::start(
            Command::new("gnome-keyring-daemon")
                .args(["--unlock", "--foreground", "--components=secrets"])
                .envs(crate::desk::home_environment(home))
                .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let mut password = daemon
            .child()
            .stdin
            .take()
            .context("the input of gnome-keyring-daemon")?;
        password.write_all(b"\n")?;
        drop(password);
        let served = Command::new("gdbus")
            .args(["wait", "--session", "--timeout", "20", "org.freedesktop.secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .status()
            .context("cannot start gdbus")?;
        ensure!(served.success(), "gnome-keyring-daemon does not serve");
        Ok(Self(daemon))
    }
}
