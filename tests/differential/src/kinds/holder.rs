//! Presentations that the genuine holder, or somebody who claims to be, bound wrongly.

use serde_json::{Value, json};

use super::Change::Draft as Before;
use super::Expect::Invalid;
use super::{Kind, kind};
use crate::draft::{AUDIENCE, Draft, NONCE, NOW, SdHash, disclosure};
use crate::keys::{Key, Signing, b64, unb64};
use crate::shape::{below, salt};

pub fn kinds() -> Vec<Kind> {
    vec![
        kind(
            "bound, parent missing",
            Invalid,
            Before(|draft, _| {
                let parent =
                    draft.shown().into_iter().filter_map(|place| draft.all[place].parent).next();
                parent.map(|parent| draft.all[parent].shown = false).is_some()
            }),
        ),
        kind(
            "bound, disclosure doubled",
            Invalid,
            Before(|draft, rng| {
                let shown = draft.shown();
                let place = shown[below(rng, shown.len())];
                draft.more.push(draft.all[place].encoded.clone());
                true
            }),
        ),
        kind(
            "bound, disclosure unreferenced",
            Invalid,
            Before(|draft, rng| more(draft, disclosure(&json!([salt(rng), "role", "admin"])))),
        ),
        kind(
            "bound, array disclosure unreferenced",
            Invalid,
            Before(|draft, rng| more(draft, disclosure(&json!([salt(rng), "admin"])))),
        ),
        kind(
            "bound, disclosure written differently",
            Invalid,
            Before(|draft, _| {
                let array: Value =
                    serde_json::from_slice(&unb64(&draft.all[0].encoded)).expect("our JSON");
                draft.all[0].encoded = b64(format!("{array:#}"));
                true
            }),
        ),
        kind(
            "bound, disclosure padded",
            Invalid,
            Before(|draft, _| {
                let padding = ["", "", "==", "="][draft.all[0].encoded.len() % 4];
                draft.all[0].encoded.push_str(padding);
                !padding.is_empty()
            }),
        ),
        kind("bound, empty disclosure", Invalid, Before(|draft, _| more(draft, String::new()))),
        kind("bound, disclosure not an array", Invalid, Before(|draft, _| more(draft, b64("{}")))),
        kind("bound, disclosure not JSON", Invalid, Before(|draft, _| more(draft, b64("[")))),
        kind(
            "bound, disclosure not base64url",
            Invalid,
            Before(|draft, _| more(draft, "!!!!".to_owned())),
        ),
        kind(
            "nonce wrong",
            Invalid,
            Before(|draft, _| claim(draft, "nonce", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ),
        kind(
            "nonce in other case",
            Invalid,
            Before(|draft, _| claim(draft, "nonce", json!(NONCE.to_lowercase()))),
        ),
        kind("nonce absent", Invalid, Before(|draft, _| without(draft, "nonce"))),
        kind(
            "nonce in an array",
            Invalid,
            Before(|draft, _| claim(draft, "nonce", json!([NONCE]))),
        ),
        kind("nonce null", Invalid, Before(|draft, _| claim(draft, "nonce", Value::Null))),
        kind(
            "aud of another host",
            Invalid,
            Before(|draft, _| claim(draft, "aud", json!("ods:RBV"))),
        ),
        kind("aud absent", Invalid, Before(|draft, _| without(draft, "aud"))),
        kind("aud in an array", Invalid, Before(|draft, _| claim(draft, "aud", json!([AUDIENCE])))),
        kind(
            "aud with others in an array",
            Invalid,
            Before(|draft, _| claim(draft, "aud", json!(["ods:RBV", AUDIENCE]))),
        ),
        kind("aud a number", Invalid, Before(|draft, _| claim(draft, "aud", json!(1)))),
        kind("KB-JWT iat absent", Invalid, Before(|draft, _| without(draft, "iat"))),
        kind(
            "KB-JWT iat a text",
            Invalid,
            Before(|draft, _| claim(draft, "iat", json!(NOW.to_string()))),
        ),
        kind("KB-JWT iat old", Invalid, Before(|draft, _| claim(draft, "iat", json!(NOW - 3600)))),
        kind(
            "KB-JWT iat ahead",
            Invalid,
            Before(|draft, _| claim(draft, "iat", json!(NOW + 3600))),
        ),
        kind("KB-JWT iat negative", Invalid, Before(|draft, _| claim(draft, "iat", json!(-1)))),
        kind(
            "KB-JWT exp past",
            Invalid,
            Before(|draft, _| claim(draft, "exp", json!(NOW - 315_360_000))),
        ),
        kind(
            "KB-JWT nbf ahead",
            Invalid,
            Before(|draft, _| claim(draft, "nbf", json!(NOW + 315_360_000))),
        ),
        kind("KB-JWT exp a text", Invalid, Before(|draft, _| claim(draft, "exp", json!("never")))),
        kind(
            "sd_hash wrong",
            Invalid,
            Before(|draft, rng| {
                draft.sd_hash = SdHash::Is(salt(rng).into());
                true
            }),
        ),
        kind(
            "sd_hash absent",
            Invalid,
            Before(|draft, _| {
                draft.sd_hash = SdHash::Absent;
                true
            }),
        ),
        kind(
            "sd_hash of the JWT alone",
            Invalid,
            Before(|draft, _| {
                draft.sd_hash = SdHash::OfTheJwtAlone;
                true
            }),
        ),
        kind(
            "sd_hash under its old name",
            Invalid,
            Before(|draft, _| {
                draft.sd_hash = SdHash::Absent;
                claim(draft, "_sd_hash", json!("x"))
            }),
        ),
        kind(
            "KB-JWT typ absent",
            Invalid,
            Before(|draft, _| draft.kb_header.remove("typ").is_some()),
        ),
        kind("KB-JWT typ JWT", Invalid, Before(|draft, _| head(draft, "typ", json!("JWT")))),
        kind(
            "KB-JWT alg none",
            Invalid,
            Before(|draft, _| {
                draft.kb_signing = Signing::Fixed(Vec::new());
                head(draft, "alg", json!("none"))
            }),
        ),
        kind(
            "KB-JWT alg absent",
            Invalid,
            Before(|draft, _| draft.kb_header.remove("alg").is_some()),
        ),
        kind(
            "KB-JWT alg of the other key",
            Invalid,
            Before(|draft, _| {
                let other = if draft.holder.alg() == "EdDSA" { "ES256" } else { "EdDSA" };
                head(draft, "alg", json!(other))
            }),
        ),
        kind(
            "KB-JWT alg in lower case",
            Invalid,
            Before(|draft, _| {
                let alg = draft.holder.alg().to_lowercase();
                head(draft, "alg", alg.into())
            }),
        ),
        kind(
            "KB-JWT HS256 under the public key",
            Invalid,
            Before(|draft, _| {
                let x = unb64(draft.holder.jwk()["x"].as_str().expect("x"));
                draft.kb_signing = Signing::Hmac(x);
                head(draft, "alg", json!("HS256"))
            }),
        ),
        kind(
            "KB-JWT by a stranger",
            Invalid,
            Before(|draft, _| {
                stranger_like(draft);
                true
            }),
        ),
        kind(
            "KB-JWT by a stranger who names his key",
            Invalid,
            Before(|draft, _| {
                let jwk = stranger_like(draft);
                head(draft, "jwk", jwk)
            }),
        ),
        kind(
            "KB-JWT by the issuer",
            Invalid,
            Before(|draft, _| {
                draft.kb_signing = Signing::With(draft.issuer.clone());
                let alg = draft.issuer.alg();
                head(draft, "alg", json!(alg))
            }),
        ),
        kind(
            "KB-JWT crit unknown",
            Invalid,
            Before(|draft, _| {
                head(draft, "urn:x", json!(1));
                head(draft, "crit", json!(["urn:x"]))
            }),
        ),
        kind("KB-JWT crit empty", Invalid, Before(|draft, _| head(draft, "crit", json!([])))),
        kind(
            "KB-JWT b64 false",
            Invalid,
            Before(|draft, _| {
                head(draft, "b64", json!(false));
                head(draft, "crit", json!(["b64"]))
            }),
        ),
        kind(
            "KB-JWT alg twice",
            Invalid,
            Before(|draft, _| {
                let alg = draft.holder.alg();
                draft.kb_header_text =
                    Some(format!(r#"{{"alg":"none","alg":"{alg}","typ":"kb+jwt"}}"#));
                true
            }),
        ),
        kind(
            "KB-JWT nonce twice",
            Invalid,
            Before(|draft, _| {
                draft.kb_claims_text = Some(format!(
                    r#"{{"aud":"{AUDIENCE}","iat":{},"nonce":"other","nonce":"{NONCE}","sd_hash":"SD_HASH"}}"#,
                    NOW - 5
                ));
                true
            }),
        ),
        kind(
            "KB-JWT claims with trailing data",
            Invalid,
            Before(|draft, _| {
                draft.kb_claims_text = Some(format!(
                    r#"{{"aud":"{AUDIENCE}","iat":{},"nonce":"{NONCE}","sd_hash":"SD_HASH"}} {{}}"#,
                    NOW - 5
                ));
                true
            }),
        ),
        kind(
            "KB-JWT claims not an object",
            Invalid,
            Before(|draft, _| {
                draft.kb_claims_text = Some(format!(r#"["{AUDIENCE}","{NONCE}"]"#));
                true
            }),
        ),
    ]
}

fn more(draft: &mut Draft, encoded: String) -> bool {
    draft.more.push(encoded);
    true
}

fn claim(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.kb_claims.insert(name.into(), value);
    true
}

fn without(draft: &mut Draft, name: &str) -> bool {
    draft.kb_claims.remove(name).is_some()
}

fn head(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.kb_header.insert(name.into(), value);
    true
}

/// Signs with a key that is not the holder's and has its algorithm.
fn stranger_like(draft: &mut Draft) -> Value {
    let stranger = Key::new(draft.holder.alg() == "ES256", 44);
    let jwk = stranger.jwk();
    draft.kb_signing = Signing::With(stranger);
    jwk
}
