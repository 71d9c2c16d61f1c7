//! The worker of one destination: looks, decides, sends the first event, notes what came of it, looks again.

use std::sync::Arc;
use std::time::Duration;

use hearth_protocol::time::Timestamp;
use hearth_store::StoreError;
use hearth_store::tables::outbox::{self, Entry};
use hearth_store::tables::peers::{self, Peer};

use super::Delivery;
use super::destination::Destination;
use super::outcome::{self, Outcome};
use super::pace::allowance;
use super::record::{self, Attempt};
use super::schedule::{Moment, Next, backoff, next};
use crate::discovery::DiscoveryError;
use crate::trust::keeper::Asker;
use crate::trust::{PeerTrust, Standing};

/// The longest sleep. Deadlines are wall-clock times, and the wall clock may jump while a timer counts on.
const NAP: Duration = Duration::from_secs(30);

/// How long a worker waits when the store fails.
const STORE_TROUBLE: Duration = Duration::from_secs(5);

/// What follows from one look.
enum Step {
    Again,
    Rest,
    Wait(Duration),
}

/// Works for a destination until nothing can be done for it by itself.
pub(super) async fn run(delivery: &Arc<Delivery>, destination: &Arc<Destination>) {
    let mut post = Post(Some(destination));
    loop {
        destination.look();
        let step = look(delivery, destination).await.unwrap_or_else(|error| {
            tracing::error!(name = %destination.name, %error, "a queue could not be worked on");
            Step::Wait(STORE_TROUBLE)
        });
        match step {
            Step::Rest if destination.rest() => {
                post.0 = None;
                return;
            }
            Step::Again | Step::Rest => {}
            Step::Wait(time) => {
                tokio::select! {
                    biased;
                    () = destination.roused() => {}
                    () = tokio::time::sleep(time.min(NAP)) => {}
                }
            }
        }
    }
}

/// Reports a worker's end even if it breaks off, so that the next rousing starts another one.
struct Post<'a>(Option<&'a Destination>);

impl Drop for Post<'_> {
    fn drop(&mut self) {
        if let Some(destination) = self.0 {
            destination.is_left();
        }
    }
}

async fn look(delivery: &Arc<Delivery>, destination: &Arc<Destination>) -> Result<Step, StoreError> {
    let (head, peer) = read(delivery, destination).await?;
    destination.set_backlog(head.is_some());
    let (Some(head), Some(peer)) = (head, peer) else {
        return Ok(Step::Rest);
    };
    let now = delivery.parts.clock.now();
    if now.since(head.queued_at) > delivery.parts.max_age {
        record::expire(&delivery.parts, head, now).await?;
        return Ok(Step::Again);
    }
    let unwritten = destination.unwritten_wait(delivery.parts.clock.monotonic());
    if !unwritten.is_zero() {
        return Ok(Step::Wait(unwritten));
    }
    match decide(delivery, destination, &peer, now) {
        Next::Park => Ok(Step::Rest),
        Next::Wait(time) => Ok(Step::Wait(time)),
        Next::Send => attempt(delivery, destination, head, peer, false).await,
        Next::Probe => attempt(delivery, destination, head, peer, true).await,
    }
}

/// The first event that waits, and how its destination stands.
async fn read(
    delivery: &Delivery,
    destination: &Destination,
) -> Result<(Option<Entry>, Option<Peer>), StoreError> {
    let name = destination.name.clone();
    delivery
        .parts
        .core
        .store()
        .read(move |tx| {
            let head = outbox::first(tx, &name, 1)?.into_iter().next();
            Ok((head, peers::by_domain(tx, &name)?))
        })
        .await
}

fn decide(delivery: &Delivery, destination: &Destination, peer: &Peer, now: Timestamp) -> Next {
    let parts = &delivery.parts;
    let trust = parts.table.peer(&destination.name);
    let advertised = delivery.advertised(trust.as_deref());
    let (probe_wait, pace_wait) = destination.waits(allowance(advertised), parts.clock.monotonic());
    next(&Moment {
        now,
        is_switched_on: hearth_core::settings::federation_enabled(&parts.core),
        standing: trust.map_or(Standing::Unknown, |trust| trust.standing),
        delivery: &peer.delivery,
        probe_wait,
        pace_wait,
    })
}

async fn attempt(
    delivery: &Arc<Delivery>,
    destination: &Arc<Destination>,
    head: Entry,
    peer: Peer,
    is_probe: bool,
) -> Result<Step, StoreError> {
    let parts = &delivery.parts;
    let outcome = {
        // Closed only together with everything else.
        let _place = delivery.places.acquire().await.map_err(|_| StoreError::Closed)?;
        destination.note_attempt(is_probe, parts.clock.monotonic());
        send(delivery, destination, &head, is_probe).await
    };
    parts.counters.count_delivery(outcome.word());
    match outcome {
        Outcome::Delivered => destination.note_success(),
        Outcome::TrustChanged => {}
        _ if is_probe => destination.note_failed_probe(),
        _ => {}
    }
    let attempt = Attempt {
        entry: head,
        before: peer.delivery,
        at: parts.clock.now(),
    };
    let asked = outcome.asked_wait();
    match record::outcome(parts, attempt, outcome).await {
        Ok(()) => {
            destination.note_written();
            Ok(Step::Again)
        }
        Err(error) => {
            // The queue looks as it did before. Without this the same event would go out every few seconds.
            let now = parts.clock.monotonic();
            destination.note_unwritten(now, |failures| backoff(failures, asked, &*parts.random));
            Err(error)
        }
    }
}

/// Sends an event to a server that is trusted, after meeting it if it is new.
async fn send(delivery: &Delivery, destination: &Destination, entry: &Entry, is_probe: bool) -> Outcome {
    let peer = match trusted(delivery, destination, is_probe).await {
        Ok(peer) => peer,
        Err(error) => return unreachable(&error),
    };
    if peer.standing != Standing::Pinned {
        return Outcome::TrustChanged;
    }
    let parts = &delivery.parts;
    let target = parts.discovery.target(&peer.name);
    let request = parts.signer.event(&peer.base_url, entry.body.clone());
    let answer = parts.transport.send(&target, peer.generation, request).await;
    match outcome::read(answer) {
        Outcome::Distrusted => distrusted(delivery, &peer).await,
        outcome => outcome,
    }
}

/// What is believed about the destination. A probe does not care that finding out failed a moment ago.
async fn trusted(
    delivery: &Delivery,
    destination: &Destination,
    is_probe: bool,
) -> Result<Arc<PeerTrust>, DiscoveryError> {
    let discovery = &delivery.parts.discovery;
    let known = delivery.parts.table.peer(&destination.name);
    match known {
        Some(peer) if peer.standing != Standing::Unknown => Ok(peer),
        _ if is_probe => discovery.look(&destination.name, Asker::Ours).await,
        _ => discovery.meet(&destination.name, Asker::Ours).await,
    }
}

/// The certificate was not the pinned one: evidence decides what follows, and until then nothing is sent.
pub(super) async fn distrusted(delivery: &Delivery, peer: &PeerTrust) -> Outcome {
    let parts = &delivery.parts;
    if let Some(Err(error)) = parts.discovery.look_again(&peer.name).await {
        return unreachable(&error);
    }
    // Whoever looked, now or a moment ago, has put what follows into the table.
    let now = parts.table.peer(&peer.name).map(|now| now.generation);
    if now != Some(peer.generation) {
        return Outcome::TrustChanged;
    }
    Outcome::Unreachable {
        error: "another certificate than the pinned one was shown".to_owned(),
        retry_after: None,
    }
}

fn unreachable(error: &DiscoveryError) -> Outcome {
    Outcome::Unreachable {
        error: error.to_string(),
        retry_after: None,
    }
}
