//! Opens this Hearth in the browser of the person at this machine.

use std::process::{Command, Stdio};

use anyhow::Context;
use hearth_server::ConsoleDoor;

use crate::owner_api;

/// Opens the server's own address; while there is no owner, by a fresh link that makes the person the owner.
pub(crate) async fn open(door: &ConsoleDoor) -> anyhow::Result<()> {
    let status = owner_api::status(door).await?;
    let address = if status.has_owner {
        status.browser_url
    } else {
        owner_api::setup_link(door).await?
    };
    tokio::task::spawn_blocking(move || hand_over(&address)).await?
}

/// Gives an address to whatever opens addresses here. Only our own ever come this way, and none is logged: a
/// set-up link is a secret.
fn hand_over(address: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        address.starts_with("https://") || address.starts_with("http://"),
        "the server's address is not one for a browser"
    );
    let mut opener = opener(address);
    let done = opener
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let status = done.context("there is no program here that opens addresses (xdg-open)")?;
    anyhow::ensure!(status.success(), "the system could not open a browser");
    Ok(())
}

#[cfg(target_os = "linux")]
fn opener(address: &str) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(address);
    command
}

/// Not run in this project's tests.
#[cfg(target_os = "macos")]
fn opener(address: &str) -> Command {
    let mut command = Command::new("open");
    command.arg(address);
    command
}

/// Not run in this project's tests.
#[cfg(windows)]
fn opener(address: &str) -> Command {
    let mut command = Command::new("rundll32");
    command.args(["url.dll,FileProtocolHandler", address]);
    command
}
