//! The web client and what stands in for it.

use crate::support::TestApp;

#[tokio::test]
async fn every_page_a_person_opens_is_the_client() {
    let app = TestApp::start().await;
    let pages = ["/", "/channels/7", "/invite"];
    let mut bodies = std::collections::BTreeSet::new();
    for page in pages {
        let answer = app.get(page).header("accept", "text/html,*/*").send().await;
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.status);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_eq!(answer.header("cache-control"), "no-cache");
        bodies.insert(answer.body);
    }
    assert_eq!(
        bodies.len(),
        1,
        "before there is an owner and after, on every path: one page"
    );
}

#[tokio::test]
async fn what_programs_ask_for_is_never_a_page() {
    let app = TestApp::start().await;
    for path in [
        "/api/x",
        "/federation/x",
        "/v1/x",
        "/.well-known/x",
        "/api",
        "/ws/x",
    ] {
        let answer = app.get(path).header("accept", "text/html").send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    }
    app.get("/assets/missing.js")
        .header("accept", "*/*")
        .send()
        .await
        .expect(404);
    app.get("/../Cargo.toml")
        .header("accept", "*/*")
        .send()
        .await
        .expect(404);
    app.post("/channels/7").send().await.expect(405);
}

#[tokio::test]
async fn the_brand_is_colours_and_nothing_else() {
    let app = TestApp::start().await;
    let brand = app.get("/branding.css?v=1").send().await;
    assert_eq!(brand.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(
        std::str::from_utf8(&brand.body).unwrap(),
        ":root {\n  --brand-primary: #005e66;\n  --brand-accent: #bf632e;\n}\n"
    );
}
