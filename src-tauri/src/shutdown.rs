//! The one way out: stop the server gracefully, then end with a status that says whether that worked.
//!
//! The console's "Quit", the tray, a signal and the toolkit's own wish to end all come through here.

use std::time::Duration;

use tauri::{AppHandle, Manager, async_runtime};

use crate::hearth::Hearth;
use crate::window;

/// How long the server may take to say goodbye to its people and close its store. It bounds its own steps; this
/// only keeps a fault in one of them from keeping the process for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// Begins to end the app. Ends it with status 0 when the server stopped cleanly (or was not running), with 1
/// otherwise. Further calls change nothing.
pub(crate) fn begin(app: &AppHandle) {
    if !app.state::<Hearth>().begin_stopping() {
        return;
    }
    tracing::info!("stopping");
    window::hide(app);
    let app = app.clone();
    async_runtime::spawn(async move {
        let stopped = tokio::time::timeout(PATIENCE, app.state::<Hearth>().stop()).await;
        let status = match stopped {
            Ok(Ok(())) => 0,
            Ok(Err(error)) => {
                tracing::error!(%error, "the server did not stop cleanly");
                1
            }
            Err(_) => {
                tracing::error!(seconds = PATIENCE.as_secs(), "the server did not stop in time");
                1
            }
        };
        app.state::<Hearth>().has_stopped();
        app.exit(status);
    });
}

/// Ends the app when the system or the terminal asks for it.
#[cfg(unix)]
pub(crate) fn on_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    async_runtime::spawn(async move {
        let kinds = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::hangup(),
        ];
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
            tracing::warn!("signals cannot be received: ending Hearth by a signal will not be graceful");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        begin(&app);
    });
}

/// Not run in this project's tests.
#[cfg(not(unix))]
pub(crate) fn on_signals(app: &AppHandle) {
    let app = app.clone();
    async_runtime::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            begin(&app);
        }
    });
}
