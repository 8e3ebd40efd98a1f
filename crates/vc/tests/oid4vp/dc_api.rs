//! The Digital Credentials API (P16; OpenID4VP 1.0, appendix A).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vc::jws::JwsError;
use vc::oid4vp::{
    AnswerError, ClientId, ClientMetadata, DcApiClient, DcApiExpected, DcApiProtocol, DcApiRequest,
    DcApiResponse, DcApiResponseMode, ErrorCode, IncomingDcApiRequest, RequestError, ResponseError,
    SignedDcApiRequest, Signer, TransactionData, VerifiedAnswer, VerifierInfo, VerifierInfoData,
    VpToken, multi_signed_data, origin_audience, signed_data,
};
use vc::sd_jwt::KeyBinding;
use vc::time::UnixTime;
use vc::verify::{Evidence, Reason, StatusEvidence, Verified};

use crate::common::keys::{TestKey, object};
use crate::scene::{self, Scene};
use crate::{LEAF, encryption_key, query};

const NOW: UnixTime = scene::NOW;
const ORIGIN: &str = "https://verifier.example";
const EXPECTED: DcApiExpected<'static> =
    DcApiExpected { origin: ORIGIN, transaction_types: &["placement"] };

fn request() -> DcApiRequest {
    DcApiRequest {
        response_mode: DcApiResponseMode::DcApi,
        nonce: "n-0S6_WzA2Mj~.1".to_owned(),
        dcql_query: query(&json!({"claims": [{"path": ["identity"]}]})),
        client_metadata: None,
        transaction_data: Vec::new(),
        verifier_info: Vec::new(),
    }
}

fn encrypted_request() -> DcApiRequest {
    DcApiRequest {
        response_mode: DcApiResponseMode::DcApiJwt,
        client_metadata: Some(ClientMetadata::ours(Some(encryption_key()))),
        ..request()
    }
}

fn info(data: &str) -> VerifierInfo {
    let data = VerifierInfoData::Text(data.to_owned());
    VerifierInfo::new("jwt", data, vec!["passport".to_owned()])
}

fn parse(protocol: DcApiProtocol, data: &Value) -> Result<IncomingDcApiRequest, RequestError> {
    IncomingDcApiRequest::parse(protocol, data.to_string().as_bytes(), &EXPECTED)
}

fn parse_unsigned(data: &Value) -> Result<DcApiRequest, RequestError> {
    match parse(DcApiProtocol::Unsigned, data)? {
        IncomingDcApiRequest::Unsigned(request) => Ok(*request),
        IncomingDcApiRequest::Signed(_) => panic!("an unsigned request"),
    }
}

fn parse_signed(
    protocol: DcApiProtocol,
    data: &Value,
) -> Result<Vec<SignedDcApiRequest>, RequestError> {
    match parse(protocol, data)? {
        IncomingDcApiRequest::Signed(signed) => Ok(signed),
        IncomingDcApiRequest::Unsigned(_) => panic!("a signed request"),
    }
}

/// A verifier that signs with a certificate.
struct Client {
    key: TestKey,
    leaf: Vec<u8>,
    id: String,
    origins: Vec<&'static str>,
}

impl Client {
    fn new(leaf: &[u8]) -> Self {
        Self {
            key: TestKey::p256(),
            leaf: leaf.to_vec(),
            id: ClientId::of_leaf(leaf).to_string(),
            origins: vec!["https://other.example", ORIGIN],
        }
    }

    fn sign(&self, request: &DcApiRequest, many: bool) -> Result<String, RequestError> {
        let client = DcApiClient {
            client_id: &self.id,
            x5c: std::slice::from_ref(&self.leaf),
            expected_origins: &self.origins,
            issued_at: NOW,
            expires_at: NOW.plus(120),
        };
        let input = if many {
            request.multi_signing_input(self.key.algorithm(), &client)?
        } else {
            request.signing_input(self.key.algorithm(), &client)?
        };
        let signature = self.key.sign(input.signing_input());
        Ok(input.finish(&signature))
    }

    fn object(&self, request: &DcApiRequest) -> String {
        self.sign(request, false).unwrap()
    }

    fn verify(&self, signed: &SignedDcApiRequest) -> Result<DcApiRequest, RequestError> {
        self.verify_at(signed, &EXPECTED, NOW)
    }

    fn verify_at(
        &self,
        signed: &SignedDcApiRequest,
        expected: &DcApiExpected<'_>,
        now: UnixTime,
    ) -> Result<DcApiRequest, RequestError> {
        let key = self.key.public();
        let signer = Signer::Certificate { key: &key, der: &self.leaf, dns_names: &[] };
        signed.verify(&signer, expected, now)
    }

    fn verify_object(&self, object: &str) -> Result<DcApiRequest, RequestError> {
        self.verify(&parse_signed(DcApiProtocol::Signed, &signed_data(object))?[0])
    }

    /// A request object by hand.
    fn by_hand(&self, change: impl FnOnce(&mut Value)) -> String {
        let object = self.object(&request());
        let payload = object.split('.').nth(1).unwrap();
        let mut claims = serde_json::from_slice(&vc::base64url::decode(payload).unwrap()).unwrap();
        change(&mut claims);
        let header = json!({"x5c": [base64(&self.leaf)]}).as_object().unwrap().clone();
        self.key.token_with_header("oauth-authz-req+jwt", header, &claims)
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn each_kind_of_request_has_its_protocol() {
    for (protocol, name) in [
        (DcApiProtocol::Unsigned, "openid4vp-v1-unsigned"),
        (DcApiProtocol::Signed, "openid4vp-v1-signed"),
        (DcApiProtocol::MultiSigned, "openid4vp-v1-multisigned"),
    ] {
        assert_eq!(protocol.name(), name);
        assert_eq!(DcApiProtocol::parse(name), Some(protocol));
    }
    for other in ["openid4vp", "openid4vp-v2-signed", "openid4vp-v1-Signed", "org-iso-mdoc", ""] {
        assert_eq!(DcApiProtocol::parse(other), None, "{other}");
    }
}

#[test]
fn an_unsigned_request_is_written_and_read_again() {
    let whole = DcApiRequest {
        transaction_data: vec![placement()],
        verifier_info: vec![
            info("eyJ"),
            VerifierInfo::new("x", VerifierInfoData::Object(object(&json!({"a": 1}))), vec![]),
        ],
        ..encrypted_request()
    };
    for request in [request(), whole] {
        let data = request.unsigned_data().unwrap();

        assert_eq!(data.get("client_id"), None, "MUST be omitted");
        assert_eq!(data.get("expected_origins"), None);
        assert_eq!(parse_unsigned(&data), Ok(request));
    }
}

#[test]
fn what_an_unsigned_request_says_of_its_client_is_ignored() {
    // A.2: client_id and expected_origins "MUST" be ignored, unknown parameters too.
    let mut data = request().unsigned_data().unwrap();
    data["client_id"] = json!("x509_san_dns:bank.example");
    data["expected_origins"] = json!(["https://bank.example"]);
    data["state"] = json!("s");
    data["more"] = json!([1]);

    assert_eq!(parse_unsigned(&data), Ok(request()));
}

#[test]
fn only_the_response_modes_of_this_api_are_taken() {
    for mode in ["direct_post", "direct_post.jwt", "fragment", "dc_api.JWT", ""] {
        let mut data = request().unsigned_data().unwrap();
        data["response_mode"] = json!(mode);
        assert_eq!(parse_unsigned(&data), Err(RequestError::UnsupportedResponseMode), "{mode}");
    }
}

#[test]
fn each_rule_of_a_request_holds_here_too() {
    let with = |name: &str, value: Value| {
        let mut data = request().unsigned_data().unwrap();
        data[name] = value;
        parse_unsigned(&data).unwrap_err()
    };

    assert_eq!(with("response_type", json!("code")), RequestError::UnsupportedResponseType);
    assert_eq!(with("nonce", json!("a b")), RequestError::Parameter("nonce"));
    assert_eq!(with("nonce", json!("")), RequestError::Parameter("nonce"));
    assert!(matches!(with("dcql_query", json!({})), RequestError::Query(_)));
    assert_eq!(with("response_mode", json!("dc_api.jwt")), RequestError::NoEncryptionKey);
    assert_eq!(with("transaction_data", json!([])), RequestError::TransactionData);
    assert_eq!(with("transaction_data", json!(["x"])), RequestError::TransactionData);
    assert_eq!(
        with("transaction_data", json!([placement_of("payment").encoded()])),
        RequestError::TransactionData
    );
    for data in [&b"{"[..], b"[]", b"\"x\"", b"{\"nonce\":1,\"nonce\":2}"] {
        let refused = IncomingDcApiRequest::parse(DcApiProtocol::Unsigned, data, &EXPECTED);
        assert_eq!(refused.unwrap_err(), RequestError::Parameter("data"));
    }
}

#[test]
fn without_holder_binding_no_state_is_needed() {
    // 5.3: "unless the Digital Credentials API is used".
    let unbound = DcApiRequest {
        dcql_query: query(&json!({"require_cryptographic_holder_binding": false})),
        ..request()
    };
    assert_eq!(unbound.validate(), Ok(()));
}

#[test]
fn verifier_info_is_of_its_form() {
    // 5.1
    let with = |value: Value| {
        let mut data = request().unsigned_data().unwrap();
        data["verifier_info"] = value;
        parse_unsigned(&data).map(|request| request.verifier_info.len())
    };

    assert_eq!(with(json!([{"format": "unknown", "data": {"a": 1}}])), Ok(1));
    assert_eq!(
        with(json!([{"format": "jwt", "data": "x", "credential_ids": ["passport"], "more": 1}])),
        Ok(1)
    );
    assert_eq!(with(json!(vec![json!({"format": "f", "data": "x"}); 16])), Ok(16));
    for wrong in [
        json!([]),
        json!({}),
        json!("x"),
        json!(["x"]),
        json!([{"data": "x"}]),
        json!([{"format": "jwt"}]),
        json!([{"format": 1, "data": "x"}]),
        json!([{"format": "jwt", "data": 1}]),
        json!([{"format": "jwt", "data": ["x"]}]),
        json!([{"format": "jwt", "data": "x", "credential_ids": []}]),
        json!([{"format": "jwt", "data": "x", "credential_ids": "passport"}]),
        json!([{"format": "jwt", "data": "x", "credential_ids": [1]}]),
        json!([{"format": "jwt", "data": "x", "credential_ids": ["another"]}]),
        json!(vec![json!({"format": "f", "data": "x"}); 17]),
    ] {
        assert_eq!(with(wrong.clone()), Err(RequestError::Parameter("verifier_info")), "{wrong}");
    }
}

#[test]
fn a_signed_request_verifies_to_what_was_asked() {
    let client = Client::new(LEAF);
    let asked = DcApiRequest { verifier_info: vec![info("eyJ")], ..encrypted_request() };

    let data = signed_data(&client.object(&asked));
    let signed = parse_signed(DcApiProtocol::Signed, &data).unwrap();

    assert_eq!(signed.len(), 1);
    assert_eq!(signed[0].client_id(), &ClientId::of_leaf(LEAF));
    assert_eq!(signed[0].x5c(), [LEAF.to_vec()]);
    assert_eq!(signed[0].kid(), None);
    assert_eq!(client.verify(&signed[0]), Ok(asked));
}

#[test]
fn a_signed_request_is_for_the_origins_that_it_names() {
    let client = Client::new(LEAF);
    let signed = parse_signed(DcApiProtocol::Signed, &signed_data(&client.object(&request())));
    let signed = signed.unwrap().remove(0);
    for origin in [
        "https://verifier.example/",
        "https://verifier.example.evil.example",
        "http://verifier.example",
        "https://evil.example",
        "",
    ] {
        let expected = DcApiExpected { origin, ..EXPECTED };
        let refused = client.verify_at(&signed, &expected, NOW).unwrap_err();

        assert_eq!(refused, RequestError::Origin, "{origin}");
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
}

#[test]
fn a_signed_request_without_origins_is_refused_on_both_sides() {
    let mut client = Client::new(LEAF);
    let missing = RequestError::Parameter("expected_origins");
    for wrong in [None, Some(json!([])), Some(json!(ORIGIN)), Some(json!([ORIGIN, 1]))] {
        let object = client.by_hand(|claims| match &wrong {
            Some(value) => claims["expected_origins"] = value.clone(),
            None => drop(claims.as_object_mut().unwrap().remove("expected_origins")),
        });
        assert_eq!(client.verify_object(&object), Err(missing.clone()), "{wrong:?}");
    }

    client.origins = Vec::new();
    assert_eq!(client.sign(&request(), false), Err(missing.clone()));
    assert_eq!(client.sign(&request(), true), Err(missing));
}

#[test]
fn a_signed_request_names_its_client() {
    let client = Client::new(LEAF);
    for wrong in [None, Some(json!(1))] {
        let object = client.by_hand(|claims| match &wrong {
            Some(value) => claims["client_id"] = value.clone(),
            None => drop(claims.as_object_mut().unwrap().remove("client_id")),
        });
        assert_eq!(client.verify_object(&object), Err(RequestError::Parameter("client_id")));
    }
    // 5.9.3: `origin:` "MUST NOT" be accepted, `redirect_uri:` "MUST NOT be signed".
    let origin = client.by_hand(|claims| claims["client_id"] = json!("origin:https://a.example"));
    assert!(matches!(client.verify_object(&origin), Err(RequestError::ClientId(_))));
    let redirect = client.by_hand(|claims| claims["client_id"] = json!("redirect_uri:https://a"));
    assert_eq!(client.verify_object(&redirect), Err(RequestError::SignatureNotAllowed));
    let unsigned = Client { id: "redirect_uri:https://a".to_owned(), ..Client::new(LEAF) };
    assert_eq!(unsigned.sign(&request(), false), Err(RequestError::SignatureNotAllowed));
}

#[test]
fn another_signer_or_another_kind_of_token_is_refused() {
    let client = Client::new(LEAF);
    let object = client.object(&request());
    let signed = parse_signed(DcApiProtocol::Signed, &signed_data(&object)).unwrap().remove(0);
    let other = Client::new(b"another leaf");

    assert_eq!(other.verify(&signed), Err(RequestError::WrongSigner));
    let same_leaf = Client { key: TestKey::p256(), ..Client::new(LEAF) };
    assert_eq!(same_leaf.verify(&signed), Err(RequestError::Object(JwsError::SignatureInvalid)));
    let claims = json!({"client_id": client.id, "expected_origins": [ORIGIN]});
    let header = json!({"x5c": [base64(LEAF)]}).as_object().unwrap().clone();
    let jwt = client.key.token_with_header("JWT", header, &claims);
    assert!(matches!(
        client.verify_object(&jwt),
        Err(RequestError::Object(JwsError::WrongType { .. }))
    ));
}

#[test]
fn a_signed_request_is_in_time_and_for_wallets() {
    let client = Client::new(LEAF);
    let signed = parse_signed(DcApiProtocol::Signed, &signed_data(&client.object(&request())));
    let signed = signed.unwrap().remove(0);
    let late = client.verify_at(&signed, &EXPECTED, NOW.plus(120 + 60));
    assert_eq!(late, Err(RequestError::Expired));
    assert_eq!(client.verify_at(&signed, &EXPECTED, NOW.plus(-61)), Err(RequestError::Expired));
    assert!(client.verify_at(&signed, &EXPECTED, NOW.plus(120 + 59)).is_ok());

    let other = client.by_hand(|claims| claims["aud"] = json!("https://wallet.example"));
    assert_eq!(client.verify_object(&other), Err(RequestError::Audience));
    let none = client.by_hand(|claims| drop(claims.as_object_mut().unwrap().remove("aud")));
    assert_eq!(client.verify_object(&none), Ok(request()));
}

#[test]
fn an_unknown_transaction_in_a_signed_request_is_refused() {
    let client = Client::new(LEAF);
    let asked = DcApiRequest { transaction_data: vec![placement_of("payment")], ..request() };

    let refused = client.verify_object(&client.object(&asked)).unwrap_err();

    assert_eq!(refused.code(), ErrorCode::InvalidTransactionData);
}

#[test]
fn a_request_by_several_clients_verifies_for_each() {
    // A.3.2.2: one payload; client_id and verifier_info in each protected header.
    let clients = [Client::new(LEAF), Client::new(b"of another framework")];
    let asked = |of: &str| DcApiRequest { verifier_info: vec![info(of)], ..request() };
    let objects = [
        clients[0].sign(&asked("first"), true).unwrap(),
        clients[1].sign(&request(), true).unwrap(),
    ];

    let data = multi_signed_data(&objects).unwrap();
    let signed = parse_signed(DcApiProtocol::MultiSigned, &data).unwrap();

    assert_eq!(signed.len(), 2);
    assert_eq!(clients[0].verify(&signed[0]), Ok(asked("first")));
    assert_eq!(clients[1].verify(&signed[1]), Ok(request()));
    assert_eq!(clients[0].verify(&signed[1]), Err(RequestError::WrongSigner));
}

#[test]
fn several_clients_sign_one_payload() {
    let client = Client::new(LEAF);
    let other = DcApiRequest { nonce: "another".to_owned(), ..request() };
    let malformed = Err(RequestError::Parameter("request"));
    let one = client.sign(&request(), true).unwrap();

    assert_eq!(multi_signed_data(&[]), malformed);
    assert_eq!(multi_signed_data(&["a.b".to_owned()]), malformed);
    assert_eq!(multi_signed_data(&[one, client.sign(&other, true).unwrap()]), malformed);
}

#[test]
fn a_request_by_several_clients_is_of_its_form() {
    let client = Client::new(LEAF);
    let good = multi_signed_data(&[client.sign(&request(), true).unwrap()]).unwrap();
    let refused = |data: &Value| parse_signed(DcApiProtocol::MultiSigned, data).unwrap_err();
    let malformed = RequestError::Parameter("request");
    let spoiled = |change: &dyn Fn(&mut Value)| {
        let mut data = good.clone();
        change(&mut data["request"]);
        refused(&data)
    };

    assert_eq!(refused(&json!({})), malformed);
    assert_eq!(refused(&signed_data("a.b.c")), malformed);
    assert_eq!(spoiled(&|it| it["signatures"] = json!([])), malformed);
    assert_eq!(spoiled(&|it| it["signatures"] = json!("x")), malformed);
    assert_eq!(spoiled(&|it| it["payload"] = json!(1)), malformed);
    assert_eq!(spoiled(&|it| it["signatures"][0] = json!("x")), malformed);
    assert_eq!(spoiled(&|it| it["signatures"][0]["header"] = json!({"kid": "x"})), malformed);
    let nine = |it: &mut Value| it["signatures"] = json!(vec![it["signatures"][0].clone(); 9]);
    assert_eq!(spoiled(&nine), malformed);
    assert!(matches!(
        spoiled(&|it| it["signatures"][0]["protected"] = json!("e30")),
        RequestError::Object(_)
    ));
    // A compact request is no multi-signed one, and the other way round.
    assert_eq!(parse_signed(DcApiProtocol::Signed, &good).unwrap_err(), malformed);
}

#[test]
fn what_belongs_to_one_client_stands_in_its_header_only() {
    let client = Client::new(LEAF);
    let as_one_of_several = |object: &str| {
        let data = multi_signed_data(&[object.to_owned()]).unwrap();
        parse_signed(DcApiProtocol::MultiSigned, &data).map(|_| ()).unwrap_err()
    };

    assert_eq!(as_one_of_several(&client.object(&request())), RequestError::Forbidden("client_id"));
    let info = client.by_hand(|claims| {
        claims.as_object_mut().unwrap().remove("client_id");
        claims["verifier_info"] = json!([{"format": "jwt", "data": "x"}]);
    });
    assert_eq!(as_one_of_several(&info), RequestError::Forbidden("verifier_info"));
    let nobody = client.by_hand(|claims| drop(claims.as_object_mut().unwrap().remove("client_id")));
    assert_eq!(as_one_of_several(&nobody), RequestError::Parameter("client_id"));
}

fn placement_of(kind: &str) -> TransactionData {
    let members = json!({"type": kind, "credential_ids": ["passport"]});
    TransactionData::new(&object(&members)).unwrap()
}

fn placement() -> TransactionData {
    placement_of("placement")
}

/// The answer of a holder to a page of `origin`.
fn answer_to(origin: &str) -> VpToken {
    let mut scene = Scene::good();
    scene.binding = KeyBinding {
        audience: origin_audience(origin),
        nonce: request().nonce,
        issued_at: NOW.plus(-5),
    };
    VpToken::new(BTreeMap::from([("passport".to_owned(), vec![scene.code()])]))
}

fn verify(request: &DcApiRequest, vp_token: &VpToken) -> Result<Verified, Reason> {
    let scene = Scene::good();
    let registry = scene.verified_registry();
    let status = StatusEvidence::List(scene.list.as_ref().unwrap());
    let evidence = Evidence { registry: Some(&registry), anchors: &[], status };
    let response =
        DcApiResponse::parse(DcApiResponse::answer_data(vp_token).to_string().as_bytes());
    let presented = request.open(&response.unwrap()).unwrap().remove(0);
    let audience = origin_audience(ORIGIN);
    let policy = request.policy(&audience, &[scene::VCT], &Scene::policy());
    presented.presentation.verify(&evidence, &policy, NOW).map_err(|rejection| rejection.reason)
}

#[test]
fn an_answer_is_bound_to_the_origin() {
    // A.4: "MUST be the Origin, prefixed with `origin:`", for signed requests too.
    assert_eq!(origin_audience(ORIGIN), "origin:https://verifier.example");
    let verified = verify(&request(), &answer_to(ORIGIN)).unwrap();
    let answer =
        VerifiedAnswer { query: "passport", verified: &verified, extends: &[], authorities: &[] };
    assert_eq!(request().check(&[answer]), Ok(()));
    assert!(request().check(&[]).is_err());

    assert_eq!(
        verify(&request(), &answer_to("https://evil.example")).err(),
        Some(Reason::WrongHost)
    );
    let other = DcApiRequest { nonce: "another".to_owned(), ..request() };
    assert_eq!(verify(&other, &answer_to(ORIGIN)).err(), Some(Reason::NonceWrong));
}

#[test]
fn a_transaction_that_nobody_authorised_is_not_done() {
    let asked = DcApiRequest { transaction_data: vec![placement()], ..request() };
    let verified = verify(&asked, &answer_to(ORIGIN)).unwrap();
    let answer =
        VerifiedAnswer { query: "passport", verified: &verified, extends: &[], authorities: &[] };

    assert_eq!(asked.check(&[answer]), Err(AnswerError::NotAuthorised));
}

#[test]
fn an_answer_comes_in_the_mode_asked_for() {
    let vp_token = answer_to(ORIGIN);
    let plain = DcApiResponse::Answer(vp_token.clone());
    let payload = DcApiResponse::answer_payload(&vp_token);

    assert_eq!(request().open(&plain).map(|all| all.len()), Ok(1));
    assert_eq!(encrypted_request().open(&plain).unwrap_err(), AnswerError::WrongMode);
    assert_eq!(encrypted_request().open_decrypted(&payload).map(|all| all.len()), Ok(1));
    assert_eq!(request().open_decrypted(&payload).unwrap_err(), AnswerError::WrongMode);
}

#[test]
fn an_encrypted_answer_is_opened_by_its_key_first() {
    let header = vc::base64url::encode(br#"{"alg":"ECDH-ES","enc":"A256GCM","kid":"enc-1"}"#);
    let data = DcApiResponse::encrypted_data(&format!("{header}..AA.AA.AA"));

    let response = DcApiResponse::parse(data.to_string().as_bytes()).unwrap();

    let DcApiResponse::Encrypted(jwe) = &response else { panic!("encrypted") };
    assert_eq!((jwe.kid(), jwe.enc()), ("enc-1", "A256GCM"));
    assert_eq!(encrypted_request().open(&response).unwrap_err(), AnswerError::WrongMode);
    let nested = data.to_string();
    assert_eq!(
        encrypted_request().open_decrypted(nested.as_bytes()).unwrap_err(),
        AnswerError::WrongMode
    );
    let other = DcApiResponse::encrypted_data("a.b.c");
    assert_eq!(DcApiResponse::parse(other.to_string().as_bytes()), Err(ResponseError::Malformed));
}

#[test]
fn declining_is_never_a_presentation() {
    let data = DcApiResponse::error_data(ErrorCode::InvalidRequest);
    assert_eq!(data, json!({"error": "invalid_request"}));
    let response = DcApiResponse::parse(data.to_string().as_bytes()).unwrap();
    let declined = || AnswerError::Declined("invalid_request".to_owned());
    for request in [request(), encrypted_request()] {
        assert_eq!(request.open(&response).unwrap_err(), declined());
        assert_eq!(request.open_decrypted(data.to_string().as_bytes()).unwrap_err(), declined());
    }
}

#[test]
fn a_response_says_one_thing() {
    for wrong in [
        json!({}),
        json!([]),
        json!({"vp_token": {}, "error": "x"}),
        json!({"vp_token": {"passport": ["x"]}, "response": "x"}),
        json!({"error": "x", "response": "x"}),
        json!({"error": 1}),
        json!({"response": 1}),
        json!({"vp_token": "x"}),
    ] {
        let refused = DcApiResponse::parse(wrong.to_string().as_bytes());
        assert_eq!(refused, Err(ResponseError::Malformed), "{wrong}");
    }
}

#[test]
fn the_specifications_examples_are_read() {
    let folder = "oid4vp/1.0/examples/digital_credentials_api";
    let Some(folder) = crate::common::vectors(folder) else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();

    let error = DcApiResponse::parse(read("error_invalid_request.json").as_bytes());
    assert_eq!(error, Ok(DcApiResponse::Declined("invalid_request".to_owned())));

    // The query is elided in both examples; ours takes its place.
    let query = request().dcql_query.to_json().to_string();
    let payload = |name| serde_json::from_str(&read(name).replace("{...}", &query)).unwrap();
    let client = Client::new(LEAF);
    let expected = DcApiExpected { origin: "https://origin2.example.com", ..EXPECTED };
    let header = json!({"x5c": [base64(LEAF)]}).as_object().unwrap().clone();

    let mut claims: Value = payload("signed_request_payload_compact.json");
    assert_eq!(claims["client_id"], "x509_san_dns:rp.example.com");
    claims["client_id"] = json!(client.id);
    let object = client.key.token_with_header("oauth-authz-req+jwt", header.clone(), &claims);
    let signed = parse_signed(DcApiProtocol::Signed, &signed_data(&object)).unwrap();
    let verified = client.verify_at(&signed[0], &expected, NOW).unwrap();
    assert_eq!(verified.nonce, "n-0S6_WzA2Mj");

    let mut header = header;
    header.insert("client_id".to_owned(), json!(client.id));
    let claims = payload("signed_request_payload.json");
    let object = client.key.token_with_header("oauth-authz-req+jwt", header, &claims);
    let data = multi_signed_data(&[object]).unwrap();
    let signed = parse_signed(DcApiProtocol::MultiSigned, &data).unwrap();
    let verified = client.verify_at(&signed[0], &expected, NOW).unwrap();
    assert_eq!(verified.nonce, "n-0S6_WzA2Mj");
}
