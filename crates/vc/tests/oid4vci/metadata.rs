use serde_json::{Value, json};
use vc::oid4vci::{
    AuthorizationServerMetadata, CredentialConfiguration, IssuerMetadata, JwkSet,
    JwtVcIssuerMetadata, MetadataError, StatusListAggregation, Transport,
};

use super::common::keys::TestKey;
use super::example;

const ISSUER: &str = "https://issuer.example/tenant";

fn metadata() -> Value {
    json!({
        "credential_issuer": ISSUER,
        "credential_endpoint": "https://issuer.example/credential",
        "nonce_endpoint": "https://issuer.example/nonce",
        "credential_configurations_supported": {"one": {
            "format": "dc+sd-jwt",
            "vct": "urn:x",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["EdDSA"]}},
            "credential_metadata": {
                "display": [{"name": "One", "locale": "en-GB"}],
                "claims": [{"path": ["a"]}, {"path": ["a", null, "b"], "mandatory": true}],
            },
        }},
    })
}

fn parse(metadata: &Value) -> Result<IssuerMetadata, MetadataError> {
    IssuerMetadata::parse(metadata.to_string().as_bytes(), ISSUER, Transport::Https)
}

fn with(pointer: &str, value: Value) -> Result<IssuerMetadata, MetadataError> {
    let mut metadata = metadata();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    metadata.pointer_mut(parent).unwrap()[name] = value;
    parse(&metadata)
}

#[test]
fn the_specifications_issuer_metadata_parses() {
    let Some(text) = example("credential_issuer_metadata_sd_jwt_long.json") else { return };

    let metadata = IssuerMetadata::parse(
        text.as_bytes(),
        "https://credential-issuer.example.com",
        Transport::Https,
    )
    .unwrap();

    assert_eq!(metadata.authorization_server_ids(), ["https://server.example.com"]);
    assert_eq!(metadata.batch_credential_issuance.unwrap().batch_size, 10);
}

#[test]
fn the_specifications_configurations_parse() {
    for name in ["jwt_vc_json", "ldp_vc", "mso_mdoc", "sd_jwt_vc"] {
        let Some(text) = example(&format!("credential_metadata_{name}.json")) else { return };
        let document: Value = serde_json::from_str(&text).unwrap();
        let mut whole = metadata();
        whole["credential_configurations_supported"] =
            document["credential_configurations_supported"].clone();

        parse(&whole).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn the_specifications_key_set_gives_its_key() {
    let Some(text) = example("issuer_jwks.json") else { return };
    let text: String = text.split('\n').map(str::trim).collect();
    let document: Value = serde_json::from_str(&text).unwrap();

    let set: JwkSet = serde_json::from_value(document["jwks"].clone()).unwrap();

    assert_eq!(set.verification_keys().len(), 1);
}

#[test]
fn a_document_comes_back_and_unknown_members_are_ignored() {
    let read = with("/unknown", json!(1)).unwrap();

    let again = parse(&serde_json::to_value(&read).unwrap()).unwrap();

    assert_eq!(again, read);
    assert_eq!(serde_json::to_value(&read).unwrap(), metadata());
    assert_eq!(read.credential_configurations_supported["one"].jwt_proof_algorithms(), ["EdDSA"]);
}

#[test]
fn the_well_known_part_goes_between_host_and_path() {
    for (issuer, url) in [
        ("https://a.example", "https://a.example/.well-known/openid-credential-issuer"),
        ("https://a.example/", "https://a.example/.well-known/openid-credential-issuer"),
        ("https://a.example:8/b/c", "https://a.example:8/.well-known/openid-credential-issuer/b/c"),
        ("https://A.example/%7eb", "https://A.example/.well-known/openid-credential-issuer/%7eb"),
    ] {
        assert_eq!(IssuerMetadata::well_known_url(issuer).as_deref(), Some(url));
    }
    assert_eq!(
        AuthorizationServerMetadata::well_known_url("https://a.example/b/").as_deref(),
        Some("https://a.example/.well-known/oauth-authorization-server/b")
    );
    assert_eq!(
        JwtVcIssuerMetadata::well_known_url("https://a.example/b/").as_deref(),
        Some("https://a.example/.well-known/jwt-vc-issuer/b")
    );
    assert_eq!(IssuerMetadata::well_known_url("no url"), None);
}

#[test]
fn the_identifier_is_identical_to_the_one_used() {
    for issuer in ["https://issuer.example/tenant/", "https://ISSUER.example/tenant"] {
        let refused = with("/credential_issuer", json!(issuer));
        assert_eq!(refused.unwrap_err(), MetadataError::OtherIssuer);
    }
}

#[test]
fn every_address_is_https() {
    for name in [
        "credential_endpoint",
        "nonce_endpoint",
        "deferred_credential_endpoint",
        "notification_endpoint",
    ] {
        let refused = with(&format!("/{name}"), json!("http://issuer.example/x"));
        assert_eq!(refused.unwrap_err(), MetadataError::BadUrl(name));
    }
    assert_eq!(
        with("/authorization_servers", json!(["https://as.example?x"])).unwrap_err(),
        MetadataError::BadUrl("authorization_servers")
    );
}

#[test]
fn each_broken_rule_of_a_configuration_is_named() {
    let one = "/credential_configurations_supported/one";
    for (member, value, rule) in [
        ("vct", Value::Null, "dc+sd-jwt needs vct"),
        ("format", json!("jwt_vc_json"), "jwt_vc_json needs credential_definition.type"),
        ("proof_types_supported", Value::Null, "binding methods and proof types go together"),
        (
            "cryptographic_binding_methods_supported",
            Value::Null,
            "binding methods and proof types go together",
        ),
        (
            "proof_types_supported",
            json!({"jwt": {"proof_signing_alg_values_supported": []}}),
            "a proof type has no algorithm",
        ),
        (
            "credential_metadata",
            json!({"claims": [{"path": ["a"]}, {"path": ["a"]}]}),
            "two claim descriptions address one claim",
        ),
    ] {
        assert_eq!(
            with(&format!("{one}/{member}"), value).unwrap_err(),
            MetadataError::Configuration { id: "one".to_owned(), rule },
            "{member}"
        );
    }
}

#[test]
fn one_display_stands_for_one_language() {
    let twice = json!([{"name": "A", "locale": "en"}, {"name": "B", "locale": "en"}]);

    assert_eq!(with("/display", twice).unwrap_err(), MetadataError::LocaleTwice("en".to_owned()));
}

#[test]
fn a_batch_is_at_least_two() {
    assert!(with("/batch_credential_issuance", json!({"batch_size": 2})).is_ok());
    assert_eq!(
        with("/batch_credential_issuance", json!({"batch_size": 1})).unwrap_err(),
        MetadataError::BatchTooSmall
    );
}

#[test]
fn encryption_parameters_are_complete() {
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "1"});
    let request = |keys: Value, enc: Value| {
        with(
            "/credential_request_encryption",
            json!({"jwks": {"keys": keys}, "enc_values_supported": enc, "encryption_required": true}),
        )
    };

    assert!(request(json!([jwk]), json!(["A256GCM"])).is_ok());
    for (keys, enc) in [
        (json!([]), json!(["A256GCM"])),
        (json!([{"kty": "EC"}]), json!(["A256GCM"])),
        (json!([jwk]), json!([])),
    ] {
        assert_eq!(
            request(keys, enc).unwrap_err(),
            MetadataError::BadEncryption("credential_request_encryption")
        );
    }
}

#[test]
fn a_credential_without_key_binding_needs_no_proof() {
    let plain = CredentialConfiguration {
        format: "dc+sd-jwt".to_owned(),
        vct: Some("urn:x".to_owned()),
        ..CredentialConfiguration::default()
    };

    assert!(
        with("/credential_configurations_supported/two", serde_json::to_value(plain).unwrap())
            .is_ok()
    );
}

fn server(name: &str, value: Value) -> Result<AuthorizationServerMetadata, MetadataError> {
    let mut document = json!({
        "issuer": ISSUER,
        "token_endpoint": "https://issuer.example/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": true,
        "status_list_aggregation_endpoint": "https://issuer.example/status-lists",
    });
    document[name] = value;
    AuthorizationServerMetadata::parse(document.to_string().as_bytes(), ISSUER, Transport::Https)
}

#[test]
fn server_metadata_is_of_the_server_it_was_fetched_from() {
    let good = server("unknown", json!(1)).unwrap();
    assert!(good.pre_authorized_grant_anonymous_access_supported);
    let again = serde_json::to_value(&good).unwrap();
    assert_eq!(again["response_types_supported"], json!([]));
    assert_eq!(again["pre-authorized_grant_anonymous_access_supported"], json!(true));

    assert_eq!(
        server("issuer", json!("https://other.example")).unwrap_err(),
        MetadataError::OtherIssuer
    );
    for name in ["token_endpoint", "status_list_aggregation_endpoint"] {
        assert_eq!(
            server(name, json!("http://issuer.example/x")).unwrap_err(),
            MetadataError::BadUrl(name)
        );
    }
}

#[test]
fn a_jwt_vc_issuer_gives_exactly_one_key_set() {
    let parse = |document: Value| {
        JwtVcIssuerMetadata::parse(document.to_string().as_bytes(), ISSUER, Transport::Https)
    };
    let key = TestKey::ed25519(1).public();
    let unknown = json!({"kty": "RSA", "n": "AQ", "e": "AQAB"});
    let keys = json!({"keys": [unknown, key.to_jwk()]});

    let good = parse(json!({"issuer": ISSUER, "jwks": keys})).unwrap();
    assert_eq!(good.jwks.unwrap().verification_keys(), [(None, key)]);
    for (document, error) in [
        (json!({"issuer": ISSUER}), MetadataError::NotExactlyOneKeySet),
        (
            json!({"issuer": ISSUER, "jwks": keys, "jwks_uri": "https://a.example"}),
            MetadataError::NotExactlyOneKeySet,
        ),
        (json!({"issuer": "https://a.example", "jwks": keys}), MetadataError::OtherIssuer),
        (
            json!({"issuer": ISSUER, "jwks_uri": "http://a.example"}),
            MetadataError::BadUrl("jwks_uri"),
        ),
    ] {
        assert_eq!(parse(document).unwrap_err(), error);
    }
}

#[test]
fn an_aggregation_lists_addresses() {
    let parse = |text: &str| StatusListAggregation::parse(text.as_bytes(), Transport::Https);

    assert_eq!(
        parse(r#"{"status_lists":["https://a.example/1"],"x":1}"#).unwrap().status_lists,
        ["https://a.example/1"]
    );
    assert!(parse(r#"{"status_lists":["http://a.example/1"]}"#).is_err());
    assert!(parse(r#"{"status_lists":"https://a.example/1"}"#).is_err());
}
