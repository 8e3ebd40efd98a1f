//! Credentials made here verify in other people's libraries, and theirs verify here.
//!
//! `./test` installs the libraries first (npm `@sd-jwt/sd-jwt-vc` and `@openid4vc/openid4vci`, PyPI
//! `sd-jwt`, the crate `oid4vci`); without them these tests fail rather than pass unseen.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod attested;
mod browser;
mod other_wallet;
mod peers;
mod sign_in;
mod staff;
mod wallets;

use serde_json::{Value, json};
use staff_passport_tests::network::{HOST_ODS, Network, POLL_SECONDS};
use staff_passport_tests::tamper;
use vc::jwk::PublicKey;
use vc::registry::{Operators, TrustRegistry, VerifiedRegistry};
use vc::sd_jwt::UnverifiedSdJwt;
use vc::status_list::VerifiedStatusList;
use vc::time::UnixTime;
use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation};

use crate::peers::Peer;

pub(crate) const REQUIREMENT: &str =
    "TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED";
const VCT: &str = "urn:staff-passport:employment-checks:1";
const FOREIGN_ISSUER: &str = "https://issuer.example";
const FOREIGN_LIST: &str = "https://issuer.example/status-lists/1";
const AUDIENCE: &str = "ods:R0A";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODw";

fn now() -> i64 {
    clock::Clock::system().now()
}

pub(crate) fn today() -> chrono::NaiveDate {
    chrono::DateTime::from_timestamp(now(), 0).expect("a date").date_naive()
}

/// A presentation by our issuer and our wallet, and the issuer's public key as published.
async fn ours(network: &Network) -> (String, Value) {
    let passport = network.create_passport(&passport::samples::sample_nurse(today())).await;
    let wallet = network.wallet("interop");
    wallet.receive(&passport);
    let presentation = tamper::presentation(&wallet.code(REQUIREMENT));
    let metadata =
        network.http.get(&format!("{}/.well-known/jwt-vc-issuer", network.issuer_url)).await.json();
    (presentation, metadata["jwks"]["keys"][0].clone())
}

fn nonce_of(presentation: &str) -> String {
    let parsed = UnverifiedSdJwt::parse(presentation).expect("an SD-JWT");
    let binding = parsed.key_binding().expect("a key binding");
    let nonce = binding.dangerous_unverified_claim("nonce").expect("a nonce");
    nonce.as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presentation_made_here_verifies_in_both_foreign_libraries() {
    let network = Network::start(POLL_SECONDS);
    let (presentation, jwk) = ours(&network).await;
    let command = json!({
        "do": "verify", "presentation": presentation, "jwk": jwk, "alg": "EdDSA",
        "nonce": nonce_of(&presentation), "audience": format!("ods:{HOST_ODS}"),
    });

    for peer in [Peer::Npm, Peer::Pypi] {
        let claims = peer.ask(&command).expect("the peer accepts it")["claims"].clone();

        assert_eq!(claims["vct"], VCT, "{peer:?}");
        assert_eq!(claims["identity"]["given_name"], "Amara", "{peer:?}");
        assert_eq!(claims["employer"]["ods"], "RBV", "{peer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_presentation_is_refused_by_both_foreign_libraries() {
    let network = Network::start(POLL_SECONDS);
    let (presentation, jwk) = ours(&network).await;
    let forged = tamper::presentation(&tamper::issuer_signed_part(&json!(presentation)));
    let command = json!({
        "do": "verify", "presentation": forged, "jwk": jwk, "alg": "EdDSA",
        "nonce": nonce_of(&presentation), "audience": format!("ods:{HOST_ODS}"),
    });

    for peer in [Peer::Npm, Peer::Pypi] {
        assert!(peer.ask(&command).is_err(), "{peer:?}");
    }
}

fn make_command(alg: &str) -> Value {
    json!({
        "do": "make", "alg": alg, "issuer": FOREIGN_ISSUER, "kid": "foreign-1",
        "audience": AUDIENCE, "nonce": NONCE, "now": now(), "status_uri": FOREIGN_LIST,
        "claims": {
            "vct": VCT,
            "employer": { "ods": "RX1", "name": "A foreign trust" },
            "identity": { "given_name": "Éva", "family_name": "Müller", "nested": { "deep": [1, 2.5, null] } },
            "core_skills": [{ "subject": "FIRE" }],
        },
        "hide": ["identity", "core_skills"],
    })
}

#[test]
fn a_presentation_made_by_each_foreign_library_verifies_here() {
    for peer in [Peer::Npm, Peer::Pypi] {
        for alg in ["EdDSA", "ES256"] {
            let made = peer.ask(&make_command(alg)).expect("the peer makes one");
            let key = PublicKey::from_jwk(&made["jwk"]).expect("a public key");
            let text = made["presentation"].as_str().expect("a text");

            let parsed = UnverifiedSdJwt::parse(text).expect("an SD-JWT");
            let verified = parsed.verify_issuer(&key).expect("the issuer's signature verifies");
            let holder = verified.holder().expect("a holder key");
            let binding = parsed
                .verify_key_binding(holder, UnixTime(now()))
                .expect("the key binding verifies");

            assert_eq!(verified.claims()["identity"]["given_name"], "Éva", "{peer:?} {alg}");
            assert_eq!(verified.claims()["identity"]["nested"]["deep"], json!([1, 2.5, null]));
            assert_eq!(binding.audience, AUDIENCE, "{peer:?} {alg}");
            assert_eq!(binding.nonce, NONCE, "{peer:?} {alg}");
        }
    }
}

#[test]
fn a_foreign_presentation_and_status_list_pass_the_one_safe_call() {
    for alg in ["EdDSA", "ES256"] {
        let made = Peer::Npm.ask(&make_command(alg)).expect("the peer makes one");
        let at = UnixTime(now());
        let registry = registry_with(&made["jwk"], at);
        let (_, entry) = registry.issuer(FOREIGN_ISSUER).expect("the issuer is registered");
        let list = VerifiedStatusList::verify(
            made["status_list"].as_str().expect("a token"),
            FOREIGN_LIST,
            |_| entry.keys.first().map(|key| &key.jwk),
            at,
        )
        .expect("the foreign status list verifies");
        let policy = Policy {
            audience: AUDIENCE,
            nonce: NoncePolicy::Exactly(NONCE),
            types: &[VCT],
            max_code_age: 90,
            max_code_ahead: 30,
            max_status_age: 600,
        };
        let evidence = Evidence {
            registry: Some(&registry),
            anchors: &[],
            status: StatusEvidence::List(&list),
        };

        let presentation =
            UnverifiedPresentation::parse(made["presentation"].as_str().expect("a text"))
                .expect("a presentation");
        let verified = presentation.verify(&evidence, &policy, at).expect("it holds");

        assert_eq!(verified.issuer().ods, "RX1", "{alg}");
        assert_eq!(verified.claims()["core_skills"][0]["subject"], "FIRE", "{alg}");
    }
}

/// A registry that lists the foreign issuer, signed by an operator made for this test.
fn registry_with(jwk: &Value, at: UnixTime) -> VerifiedRegistry {
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let operator = keys::SigningKey::generate(vc::jwk::Algorithm::EdDsa, &mut rng);
    let payload: TrustRegistry = serde_json::from_value(json!({
        "version": 1, "iat": at.0, "exp": at.plus(3600).0,
        "organisations": [{
            "ods": "RX1", "name": "A foreign trust", "state": "active", "types": [VCT],
            "issuer": {
                "url": FOREIGN_ISSUER,
                "keys": [{ "jwk": jwk, "state": "active", "kid": "foreign-1" }],
            },
        }],
    }))
    .expect("a registry payload");
    let input = vc::registry::signing_input(operator.algorithm(), operator.kid(), &payload);
    let signature = operator.sign(input.signing_input());
    let document = vc::registry::document(&[input.finish(&signature)]);
    let operators = Operators { keys: vec![operator.public_key().clone()], threshold: 1 };
    VerifiedRegistry::verify(document.as_bytes(), &operators, None, at).expect("it verifies")
}
