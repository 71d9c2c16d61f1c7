//! Signals: when to stop, when to read certificate files again.
//!
//! They are listened for before the server starts: one that comes while it starts, or in the moment it says
//! that it is ready, ends in an orderly stop and not in the signal's own way.

use hearth_server::RunningServer;

/// The signals that mean something to a server.
#[cfg(unix)]
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Serves until a signal says, or has said, stop.
    pub(crate) async fn serve(mut self, server: &RunningServer) -> std::io::Result<()> {
        loop {
            tokio::select! {
                biased;
                _ = self.terminate.recv() => return Ok(()),
                _ = self.interrupt.recv() => return Ok(()),
                _ = self.hang_up.recv() => reload(server).await,
            }
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Nothing to do ahead of time here.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Serves until Ctrl-C.
    pub(crate) async fn serve(self, _: &RunningServer) -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}

#[cfg(unix)]
async fn reload(server: &RunningServer) {
    match server.reload_certificate().await {
        Ok(()) => tracing::info!("certificate files were read again"),
        Err(error) => tracing::error!(%error, "certificate files are not good; the old certificate stays"),
    }
}
