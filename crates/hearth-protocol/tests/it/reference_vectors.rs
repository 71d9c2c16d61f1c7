//! The vectors inside the protocol references that concern signing, fingerprints and versions.

use hearth_protocol::cryptid::PROTOCOL_MAJOR;
use hearth_protocol::d3chat::lookup;
use hearth_protocol::d3chat::signing::{WireTimestamp, signed_bytes};
use hearth_protocol::fingerprint::Fingerprint;
use hearth_protocol::keys::{PublicKey, Signature};
use hearth_protocol::names::Username;
use hearth_protocol::version::ProtocolVersion;
use sha2::{Digest, Sha256};

/// d3chat section 7, seed 32 × `aa`.
const KEY: &str = "5zTqbCtiV95yNV5HKqBaTEh+a0Y8Ap7TBt8vAbVja1g=";
const INBOX_SIGNATURE: &str =
    "pYnRcIxypeiHZ5KtfKuKVeEHF3wlCWnjPqG6GU4YAqfZncGrkw6TDLTUUqIF1/BNYeDSRWs/a9wEj2kXkIaaBw==";
const LOOKUP_SIGNATURE: &str =
    "NhOqRofdIaCozEjNv0LmHKzy/Ft/xy+y0FWIKbifm8A+bmzuYydnskqyrUCclouXgZ7MBxj85NatKAdqopa7Dw==";

fn verifies(bytes: &[u8], signature: &str) -> bool {
    let key = PublicKey::from_base64(KEY).unwrap();
    key.verify_strict(bytes, &Signature::from_base64(signature).unwrap())
}

fn timestamp() -> WireTimestamp {
    WireTimestamp::parse("1700000000.0").unwrap()
}

#[test]
fn the_inbox_request_of_d3chat() {
    let body = br#"{"type":"message.relay"}"#;
    assert_eq!(
        hex::encode(Sha256::digest(body)),
        "c63729661786f18411b7bb48f01392909f7d135dfdfbf54e56e838e35f78ff7d"
    );
    let bytes = signed_bytes("POST", hearth_protocol::d3chat::INBOX_PATH, &timestamp(), body);
    assert_eq!(bytes.len(), 100);
    assert!(verifies(&bytes, INBOX_SIGNATURE));
    assert!(!verifies(&bytes, LOOKUP_SIGNATURE));
}

#[test]
fn the_lookup_request_of_d3chat() {
    let path = lookup::path(&Username::parse("alice").unwrap());
    assert_eq!(path, "/federation/user-lookup?username=alice");
    let bytes = signed_bytes("GET", &path, &timestamp(), b"");
    assert_eq!(bytes.len(), 120);
    assert!(verifies(&bytes, LOOKUP_SIGNATURE));
}

#[test]
fn the_fingerprint_of_cryptid() {
    let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Fingerprint::of_der(&[]).to_string(), text);
}

#[test]
fn the_versions_of_cryptid() {
    let accepts = |text: &str| ProtocolVersion::parse(text).is_ok_and(|v| v.is_compatible(PROTOCOL_MAJOR));
    assert!(["1.0", "1.7", "1.0.3"].into_iter().all(accepts));
    assert!(!["2.0", "10.0", "1", "x", "1.x-anything"].into_iter().any(accepts));
}
