use serde_json::{Map, Value, json};
use vc::jws::JwsError;
use vc::oauth::{
    CLIENT_ATTESTATION_POP_TYP, CLIENT_ATTESTATION_TYP, ClientAttestationError,
    ClientAttestationPolicy, ClientAttestationPopInput, VerifiedClient, verify_client_attestation,
};
use vc::time::UnixTime;

use crate::common::keys::TestKey;

const NOW: UnixTime = UnixTime(1_800_000_000);
const SERVER: &str = "https://issuer.example";

fn attester() -> TestKey {
    TestKey::p256()
}

fn instance() -> TestKey {
    TestKey::ed25519(5)
}

fn attestation_claims() -> Value {
    json!({
        "iss": "https://wallet.example",
        "sub": "https://wallet.example/app",
        "exp": NOW.0 + 3600,
        "cnf": { "jwk": instance().public().to_jwk() },
    })
}

fn proof_claims() -> Value {
    json!({ "iss": "https://wallet.example/app", "aud": SERVER, "jti": "one", "iat": NOW.0 })
}

fn verify(attestation: &Value, proof: &Value) -> Result<VerifiedClient, ClientAttestationError> {
    let attester = attester();
    let attestation = attester.token_with_header(CLIENT_ATTESTATION_TYP, Map::new(), attestation);
    let proof = instance().token_with_header(CLIENT_ATTESTATION_POP_TYP, Map::new(), proof);
    check(&[&attester], &attestation, &proof)
}

fn check(
    attesters: &[&TestKey],
    attestation: &str,
    proof: &str,
) -> Result<VerifiedClient, ClientAttestationError> {
    let attesters: Vec<_> = attesters.iter().map(|key| key.public()).collect();
    let policy = ClientAttestationPolicy {
        attesters: &attesters,
        anchors: &[],
        audience: SERVER,
        max_age: 300,
        skew: 10,
    };
    verify_client_attestation(attestation, proof, &policy, NOW)
}

#[test]
fn an_attested_instance_is_its_client() {
    let attester = attester();
    let attestation = attester.token(CLIENT_ATTESTATION_TYP, &attestation_claims());
    let key = instance();
    let input = ClientAttestationPopInput::new(
        &key.public(),
        "https://wallet.example/app",
        SERVER,
        "one",
        Some("a challenge"),
        NOW,
    );
    let signature = key.sign(input.signing_input());

    let client = check(&[&TestKey::p256(), &attester], &attestation, &input.finish(&signature));

    let client = client.unwrap();
    assert_eq!(client.client_id, "https://wallet.example/app");
    assert_eq!(client.key, key.public());
    assert_eq!(client.challenge.as_deref(), Some("a challenge"));
}

#[test]
fn later_drafts_have_no_iss() {
    let (mut attestation, mut proof) = (attestation_claims(), proof_claims());
    attestation.as_object_mut().unwrap().remove("iss");
    proof.as_object_mut().unwrap().remove("iss");

    assert!(verify(&attestation, &proof).is_ok());
}

#[test]
fn each_claim_of_the_attestation_counts() {
    use ClientAttestationError::{BadClaim, Expired, OutsideTimeWindow};
    for (name, value, refusal) in [
        ("sub", json!(null), BadClaim("sub")),
        ("exp", json!(null), BadClaim("exp")),
        ("exp", json!(NOW.0), Expired),
        ("nbf", json!(NOW.0 + 11), OutsideTimeWindow),
        ("iat", json!(NOW.0 + 11), OutsideTimeWindow),
        ("iat", json!("now"), BadClaim("iat")),
        ("cnf", json!({}), BadClaim("cnf")),
    ] {
        let mut claims = attestation_claims();
        claims[name] = value;
        assert_eq!(verify(&claims, &proof_claims()), Err(refusal), "{name}");
    }
}

#[test]
fn each_claim_of_the_proof_counts() {
    use ClientAttestationError::{BadClaim, OtherAudience, OtherClient, OutsideTimeWindow};
    for (name, value, refusal) in [
        ("iss", json!("https://other.example"), OtherClient),
        ("aud", json!("https://other.example"), OtherAudience),
        ("aud", json!([SERVER]), OtherAudience),
        ("jti", json!(null), BadClaim("jti")),
        ("iat", json!(null), BadClaim("iat")),
        ("iat", json!(NOW.0 - 301), OutsideTimeWindow),
        ("iat", json!(NOW.0 + 11), OutsideTimeWindow),
        ("challenge", json!(1), BadClaim("challenge")),
    ] {
        let mut claims = proof_claims();
        claims[name] = value;
        assert_eq!(verify(&attestation_claims(), &claims), Err(refusal), "{name}");
    }
}

#[test]
fn a_proof_by_another_key_is_refused() {
    let attester = attester();
    let attestation = attester.token(CLIENT_ATTESTATION_TYP, &attestation_claims());
    let proof = TestKey::ed25519(6).token(CLIENT_ATTESTATION_POP_TYP, &proof_claims());

    let answer = check(&[&attester], &attestation, &proof);

    assert_eq!(answer, Err(ClientAttestationError::Jws(JwsError::SignatureInvalid)));
}

#[test]
fn an_attester_that_nobody_named_is_refused() {
    let attestation = attester().token(CLIENT_ATTESTATION_TYP, &attestation_claims());
    let proof = instance().token(CLIENT_ATTESTATION_POP_TYP, &proof_claims());

    let none = check(&[], &attestation, &proof);
    let another = check(&[&attester()], &attestation, &proof);

    assert_eq!(none, Err(ClientAttestationError::UnknownAttester));
    assert_eq!(another, Err(ClientAttestationError::Jws(JwsError::SignatureInvalid)));
}

#[test]
fn a_certificate_chain_needs_an_authority_of_attesters() {
    let attester = attester();
    let header = json!({ "x5c": ["AAAA"] });
    let header = header.as_object().unwrap().clone();
    let attestation =
        attester.token_with_header(CLIENT_ATTESTATION_TYP, header, &attestation_claims());
    let proof = instance().token(CLIENT_ATTESTATION_POP_TYP, &proof_claims());

    let answer = check(&[&attester], &attestation, &proof);

    assert!(matches!(answer, Err(ClientAttestationError::Chain(_))), "{answer:?}");
}

#[test]
fn the_two_tokens_are_not_exchanged() {
    let attester = attester();
    let attestation = attester.token(CLIENT_ATTESTATION_TYP, &attestation_claims());
    let proof = instance().token(CLIENT_ATTESTATION_POP_TYP, &proof_claims());

    for (first, second) in [(&proof, &attestation), (&attestation, &attestation)] {
        assert!(matches!(check(&[&attester], first, second), Err(ClientAttestationError::Jws(_))));
    }
}
