//! Client identifiers and metadata (P3, P5, H4, H7; traps B6).

use serde_json::{Value, json};
use vc::oid4vp::{ClientId, ClientIdError, ClientMetadata};

use crate::{LEAF, common, encryption_key};

fn read(metadata: &Value) -> ClientMetadata {
    serde_json::from_value(metadata.clone()).unwrap()
}

#[test]
fn every_prefix_is_read_and_written_again() {
    for text in [
        "x509_san_dns:verifier.example",
        "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk",
        "redirect_uri:https://verifier.example/cb",
        "decentralized_identifier:did:web:verifier.example",
        "verifier_attestation:verifier.example",
        "openid_federation:https://federation.example",
        "known-beforehand",
    ] {
        assert_eq!(ClientId::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn a_client_identifier_that_is_not_of_its_form_is_refused() {
    for text in
        ["", "x509_san_dns:", "x509_hash:short", "x509_hash:+/", "decentralized_identifier:web"]
    {
        assert_eq!(ClientId::parse(text), Err(ClientIdError::Malformed), "{text}");
    }
    assert_eq!(
        ClientId::parse("https://verifier.example"),
        Err(ClientIdError::UnknownPrefix("https".to_owned()))
    );
}

#[test]
fn origin_is_never_accepted() {
    assert_eq!(ClientId::parse("origin:https://verifier.example"), Err(ClientIdError::Reserved));
}

#[test]
fn x509_hash_is_the_sha_256_of_the_leaf() {
    // SHA-256 of "abc", FIPS 180-4.
    assert_eq!(
        ClientId::of_leaf(b"abc").to_string(),
        "x509_hash:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    );
    assert_ne!(ClientId::of_leaf(LEAF), ClientId::of_leaf(b"abc"));
}

#[test]
fn our_metadata_names_fully_specified_algorithms_and_one_key() {
    let ours = ClientMetadata::ours(Some(encryption_key())).to_json();

    let algorithms = &ours["vp_formats_supported"]["dc+sd-jwt"];
    assert_eq!(algorithms["sd-jwt_alg_values"], json!(["ES256", "Ed25519", "EdDSA"]));
    assert_eq!(algorithms["kb-jwt_alg_values"], json!(["ES256", "Ed25519", "EdDSA"]));
    assert_eq!(ours["jwks"]["keys"].as_array().unwrap().len(), 1);
    assert_eq!(ours["encrypted_response_enc_values_supported"], json!(["A256GCM", "A128GCM"]));
}

#[test]
fn the_first_usable_key_is_encrypted_to() {
    let good = encryption_key();
    let change = |name: &str, value: Value| {
        let mut key = good.clone();
        key[name] = value;
        key
    };
    let mut without_alg = good.clone();
    without_alg.as_object_mut().unwrap().remove("alg");
    let metadata = read(&json!({
        "vp_formats_supported": {},
        "jwks": {"keys": [
            {"kty": "OKP", "crv": "X448", "use": "enc", "alg": "ECDH-ES", "x": "abc"},
            change("use", json!("sig")),
            change("crv", json!("P-384")),
            change("alg", json!("RSA-OAEP")),
            change("x", json!("short")),
            without_alg,
            "no key at all",
            change("kid", json!("chosen")),
            good,
        ]},
        "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
    }));

    let choice = metadata.choose_encryption().unwrap();

    assert_eq!(choice.kid.as_deref(), Some("chosen"));
    assert_eq!((choice.alg, choice.enc), ("ECDH-ES", "A256GCM"));
}

#[test]
fn content_encryption_is_one_that_both_sides_speak() {
    let with = |values: Value| {
        let mut metadata =
            json!({"vp_formats_supported": {}, "jwks": {"keys": [encryption_key()]}});
        if !values.is_null() {
            metadata["encrypted_response_enc_values_supported"] = values;
        }
        read(&metadata).choose_encryption().map(|choice| choice.enc)
    };

    assert_eq!(with(json!(null)), Some("A128GCM"), "the default");
    assert_eq!(with(json!(["A128GCM"])), Some("A128GCM"));
    assert_eq!(with(json!(["A128CBC-HS256"])), None);
}

#[test]
fn metadata_without_our_format_or_algorithms_is_no_match() {
    let takes = |formats: Value| {
        read(&json!({ "vp_formats_supported": formats })).takes_sd_jwt_vc("EdDSA", "ES256")
    };

    assert!(takes(json!({"dc+sd-jwt": {}})));
    assert!(takes(json!({"dc+sd-jwt": {"sd-jwt_alg_values": ["Ed25519"]}})), "RFC 9864");
    assert!(!takes(json!({"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"]}})));
    assert!(!takes(json!({"dc+sd-jwt": {"kb-jwt_alg_values": ["EdDSA"]}})));
    assert!(!takes(json!({"mso_mdoc": {}})));
    // 5.1: absent "when … available to the Wallet via another mechanism".
    assert!(read(&json!({})).takes_sd_jwt_vc("EdDSA", "ES256"));
}

#[test]
fn the_published_metadata_is_read() {
    for name in ["sd_jwt_vc", "w3c_jwt", "w3c_ldp", "mso_mdoc"] {
        let file = format!("oid4vp/1.0/examples/client_metadata/{name}_verifier_metadata.json");
        let Some(example) = common::json_vectors(&file) else { return };

        let metadata: ClientMetadata = serde_json::from_value(example.clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"));

        assert_eq!(metadata.takes_sd_jwt_vc("ES256", "ES256"), name == "sd_jwt_vc", "{example}");
    }
}
