//! SP1, the compact form: whatever goes in comes back byte for byte, and any other text is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests"
)]

mod common;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vc::base64url;
use vc::qr::{self, QrError};
use vc::sd_jwt::KeyBinding;
use vc::time::UnixTime;

use common::keys::{TestKey, object, path, rng};

const VCT: &str = "urn:staff-passport:employment-checks:1";

fn binding(nonce: &str) -> KeyBinding {
    KeyBinding {
        audience: "ods:R0A".to_owned(),
        nonce: nonce.to_owned(),
        issued_at: UnixTime(1_795_400_000),
    }
}

/// A presentation of our own issuer, with a hidden inner block.
fn ours(claims: &Value, seed: u8) -> String {
    let issuer = TestKey::ed25519(seed);
    let holder = TestKey::ed25519(seed.wrapping_add(1));
    let mut all = object(&json!({
        "iss": "https://passport.christie.nhs.uk", "vct": VCT, "iat": 1_795_305_600,
        "exp": 1_803_081_600, "cnf": {"jwk": holder.public().to_jwk()},
        "status": {"status_list": {
            "idx": 77, "uri": "https://passport.christie.nhs.uk/status-lists/0",
        }},
    }));
    all.extend(object(claims));
    let hide: Vec<_> = object(claims).keys().map(|name| path(&json!([name]))).collect();
    let issued = issuer.issue(&all.into(), &hide, seed);
    holder.bind(&issued, &binding("UHNPd2xzYW5kbmlnaHRqYQ"))
}

fn example() -> Value {
    json!({
        "identity": {
            "given_name": "Zsófia", "family_name": "O'Neill-Nagy", "birth_date": "1988-02-29",
            "check_method": "IN_PERSON", "checked_on": "2026-09-01",
        },
        "core_skills": [
            {"subject": "FIRE_SAFETY", "level": 1, "framework": "CSTF", "attainment": "ACHIEVED",
             "awarded_on": "2026-03-04", "renewal_period": "P2Y", "valid_until": "2028-03-04"},
            {"subject": "PREVENT", "level": 1, "framework": "LOCAL", "attainment": "ACHIEVED",
             "awarded_on": "2026-03-04", "renewal_period": "P3Y", "valid_until": "2029-03-03"},
        ],
        "unknown": {"deep": [[{"a": null, "b": [true, false, 1.5, -7, 1e300]}]], "": ""},
    })
}

fn compact(presentation: &str) -> String {
    let code = qr::encode(presentation);
    assert!(code.starts_with("SP1A:"), "{code}");
    assert_eq!(qr::decode(&code).unwrap(), presentation);
    code
}

/// A presentation of somebody else's: any texts, any signatures.
fn foreign(
    header: &str,
    payload: &str,
    disclosures: &[String],
    binding: Option<[&str; 2]>,
) -> String {
    let encode = |text: &str| base64url::encode(text.as_bytes());
    let mut random = rng(5);
    let mut signature = || {
        let mut bytes = [0; 64];
        random.fill_bytes(&mut bytes);
        base64url::encode(&bytes)
    };
    let mut text = format!("{}.{}.{}~", encode(header), encode(payload), signature());
    for disclosure in disclosures {
        text.push_str(&encode(disclosure));
        text.push('~');
    }
    if let Some([header, payload]) = binding {
        text.push_str(&format!("{}.{}.{}", encode(header), encode(payload), signature()));
    }
    text
}

#[test]
fn our_presentation_comes_back_and_is_small() {
    let presentation = ours(&example(), 1);

    let code = compact(&presentation);

    assert!(code.len() * 2 < qr::encode_plain(&presentation).len(), "{}", code.len());
    assert!(code.chars().all(|c| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(c)));
}

#[test]
fn a_desk_code_and_a_missing_key_binding_come_back() {
    let presentation = ours(&example(), 2);
    let disclosed = &presentation[..=presentation.rfind('~').unwrap()];
    compact(disclosed);

    let holder = TestKey::ed25519(3);
    for nonce in ["UHNPd2xzYW5kbmlnaHRqYQ.123456", "short", "", "\u{1F600}.\u{0}"] {
        compact(&holder.bind(disclosed, &binding(nonce)));
    }
}

#[test]
fn fewer_disclosures_come_back() {
    let presentation = ours(&example(), 4);
    let pieces: Vec<&str> = presentation.split('~').collect();
    let holder = TestKey::ed25519(5);

    for kept in [&pieces[..1], &pieces[..2], &pieces[..3]] {
        let disclosed = kept.join("~") + "~";
        compact(&holder.bind(&disclosed, &binding("UHNPd2xzYW5kbmlnaHRqYQ")));
    }
}

#[test]
fn disclosures_inside_disclosures_come_back_in_either_order() {
    let issuer = TestKey::ed25519(1);
    let holder = TestKey::ed25519(2);
    let claims = json!({
        "vct": VCT, "cnf": {"jwk": holder.public().to_jwk()},
        "identity": {"given_name": "A", "personal": {"nationality": "GBR"}},
    });
    let hide = [path(&json!(["identity"])), path(&json!(["identity", "personal"]))];
    let issued = issuer.issue(&claims, &hide, 1);
    let mut pieces: Vec<&str> = issued.split_terminator('~').collect();
    let parents_first = compact(&holder.bind(&issued, &binding("n")));

    pieces[1..].reverse();
    let children_first = pieces.join("~") + "~";
    let children_first = compact(&holder.bind(&children_first, &binding("n")));

    // No digest is carried in either order.
    assert!(parents_first.len().abs_diff(children_first.len()) < 30);
}

#[test]
fn a_hidden_digest_costs_its_32_bytes() {
    let shown = ours(&example(), 6);
    let holder = TestKey::ed25519(7);
    let mut pieces: Vec<&str> = shown.split_inclusive('~').collect();
    pieces.pop();
    let bind = |pieces: &[&str]| {
        compact(&holder.bind(&pieces.concat(), &binding("UHNPd2xzYW5kbmlnaHRqYQ"))).len()
    };
    let whole = bind(&pieces);

    pieces.remove(1);
    let hidden = bind(&pieces);

    // Its content and 16 bytes of salt are gone: 48 characters are 32 bytes.
    assert!(hidden < whole + 48, "{hidden} after {whole}");
}

#[test]
fn es256_with_certificates_comes_back() {
    let issuer = TestKey::p256();
    let holder = TestKey::p256();
    let mut random = rng(8);
    let mut der = vec![0; 500];
    random.fill_bytes(&mut der);
    let claims = object(&json!({
        "iss": "https://issuer.example", "vct": VCT, "cnf": {"jwk": holder.public().to_jwk()},
        "identity": {"given_name": "A"},
    }));
    let issuance = vc::sd_jwt::Issuance {
        algorithm: issuer.algorithm(),
        kid: &issuer.kid(),
        x5c: &[der.clone(), der],
        claims: &claims,
        hide: &[path(&json!(["identity"]))],
    };
    let unsigned = issuance.prepare(&mut random).unwrap();
    let signature = issuer.sign(unsigned.signing_input());

    compact(&holder.bind(&unsigned.finish(&signature), &binding("UHNPd2xzYW5kbmlnaHRqYQ")));
}

#[test]
fn other_issuers_spaces_and_orders_come_back_smaller_than_plain() {
    let disclosures = [
        r#"["2GLC42sKQveCfGfryNRN9w", "given_name", "John"]"#.to_owned(),
        r#"["eluV5Og3gSNII8EYnsxA_A","family_name",  "Doe"]"#.to_owned(),
        "[ \"lklxF5jMYlGTPUovMNIvCA\" , \"US\" ]".to_owned(),
    ];
    let digest = |text: &String| {
        let disclosure = vc::sd_jwt::UnverifiedSdJwt::parse(&foreign(
            r#"{"alg":"ES256"}"#,
            "{}",
            std::slice::from_ref(text),
            None,
        ));
        disclosure.unwrap().disclosures()[0].digest()
    };
    let payload = format!(
        r#"{{"vct": "urn:x", "_sd": ["{}", "{}"], "n": [{{"...": "{}"}}], "iss": "https://i.example", "_sd_alg": "sha-256"}}"#,
        digest(&disclosures[1]),
        digest(&disclosures[0]),
        digest(&disclosures[2]),
    );
    let presentation = foreign(
        r#"{"typ": "dc+sd-jwt", "alg": "ES256"}"#,
        &payload,
        &disclosures,
        Some([
            r#"{"alg": "ES256", "typ": "kb+jwt"}"#,
            r#"{"nonce": "1234567890", "aud": "https://verifier.example.org", "iat": 1702315679, "sd_hash": "0_Af-2B-EhLWX5ydh_w2xzwmO6iM66B_2QCEaNFFgGo"}"#,
        ]),
    );

    let code = compact(&presentation);

    assert!(code.len() < qr::encode_plain(&presentation).len());
}

#[test]
fn what_the_compact_form_does_not_take_travels_plain() {
    let not_utf8 = format!("{}.{}.AA~", base64url::encode(b"{}"), base64url::encode(&[0xff, 0xfe]));
    for text in [
        "ey~",
        "eyJ.x~",
        "eyJ9.eyJ9.AB~~~",
        "ey.ey.ey~.~",
        &not_utf8.replacen(&base64url::encode(b"{}"), "eyJhIjoxfQ", 1),
        &format!("ey{}~", "A".repeat(30_000)),
    ] {
        let code = qr::encode(text);

        assert_eq!(qr::decode(&code).unwrap(), text);
    }
}

#[test]
fn an_unknown_dictionary_is_of_a_later_version() {
    assert_eq!(qr::decode("SP1B:ABC"), Err(QrError::UnknownVersion));
    assert_eq!(qr::decode("SP1"), Err(QrError::NotACode));
    assert_eq!(qr::decode("SP1:ABC"), Err(QrError::NotACode));
}

#[test]
fn a_cut_or_lengthened_code_is_refused() {
    let presentation = ours(&example(), 9);
    let code = compact(&presentation);

    for text in [
        &code[..code.len() - 3],
        &format!("{code}000"),
        &format!("{code}ABC123"),
        "SP1A:",
        "SP1A:A",
    ] {
        assert_eq!(qr::decode(text), Err(QrError::Damaged), "{text}");
    }
    assert_eq!(qr::decode(&format!("SP1A:{}", "0".repeat(40_000))), Err(QrError::TooLarge));
}

/// The worked examples of docs/qr-format.md, made by us: codes of a released dictionary are read
/// for ever.
#[test]
fn the_published_vectors_hold() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/qr-sp1.json")).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 4);
    for vector in vectors {
        let presentation = vector["presentation"].as_str().unwrap();
        let code = vector["code"].as_str().unwrap();

        assert_eq!(qr::decode(code).unwrap(), presentation, "{}", vector["name"]);
        assert_eq!(qr::encode(presentation), code, "{}", vector["name"]);
    }
}

/// Prints a new `tests/vectors/qr-sp1.json`: with a new dictionary only.
#[test]
#[ignore = "writes vectors, does not check them"]
fn write_the_vectors() {
    let plain = ours(&example(), 1);
    let unbound = &plain[..=plain.rfind('~').unwrap()];
    let spaced = foreign(
        r#"{"alg": "EdDSA", "typ": "dc+sd-jwt"}"#,
        r#"{"vct": "urn:x", "iat": 1795305600}"#,
        &[r#"["2GLC42sKQveCfGfryNRN9w", "given_name", "John"]"#.to_owned()],
        None,
    );
    let smallest = foreign(r#"{"alg":"EdDSA"}"#, "{}", &[], None);
    let vectors: Vec<Value> = [
        ("smallest", smallest.as_str()),
        ("our own, with key binding", &plain),
        ("our own, without key binding", unbound),
        ("another issuer's spaces", &spaced),
    ]
    .iter()
    .map(|(name, text)| json!({"name": name, "presentation": text, "code": compact(text)}))
    .collect();
    let file = json!({
        "comment": "docs/qr-format.md: SP1 with dictionary A",
        "vectors": vectors,
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/qr-sp1.json");
    std::fs::write(path, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
}

/// Any JSON value, with our own names and values among others.
fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,12}",
        "[a-zA-Z0-9_-]{0,50}",
        "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
        Just("ENHANCED".to_owned()),
        Just("2GLC42sKQveCfGfryNRN9w".to_owned()),
        Just("0190f3c4-7a1b-7c3d-9e8f-0123456789ab".to_owned()),
        Just("https://passport.christie.nhs.uk/x".to_owned()),
        Just("\u{0}\u{7f}\u{1F600}\"\\".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-100_i64..3000).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((any_name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,8}",
        Just("identity".to_owned()),
        Just("core_skills".to_owned()),
        Just("given_name".to_owned()),
        Just("checked_on".to_owned()),
        Just("level".to_owned()),
        Just("_sdx".to_owned()),
    ]
}

/// A JSON text, canonical or spaced as other writers do.
fn written(value: &Value, style: u8) -> String {
    match style % 3 {
        0 => String::from_utf8(vc::jcs::to_vec(value)).unwrap(),
        1 => value.to_string(),
        _ => serde_json::to_string_pretty(value).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_presentation_of_ours_comes_back(
        members in proptest::collection::vec((any_name(), any_value()), 0..6),
        seed: u8,
    ) {
        let claims: Map<String, Value> = members
            .into_iter()
            .filter(|(name, _)| !["iss", "vct", "iat", "exp", "cnf", "status"].contains(&name.as_str()))
            .collect();
        let presentation = ours(&Value::Object(claims), seed);

        let code = qr::encode(&presentation);

        prop_assert_eq!(qr::decode(&code).unwrap(), presentation);
    }

    #[test]
    fn any_presentation_of_others_comes_back(
        header in any_value(),
        payload in any_value(),
        disclosures in proptest::collection::vec((any_value(), any_value(), any::<u8>()), 0..5),
        binding in proptest::option::of((any_value(), any_value())),
        style: u8,
    ) {
        let disclosures: Vec<String> = disclosures
            .iter()
            .map(|(name, value, style)| written(&json!(["2GLC42sKQveCfGfryNRN9w", name, value]), *style))
            .collect();
        let binding = binding
            .map(|(header, payload)| [written(&header, style), written(&payload, style)]);
        let binding = binding.as_ref().map(|[header, payload]| [header.as_str(), payload.as_str()]);
        let header = json!({"alg": "ES256", "x": header});
        let presentation =
            foreign(&written(&header, style), &written(&payload, style), &disclosures, binding);

        let code = qr::encode(&presentation);

        prop_assert_eq!(qr::decode(&code).unwrap(), presentation);
    }

    #[test]
    fn any_bytes_are_refused_or_read_without_panic(body in "[0-9A-Z $%*+./:-]{0,2000}") {
        let _ = qr::decode(&format!("SP1A:{body}"));
    }

    #[test]
    fn a_changed_character_never_reads_as_the_same_text(place in 5_usize..600, c in "[0-9A-Z]") {
        let presentation = ours(&example(), 1);
        let code = qr::encode(&presentation);
        let place = place.min(code.len() - 1);
        let mut changed = code.clone();
        changed.replace_range(place..=place, &c);
        prop_assume!(changed != code);

        prop_assert_ne!(qr::decode(&changed).ok(), Some(presentation));
    }
}
