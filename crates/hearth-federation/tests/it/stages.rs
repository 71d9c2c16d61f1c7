//! The seven stages, one story per way of failing them.

use hearth_federation::FederationBudgets;
use hearth_federation::inbound::InboundError;
use hearth_federation::inbound::admission::AdmissionError;
use hearth_store::StoreError;
use hearth_store::tables::seen_events;
use serde_json::json;

use crate::support::house::{CHANNEL, House, Running, channel};
use crate::support::net::Net;
use crate::support::stranger::Stranger;
use crate::support::{server, source};

/// Bob's Hearth, which has met alice's server and shares a channel with it.
struct Scene {
    net: Net,
    bobs: Running,
    alices: Stranger,
    bob: hearth_core::Actor,
    _house: House,
}

async fn scene() -> Scene {
    scene_with(|_| {}).await
}

async fn scene_with(adjust: impl FnOnce(&mut FederationBudgets)) -> Scene {
    let net = Net::default();
    let alices = Stranger::new("a.example");
    net.put(&alices);
    let house = House::new("b.example").with(|config| adjust(&mut config.budgets));
    let bobs = house.start(&net).await;
    let bob = bobs.person("bob").await;
    let invited = bobs.takes(alices.event(&alices.invite("invite", CHANNEL))).await;
    assert_eq!(invited, (200, "ok"));
    Scene {
        net,
        bobs,
        alices,
        bob,
        _house: house,
    }
}

impl Scene {
    async fn bob_reads(&self) -> Vec<String> {
        self.bobs.reads(&self.bob, channel()).await
    }
}

#[tokio::test]
async fn a_good_event_is_applied() {
    let scene = scene().await;
    let said = scene.alices.says("1", CHANNEL, "good evening");
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
    assert_eq!(scene.bob_reads().await, ["good evening"]);
}

#[tokio::test]
async fn missing_headers() {
    let scene = scene().await;
    let good = scene.alices.event(&scene.alices.says("1", CHANNEL, "hi"));
    for take_away in 0..3 {
        let mut request = good.clone();
        match take_away {
            0 => request.origin = None,
            1 => request.timestamp = None,
            _ => request.signature = None,
        }
        let error = scene.bobs.refuses(request).await;
        assert_eq!(
            (error.status(), error.detail().as_str()),
            (401, "Missing federation headers")
        );
    }
    assert_eq!(scene.bob_reads().await, [""; 0]);
}

#[tokio::test]
async fn malformed_headers() {
    let scene = scene().await;
    let good = scene.alices.event(&scene.alices.says("1", CHANNEL, "hi"));
    for origin in [
        "",
        "https://a.example",
        "a.example/path",
        "user@a.example",
        "a.example\n",
        "a b",
    ] {
        let mut request = good.clone();
        request.origin = Some(origin.to_owned());
        assert_eq!(
            scene.bobs.takes(request).await,
            (401, "origin_invalid"),
            "{origin:?}"
        );
    }
    let signature = good.signature.clone().unwrap();
    for signature in [
        "",
        "AAAA",
        &signature[1..],
        &signature.replace('=', ""),
        &format!("{signature}\n"),
    ] {
        let mut request = good.clone();
        request.signature = Some(signature.to_owned());
        assert_eq!(
            scene.bobs.takes(request).await,
            (401, "signature_malformed"),
            "{signature:?}"
        );
    }
}

#[tokio::test]
async fn old_timestamp() {
    let scene = scene().await;
    let said = scene.alices.says("1", CHANNEL, "hi");
    let error = scene
        .bobs
        .refuses(scene.alices.event_at(&said, "1759999699.9"))
        .await;
    assert_eq!(error.status(), 401);
    assert!(
        error.detail().starts_with("Request outside replay window"),
        "{error}"
    );
    assert!(error.detail().contains("1759999699.9"), "their clock: {error}");
    assert!(error.detail().contains("1760000000"), "our clock: {error}");
    assert_eq!(scene.bob_reads().await, [""; 0]);
}

#[tokio::test]
async fn future_timestamp() {
    let scene = scene().await;
    let said = scene.alices.says("1", CHANNEL, "hi");
    let request = scene.alices.event_at(&said, "1760000300.001");
    assert_eq!(scene.bobs.takes(request).await, (401, "outside_window"));
    let request = scene.alices.event_at(&said, "1760000300");
    assert_eq!(scene.bobs.takes(request).await, (200, "ok"));
}

#[tokio::test]
async fn nan_timestamp() {
    let scene = scene().await;
    let said = scene.alices.says("1", CHANNEL, "hi");
    for timestamp in [
        "nan",
        "NaN",
        "inf",
        "1e9",
        "-1760000000",
        " 1760000000",
        "1760000000.",
        "0x68e7",
        "",
    ] {
        let error = scene.bobs.refuses(scene.alices.event_at(&said, timestamp)).await;
        assert_eq!(
            (error.status(), error.detail().as_str()),
            (401, "Invalid timestamp"),
            "{timestamp:?}"
        );
    }
}

#[tokio::test]
async fn wrong_key() {
    let scene = scene().await;
    let said = scene.alices.says("1", CHANNEL, "hi");
    let forged = scene.alices.with_another_key().event(&said);
    let error = scene.bobs.refuses(forged).await;
    assert_eq!(
        (error.status(), error.detail().as_str()),
        (401, "Invalid signature")
    );
    assert_eq!(scene.bob_reads().await, [""; 0]);
    // Looking again found the pinned key, so the origin is as trusted as before.
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
}

#[tokio::test]
async fn changed_body() {
    let scene = scene().await;
    let mut request = scene.alices.event(&scene.alices.says("1", CHANNEL, "hi"));
    request.body = scene.alices.says("1", CHANNEL, "ho").to_string().into();
    assert_eq!(scene.bobs.takes(request).await, (401, "signature_invalid"));
    assert_eq!(scene.bob_reads().await, [""; 0]);
}

#[tokio::test]
async fn changed_path_or_method() {
    let scene = scene().await;
    let good = scene.alices.event(&scene.alices.says("1", CHANNEL, "hi"));
    let mut request = good.clone();
    request.path_and_query = "/federation/inbox?x=1".to_owned();
    assert_eq!(scene.bobs.takes(request).await, (401, "signature_invalid"));
    let mut request = good;
    request.method = http::Method::PUT;
    assert_eq!(scene.bobs.takes(request).await, (401, "signature_invalid"));
}

#[tokio::test]
async fn replay() {
    let scene = scene().await;
    let request = scene.alices.event(&scene.alices.says("1", CHANNEL, "once"));
    assert_eq!(scene.bobs.takes(request.clone()).await, (200, "ok"));
    assert_eq!(scene.bobs.takes(request).await, (200, "duplicate"));
    assert_eq!(scene.bob_reads().await, ["once"]);
}

#[tokio::test]
async fn many_copies_at_once_are_applied_once() {
    let scene = scene().await;
    let request = scene.alices.event(&scene.alices.says("1", CHANNEL, "once"));
    let copies = (0..20).map(|_| scene.bobs.takes(request.clone()));
    let outcomes = futures_util::future::join_all(copies).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.1 == "ok").count(), 1);
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.1 == "duplicate").count(),
        19
    );
    assert_eq!(scene.bob_reads().await, ["once"]);
}

#[tokio::test]
async fn body_origin_unlike_signed_origin() {
    let scene = scene().await;
    let mut said = scene.alices.says("1", CHANNEL, "hi");
    said["origin_server"] = json!("c.example");
    assert_eq!(
        scene.bobs.takes(scene.alices.event(&said)).await,
        (403, "other_origin")
    );
    said["origin_server"] = json!("b.example");
    assert_eq!(
        scene.bobs.takes(scene.alices.event(&said)).await,
        (403, "other_origin")
    );
    // The refusals left no mark: the same event told honestly is new.
    let honest = scene.alices.says("1", CHANNEL, "hi");
    assert_eq!(scene.bobs.takes(scene.alices.event(&honest)).await, (200, "ok"));
}

#[tokio::test]
async fn event_for_another_server() {
    let scene = scene().await;
    let mut said = scene.alices.says("1", CHANNEL, "hi");
    said["destination_server"] = json!("c.example");
    assert_eq!(
        scene.bobs.takes(scene.alices.event(&said)).await,
        (400, "other_destination")
    );
    said["destination_server"] = json!("B.example");
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
}

#[tokio::test]
async fn own_domain_as_origin() {
    let scene = scene().await;
    // Even signed with our own key.
    let ourselves = scene.bobs.face();
    let request = ourselves.event(&ourselves.says("1", CHANNEL, "hi"));
    assert_eq!(scene.bobs.takes(request).await, (403, "origin_is_own"));
    let mut shouting = ourselves.event(&ourselves.says("1", CHANNEL, "hi"));
    shouting.origin = Some("B.EXAMPLE:443".to_owned());
    assert_eq!(scene.bobs.takes(shouting).await, (403, "origin_is_own"));
    assert_eq!(scene.bob_reads().await, [""; 0]);
}

#[tokio::test]
async fn one_event_id_from_two_origins() {
    let scene = scene().await;
    let carols = Stranger::new("c.example");
    scene.net.put(&carols);
    let other_channel = "9b2b8c1e-6d2a-4a0e-9a57-0d5b7c4e1f11";
    let invited = scene
        .bobs
        .takes(carols.event(&carols.invite("same", other_channel)))
        .await;
    assert_eq!(invited, (200, "ok"));
    // The other server's event of that id was not this one.
    let said = scene.alices.says("same", CHANNEL, "mine");
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
    assert_eq!(scene.bob_reads().await, ["mine"]);
}

#[tokio::test]
async fn failed_effect_then_good_retry() {
    let scene = scene().await;
    let store = scene.bobs.core.store();
    let broken: Result<u64, StoreError> = store
        .write(|tx| tx.execute("ALTER TABLE messages RENAME TO messages_away", &[]))
        .await;
    broken.unwrap();
    let request = scene.alices.event(&scene.alices.says("1", CHANNEL, "at last"));
    let error = scene.bobs.refuses(request.clone()).await;
    assert_eq!(
        (error.status(), error.detail().as_str()),
        (500, "Error processing event")
    );

    let mended: Result<u64, StoreError> = store
        .write(|tx| tx.execute("ALTER TABLE messages_away RENAME TO messages", &[]))
        .await;
    mended.unwrap();
    assert_eq!(scene.bobs.takes(request).await, (200, "ok"));
    assert_eq!(scene.bob_reads().await, ["at last"]);
}

#[tokio::test]
async fn malformed_events_leave_no_mark() {
    let scene = scene().await;
    for (body, detail) in [
        (json!([1]), "Invalid JSON body"),
        (json!({ "type": "message.relay" }), "Missing event_id"),
        (
            json!({ "event_id": "", "type": "message.relay" }),
            "Missing event_id",
        ),
        (json!({ "event_id": "1" }), "Missing event type"),
        (
            json!({ "event_id": "1", "type": "message.relay" }),
            "Malformed event",
        ),
    ] {
        let error = scene.bobs.refuses(scene.alices.event(&body)).await;
        assert_eq!(error.status(), 400);
        assert!(error.detail().starts_with(detail), "{error}");
    }
    let said = scene.alices.says("1", CHANNEL, "hi");
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
}

#[tokio::test]
async fn unknown_types_are_taken_and_ignored() {
    let scene = scene().await;
    let odd = json!({ "event_id": "1", "type": "com.example.wave", "hands": [1, 2] });
    assert_eq!(scene.bobs.takes(scene.alices.event(&odd)).await, (200, "ok"));
    assert_eq!(
        scene.bobs.takes(scene.alices.event(&odd)).await,
        (200, "duplicate")
    );
    assert_eq!(scene.bobs.federation.counters()["ignored.unknown_type"], 1);
}

#[tokio::test]
async fn too_long_a_body() {
    let scene = scene().await;
    let mut request = scene.alices.event(&json!({}));
    request.body = vec![b' '; 256 * 1024 + 1].into();
    assert_eq!(scene.bobs.takes(request).await, (413, "body_too_long"));
}

#[tokio::test]
async fn spoofed_origin_flood_spends_nobodys_budget() {
    let scene = scene_with(|budgets| budgets.origin_per_minute = 3).await;
    let impostor = scene.alices.with_another_key();
    for number in 0..200_u32 {
        let mut forged = impostor.event(&impostor.says(&format!("f{number}"), CHANNEL, "hi"));
        forged.source = source(&format!("203.0.113.{}", number % 100));
        let (status, _) = scene.bobs.takes(forged).await;
        assert!(status == 401 || status == 429, "{status}");
    }
    // One of three was spent by the invite; the two others are still there, and then it is over.
    for number in 0..2 {
        let said = scene.alices.says(&format!("g{number}"), CHANNEL, "hi");
        assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
    }
    let said = scene.alices.says("g2", CHANNEL, "hi");
    let error = scene.bobs.refuses(scene.alices.event(&said)).await;
    assert!(
        matches!(
            error,
            InboundError::Admission(AdmissionError::OriginBudget { .. })
        ),
        "{error:?}"
    );
    assert!(error.retry_after().is_some());
    // The flood made this server look at the true origin once: at the first forgery, and not again.
    assert_eq!(scene.net.looks(&scene.alices.name), 2);
}

#[tokio::test]
async fn what_others_pass_on_does_not_spend_the_origins_budget() {
    let scene = scene_with(|budgets| budgets.origin_per_minute = 3).await;
    // Carol's server got these from alice's, and shows them around.
    let old = scene.alices.event(&scene.alices.invite("invite", CHANNEL));
    let mut elsewhere = scene.alices.says("e", CHANNEL, "hi");
    elsewhere["destination_server"] = json!("c.example");
    let elsewhere = scene.alices.event(&elsewhere);
    let question = scene.alices.lookup("/federation/user-lookup?username=bob");
    for number in 0..5 {
        let passed_on = |request: &hearth_federation::InboundRequest| hearth_federation::InboundRequest {
            source: source(&format!("203.0.113.{number}")),
            ..request.clone()
        };
        assert_eq!(scene.bobs.takes(passed_on(&old)).await, (200, "duplicate"));
        assert_eq!(
            scene.bobs.takes(passed_on(&elsewhere)).await,
            (400, "other_destination")
        );
        let answer = scene.bobs.federation.answer_lookup(passed_on(&question)).await;
        assert_eq!(answer.is_ok(), number < 3, "questions have a budget of their own");
    }
    // Copies of something new that arrive together cost as much as one.
    let said = scene.alices.event(&scene.alices.says("g0", CHANNEL, "hi"));
    let copies = (0..20).map(|number| {
        let source = source(&format!("203.0.113.{number}"));
        scene.bobs.takes(hearth_federation::InboundRequest {
            source,
            ..said.clone()
        })
    });
    futures_util::future::join_all(copies).await;
    let said = scene.alices.says("g1", CHANNEL, "ho");
    assert_eq!(scene.bobs.takes(scene.alices.event(&said)).await, (200, "ok"));
    let said = scene.alices.says("g2", CHANNEL, "he");
    assert_eq!(
        scene.bobs.takes(scene.alices.event(&said)).await,
        (429, "origin_budget")
    );
}

#[tokio::test]
async fn a_source_has_a_budget_of_its_own() {
    let scene = scene_with(|budgets| budgets.source_per_minute = 5).await;
    let mut outcomes = Vec::new();
    for number in 0..6 {
        let mut request = Stranger::new("nobody.example").event(&json!({}));
        request.origin = Some(format!("n{number}.example"));
        request.source = source("2001:db8:1:2::1");
        outcomes.push(scene.bobs.takes(request).await.1);
    }
    assert_eq!(outcomes[5], "source_budget");
    assert!(!outcomes[..5].contains(&"source_budget"), "{outcomes:?}");
    // A neighbour in the same /64 shares it, another network does not.
    let said = scene.alices.says("1", CHANNEL, "hi");
    let mut request = scene.alices.event(&said);
    request.source = source("2001:db8:1:2:ffff::2");
    assert_eq!(scene.bobs.takes(request.clone()).await.1, "source_budget");
    request.source = source("2001:db8:1:3::1");
    assert_eq!(scene.bobs.takes(request).await, (200, "ok"));
}

#[tokio::test]
async fn looking_up_strangers_has_a_budget() {
    let scene = scene_with(|budgets| budgets.fetch_per_source_per_minute = 2).await;
    let mut outcomes = Vec::new();
    for number in 0..4 {
        let stranger = Stranger::new(&format!("s{number}.example"));
        scene.net.put(&stranger);
        let mut request = stranger.event(&stranger.hello("1"));
        request.source = source("203.0.113.9");
        outcomes.push(scene.bobs.takes(request).await);
    }
    assert_eq!(
        outcomes,
        [
            (200, "ok"),
            (200, "ok"),
            (429, "fetch_budget"),
            (429, "fetch_budget")
        ]
    );
    assert_eq!(scene.net.looks(&server("s3.example")), 0);
}

#[tokio::test]
async fn what_is_remembered_of_an_origin_is_bounded() {
    let scene = scene_with(|budgets| budgets.seen_per_origin = Some(2)).await;
    let hello = |id: &str| scene.alices.event(&scene.alices.hello(id));
    assert_eq!(scene.bobs.takes(hello("1")).await, (200, "ok"));
    let error = scene.bobs.refuses(hello("2")).await;
    assert_eq!((error.status(), error.code()), (429, "too_many_remembered"));
    assert!(error.retry_after().is_some());
    // Nothing was pushed out: what was seen is still known, and the refused one left no mark.
    assert_eq!(scene.bobs.takes(hello("1")).await, (200, "duplicate"));
    let kept = scene
        .bobs
        .core
        .store()
        .read(|tx| seen_events::kept(tx, &server("a.example")))
        .await;
    assert_eq!(kept, Ok(2));
}

#[tokio::test]
async fn a_server_speaks_only_for_its_own() {
    let scene = scene().await;
    let carols = Stranger::new("c.example");
    scene.net.put(&carols);
    // Another server's alice is not the one in the channel.
    let said = carols.says("1", CHANNEL, "I am alice");
    assert_eq!(scene.bobs.takes(carols.event(&said)).await, (200, "ok"));
    assert_eq!(scene.bob_reads().await, [""; 0]);
    assert_eq!(scene.bobs.federation.counters()["ignored.not_a_member"], 1);
}
