//! Tickets: taken once, gone in time, bounded.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hearth_bus::{Bus, InProcessLimits, TicketError};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Rig, rig};

const TTL: Duration = Duration::from_secs(30);

pub(crate) async fn a_ticket_is_taken_once<R: Rig>() {
    let bus = rig::<R>().bus();
    bus.put_ticket("t", Bytes::from_static(b"alice"), TTL)
        .await
        .unwrap();
    assert_eq!(bus.take_ticket("never put").await, None);
    assert_eq!(bus.take_ticket("t").await, Some(Bytes::from_static(b"alice")));
    assert_eq!(bus.take_ticket("t").await, None);
    assert_eq!(bus.gauges().tickets, 0);
}

pub(crate) async fn racing_takers_get_one_ticket_between_them<R: Rig>() {
    const TAKERS: usize = 16;
    const ROUNDS: usize = 50;
    let rig = rig::<R>();
    for round in 0..ROUNDS {
        let ticket = format!("ticket-{round}");
        rig.bus()
            .put_ticket(&ticket, Bytes::from_static(b"alice"), TTL)
            .await
            .unwrap();
        let start = Arc::new(Barrier::new(TAKERS));
        let mut takers = JoinSet::new();
        for _ in 0..TAKERS {
            let (bus, ticket, start) = (rig.bus(), ticket.clone(), Arc::clone(&start));
            takers.spawn(async move {
                start.wait().await;
                bus.take_ticket(&ticket).await
            });
        }
        let winners = takers.join_all().await.into_iter().flatten().count();
        assert_eq!(winners, 1, "round {round}");
    }
}

pub(crate) async fn a_ticket_expires<R: Rig>() {
    let rig = rig::<R>();
    let bus = rig.bus();
    bus.put_ticket("in time", Bytes::new(), TTL).await.unwrap();
    bus.put_ticket("too late", Bytes::new(), TTL).await.unwrap();
    rig.advance(Duration::from_secs(29)).await;
    assert!(bus.take_ticket("in time").await.is_some());
    rig.advance(Duration::from_secs(1)).await;
    assert_eq!(bus.take_ticket("too late").await, None);
}

pub(crate) async fn a_ticket_put_again_is_replaced<R: Rig>() {
    let rig = rig::<R>();
    let bus = rig.bus();
    bus.put_ticket("t", Bytes::from_static(b"old"), TTL)
        .await
        .unwrap();
    rig.advance(TTL / 2).await;
    bus.put_ticket("t", Bytes::from_static(b"new"), TTL)
        .await
        .unwrap();
    rig.advance(TTL / 2).await;
    assert_eq!(bus.take_ticket("t").await, Some(Bytes::from_static(b"new")));
}

pub(crate) async fn tickets_are_bounded_and_the_living_stay<R: Rig>() {
    let rig = R::new(InProcessLimits {
        tickets: 2,
        ..InProcessLimits::default()
    });
    let bus = rig.bus();
    bus.put_ticket("first", Bytes::new(), TTL).await.unwrap();
    rig.advance(TTL / 2).await;
    bus.put_ticket("second", Bytes::new(), TTL).await.unwrap();
    assert_eq!(
        bus.put_ticket("third", Bytes::new(), TTL).await,
        Err(TicketError::Full)
    );
    // The first has expired by now and makes room.
    rig.advance(TTL / 2).await;
    bus.put_ticket("third", Bytes::new(), TTL).await.unwrap();
    assert!(bus.take_ticket("second").await.is_some());
    assert!(bus.take_ticket("third").await.is_some());
}
