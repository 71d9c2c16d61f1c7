//! How a server gets its owner.

use http::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::{PASSWORD, Person};

/// The token in a setup link.
fn token_of(link: &str) -> String {
    let (address, token) = link.trim().split_once("/#setup=").unwrap();
    assert_eq!(address, "https://a.hearth.test:8441");
    assert_eq!(token.len(), 43, "256 bits");
    token.to_owned()
}

fn closed() -> crate::support::app::Builder {
    TestApp::builder()
        .config(|config| config.registration.mode = Some(hearth_server::config::RegistrationChoice::Closed))
}

fn form(username: &str, token: &str) -> Value {
    json!({ "username": username, "password": PASSWORD, "setup_token": token })
}

#[tokio::test]
async fn whoever_opens_the_link_first_owns_the_server() {
    let app = closed().start().await;
    let file = app.server.setup_link_file().unwrap().to_owned();
    assert_eq!(file, app.folder.path().canonicalize().unwrap().join("setup-link"));
    let token = token_of(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(
        app.get("/api/v1/config").send().await.expect(200)["has_owner"],
        false
    );

    let made = app
        .post("/api/v1/auth/register")
        .json(&form("lena", &token))
        .send()
        .await
        .expect(201);
    let owner = Person::from_tokens(&made);
    let me = app.get_as(&owner, "/api/v1/users/me").send().await.expect(200);
    assert_eq!(me["role"], "superadmin");
    assert_eq!(
        app.get("/api/v1/config").send().await.expect(200)["has_owner"],
        true
    );
    assert!(!file.exists(), "a used link is not kept");

    let again = app
        .post("/api/v1/auth/register")
        .json(&form("eve", &token))
        .send()
        .await
        .expect(403);
    assert_eq!(again["code"], "setup_link_invalid");
    let folder = app.stop().await;
    let app = closed().folder(folder).start().await;
    assert_eq!(app.server.setup_link_file(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn the_link_is_for_the_servers_own_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    let mode = std::fs::metadata(app.server.setup_link_file().unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn the_console_makes_fresh_links_until_there_is_an_owner() {
    let app = closed().start().await;
    let first = token_of(&std::fs::read_to_string(app.server.setup_link_file().unwrap()).unwrap());
    let issue = async || {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri("/api/v1/owner/setup-link");
        let answer = app
            .server
            .console()
            .request(request.body(bytes::Bytes::new()).unwrap())
            .await;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), body)
    };
    let (code, link) = issue().await;
    assert_eq!(code, 201);
    let second = token_of(link["url"].as_str().unwrap());
    assert!(link["expires_at"].as_str().unwrap().ends_with('Z'));
    let register = async |token: &str| {
        app.post("/api/v1/auth/register")
            .json(&form("lena", token))
            .send()
            .await
    };
    register(&first).await.expect(403);
    register(&second).await.expect(201);
    let (code, refused) = issue().await;
    assert_eq!((code, &refused["code"]), (409, &json!("has_owner")));
}

#[cfg(unix)]
#[tokio::test]
async fn the_command_line_makes_links_beside_a_running_server_and_without_one() {
    let app = closed().start().await;
    let mut config = hearth_server::config::Config::default();
    config.server.data = app.folder.path().to_owned();
    let link = async || hearth_server::setup_link(&config, hearth_server::Environment::default()).await;

    let beside = token_of(&link().await.unwrap());
    let first = token_of(&std::fs::read_to_string(app.server.setup_link_file().unwrap()).unwrap());
    assert_eq!(beside, first, "the file holds the newest");
    let folder = app.stop().await;
    let without = token_of(&link().await.unwrap());

    let app = closed().folder(folder).start().await;
    for token in [&beside, &without] {
        // The start made a newer one.
        app.post("/api/v1/auth/register")
            .json(&form("lena", token))
            .send()
            .await
            .expect(403);
    }
    let newest = token_of(&std::fs::read_to_string(app.server.setup_link_file().unwrap()).unwrap());
    app.post("/api/v1/auth/register")
        .json(&form("lena", &newest))
        .send()
        .await
        .expect(201);
    assert!(
        link()
            .await
            .unwrap_err()
            .to_string()
            .contains("already has an owner")
    );
}

#[tokio::test]
async fn a_folder_without_a_server_has_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = hearth_server::config::Config::default();
    config.server.data = folder.path().to_owned();
    let error = hearth_server::setup_link(&config, hearth_server::Environment::default())
        .await
        .unwrap_err();
    assert!(error.to_string().starts_with("there is no server in"), "{error}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}
