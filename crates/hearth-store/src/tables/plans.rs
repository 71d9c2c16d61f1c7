//! Checks that what is asked often is found by an index and never by reading a whole table.
//!
//! The queries are the functions' own: a transaction that explains statements instead of running them stands
//! in for the real one.

use std::cell::RefCell;

use hearth_protocol::env::{SeededRandom, uuid_v4};
use hearth_protocol::ids::{ChannelId, DeviceId, MessageId, SessionId, UserId};
use hearth_protocol::names::{ServerName, Username};
use hearth_protocol::time::Timestamp;

use super::{channels, devices, members, messages, sender_keys, sessions, setup_links, users};
use crate::testing::TempStore;
use crate::tx::Sql;
use crate::{ReadTx, Row, StoreError, Value, WriteTx};

/// Answers every statement with no rows and keeps its plan.
struct Explaining<'a> {
    real: &'a ReadTx<'a>,
    steps: RefCell<Vec<String>>,
}

impl Explaining<'_> {
    fn explain(&self, sql: &str, values: &[Value]) -> Result<(), StoreError> {
        for row in self.real.query(&format!("EXPLAIN QUERY PLAN {sql}"), values)? {
            self.steps
                .borrow_mut()
                .push(format!("{} -- {sql}", row.get::<String>(3)?));
        }
        Ok(())
    }
}

impl Sql for Explaining<'_> {
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.explain(sql, values)?;
        Ok(Vec::new())
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.explain(sql, values)?;
        Ok(1)
    }
}

/// Fails if what `ask` asks would scan a table, or sort more than `sorts` times.
async fn assert_indexed(
    sorts: usize,
    ask: impl Fn(&WriteTx<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
) {
    let store = TempStore::open();
    let steps = store.write(move |tx| {
        let explaining = Explaining {
            real: tx,
            steps: RefCell::default(),
        };
        ask(&WriteTx::new(&explaining))?;
        Ok::<_, StoreError>(explaining.steps.into_inner())
    });
    let steps = steps.await.unwrap();
    assert!(!steps.is_empty());
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
    assert!(scans.is_empty(), "{scans:#?}");
    let sorted: Vec<_> = steps
        .iter()
        .filter(|step| step.starts_with("USE TEMP B-TREE"))
        .collect();
    assert!(sorted.len() <= sorts, "{sorted:#?}");
}

/// Ids and names that nobody has: plans do not depend on values.
#[derive(Clone)]
struct Somebody {
    user: UserId,
    device: DeviceId,
    session: SessionId,
    channel: ChannelId,
    message: MessageId,
    server: ServerName,
    name: Username,
    now: Timestamp,
}

fn somebody() -> Somebody {
    let random = SeededRandom::new(1);
    Somebody {
        user: UserId::new(uuid_v4(&random)),
        device: DeviceId::new(uuid_v4(&random)),
        session: SessionId::new(uuid_v4(&random)),
        channel: ChannelId::new(uuid_v4(&random)),
        message: MessageId::new(uuid_v4(&random)),
        server: ServerName::parse("b.hearth.test").unwrap(),
        name: Username::parse("bob").unwrap(),
        now: Timestamp::from_seconds(1),
    }
}

#[tokio::test]
async fn pages_of_messages_come_out_of_an_index_in_order() {
    let it = somebody();
    assert_indexed(0, move |tx| {
        messages::page(tx, it.channel, messages::Range::Newest, 50)?;
        messages::page(tx, it.channel, messages::Range::Before(it.now), 50)?;
        messages::page(tx, it.channel, messages::Range::After(7), 50)?;
        messages::in_channel(tx, it.channel, it.message)?;
        messages::by_client_key(tx, it.user, "1")?;
        messages::is_known(tx, &it.server, "1").map(drop)
    })
    .await;
}

#[tokio::test]
async fn a_send_and_an_inbound_event_ask_indices_only() {
    let it = somebody();
    assert_indexed(0, move |tx| {
        channels::by_id(tx, it.channel)?;
        channels::next_place(tx, it.channel, it.now)?;
        members::is_member(tx, it.channel, it.user)?;
        members::servers(tx, it.channel)?;
        members::has_server(tx, it.channel, &it.server)?;
        devices::is_live(tx, it.device, it.user, it.now)?;
        users::remote_by_name(tx, &it.server, &it.name)?;
        sender_keys::owner_of_device(tx, it.device).map(drop)
    })
    .await;
}

#[tokio::test]
async fn knowing_who_asks_is_a_look_up() {
    let it = somebody();
    assert_indexed(0, move |tx| {
        sessions::by_id(tx, it.session)?;
        sessions::by_secret(tx, &[7; 32])?;
        sessions::by_previous_secret(tx, &[7; 32])?;
        sessions::count_live(tx, it.device, it.now)?;
        users::password_hash(tx, &it.server, "bob")?;
        setup_links::is_live(tx, &[7; 32], it.now).map(drop)
    })
    .await;
}

#[tokio::test]
async fn lists_are_sorted_but_never_scanned() {
    let it = somebody();
    assert_indexed(4, move |tx| {
        channels::of_user(tx, it.user)?;
        members::of_channel(tx, it.channel)?;
        members::local_names(tx, it.channel)?;
        members::channel_ids(tx, it.user)?;
        sender_keys::of_channel(tx, it.channel)?;
        sender_keys::of_local_members(tx, it.channel)?;
        devices::of_user(tx, it.user)?;
        channels::count_of_home(tx, &it.server)?;
        users::count_of_server(tx, &it.server).map(drop)
    })
    .await;
}

#[tokio::test]
async fn the_explaining_transaction_sees_a_scan() {
    let store = TempStore::open();
    let steps = store.read(|tx| {
        let explaining = Explaining {
            real: tx,
            steps: RefCell::default(),
        };
        ReadTx::new(&explaining).query("SELECT * FROM users WHERE bio = ?1", &["x".into()])?;
        Ok::<_, StoreError>(explaining.steps.into_inner())
    });
    assert!(steps.await.unwrap()[0].starts_with("SCAN"));
}
