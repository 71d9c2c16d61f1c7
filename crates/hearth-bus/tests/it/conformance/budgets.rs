//! Budgets: spent atomically, refilled evenly, never washed away by a flood of keys.

use std::sync::Arc;
use std::time::Duration;

use hearth_bus::{Budget, Bus, Charge, InProcessLimits};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Rig, rig};

/// One token per second, ten at once.
const TEN: Budget = Budget::new("ten", 10, Duration::from_secs(10));
const SECOND: Duration = Duration::from_secs(1);

pub(crate) async fn a_bucket_is_spent_and_refills_evenly<R: Rig>() {
    let rig = rig::<R>();
    let bus = rig.bus();
    for _ in 0..10 {
        assert_eq!(bus.charge(&TEN, "alice", 1).await, Charge::Allowed);
    }
    assert!(!bus.charge(&TEN, "alice", 1).await.is_allowed());
    rig.advance(SECOND * 3).await;
    assert_eq!(bus.charge(&TEN, "alice", 3).await, Charge::Allowed);
    assert!(!bus.charge(&TEN, "alice", 1).await.is_allowed());
    // However long nobody comes, a bucket holds no more than its limit.
    rig.advance(SECOND * 1_000).await;
    assert_eq!(bus.charge(&TEN, "alice", 10).await, Charge::Allowed);
    assert!(!bus.charge(&TEN, "alice", 1).await.is_allowed());
}

pub(crate) async fn a_refusal_says_when_to_come_back_and_spends_nothing<R: Rig>() {
    let rig = rig::<R>();
    let bus = rig.bus();
    assert_eq!(bus.charge(&TEN, "alice", 8).await, Charge::Allowed);
    let Charge::Refused { retry_after } = bus.charge(&TEN, "alice", 5).await else {
        panic!("five of the two that are left")
    };
    assert!(
        retry_after > SECOND * 2 && retry_after <= SECOND * 3,
        "{retry_after:?}"
    );
    rig.advance(retry_after).await;
    assert_eq!(bus.charge(&TEN, "alice", 5).await, Charge::Allowed);
}

pub(crate) async fn peeking_spends_nothing<R: Rig>() {
    let bus = rig::<R>().bus();
    for _ in 0..20 {
        assert_eq!(bus.peek(&TEN, "alice").await, Charge::Allowed);
    }
    assert_eq!(bus.charge(&TEN, "alice", 10).await, Charge::Allowed);
    let retry_after = bus.peek(&TEN, "alice").await.retry_after().unwrap();
    assert!(retry_after <= SECOND, "{retry_after:?}");
}

pub(crate) async fn keys_and_budgets_do_not_share_buckets<R: Rig>() {
    let bus = rig::<R>().bus();
    let other = Budget { name: "other", ..TEN };
    assert_eq!(bus.charge(&TEN, "alice", 10).await, Charge::Allowed);
    assert_eq!(bus.charge(&TEN, "bob", 10).await, Charge::Allowed);
    assert_eq!(bus.charge(&other, "alice", 10).await, Charge::Allowed);
    assert!(!bus.charge(&TEN, "alice", 1).await.is_allowed());
}

pub(crate) async fn racing_chargers_spend_the_bucket_once<R: Rig>() {
    const CHARGERS: usize = 40;
    let rig = rig::<R>();
    let start = Arc::new(Barrier::new(CHARGERS));
    let mut chargers = JoinSet::new();
    for _ in 0..CHARGERS {
        let (bus, start) = (rig.bus(), Arc::clone(&start));
        chargers.spawn(async move {
            start.wait().await;
            bus.charge(&TEN, "alice", 1).await.is_allowed()
        });
    }
    let allowed = chargers
        .join_all()
        .await
        .into_iter()
        .filter(|allowed| *allowed)
        .count();
    assert_eq!(allowed, 10);
}

pub(crate) async fn a_cost_above_the_limit_never_succeeds<R: Rig>() {
    let bus = rig::<R>().bus();
    assert_eq!(
        bus.charge(&TEN, "alice", 11).await,
        Charge::Refused {
            retry_after: TEN.window
        }
    );
    assert_eq!(bus.charge(&TEN, "alice", 10).await, Charge::Allowed);
}

pub(crate) async fn a_flood_of_new_keys_evicts_nobody<R: Rig>() {
    let rig = R::new(InProcessLimits {
        budget_keys: 4,
        ..InProcessLimits::default()
    });
    let bus = rig.bus();
    assert_eq!(bus.charge(&TEN, "mallory", 10).await, Charge::Allowed);
    for key in ["a", "b", "c"] {
        assert_eq!(bus.charge(&TEN, key, 1).await, Charge::Allowed);
    }
    // Full of active buckets: the newcomer waits for the first one to be full again.
    let refused = bus.charge(&TEN, "newcomer", 1).await;
    assert!(
        refused
            .retry_after()
            .is_some_and(|after| after > Duration::ZERO && after <= SECOND)
    );
    assert_eq!(
        bus.peek(&TEN, "newcomer").await,
        refused,
        "whoever looks first must not believe that nothing will be counted"
    );
    assert!(
        !bus.charge(&TEN, "mallory", 1).await.is_allowed(),
        "the spent bucket is still there"
    );
    rig.advance(SECOND).await;
    assert_eq!(bus.charge(&TEN, "newcomer", 1).await, Charge::Allowed);
    assert!(
        !bus.charge(&TEN, "mallory", 2).await.is_allowed(),
        "nine of ten tokens are still missing"
    );
}
