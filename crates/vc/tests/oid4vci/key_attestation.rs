use serde_json::{Map, Value, json};
use vc::jws::JwsError;
use vc::oid4vci::{
    KEY_ATTESTATION_TYP, KeyAttestationError, KeyAttestationPlace, KeyAttestationPolicy,
    VerifiedKeyAttestation, verify_key_attestation,
};
use vc::time::UnixTime;

use super::common::keys::TestKey;

const NOW: UnixTime = UnixTime(1_800_000_000);

fn holder() -> TestKey {
    TestKey::ed25519(7)
}

fn claims() -> Value {
    json!({
        "iat": NOW.0,
        "exp": NOW.0 + 60,
        "attested_keys": [holder().public().to_jwk(), TestKey::ed25519(8).public().to_jwk()],
        "key_storage": ["iso_18045_moderate"],
        "user_authentication": ["iso_18045_moderate"],
        "nonce": "n",
    })
}

fn verify_at(
    place: KeyAttestationPlace,
    claims: &Value,
) -> Result<VerifiedKeyAttestation, KeyAttestationError> {
    let attester = TestKey::p256();
    let token = attester.token_with_header(KEY_ATTESTATION_TYP, Map::new(), claims);
    let attesters = [attester.public()];
    let policy = KeyAttestationPolicy { attesters: &attesters, anchors: &[], place, skew: 10 };
    verify_key_attestation(&token, &policy, NOW)
}

fn with(name: &str, value: Value) -> Result<VerifiedKeyAttestation, KeyAttestationError> {
    let mut claims = claims();
    claims[name] = value;
    verify_at(KeyAttestationPlace::JwtProof, &claims)
}

#[test]
fn attested_keys_come_with_how_they_are_kept() {
    let attested = verify_at(KeyAttestationPlace::JwtProof, &claims()).unwrap();

    assert_eq!(attested.keys, [holder().public(), TestKey::ed25519(8).public()]);
    assert_eq!(attested.key_storage, ["iso_18045_moderate"]);
    assert_eq!(attested.nonce.as_deref(), Some("n"));
}

#[test]
fn exp_must_stand_beside_a_jwt_proof() {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove("exp");

    assert_eq!(
        verify_at(KeyAttestationPlace::JwtProof, &claims),
        Err(KeyAttestationError::BadClaim("exp"))
    );
    assert!(verify_at(KeyAttestationPlace::AttestationProof, &claims).is_ok());
}

#[test]
fn each_claim_counts() {
    use KeyAttestationError::{BadClaim, Expired, FromFuture};
    for (name, value, refusal) in [
        ("iat", json!(null), BadClaim("iat")),
        ("iat", json!(NOW.0 + 11), FromFuture),
        ("exp", json!(NOW.0), Expired),
        ("exp", json!("soon"), BadClaim("exp")),
        ("attested_keys", json!([]), BadClaim("attested_keys")),
        ("attested_keys", json!({}), BadClaim("attested_keys")),
        ("key_storage", json!("high"), BadClaim("key_storage")),
        ("key_storage", json!([]), BadClaim("key_storage")),
        ("user_authentication", json!([1]), BadClaim("user_authentication")),
        ("nonce", json!(1), BadClaim("nonce")),
    ] {
        assert_eq!(with(name, value), Err(refusal), "{name}");
    }
    let private = json!([{ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "d": "AAAA" }]);
    assert!(matches!(with("attested_keys", private), Err(KeyAttestationError::Key(_))));
}

#[test]
fn an_attester_that_nobody_named_is_refused() {
    let token = TestKey::p256().token(KEY_ATTESTATION_TYP, &claims());
    let check = |attesters: &[vc::jwk::PublicKey]| {
        let place = KeyAttestationPlace::JwtProof;
        let policy = KeyAttestationPolicy { attesters, anchors: &[], place, skew: 10 };
        verify_key_attestation(&token, &policy, NOW)
    };

    assert_eq!(check(&[]), Err(KeyAttestationError::UnknownAttester));
    assert_eq!(
        check(&[TestKey::p256().public()]),
        Err(KeyAttestationError::Jws(JwsError::SignatureInvalid))
    );
}
