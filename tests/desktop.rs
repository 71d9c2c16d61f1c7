//! The desktop app, driven in its real window: what its owner sees, and what is true outside while they see it.
//!
//! Each test has a desk of its own (home, session bus, keyring or none), so they run side by side.

use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use hearth_tests::desk::{Desk, story};
use hearth_tests::neighbour::Neighbour;
use hearth_tests::notifications::Notifications;
use hearth_tests::page::Page;
use hearth_tests::screen::ScreenWindow;
use hearth_tests::tray::Tray;
use serde_json::json;

const PASSPHRASE: &str = "a lamp left on at night";

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_comes_in_switches_federation_and_quits() -> Result<()> {
    story(async {
        let mut desk = Desk::with_keyring("lena.hearth.example")?;
        let page = desk.open_hearth().await?;
        page.switch("Federation", true).await?;
        page.says("lena.hearth.example").await?;
        page.says("In this computer").await?;
        speaks_a_language(&page).await?;
        let neighbour = desk.neighbour()?;

        lena_makes_her_account(&mut desk, &page, &neighbour).await?;
        page.says("All is well.").await?;
        page.photograph("window").await?;

        page.switch("Federation", true).await?.click().await?;
        page.button("Switch off").await?.click().await?;
        page.is_uncovered().await?;
        page.switch("Federation", false).await?;
        assert_eq!(public_federation(&neighbour).await?, false);
        page.switch("Federation", false).await?.click().await?;
        page.switch("Federation", true).await?;
        assert_eq!(public_federation(&neighbour).await?, true);

        page.command("quit").await?;
        assert_eq!(desk.exit_status().await?, 0, "{}", desk.log());
        assert!(desk.was_stopped_cleanly().await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_the_window_asks_and_remembers_the_answer() -> Result<()> {
    story(async {
        let mut desk = Desk::without_keyring("lena.hearth.example")?;
        let page = desk.open_hearth().await?;
        page.heading("There is no password store").await?;
        assert!(
            tokio::net::TcpStream::connect(desk.listens_on()).await.is_err(),
            "serves before it may"
        );
        let refused = page.call("door", "new Uint8Array(4)").await?;
        assert!(refused.is_err(), "the door is open before there is a server");
        page.photograph("no-keyring").await?;

        page.field("Passphrase").await?.send_keys(PASSPHRASE).await?;
        page.field("The same passphrase again")
            .await?
            .send_keys(PASSPHRASE)
            .await?;
        page.button("Keep the keys in a file").await?.click().await?;
        page.switch("Federation", true).await?;
        page.says("In a file sealed with your passphrase").await?;
        let keys = std::fs::metadata(desk.data().join("keys.sealed"))?;
        assert_eq!(keys.permissions().mode() & 0o777, 0o600);
        let fingerprint = identity(&desk).await?;
        page.command("quit").await?;
        assert_eq!(desk.exit_status().await?, 0, "{}", desk.log());

        let page = desk.open_hearth().await?;
        page.heading("Enter your passphrase").await?;
        page.field("Passphrase").await?.send_keys("another lamp").await?;
        page.button("Start").await?.click().await?;
        page.says("This passphrase does not open the file.").await?;
        page.field("Passphrase").await?.clear().await?;
        page.field("Passphrase").await?.send_keys(PASSPHRASE).await?;
        page.button("Start").await?.click().await?;
        page.switch("Federation", true).await?;
        assert_eq!(identity(&desk).await?, fingerprint, "the same server came back");
        page.command("quit").await?;
        assert_eq!(desk.exit_status().await?, 0, "{}", desk.log());
        assert!(desk.was_stopped_cleanly().await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_hides_and_the_tray_or_a_second_start_brings_it_back() -> Result<()> {
    story(async {
        let mut desk = Desk::with_keyring("lena.hearth.example")?;
        let notifications = Notifications::serve(desk.bus()).await?;
        let page = desk.open_hearth().await?;
        page.switch("Federation", true).await?;
        let window = ScreenWindow::of(desk.process()?, "Hearth")?;
        window.is_visible(true).await?;
        let neighbour = desk.neighbour()?;

        window.close()?;
        window.is_visible(false).await?;
        assert_eq!(
            neighbour.get("/health").await?["status"],
            "ok",
            "the server stays when its window goes"
        );
        notifications.first().await?;

        assert!(desk.start_hearth_again().await?.success());
        window.is_visible(true).await?;
        window.close()?;
        window.is_visible(false).await?;
        let tray = Tray::on(desk.bus()).await?;
        tray.choose("Open Hearth").await?;
        window.is_visible(true).await?;

        tray.choose("Federation").await?;
        page.switch("Federation", false).await?;
        assert_eq!(public_federation(&neighbour).await?, false);

        tray.choose("Quit").await?;
        assert_eq!(desk.exit_status().await?, 0, "{}", desk.log());
        assert!(desk.was_stopped_cleanly().await?);
        assert_eq!(notifications.titles(), ["Hearth is still on"], "it is said once");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_go_nowhere_and_a_signal_ends_it() -> Result<()> {
    story(async {
        let mut desk = Desk::with_keyring("lena.hearth.example")?;
        let page = desk.open_hearth().await?;
        page.switch("Federation", true).await?;

        let refused = page.call("plugin:window|close", "{ label: 'main' }").await?;
        assert!(
            refused.is_err(),
            "a command that no capability names was carried out: {refused:?}"
        );
        let refused = page.call("door", "{ method: 'GET' }").await?;
        assert_eq!(refused.expect_err("not a frame")["code"], "bad_frame");
        assert_eq!(page.value_of("typeof window.__TAURI__").await?, "undefined");

        let elsewhere = desk.listens_on();
        let _stays = page
            .value_of(&format!("location.assign('https://{elsewhere}/')"))
            .await?;
        assert_eq!(page.value_of("location.protocol").await?, "tauri:");
        assert_eq!(
            page.value_of("window.open('https://example.org/')").await?,
            serde_json::Value::Null
        );
        let blocked = page
            .value_of("fetch('https://localhost/').then(() => 'let through', () => 'blocked')")
            .await?;
        assert_eq!(blocked, "blocked");
        page.switch("Federation", true).await?;

        let process = desk.process()?.to_string();
        tokio::process::Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .await?;
        assert_eq!(desk.exit_status().await?, 0, "{}", desk.log());
        assert!(
            desk.was_stopped_cleanly().await?,
            "a signal is an orderly way to end"
        );
        Ok(())
    })
    .await
}

/// The owner's account is made in a browser, by the link that the window opens there.
async fn lena_makes_her_account(desk: &mut Desk, page: &Page, neighbour: &Neighbour) -> Result<()> {
    page.button("Make your account").await?.click().await?;
    let link = desk.opened_address().await?;
    let token = link.split_once("#setup=").context("the link has no token")?.1;
    let lena = json!({
        "username": "lena", "password": "correct horse battery", "display_name": "Lena", "setup_token": token,
    });
    neighbour.post("/api/v1/auth/register", &lena).await?;
    Ok(())
}

/// Under `LANG=C.UTF-8` the web view would call its language "C", which breaks everything that formats.
async fn speaks_a_language(page: &Page) -> Result<()> {
    assert_eq!(
        page.value_of("new Intl.NumberFormat(navigator.language).format(1)")
            .await?,
        "1"
    );
    Ok(())
}

/// What any other server is told about federation.
async fn public_federation(neighbour: &Neighbour) -> Result<serde_json::Value> {
    let mut capabilities = neighbour.get("/.well-known/cryptid").await?;
    Ok(capabilities["federation_enabled"].take())
}

/// The key by which other servers know this one.
async fn identity(desk: &Desk) -> Result<serde_json::Value> {
    let mut descriptor = desk.neighbour()?.get("/.well-known/d3chat-server").await?;
    Ok(descriptor["signing_key_public"].take())
}
