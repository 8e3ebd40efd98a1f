//! Claim paths (OpenID4VP 1.0, 7; SD-JWT VC, "Claim Path").
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use vc::claim_path::ClaimPath;

fn read(path: &Value) -> Result<ClaimPath, serde_json::Error> {
    serde_json::from_value(path.clone())
}

/// The places that a path selects in the example of the specification's section 7.3.
fn selected(path: &Value) -> Vec<String> {
    let credential = json!({
        "name": "Arthur Dent",
        "address": {"street_address": "42 Market Street", "locality": "Milliways"},
        "degrees": [
            {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
            {"type": "Master of Science"},
        ],
        "nationalities": ["British", "Betelgeusian"],
    });
    read(path).unwrap().select(&credential).iter().map(|(place, _)| place.to_string()).collect()
}

#[test]
fn a_path_is_read_and_written_again() {
    for path in [json!(["a"]), json!(["a", 0, null, "b"])] {
        assert_eq!(json!(read(&path).unwrap()), path);
    }
}

#[test]
fn a_path_is_a_non_empty_array_of_strings_null_and_non_negative_integers() {
    for bad in [json!([]), json!("a"), json!([-1]), json!([1.5]), json!([true]), json!([["a"]])] {
        assert!(read(&bad).is_err(), "{bad}");
    }
}

#[test]
fn strings_select_members_integers_elements_and_null_all_of_them() {
    assert_eq!(selected(&json!(["name"])), ["/name"]);
    assert_eq!(selected(&json!(["address", "street_address"])), ["/address/street_address"]);
    assert_eq!(selected(&json!(["nationalities", 1])), ["/nationalities/1"]);
    assert_eq!(selected(&json!(["degrees", null, "type"])), ["/degrees/0/type", "/degrees/1/type"]);
}

#[test]
fn what_is_absent_is_left_out_of_the_selection() {
    assert_eq!(selected(&json!(["degrees", null, "university"])), ["/degrees/0/university"]);
    for absent in [json!(["other"]), json!(["nationalities", 2]), json!(["address", "country"])] {
        assert!(selected(&absent).is_empty(), "{absent}");
    }
}

#[test]
fn a_step_of_the_wrong_kind_selects_nothing_at_all() {
    for wrong in [
        json!(["name", "first"]),
        json!(["name", null]),
        json!(["address", 0]),
        json!(["address", null]),
        json!(["nationalities", "0"]),
        json!([null]),
    ] {
        assert!(selected(&wrong).is_empty(), "{wrong}");
    }
}

#[test]
fn one_step_of_the_wrong_kind_spoils_the_whole_selection() {
    let mixed = json!({"list": [{"a": 1}, "text"]});

    assert!(read(&json!(["list", null, "a"])).unwrap().select(&mixed).is_empty());
}

#[test]
fn a_path_covers_itself_and_what_lies_beneath() {
    let covers = |outer: Value, inner: Value| read(&outer).unwrap().covers(&read(&inner).unwrap());

    assert!(covers(json!(["a"]), json!(["a"])));
    assert!(covers(json!(["a"]), json!(["a", 0, "b"])));
    assert!(covers(json!(["a", null]), json!(["a", 3])));
    assert!(!covers(json!(["a", "b"]), json!(["a"])));
    assert!(!covers(json!(["a", 0]), json!(["a", 1])));
    assert!(!covers(json!(["a", null]), json!(["a", "b"])));
}

#[test]
fn a_path_is_shown_as_a_json_pointer() {
    assert_eq!(read(&json!(["a/b", "c~d", 0, null])).unwrap().to_string(), "/a~1b/c~0d/0/*");
}
