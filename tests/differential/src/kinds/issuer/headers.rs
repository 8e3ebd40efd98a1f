//! Headers of the issuer-signed JWT, and who signed it.

use serde_json::{Value, json};

use super::head;
use crate::keys::{Key, Signing, unb64};
use crate::kinds::Change::Draft as Before;
use crate::kinds::Expect::Invalid;
use crate::kinds::{Kind, kind};

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        kind(
            "alg none",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::Fixed(Vec::new());
                head(draft, "alg", json!("none"))
            }),
        ),
        kind(
            "alg NONE with a signature",
            Invalid,
            Before(|draft, _| head(draft, "alg", json!("NONE"))),
        ),
        kind("alg absent", Invalid, Before(|draft, _| draft.header.remove("alg").is_some())),
        kind(
            "alg of the other key",
            Invalid,
            Before(|draft, _| {
                let other = if draft.issuer.alg() == "EdDSA" { "ES256" } else { "EdDSA" };
                head(draft, "alg", json!(other))
            }),
        ),
        kind("alg ES384", Invalid, Before(|draft, _| head(draft, "alg", json!("ES384")))),
        kind(
            "alg in lower case",
            Invalid,
            Before(|draft, _| {
                let alg = draft.issuer.alg().to_lowercase();
                head(draft, "alg", alg.into())
            }),
        ),
        kind(
            "HS256 under the public key",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::Hmac(unb64(draft.issuer.jwk()["x"].as_str().expect("x")));
                head(draft, "alg", json!("HS256"))
            }),
        ),
        kind(
            "signed by a stranger",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::With(draft.stranger.clone());
                true
            }),
        ),
        kind(
            "signed by a stranger who names his key",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::With(draft.stranger.clone());
                let jwk = draft.stranger.jwk();
                head(draft, "jwk", jwk)
            }),
        ),
        kind(
            "signed by the holder",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::With(draft.holder.clone());
                let alg = draft.holder.alg();
                head(draft, "alg", alg.into())
            }),
        ),
        kind(
            "signature of zeros",
            Invalid,
            Before(|draft, _| {
                draft.signing = Signing::Fixed(vec![0; 64]);
                true
            }),
        ),
        kind(
            "ES256 signature in DER",
            Invalid,
            Before(|draft, _| {
                let Key::P256(key) = draft.issuer.clone() else { return false };
                let input = draft.jwt();
                let input = input.rsplit_once('.').expect("a JWT").0;
                let signature: p256::ecdsa::Signature =
                    p256::ecdsa::signature::Signer::sign(&key, input.as_bytes());
                draft.signing = Signing::Fixed(signature.to_der().as_bytes().to_vec());
                true
            }),
        ),
        kind("typ absent", Invalid, Before(|draft, _| draft.header.remove("typ").is_some())),
        kind("typ JWT", Invalid, Before(|draft, _| head(draft, "typ", json!("JWT")))),
        kind("typ kb+jwt", Invalid, Before(|draft, _| head(draft, "typ", json!("kb+jwt")))),
        kind("typ a number", Invalid, Before(|draft, _| head(draft, "typ", json!(1)))),
        kind(
            "crit unknown",
            Invalid,
            Before(|draft, _| {
                head(draft, "urn:x", json!(1));
                head(draft, "crit", json!(["urn:x"]))
            }),
        ),
        kind("crit empty", Invalid, Before(|draft, _| head(draft, "crit", json!([])))),
        kind("crit not an array", Invalid, Before(|draft, _| head(draft, "crit", json!("exp")))),
        kind(
            "b64 false",
            Invalid,
            Before(|draft, _| {
                head(draft, "b64", json!(false));
                head(draft, "crit", json!(["b64"]))
            }),
        ),
        kind("b64 without crit", Invalid, Before(|draft, _| head(draft, "b64", json!(true)))),
        kind(
            "alg twice",
            Invalid,
            Before(|draft, _| {
                let alg = draft.issuer.alg();
                draft.header_text = Some(format!(
                    r#"{{"alg":"none","kid":"{alg}","alg":"{alg}","typ":"dc+sd-jwt"}}"#
                ));
                true
            }),
        ),
        kind(
            "header with trailing data",
            Invalid,
            Before(|draft, _| {
                draft.header_text = Some(format!("{}x", Value::Object(draft.header.clone())));
                true
            }),
        ),
        kind(
            "header not an object",
            Invalid,
            Before(|draft, _| {
                draft.header_text = Some(r#"["EdDSA"]"#.to_owned());
                true
            }),
        ),
    ]
}
