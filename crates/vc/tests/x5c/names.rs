//! Whom a leaf names, and how a token's header brings it.

use rcgen::SanType;
use serde_json::json;
use vc::jws::{JwsError, UnverifiedJws};
use vc::x5c::{ChainError, anchors_from_pem, verify};

use crate::answer;
use crate::certificates::{ISS, NOW, intermediate, leaf, root};
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

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn anchors_come_from_pem_with_words_around_them() {
    let (first, second) = (root(), intermediate());
    let text = format!(
        "the network\n{}and another\r\n{}",
        pem("CERTIFICATE", &first.self_signed()),
        pem("CERTIFICATE", &second.self_signed()).replace('\n', "\r\n"),
    );

    let anchors = anchors_from_pem(&text).unwrap();

    assert_eq!(anchors.len(), 2);
    for authority in [first, second] {
        assert!(verify(&[leaf().signed_by(&authority)], &anchors, NOW).is_ok());
    }
}

#[test]
fn pem_with_anything_but_authorities_is_refused() {
    let good = pem("CERTIFICATE", &root().self_signed());
    let refused = |text: &str| anchors_from_pem(text).map(|_| ()).unwrap_err();

    assert_eq!(refused(""), ChainError::Empty);
    assert_eq!(refused("no certificate"), ChainError::Empty);
    assert_eq!(refused(&pem("PRIVATE KEY", &[1])), ChainError::Malformed(0));
    assert_eq!(refused(&(good.clone() + &pem("PRIVATE KEY", &[1]))), ChainError::Malformed(1));
    assert_eq!(refused(&(good.clone() + &pem("CERTIFICATE", &[1]))), ChainError::Malformed(1));
    let leaf = pem("CERTIFICATE", &leaf().signed_by(&root()));
    assert_eq!(refused(&(good.clone() + &leaf)), ChainError::NotAnAuthority(1));
    assert_eq!(refused(good.split_once("-----END").unwrap().0), ChainError::Malformed(0));
    assert_eq!(refused(&good.replacen("MII", "M*I", 1)), ChainError::Malformed(0));
    assert_eq!(
        refused(&good.replacen(
            "CERTIFICATE-----\n",
            "CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",
            1
        )),
        ChainError::Malformed(0)
    );
}
