//! One issuer, one holder, and what they sign.

use serde_json::{Value, json};
use vc::did;
use vc::jwk::PublicKey;
use vc::time::UnixTime;
use vc::vcdm::{
    AddressedTo, Bearer, CREDENTIAL_TYP, Envelope, Issuance, KeyNeeded, PRESENTATION_TYP, Policy,
    Presenting, UnverifiedCredential, UnverifiedPresentation, VcdmError, VerifiedCredential,
    VerifiedPresentation,
};

use crate::common::keys::{TestKey, object};

pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://verifier.example";
pub(crate) const NONCE: &str = "bm9uY2U";
/// In tables of changes: the member goes away.
pub(crate) const ABSENT: Value = Value::Null;

pub(crate) const POLICY: Policy<'static> = Policy {
    addressed_to: AddressedTo::Verifier { audience: AUDIENCE, nonce: NONCE },
    bearer: Bearer::Refused,
};

pub(crate) fn issuer() -> TestKey {
    TestKey::ed25519(1)
}

pub(crate) fn holder() -> TestKey {
    TestKey::ed25519(2)
}

pub(crate) fn holder_did() -> String {
    did::jwk(&holder().public())
}

/// The document that the issuer signs.
pub(crate) fn document() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:5b4d9f3e-1f3a-4a57-9d3c-0b1f0f2f6a11",
        "type": ["VerifiableCredential", "EmploymentChecks"],
        "issuer": ISSUER,
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2028-01-01T00:00:00Z",
        "credentialSubject": {"id": holder_did(), "family_name": "Okafor"},
    })
}

/// The document with members of its top changed; [`ABSENT`] takes one away.
pub(crate) fn changed(mut document: Value, changes: &[(&str, Value)]) -> Value {
    for (name, value) in changes {
        if *value == ABSENT {
            document.as_object_mut().unwrap().shift_remove(*name);
        } else {
            document[*name] = value.clone();
        }
    }
    document
}

/// The claims as [`Issuance`] would have them.
pub(crate) fn claims() -> Value {
    changed(document(), &[("iss", json!(ISSUER)), ("iat", json!(NOW.0))])
}

pub(crate) fn issue(document: &Value) -> String {
    let key = issuer();
    let input = Issuance {
        algorithm: key.algorithm(),
        kid: &key.kid(),
        credential: &object(document),
        issued_at: NOW,
        expires_at: Some(NOW.plus(3600)),
        holder: Some(&holder().public()),
    }
    .prepare()
    .unwrap_or_else(|error| panic!("{error}"));
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

/// A `vc+jwt` of any claims, as no honest issuer signs it.
pub(crate) fn by_hand(claims: &Value) -> String {
    issuer().token(CREDENTIAL_TYP, claims)
}

/// The issuer's key by id and kid, and keys inside DIDs.
pub(crate) fn key_of(needed: &KeyNeeded) -> Option<PublicKey> {
    if needed.id == ISSUER {
        let key = issuer().public();
        return needed.kid.as_ref().is_none_or(|kid| *kid == key.kid()).then_some(key);
    }
    needed.self_contained()
}

pub(crate) fn verify(text: &str) -> Result<VerifiedCredential, VcdmError> {
    UnverifiedCredential::parse(text)?.verify(key_of, NOW)
}

/// The refusal of claims changed like this.
pub(crate) fn refusal(changes: &[(&str, Value)]) -> VcdmError {
    let claims = changed(claims(), changes);
    verify(&by_hand(&claims)).expect_err(&format!("{changes:?}"))
}

pub(crate) fn accepts(changes: &[(&str, Value)]) {
    let claims = changed(claims(), changes);
    verify(&by_hand(&claims)).unwrap_or_else(|error| panic!("{error}: {changes:?}"));
}

pub(crate) fn present(credentials: &[Envelope<'_>]) -> String {
    let key = holder();
    let holder = holder_did();
    let input = Presenting {
        algorithm: key.algorithm(),
        kid: &format!("{holder}#0"),
        holder: &holder,
        id: Some("urn:uuid:1e0f6c0a-8d43-4a43-9c5e-3f2f4b9f8d77"),
        credentials,
        audience: AUDIENCE,
        nonce: NONCE,
        issued_at: NOW,
        expires_at: Some(NOW.plus(90)),
    }
    .prepare()
    .unwrap_or_else(|error| panic!("{error}"));
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

/// A `vp+jwt` with claims of the honest one changed.
pub(crate) fn present_changed(changes: &[(&str, Value)]) -> String {
    let issued = issue(&document());
    let honest = present(&[Envelope::Jwt(&issued)]);
    let claims = changed(crate::common::keys::payload(&honest), changes);
    let header = object(&json!({ "kid": format!("{}#0", holder_did()) }));
    holder().token_with_header(PRESENTATION_TYP, header, &claims)
}

pub(crate) fn verify_presentation(text: &str) -> Result<VerifiedPresentation, VcdmError> {
    UnverifiedPresentation::parse(text)?.verify(&POLICY, key_of, NOW)
}
