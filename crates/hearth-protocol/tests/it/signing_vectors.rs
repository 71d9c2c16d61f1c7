//! Requests signed by the reference server's own code: each must verify here, and nothing next to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use hearth_protocol::d3chat::lookup;
use hearth_protocol::d3chat::signing::{WireTimestamp, signed_bytes};
use hearth_protocol::keys::{PublicKey, Signature};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    seed_hex: String,
    public_key_b64: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    note: String,
    method: String,
    path: String,
    timestamp: String,
    body_b64: String,
    signature_b64: String,
}

impl Case {
    fn body(&self) -> Vec<u8> {
        STANDARD.decode(&self.body_b64).unwrap()
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let timestamp = WireTimestamp::parse(&self.timestamp).unwrap();
        signed_bytes(&self.method, &self.path, &timestamp, &self.body())
    }

    fn signature(&self) -> Signature {
        Signature::from_base64(&self.signature_b64).unwrap()
    }
}

fn vectors() -> (Vectors, PublicKey) {
    let vectors: Vectors = serde_json::from_str(include_str!("../vectors/d3chat-signing.json")).unwrap();
    let key = PublicKey::from_base64(&vectors.public_key_b64).unwrap();
    (vectors, key)
}

#[test]
fn every_case_verifies() {
    let (vectors, key) = vectors();
    assert_eq!(vectors.cases.len(), 17);
    for case in &vectors.cases {
        assert!(
            key.verify_strict(&case.signed_bytes(), &case.signature()),
            "{}",
            case.note
        );
    }
}

#[test]
fn we_sign_as_the_reference_does() {
    let (vectors, key) = vectors();
    let seed: [u8; 32] = hex::decode(&vectors.seed_hex).unwrap().try_into().unwrap();
    let secret = SigningKey::from_bytes(&seed);
    assert_eq!(secret.verifying_key().as_bytes(), key.as_bytes());
    for case in &vectors.cases {
        let signature = Signature::from_bytes(secret.sign(&case.signed_bytes()).to_bytes());
        assert_eq!(signature.to_base64(), case.signature_b64, "{}", case.note);
    }
}

#[test]
fn every_signed_part_counts() {
    let (vectors, key) = vectors();
    for case in &vectors.cases {
        let timestamp = WireTimestamp::parse(&case.timestamp).unwrap();
        // The same moment, written otherwise.
        let rewritten = WireTimestamp::parse(&format!("0{}", case.timestamp)).unwrap();
        let mut longer_body = case.body();
        longer_body.push(b'\n');
        let other_method = if case.method == "GET" { "POST" } else { "GET" };
        let changed = [
            signed_bytes(other_method, &case.path, &timestamp, &case.body()),
            signed_bytes(&case.method, &format!("{}/", case.path), &timestamp, &case.body()),
            signed_bytes(&case.method, &case.path, &rewritten, &case.body()),
            signed_bytes(&case.method, &case.path, &timestamp, &longer_body),
        ];
        for bytes in changed {
            assert!(!key.verify_strict(&bytes, &case.signature()), "{}", case.note);
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_signature_breaks_it() {
    let (vectors, key) = vectors();
    let case = &vectors.cases[0];
    for bit in 0..512 {
        let mut bytes = *case.signature().as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !key.verify_strict(&case.signed_bytes(), &Signature::from_bytes(bytes)),
            "bit {bit}"
        );
    }
}

#[test]
fn a_lookup_that_arrives_encoded_verifies_over_the_form_that_upstream_rebuilds() {
    let (vectors, key) = vectors();
    let case = vectors
        .cases
        .iter()
        .find(|case| case.note.contains("verifier rebuilds"))
        .unwrap();
    let timestamp = WireTimestamp::parse(&case.timestamp).unwrap();
    let verifies =
        |path: &str| key.verify_strict(&signed_bytes("GET", path, &timestamp, b""), &case.signature());
    assert!(!verifies("/federation/user-lookup?username=a%20b"));
    assert!(verifies(&lookup::reencoded_path("username=a%20b").unwrap()));
}
