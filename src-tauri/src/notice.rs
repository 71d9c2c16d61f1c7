//! Says once, when the window is closed for the first time, that Hearth goes on running.
//!
//! By a notification of the desktop, since at that moment there is no window to say it in. Where the desktop has no
//! notifications nothing is remembered, so that it is said when it can be.

use std::fs::File;
use std::path::Path;

/// Remembers, in the data folder, that it has been said.
const MARK: &str = ".told-that-closing-hides";

/// Shows the notice unless it has been shown before. `has_tray` decides which way back is named.
pub(crate) async fn closing_hides(folder: &Path, has_tray: bool) {
    let mark = folder.join(MARK);
    if mark.exists() {
        return;
    }
    let body = if has_tray {
        "Your server keeps running. Open or quit it from the tray, or start Hearth again to see its window."
    } else {
        "Your server keeps running. Start Hearth again to see its window."
    };
    let shown = notify("Hearth is still on", body).await;
    match shown.and_then(|()| Ok(File::create(&mark).map(drop)?)) {
        Ok(()) => {}
        Err(error) => tracing::info!(%error, "closing the window hides it, and nobody could be told"),
    }
}

#[cfg(target_os = "linux")]
async fn notify(title: &str, body: &str) -> anyhow::Result<()> {
    use std::collections::HashMap;
    use zbus::zvariant::Value;

    const SERVICE: &str = "org.freedesktop.Notifications";
    let no_actions: &[&str] = &[];
    let no_hints: HashMap<&str, Value<'_>> = HashMap::new();
    let message = (
        "Hearth", 0_u32, "hearth", title, body, no_actions, no_hints, -1_i32,
    );
    let bus = zbus::Connection::session().await?;
    bus.call_method(
        Some(SERVICE),
        "/org/freedesktop/Notifications",
        Some(SERVICE),
        "Notify",
        &message,
    )
    .await?;
    Ok(())
}

/// Notifications of other systems come with their own issue.
#[cfg(not(target_os = "linux"))]
async fn notify(_title: &str, _body: &str) -> anyhow::Result<()> {
    anyhow::bail!("not available on this system")
}
