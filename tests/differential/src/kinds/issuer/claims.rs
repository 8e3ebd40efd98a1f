//! Claims of the credential, and what must stand in clear.

use serde_json::{Value, json};

use super::{hide, hide_registered, member_twice, set};
use crate::draft::{NOW, disclosure};
use crate::keys::{Key, Signing, b64, digest};
use crate::kinds::Change::Draft as Before;
use crate::kinds::Expect::Invalid;
use crate::kinds::{Kind, kind};
use crate::shape::salt;

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        kind("hidden iss", Invalid, Before(|draft, rng| hide_registered(draft, rng, "iss"))),
        kind("hidden vct", Invalid, Before(|draft, rng| hide_registered(draft, rng, "vct"))),
        kind("hidden exp", Invalid, Before(|draft, rng| hide_registered(draft, rng, "exp"))),
        kind("hidden cnf", Invalid, Before(|draft, rng| hide_registered(draft, rng, "cnf"))),
        kind("hidden status", Invalid, Before(|draft, rng| hide_registered(draft, rng, "status"))),
        kind(
            "hidden nbf",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "nbf", NOW - 60]))),
        ),
        kind(
            "hidden nbf ahead",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "nbf", NOW + 315_360_000]))),
        ),
        kind(
            "hidden key inside cnf",
            Invalid,
            Before(|draft, rng| {
                let jwk = draft.payload["cnf"]["jwk"].take();
                let hidden = disclosure(&json!([salt(rng), "jwk", jwk]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "cnf", json!({"_sd": [one]}))
            }),
        ),
        kind(
            "hidden entry inside status",
            Invalid,
            Before(|draft, rng| {
                let list = draft.payload["status"]["status_list"].take();
                let hidden = disclosure(&json!([salt(rng), "status_list", list]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "status", json!({"_sd": [one]}))
            }),
        ),
        kind("exp past", Invalid, Before(|draft, _| set(draft, "exp", json!(NOW - 86_400)))),
        kind("exp a text", Invalid, Before(|draft, _| set(draft, "exp", json!("never")))),
        kind("exp null", Invalid, Before(|draft, _| set(draft, "exp", Value::Null))),
        kind("exp zero", Invalid, Before(|draft, _| set(draft, "exp", json!(0)))),
        kind("exp negative", Invalid, Before(|draft, _| set(draft, "exp", json!(-1)))),
        kind(
            "exp beyond any number",
            Invalid,
            Before(|draft, _| {
                let text = Value::Object(draft.payload.clone()).to_string();
                let exp = format!("\"exp\":{}", NOW + 315_360_000);
                draft.payload_text = Some(text.replace(&exp, "\"exp\":1e999"));
                true
            }),
        ),
        kind("nbf ahead", Invalid, Before(|draft, _| set(draft, "nbf", json!(NOW + 315_360_000)))),
        kind("nbf a text", Invalid, Before(|draft, _| set(draft, "nbf", json!("soon")))),
        kind("iat ahead", Invalid, Before(|draft, _| set(draft, "iat", json!(NOW + 86_400)))),
        kind("iat a text", Invalid, Before(|draft, _| set(draft, "iat", json!("today")))),
        kind("vct absent", Invalid, Before(|draft, _| draft.payload.remove("vct").is_some())),
        kind("vct a number", Invalid, Before(|draft, _| set(draft, "vct", json!(1)))),
        kind("cnf absent", Invalid, Before(|draft, _| draft.payload.remove("cnf").is_some())),
        kind(
            "cnf with a kid alone",
            Invalid,
            Before(|draft, _| set(draft, "cnf", json!({"kid": "holder"}))),
        ),
        kind(
            "cnf of a stranger",
            Invalid,
            Before(|draft, _| {
                let stranger = Key::new(draft.holder.alg() == "ES256", 44);
                set(draft, "cnf", json!({"jwk": stranger.jwk()}))
            }),
        ),
        kind(
            "cnf with the private key",
            Invalid,
            Before(|draft, _| {
                draft.payload["cnf"]["jwk"]["d"] = b64([22; 32]).into();
                true
            }),
        ),
        kind(
            "cnf of small order, forged KB-JWT",
            Invalid,
            Before(|draft, _| {
                // The neutral point: R = A = 1 and S = 0 fit every message (RFC 8032, 5.1.7)
                let mut neutral = [0; 32];
                neutral[0] = 1;
                let mut signature = [0; 64];
                signature[0] = 1;
                draft.kb_signing = Signing::Fixed(signature.to_vec());
                draft.kb_header.insert("alg".into(), json!("EdDSA"));
                set(
                    draft,
                    "cnf",
                    json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64(neutral)}}),
                );
                draft.holder = Key::new(false, 22);
                true
            }),
        ),
        kind(
            "cnf off the curve",
            Invalid,
            Before(|draft, _| {
                let Key::P256(_) = draft.holder else { return false };
                draft.payload["cnf"]["jwk"]["y"] = b64([9; 32]).into();
                true
            }),
        ),
        kind(
            "payload with a member twice",
            Invalid,
            Before(|draft, _| member_twice(draft, r#""vct":"urn:other","#)),
        ),
        kind(
            "payload with cnf twice",
            Invalid,
            Before(|draft, _| {
                let jwk = Key::new(false, 44).jwk();
                member_twice(draft, &format!(r#""cnf":{{"jwk":{jwk}}},"#))
            }),
        ),
        kind(
            "payload with a member twice, deep",
            Invalid,
            Before(|draft, _| member_twice(draft, r#""deep":[{"a":{"b":1,"b":1}}],"#)),
        ),
        kind(
            "payload with a member twice by escapes",
            Invalid,
            Before(|draft, _| member_twice(draft, r#""deep":{"b":1,"\u0062":2},"#)),
        ),
        kind(
            "payload with _sd twice",
            Invalid,
            Before(|draft, _| member_twice(draft, r#""_sd":[],"#)),
        ),
        kind(
            "payload with trailing data",
            Invalid,
            Before(|draft, _| {
                draft.payload_text = Some(format!("{}{{}}", Value::Object(draft.payload.clone())));
                true
            }),
        ),
        kind(
            "payload not an object",
            Invalid,
            Before(|draft, _| {
                draft.payload_text = Some(format!("[{}]", Value::Object(draft.payload.clone())));
                true
            }),
        ),
        kind(
            "payload with a comment",
            Invalid,
            Before(|draft, _| {
                draft.payload_text = Some(format!("{}/* */", Value::Object(draft.payload.clone())));
                true
            }),
        ),
        kind(
            "payload with a byte order mark",
            Invalid,
            Before(|draft, _| {
                draft.payload_text =
                    Some(format!("\u{feff}{}", Value::Object(draft.payload.clone())));
                true
            }),
        ),
        kind(
            "payload with Infinity",
            Invalid,
            Before(|draft, _| member_twice(draft, r#""big":Infinity,"#)),
        ),
    ]
}
