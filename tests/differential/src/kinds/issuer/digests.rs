//! Digests: where they stand, and what they are digests of.

use serde_json::{Value, json};

use super::{hide, set};
use crate::draft::disclosure;
use crate::keys::digest;
use crate::kinds::Change::Draft as Before;
use crate::kinds::Expect::Invalid;
use crate::kinds::{Kind, kind};
use crate::shape::salt;

pub(super) fn kinds() -> Vec<Kind> {
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
