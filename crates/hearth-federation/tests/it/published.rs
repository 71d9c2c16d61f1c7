//! What a Hearth says about itself, and that others can hold it to that.

use std::sync::Arc;
use std::time::Duration;

use hearth_federation::CryptidOff;
use hearth_identity::tls::TlsIdentity;
use hearth_protocol::d3chat::attestation::Claims;
use hearth_protocol::d3chat::descriptor::ServerDescriptor;
use hearth_protocol::env::Clock as _;
use hearth_protocol::time::Timestamp;
use serde_json::json;

use crate::support::house::{House, Running};
use crate::support::net::Net;
use crate::support::server;
use crate::support::stranger::NOW;

async fn start(name: &str) -> (House, Running, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let host = server(name).host().to_owned();
    let tls = TlsIdentity::self_signed(folder.path(), &[host], NOW).unwrap();
    let mut house = House::new(name);
    house.tls = Some(Arc::new(tls));
    let running = house.start(&Net::default()).await;
    (house, running, folder)
}

#[tokio::test]
async fn the_descriptor_is_the_seeds_with_what_hearth_adds() {
    let (house, running, _folder) = start("b.example").await;
    let descriptor = running.federation.descriptor();
    let served = house.tls.as_ref().unwrap().served();
    let json = json!(descriptor);
    assert_eq!(json["domain"], "b.example");
    assert_eq!(
        json["signing_key_public"],
        running.identity.public_key().to_base64()
    );
    assert_eq!(json["api_base_url"], "https://b.example");
    assert_eq!(json["protocol_version"], 1);
    assert_eq!(json["certificate_fingerprint"], served.fingerprint.to_string());
    assert_eq!(json["limits"]["inbox_requests_per_minute"], 100);
    let read = ServerDescriptor::parse(json.to_string().as_bytes(), &server("b.example"));
    assert_eq!(read, Ok(descriptor));
}

#[tokio::test]
async fn the_attestation_vouches_for_what_is_served_and_is_kept_fresh() {
    let (house, running, _folder) = start("b.example").await;
    let served = house.tls.as_ref().unwrap().served();
    let check = |now: Timestamp| {
        let descriptor = running.federation.descriptor();
        let claims = Claims {
            domain: &descriptor.domain,
            certificate: served.fingerprint,
            spki: served.spki,
            features: &descriptor.features,
            issued_at: now,
        };
        let attestation = descriptor.attestation.clone().unwrap();
        let verdict = attestation.check(&claims, &descriptor.signing_key_public, now, None);
        (verdict, attestation.issued_at)
    };
    assert_eq!(check(NOW), (Ok(()), NOW));
    house.clock.advance(Duration::from_mins(59));
    assert_eq!(check(house.clock.now()), (Ok(()), NOW));
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(check(house.clock.now()), (Ok(()), house.clock.now()));
    // A clock that is put right again must not leave an attestation from the future.
    house.clock.set(NOW);
    assert_eq!(check(NOW), (Ok(()), NOW));
}

#[tokio::test]
async fn the_key_history_is_a_chain_that_begins_when_the_key_came_into_use() {
    let (house, running, _folder) = start("b.example").await;
    running.federation.shutdown().await;
    house.clock.advance(Duration::from_hours(48));
    let running = house.start(&Net::default()).await;
    let keys = running.federation.keys_document();
    assert_eq!(keys.check(&server("b.example")), Ok(()));
    assert_eq!(keys.current().unwrap().public_key, running.identity.public_key());
    assert_eq!(keys.current().unwrap().valid_from, NOW);
}

#[tokio::test]
async fn cryptid_is_on_for_public_names_with_a_known_certificate_only() {
    let (house, running, _folder) = start("b.example").await;
    let capabilities = running.federation.capabilities().unwrap();
    assert_eq!(
        capabilities.certificate_fingerprint,
        house.tls.as_ref().unwrap().served().fingerprint
    );
    assert_eq!(capabilities.server_name.as_str(), "b.example");
    assert!(capabilities.supports("mls_messaging"));

    for name in ["b.example:8448", "localhost", "127.0.0.2"] {
        let (_house, running, _folder) = start(name).await;
        assert_eq!(running.federation.capabilities(), Err(CryptidOff::Name), "{name}");
    }
    let behind_a_proxy = House::new("b.example");
    let running = behind_a_proxy.start(&Net::default()).await;
    assert_eq!(running.federation.capabilities(), Err(CryptidOff::NoFingerprint));
    let descriptor = running.federation.descriptor();
    assert_eq!(
        (descriptor.certificate_fingerprint, descriptor.attestation),
        (None, None)
    );
}
