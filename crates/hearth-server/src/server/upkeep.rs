//! What a running server does for itself: checks its health, renews its certificate.

use std::sync::Arc;
use std::time::Duration;

use hearth_identity::tls::TlsIdentity;
use hearth_protocol::env::Clock;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often a certificate's age is looked at. Often enough for one that lives six days.
const INTERVAL: Duration = Duration::from_hours(6);

/// Renews the server's own certificate when it is due, until the server stops.
pub(super) async fn renew_certificate(
    tls: Arc<TlsIdentity>,
    clock: Arc<dyn Clock>,
    stopping: CancellationToken,
) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = interval.tick() => renew_if_due(Arc::clone(&tls), Arc::clone(&clock)).await,
        }
    }
}

async fn renew_if_due(tls: Arc<TlsIdentity>, clock: Arc<dyn Clock>) {
    match tokio::task::spawn_blocking(move || tls.renew_if_due(clock.now())).await {
        Ok(Ok(true)) => tracing::info!("the certificate was renewed"),
        Ok(Ok(false)) => {}
        // What is served goes on being served, and the next round tries again.
        Ok(Err(error)) => tracing::error!(%error, "the certificate could not be renewed"),
        Err(error) => tracing::error!(%error, "renewing the certificate failed"),
    }
}
