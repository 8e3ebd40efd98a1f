//! Type metadata of SD-JWT VCs (STANDARDS V10; draft-ietf-oauth-sd-jwt-vc-19).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::keys::{TestKey, parse, path};
use serde_json::{Value, json};
use vc::claim_path::ClaimPath;
use vc::sd_jwt::VerifiedSdJwt;
use vc::type_metadata::{
    ClaimFault, IntegrityError, MAX_CHAIN, ResolvedType, TypeChain, TypeMetadata,
    TypeMetadataError, check_integrity, integrity_of,
};

const BASE: &str = "https://types.example/base";
const SPECIAL: &str = "https://types.example/special";

fn read(document: &Value) -> Result<TypeMetadata, TypeMetadataError> {
    TypeMetadata::parse(document.to_string().as_bytes(), BASE, None)
}

fn resolve(documents: &[Value]) -> Result<ResolvedType, TypeMetadataError> {
    let vct = documents[0]["vct"].as_str().unwrap();
    let mut chain = TypeChain::start(documents[0].to_string().as_bytes(), vct, None)?;
    for document in &documents[1..] {
        chain = chain.extend(document.to_string().as_bytes())?;
    }
    chain.resolve()
}

fn special_over_base(special: &Value, base: &Value) -> Result<ResolvedType, TypeMetadataError> {
    resolve(&[
        json!({"vct": SPECIAL, "extends": BASE, "claims": special}),
        json!({"vct": BASE, "claims": base}),
    ])
}

#[test]
fn a_document_must_be_of_the_type_that_led_to_it() {
    let refused = read(&json!({"vct": SPECIAL})).unwrap_err();

    assert_eq!(refused, TypeMetadataError::WrongType(SPECIAL.to_owned()));
    assert_eq!(read(&json!({"name": "no vct"})).unwrap_err(), TypeMetadataError::Malformed);
}

#[test]
fn a_document_that_is_not_of_the_form_is_refused() {
    for claims in [
        json!([{"display": []}]),
        json!([{"path": []}]),
        json!([{"path": [-1]}]),
        json!([{"path": [1.5]}]),
        json!([{"path": [true]}]),
        json!([{"path": ["a"], "sd": "sometimes"}]),
        json!([{"path": ["a"], "mandatory": "yes"}]),
        json!([{"path": ["a"], "display": [{"label": "no locale"}]}]),
        json!([{"path": ["a"], "display": [{"locale": "en"}]}]),
        json!({}),
    ] {
        let refused = read(&json!({"vct": BASE, "claims": claims})).unwrap_err();
        assert_eq!(refused, TypeMetadataError::Malformed, "{claims}");
    }
    let display = json!({"vct": BASE, "display": [{"name": "no locale"}]});
    assert_eq!(read(&display).unwrap_err(), TypeMetadataError::Malformed);
}

#[test]
fn a_duplicate_member_in_a_document_is_refused() {
    let twice = format!(r#"{{"vct":"{BASE}","name":"a","name":"b"}}"#);

    let refused = TypeMetadata::parse(twice.as_bytes(), BASE, None).unwrap_err();

    assert_eq!(refused, TypeMetadataError::Malformed);
}

#[test]
fn an_svg_id_is_a_unique_identifier() {
    let with = |ids: &[&str]| {
        let claims: Vec<Value> = ids
            .iter()
            .enumerate()
            .map(|(index, id)| json!({"path": [index.to_string()], "svg_id": id}))
            .collect();
        read(&json!({"vct": BASE, "claims": claims})).map(|_| ())
    };

    assert_eq!(with(&["a", "_b1", "C_2"]), Ok(()));
    for bad in ["", "1a", "a-b", "a b", "é", "a.b"] {
        assert_eq!(with(&[bad]), Err(TypeMetadataError::BadSvgId(bad.to_owned())), "{bad}");
    }
    assert_eq!(with(&["a", "a"]), Err(TypeMetadataError::BadSvgId("a".to_owned())));
}

#[test]
fn one_claim_has_one_entry() {
    let twice = json!([{"path": ["a"]}, {"path": ["a"], "mandatory": true}]);

    let refused = read(&json!({"vct": BASE, "claims": twice})).unwrap_err();

    assert_eq!(refused, TypeMetadataError::ClaimTwice(path(&json!(["a"]))));
}

#[test]
fn integrity_is_the_hash_of_the_octets_as_served() {
    let document = json!({"vct": BASE}).to_string();
    let integrity = integrity_of(document.as_bytes());

    TypeMetadata::parse(document.as_bytes(), BASE, Some(&integrity)).unwrap();
    let other = format!("{document}\n");
    assert_eq!(
        TypeMetadata::parse(other.as_bytes(), BASE, Some(&integrity)).unwrap_err(),
        TypeMetadataError::Integrity(IntegrityError::Mismatch)
    );
}

#[test]
fn each_hash_of_sri_is_known_and_the_strongest_decides() {
    // Of "abc", FIPS 180-4.
    let sha256 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    let sha384 = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn";
    let sha512 = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
    let wrong256 = sha256.replace("ung", "xng");
    let wrong512 = sha512.replace("3a8", "xa8");
    let check = |metadata: &str| check_integrity(b"abc", metadata);

    assert_eq!(check(sha256), Ok(()));
    assert_eq!(check(sha384), Ok(()));
    assert_eq!(check(sha512), Ok(()));
    assert_eq!(check(&format!("{sha256}?option  {sha512}\t")), Ok(()));
    assert_eq!(check(&format!("{wrong512} {sha512}")), Ok(()), "any of the strongest");
    assert_eq!(check(&format!("{wrong256} {sha512}")), Ok(()), "the weaker does not count");
    assert_eq!(check(&format!("{sha256} {wrong512}")), Err(IntegrityError::Mismatch));
    assert_eq!(check(&wrong256), Err(IntegrityError::Mismatch));
}

#[test]
fn integrity_without_a_known_hash_is_refused() {
    for metadata in ["", " ", "md5-abc", "sha1-abc", "sha256", "SHA256-ungWv48B", "sha3-256-abc"] {
        let refused = check_integrity(b"abc", metadata);
        assert_eq!(refused, Err(IntegrityError::NoKnownHash), "{metadata:?}");
    }
}

#[test]
fn an_extending_type_inherits_and_overrides_by_path() {
    let resolved = special_over_base(
        &json!([{"path": ["b"], "display": [{"locale": "en", "label": "new"}]}, {"path": ["c"]}]),
        &json!([{"path": ["a"]}, {"path": ["b"], "display": [{"locale": "en", "label": "old"}]}]),
    )
    .unwrap();

    let paths: Vec<String> = resolved.claims().iter().map(|claim| claim.path.to_string()).collect();
    assert_eq!(paths, ["/a", "/b", "/c"]);
    assert_eq!(resolved.label(&path(&json!(["b"])), &["en"]), Some("new"));
    assert_eq!(resolved.types(), [SPECIAL, BASE]);
}

#[test]
fn display_is_inherited_until_it_is_replaced() {
    let base = json!({"vct": BASE, "display": [{"locale": "en", "name": "base"}]});
    let name = |special: Value| {
        let resolved = resolve(&[special, base.clone()]).unwrap();
        resolved.display(&["en"]).unwrap().name.clone()
    };

    assert_eq!(name(json!({"vct": SPECIAL, "extends": BASE})), "base");
    let own = json!([{"locale": "en", "name": "special"}]);
    assert_eq!(name(json!({"vct": SPECIAL, "extends": BASE, "display": own})), "special");
}

#[test]
fn an_extending_type_may_tighten_and_never_loosen() {
    let one = |member: &str, value: Value| json!([{"path": ["a"], member: value}]);
    let loosened = Err(TypeMetadataError::Loosened(path(&json!(["a"]))));
    let extend = |special: &Value, base: &Value| special_over_base(special, base).map(|_| ());

    assert_eq!(extend(&one("sd", json!("always")), &one("sd", json!("allowed"))), Ok(()));
    assert_eq!(extend(&one("sd", json!("never")), &json!([{"path": ["a"]}])), Ok(()));
    assert_eq!(extend(&one("sd", json!("always")), &one("sd", json!("always"))), Ok(()));
    assert_eq!(extend(&one("sd", json!("never")), &one("sd", json!("always"))), loosened);
    assert_eq!(extend(&one("sd", json!("allowed")), &one("sd", json!("never"))), loosened);
    assert_eq!(extend(&json!([{"path": ["a"]}]), &one("sd", json!("always"))), loosened);
    assert_eq!(extend(&one("mandatory", json!(true)), &json!([{"path": ["a"]}])), Ok(()));
    assert_eq!(extend(&json!([{"path": ["a"]}]), &one("mandatory", json!(true))), loosened);
}

#[test]
fn types_that_extend_each_other_in_a_circle_are_refused() {
    let circle = [
        json!({"vct": SPECIAL, "extends": BASE}),
        json!({"vct": BASE, "extends": SPECIAL}),
        json!({"vct": SPECIAL, "extends": BASE}),
    ];

    assert_eq!(resolve(&circle).unwrap_err(), TypeMetadataError::Circular(SPECIAL.to_owned()));
    let itself = json!({"vct": BASE, "extends": BASE}).to_string();
    let chain = TypeChain::start(itself.as_bytes(), BASE, None).unwrap();
    assert_eq!(
        chain.check_needed().unwrap_err(),
        TypeMetadataError::Circular(BASE.to_owned()),
        "known before anything is fetched"
    );
}

#[test]
fn a_chain_of_types_is_bounded() {
    let documents: Vec<Value> = (0..=MAX_CHAIN)
        .map(|step| json!({"vct": format!("t{step}"), "extends": format!("t{}", step + 1)}))
        .collect();

    assert_eq!(resolve(&documents).unwrap_err(), TypeMetadataError::ChainTooLong);
}

#[test]
fn a_chain_resolves_only_when_whole() {
    let special = json!({"vct": SPECIAL, "extends": BASE});

    assert_eq!(
        resolve(std::slice::from_ref(&special)).unwrap_err(),
        TypeMetadataError::Incomplete(BASE.to_owned())
    );
    assert_eq!(
        resolve(&[special, json!({"vct": BASE}), json!({"vct": "more"})]).unwrap_err(),
        TypeMetadataError::NothingNeeded
    );
}

#[test]
fn an_extended_type_is_held_to_its_integrity() {
    let base = json!({"vct": BASE}).to_string();
    let extend = |integrity: &str| {
        let special = json!({"vct": SPECIAL, "extends": BASE, "extends#integrity": integrity});
        TypeChain::start(special.to_string().as_bytes(), SPECIAL, None)?.extend(base.as_bytes())
    };

    extend(&integrity_of(base.as_bytes())).unwrap();
    assert_eq!(
        extend(&integrity_of(b"other")).unwrap_err(),
        TypeMetadataError::Integrity(IntegrityError::Mismatch)
    );
}

#[test]
fn the_best_of_the_readers_languages_is_shown() {
    let labels = ["en", "cy", "en-GB", "pl"].map(|it| json!({"locale": it, "label": it}));
    let claims = json!([{"path": ["a"], "display": labels}, {"path": ["list", null]}]);
    let resolved = resolve(&[json!({"vct": BASE, "claims": claims})]).unwrap();
    let label = |languages: &[&str]| resolved.label(&path(&json!(["a"])), languages);

    assert_eq!(label(&["en-GB"]), Some("en-GB"));
    assert_eq!(label(&["CY"]), Some("cy"), "without case");
    assert_eq!(label(&["pl-PL-x-a"]), Some("pl"), "shortened until it fits");
    assert_eq!(label(&["fr", "cy-GB"]), Some("cy"), "the next preference");
    assert_eq!(label(&["fr"]), Some("en"), "else the first");
    assert_eq!(resolved.label(&path(&json!(["list", 3])), &["en"]), None, "no label is there");
    assert_eq!(resolved.label(&path(&json!(["unknown"])), &["en"]), None);
}

fn issued(claims: &Value, hide: &[Value]) -> VerifiedSdJwt {
    let key = TestKey::ed25519(1);
    let hide: Vec<ClaimPath> = hide.iter().map(path).collect();
    parse(&key.issue(claims, &hide, 1)).verify_issuer(&key.public()).unwrap()
}

#[test]
fn a_credential_is_held_to_mandatory_and_sd() {
    let claims = json!([
        {"path": ["name"], "mandatory": true, "sd": "never"},
        {"path": ["birth"], "sd": "always"},
        {"path": ["list", null], "sd": "always"},
    ]);
    let resolved = resolve(&[json!({"vct": BASE, "claims": claims})]).unwrap();
    let fault = |claims: Value, hide: &[Value]| resolved.check(&issued(&claims, hide)).err();
    let at = |elements: Value| path(&elements);

    assert_eq!(fault(json!({"name": "n"}), &[]), None);
    assert_eq!(fault(json!({"name": "n", "birth": 1}), &[json!(["birth"])]), None);
    assert_eq!(fault(json!({}), &[]), Some(ClaimFault::Missing(at(json!(["name"])))));
    assert_eq!(
        fault(json!({"name": "n"}), &[json!(["name"])]),
        Some(ClaimFault::Hidden(at(json!(["name"]))))
    );
    assert_eq!(
        fault(json!({"name": "n", "birth": 1}), &[]),
        Some(ClaimFault::InClear(at(json!(["birth"]))))
    );
    assert_eq!(
        fault(json!({"name": "n", "list": [1, 2]}), &[json!(["list", 0])]),
        Some(ClaimFault::InClear(at(json!(["list", 1]))))
    );
}

#[test]
fn our_own_type_metadata_is_of_the_form() {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/employment-checks-1/metadata.json");
    let octets = std::fs::read(file).unwrap();

    let metadata =
        TypeMetadata::parse(&octets, "urn:staff-passport:employment-checks:1", None).unwrap();

    assert!(metadata.display.is_some());
    assert!(metadata.claims.len() > 8);
}
