//! Wakes: one look at the store per destination, however often it is asked for.

use std::sync::Arc;

use hearth_bus::{Bus, InProcessLimits, Wake};
use tokio::sync::Barrier;

use super::{Rig, is_waiting, rig, server};

fn delivery(name: &str) -> Wake {
    Wake::Delivery(server(name))
}

fn trust(name: &str) -> Wake {
    Wake::TrustChanged(server(name))
}

pub(crate) async fn wakes_coalesce_per_destination<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut wakes = bus.wakes();
    for _ in 0..100 {
        bus.wake(delivery("b.example")).await;
        bus.wake(delivery("a.example")).await;
    }
    assert_eq!(wakes.recv().await, delivery("b.example"));
    assert_eq!(wakes.recv().await, delivery("a.example"));
    assert!(is_waiting(wakes.recv()));
    bus.wake(delivery("a.example")).await;
    assert_eq!(wakes.recv().await, delivery("a.example"));
}

pub(crate) async fn kinds_of_wakes_do_not_cover_each_other<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut wakes = bus.wakes();
    bus.wake(delivery("a.example")).await;
    bus.wake(trust("a.example")).await;
    bus.wake(Wake::AllDeliveries).await;
    bus.wake(delivery("b.example")).await;
    assert_eq!(wakes.recv().await, trust("a.example"));
    assert_eq!(wakes.recv().await, Wake::AllDeliveries);
    assert!(is_waiting(wakes.recv()));
}

pub(crate) async fn every_receiver_is_woken<R: Rig>() {
    let bus = rig::<R>().bus();
    bus.wake(delivery("nobody-listens.example")).await;
    let (mut first, mut second) = (bus.wakes(), bus.wakes());
    bus.wake(delivery("a.example")).await;
    assert_eq!(first.recv().await, delivery("a.example"));
    assert_eq!(second.recv().await, delivery("a.example"));
    drop(first);
    bus.wake(Wake::AllDeliveries).await;
    assert_eq!(second.recv().await, Wake::AllDeliveries);
}

pub(crate) async fn too_many_destinations_become_all_of_them<R: Rig>() {
    let rig = R::new(InProcessLimits {
        wakes: 3,
        ..InProcessLimits::default()
    });
    let bus = rig.bus();
    let mut wakes = bus.wakes();
    for name in ["a.example", "b.example"] {
        bus.wake(delivery(name)).await;
    }
    for name in ["a.example", "b.example", "c.example"] {
        bus.wake(trust(name)).await;
    }
    bus.wake(delivery("c.example")).await;
    // Nothing is forgotten: the receiver just looks further than it was asked to.
    assert_eq!(wakes.recv().await, Wake::AllTrustChanged);
    assert_eq!(wakes.recv().await, Wake::AllDeliveries);
    assert!(is_waiting(wakes.recv()));
}

pub(crate) async fn a_waiting_receiver_is_woken<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut wakes = bus.wakes();
    let ready = Arc::new(Barrier::new(2));
    let receiver = tokio::spawn({
        let ready = Arc::clone(&ready);
        async move {
            ready.wait().await;
            wakes.recv().await
        }
    });
    ready.wait().await;
    bus.wake(trust("a.example")).await;
    assert_eq!(receiver.await.unwrap(), trust("a.example"));
}

pub(crate) async fn a_wake_during_work_is_kept<R: Rig>() {
    let bus = rig::<R>().bus();
    let mut wakes = bus.wakes();
    bus.wake(delivery("a.example")).await;
    assert_eq!(wakes.recv().await, delivery("a.example"));
    // The receiver is at work on a.example now; what arrives meanwhile must not be swallowed by it.
    bus.wake(delivery("a.example")).await;
    assert_eq!(wakes.recv().await, delivery("a.example"));
    assert!(is_waiting(wakes.recv()));
}
