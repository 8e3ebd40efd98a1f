//! The signed request object (P1, P3, H4).

use base64::Engine as _;
use serde_json::{Map, Value, json};
use vc::jws::JwsError;
use vc::oid4vp::{
    AuthorizationRequest, ClientId, ErrorCode, Expected, ObjectClaims, REQUEST_OBJECT_TYP,
    RequestError, STATIC_AUDIENCE, Signer, UnverifiedRequest,
};
use vc::time::UnixTime;

use crate::common::keys::TestKey;
use crate::{HTTPS, LEAF, request};

const NOW: UnixTime = UnixTime(1_800_000_000);

struct Wallet<'a> {
    request: AuthorizationRequest,
    key: TestKey,
    chain: Vec<Vec<u8>>,
    object: ObjectClaims<'a>,
    expected: Expected<'a>,
    now: UnixTime,
}

impl Wallet<'_> {
    fn new(client_id: &str) -> Wallet<'_> {
        Wallet {
            request: AuthorizationRequest { client_id: client_id.to_owned(), ..request() },
            key: TestKey::p256(),
            chain: vec![LEAF.to_vec(), b"an intermediate".to_vec()],
            object: ObjectClaims {
                issued_at: NOW,
                expires_at: NOW.plus(120),
                ..ObjectClaims::default()
            },
            expected: Expected {
                client_id,
                wallet_nonce: None,
                audience: Some("https://wallet.example"),
                transaction_types: &["placement"],
                transport: HTTPS,
            },
            now: NOW,
        }
    }

    fn object(&self) -> String {
        let input = self.request.signing_input(self.key.algorithm(), &self.chain, &self.object);
        let signature = self.key.sign(input.signing_input());
        input.finish(&signature)
    }

    fn verify_text(
        &self,
        text: &str,
        dns_names: &[&str],
    ) -> Result<AuthorizationRequest, RequestError> {
        let key = self.key.public();
        let signer = Signer::Certificate { key: &key, der: LEAF, dns_names };
        UnverifiedRequest::parse(text)?.verify(&signer, &self.expected, self.now)
    }

    fn verify(&self) -> Result<AuthorizationRequest, RequestError> {
        self.verify_text(&self.object(), &["verifier.example"])
    }
}

fn hash_id() -> String {
    ClientId::of_leaf(LEAF).to_string()
}

#[test]
fn a_signed_request_verifies_to_what_was_asked() {
    let id = hash_id();
    let wallet = Wallet::new(&id);

    assert_eq!(wallet.verify(), Ok(wallet.request.clone()));
    assert_eq!(wallet.verify(), Ok(wallet.request.clone()), "fetched twice");
}

#[test]
fn a_parsed_request_names_what_is_to_be_looked_up() {
    let id = hash_id();
    let wallet = Wallet::new(&id);

    let parsed = UnverifiedRequest::parse(&wallet.object()).unwrap();

    assert_eq!(*parsed.client_id(), ClientId::of_leaf(LEAF));
    assert_eq!(parsed.x5c(), wallet.chain);
    assert_eq!(parsed.kid(), None);
}

#[test]
fn the_header_holds_typ_and_the_chain_in_standard_base64() {
    let id = hash_id();
    let text = Wallet::new(&id).object();
    let header = vc::base64url::decode(text.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();

    assert_eq!(header["typ"], REQUEST_OBJECT_TYP);
    let leaf = base64::engine::general_purpose::STANDARD.encode(LEAF);
    assert_eq!(header["x5c"][0], leaf);
}

#[test]
fn a_request_object_of_another_typ_is_refused() {
    let id = hash_id();
    let wallet = Wallet::new(&id);
    let claims = Value::Object(wallet.request.to_claims());
    let leaf = base64::engine::general_purpose::STANDARD.encode(LEAF);
    let header = Map::from_iter([("x5c".to_owned(), json!([leaf]))]);

    for typ in ["JWT", "oauth-authz-req", "kb+jwt", "dc+sd-jwt"] {
        let text = wallet.key.token_with_header(typ, header.clone(), &claims);
        let expected = JwsError::WrongType { expected: REQUEST_OBJECT_TYP.to_owned() };
        assert_eq!(wallet.verify_text(&text, &[]), Err(RequestError::Object(expected)), "{typ}");
    }
}

#[test]
fn a_tampered_request_is_refused() {
    let id = hash_id();
    let wallet = Wallet::new(&id);
    let signed = wallet.object();
    let mut other = Wallet::new(&id);
    other.request.nonce = "other".to_owned();
    let unsigned = other.object();
    let payload = unsigned.split('.').nth(1).unwrap();
    let parts: Vec<&str> = signed.split('.').collect();

    let forged = format!("{}.{payload}.{}", parts[0], parts[2]);

    assert_eq!(
        wallet.verify_text(&forged, &[]),
        Err(RequestError::Object(JwsError::SignatureInvalid))
    );
}

#[test]
fn the_outer_client_id_must_equal_the_inner() {
    let id = hash_id();
    let mut wallet = Wallet::new(&id);
    wallet.expected.client_id = "x509_hash:another";

    assert_eq!(wallet.verify(), Err(RequestError::OtherClient));
    assert_eq!(RequestError::OtherClient.code(), ErrorCode::InvalidClient);
}

#[test]
fn x509_hash_must_be_the_leafs() {
    let other = ClientId::of_leaf(b"another leaf").to_string();
    let wallet = Wallet::new(&other);

    assert_eq!(wallet.verify(), Err(RequestError::WrongSigner));
}

#[test]
fn the_leaf_must_be_the_one_in_the_header() {
    let id = hash_id();
    let mut wallet = Wallet::new(&id);
    wallet.chain = vec![b"another leaf".to_vec()];
    assert_eq!(wallet.verify(), Err(RequestError::WrongSigner));

    wallet.chain = Vec::new();
    assert_eq!(wallet.verify(), Err(RequestError::WrongSigner), "no chain at all");
}

#[test]
fn x509_san_dns_must_be_a_name_of_the_leaf() {
    let wallet = Wallet::new("x509_san_dns:verifier.example");
    let text = wallet.object();

    wallet.verify_text(&text, &["other.example", "Verifier.Example"]).unwrap();
    for names in [&[][..], &["example"], &["a.verifier.example"]] {
        assert_eq!(wallet.verify_text(&text, names), Err(RequestError::WrongSigner), "{names:?}");
    }
}

#[test]
fn the_client_identifier_fixes_the_mechanism() {
    let id = hash_id();
    let certificate_client = Wallet::new(&id);
    let key = certificate_client.key.public();
    let parsed = UnverifiedRequest::parse(&certificate_client.object()).unwrap();
    let by_key = parsed.verify(&Signer::Key(&key), &certificate_client.expected, NOW).unwrap_err();
    assert_eq!(by_key, RequestError::WrongSigner, "a certificate is asked for");

    let did_client = Wallet::new("decentralized_identifier:did:example:123");
    assert_eq!(did_client.verify(), Err(RequestError::WrongSigner), "a DID's key is asked for");
    let key = did_client.key.public();
    let parsed = UnverifiedRequest::parse(&did_client.object()).unwrap();
    parsed.verify(&Signer::Key(&key), &did_client.expected, NOW).unwrap();
}

#[test]
fn a_redirect_uri_client_never_signs() {
    let id = format!("redirect_uri:{}", crate::RESPONSE_URI);

    assert_eq!(Wallet::new(&id).verify(), Err(RequestError::SignatureNotAllowed));
}

#[test]
fn the_audience_is_the_static_one_or_this_wallet() {
    let id = hash_id();
    let with = |audience: &'static str| {
        let mut wallet = Wallet::new(&id);
        wallet.object.audience = audience;
        wallet.verify().map(|_| ())
    };

    assert_eq!(with(STATIC_AUDIENCE), Ok(()));
    assert_eq!(with("https://wallet.example"), Ok(()));
    assert_eq!(with("https://other.example"), Err(RequestError::Audience));
}

#[test]
fn a_wallet_nonce_must_come_back() {
    let id = hash_id();
    let with = |posted, echoed| {
        let mut wallet = Wallet::new(&id);
        wallet.expected.wallet_nonce = posted;
        wallet.object.wallet_nonce = echoed;
        wallet.verify().map(|_| ())
    };

    assert_eq!(with(Some("fresh"), Some("fresh")), Ok(()));
    assert_eq!(with(Some("fresh"), Some("stale")), Err(RequestError::WalletNonce));
    assert_eq!(with(Some("fresh"), None), Err(RequestError::WalletNonce));
    assert_eq!(with(None, Some("fresh")), Ok(()));
}

#[test]
fn a_request_stands_from_its_iat_to_its_exp() {
    let id = hash_id();
    let at = |now| {
        let mut wallet = Wallet::new(&id);
        wallet.now = now;
        wallet.verify().map(|_| ())
    };

    assert_eq!(at(NOW.plus(-60)), Ok(()));
    assert_eq!(at(NOW.plus(-61)), Err(RequestError::Expired));
    assert_eq!(at(NOW.plus(179)), Ok(()));
    assert_eq!(at(NOW.plus(180)), Err(RequestError::Expired));
}

#[test]
fn an_unknown_transaction_type_is_refused() {
    use vc::oid4vp::TransactionData;
    let id = hash_id();
    let with = |kind: &str| {
        let mut wallet = Wallet::new(&id);
        let members = json!({"type": kind, "credential_ids": ["passport"]});
        let members = members.as_object().unwrap();
        wallet.request.transaction_data = vec![TransactionData::new(members).unwrap()];
        wallet.verify().map(|_| ())
    };

    assert_eq!(with("placement"), Ok(()));
    assert_eq!(with("payment"), Err(RequestError::TransactionData));
}
