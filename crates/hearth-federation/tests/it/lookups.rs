//! Asking and being asked for people.

use hearth_federation::LookupError;
use hearth_protocol::d3chat::lookup::LookupAnswer;
use hearth_protocol::names::UserAddress;
use serde_json::{Value, json};

use crate::support::house::{House, Running};
use crate::support::net::{Net, answer};
use crate::support::stranger::Stranger;

const PATH: &str = "/federation/user-lookup?username=";

struct Scene {
    net: Net,
    bobs: Running,
    alices: Stranger,
    _house: House,
}

async fn scene() -> Scene {
    let (net, alices) = (Net::default(), Stranger::new("a.example"));
    net.put(&alices);
    let house = House::new("b.example");
    let bobs = house.start(&net).await;
    bobs.person("bob").await;
    Scene {
        net,
        bobs,
        alices,
        _house: house,
    }
}

impl Scene {
    /// Asks bob's server; who was found, or the status of the refusal.
    async fn asks(&self, path_and_query: &str) -> Result<Option<String>, u16> {
        let answer = self
            .bobs
            .federation
            .answer_lookup(self.alices.lookup(path_and_query));
        match answer.await {
            Ok(LookupAnswer::Found {
                username,
                server_domain,
                ..
            }) => Ok(Some(format!("{username}@{server_domain}"))),
            Ok(LookupAnswer::NotFound) => Ok(None),
            Err(error) => Err(error.status()),
        }
    }

    /// Looks somebody of alice's server up, who answers like this.
    async fn finds(&self, address: &str, status: u16, body: &Value) -> Result<Option<String>, LookupError> {
        self.net.script(&self.alices.name, [answer(status, body)]);
        let address = UserAddress::parse(address).unwrap();
        let found = self.bobs.federation.lookup_user(&address).await?;
        Ok(found.map(|user| format!("{}@{}", user.username, user.server)))
    }
}

fn found(username: &str, server: &str) -> Value {
    json!({
        "found": true,
        "username": username,
        "user_id": "3f2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f10",
        "server_domain": server,
    })
}

#[tokio::test]
async fn only_accounts_of_this_server_are_found_in_their_own_spelling() {
    let scene = scene().await;
    assert_eq!(
        scene.asks(&format!("{PATH}bob")).await,
        Ok(Some("bob@b.example".to_owned()))
    );
    assert_eq!(scene.asks(&format!("{PATH}Bob")).await, Ok(None));
    assert_eq!(scene.asks(&format!("{PATH}alice")).await, Ok(None));
}

#[tokio::test]
async fn a_name_that_nobody_can_have_is_not_found() {
    let scene = scene().await;
    for name in ["b%6Fb%20", "bob%00", "..%2Fbob", "%C3%A9t%C3%A9"] {
        assert_eq!(scene.asks(&format!("{PATH}{name}")).await, Ok(None), "{name}");
    }
}

#[tokio::test]
async fn exactly_one_name_is_asked_for() {
    let scene = scene().await;
    for query in ["", "?", "?name=bob", "?username=bob&username=alice"] {
        let path = format!("/federation/user-lookup{query}");
        assert_eq!(scene.asks(&path).await, Err(422), "{query}");
    }
}

#[tokio::test]
async fn the_signature_may_cover_the_path_as_sent_or_as_upstream_rebuilds_it() {
    let scene = scene().await;
    let sent = format!("{PATH}b%6fb");
    assert_eq!(scene.asks(&sent).await, Ok(Some("bob@b.example".to_owned())));
    let mut request = scene.alices.lookup(&format!("{PATH}bob"));
    request.path_and_query = sent;
    let answer = scene.bobs.federation.answer_lookup(request.clone()).await;
    assert!(matches!(answer, Ok(LookupAnswer::Found { .. })), "{answer:?}");
    request.path_and_query = format!("{PATH}bobby");
    assert_eq!(
        scene
            .bobs
            .federation
            .answer_lookup(request)
            .await
            .unwrap_err()
            .status(),
        401
    );
}

#[tokio::test]
async fn somebody_elsewhere_is_found_and_remembered() {
    let scene = scene().await;
    let alice = scene
        .finds("alice@a.example", 200, &found("alice", "a.example"))
        .await;
    assert_eq!(alice.unwrap().as_deref(), Some("alice@a.example"));
    let requests = scene.net.requests(&scene.alices.name);
    assert_eq!(
        requests[0].url,
        "https://a.example/federation/user-lookup?username=alice"
    );

    // Their server is away: whom we know, we still know.
    scene.net.set_up(&scene.alices.name, false);
    let address = UserAddress::parse("alice@a.example").unwrap();
    assert!(
        scene
            .bobs
            .federation
            .lookup_user(&address)
            .await
            .unwrap()
            .is_some()
    );
    let address = UserAddress::parse("anna@a.example").unwrap();
    assert!(matches!(
        scene.bobs.federation.lookup_user(&address).await,
        Err(LookupError::Transport(_))
    ));
}

#[tokio::test]
async fn both_forms_of_a_miss_are_understood() {
    let scene = scene().await;
    let upstream = json!({ "found": false, "username": null, "user_id": null, "server_domain": null });
    for miss in [json!({ "found": false }), upstream] {
        assert_eq!(scene.finds("nobody@a.example", 200, &miss).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_plants_nobody() {
    let scene = scene().await;
    for (username, server) in [
        ("mallory", "a.example"),
        ("alice", "b.example"),
        ("Alice", "a.example"),
    ] {
        let outcome = scene
            .finds("alice@a.example", 200, &found(username, server))
            .await;
        assert!(
            matches!(outcome, Err(LookupError::WrongAnswer)),
            "{username}@{server}: {outcome:?}"
        );
    }
    for body in [
        json!({}),
        json!([]),
        json!({ "found": true }),
        json!({ "found": "yes" }),
    ] {
        let outcome = scene.finds("alice@a.example", 200, &body).await;
        assert!(
            matches!(outcome, Err(LookupError::Unreadable(_))),
            "{body}: {outcome:?}"
        );
    }
    let known = scene
        .bobs
        .core
        .store()
        .read(|tx| tx.query("SELECT username FROM users WHERE is_local = 0", &[]))
        .await;
    assert_eq!(known.map(|rows| rows.len()), Ok(0));
}

#[tokio::test]
async fn a_refusal_and_a_wait_are_told_apart() {
    let scene = scene().await;
    let outcome = scene
        .finds("alice@a.example", 403, &json!({ "detail": "no" }))
        .await;
    assert!(matches!(outcome, Err(LookupError::Refused { words }) if words == "no"));
    let outcome = scene
        .finds("alice@a.example", 503, &json!({ "detail": "later" }))
        .await;
    assert!(matches!(outcome, Err(LookupError::TheyWait { words }) if words == "later"));
}

#[tokio::test]
async fn our_own_people_are_found_without_asking_anybody() {
    let scene = scene().await;
    let address = UserAddress::parse("bob@b.example").unwrap();
    assert!(
        scene
            .bobs
            .federation
            .lookup_user(&address)
            .await
            .unwrap()
            .is_some()
    );
    let address = UserAddress::parse("nobody@b.example").unwrap();
    assert!(
        scene
            .bobs
            .federation
            .lookup_user(&address)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn questions_take_only_a_share_of_what_a_server_accepts() {
    let scene = scene().await;
    let miss = json!({ "found": false });
    for _ in 0..9 {
        assert_eq!(scene.finds("nobody@a.example", 200, &miss).await.unwrap(), None);
    }
    let outcome = scene.finds("nobody@a.example", 200, &miss).await;
    assert!(
        matches!(outcome, Err(LookupError::TheyWait { .. })),
        "{outcome:?}"
    );
    assert_eq!(scene.net.requests(&scene.alices.name).len(), 9);
}
