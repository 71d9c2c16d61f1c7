//! Registering, logging in, and finding people.

use hearth_core::accounts::{self, LoginError, RegisterError, RememberError, Role};
use hearth_core::settings::{self, RegistrationMode};
use hearth_core::{FieldFault, SessionKind, audit::By, sessions};
use hearth_protocol::names::UserAddress;
use hearth_protocol::time::Timestamp;
use hearth_store::StoreError;
use hearth_store::tables::{settings as setting_rows, users};

use crate::house::{House, PASSWORD, registration, server, username};

#[tokio::test]
async fn alice_registers_and_is_somebody() {
    let home = House::open("a.hearth.test").await;
    let mut form = registration("Alice");
    form.email = Some("alice@example.org".to_owned());
    form.display_name = Some("Alice A.".to_owned());
    let grant = accounts::register(&home.core, form, SessionKind::Bearer)
        .await
        .unwrap();
    assert_eq!(grant.secret.len(), 86, "d3chat's 64 random bytes");
    assert!(!format!("{grant:?}").contains(grant.secret.as_str()));

    let alice = home.actor(&grant).await;
    let me = accounts::me(&home.core, &alice).await.unwrap().unwrap();
    assert_eq!(
        (me.username, me.server),
        (username("Alice"), server("a.hearth.test"))
    );
    assert_eq!((me.role, me.is_local), (Role::User, true));
    assert_eq!(me.email.as_deref(), Some("alice@example.org"));
    assert_eq!(me.display_name.as_deref(), Some("Alice A."));
    assert_eq!(accounts::count(&home.core).await.unwrap(), 1);
}

#[tokio::test]
async fn a_name_is_taken_in_whatever_case() {
    let home = House::open("a.hearth.test").await;
    home.person("Alice").await;
    for name in ["Alice", "alice", "ALICE"] {
        let refused = home.register(name).await.unwrap_err();
        assert_eq!(refused.to_string(), "Username already taken", "{name}");
    }
}

#[tokio::test]
async fn of_two_who_want_a_name_at_once_one_gets_it() {
    let home = House::open("a.hearth.test").await;
    let (one, two) = tokio::join!(home.register("alice"), home.register("ALICE"));
    assert_ne!(one.is_ok(), two.is_ok());
    let refused = one.err().or(two.err()).unwrap();
    assert!(matches!(refused, RegisterError::NameTaken), "{refused}");
    assert_eq!(accounts::count(&home.core).await.unwrap(), 1);
}

#[tokio::test]
async fn names_of_the_house_are_taken() {
    let home = House::open("a.hearth.test").await;
    for name in ["admin", "System", "hearth"] {
        assert!(
            matches!(home.register(name).await, Err(RegisterError::NameTaken)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn modes_refuse_in_the_words_of_the_wire() {
    let home = House::with("a.hearth.test", |_| {}).await;
    let refused = home.register("alice").await.unwrap_err();
    assert_eq!(refused.to_string(), "Registration is invite-only", "the default");
    settings::set_registration_mode(&home.core, RegistrationMode::Closed, By::Console)
        .await
        .unwrap();
    let refused = home.register("alice").await.unwrap_err();
    assert_eq!(refused.to_string(), "Registration is currently closed");
    settings::set_registration_mode(&home.core, RegistrationMode::Open, By::Console)
        .await
        .unwrap();
    home.person("alice").await;
}

#[tokio::test]
async fn allowed_domains_need_an_address_of_one() {
    let home = House::open("a.hearth.test").await;
    let list = r#"{"value":["example.org"]}"#;
    let set = home.core.store().write(move |tx| {
        setting_rows::set(
            tx,
            "registration_domain_allowlist",
            list,
            Timestamp::from_seconds(0),
        )
    });
    assert!(set.await.unwrap());

    let refused = home.register("alice").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Email domain '' is not allowed for registration"
    );
    let mut form = registration("alice");
    form.email = Some("alice@Evil.test".to_owned());
    let refused = accounts::register(&home.core, form.clone(), SessionKind::Bearer)
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Email domain 'evil.test' is not allowed for registration"
    );
    form.email = Some("alice@Example.ORG".to_owned());
    accounts::register(&home.core, form, SessionKind::Bearer)
        .await
        .unwrap();
}

#[tokio::test]
async fn fields_have_limits_that_are_told() {
    let home = House::open("a.hearth.test").await;
    let faults = [
        (|form: &mut accounts::Registration| form.password = "1234567".into()) as fn(&mut _),
        |form| form.password = "x".repeat(129).into(),
        |form| form.display_name = Some("x".repeat(65)),
        |form| form.device_name = "x".repeat(129),
        |form| form.display_name = Some("a\u{1b}[2J".to_owned()),
        |form| form.email = Some("not an address".to_owned()),
    ];
    let mut told = Vec::new();
    for spoil in faults {
        let mut form = registration("alice");
        spoil(&mut form);
        match accounts::register(&home.core, form, SessionKind::Bearer).await {
            Err(RegisterError::Invalid(error)) => told.push((error.field, error.fault)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        told,
        [
            ("password", FieldFault::TooShort { min_length: 8 }),
            ("password", FieldFault::TooLong { max_length: 128 }),
            ("display_name", FieldFault::TooLong { max_length: 64 }),
            ("device_name", FieldFault::TooLong { max_length: 128 }),
            ("display_name", FieldFault::Control),
            ("email", FieldFault::NotAnEmail),
        ]
    );
    assert_eq!(accounts::count(&home.core).await.unwrap(), 0);
}

#[tokio::test]
async fn alice_logs_in_by_her_name_in_any_case() {
    let home = House::open("a.hearth.test").await;
    let registered = home.register("Alice").await.unwrap();
    let grant = home.login("aLICE", PASSWORD).await.unwrap();
    assert_eq!(grant.user_id, registered.user_id);
    assert_ne!(
        grant.device_id, registered.device_id,
        "every log-in is a new device"
    );
    assert_eq!(home.actor(&grant).await.username, username("Alice"));
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_sound_the_same() {
    let home = House::open("a.hearth.test").await;
    home.person("alice").await;
    home.met("bob@b.hearth.test").await;
    for (name, password) in [
        ("alice", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("no name", PASSWORD),
        ("bob", PASSWORD),
    ] {
        let refused = home.login(name, password).await.unwrap_err();
        assert_eq!(refused.to_string(), "Invalid credentials", "{name}");
    }
}

#[tokio::test]
async fn the_banned_and_the_suspended_stay_out_and_only_they_learn_why() {
    let home = House::open("a.hearth.test").await;
    let grant = home.register("alice").await.unwrap();
    let id = grant.user_id;
    let until = Timestamp::from_seconds(1_760_003_600);
    change(&home, move |tx| users::set_suspended(tx, id, Some(until))).await;
    let refused = home.login("alice", PASSWORD).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Account suspended until 2025-10-09T09:53:20+00:00"
    );
    let refused = home.login("alice", "wrong horse battery").await.unwrap_err();
    assert_eq!(refused.to_string(), "Invalid credentials");
    let refused = sessions::authenticate(&home.core, id, grant.session_id)
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Account suspended until 2025-10-09T09:53:20+00:00"
    );

    change(&home, move |tx| users::set_banned(tx, id, true, Some("spam"))).await;
    let refused = home.login("alice", PASSWORD).await.unwrap_err();
    assert_eq!(refused.to_string(), "Account has been banned");
    let refused = sessions::refresh(&home.core, &grant.secret).await.unwrap_err();
    assert_eq!(refused.to_string(), "Account has been banned");
}

#[tokio::test]
async fn a_suspension_that_is_over_is_lifted_at_log_in() {
    let home = House::open("a.hearth.test").await;
    let id = home.person("alice").await.user_id;
    let until = Timestamp::from_seconds(1_760_000_001);
    change(&home, move |tx| users::set_suspended(tx, id, Some(until))).await;
    assert!(matches!(
        home.login("alice", PASSWORD).await,
        Err(LoginError::ShutOut(_))
    ));
    home.clock.advance(std::time::Duration::from_secs(1));
    home.login("alice", PASSWORD).await.unwrap();
    let alice = accounts::by_id(&home.core, id).await.unwrap().unwrap();
    assert!(!alice.standing.is_suspended);
}

#[tokio::test]
async fn people_are_found_by_their_exact_address() {
    let home = House::open("a.hearth.test").await;
    let alice = home.person("Alice").await;
    let bob = home.met("Bob@b.hearth.test").await;
    let find = async |address: &str| home.known(address).await;
    assert_eq!(find("Alice@a.hearth.test").await, Some(alice.user_id));
    assert_eq!(
        find("alice@a.hearth.test").await,
        None,
        "case matters on the wire"
    );
    assert_eq!(find("Alice@b.hearth.test").await, None);
    assert_eq!(find("Bob@b.hearth.test").await, Some(bob));
    assert_eq!(
        find("bob@b.hearth.test").await,
        None,
        "another person, for all we know"
    );
    assert_eq!(home.met("Bob@b.hearth.test").await, bob, "met again");
    assert_ne!(home.met("bob@b.hearth.test").await, bob);
}

#[tokio::test]
async fn nobody_becomes_local_by_being_met() {
    let home = House::open("a.hearth.test").await;
    let address = UserAddress::parse("mallory@a.hearth.test").unwrap();
    let refused = accounts::remember_remote(&home.core, &address).await;
    assert!(matches!(refused, Err(RememberError::OwnServer)));
    home.person("mallory").await;
}

#[tokio::test]
async fn another_server_fills_this_one_with_people_only_so_far() {
    let home = House::with("a.hearth.test", |config| config.limits.users_per_origin = 2).await;
    home.met("bob@b.hearth.test").await;
    home.met("bea@b.hearth.test").await;
    let address = UserAddress::parse("ben@b.hearth.test").unwrap();
    let refused = accounts::remember_remote(&home.core, &address).await;
    assert!(matches!(refused, Err(RememberError::TooMany { .. })));
    home.met("carol@c.hearth.test").await;
    home.met("bob@b.hearth.test").await;
}

async fn change(
    home: &House,
    work: impl Fn(&hearth_store::WriteTx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    home.core.store().write(work).await.unwrap();
}
