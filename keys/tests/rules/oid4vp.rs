//! Encrypted messages of OpenID4VP 1.0 by both sides: `direct_post.jwt`, `dc_api.jwt` and request
//! objects (P4, P10, H7; SECURITY P5).

use std::collections::BTreeMap;

use keys::SigningKey;
use keys::jwe::{ContentEncryption, DecryptionKey, JweError, Recipient};
use serde_json::{Value, json};
use vc::base64url;
use vc::dcql::DcqlQuery;
use vc::jwk::Algorithm;
use vc::oid4vci::Transport;
use vc::oid4vp::{
    AnswerError, AuthorizationRequest, ClientMetadata, DcApiRequest, DcApiResponse,
    DcApiResponseMode, DirectPost, EncryptedRequest, EncryptionChoice, Expected, ObjectClaims,
    RequestUriPost, ResponseMode, Signer, UnverifiedRequest, VpToken, WalletMetadata,
};
use vc::time::UnixTime;

use super::sealing::rng;

const NOW: UnixTime = UnixTime(1_800_000_000);

fn query() -> DcqlQuery {
    DcqlQuery::parse(&json!({"credentials": [{
        "id": "passport", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:x"]},
    }]}))
    .unwrap()
}

/// A request that asks for an answer encrypted to `key`.
fn request(key: &DecryptionKey) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: "known-verifier".to_owned(),
        response_mode: ResponseMode::DirectPostJwt,
        response_uri: "https://verifier.example/response".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        state: Some("of-this-session".to_owned()),
        dcql_query: query(),
        client_metadata: Some(ClientMetadata::ours(Some(key.public_jwk()))),
        transaction_data: Vec::new(),
        verifier_info: Vec::new(),
    }
}

fn encrypt(choice: &EncryptionChoice, plaintext: &[u8]) -> String {
    let enc = ContentEncryption::choose([choice.enc]).unwrap();
    Recipient::from_jwk(&choice.jwk).unwrap().encrypt(plaintext, enc).unwrap()
}

/// An SD-JWT that parses; nobody verifies it here.
fn vp_token() -> VpToken {
    let key = SigningKey::generate(Algorithm::EdDsa, &mut rng(3));
    let claims = json!({"iss": "https://issuer.example", "vct": "urn:x"});
    let input = vc::jws::SigningInput::new(
        key.algorithm(),
        "dc+sd-jwt",
        serde_json::Map::new(),
        claims.as_object().unwrap(),
    );
    let signature = key.sign(input.signing_input());
    let text = input.finish(&signature) + "~";
    VpToken::new(BTreeMap::from([("passport".to_owned(), vec![text])]))
}

fn posted(form: &str) -> vc::oid4vp::EncryptedResponse {
    match DirectPost::parse(form.as_bytes()).unwrap() {
        DirectPost::Encrypted(response) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_by_direct_post_jwt_arrives() {
    let key = DecryptionKey::generate(&mut rng(1));
    let asked = request(&key);
    let choice = asked.client_metadata.as_ref().unwrap().choose_encryption().unwrap();

    let jwe = encrypt(&choice, &asked.answer_payload(&vp_token()));
    let response = posted(&AuthorizationRequest::encrypted_form(&jwe));
    let payload = key.decrypt(response.jwe()).unwrap();
    let answers = asked.open_decrypted(&payload).unwrap();

    assert_eq!(response.enc(), "A256GCM");
    assert_eq!(Some(response.kid()), key.public_jwk()["kid"].as_str());
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].query, "passport");
}

#[test]
fn an_answer_to_another_session_does_not_open() {
    let (ours, theirs) =
        (DecryptionKey::generate(&mut rng(1)), DecryptionKey::generate(&mut rng(2)));
    let asked = request(&theirs);
    let choice = asked.client_metadata.as_ref().unwrap().choose_encryption().unwrap();
    let jwe = encrypt(&choice, &asked.answer_payload(&vp_token()));

    assert_eq!(ours.decrypt(&jwe).unwrap_err(), JweError::WrongKey);

    let payload = theirs.decrypt(&jwe).unwrap();
    let other = AuthorizationRequest { state: Some("another".to_owned()), ..request(&theirs) };
    assert_eq!(other.open_decrypted(&payload).unwrap_err(), AnswerError::WrongState);
}

#[test]
fn an_answer_by_dc_api_jwt_arrives() {
    let key = DecryptionKey::generate(&mut rng(1));
    let asked = DcApiRequest {
        response_mode: DcApiResponseMode::DcApiJwt,
        nonce: "n-0S6_WzA2Mj".to_owned(),
        dcql_query: query(),
        client_metadata: Some(ClientMetadata::ours(Some(key.public_jwk()))),
        transaction_data: Vec::new(),
        verifier_info: Vec::new(),
    };
    let choice = asked.client_metadata.as_ref().unwrap().choose_encryption().unwrap();

    let jwe = encrypt(&choice, &DcApiResponse::answer_payload(&vp_token()));
    let data = DcApiResponse::encrypted_data(&jwe).to_string();
    let DcApiResponse::Encrypted(response) = DcApiResponse::parse(data.as_bytes()).unwrap() else {
        panic!("encrypted");
    };
    let payload = key.decrypt(response.jwe()).unwrap();

    assert_eq!(asked.open_decrypted(&payload).unwrap().len(), 1);
}

#[test]
fn a_request_object_is_encrypted_to_the_key_that_the_wallet_posted() {
    let wallet = DecryptionKey::generate(&mut rng(4));
    let signer = SigningKey::generate(Algorithm::Es256, &mut rng(5));
    let session = DecryptionKey::generate(&mut rng(1));

    // The wallet posts to `request_uri`.
    let metadata = WalletMetadata::ours(&["x509_hash"], Some(wallet.public_jwk()));
    let post = RequestUriPost {
        wallet_metadata: Some(metadata.to_members()),
        wallet_nonce: Some("qPmxiNFCR3QTm19POc8u".to_owned()),
    };

    // The verifier signs, then encrypts.
    let read = RequestUriPost::parse(post.to_form().as_bytes()).unwrap();
    let metadata = WalletMetadata::from_members(&read.wallet_metadata.unwrap()).unwrap();
    let object = ObjectClaims {
        wallet_nonce: read.wallet_nonce.as_deref(),
        issued_at: NOW,
        expires_at: NOW.plus(120),
        ..ObjectClaims::default()
    };
    let input = request(&session).signing_input(signer.algorithm(), &[], &object);
    let signature = signer.sign(input.signing_input());
    let signed = input.finish(&signature);
    let choice = metadata.choose_encryption().unwrap();
    let recipient = Recipient::from_jwk(&choice.jwk).unwrap();
    let enc = ContentEncryption::choose([choice.enc]).unwrap();
    let body = recipient.encrypt_jwt(&signed, enc).unwrap();

    // The wallet decrypts, then verifies.
    let encrypted = EncryptedRequest::parse(&body).unwrap().unwrap();
    assert_eq!(Some(encrypted.kid()), wallet.public_jwk()["kid"].as_str());
    let text = wallet.decrypt(encrypted.jwe()).unwrap();
    let expected = Expected {
        client_id: "known-verifier",
        wallet_nonce: post.wallet_nonce.as_deref(),
        audience: None,
        transaction_types: &[],
        transport: Transport::Https,
    };
    let parsed = UnverifiedRequest::parse(std::str::from_utf8(&text).unwrap()).unwrap();
    let verified = parsed.verify(&Signer::Key(signer.public_key()), &expected, NOW);

    assert_eq!(verified, Ok(request(&session)));
}

#[test]
fn a_nested_jwt_says_so() {
    // RFC 7519, 5.2: in a nested JWT `cty` "MUST be present; the value MUST be "JWT"".
    let key = DecryptionKey::generate(&mut rng(1));
    let recipient = Recipient::from_jwk(&key.public_jwk()).unwrap();

    let jwe = recipient.encrypt_jwt("a.b.c", ContentEncryption::A256Gcm).unwrap();

    let header = base64url::decode(jwe.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["cty"], "JWT");
    assert_eq!(key.decrypt(&jwe).unwrap().as_slice(), b"a.b.c");
}

#[test]
fn the_specifications_encrypted_answer_decrypts() {
    // OpenID4VP 1.0, 8.3, with the private key that is printed there.
    let secret = base64url::decode("Et-3ce0omz8_TuZ96Df9lp0GAaaDoUnDe6X-CRO7Aww").unwrap();
    let key = DecryptionKey::from_secret_bytes(Some("ac".to_owned()), &secret).unwrap();
    let jwe = concat!(
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImtpZCI6ImFjIiwiZXBrIjp7Imt",
        "0eSI6IkVDIiwieCI6Im5ubVZwbTNWM2piaGNhZlFhUkJrU1ZOSGx3Wkh3dC05ck9wSnVmeVlJdWsiLCJ5I",
        "joicjRmakRxd0p5czlxVU9QLV9iM21SNVNaRy0tQ3dPMm1pYzVWU05UWU45ZyIsImNydiI6IlAtMjU2In1",
        "9..uAYcHRUSSn2X0WPX.yVzlGSYG4qbg0bq18JcUiDRw56yVnbKR8E7S7YlEtzT00RqE3Pw5oTpUG3hdLN",
        "4taHZ9gC1kwak8JOnJgQ.1wR024_3-qtAlx1oFIUpQQ",
    );
    let data = json!({ "response": jwe }).to_string();

    let DcApiResponse::Encrypted(response) = DcApiResponse::parse(data.as_bytes()).unwrap() else {
        panic!("encrypted");
    };
    let payload = key.decrypt(response.jwe()).unwrap();

    assert_eq!(response.enc(), "A128GCM");
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload, json!({"vp_token": {"example_credential_id": ["eyJhb...YMetA"]}}));
}
