//! Making channels and letting people in.

use hearth_core::channels::{self, AddMemberError, ChannelError, CreateError, MemberRole, NewChannel};
use hearth_core::{Actor, FieldFault};
use hearth_protocol::d3chat::event::Event;
use hearth_protocol::ids::{ChannelId, UserId};
use hearth_store::StoreError;
use hearth_store::tables::{channels as rows, members};
use uuid::Uuid;

use crate::house::{House, new_channel, server};

async fn add(home: &House, by: &Actor, channel: ChannelId, user: UserId) -> Result<(), AddMemberError> {
    channels::add_member(&home.core, by, channel, user)
        .await
        .map(drop)
}

/// A direct conversation, which no route makes yet.
async fn direct(home: &House, one: &Actor, two: UserId) -> ChannelId {
    let (id, now, own) = (ChannelId::new(Uuid::from_u128(7)), home.core.now(), home.name());
    let users = [one.user_id, two];
    let made = home.core.store().write(move |tx| {
        rows::insert(
            tx,
            &rows::NewChannel {
                id,
                name: None,
                is_dm: true,
                is_federated: false,
                encryption_type: "x3dh",
                home_server: &own,
                created_by: None,
                created_at: now,
            },
        )?;
        for user_id in users {
            let member = members::NewMember {
                channel_id: id,
                user_id,
                role: MemberRole::Member,
                remote_server: None,
                joined_at: now,
            };
            members::insert(tx, &member)?;
        }
        Ok::<_, StoreError>(())
    });
    made.await.unwrap();
    id
}

#[tokio::test]
async fn alice_makes_a_channel_and_owns_it() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    assert_eq!(garden.name.as_deref(), Some("garden"));
    assert!(!garden.is_dm && !garden.is_federated);
    assert_eq!(
        (garden.created_by, garden.home_server.clone()),
        (Some(alice.user_id), home.name())
    );

    assert_eq!(
        channels::list(&home.core, &alice).await.unwrap(),
        std::slice::from_ref(&garden)
    );
    assert_eq!(
        channels::get(&home.core, &alice, garden.id).await.unwrap(),
        garden
    );
    let members = channels::members(&home.core, &alice, garden.id).await.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(
        (members[0].user_id, members[0].role),
        (alice.user_id, MemberRole::Owner)
    );

    assert!(channels::list(&home.core, &bob).await.unwrap().is_empty());
    let refused = channels::get(&home.core, &bob, garden.id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Not a member of this channel");
    let refused = channels::members(&home.core, &bob, garden.id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Not a member of this channel");
    let nowhere = ChannelId::new(Uuid::from_u128(1));
    let refused = channels::get(&home.core, &bob, nowhere).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Channel not found",
        "existence is told before membership"
    );
}

#[tokio::test]
async fn names_have_limits() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    for (name, fault) in [
        (String::new(), FieldFault::TooShort { min_length: 1 }),
        ("x".repeat(129), FieldFault::TooLong { max_length: 128 }),
        ("gar\u{7}den".to_owned(), FieldFault::Control),
    ] {
        match channels::create(&home.core, &alice, new_channel(&name)).await {
            Err(CreateError::Invalid(error)) => assert_eq!((error.field, error.fault), ("name", fault)),
            other => panic!("{other:?}"),
        }
    }
    let odd = NewChannel {
        encryption_type: "x".repeat(33),
        ..new_channel("garden")
    };
    assert!(matches!(
        channels::create(&home.core, &alice, odd).await,
        Err(CreateError::Invalid(_))
    ));
}

#[tokio::test]
async fn bob_is_added_and_hears_it_on_his_open_socket() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let mut alices = home.socket(&alice).await;
    let mut bobs = home.socket(&bob).await;
    let garden = home.channel(&alice, "garden").await;
    assert!(alices.heard().is_empty());
    home.say(&alice, garden.id, "anybody?").await;
    assert_eq!(
        alices.heard_texts(),
        ["anybody?"],
        "the maker's socket joined the new channel"
    );

    add(&home, &alice, garden.id, bob.user_id).await.unwrap();
    let heard = bobs.heard();
    assert_eq!(heard[0]["type"], "channel.new");
    assert_eq!(heard[0]["channel"]["id"], garden.id.to_string());
    assert_eq!(heard[0]["channel"]["name"], "garden");
    assert_eq!(heard[0]["channel"]["is_federated"], false);
    let heard = alices.heard();
    assert_eq!(heard[0]["type"], "member.joined");
    assert_eq!(heard[0]["member"]["username"], "bob");

    home.say(&alice, garden.id, "hello bob").await;
    assert_eq!(bobs.heard_texts(), ["hello bob"]);
    assert_eq!(
        home.sees(&bob, garden.id).await,
        ["alice@a.hearth.test", "bob@a.hearth.test"]
    );
    assert_eq!(
        channels::list(&home.core, &bob).await.unwrap(),
        [channels::Channel {
            last_seq: 2,
            ..garden
        }]
    );
}

#[tokio::test]
async fn who_may_not_be_added_and_by_whom() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let carol = home.person("carol").await;
    let garden = home.channel(&alice, "garden").await;
    let (nowhere, nobody) = (
        ChannelId::new(Uuid::from_u128(1)),
        UserId::new(Uuid::from_u128(1)),
    );

    let refused = add(&home, &alice, nowhere, bob.user_id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Channel not found");
    let refused = add(&home, &bob, garden.id, bob.user_id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Not a member of this channel");
    let refused = add(&home, &alice, garden.id, nobody).await.unwrap_err();
    assert_eq!(refused.to_string(), "User not found");
    add(&home, &alice, garden.id, bob.user_id).await.unwrap();
    for by in [&alice, &bob] {
        let refused = add(&home, by, garden.id, bob.user_id).await.unwrap_err();
        assert_eq!(refused.to_string(), "User is already a member");
    }
    add(&home, &bob, garden.id, carol.user_id)
        .await
        .expect("any member may add");

    let between = direct(&home, &alice, bob.user_id).await;
    let refused = add(&home, &alice, between, carol.user_id).await.unwrap_err();
    assert_eq!(refused.to_string(), "Cannot add members to a DM");
    let refused = add(&home, &carol, between, carol.user_id).await.unwrap_err();
    assert!(
        matches!(refused, AddMemberError::Channel(ChannelError::NotMember)),
        "{refused}"
    );
}

#[tokio::test]
async fn adding_somebody_at_once_adds_them_once() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let bob = home.met("bob@b.hearth.test").await;
    let garden = home.channel(&alice, "garden").await;
    let (one, two) = tokio::join!(
        add(&home, &alice, garden.id, bob),
        add(&home, &alice, garden.id, bob)
    );
    assert_ne!(one.is_ok(), two.is_ok());
    assert!(matches!(
        one.err().or(two.err()).unwrap(),
        AddMemberError::AlreadyMember
    ));
    assert_eq!(home.kinds_for(&server("b.hearth.test")).await, ["channel.invite"]);
}

#[tokio::test]
async fn adding_bob_of_b_tells_b_all_it_needs_in_one_write() {
    let home = House::open("a.hearth.test").await;
    let (alice, carol) = (home.person("alice").await, home.person("carol").await);
    let bob = home.met("bob@b.hearth.test").await;
    let garden = home.channel(&alice, "garden").await;
    add(&home, &alice, garden.id, carol.user_id).await.unwrap();
    crate::sender_keys::upload(&home, &alice, garden.id)
        .await
        .unwrap();
    crate::sender_keys::upload(&home, &carol, garden.id)
        .await
        .unwrap();
    let mut alices = home.socket(&alice).await;

    add(&home, &alice, garden.id, bob).await.unwrap();
    assert!(
        channels::get(&home.core, &alice, garden.id)
            .await
            .unwrap()
            .is_federated
    );
    assert_eq!(alices.heard_types(), ["member.joined"]);

    let told = home.waiting_for(&server("b.hearth.test")).await;
    let Event::ChannelInvite(invite) = &told[0].event else {
        panic!("{:?}", told[0])
    };
    assert_eq!(
        (invite.channel_id, invite.channel_name.as_deref()),
        (garden.id, Some("garden"))
    );
    assert_eq!(invite.inviter_username.as_str(), "alice");
    assert_eq!(invite.invitee_username.as_str(), "bob");
    assert_eq!(invite.encryption_type, "sender_keys");
    let Event::ChannelJoin(join) = &told[1].event else {
        panic!("{:?}", told[1])
    };
    assert_eq!(join.username.as_str(), "carol", "alice is known from the invite");
    let mut keys = Vec::new();
    for event in &told[2..] {
        let Event::SenderKeyDistribute(key) = &event.event else {
            panic!("{event:?}")
        };
        keys.push((key.sender_username.to_string(), key.device_id));
    }
    keys.sort();
    assert_eq!(
        keys,
        [
            ("alice".to_owned(), alice.device_id),
            ("carol".to_owned(), carol.device_id)
        ]
    );
}

#[tokio::test]
async fn event_ids_of_a_second_invite_are_new() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("alice").await;
    let (bob, garden) = (
        home.met("bob@b.hearth.test").await,
        home.channel(&alice, "garden").await,
    );
    let b = server("b.hearth.test");
    add(&home, &alice, garden.id, bob).await.unwrap();
    let leave = crate::invites::leave(garden.id, "bob");
    assert_eq!(home.takes("b.hearth.test", leave).await.unwrap(), None);
    add(&home, &alice, garden.id, bob).await.unwrap();
    let told = home.waiting_for(&b).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].event, told[1].event);
    assert_ne!(
        told[0].event_id, told[1].event_id,
        "b would drop it as a repetition"
    );
}

#[tokio::test]
async fn dave_joining_later_is_announced_to_every_server_in_the_channel() {
    let home = House::open("a.hearth.test").await;
    let (alice, dave) = (home.person("alice").await, home.person("dave").await);
    let garden = home.channel(&alice, "garden").await;
    for friend in ["bob@b.hearth.test", "bea@b.hearth.test", "cleo@c.hearth.test"] {
        let friend = home.met(friend).await;
        add(&home, &alice, garden.id, friend).await.unwrap();
    }
    let (b, c) = (server("b.hearth.test"), server("c.hearth.test"));
    home.forget_queue(&b).await;
    home.forget_queue(&c).await;
    let mut wakes = home.core.bus().wakes();

    add(&home, &alice, garden.id, dave.user_id).await.unwrap();
    for other in [&b, &c] {
        let told = home.waiting_for(other).await;
        let [join] = told.as_slice() else {
            panic!("{told:?}")
        };
        let Event::ChannelJoin(join) = &join.event else {
            panic!("{join:?}")
        };
        assert_eq!((join.channel_id, join.username.as_str()), (garden.id, "dave"));
        let woken = crate::house::now(wakes.recv());
        assert_eq!(woken, Some(hearth_bus::Wake::Delivery(other.clone())));
    }
}

#[tokio::test]
async fn a_local_channel_tells_nobody_anything() {
    let home = House::open("a.hearth.test").await;
    let (alice, bob) = (home.person("alice").await, home.person("bob").await);
    let garden = home.channel(&alice, "garden").await;
    add(&home, &alice, garden.id, bob.user_id).await.unwrap();
    crate::sender_keys::upload(&home, &alice, garden.id)
        .await
        .unwrap();
    home.say(&alice, garden.id, "just us").await;
    let backlogs = home
        .core
        .store()
        .read(hearth_store::tables::outbox::backlogs)
        .await
        .unwrap();
    assert_eq!(backlogs, []);
}
