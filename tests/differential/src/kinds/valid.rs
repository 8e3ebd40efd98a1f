//! Tokens that hold, or whose holding the standards leave to the verifier.

use serde_json::{Map, Value, json};

use super::Change::Draft as Before;
use super::Expect::{Open, Valid};
use super::{Kind, kind};
use crate::draft::{Disclosure, Draft, NOW, disclosure};
use crate::keys::{Key, Signing, b64, digest};
use crate::shape::{object, salt};

const REGISTERED: [&str; 6] = ["iss", "vct", "iat", "exp", "cnf", "status"];

pub fn kinds() -> Vec<Kind> {
    vec![
        kind("valid", Valid, Before(|_, _| true)),
        kind(
            "valid, nothing hidden",
            Valid,
            Before(|draft, _| {
                draft.all.clear();
                draft.payload.retain(|name, _| REGISTERED.contains(&name.as_str()));
                draft.payload.insert("role".into(), json!({"grade": [5, "b"]}));
                true
            }),
        ),
        kind(
            "valid, nothing disclosed",
            Valid,
            Before(|draft, _| {
                draft.all.iter_mut().for_each(|one| one.shown = false);
                true
            }),
        ),
        kind(
            "valid, everything disclosed",
            Valid,
            Before(|draft, _| {
                draft.all.iter_mut().for_each(|one| one.shown = true);
                true
            }),
        ),
        kind(
            "valid, _sd_alg absent",
            Valid,
            Before(|draft, _| draft.payload.remove("_sd_alg").is_some()),
        ),
        kind(
            "valid, an empty array",
            Valid,
            Before(|draft, rng| {
                draft.payload.insert("listed".into(), json!([]));
                draft.hide_at_top(disclosure(&json!([salt(rng), "hidden_list", []])));
                true
            }),
        ),
        kind(
            "valid, an empty object",
            Valid,
            Before(|draft, rng| {
                draft.payload.insert("empty".into(), json!({}));
                draft.hide_at_top(disclosure(&json!([salt(rng), "hidden_empty", {}])));
                true
            }),
        ),
        kind(
            "valid, an empty _sd",
            Valid,
            Before(|draft, _| {
                draft.payload.insert("more".into(), json!({"_sd": [], "clear": 1}));
                true
            }),
        ),
        kind(
            "valid, twelve disclosures deep",
            Valid,
            Before(|draft, rng| {
                let mut encoded = disclosure(&json!([salt(rng), "innermost", 1]));
                let mut chain = vec![encoded.clone()];
                for _ in 0..11 {
                    encoded = disclosure(&json!([salt(rng), "inner", {"_sd": [digest(&encoded)]}]));
                    chain.push(encoded.clone());
                }
                chain.pop();
                draft.hide_at_top(encoded);
                draft.more.extend(chain);
                true
            }),
        ),
        kind(
            "valid, sixty disclosures",
            Valid,
            Before(|draft, rng| {
                for number in 0..60 {
                    draft.hide_at_top(disclosure(&json!([
                        salt(rng),
                        format!("claim_{number}"),
                        number
                    ])));
                }
                true
            }),
        ),
        kind(
            "valid, white space in the JSON",
            Valid,
            Before(|draft, rng| {
                draft.header_text = Some(format!(" {:#}\n", Value::Object(draft.header.clone())));
                let loose = b64(format!("[ \"{}\",\r\n\t\"loose\" , {{ \"a\" : 1 }} ]", salt(rng)));
                draft.hide_at_top(loose);
                draft.payload_text = Some(format!("\n{:#} ", Value::Object(draft.payload.clone())));
                true
            }),
        ),
        kind(
            "valid, escapes in the JSON",
            Valid,
            Before(|draft, rng| {
                let escaped =
                    format!(r#"["{}","\u0061\u006cpha","\ud83e\ude7a\u0000"]"#, salt(rng));
                draft.hide_at_top(b64(escaped));
                true
            }),
        ),
        kind(
            "valid, numbers as in JavaScript",
            Valid,
            Before(|draft, _| {
                draft.payload.insert(
                    "numbers".into(),
                    json!([0.1, 1e21, -1.5e-7, 9_007_199_254_740_991_i64, -0.5]),
                );
                true
            }),
        ),
        kind(
            "integers beyond 2^53",
            Valid,
            Before(|draft, _| {
                draft.payload.insert("big".into(), json!([9_007_199_254_740_993_i64, u64::MAX]));
                true
            }),
        ),
        kind(
            "valid, hidden iat",
            Valid,
            Before(|draft, rng| {
                let iat = draft.payload.remove("iat");
                draft.hide_at_top(disclosure(&json!([salt(rng), "iat", iat])));
                true
            }),
        ),
        kind(
            "valid, further claims in the KB-JWT",
            Valid,
            Before(|draft, _| {
                draft.kb_claims.extend(object(
                    json!({"jti": "1", "exp": NOW + 315_360_000, "nbf": NOW - 60, "x": {"y": [1]}}),
                ));
                true
            }),
        ),
        kind(
            "valid, further header members",
            Valid,
            Before(|draft, _| {
                draft.header.insert("cty".into(), json!("example"));
                draft.kb_header.insert("kid".into(), json!("any"));
                true
            }),
        ),
        kind(
            "valid, not-before past",
            Valid,
            Before(|draft, _| {
                draft.payload.insert("nbf".into(), json!(NOW - 60));
                true
            }),
        ),
        kind(
            "valid, claim named __proto__",
            Valid,
            Before(|draft, rng| {
                draft.payload.insert("nested".into(), json!({"constructor": 1}));
                draft.hide_at_top(disclosure(&json!([salt(rng), "__proto__", "x"])));
                true
            }),
        ),
        kind(
            "valid, the other ECDSA signature",
            Valid,
            Before(|draft, _| {
                let (Key::P256(_), Key::P256(_)) = (&draft.issuer, &draft.holder) else {
                    return false;
                };
                draft.signing = Signing::WithOtherS(draft.issuer.clone());
                draft.kb_signing = Signing::WithOtherS(draft.holder.clone());
                true
            }),
        ),
        kind(
            "valid, decoys only",
            Valid,
            Before(|draft, rng| {
                draft.payload.insert(
                    "decoys".into(),
                    json!({"_sd": [digest(&salt(rng)), digest(&salt(rng))]}),
                );
                draft
                    .payload
                    .insert("more_decoys".into(), json!(["a", {"...": digest(&salt(rng))}]));
                true
            }),
        ),
        kind(
            "valid, array element disclosed",
            Valid,
            Before(|draft, rng| {
                draft.hide_in_array(disclosure(&json!([salt(rng), {"a": ["b"]}])));
                true
            }),
        ),
        kind(
            "valid, equal values hidden twice",
            Valid,
            Before(|draft, rng| {
                draft.payload.insert("listed".into(), json!([]));
                let two = [0, 1].map(|_| disclosure(&json!([salt(rng), "GB"])));
                draft.payload["listed"] =
                    json!([{"...": digest(&two[0])}, {"...": digest(&two[1])}]);
                draft.more.extend(two);
                true
            }),
        ),
        kind(
            "valid, order of disclosures",
            Valid,
            Before(|draft, _| {
                let count = draft.shown().len();
                let shown: Vec<Disclosure> =
                    draft.all.iter().filter(|one| one.shown).rev().cloned().collect();
                draft.all = shown;
                count > 1
            }),
        ),
        kind(
            "valid, no needless disclosure",
            Valid,
            Before(|draft, _| {
                let leaf = (1..draft.all.len()).find(|place| {
                    draft.all[*place].shown
                        && draft.all.iter().all(|one| one.parent != Some(*place) || !one.shown)
                });
                leaf.map(|leaf| draft.all[leaf].shown = false).is_some()
            }),
        ),
        kind(
            "alg written Ed25519",
            Valid,
            Before(|draft, _| {
                let Key::Ed25519(_) = draft.issuer else { return false };
                draft.header.insert("alg".into(), json!("Ed25519"));
                true
            }),
        ),
        kind(
            "KB-JWT alg written Ed25519",
            Valid,
            Before(|draft, _| {
                let Key::Ed25519(_) = draft.holder else { return false };
                draft.kb_header.insert("alg".into(), json!("Ed25519"));
                true
            }),
        ),
        kind(
            "typ with application/",
            Open,
            Before(|draft, _| typ(&mut draft.header, "application/dc+sd-jwt")),
        ),
        kind("typ in capitals", Open, Before(|draft, _| typ(&mut draft.header, "DC+SD-JWT"))),
        kind(
            "KB-JWT typ in capitals",
            Open,
            Before(|draft, _| typ(&mut draft.kb_header, "KB+JWT")),
        ),
        kind(
            "typ vc+sd-jwt of old drafts",
            Open,
            Before(|draft, _| typ(&mut draft.header, "vc+sd-jwt")),
        ),
        kind(
            "fractional iat",
            Open,
            Before(|draft, _| set(draft, "iat", json!(NOW as f64 - 100.5))),
        ),
        kind(
            "fractional iat of the KB-JWT",
            Open,
            Before(|draft, _| {
                draft.kb_claims.insert("iat".into(), json!(NOW as f64 - 1.5));
                true
            }),
        ),
        kind("exp absent", Open, Before(|draft, _| draft.payload.remove("exp").is_some())),
        kind("iat absent", Open, Before(|draft, _| draft.payload.remove("iat").is_some())),
        kind("iss absent", Open, Before(|draft, _| draft.payload.remove("iss").is_some())),
        kind("status absent", Open, Before(|draft, _| draft.payload.remove("status").is_some())),
        kind("kid absent", Open, Before(|draft, _| draft.header.remove("kid").is_some())),
        kind(
            "kid unknown",
            Open,
            Before(|draft, _| {
                draft.header.insert("kid".into(), json!("unknown"));
                true
            }),
        ),
        kind(
            "iss of nobody registered",
            Open,
            Before(|draft, _| set(draft, "iss", json!("https://other.example"))),
        ),
        kind("vct of another type", Open, Before(|draft, _| set(draft, "vct", json!("urn:other")))),
        kind(
            "aud in the credential",
            Open,
            Before(|draft, _| set(draft, "aud", json!("https://other.example"))),
        ),
        kind(
            "forty levels deep",
            Open,
            Before(|draft, _| {
                let deep = (0..40).fold(json!(1), |inner, _| json!({"in": inner}));
                set(draft, "deep", deep)
            }),
        ),
        kind(
            "three hundred disclosures",
            Open,
            Before(|draft, rng| {
                for number in 0..300 {
                    draft.hide_at_top(disclosure(&json!([
                        salt(rng),
                        format!("claim_{number}"),
                        number
                    ])));
                }
                true
            }),
        ),
        kind(
            "three thousand values",
            Open,
            Before(|draft, _| set(draft, "many", vec![1; 3000].into())),
        ),
        kind(
            "cnf.jwk whose use is enc",
            Open,
            Before(|draft, _| {
                draft.payload["cnf"]["jwk"]["use"] = json!("enc");
                true
            }),
        ),
    ]
}

fn typ(header: &mut Map<String, Value>, typ: &str) -> bool {
    header.insert("typ".into(), typ.into());
    true
}

fn set(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.payload.insert(name.into(), value);
    true
}
