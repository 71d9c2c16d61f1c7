//! Being alive and being well (d3chat.md 3.10, cryptid.md 2.2).

use std::time::Duration;

use serde_json::json;

use crate::support::{self, TestApp};

#[tokio::test]
async fn health_tells_version_time_and_uptime() {
    let clock = support::clock();
    let app = TestApp::builder().clock(&clock).start().await;
    let before = app.get("/v1/health").send().await.expect(200);
    clock.advance(Duration::from_secs(90));
    let answer = app.get("/v1/health").send().await;
    let health = answer.expect(200);
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["version"], hearth_server::VERSION);
    assert_eq!(
        health["uptime"].as_u64().unwrap(),
        before["uptime"].as_u64().unwrap() + 90
    );
    assert_eq!(
        health["timestamp"].as_i64().unwrap(),
        before["timestamp"].as_i64().unwrap() + 90
    );
    assert!(health.get("details").is_none());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        app.get("/health").send().await.expect(200),
        json!({ "status": "ok" })
    );
}
