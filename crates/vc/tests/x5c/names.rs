//! Whom a leaf names, and how a token's header brings it.

use rcgen::SanType;
use serde_json::json;
use vc::jws::{JwsError, UnverifiedJws};
use vc::x5c::ChainError;

use crate::answer;
use crate::certificates::{ISS, intermediate, leaf, root};
use crate::common::keys::TestKey;

#[test]
fn a_leaf_is_bound_to_its_issuer_by_a_uri_or_a_host() {
    let named = |names: Vec<SanType>| {
        let leaf = leaf().with(|params| params.subject_alt_names = names);
        answer(&root(), &intermediate(), &leaf).unwrap()
    };
    let uri = |text: &str| SanType::URI(text.try_into().unwrap());
    let dns = |text: &str| SanType::DnsName(text.try_into().unwrap());

    for names in [
        vec![uri(ISS)],
        vec![dns("issuer.example")],
        vec![dns("ISSUER.example")],
        vec![dns("other.example"), uri("https://other.example"), uri(ISS)],
    ] {
        assert!(named(names.clone()).key_of(ISS).is_ok(), "{names:?}");
    }
    for names in [
        vec![],
        vec![uri("https://issuer.example")],
        vec![uri("https://issuer.example/rbv/")],
        vec![uri("HTTPS://issuer.example/rbv")],
        vec![dns("*.example")],
        vec![dns("example")],
        vec![dns("sub.issuer.example")],
        vec![dns("issuer.example.evil.example")],
        vec![SanType::Rfc822Name(ISS.try_into().unwrap())],
    ] {
        let refused = named(names.clone()).key_of(ISS).map(|_| ()).unwrap_err();
        assert_eq!(refused, ChainError::WrongName, "{names:?}");
    }
}

#[test]
fn a_host_binds_https_issuers_only() {
    let leaf = leaf().with(|params| {
        params.subject_alt_names = vec![SanType::DnsName("issuer.example".try_into().unwrap())];
    });
    let verified = answer(&root(), &intermediate(), &leaf).unwrap();
    for iss in
        ["https://issuer.example", "https://issuer.example:8443/a?b", "https://Issuer.Example/"]
    {
        assert!(verified.key_of(iss).is_ok(), "{iss}");
    }
    for iss in [
        "http://issuer.example",
        "issuer.example",
        "did:web:issuer.example",
        "https://issuer.example@evil.example",
        "https://evil.example/issuer.example",
        "https://127.0.0.1",
        "",
    ] {
        assert_eq!(verified.key_of(iss).map(|_| ()), Err(ChainError::WrongName), "{iss}");
    }
    assert!(verified.has_dns_name("issuer.example"));
    assert!(!verified.has_dns_name("example"));
}

#[test]
fn a_header_gives_its_chain_out() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let der = leaf().signed_by(&root());
    let header_of = |x5c: serde_json::Value| {
        let header = json!({ "x5c": x5c }).as_object().unwrap().clone();
        let token = TestKey::ed25519(1).token_with_header("t", header, &json!({}));
        UnverifiedJws::parse(&token).unwrap().header().clone()
    };

    let header = header_of(json!([STANDARD.encode(&der), "AA=="]));
    assert_eq!(header.x5c(), Ok(Some(vec![der, vec![0]])));

    let without = TestKey::ed25519(1).token("t", &json!({}));
    assert_eq!(UnverifiedJws::parse(&without).unwrap().header().x5c(), Ok(None));

    for bad in [
        json!(null),
        json!("AA=="),
        json!([]),
        json!([1]),
        json!(["AA"]),
        json!(["AB=="]),
        json!(["_w=="]),
        json!(["AA==", " AA=="]),
    ] {
        assert_eq!(header_of(bad.clone()).x5c(), Err(JwsError::BadHeaderMember("x5c")), "{bad}");
    }
}
