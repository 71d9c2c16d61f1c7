//! The tray's federation switch.

use tauri::{AppHandle, Manager, async_runtime};

use crate::hearth::Hearth;
use crate::owner_api;

/// Turns federation off where it is on, and on where it is off. The toolkit has moved the check mark by itself;
/// the nudge afterwards puts it where the truth is, also when the change failed.
pub(crate) fn toggle(app: &AppHandle) {
    let app = app.clone();
    async_runtime::spawn(async move {
        let hearth = app.state::<Hearth>();
        if let Some(door) = hearth.door() {
            let toggled = async {
                let status = owner_api::status(&door).await?;
                owner_api::set_federation(&door, !status.federation_enabled).await
            };
            if let Err(error) = toggled.await {
                tracing::error!(%error, "the federation switch could not be moved");
            }
        }
        hearth.nudge();
    });
}
