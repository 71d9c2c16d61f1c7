//! What group messages are decrypted with, here and elsewhere.

use std::time::Duration;

use hearth_core::remote::Ignored;
use hearth_core::sender_keys::{self, SenderKey, Upload, UploadError};
use hearth_core::{Actor, channels, sessions};
use hearth_protocol::d3chat::event::{Event, SenderKeyDistribute};
use hearth_protocol::ids::{ChannelId, DeviceId};
use hearth_store::tables::devices;
use serde_json::json;
use uuid::Uuid;

use crate::house::{House, PASSWORD, server, username};
use crate::relays::{relay_from, shared_channel};

/// Somebody's device uploads its key for a channel.
pub(crate) async fn upload(
    home: &House,
    actor: &Actor,
    channel: ChannelId,
) -> Result<SenderKey, UploadError> {
    upload_as(home, actor, channel, actor.device_id, "chain").await
}

async fn upload_as(
    home: &House,
    actor: &Actor,
    channel: ChannelId,
    device_id: DeviceId,
    chain: &str,
) -> Result<SenderKey, UploadError> {
    let upload = Upload {
        device_id,
        sender_key_public: "public".to_owned(),
        chain_key: chain.to_owned(),
    };
    sender_keys::upload(&home.core, actor, channel, upload).await
}

fn distribute(channel_id: ChannelId, device_id: DeviceId, sender: &str, chain: &str) -> Event {
    Event::SenderKeyDistribute(SenderKeyDistribute {
        channel_id,
        device_id,
        sender_username: username(sender),
        sender_key_public: "public".to_owned(),
        chain_key: chain.to_owned(),
    })
}

fn device(number: u128) -> DeviceId {
    DeviceId::new(Uuid::from_u128(number))
}

/// The chains that somebody sees in a channel, by device.
async fn chains(home: &House, actor: &Actor, channel: ChannelId) -> Vec<(DeviceId, String)> {
    let keys = sender_keys::list(&home.core, actor, channel).await.unwrap();
    keys.into_iter()
        .map(|key| (key.device_id, key.chain_key))
        .collect()
}

#[tokio::test]
async fn members_give_and_get_keys_and_nobody_else() {
    let home = House::open("a.hearth.test").await;
    let (alice, mallory) = (home.person("alice").await, home.person("mallory").await);
    let garden = home.channel(&alice, "garden").await;
    upload(&home, &alice, garden.id).await.unwrap();
    assert_eq!(
        chains(&home, &alice, garden.id).await,
        [(alice.device_id, "chain".to_owned())]
    );
    let refused = upload(&home, &mallory, garden.id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Not a member of this channel");
    let refused = sender_keys::list(&home.core, &mallory, garden.id)
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "Not a member of this channel");
}

#[tokio::test]
async fn nobody_replaces_the_key_of_anothers_device() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    channels::add_member(&home.core, &alice, garden.id, bob.user_id)
        .await
        .unwrap();
    upload(&home, &alice, garden.id).await.unwrap();
    for device in [alice.device_id, device(1)] {
        let refused = upload_as(&home, &bob, garden.id, device, "mine")
            .await
            .unwrap_err();
        assert_eq!(refused.to_string(), "Device not found");
    }
    assert_eq!(
        chains(&home, &bob, garden.id).await,
        [(alice.device_id, "chain".to_owned())]
    );
}

#[tokio::test]
async fn a_key_that_other_servers_would_refuse_is_not_taken() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = home.channel(&alice, "garden").await.id;
    for chain in ["", "ch\nain", "ch\0ain"] {
        let refused = upload_as(&home, &alice, garden, alice.device_id, chain).await;
        assert!(
            matches!(&refused, Err(UploadError::Invalid(error)) if error.field == "chain_key"),
            "{refused:?}"
        );
    }
    assert_eq!(chains(&home, &alice, garden).await, []);
}

#[tokio::test]
async fn a_key_uploaded_in_a_federated_channel_goes_to_every_server_each_time() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let b = server("b.hearth.test");
    home.forget_queue(&b).await;
    upload_as(&home, &alice, garden, alice.device_id, "one")
        .await
        .unwrap();
    upload_as(&home, &alice, garden, alice.device_id, "two")
        .await
        .unwrap();
    let told = home.waiting_for(&b).await;
    assert_eq!(told.len(), 2);
    assert_ne!(told[0].event_id, told[1].event_id, "a rotation is no repetition");
    let Event::SenderKeyDistribute(key) = &told[1].event else {
        panic!("{:?}", told[1])
    };
    assert_eq!((key.device_id, key.chain_key.as_str()), (alice.device_id, "two"));
}

#[tokio::test]
async fn bobs_key_arrives_and_everybody_here_hears_of_it() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let mut socket = home.socket(&alice).await;
    let bobs = device(7);
    for chain in ["one", "two"] {
        let event = distribute(garden, bobs, "bob", chain);
        assert_eq!(home.takes("b.hearth.test", event).await.unwrap(), None);
        assert_eq!(chains(&home, &alice, garden).await, [(bobs, chain.to_owned())]);
        assert_eq!(
            socket.heard(),
            [
                json!({"type": "sender_key.new", "channel_id": garden, "device_id": bobs,
                "sender_username": "bob", "origin_server": "b.hearth.test"})
            ]
        );
    }
}

#[tokio::test]
async fn a_key_comes_from_a_member_of_the_origin_that_sends_it() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let kitchen = home.channel(&alice, "kitchen").await.id;
    for (origin, channel, sender, why) in [
        ("c.hearth.test", garden, "bob", Ignored::NotAMember),
        ("b.hearth.test", garden, "alice", Ignored::NotAMember),
        ("b.hearth.test", garden, "bea", Ignored::NotAMember),
        ("b.hearth.test", kitchen, "bob", Ignored::NotShared),
        (
            "b.hearth.test",
            ChannelId::new(Uuid::from_u128(9)),
            "bob",
            Ignored::UnknownChannel,
        ),
    ] {
        let event = distribute(channel, device(7), sender, "chain");
        assert_eq!(
            home.takes(origin, event).await.unwrap(),
            Some(why),
            "{origin} {sender}"
        );
    }
    assert_eq!(chains(&home, &alice, garden).await, []);
}

#[tokio::test]
async fn a_device_belongs_to_whoever_was_first_seen_with_it() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    for friend in ["bea@b.hearth.test", "cleo@c.hearth.test"] {
        let friend = home.met(friend).await;
        channels::add_member(&home.core, &alice, garden, friend)
            .await
            .unwrap();
    }
    upload(&home, &alice, garden).await.unwrap();
    let bobs = device(7);
    let theirs = distribute(garden, bobs, "bob", "bob's");
    assert_eq!(home.takes("b.hearth.test", theirs).await.unwrap(), None);
    for (origin, sender, stolen) in [
        ("c.hearth.test", "cleo", bobs),
        ("b.hearth.test", "bea", bobs),
        ("b.hearth.test", "bob", alice.device_id),
    ] {
        let key = distribute(garden, stolen, sender, "stolen");
        assert_eq!(
            home.takes(origin, key).await.unwrap(),
            Some(Ignored::ForeignDevice),
            "{sender}"
        );
        let message = relay_from(garden, sender, "m1", "9999:AhAR", Some(stolen));
        assert_eq!(
            home.takes(origin, message).await.unwrap(),
            Some(Ignored::ForeignDevice),
            "{sender}"
        );
    }
    let mut kept = chains(&home, &alice, garden).await;
    kept.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(
        kept,
        [(bobs, "bob's".to_owned()), (alice.device_id, "chain".to_owned())]
    );
    assert!(home.reads(&alice, garden).await.is_empty());
}

#[tokio::test]
async fn a_device_that_was_first_seen_in_a_message_is_bound_too() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let cleo = home.met("cleo@c.hearth.test").await;
    channels::add_member(&home.core, &alice, garden, cleo)
        .await
        .unwrap();
    let message = relay_from(garden, "bob", "m1", "1:AhAR", Some(device(7)));
    assert_eq!(home.takes("b.hearth.test", message).await.unwrap(), None);
    let stolen = distribute(garden, device(7), "cleo", "stolen");
    assert_eq!(
        home.takes("c.hearth.test", stolen).await.unwrap(),
        Some(Ignored::ForeignDevice)
    );
}

#[tokio::test]
async fn a_device_that_alice_has_left_stays_hers() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.logins_per_address = 100;
    })
    .await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let old = home.login("alice", PASSWORD).await.unwrap();
    let old = home.actor(&old).await;
    upload(&home, &old, garden).await.unwrap();
    sessions::logout(&home.core, &old).await.unwrap();
    for _ in 0..10 {
        home.login("alice", PASSWORD).await.unwrap();
    }
    let gone = old.device_id;
    let row = home
        .core
        .store()
        .read(move |tx| devices::by_id(tx, gone))
        .await
        .unwrap();
    assert_eq!(row, None, "pruned");

    let stolen = distribute(garden, gone, "bob", "stolen");
    assert_eq!(
        home.takes("b.hearth.test", stolen).await.unwrap(),
        Some(Ignored::ForeignDevice)
    );
    assert_eq!(chains(&home, &alice, garden).await, [(gone, "chain".to_owned())]);
}

/// A house that remembers two devices of one person elsewhere.
async fn forgetful_house() -> House {
    House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.devices_per_remote_user = 2;
        config.limits.keys_per_remote_user = 3;
    })
    .await
}

#[tokio::test]
async fn bob_is_heard_from_any_number_of_devices_of_which_the_lately_used_are_remembered() {
    let home = forgetful_house().await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let bob = home.known("bob@b.hearth.test").await.unwrap();
    let days: [(u128, &[u128]); 6] = [
        (1, &[1]),
        (2, &[1, 2]),
        (1, &[1, 2]),
        (3, &[1, 3]),
        (2, &[2, 3]),
        (4, &[2, 4]),
    ];
    for (day, (number, remembered)) in days.into_iter().enumerate() {
        home.clock.advance(Duration::from_hours(24));
        let said = relay_from(garden, "bob", &format!("m{day}"), "1:AhAR", Some(device(number)));
        assert_eq!(
            home.takes("b.hearth.test", said).await.unwrap(),
            None,
            "day {day}"
        );
        let rows = home.core.store().read(move |tx| devices::of_user(tx, bob)).await;
        let mut ids: Vec<_> = rows.unwrap().iter().map(|row| row.id).collect();
        ids.sort();
        let expected: Vec<_> = remembered.iter().copied().map(device).collect();
        assert_eq!(ids, expected, "day {day}");
    }
    assert_eq!(
        home.reads(&alice, garden).await.len(),
        days.len(),
        "nothing is lost"
    );
}

#[tokio::test]
async fn a_forgotten_device_stays_bobs_while_its_key_is_kept() {
    let home = forgetful_house().await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let cleo = home.met("cleo@c.hearth.test").await;
    channels::add_member(&home.core, &alice, garden, cleo)
        .await
        .unwrap();
    for number in 1..=3 {
        home.clock.advance(Duration::from_mins(1));
        let key = distribute(garden, device(number), "bob", &number.to_string());
        assert_eq!(home.takes("b.hearth.test", key).await.unwrap(), None, "{number}");
    }
    let stolen = distribute(garden, device(1), "cleo", "stolen");
    assert_eq!(
        home.takes("c.hearth.test", stolen).await.unwrap(),
        Some(Ignored::ForeignDevice)
    );
    let key = distribute(garden, device(4), "bob", "4");
    assert_eq!(home.takes("b.hearth.test", key).await.unwrap(), None);
    let kept: Vec<_> = chains(&home, &alice, garden).await;
    assert_eq!(
        kept,
        [2, 3, 4].map(|number| (device(number), number.to_string())),
        "the oldest key makes room for the fourth"
    );
}
