//! A presentation of the data model 2.0 attacked in one place, and any document that its issuer
//! signs: nothing but the genuine one verifies, and what verifies is the signer's and in force.
#![no_main]

use std::sync::LazyLock;

use ed25519_dalek::{Signer as _, SigningKey};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use vc::did;
use vc::jwk::{Algorithm, PublicKey};
use vc::jws::SigningInput;
use vc::vcdm::{
    AddressedTo, Bearer, CREDENTIAL_TYP, Envelope, Issuance, KeyNeeded, Policy, Presenting,
    UnverifiedCredential, UnverifiedPresentation, date_time,
};

#[path = "../support.rs"]
mod support;

const NONCE: &str = "n-0S6_WzA2Mj";
const VERIFIER: &str = "https://verifier.example";

struct Scene {
    issuer: SigningKey,
    issuer_did: String,
    credential: Value,
    presentation: String,
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_ed25519(key.verifying_key().as_bytes()).expect("a key")
}

fn sign(key: &SigningKey, input: SigningInput) -> String {
    let signature = key.sign(input.signing_input()).to_bytes();
    input.finish(&signature)
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let [issuer, holder] = [5, 6].map(|seed| SigningKey::from_bytes(&[seed; 32]));
    let (issuer_did, holder_did) = (did::jwk(&public(&issuer)), did::jwk(&public(&holder)));
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer_did,
        "credentialSubject": { "id": holder_did, "name": "Okafor" },
    });
    let input = Issuance {
        algorithm: Algorithm::EdDsa,
        kid: &format!("{issuer_did}#0"),
        credential: credential.as_object().expect("an object"),
        issued_at: support::NOW,
        expires_at: Some(support::NOW.plus(86_400)),
        holder: Some(&public(&holder)),
    }
    .prepare();
    let issued = sign(&issuer, input.expect("a credential"));
    let input = Presenting {
        algorithm: Algorithm::EdDsa,
        kid: &format!("{holder_did}#0"),
        holder: &holder_did,
        id: None,
        credentials: &[Envelope::Jwt(&issued)],
        audience: VERIFIER,
        nonce: NONCE,
        issued_at: support::NOW,
        expires_at: Some(support::NOW.plus(90)),
    }
    .prepare();
    let presentation = sign(&holder, input.expect("a presentation"));
    Scene { issuer, issuer_did, credential, presentation }
});

fn verifies(text: &str) -> bool {
    let policy = Policy {
        addressed_to: AddressedTo::Verifier { audience: VERIFIER, nonce: NONCE },
        bearer: Bearer::Refused,
    };
    // Any DID may hold here; an issuer must be ours.
    let key_of = |needed: &KeyNeeded| needed.self_contained();
    let verified = UnverifiedPresentation::parse(text)
        .and_then(|presentation| presentation.verify(&policy, key_of, support::NOW));
    verified.is_ok_and(|it| it.credentials().iter().any(|it| it.issuer() == SCENE.issuer_did))
}

fuzz_target!(|attack: support::Attack| {
    let text = attack.text();
    if let Some(attacked) = attack.on_text(&SCENE.presentation) {
        assert_eq!(verifies(&attacked), attacked == SCENE.presentation);
    }
    assert!(!verifies(text));
    if let Some(time) = date_time::parse(text) {
        assert_eq!(date_time::parse(&date_time::format(time)), Some(time));
    }

    let Some(changes) = support::object(text.as_bytes()) else { return };
    let _ = Envelope::read(&Value::Object(changes.clone()));
    let claims = support::overlaid(&SCENE.credential, &changes);
    let kid = format!("{}#0", SCENE.issuer_did);
    let header = Map::from_iter([("kid".to_owned(), kid.into())]);
    let input = SigningInput::new(Algorithm::EdDsa, CREDENTIAL_TYP, header, &claims);
    let token = sign(&SCENE.issuer, input);
    let verified = UnverifiedCredential::parse(&token)
        .and_then(|credential| credential.verify(KeyNeeded::self_contained, support::NOW));
    let Ok(verified) = verified else { return };
    assert_eq!(verified.issuer(), SCENE.issuer_did);
    assert!(!verified.claims().contains_key("vc") && !verified.claims().contains_key("vp"));
    assert!(verified.types().contains(&"VerifiableCredential"));
    assert!(!verified.subjects().is_empty());
    let skew = vc::vcdm::CLOCK_SKEW;
    assert!(verified.valid_from().is_none_or(|from| from <= support::NOW.plus(skew)));
    assert!(verified.valid_until().is_none_or(|until| until.plus(skew) >= support::NOW));
    assert!(verified.expires_at().is_none_or(|end| end.plus(skew) >= support::NOW));
});
