//! Signals: when to stop, when to read certificate files again.

use hearth_server::RunningServer;

/// Serves until a signal says stop.
#[cfg(unix)]
pub(crate) async fn serve_until_told(server: &RunningServer) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            biased;
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hang_up.recv() => reload(server).await,
        }
    }
}

/// Serves until Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn serve_until_told(_: &RunningServer) -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[cfg(unix)]
async fn reload(server: &RunningServer) {
    match server.reload_certificate().await {
        Ok(()) => tracing::info!("certificate files were read again"),
        Err(error) => tracing::error!(%error, "certificate files are not good; the old certificate stays"),
    }
}
