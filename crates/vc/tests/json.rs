//! Strict JSON (SECURITY.md, T5 and T6).

#![expect(clippy::unwrap_used, reason = "test support: a broken promise must stop the test")]

use proptest::prelude::*;
use serde_json::{Value, json};
use vc::json::{DEEPEST, JsonError, Limits, parse, parse_object};

fn refusal(text: &str) -> JsonError {
    parse(text.as_bytes(), Limits::TOKEN).unwrap_err()
}

#[test]
fn every_kind_of_value_is_read_in_its_order() {
    let text =
        r#"{"z":null,"a":[true,false,-1,18446744073709551615,1.5,"\u00e9\ud83d\ude00"],"":{}}"#;

    let value = parse(text.as_bytes(), Limits::TOKEN).unwrap();

    let expected = json!({ "z": null, "a": [true, false, -1, u64::MAX, 1.5, "é😀"], "": {} });
    assert_eq!(value, expected);
    let names: Vec<_> = value.as_object().unwrap().keys().collect();
    assert_eq!(names, ["z", "a", ""]);
}

#[test]
fn a_duplicate_member_is_refused_at_any_depth() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"a":3}"#,
        r#"[{"a":1,"a":1}]"#,
        r#"{"x":{"y":[{"a":1,"a":1}]}}"#,
        r#"{"a":{"a":{"a":1,"a":1}}}"#,
    ] {
        assert_eq!(refusal(text), JsonError::DuplicateMember("a".to_owned()), "{text}");
    }
}

#[test]
fn names_are_compared_after_unescaping() {
    assert_eq!(refusal(r#"{"a":1,"\u0061":1}"#), JsonError::DuplicateMember("a".to_owned()));
    assert_eq!(refusal(r#"{"\/":1,"/":1}"#), JsonError::DuplicateMember("/".to_owned()));
    assert_eq!(
        refusal(r#"{"\ud83d\ude00":1,"😀":1}"#),
        JsonError::DuplicateMember("😀".to_owned())
    );
}

#[test]
fn names_are_not_normalised() {
    // One composed, one decomposed: different code points, so different names
    assert!(
        parse("{\"\u{e9}\":1,\"e\u{301}\":1,\"A\":1,\"a\":1}".as_bytes(), Limits::TOKEN).is_ok()
    );
}

#[test]
fn the_same_name_in_two_objects_is_no_duplicate() {
    assert!(parse(br#"[{"a":1},{"a":{"a":1}}]"#, Limits::TOKEN).is_ok());
}

#[test]
fn an_error_repeats_only_the_start_of_a_long_name() {
    let name = "n".repeat(10_000);

    let refused = refusal(&format!(r#"{{"{name}":1,"{name}":1}}"#));

    assert_eq!(refused, JsonError::DuplicateMember("n".repeat(64)));
}

#[test]
fn nesting_at_the_limit_is_read_and_one_deeper_refused() {
    let limits = Limits { bytes: 1000, depth: 3, values: 100 };
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nest = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(nest(3).as_bytes(), limits).is_ok());
        assert_eq!(parse(nest(4).as_bytes(), limits), Err(JsonError::TooDeep(3)));
    }
    assert_eq!(parse_object(br#"{"a":[[1]]}"#, limits).map(|object| object.len()), Ok(1));
    assert_eq!(parse_object(br#"{"a":[[[1]]]}"#, limits), Err(JsonError::TooDeep(3)));
}

#[test]
fn no_limit_allows_nesting_that_could_end_the_stack() {
    let limits = Limits { bytes: usize::MAX, depth: usize::MAX, values: usize::MAX };
    for depth in [DEEPEST + 1, 129, 1000, 1_000_000] {
        assert_eq!(parse("[".repeat(depth).as_bytes(), limits), Err(JsonError::TooDeep(DEEPEST)));
        let objects = r#"{"a":"#.repeat(depth);
        assert_eq!(parse(objects.as_bytes(), limits), Err(JsonError::TooDeep(DEEPEST)));
    }
}

#[test]
fn length_at_the_limit_is_read_and_one_more_refused() {
    let limits = Limits { bytes: 5, depth: 1, values: 1 };
    assert!(parse(br#""abc""#, limits).is_ok());
    assert_eq!(parse(br#""abcd""#, limits), Err(JsonError::TooLong(5)));
}

#[test]
fn values_at_the_limit_are_read_and_one_more_refused() {
    let limits = Limits { bytes: 1000, depth: 3, values: 4 };
    assert!(parse(br#"[1,{"a":2}]"#, limits).is_ok());
    assert_eq!(parse(br#"[1,{"a":2},3]"#, limits), Err(JsonError::TooMany(4)));
    assert_eq!(parse(br#"[1,{"a":2,"b":3}]"#, limits), Err(JsonError::TooMany(4)));
}

#[test]
fn a_hundred_thousand_members_are_refused() {
    let members: Vec<String> = (0..100_000).map(|n| format!(r#""{n}":0"#)).collect();
    let text = format!("{{{}}}", members.join(","));

    assert_eq!(refusal(&text), JsonError::TooLong(Limits::TOKEN.bytes));
    let roomy = Limits { bytes: usize::MAX, ..Limits::TOKEN };
    assert_eq!(parse(text.as_bytes(), roomy), Err(JsonError::TooMany(Limits::TOKEN.values)));
}

#[test]
fn what_is_not_json_is_refused() {
    let texts: [&[u8]; 34] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"[1,]",
        b"{\"a\":1,}",
        b"{\"a\"}",
        b"{a:1}",
        b"{'a':1}",
        b"nul",
        b"True",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1e999",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"0x10",
        b"1 2",
        b"{}{}",
        b"[] x",
        b"\"\n\"",
        b"\"\\x\"",
        b"\"\\ud800\"",
        b"\"\\udc00\"",
        b"\"\\ud800\\u0061\"",
        b"\"\xff\"",
        b"\"\xed\xa0\x80\"",
        b"\xef\xbb\xbf{}",
        b"/**/1",
        b"{}\0",
    ];
    for text in texts {
        let answer = parse(text, Limits::TOKEN);
        let shown = String::from_utf8_lossy(text);
        assert!(matches!(answer, Err(JsonError::Syntax { .. })), "{shown:?}: {answer:?}");
    }
}

#[test]
fn a_lone_surrogate_in_a_name_is_refused() {
    assert!(matches!(refusal(r#"{"\udfff":1}"#), JsonError::Syntax { .. }));
}

#[test]
fn parse_object_takes_nothing_else() {
    for text in [&b"[]"[..], b"1", b"null", b"\"{}\""] {
        assert!(matches!(parse_object(text, Limits::TOKEN), Err(JsonError::Syntax { .. })));
    }
}

#[test]
fn a_syntax_error_says_where() {
    assert_eq!(refusal("{\n  \"a\": x}"), JsonError::Syntax { line: 2, column: 8 });
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_reads_back_equal(value in any_value()) {
        let text = serde_json::to_vec(&value).unwrap();
        prop_assert_eq!(parse(&text, Limits::TOKEN), Ok(value));
    }

    #[test]
    fn it_takes_nothing_that_serde_json_refuses(text in r#"[\[\]{}",:0-9a-e\\ .+-]{0,24}"#) {
        if parse(text.as_bytes(), Limits::TOKEN).is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        }
    }
}
