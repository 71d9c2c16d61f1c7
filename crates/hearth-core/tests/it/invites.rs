//! Invites, joins and leaves that another server sends (F11 to F15).

use std::time::Duration;

use hearth_core::remote::{self, ApplyError, Ignored};
use hearth_core::{Actor, channels};
use hearth_protocol::d3chat::event::{ChannelInvite, ChannelJoin, ChannelLeave, Event};
use hearth_protocol::ids::ChannelId;
use hearth_store::tables::{alerts, users};
use uuid::Uuid;

use crate::house::{House, server, username};
use crate::relays::shared_channel;

pub(crate) fn invite(channel_id: ChannelId, inviter: &str, whom: &str) -> Event {
    Event::ChannelInvite(ChannelInvite {
        channel_id,
        channel_name: Some("garden".to_owned()),
        inviter_username: username(inviter),
        invitee_username: username(whom),
        encryption_type: "sender_keys".to_owned(),
    })
}

pub(crate) fn join(channel_id: ChannelId, name: &str) -> Event {
    Event::ChannelJoin(ChannelJoin {
        channel_id,
        username: username(name),
    })
}

pub(crate) fn leave(channel_id: ChannelId, name: &str) -> Event {
    Event::ChannelLeave(ChannelLeave {
        channel_id,
        username: username(name),
    })
}

fn somewhere() -> ChannelId {
    ChannelId::new(Uuid::from_u128(0xA1))
}

async fn people_of(home: &House, name: &str) -> u64 {
    let name = server(name);
    home.core
        .store()
        .read(move |tx| users::count_of_server(tx, &name))
        .await
        .unwrap()
}

async fn add(home: &House, by: &Actor, channel: ChannelId, friend: &str) {
    let friend = home.met(friend).await;
    channels::add_member(&home.core, by, channel, friend)
        .await
        .unwrap();
}

#[tokio::test]
async fn alice_of_a_invites_bob_of_b_and_both_see_the_same_people() {
    let (a, b) = (
        House::open("a.hearth.test").await,
        House::open("b.hearth.test").await,
    );
    let (alice, bob) = (a.person("alice").await, b.person("bob").await);
    let carol = a.person("carol").await;
    let garden = a.channel(&alice, "garden").await;
    channels::add_member(&a.core, &alice, garden.id, carol.user_id)
        .await
        .unwrap();
    crate::sender_keys::upload(&a, &alice, garden.id).await.unwrap();
    let mut bobs = b.socket(&bob).await;

    add(&a, &alice, garden.id, "bob@b.hearth.test").await;
    assert_eq!(a.deliver_to(&b).await, [], "b understands all of it");

    let everybody = ["alice@a.hearth.test", "bob@b.hearth.test", "carol@a.hearth.test"];
    assert_eq!(a.sees(&alice, garden.id).await, everybody);
    assert_eq!(b.sees(&bob, garden.id).await, everybody);
    let [there] = channels::list(&b.core, &bob).await.unwrap().try_into().unwrap();
    assert_eq!((there.id, there.name.as_deref()), (garden.id, Some("garden")));
    assert!(there.is_federated && !there.is_dm);
    assert_eq!((there.created_by, there.home_server), (None, a.name()));
    // What happened before his socket had joined, he reads when he opens the channel.
    assert_eq!(bobs.heard_types(), ["channel.new"]);
    assert!(
        b.waiting_for(&a.name()).await.is_empty(),
        "a knows whom it invited"
    );

    let dave = a.person("dave").await;
    channels::add_member(&a.core, &alice, garden.id, dave.user_id)
        .await
        .unwrap();
    assert_eq!(a.deliver_to(&b).await, []);
    assert!(
        b.sees(&bob, garden.id)
            .await
            .contains(&"dave@a.hearth.test".to_owned())
    );
}

#[tokio::test]
async fn an_invite_for_nobody_leaves_nothing_behind() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("Alice").await;
    home.met("dora@d.hearth.test").await;
    for invitee in ["nobody", "alice", "dora"] {
        let event = invite(somewhere(), "bob", invitee);
        let ignored = home.takes("b.hearth.test", event).await.unwrap();
        assert_eq!(ignored, Some(Ignored::UnknownInvitee), "{invitee}");
    }
    assert_eq!(
        people_of(&home, "b.hearth.test").await,
        0,
        "not even the inviter (F15)"
    );
    assert!(channels::list(&home.core, &alice).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_invites_into_a_local_channel_or_turns_relaying_on() {
    let home = House::open("a.hearth.test").await;
    let (alice, eve) = (home.person("alice").await, home.person("eve").await);
    let diary = home.channel(&alice, "diary").await;
    home.met("bob@b.hearth.test").await;
    for inviter in ["bob", "alice"] {
        let event = invite(diary.id, inviter, "eve");
        let refused = home.takes("b.hearth.test", event).await;
        assert!(
            matches!(refused, Err(ApplyError::OthersChannel)),
            "{inviter}: {refused:?}"
        );
    }
    assert_eq!(home.sees(&alice, diary.id).await, ["alice@a.hearth.test"]);
    assert!(
        !channels::get(&home.core, &alice, diary.id)
            .await
            .unwrap()
            .is_federated
    );
    assert!(channels::list(&home.core, &eve).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_member_elsewhere_adds_another_of_our_people_and_we_announce_them() {
    let home = House::open("a.hearth.test").await;
    let (alice, eve) = (home.person("alice").await, home.person("eve").await);
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    add(&home, &alice, garden, "cleo@c.hearth.test").await;
    let (b, c) = (server("b.hearth.test"), server("c.hearth.test"));
    home.forget_queue(&b).await;
    home.forget_queue(&c).await;
    let mut eves = home.socket(&eve).await;

    assert_eq!(
        home.takes("b.hearth.test", invite(garden, "bob", "eve"))
            .await
            .unwrap(),
        None
    );
    assert_eq!(eves.heard_types(), ["channel.new"]);
    assert!(
        home.sees(&alice, garden)
            .await
            .contains(&"eve@a.hearth.test".to_owned())
    );
    assert!(home.waiting_for(&b).await.is_empty());
    assert_eq!(home.waiting_for(&c).await[0].event, join(garden, "eve"));

    let again = home
        .takes("b.hearth.test", invite(garden, "bob", "eve"))
        .await
        .unwrap();
    assert_eq!(again, Some(Ignored::AlreadySo));
    assert!(eves.heard().is_empty());
    assert_eq!(home.waiting_for(&c).await.len(), 1);
}

#[tokio::test]
async fn an_invite_meant_for_another_server_adds_nobody_to_a_shared_channel() {
    // F11: c replays to a what b sent to c. The inviter is looked up at c, where nobody of that name is.
    let home = House::open("a.hearth.test").await;
    let (alice, eve) = (home.person("alice").await, home.person("eve").await);
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let refused = home.takes("c.hearth.test", invite(garden, "bob", "eve")).await;
    assert!(matches!(refused, Err(ApplyError::OthersChannel)), "{refused:?}");
    assert!(channels::list(&home.core, &eve).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_join_needs_a_channel_that_is_shared_with_its_origin() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    let diary = home.channel(&alice, "diary").await.id;
    for (origin, channel, why) in [
        ("c.hearth.test", garden, Ignored::NotShared),
        ("b.hearth.test", diary, Ignored::NotShared),
        ("b.hearth.test", somewhere(), Ignored::UnknownChannel),
    ] {
        assert_eq!(
            home.takes(origin, join(channel, "mallory")).await.unwrap(),
            Some(why),
            "{origin}"
        );
    }
    assert_eq!(people_of(&home, "c.hearth.test").await, 0);
    assert_eq!(people_of(&home, "b.hearth.test").await, 1, "bob alone");

    let mut socket = home.socket(&alice).await;
    assert_eq!(
        home.takes("b.hearth.test", join(garden, "bea")).await.unwrap(),
        None
    );
    let heard = socket.heard();
    assert_eq!(heard[0]["type"], "member.joined");
    assert_eq!(heard[0]["member"]["server_domain"], "b.hearth.test");
    assert_eq!(
        home.takes("b.hearth.test", join(garden, "bea")).await.unwrap(),
        Some(Ignored::AlreadySo)
    );
}

#[tokio::test]
async fn once_its_last_member_has_left_a_server_joins_nobody() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    assert_eq!(
        home.takes("b.hearth.test", leave(garden, "bob")).await.unwrap(),
        None
    );
    let ignored = home.takes("b.hearth.test", join(garden, "bob")).await.unwrap();
    assert_eq!(ignored, Some(Ignored::NotShared));
    home.forget_queue(&server("b.hearth.test")).await;
    home.say(&alice, garden, "gone").await;
    assert!(
        home.waiting_for(&server("b.hearth.test")).await.is_empty(),
        "and is told nothing more"
    );
}

#[tokio::test]
async fn a_server_lets_go_of_its_own_people_only() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    add(&home, &alice, garden, "cleo@c.hearth.test").await;
    for (origin, name) in [
        ("c.hearth.test", "bob"),
        ("c.hearth.test", "alice"),
        ("b.hearth.test", "cleo"),
    ] {
        let ignored = home.takes(origin, leave(garden, name)).await.unwrap();
        assert_eq!(ignored, Some(Ignored::NotAMember), "{name} by {origin}");
    }
    assert_eq!(home.sees(&alice, garden).await.len(), 3);

    let mut socket = home.socket(&alice).await;
    let bob = home.known("bob@b.hearth.test").await.unwrap();
    assert_eq!(
        home.takes("b.hearth.test", leave(garden, "bob")).await.unwrap(),
        None
    );
    let heard = socket.heard();
    assert_eq!(heard[0]["type"], "member.left");
    assert_eq!(heard[0]["user_id"], bob.to_string());
    assert_eq!(
        home.sees(&alice, garden).await,
        ["alice@a.hearth.test", "cleo@c.hearth.test"]
    );
}

#[tokio::test]
async fn nobody_speaks_in_this_servers_own_name() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let garden = shared_channel(&home, &alice, "bob@b.hearth.test").await;
    for event in [
        leave(garden, "alice"),
        join(garden, "alice"),
        invite(somewhere(), "alice", "alice"),
    ] {
        let refused = home.takes("a.hearth.test", event).await;
        assert!(matches!(refused, Err(ApplyError::OwnOrigin)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_server_makes_only_so_many_people_and_channels_here() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.users_per_origin = 2;
        config.limits.channels_per_origin = 2;
    })
    .await;
    let alice = home.person("alice").await;
    let channel = |number| ChannelId::new(Uuid::from_u128(number));
    for (number, inviter) in [(1, "bob"), (2, "bea")] {
        let event = invite(channel(number), inviter, "alice");
        assert_eq!(
            home.takes("b.hearth.test", event).await.unwrap(),
            None,
            "{number}"
        );
    }
    for event in [invite(channel(3), "bob", "alice"), join(channel(1), "ben")] {
        let refused = home.takes("b.hearth.test", event).await.unwrap_err();
        assert!(matches!(refused, ApplyError::TooMany), "{refused:?}");
        remote::report(&home.core, &server("b.hearth.test"), &refused)
            .await
            .unwrap();
    }
    assert_eq!(
        alerts_of(&home).await,
        [("peer_makes_too_much".to_owned(), "b.hearth.test".to_owned(), 2)]
    );
    assert_eq!(
        home.takes("b.hearth.test", join(channel(1), "bea"))
            .await
            .unwrap(),
        None,
        "known already"
    );
    assert_eq!(
        home.takes("c.hearth.test", invite(channel(3), "cleo", "alice"))
            .await
            .unwrap(),
        None
    );
    assert_eq!(channels::list(&home.core, &alice).await.unwrap().len(), 3);
    assert_eq!(people_of(&home, "b.hearth.test").await, 2);
}

/// Kind, subject and count of what the owner is told.
async fn alerts_of(home: &House) -> Vec<(String, String, u64)> {
    let open = home.core.store().read(|tx| alerts::open(tx, 10)).await.unwrap();
    open.into_iter()
        .map(|alert| (alert.kind, alert.subject, alert.times))
        .collect()
}

#[tokio::test]
async fn a_server_brings_one_person_into_only_so_many_channels_an_hour() {
    let home = House::with("a.hearth.test", |config| {
        config.registration = Some(hearth_core::settings::RegistrationMode::Open);
        config.limits.invites_per_person = 2;
    })
    .await;
    home.person("alice").await;
    home.person("anna").await;
    let event = |number, whom| invite(ChannelId::new(Uuid::from_u128(number)), "bob", whom);
    for number in [1, 2] {
        assert_eq!(
            home.takes("b.hearth.test", event(number, "alice")).await.unwrap(),
            None
        );
    }
    let refused = home.takes("b.hearth.test", event(3, "alice")).await;
    assert!(matches!(refused, Err(ApplyError::TooMany)), "{refused:?}");
    let other = invite(ChannelId::new(Uuid::from_u128(4)), "cleo", "alice");
    assert_eq!(home.takes("c.hearth.test", other).await.unwrap(), None);
    assert_eq!(
        home.takes("b.hearth.test", event(5, "anna")).await.unwrap(),
        None,
        "another person"
    );
    home.clock.advance(Duration::from_mins(61));
    assert_eq!(
        home.takes("b.hearth.test", event(3, "alice")).await.unwrap(),
        None,
        "what was refused works later"
    );
}

#[tokio::test]
async fn who_holds_a_channels_id_before_it_came_is_told_of() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let id = ChannelId::new(Uuid::from_u128(1));
    let squatted = invite(id, "mallory", "alice");
    assert_eq!(home.takes("m.hearth.test", squatted).await.unwrap(), None);

    let refused = home.takes("b.hearth.test", invite(id, "bob", "alice")).await;
    let Err(refused @ ApplyError::OthersChannel) = refused else {
        panic!("{refused:?}")
    };
    remote::report(&home.core, &server("b.hearth.test"), &refused)
        .await
        .unwrap();
    assert_eq!(
        alerts_of(&home).await,
        [("channel_id_taken".to_owned(), "b.hearth.test".to_owned(), 1)]
    );
    assert_eq!(
        home.sees(&alice, id).await,
        ["alice@a.hearth.test", "mallory@m.hearth.test"]
    );
    assert_eq!(people_of(&home, "b.hearth.test").await, 0);
}

#[tokio::test]
async fn what_is_unknown_does_nothing_and_a_hello_is_welcome() {
    let home = House::open("a.hearth.test").await;
    let odd = Event::Unknown {
        kind: "reaction.add".to_owned(),
    };
    assert_eq!(
        home.takes("b.hearth.test", odd).await.unwrap(),
        Some(Ignored::UnknownType)
    );
    assert_eq!(home.takes("b.hearth.test", Event::Hello).await.unwrap(), None);
    assert_eq!(people_of(&home, "b.hearth.test").await, 0);
}
