//! Presence: here until told otherwise or silent for too long.

use std::time::Duration;

use hearth_bus::{Bus, InProcessLimits, Presence};

use super::{Rig, rig, user};

const TTL: Duration = Duration::from_mins(5);

pub(crate) async fn presence_expires_unless_said_again<R: Rig>() {
    let rig = rig::<R>();
    let (bus, alice) = (rig.bus(), user(1));
    assert_eq!(bus.presence(alice).await, None);
    bus.set_presence(alice, Presence::Online, TTL).await;
    rig.advance(TTL / 2).await;
    bus.set_presence(alice, Presence::Away, TTL).await;
    rig.advance(TTL / 2).await;
    assert_eq!(bus.presence(alice).await, Some(Presence::Away));
    rig.advance(TTL / 2).await;
    assert_eq!(bus.presence(alice).await, None);
}

pub(crate) async fn presence_is_cleared<R: Rig>() {
    let rig = rig::<R>();
    let (bus, alice, bob) = (rig.bus(), user(1), user(2));
    bus.set_presence(alice, Presence::Online, TTL).await;
    bus.set_presence(bob, Presence::Online, TTL).await;
    bus.clear_presence(alice).await;
    bus.clear_presence(alice).await;
    assert_eq!(bus.presence(alice).await, None);
    assert_eq!(bus.presence(bob).await, Some(Presence::Online));
}

pub(crate) async fn presence_is_bounded<R: Rig>() {
    let rig = R::new(InProcessLimits {
        presences: 1,
        ..InProcessLimits::default()
    });
    let (bus, alice, bob) = (rig.bus(), user(1), user(2));
    bus.set_presence(alice, Presence::Online, TTL).await;
    bus.set_presence(bob, Presence::Online, TTL).await;
    assert_eq!(
        bus.presence(bob).await,
        None,
        "bob looks offline while the map is full"
    );
    bus.set_presence(alice, Presence::Away, TTL).await;
    assert_eq!(bus.presence(alice).await, Some(Presence::Away));
}
