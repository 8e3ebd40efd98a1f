//! Text of the QR codes: SP0, its parts, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests"
)]

mod common;

use proptest::prelude::*;
use serde_json::{Value, json};
use vc::qr::{
    self, MAX_CODE_CHARS, MAX_PARTS, MAX_PRESENTATION_BYTES, MAX_TEXT_CHARS, QrError, join, split,
};

use common::keys::{TestKey, object, path, rng};

/// A presentation of the size of a real one.
fn presentation() -> String {
    let issuer = TestKey::ed25519(1);
    let holder = TestKey::ed25519(2);
    let claims = json!({
        "iss": "https://issuer.example", "vct": "urn:example:1", "iat": 1_800_000_000,
        "cnf": {"jwk": holder.public().to_jwk()}, "a": {"b": "text"}, "c": [1, 2, 3],
    });
    let issued = issuer.issue(&claims, &[path(&json!(["a"])), path(&json!(["c"]))], 7);
    holder.bind(
        &issued,
        &vc::sd_jwt::KeyBinding {
            audience: "ods:R0A".to_owned(),
            nonce: "bm9uY2Vub25jZW5vbmNlMA".to_owned(),
            issued_at: vc::time::UnixTime(1_800_000_000),
        },
    )
}

fn is_alphanumeric_mode(text: &str) -> bool {
    text.chars().all(|c| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(c))
}

#[test]
fn a_presentation_comes_back_byte_for_byte() {
    let presentation = presentation();

    let code = qr::encode_plain(&presentation);

    assert!(is_alphanumeric_mode(&code));
    assert_eq!(qr::decode(&code).unwrap(), presentation);
    assert_eq!(qr::read([code.as_str()]).unwrap(), presentation);
}

#[test]
fn a_raw_presentation_is_read_as_it_is() {
    let presentation = presentation();

    assert_eq!(qr::decode(&presentation).unwrap(), presentation);
}

#[test]
fn an_end_of_line_from_a_scanner_does_no_harm() {
    let presentation = presentation();
    let code = format!("{}\r\n", qr::encode_plain(&presentation));

    assert_eq!(qr::decode(&code).unwrap(), presentation);
}

#[test]
fn what_is_no_code_of_ours_is_named_so() {
    for text in ["", "SP", "SPQR", "hello", "https://example.org/~a", "eyJ.x", "sp0:ABC", "~"] {
        assert_eq!(qr::decode(text), Err(QrError::NotACode), "{text}");
    }
    assert_eq!(qr::decode("SP9:ABC"), Err(QrError::UnknownVersion));
}

#[test]
fn a_damaged_code_is_refused() {
    let code = qr::encode_plain(&presentation());
    let mut cut = code.clone();
    cut.truncate(code.len() - 3);

    for text in [cut.as_str(), "SP0:", "SP0:lower", "SP0:A", "SP0:\u{20ac}", &format!("{code}000")]
    {
        assert_eq!(qr::decode(text), Err(QrError::Damaged), "{text}");
    }
}

#[test]
fn what_inflates_to_no_presentation_is_refused() {
    for text in ["", "no tilde", "ey\u{e9}~", "ey a~"] {
        assert_eq!(qr::decode(&qr::encode_plain(text)), Err(QrError::Damaged), "{text}");
    }
}

#[test]
fn a_text_too_long_is_refused_before_any_work() {
    let long = "0".repeat(MAX_TEXT_CHARS);

    assert_eq!(qr::decode(&format!("SP0:{long}")), Err(QrError::TooLarge));
    assert_eq!(
        qr::decode(&format!("ey{}~", "A".repeat(MAX_PRESENTATION_BYTES))),
        Err(QrError::TooLarge)
    );
    let most = format!("ey{}~", "A".repeat(MAX_PRESENTATION_BYTES - 3));
    assert_eq!(qr::decode(&qr::encode(&most)).unwrap(), most);
    assert_eq!(qr::decode(&qr::encode(&format!("{most}~"))), Err(QrError::TooLarge));
}

#[test]
fn a_code_that_fits_is_one_part() {
    assert_eq!(split("SP0:ABC", 7, &mut rng(1)), ["SP0:ABC"]);
}

#[test]
fn parts_fit_and_join_in_any_order_with_repeats() {
    let presentation = presentation();
    let code = qr::encode_plain(&presentation);
    let mut parts = split(&code, 300, &mut rng(1));
    assert!(parts.len() > 2);
    assert!(parts.iter().all(|part| part.len() <= 300 && is_alphanumeric_mode(part)));
    assert!(parts.iter().all(|part| !part.ends_with(' ')));

    parts.reverse();
    parts.push(parts[1].clone());

    assert_eq!(join(parts.iter().map(String::as_str)).unwrap(), code);
    assert_eq!(qr::read(parts.iter().map(String::as_str)).unwrap(), presentation);
}

#[test]
fn missing_parts_are_named() {
    let code = qr::encode_plain(&presentation());
    let parts = split(&code, 300, &mut rng(1));

    let missing = QrError::PartsMissing { missing: vec![1, 3], total: parts.len() };
    let rest = parts.iter().enumerate().filter(|(index, _)| ![0, 2].contains(index));
    assert_eq!(join(rest.map(|(_, part)| part.as_str())), Err(missing));
    let alone = QrError::PartsMissing { missing: (2..=parts.len()).collect(), total: parts.len() };
    assert_eq!(qr::decode(&parts[0]), Err(alone));
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let code = qr::encode_plain(&presentation());
    let one = split(&code, 300, &mut rng(1));
    let two = split(&code, 300, &mut rng(2));
    assert_ne!(one, two);

    let mut mixed: Vec<&str> = one.iter().map(String::as_str).collect();
    mixed[1] = &two[1];
    assert_eq!(join(mixed), Err(QrError::PartsContradict));
    assert_eq!(join(["SPP:A/1/2:X", "SPP:A/1/2:Y"]), Err(QrError::PartsContradict));
    assert_eq!(join(["SPP:A/1/2:X", "SPP:A/2/3:Y"]), Err(QrError::PartsContradict));
    assert_eq!(join(["SPP:A/1/2:X", "SP0:Y"]), Err(QrError::PartsContradict));
    assert_eq!(join(["SP0:Y", "SPP:A/1/2:X"]), Err(QrError::PartsContradict));
    assert_eq!(join(["SP0:X", "SP0:Y"]), Err(QrError::PartsContradict));
    assert_eq!(join(["SP0:X", "SP0:X"]).unwrap(), "SP0:X");
    assert_eq!(join([]), Err(QrError::NotACode));
}

#[test]
fn a_part_of_another_form_is_refused() {
    for part in [
        "SPP:",
        "SPP:A/1/2",
        "SPP:A/1/2:",
        "SPP:/1/2:X",
        "SPP:a/1/2:X",
        "SPP:ABCDEFGHI/1/2:X",
        "SPP:A/0/2:X",
        "SPP:A/3/2:X",
        "SPP:A/1/65:X",
        "SPP:A/1/0:X",
        "SPP:A/01/2:X",
        "SPP:A/+1/2:X",
        "SPP:A/1/999999999999999999999:X",
        "SPP:A/-1/2:X",
        "SPP:A:1/2/X",
    ] {
        assert_eq!(join([part]), Err(QrError::Damaged), "{part}");
    }
}

#[test]
fn a_sequence_of_sequences_is_refused() {
    let nested = "SPP:A/1/1:".repeat(5000) + "X";

    assert_eq!(qr::decode(&nested), Err(QrError::Damaged));
}

#[test]
fn the_longest_presentation_fits_the_most_parts() {
    let mut noise = String::from("ey");
    let mut random = rng(3);
    while noise.len() < MAX_PRESENTATION_BYTES - 1 {
        use rand_chacha::rand_core::Rng as _;
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        noise.push(char::from(alphabet[usize::try_from(random.next_u32() % 64).unwrap()]));
    }
    noise.push('~');

    let code = qr::encode_plain(&noise);
    let parts = split(&code, MAX_CODE_CHARS, &mut random);

    assert!(code.len() <= MAX_TEXT_CHARS);
    assert!(parts.len() <= MAX_PARTS);
    assert!(parts.iter().all(|part| part.len() <= MAX_CODE_CHARS));
    assert_eq!(qr::read(parts.iter().map(String::as_str)).unwrap(), noise);
}

/// The worked example of docs/qr-format.md, made by us.
#[test]
fn the_published_vector_holds() {
    let vector: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/qr-sp0.json")).unwrap();
    let vector = object(&vector);
    let presentation = vector["presentation"].as_str().unwrap();
    let code = vector["code"].as_str().unwrap();
    let parts: Vec<&str> =
        vector["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();

    assert_eq!(qr::decode(code).unwrap(), presentation);
    assert_eq!(join(parts.iter().copied()).unwrap(), code);
    assert!(parts.len() > 1);
}

/// Prints a new `tests/vectors/qr-sp0.json`.
#[test]
#[ignore = "writes a vector, does not check one"]
fn write_the_vector() {
    let presentation = presentation();
    let code = qr::encode_plain(&presentation);
    let parts = split(&code, 400, &mut rng(9));
    let vector = json!({
        "comment": "docs/qr-format.md: SP0 and its parts; other deflate streams of the same text are as good",
        "presentation": presentation, "code": code, "parts": parts,
    });
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/qr-sp0.json");
    std::fs::write(file, serde_json::to_string_pretty(&vector).unwrap() + "\n").unwrap();
}

proptest! {
    #[test]
    fn any_text_is_decoded_or_refused_without_panic(text in "\\PC{0,200}") {
        let _ = qr::decode(&text);
        let _ = qr::decode(&format!("SP0:{text}"));
        let _ = join([format!("SPP:{text}").as_str()]);
    }

    #[test]
    fn any_alphanumeric_body_is_decoded_or_refused(body in "[0-9A-Z $%*+./:-]{0,300}") {
        let _ = qr::decode(&format!("SP0:{body}"));
        let _ = qr::decode(&format!("SPP:{body}"));
    }

    #[test]
    fn any_sd_jwt_text_comes_back(body in "[A-Za-z0-9_.~-]{0,3000}", chars in 1_usize..400, seed: u8) {
        let presentation = format!("ey{body}~");

        let parts = split(&qr::encode_plain(&presentation), chars, &mut rng(seed));

        prop_assert!(parts.len() <= MAX_PARTS);
        prop_assert_eq!(qr::read(parts.iter().map(String::as_str)).unwrap(), presentation);
    }
}
