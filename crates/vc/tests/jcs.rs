//! RFC 8785, with the examples of its text and appendices.

#![expect(clippy::unwrap_used, reason = "test support: a broken promise must stop the test")]

use serde_json::{Value, json};
use vc::json::{Limits, parse};

fn canonical(text: &str) -> String {
    let value = parse(text.as_bytes(), Limits::TOKEN).unwrap();
    String::from_utf8(vc::jcs::to_vec(&value)).unwrap()
}

#[test]
fn the_example_of_section_3_2_4() {
    // RFC 8785, 3.2.2 to 3.2.4
    let text = r#"{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"#;

    let expected = concat!(
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    );
    assert_eq!(canonical(text), expected);
}

#[test]
fn members_sort_by_utf_16_code_units() {
    // RFC 8785, 3.2.3
    let text = r#"{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;

    let value: Value = serde_json::from_str(&canonical(text)).unwrap();

    let order: Vec<&str> =
        value.as_object().unwrap().values().map(|v| v.as_str().unwrap()).collect();
    assert_eq!(
        order,
        [
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh"
        ]
    );
}

#[test]
fn doubles_are_written_as_ecmascript_writes_them() {
    // RFC 8785, appendix B; NaN and Infinity can't stand in a `Value`
    let samples: [(u64, &str); 22] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    ];
    for (bits, expected) in samples {
        let written = vc::jcs::to_vec(&json!(f64::from_bits(bits)));
        assert_eq!(String::from_utf8(written).unwrap(), expected, "{bits:016x}");
    }
}

#[test]
fn integers_beyond_two_to_the_53_are_written_as_doubles() {
    for (text, expected) in [
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740992"),
        ("-9007199254740993", "-9007199254740992"),
        ("18446744073709551615", "18446744073709552000"),
        ("-9223372036854775808", "-9223372036854776000"),
        ("1783000000", "1783000000"),
        ("-1", "-1"),
        ("1.0", "1"),
        ("-0", "0"),
        ("100e-2", "1"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn only_controls_quote_and_backslash_are_escaped() {
    // RFC 8785, 3.2.2.2
    let text: String = (0u8..0x80).map(char::from).chain(['é', '\u{2028}', '😀']).collect();

    let written = String::from_utf8(vc::jcs::to_vec(&json!(text))).unwrap();

    let expected = concat!(
        r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#,
        r#"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#,
        r##" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"##,
        "\u{7f}é\u{2028}😀\""
    );
    assert_eq!(written, expected);
}

#[test]
fn an_object_and_its_members_write_alike() {
    let value = json!({ "b": { "d": 1, "c": [] }, "a": {} });

    assert_eq!(vc::jcs::to_vec(&value), vc::jcs::object_to_vec(value.as_object().unwrap()));
    assert_eq!(canonical(&value.to_string()), r#"{"a":{},"b":{"c":[],"d":1}}"#);
}
