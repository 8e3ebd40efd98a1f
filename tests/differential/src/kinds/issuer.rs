//! Credentials that break RFC 9901 or SD-JWT VC under genuine signatures, and forged ones.

use serde_json::{Map, Value, json};

use super::Change::Draft as Before;
use super::Expect::Invalid;
use super::{Kind, kind};
use crate::draft::{Draft, NOW, disclosure};
use crate::keys::{Key, Signing, b64, digest, unb64};
use crate::shape::salt;

pub fn kinds() -> Vec<Kind> {
    let mut kinds = headers();
    kinds.extend(digests());
    kinds.extend(disclosures());
    kinds.extend(claims());
    kinds
}

fn headers() -> Vec<Kind> {
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

fn digests() -> Vec<Kind> {
    vec![
        kind(
            "digest twice in one _sd",
            Invalid,
            Before(|draft, _| {
                let one = digest(&draft.all[0].encoded);
                draft.top_digests().push(one.into());
                true
            }),
        ),
        kind(
            "digest twice in two objects",
            Invalid,
            Before(|draft, _| {
                let one = digest(&draft.all[0].encoded);
                set(draft, "elsewhere", json!({"_sd": [one]}))
            }),
        ),
        kind(
            "digest in _sd and in an array",
            Invalid,
            Before(|draft, rng| {
                let hidden = disclosure(&json!([salt(rng), "x"]));
                let one = digest(&hidden);
                draft.hide_in_array(hidden);
                draft.top_digests().push(one.into());
                true
            }),
        ),
        kind(
            "digest twice in an array",
            Invalid,
            Before(|draft, rng| {
                let hidden = disclosure(&json!([salt(rng), "x"]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "listed", json!([{"...": one}, {"...": one}]))
            }),
        ),
        kind(
            "decoy digest twice",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&salt(rng));
                set(draft, "decoys", json!({"_sd": [one, one]}))
            }),
        ),
        kind(
            "decoy digest twice in arrays",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&salt(rng));
                set(draft, "decoys", json!([[{"...": one}], [{"...": one}]]))
            }),
        ),
        kind(
            "digest twice, once inside a disclosure",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&draft.all[0].encoded);
                draft.hide_at_top(disclosure(&json!([salt(rng), "again", {"_sd": [one]}])));
                true
            }),
        ),
        kind(
            "_sd not an array",
            Invalid,
            Before(|draft, _| set(draft, "more", json!({"_sd": "abc"}))),
        ),
        kind("_sd an object", Invalid, Before(|draft, _| set(draft, "more", json!({"_sd": {}})))),
        kind("_sd null", Invalid, Before(|draft, _| set(draft, "more", json!({"_sd": null})))),
        kind(
            "_sd with a number in it",
            Invalid,
            Before(|draft, _| {
                draft.top_digests().push(json!(1));
                true
            }),
        ),
        kind(
            "_sd with null in it",
            Invalid,
            Before(|draft, _| {
                draft.top_digests().push(Value::Null);
                true
            }),
        ),
        kind(
            "ellipsis beside another member",
            Invalid,
            Before(|draft, rng| {
                let hidden = disclosure(&json!([salt(rng), "x"]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "listed", json!([{"...": one, "x": 1}]))
            }),
        ),
        kind(
            "undisclosed ellipsis beside another member",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&salt(rng));
                set(draft, "listed", json!([{"...": one, "x": 1}]))
            }),
        ),
        kind(
            "ellipsis not a text",
            Invalid,
            Before(|draft, _| set(draft, "listed", json!([{"...": 1}]))),
        ),
        kind(
            "ellipsis as a claim",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&salt(rng));
                set(draft, "more", json!({"...": one}))
            }),
        ),
        kind(
            "ellipsis as a claim at the top",
            Invalid,
            Before(|draft, rng| {
                let one = digest(&salt(rng));
                set(draft, "...", one.into())
            }),
        ),
        kind(
            "_sd_alg sha-512 over SHA-256 digests",
            Invalid,
            Before(|draft, _| set(draft, "_sd_alg", json!("sha-512"))),
        ),
        kind("_sd_alg unknown", Invalid, Before(|draft, _| set(draft, "_sd_alg", json!("md5")))),
        kind(
            "_sd_alg in capitals",
            Invalid,
            Before(|draft, _| set(draft, "_sd_alg", json!("SHA-256"))),
        ),
        kind("_sd_alg not a text", Invalid, Before(|draft, _| set(draft, "_sd_alg", json!(256)))),
        kind("_sd_alg null", Invalid, Before(|draft, _| set(draft, "_sd_alg", Value::Null))),
        kind(
            "_sd_alg inside a claim",
            Invalid,
            Before(|draft, _| set(draft, "more", json!({"_sd_alg": "sha-256"}))),
        ),
        kind(
            "_sd_alg inside a disclosure",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "more", {"_sd_alg": "sha-256"}]))),
        ),
    ]
}

fn disclosures() -> Vec<Kind> {
    vec![
        kind(
            "disclosed name _sd",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "_sd", []]))),
        ),
        kind(
            "disclosed name ellipsis",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "...", "x"]))),
        ),
        kind(
            "disclosed name _sd_alg",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "_sd_alg", "sha-256"]))),
        ),
        kind(
            "disclosed name _sd one level down",
            Invalid,
            Before(|draft, rng| {
                let hidden = disclosure(&json!([salt(rng), "_sd", ["x"]]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "more", json!({"_sd": [one]}))
            }),
        ),
        kind(
            "disclosed name stands in clear",
            Invalid,
            Before(|draft, rng| {
                set(draft, "grade", json!(5));
                hide(draft, json!([salt(rng), "grade", 6]))
            }),
        ),
        kind(
            "disclosed name twice",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "given_name", "Eve"]))),
        ),
        kind(
            "disclosed name clashes one level down",
            Invalid,
            Before(|draft, rng| {
                let hidden = disclosure(&json!([salt(rng), "a", 2]));
                let one = digest(&hidden);
                draft.more.push(hidden);
                set(draft, "more", json!({"a": 1, "_sd": [one]}))
            }),
        ),
        kind(
            "array disclosure in _sd",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "x"]))),
        ),
        kind(
            "object disclosure in an array",
            Invalid,
            Before(|draft, rng| {
                draft.hide_in_array(disclosure(&json!([salt(rng), "name", "x"])));
                true
            }),
        ),
        kind(
            "disclosure of one element",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng)]))),
        ),
        kind(
            "disclosure of four elements",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), "name", "x", 1]))),
        ),
        kind(
            "disclosure of one element in an array",
            Invalid,
            Before(|draft, rng| {
                draft.hide_in_array(disclosure(&json!([salt(rng)])));
                true
            }),
        ),
        kind("disclosure of no element", Invalid, Before(|draft, _| hide(draft, json!([])))),
        kind(
            "disclosure an object",
            Invalid,
            Before(|draft, rng| {
                hide(draft, json!({"0": salt(rng), "1": "name", "2": "x", "length": 3}))
            }),
        ),
        kind("disclosure a text", Invalid, Before(|draft, _| hide(draft, json!("abc")))),
        kind(
            "salt a number",
            Invalid,
            Before(|draft, _| hide(draft, json!([123_456_789, "name", "x"]))),
        ),
        kind(
            "salt null in an array disclosure",
            Invalid,
            Before(|draft, _| {
                draft.hide_in_array(disclosure(&json!([null, "x"])));
                true
            }),
        ),
        kind(
            "claim name a number",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), 7, "x"]))),
        ),
        kind(
            "claim name null",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), null, "x"]))),
        ),
        kind(
            "claim name an array",
            Invalid,
            Before(|draft, rng| hide(draft, json!([salt(rng), ["a"], "x"]))),
        ),
        kind(
            "disclosure with trailing data",
            Invalid,
            Before(|draft, rng| {
                draft.hide_at_top(b64(format!(r#"["{}","name","x"]]"#, salt(rng))));
                true
            }),
        ),
        kind(
            "disclosure with a member twice",
            Invalid,
            Before(|draft, rng| {
                draft.hide_at_top(b64(format!(r#"["{}","name",{{"a":1,"a":2}}]"#, salt(rng))));
                true
            }),
        ),
        kind(
            "disclosure not UTF-8",
            Invalid,
            Before(|draft, rng| {
                let mut bytes = format!(r#"["{}","name","x"]"#, salt(rng)).into_bytes();
                let place = bytes.len() - 3;
                bytes[place] = 0xff;
                draft.hide_at_top(b64(bytes));
                true
            }),
        ),
        kind(
            "disclosure with NaN",
            Invalid,
            Before(|draft, rng| {
                draft.hide_at_top(b64(format!(r#"["{}","name",NaN]"#, salt(rng))));
                true
            }),
        ),
        kind(
            "disclosure with half a surrogate pair",
            Invalid,
            Before(|draft, rng| {
                draft.hide_at_top(b64(format!(r#"["{}","name","\ud800"]"#, salt(rng))));
                true
            }),
        ),
        kind(
            "disclosure with spare bits",
            Invalid,
            Before(|draft, rng| {
                let text = format!(r#"["{}","name","x"]"#, salt(rng));
                let text = if text.len() % 3 == 0 { format!("{text} ") } else { text };
                let mut encoded = b64(text);
                let last = encoded.pop().expect("not empty");
                // The encoder leaves spare bits zero: the next character sets the lowest
                encoded.push(char::from(u8::try_from(last).expect("ASCII") + 1));
                draft.hide_at_top(encoded);
                true
            }),
        ),
        kind(
            "disclosure padded by the issuer",
            Invalid,
            Before(|draft, rng| {
                let text = format!(r#"["{}","name","x"]"#, salt(rng));
                let text = format!("{text}{}", &"  "[..(4 - text.len() % 3) % 3]);
                draft.hide_at_top(format!("{}==", b64(text)));
                true
            }),
        ),
        kind(
            "disclosure in plain base64",
            Invalid,
            Before(|draft, rng| {
                let encoded = disclosure(&json!([salt(rng), "name", "~~~???>>>~~???"]));
                let plain = encoded.replace('-', "+").replace('_', "/");
                let differs = plain != encoded;
                draft.hide_at_top(plain);
                differs
            }),
        ),
    ]
}

fn claims() -> Vec<Kind> {
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

fn head(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.header.insert(name.into(), value);
    true
}

fn set(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.payload.insert(name.into(), value);
    true
}

fn hide(draft: &mut Draft, array: Value) -> bool {
    draft.hide_at_top(disclosure(&array));
    true
}

fn hide_registered(draft: &mut Draft, rng: &mut crate::shape::Random, name: &str) -> bool {
    let members: &mut Map<String, Value> = &mut draft.payload;
    let Some(value) = members.remove(name) else { return false };
    hide(draft, json!([salt(rng), name, value]))
}

/// The payload's text with more members written before its own.
fn member_twice(draft: &mut Draft, before: &str) -> bool {
    let text = Value::Object(draft.payload.clone()).to_string();
    draft.payload_text = Some(format!("{{{before}{}", &text[1..]));
    true
}
