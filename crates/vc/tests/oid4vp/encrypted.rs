//! Encrypted request objects and what a wallet says of itself (H4, P1; OpenID4VP 1.0, 5.10). The
//! encryption itself is tested where the private keys are.

use serde_json::{Value, json};
use vc::base64url;
use vc::oid4vp::{
    EncryptedRequest, ErrorCode, LinkError, RequestError, RequestUriPost, WalletMetadata,
};

use crate::common::keys::object;
use crate::encryption_key;

fn jwe(header: &Value) -> String {
    format!("{}..AA.AA.AA", base64url::encode(header.to_string().as_bytes()))
}

fn good_header() -> Value {
    json!({"alg": "ECDH-ES", "enc": "A256GCM", "kid": "enc-1", "cty": "oauth-authz-req+jwt"})
}

#[test]
fn an_encrypted_request_object_says_which_key_decrypts() {
    let text = jwe(&good_header());

    let encrypted = EncryptedRequest::parse(&format!("{text}\n")).unwrap().unwrap();

    assert_eq!(encrypted.kid(), "enc-1");
    assert_eq!(encrypted.jwe(), text);
}

#[test]
fn a_signed_request_object_is_not_encrypted() {
    for text in ["a.b.c", "", "a", "a.b.c.d", "a.b.c.d.e.f"] {
        assert_eq!(EncryptedRequest::parse(text), Ok(None), "{text}");
    }
}

#[test]
fn encryption_that_we_do_not_speak_is_refused() {
    for (name, value) in [
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("dir")),
        ("enc", json!("A128CBC-HS256")),
        ("kid", json!(null)),
        ("zip", json!("DEF")),
        ("crit", json!(["exp"])),
    ] {
        let mut header = good_header();
        header[name] = value;

        let refused = EncryptedRequest::parse(&jwe(&header)).unwrap_err();

        assert_eq!(refused, RequestError::Encryption, "{name}");
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    for text in ["....", "e30..AA.AA.A", "e30.AA.AA.AA.AA"] {
        assert_eq!(EncryptedRequest::parse(text), Err(RequestError::Encryption), "{text}");
    }
}

#[test]
fn wallet_metadata_is_posted_and_read_again() {
    let ours = WalletMetadata::ours(&["x509_hash", "x509_san_dns"], Some(encryption_key()));
    let post = RequestUriPost {
        wallet_metadata: Some(ours.to_members()),
        wallet_nonce: Some("qPmxiNFCR3QTm19POc8u".to_owned()),
    };

    let read = RequestUriPost::parse(post.to_form().as_bytes()).unwrap();

    assert_eq!(read, post);
    let metadata = WalletMetadata::from_members(&read.wallet_metadata.unwrap()).unwrap();
    assert_eq!(metadata, ours);
    let choice = metadata.choose_encryption().unwrap();
    assert_eq!((choice.alg, choice.enc), ("ECDH-ES", "A256GCM"));
    assert_eq!(choice.kid.as_deref(), Some("enc-1"));
}

#[test]
fn a_wallet_that_brings_no_key_gets_no_encryption() {
    let plain = WalletMetadata::ours(&["x509_hash"], None);
    assert_eq!(plain.choose_encryption(), None);
    assert_eq!(plain.to_members().get("jwks"), None);

    let mut key = encryption_key();
    key["crv"] = json!("P-384");
    assert_eq!(WalletMetadata::ours(&[], Some(key)).choose_encryption(), None);
}

#[test]
fn wallet_metadata_is_read_leniently() {
    // 5.10: "The Verifier MUST ignore any unrecognized parameters."
    let example = json!({
        "vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"]}, "mso_mdoc": {}},
        "jwks": {"keys": [encryption_key()]}, "more": [1],
    });
    let metadata = WalletMetadata::from_members(&object(&example)).unwrap();
    assert_eq!(metadata.choose_encryption().unwrap().enc, "A128GCM");

    for wrong in [json!({}), json!({"vp_formats_supported": {}, "jwks": []})] {
        let refused = WalletMetadata::from_members(&object(&wrong));
        assert_eq!(refused, Err(LinkError::BadWalletMetadata), "{wrong}");
    }
}
