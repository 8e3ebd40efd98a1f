use serde_json::{Map, Value, json};
use vc::jwk::{Algorithm, JwkError};
use vc::jws::JwsError;
use vc::oid4vci::{
    CredentialErrorCode, ErrorResponse, PROOF_TYP, ProofError, ProofInput, ProofPolicy,
    VerifiedProof, verify_proof,
};
use vc::time::UnixTime;

use super::common::keys::{TestKey, object};

const ISSUER: &str = "https://issuer.example";
const NOW: UnixTime = UnixTime(1_800_000_000);
const POLICY: ProofPolicy<'static> = ProofPolicy {
    credential_issuer: ISSUER,
    algorithms: &[Algorithm::EdDsa, Algorithm::Es256],
    max_age: 300,
    skew: 60,
    client_id: None,
};

fn sign(key: &TestKey, input: ProofInput) -> String {
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

/// A proof with any header and claims, rightly signed.
fn proof(
    typ: &str,
    header: Map<String, Value>,
    claims: &Value,
) -> Result<VerifiedProof, ProofError> {
    let key = TestKey::ed25519(3);
    verify_proof(&key.token_with_header(typ, header, claims), &POLICY, NOW)
}

fn header() -> Map<String, Value> {
    object(&json!({"jwk": TestKey::ed25519(3).public().to_jwk()}))
}

fn claims() -> Value {
    json!({"aud": ISSUER, "iat": NOW.0, "nonce": "n"})
}

fn with_claim(name: &str, value: Value) -> Result<VerifiedProof, ProofError> {
    let mut claims = claims();
    claims[name] = value;
    proof(PROOF_TYP, header(), &claims)
}

#[test]
fn a_proof_of_either_algorithm_verifies() {
    for key in [TestKey::ed25519(3), TestKey::p256()] {
        let input = ProofInput::new(key.algorithm(), &key.public(), ISSUER, Some("n"), NOW, None);

        let verified = verify_proof(&sign(&key, input), &POLICY, NOW).unwrap();

        assert_eq!(verified.holder, key.public());
        assert_eq!(verified.nonce.as_deref(), Some("n"));
        assert_eq!(verified.issued_at, NOW);
    }
}

#[test]
fn a_proof_without_nonce_says_so() {
    let claims = json!({"aud": ISSUER, "iat": NOW.0});

    assert_eq!(proof(PROOF_TYP, header(), &claims).unwrap().nonce, None);
}

#[test]
fn iss_is_the_client_and_absent_when_anonymous() {
    let key = TestKey::ed25519(3);
    let verify = |iss: Option<&str>, client_id| {
        let input = ProofInput::new(key.algorithm(), &key.public(), ISSUER, None, NOW, iss);
        verify_proof(&sign(&key, input), &ProofPolicy { client_id, ..POLICY }, NOW).map(|_| ())
    };

    assert_eq!(verify(None, None), Ok(()));
    assert_eq!(verify(Some("wallet"), Some("wallet")), Ok(()));
    assert_eq!(verify(None, Some("wallet")), Ok(()));
    assert_eq!(verify(Some("wallet"), None), Err(ProofError::WrongClient));
    assert_eq!(verify(Some("other"), Some("wallet")), Err(ProofError::WrongClient));
    assert_eq!(with_claim("iss", json!(5)), Err(ProofError::WrongClient));
}

#[test]
fn a_token_of_another_type_is_no_proof() {
    for typ in ["jwt", "kb+jwt", "dc+sd-jwt", "dpop+jwt", "openid4vci-proof"] {
        assert!(
            matches!(
                proof(typ, header(), &claims()),
                Err(ProofError::Jws(JwsError::WrongType { .. }))
            ),
            "{typ}"
        );
    }
}

#[test]
fn the_key_comes_as_jwk_and_as_nothing_else() {
    let jwk = header();
    let with = |name: &str, value: Value| {
        let mut header = jwk.clone();
        header.insert(name.to_owned(), value);
        proof(PROOF_TYP, header, &claims())
    };

    assert_eq!(proof(PROOF_TYP, Map::new(), &claims()), Err(ProofError::NoKey));
    assert_eq!(with("kid", json!("did:x#0")), Err(ProofError::OtherKeyReference("kid")));
    assert_eq!(with("x5c", json!(["AA=="])), Err(ProofError::OtherKeyReference("x5c")));
    assert!(with("unknown", json!(1)).is_ok());
}

#[test]
fn a_private_key_is_refused() {
    let mut jwk = TestKey::ed25519(3).public().to_jwk();
    jwk["d"] = json!("AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM");

    let refused = proof(PROOF_TYP, object(&json!({ "jwk": jwk })), &claims());

    assert_eq!(refused, Err(ProofError::Key(JwkError::PrivateMember)));
}

#[test]
fn another_key_than_the_signers_is_refused() {
    let other = object(&json!({"jwk": TestKey::ed25519(4).public().to_jwk()}));

    assert_eq!(
        proof(PROOF_TYP, other, &claims()),
        Err(ProofError::Jws(JwsError::SignatureInvalid))
    );
}

#[test]
fn an_algorithm_that_is_not_offered_is_refused() {
    let key = TestKey::p256();
    let input = ProofInput::new(key.algorithm(), &key.public(), ISSUER, None, NOW, None);
    let policy = ProofPolicy { algorithms: &[Algorithm::EdDsa], ..POLICY };

    assert_eq!(
        verify_proof(&sign(&key, input), &policy, NOW),
        Err(ProofError::AlgorithmNotOffered)
    );
}

#[test]
fn aud_is_exactly_the_issuer() {
    for aud in [
        json!("https://issuer.example/"),
        json!([ISSUER]),
        json!([ISSUER, "https://other.example"]),
        Value::Null,
        json!(5),
    ] {
        assert_eq!(with_claim("aud", aud.clone()), Err(ProofError::WrongAudience), "{aud}");
    }
}

#[test]
fn iat_lies_in_the_window() {
    for (seconds, outcome) in [
        (-300, Ok(())),
        (60, Ok(())),
        (-301, Err(ProofError::OutsideTimeWindow)),
        (61, Err(ProofError::OutsideTimeWindow)),
    ] {
        assert_eq!(with_claim("iat", json!(NOW.0 + seconds)).map(|_| ()), outcome, "{seconds}");
    }
    assert_eq!(with_claim("iat", json!(0)), Err(ProofError::OutsideTimeWindow));
    for iat in [json!("1800000000"), json!(1e300), Value::Null] {
        assert_eq!(with_claim("iat", iat), Err(ProofError::BadClaim("iat")));
    }
    assert_eq!(with_claim("nonce", json!(1)), Err(ProofError::BadClaim("nonce")));
}

#[test]
fn a_refused_proof_answers_invalid_proof() {
    let response: ErrorResponse<CredentialErrorCode> = ProofError::WrongAudience.into();

    assert_eq!(response.error, CredentialErrorCode::InvalidProof);
}
