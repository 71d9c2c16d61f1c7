//! Publishes the messages of one channel in their order.
//!
//! Writes commit in groups and their tasks wake in any order, but a client that has seen number 6 and then
//! reconnects asks for what came after 6: it must never have seen 6 before 5. So each channel has a lane that
//! remembers the last number it published. A task whose message lies further ahead publishes everything up to
//! it, reading the others from the store; their own tasks then find the work done. This also heals what a
//! crashed task left unpublished.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hearth_bus::{Signal, Topic};
use hearth_protocol::ids::ChannelId;
use hearth_store::StoreError;
use hearth_store::tables::messages::{self, Range};
use tokio::sync::Mutex as AsyncMutex;

use crate::messages::Message;
use crate::{Core, events};

/// Lanes kept at once. At the bound the idle ones go; a channel without a lane starts a new one.
const LANES: usize = 4096;

/// Most messages that one publication fetches; more than one group commit can hold.
const CATCH_UP: i64 = 1024;

/// The lanes of all channels.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<BTreeMap<ChannelId, Arc<Lane>>>);

type Lane = AsyncMutex<Option<Published>>;

/// What a lane has published.
#[derive(Clone, Copy, Debug)]
struct Published {
    /// The number it began with.
    first: i64,
    /// The last number up to which nothing is missing.
    last: i64,
}

impl Lanes {
    fn lane(&self, channel: ChannelId) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= LANES && !lanes.contains_key(&channel) {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(channel).or_default())
    }
}

/// Publishes a message that has been committed, after those before it.
pub(crate) async fn publish(core: &Core, message: &Message) {
    let lane = core.lanes().lane(message.channel_id);
    let mut published = lane.lock().await;
    let Some(Published { first, last }) = *published else {
        *published = Some(Published {
            first: message.seq,
            last: message.seq,
        });
        return emit(core, message).await;
    };
    if message.seq < first || message.seq == last + 1 {
        // Before the lane began, each message is on its own.
        emit(core, message).await;
        *published = Some(Published {
            first,
            last: last.max(message.seq),
        });
    } else if message.seq > last {
        let reached = catch_up(core, message, last).await;
        *published = Some(Published { first, last: reached });
    }
}

/// Publishes what lies between `last` and `message`, and `message`; returns the number now reached.
async fn catch_up(core: &Core, message: &Message, last: i64) -> i64 {
    match between(core, message, last).await {
        Ok(missing) => {
            for one in &missing {
                emit(core, one).await;
            }
            emit(core, message).await;
            message.seq
        }
        Err(error) => {
            tracing::warn!(%error, "live messages are published out of order");
            emit(core, message).await;
            last
        }
    }
}

async fn between(core: &Core, message: &Message, last: i64) -> Result<Vec<Message>, StoreError> {
    let (channel, seq) = (message.channel_id, message.seq);
    let after = last.max(seq - CATCH_UP);
    let count = u32::try_from(seq - after - 1).unwrap_or(0);
    let mut rows = core
        .store()
        .read(move |tx| messages::page(tx, channel, Range::After(after), count))
        .await?;
    // Deleted messages leave room for later ones in the page.
    rows.retain(|row| row.seq < seq);
    Ok(rows)
}

async fn emit(core: &Core, message: &Message) {
    let event = Signal::Event(events::message_new(message));
    core.publish(Topic::Channel(message.channel_id), event).await;
}
