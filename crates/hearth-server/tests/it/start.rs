//! Starting and not starting, and what a folder remembers.

use hearth_server::config::{KeyStoreChoice, TlsMode};
use hearth_server::{Environment, Server, StartError, StartOptions};

use crate::support::app::Builder;
use crate::support::{self, TestApp};

/// The reason why a server does not start.
async fn refusal(builder: Builder) -> StartError {
    match builder.try_start().await {
        Ok(_) => panic!("it started"),
        Err((error, _)) => error,
    }
}

#[tokio::test]
async fn a_folder_belongs_to_one_name_one_key_and_one_certificate() {
    let app = TestApp::start().await;
    let alice = app.register("alice").await;
    let fingerprint = app.server.fingerprint();
    let folder = app.stop().await;

    let other = TestApp::builder().folder(folder).config(|config| {
        config.server.name = Some("b.hearth.test".parse().unwrap());
    });
    let (error, folder) = other.try_start().await.err().unwrap();
    assert_eq!(error.code(), "name_changed");
    assert!(error.to_string().contains("a.hearth.test:8441"), "{error}");

    let unnamed = TestApp::builder()
        .folder(folder)
        .config(|config| config.server.name = None);
    let app = unnamed.start().await;
    assert_eq!(app.server.server_name().as_str(), "a.hearth.test:8441");
    assert_eq!(app.server.fingerprint(), fingerprint);
    app.get_as(&alice, "/api/v1/users/me").send().await.expect(200);
}

#[tokio::test]
async fn a_lost_key_is_never_replaced() {
    let folder = TestApp::start().await.stop().await;
    std::fs::remove_file(folder.path().join("keys")).unwrap();
    let error = refusal(TestApp::builder().folder(folder)).await;
    assert_eq!(error.code(), "signing_key_missing");
    assert!(error.needs_key_store());
}

#[tokio::test]
async fn keys_in_a_plain_file_are_not_called_lost() {
    let mut folder = TestApp::start().await.stop().await;
    for store in [KeyStoreChoice::Keyring, KeyStoreChoice::Sealed] {
        let builder = TestApp::builder()
            .folder(folder)
            .config(|config| config.keys.store = store);
        let (error, kept) = builder.try_start().await.err().unwrap();
        assert_eq!(error.code(), "keys_in_plain_file", "{store:?}");
        assert!(error.needs_key_store());
        assert!(error.to_string().contains("--key-store file"), "{error}");
        folder = kept;
    }
    let passphrase = folder.path().join("passphrase");
    std::fs::write(&passphrase, "a long enough passphrase").unwrap();
    let builder = TestApp::builder()
        .folder(folder)
        .config(|config| config.keys.passphrase_file = Some(passphrase));
    let (error, folder) = builder.try_start().await.err().unwrap();
    assert_eq!(error.code(), "keys_in_plain_file");
    TestApp::builder().folder(folder).start().await;
}

#[tokio::test]
async fn a_passphrase_seals_the_keys_and_is_asked_for_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |passphrase: Option<&str>| {
        let mut config = hearth_server::config::Config::default();
        config.server.name = Some("a.hearth.test".parse().unwrap());
        config.server.data = folder.path().to_owned();
        config.listen.addresses = vec!["127.0.0.1:0".parse().unwrap()];
        config.limits.password_memory_kib = 8;
        let passphrase = passphrase.map(|text| text.to_owned().into());
        Server::start(StartOptions {
            config,
            passphrase,
            environment: Environment::default(),
        })
        .await
    };
    let server = start(Some("a long enough passphrase")).await.unwrap();
    assert_eq!(server.key_store().as_str(), "sealed-file");
    server.stop().await.unwrap();

    for (passphrase, code) in [
        (None, "passphrase_needed"),
        (Some("another passphrase"), "passphrase_wrong"),
    ] {
        let error = start(passphrase).await.unwrap_err();
        assert!(error.needs_key_store(), "{error}");
        assert_eq!(error.code(), code);
    }
    start(Some("a long enough passphrase"))
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_mistyped_is_said_before_anything_is_made() {
    let unnamed = refusal(TestApp::builder().config(|config| config.server.name = None)).await;
    assert_eq!(unnamed.code(), "name_needed");

    let nowhere = refusal(TestApp::builder().config(|config| config.listen.addresses.clear())).await;
    assert_eq!(nowhere.code(), "no_address");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = refusal(TestApp::builder().config(|config| config.listen.addresses = vec![address])).await;
    assert_eq!(error.code(), "address_in_use");

    let exposed = refusal(TestApp::builder().config(|config| {
        config.tls.mode = TlsMode::Proxy;
        config.listen.addresses = vec!["0.0.0.0:0".parse().unwrap()];
    }))
    .await;
    assert_eq!(exposed.code(), "exposed_plain_http");

    let files = refusal(TestApp::builder().config(|config| config.tls.mode = TlsMode::Files)).await;
    assert_eq!(files.code(), "certificate_unusable");

    let sealed =
        refusal(TestApp::builder().config(|config| config.keys.store = KeyStoreChoice::Sealed)).await;
    assert_eq!(sealed.code(), "passphrase_needed");

    let roots = refusal(TestApp::builder().config(|config| {
        config.federation.extra_roots = vec!["/nowhere/roots.pem".into()];
    }))
    .await;
    assert_eq!(roots.code(), "authorities_unreadable");
}

#[tokio::test]
async fn one_folder_has_one_server() {
    let app = TestApp::start().await;
    let mut config = hearth_server::config::Config::default();
    config.server.data = app.folder.path().to_owned();
    config.server.name = Some("a.hearth.test:8441".parse().unwrap());
    config.listen.addresses = vec!["127.0.0.1:0".parse().unwrap()];
    config.keys.store = KeyStoreChoice::File;
    let error = Server::start(StartOptions::new(config)).await.unwrap_err();
    assert_eq!(error.code(), "folder_in_use");
    app.get("/health").send().await.expect(200);
}

#[tokio::test]
async fn an_orderly_stop_is_remembered() {
    let clock = support::clock();
    let app = TestApp::builder().clock(&clock).start().await;
    let folder = app.stop().await;
    let options = hearth_store::sqlite::SqliteOptions::new(std::sync::Arc::new(clock));
    let (store, report) = hearth_store::sqlite::open(folder.path(), options).unwrap();
    assert!(report.was_clean);
    store.close().await.unwrap();
}

#[tokio::test]
async fn certificate_files_are_read_again_on_request() {
    // Two servers' own certificates stand in for files that something renews.
    let (first, second) = (TestApp::start().await, TestApp::start().await);
    let pair = tempfile::tempdir().unwrap();
    let put = |app: &TestApp| {
        let tls = app.folder.path().join("tls");
        for entry in std::fs::read_dir(&tls).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), pair.path().join(entry.file_name())).unwrap();
        }
    };
    put(&first);
    let names: Vec<_> = std::fs::read_dir(pair.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let is_key = |path: &&std::path::PathBuf| std::fs::read_to_string(path).unwrap().contains("PRIVATE KEY");
    let key = names.iter().find(is_key).unwrap().clone();
    let certificate = names.iter().find(|path| !is_key(path)).unwrap().clone();
    let app = TestApp::builder()
        .config(|config| {
            config.tls.mode = TlsMode::Files;
            config.tls.certificate = Some(certificate.clone());
            config.tls.key = Some(key);
        })
        .start()
        .await;
    assert_eq!(app.server.fingerprint(), first.server.fingerprint());

    put(&second);
    app.server.reload_certificate().await.unwrap();
    assert_eq!(app.server.fingerprint(), second.server.fingerprint());
    app.connect().await;

    std::fs::write(&certificate, "nonsense").unwrap();
    app.server.reload_certificate().await.unwrap_err();
    assert_eq!(
        app.server.fingerprint(),
        second.server.fingerprint(),
        "what was good stays"
    );
}
