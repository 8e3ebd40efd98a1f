//! `sd-jwt/sdjwt_vectors.json`: 29 cases of the IETF reference code, RFC 9901's examples in them.

use serde_json::Value;
use vc::jwk::PublicKey;
use vc::jws::JwsError;
use vc::sd_jwt::{Disclosure, SdJwtError, UnverifiedSdJwt, VerifiedSdJwt};

use crate::common;

/// Signs with `"kid": 42`. RFC 7515, 4.1.4: "Its value MUST be a case-sensitive string."
const NUMBER_AS_KID: &str = "testcases/header_mod";
/// Has an RSA key with dots for its middle as `cnf.jwk`: no key at all, and none we take.
const RSA_HOLDER: &str = "examples/w3c-vc_for_slide_deck";

fn cases() -> Vec<Value> {
    let Some(file) = common::json_vectors("sd-jwt/sdjwt_vectors.json") else { return Vec::new() };
    let cases = file.as_array().unwrap().clone();
    assert_eq!(cases.len(), 29);
    cases
}

/// The 27 cases without a reason to refuse them.
fn good_cases() -> Vec<Value> {
    let mut cases = cases();
    cases.retain(|case| case["name"] != NUMBER_AS_KID && case["name"] != RSA_HOLDER);
    cases
}

fn verify(case: &Value, member: &str) -> (UnverifiedSdJwt, VerifiedSdJwt) {
    let name = &case["name"];
    let parsed = UnverifiedSdJwt::parse(case[member].as_str().unwrap())
        .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let typ = parsed.issuer_jwt().header().typ.clone().unwrap();
    let key = PublicKey::from_jwk(&case["issuer_jwk"]).unwrap();
    let verified =
        parsed.verify_issuer_as(&key, &typ).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    (parsed, verified)
}

/// The vectors write the holder's private key; a verifier gets its public half.
fn public(jwk: &Value) -> PublicKey {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove("d");
    PublicKey::from_jwk(&jwk).unwrap()
}

#[test]
fn every_presentation_verifies_to_the_published_payload() {
    for case in good_cases() {
        let (_, verified) = verify(&case, "presentation");

        assert_eq!(
            &Value::Object(verified.claims().clone()),
            &case["verified_payload"],
            "{}",
            case["name"]
        );
    }
}

#[test]
fn every_key_binding_verifies_under_cnf_with_its_nonce_and_audience() {
    let mut bound = 0;
    for case in good_cases() {
        let (parsed, verified) = verify(&case, "presentation");
        if parsed.key_binding().is_none() {
            continue;
        }
        let holder = public(&case["holder_jwk"]);
        let binding =
            parsed.verify_key_binding(&holder, vc::time::UnixTime(1_800_000_000)).unwrap();

        assert_eq!(verified.holder(), Some(&holder), "{}", case["name"]);
        assert_eq!(case["nonce"], binding.nonce, "{}", case["name"]);
        assert_eq!(case["aud"], binding.audience, "{}", case["name"]);
        bound += 1;
    }
    assert!(bound == 6 || cases().is_empty(), "{bound} key bindings");
}

#[test]
fn a_holder_of_every_issuance_can_make_the_published_presentation() {
    for case in good_cases() {
        let (_, held) = verify(&case, "issuance");
        let (published, shown) = verify(&case, "presentation");
        let wanted: Vec<_> = published.disclosures().iter().map(Disclosure::digest).collect();
        // Array indices shift when elements stay hidden, so places are found by digest.
        let paths: Vec<_> = held
            .disclosable()
            .into_iter()
            .filter(|path| {
                let one = held.disclose(std::slice::from_ref(path)).unwrap();
                let one = UnverifiedSdJwt::parse(&one).unwrap();
                one.disclosures().last().is_some_and(|last| wanted.contains(&last.digest()))
            })
            .cloned()
            .collect();

        let made = held.disclose(&paths).unwrap();

        let made = UnverifiedSdJwt::parse(&made).unwrap();
        let mut made_digests = common::keys::digests_of(made.disclosures());
        let mut wanted = wanted.clone();
        made_digests.sort();
        wanted.sort();
        assert_eq!(made_digests, wanted, "{}", case["name"]);
        assert_eq!(
            &Value::Object(shown.claims().clone()),
            &case["verified_payload"],
            "{}",
            case["name"]
        );
    }
}

#[test]
fn a_kid_that_is_not_a_string_is_refused() {
    for case in cases().iter().filter(|case| case["name"] == NUMBER_AS_KID) {
        let refused = UnverifiedSdJwt::parse(case["presentation"].as_str().unwrap()).unwrap_err();

        assert_eq!(refused, SdJwtError::IssuerJwt(JwsError::BadHeaderMember("kid")));
    }
}

#[test]
fn a_holder_key_of_another_type_is_refused() {
    for case in cases().iter().filter(|case| case["name"] == RSA_HOLDER) {
        let parsed = UnverifiedSdJwt::parse(case["presentation"].as_str().unwrap()).unwrap();
        let key = PublicKey::from_jwk(&case["issuer_jwk"]).unwrap();

        let refused = parsed.verify_issuer_as(&key, "example+sd-jwt").unwrap_err();

        assert_eq!(refused, SdJwtError::BadHolderKey);
    }
}

#[test]
fn a_disclosure_of_rfc_9901_has_its_published_digest() {
    // RFC 9901, 4.2.1 and 4.2.3; 4.2.2 and 4.2.4.2.
    let object_member = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let array_element = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    let jwt = common::keys::TestKey::ed25519(1).token("dc+sd-jwt", &serde_json::json!({}));

    let parsed = common::keys::parse(&format!("{jwt}~{object_member}~{array_element}~"));

    let [member, element] = parsed.disclosures() else { panic!("two disclosures") };
    assert_eq!(member.name(), Some("family_name"));
    assert_eq!(member.value(), "Möbius");
    assert_eq!(member.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    assert_eq!(element.name(), None);
    assert_eq!(element.digest(), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
}
