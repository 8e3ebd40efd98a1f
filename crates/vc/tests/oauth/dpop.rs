use serde_json::{Map, Value, json};
use vc::jwk::JwkError;
use vc::jws::JwsError;
use vc::oauth::{
    DPOP_TYP, DpopBound, DpopError, DpopInput, DpopPolicy, MAX_JTI_BYTES, VerifiedDpop, verify_dpop,
};
use vc::time::UnixTime;

use crate::common::keys::{TestKey, object};

const NOW: UnixTime = UnixTime(1_800_000_000);
const POLICY: DpopPolicy<'static> = DpopPolicy {
    method: "POST",
    address: "https://issuer.example/token",
    access_token: None,
    bound_to: None,
    max_age: 60,
    skew: 10,
};

fn key() -> TestKey {
    TestKey::ed25519(3)
}

fn header() -> Map<String, Value> {
    object(&json!({ "jwk": key().public().to_jwk() }))
}

fn claims() -> Value {
    json!({ "jti": "one", "htm": "POST", "htu": "https://issuer.example/token", "iat": NOW.0 })
}

fn verify(
    typ: &str,
    header: Map<String, Value>,
    claims: &Value,
) -> Result<VerifiedDpop, DpopError> {
    verify_dpop(&key().token_with_header(typ, header, claims), &POLICY, NOW)
}

fn with_claim(name: &str, value: Value) -> Result<VerifiedDpop, DpopError> {
    let mut claims = claims();
    claims[name] = value;
    verify(DPOP_TYP, header(), &claims)
}

/// RFC 9449, figure 2.
#[test]
fn the_example_of_rfc_9449_verifies() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    let policy = DpopPolicy { address: "https://server.example.com/token", ..POLICY };

    let verified = verify_dpop(proof, &policy, UnixTime(1_562_262_618)).unwrap();

    assert_eq!(verified.jti, "-BwC3ESc6acc2lTc");
    assert_eq!(
        verified.key.thumbprint().to_string(),
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    );
}

#[test]
fn what_a_client_makes_a_server_takes() {
    for key in [TestKey::ed25519(3), TestKey::p256()] {
        let bound = DpopBound { access_token: Some("a token"), nonce: Some("a nonce") };
        let address = "HTTPS://Issuer.example:443/token?query#fragment";
        let input = DpopInput::new(&key.public(), "POST", address, "one", NOW, bound);
        let signature = key.sign(input.signing_input());
        let policy = DpopPolicy {
            access_token: Some("a token"),
            bound_to: Some(key.public().thumbprint()),
            ..POLICY
        };

        let verified = verify_dpop(&input.finish(&signature), &policy, NOW).unwrap();

        assert_eq!(verified.key, key.public());
        assert_eq!(verified.nonce.as_deref(), Some("a nonce"));
        assert_eq!(verified.issued_at, NOW);
    }
}

#[test]
fn the_address_is_compared_without_query_and_normalised() {
    for htu in [
        "https://issuer.example/token?x=1",
        "https://issuer.example/token#f",
        "HTTPS://ISSUER.EXAMPLE:443/token",
        "https://issuer.example/a/../token",
    ] {
        assert!(with_claim("htu", json!(htu)).is_ok(), "{htu}");
    }
    for htu in [
        "http://issuer.example/token",
        "https://issuer.example/token/",
        "https://issuer.example:8443/token",
        "https://issuer.example.evil/token",
        "https://issuer.example/Token",
    ] {
        assert_eq!(with_claim("htu", json!(htu)), Err(DpopError::OtherRequest("htu")), "{htu}");
    }
}

#[test]
fn the_method_is_compared_with_case() {
    for method in ["GET", "post", ""] {
        assert_eq!(with_claim("htm", json!(method)), Err(DpopError::OtherRequest("htm")));
    }
}

#[test]
fn a_proof_is_fresh() {
    assert!(with_claim("iat", json!(NOW.0 - 60)).is_ok());
    assert!(with_claim("iat", json!(NOW.0 + 10)).is_ok());
    for iat in [NOW.0 - 61, NOW.0 + 11] {
        assert_eq!(with_claim("iat", json!(iat)), Err(DpopError::OutsideTimeWindow));
    }
}

#[test]
fn each_claim_has_its_type() {
    for (name, value) in [
        ("jti", json!(1)),
        ("jti", json!("")),
        ("jti", json!("j".repeat(MAX_JTI_BYTES + 1))),
        ("htu", json!("no address")),
        ("iat", json!("1800000000")),
        ("iat", json!(1.5)),
        ("nonce", json!(7)),
    ] {
        assert_eq!(with_claim(name, value), Err(DpopError::BadClaim(name)), "{name}");
    }
}

#[test]
fn ath_is_the_hash_of_the_token_beside_it() {
    let proof = |bound| {
        let input = DpopInput::new(&key().public(), "POST", POLICY.address, "one", NOW, bound);
        let signature = key().sign(input.signing_input());
        input.finish(&signature)
    };
    let policy = DpopPolicy { access_token: Some("a token"), ..POLICY };
    let other = DpopBound { access_token: Some("another"), ..DpopBound::default() };

    for bound in [other, DpopBound::default()] {
        assert_eq!(verify_dpop(&proof(bound), &policy, NOW), Err(DpopError::OtherToken));
    }
}

#[test]
fn a_token_is_bound_to_one_key() {
    let bound_to = Some(TestKey::ed25519(4).public().thumbprint());
    let proof = key().token_with_header(DPOP_TYP, header(), &claims());

    let answer = verify_dpop(&proof, &DpopPolicy { bound_to, ..POLICY }, NOW);

    assert_eq!(answer, Err(DpopError::OtherKey));
}

#[test]
fn the_header_has_a_public_key_and_the_right_type() {
    let wrong_type = JwsError::WrongType { expected: DPOP_TYP.to_owned() };
    assert_eq!(verify("kb+jwt", header(), &claims()), Err(DpopError::Jws(wrong_type)));
    assert_eq!(verify(DPOP_TYP, Map::new(), &claims()), Err(DpopError::NoKey));
    let mut private = header();
    private["jwk"]["d"] = json!("AAAA");
    assert_eq!(verify(DPOP_TYP, private, &claims()), Err(DpopError::Key(JwkError::PrivateMember)));
    let mut other = header();
    other["jwk"] = TestKey::ed25519(9).public().to_jwk();
    assert_eq!(verify(DPOP_TYP, other, &claims()), Err(DpopError::Jws(JwsError::SignatureInvalid)));
}
