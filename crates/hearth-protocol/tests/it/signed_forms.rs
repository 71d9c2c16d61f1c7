//! The two statements that Hearth adds, against vectors made with another Ed25519 implementation.

use hearth_protocol::d3chat::attestation::{self, Attestation, Claims};
use hearth_protocol::d3chat::descriptor::ServerDescriptor;
use hearth_protocol::d3chat::features::Features;
use hearth_protocol::d3chat::key_history::{self, KeysDocument};
use hearth_protocol::d3chat::signing::{WireTimestamp, signed_bytes};
use hearth_protocol::fingerprint::{Fingerprint, SpkiHash};
use hearth_protocol::keys::{PublicKey, Signature};
use hearth_protocol::names::ServerName;
use hearth_protocol::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Attestations {
    public_key_b64: PublicKey,
    key_id: String,
    cases: Vec<AttestationCase>,
}

#[derive(Deserialize)]
struct AttestationCase {
    domain: ServerName,
    certificate_fingerprint: Fingerprint,
    spki_hash: SpkiHash,
    features: Features,
    issued_at: i64,
    signed_text: String,
    signature_b64: Signature,
    descriptor: Value,
}

impl AttestationCase {
    fn claims(&self) -> Claims<'_> {
        Claims {
            domain: &self.domain,
            certificate: self.certificate_fingerprint,
            spki: self.spki_hash,
            features: &self.features,
            issued_at: Timestamp::from_seconds(self.issued_at),
        }
    }
}

#[test]
fn attestations_are_signed_line_by_line() {
    let vectors: Attestations =
        serde_json::from_str(include_str!("../vectors/hearth-attestation-v1.json")).unwrap();
    let key = vectors.public_key_b64;
    assert_eq!(key.key_id(), vectors.key_id);
    for case in &vectors.cases {
        let signed = case.claims().signed_bytes(&key);
        assert_eq!(String::from_utf8(signed.clone()).unwrap(), case.signed_text);
        assert!(key.verify_strict(&signed, &case.signature_b64));
        let attestation = Attestation::new(&case.claims(), &key, case.signature_b64);
        let now = Timestamp::from_seconds(case.issued_at);
        assert_eq!(attestation.check(&case.claims(), &key, now, None), Ok(()));
    }
}

#[test]
fn a_descriptor_carries_all_that_its_attestation_needs() {
    let vectors: Attestations =
        serde_json::from_str(include_str!("../vectors/hearth-attestation-v1.json")).unwrap();
    for case in &vectors.cases {
        let body = serde_json::to_vec(&case.descriptor).unwrap();
        let descriptor = ServerDescriptor::parse(&body, &case.domain).unwrap();
        let attestation = descriptor.attestation.as_ref().unwrap();
        let seen = Claims {
            domain: &descriptor.domain,
            features: &descriptor.features,
            ..case.claims()
        };
        let now = Timestamp::from_seconds(case.issued_at);
        assert_eq!(
            attestation.check(&seen, &descriptor.signing_key_public, now, None),
            Ok(())
        );
    }
}

#[derive(Deserialize)]
struct Keys {
    domain: ServerName,
    steps: Vec<Step>,
    document: Value,
}

#[derive(Deserialize)]
struct Step {
    predecessor_b64: PublicKey,
    successor_b64: PublicKey,
    valid_from: i64,
    signed_text: String,
    signature_b64: Signature,
}

#[test]
fn keys_are_vouched_for_line_by_line() {
    let vectors: Keys = serde_json::from_str(include_str!("../vectors/hearth-key-v1.json")).unwrap();
    for step in &vectors.steps {
        let valid_from = Timestamp::from_seconds(step.valid_from);
        let signed = key_history::signed_bytes(
            &vectors.domain,
            &step.predecessor_b64,
            &step.successor_b64,
            valid_from,
        );
        assert_eq!(String::from_utf8(signed.clone()).unwrap(), step.signed_text);
        assert!(step.predecessor_b64.verify_strict(&signed, &step.signature_b64));
    }

    let body = serde_json::to_vec(&vectors.document).unwrap();
    let document = KeysDocument::parse(&body, &vectors.domain).unwrap();
    assert!(document.leads_from(&vectors.steps[0].predecessor_b64));
    assert_eq!(
        document.current().unwrap().public_key,
        vectors.steps[1].successor_b64
    );
    assert_eq!(serde_json::to_value(&document).unwrap(), vectors.document);
}

#[test]
fn no_form_passes_for_another() {
    assert_ne!(attestation::FIRST_LINE, key_history::FIRST_LINE);
    // Not even a request whose method were the first line of a statement.
    let timestamp = WireTimestamp::parse("1700000000").unwrap();
    for first_line in [attestation::FIRST_LINE, key_history::FIRST_LINE] {
        let request = signed_bytes(first_line, "/", &timestamp, b"");
        assert!(!request.starts_with(first_line.as_bytes()));
    }
}
