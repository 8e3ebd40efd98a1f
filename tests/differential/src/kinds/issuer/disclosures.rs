//! Disclosures: their form, names and places.

use serde_json::json;

use super::{hide, set};
use crate::draft::disclosure;
use crate::keys::{b64, digest};
use crate::kinds::Change::Draft as Before;
use crate::kinds::Expect::Invalid;
use crate::kinds::{Kind, kind};
use crate::shape::salt;

pub(super) fn kinds() -> Vec<Kind> {
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
