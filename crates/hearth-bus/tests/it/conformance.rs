//! What every bus must do. Each test is a function over a [`Rig`]; `conformance_suite!` makes a module of
//! `#[tokio::test]`s out of them for one kind of rig.

pub(crate) mod budgets;
pub(crate) mod presence;
pub(crate) mod publishing;
pub(crate) mod tickets;
pub(crate) mod wakes;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hearth_bus::{Bus, InProcessLimits};
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_protocol::names::ServerName;
use uuid::Uuid;

/// One bus under test, its clock, and the bounds it was given.
pub(crate) trait Rig: Send + Sync + 'static {
    /// The implementation.
    type Bus: Bus + 'static;

    /// A fresh bus without anything in it.
    fn new(limits: InProcessLimits) -> Self;

    /// The bus.
    fn bus(&self) -> Arc<Self::Bus>;

    /// Lets time pass for everything that expires or refills.
    fn advance(&self, by: Duration) -> impl Future<Output = ()> + Send;
}

/// A fresh rig with the usual bounds.
pub(crate) fn rig<R: Rig>() -> R {
    R::new(InProcessLimits::default())
}

pub(crate) fn user(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(n))
}

pub(crate) fn channel(n: u128) -> ChannelId {
    ChannelId::new(Uuid::from_u128(n))
}

pub(crate) fn server(name: &str) -> ServerName {
    ServerName::parse(name).unwrap()
}

/// Whether a future would wait, found out by polling it once.
pub(crate) fn is_waiting(future: impl Future) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(pin!(future).poll(&mut context), Poll::Pending)
}

/// Makes a module of tests out of the suite for one rig.
macro_rules! conformance_suite {
    ($suite:ident, $rig:ty) => {
        mod $suite {
            $crate::conformance::conformance_suite! { @topic $rig, tickets:
                a_ticket_is_taken_once,
                racing_takers_get_one_ticket_between_them,
                a_ticket_expires,
                a_ticket_put_again_is_replaced,
                tickets_are_bounded_and_the_living_stay,
            }
            $crate::conformance::conformance_suite! { @topic $rig, budgets:
                a_bucket_is_spent_and_refills_evenly,
                a_refusal_says_when_to_come_back_and_spends_nothing,
                peeking_spends_nothing,
                keys_and_budgets_do_not_share_buckets,
                racing_chargers_spend_the_bucket_once,
                a_cost_above_the_limit_never_succeeds,
                a_flood_of_new_keys_evicts_nobody,
            }
            $crate::conformance::conformance_suite! { @topic $rig, presence:
                presence_expires_unless_said_again,
                presence_is_cleared,
                presence_is_bounded,
            }
            $crate::conformance::conformance_suite! { @topic $rig, publishing:
                only_those_who_joined_hear,
                leaving_ends_it_but_keeps_what_was_queued,
                a_topic_joined_twice_is_heard_once,
                one_queue_keeps_the_order_over_topics,
                a_slow_subscriber_lags_alone,
                lagging_is_final,
                a_waiting_reader_is_woken,
                giving_up_a_wait_loses_nothing,
                dropping_leaves_every_topic,
                racing_publishers_reach_everyone_in_one_order,
            }
            $crate::conformance::conformance_suite! { @topic $rig, wakes:
                wakes_coalesce_per_destination,
                kinds_of_wakes_do_not_cover_each_other,
                every_receiver_is_woken,
                too_many_destinations_become_all_of_them,
                a_waiting_receiver_is_woken,
                a_wake_during_work_is_kept,
            }
        }
    };
    (@topic $rig:ty, $topic:ident: $($name:ident,)*) => {
        mod $topic {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    $crate::conformance::$topic::$name::<$rig>().await;
                }
            )*
        }
    };
}
pub(crate) use conformance_suite;
