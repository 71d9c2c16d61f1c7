//! Host names that are ours, and those that are not (421 against DNS rebinding).

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let app = TestApp::builder()
        .config(|config| config.listen.hosts = vec!["attic.local".to_owned()])
        .start()
        .await;
    for ours in [
        "a.hearth.test:8441",
        "A.HEARTH.TEST",
        "localhost:9",
        "127.0.0.1:8441",
        "[::1]",
        "attic.local",
    ] {
        app.get("/health").header("host", ours).send().await.expect(200);
    }
    for foreign in [
        "evil.test",
        "a.hearth.test.evil.test",
        "192.0.2.9",
        "user@a.hearth.test",
        "",
    ] {
        for path in ["/health", "/api/v1/config", "/", "/federation/inbox"] {
            let answer = app.get(path).header("host", foreign).send().await;
            assert_eq!(answer.expect(421)["code"], "misdirected", "{foreign}{path}");
        }
    }
}

#[tokio::test]
async fn cryptid_documents_are_bound_to_the_servers_name() {
    let app = TestApp::start().await;
    for path in ["/.well-known/cryptid", "/v1/nowhere"] {
        let refused = app.get(path).header("host", "localhost").send().await.expect(421);
        assert_eq!(
            (&refused["error"], &refused["code"]),
            (&json!("MISDIRECTED_REQUEST"), &json!(4110))
        );
    }
    // Load balancers ask for health by address.
    app.get("/v1/health")
        .header("host", "192.0.2.9")
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn http_2_names_the_host_in_its_own_way() {
    let app = TestApp::start().await;
    app.get("https://a.hearth.test:8441/health")
        .send()
        .await
        .expect(200);
    app.get("https://evil.test/health")
        .header("host", "a.hearth.test:8441")
        .send()
        .await
        .expect(421);
}
