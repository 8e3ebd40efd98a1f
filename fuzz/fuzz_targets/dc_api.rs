//! Any data through the browser: a request that nobody signed stays unsigned, one that passes as
//! signed is the client's and for this origin, and an answer stays what it was when written again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::oid4vp::{
    DcApiExpected, DcApiProtocol, DcApiRequest, DcApiResponse, EncryptedRequest,
    IncomingDcApiRequest, REQUEST_OBJECT_TYP, Signer, WalletMetadata, multi_signed_data,
    signed_data,
};
use vc::x5c::anchors_from_pem;

#[path = "../support.rs"]
mod support;

const CLIENT: &str = "verifier-1";
const EXPECTED: DcApiExpected<'static> =
    DcApiExpected { origin: "https://verifier.example", transaction_types: &["payment"] };

static GENUINE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "client_id": CLIENT,
        "expected_origins": [EXPECTED.origin],
        "response_type": "vp_token",
        "response_mode": "dc_api",
        "nonce": "n-0S6_WzA2Mj",
        "dcql_query": { "credentials": [{
            "id": "passport", "format": "dc+sd-jwt", "meta": { "vct_values": [support::VCT] },
        }] },
        "aud": "https://self-issued.me/v2",
        "iat": support::NOW.0, "exp": support::NOW.0 + 300,
    })
});

/// The request, when one of its signatures is the issuer's key as [`CLIENT`].
fn verify(protocol: DcApiProtocol, data: &[u8]) -> Option<DcApiRequest> {
    match IncomingDcApiRequest::parse(protocol, data, &EXPECTED).ok()? {
        IncomingDcApiRequest::Unsigned(request) => {
            assert_eq!(protocol, DcApiProtocol::Unsigned);
            let again = request.unsigned_data().expect("what was read holds").to_string();
            let IncomingDcApiRequest::Unsigned(same) =
                IncomingDcApiRequest::parse(protocol, again.as_bytes(), &EXPECTED)
                    .expect("what was written is read")
            else {
                panic!("an unsigned request turned into a signed one");
            };
            assert_eq!(same, request);
            None
        }
        IncomingDcApiRequest::Signed(signed) => {
            assert_ne!(protocol, DcApiProtocol::Unsigned);
            let signer = Signer::Key(support::issuer());
            signed.iter().find_map(|one| {
                let request = one.verify(&signer, &EXPECTED, support::NOW).ok()?;
                assert_eq!(one.client_id().to_string(), CLIENT);
                Some(request)
            })
        }
    }
}

fn signed_by_client(header: Map<String, Value>, claims: &Map<String, Value>) -> String {
    let input = SigningInput::new(Algorithm::EdDsa, REQUEST_OBJECT_TYP, header, claims);
    support::issuer_signs(input)
}

fuzz_target!(|data: &[u8]| {
    for protocol in [DcApiProtocol::Unsigned, DcApiProtocol::Signed, DcApiProtocol::MultiSigned] {
        assert!(verify(protocol, data).is_none(), "a request that nobody signed passed");
    }
    match DcApiResponse::parse(data) {
        Ok(DcApiResponse::Answer(vp_token)) => {
            let payload = DcApiResponse::answer_payload(&vp_token);
            assert_eq!(DcApiResponse::parse(&payload), Ok(DcApiResponse::Answer(vp_token)));
        }
        Ok(DcApiResponse::Encrypted(response)) => {
            let again = DcApiResponse::encrypted_data(response.jwe()).to_string();
            assert_eq!(
                DcApiResponse::parse(again.as_bytes()),
                Ok(DcApiResponse::Encrypted(response))
            );
        }
        Ok(DcApiResponse::Declined(_)) | Err(_) => {}
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(Some(request)) = EncryptedRequest::parse(text) {
            assert_eq!(request.jwe().split('.').count(), 5);
        }
        assert!(anchors_from_pem(text).map_or(true, |anchors| !anchors.is_empty()));
    }

    let Some(changes) = support::object(data) else { return };
    if let Ok(metadata) = WalletMetadata::from_members(&changes) {
        assert_eq!(WalletMetadata::from_members(&metadata.to_members()), Ok(metadata));
    }
    let mut claims = support::overlaid(&GENUINE, &changes);
    let object = signed_by_client(Map::new(), &claims);
    let one = verify(DcApiProtocol::Signed, signed_data(&object).to_string().as_bytes());
    assert!(one.is_none() || claims["expected_origins"].to_string().contains(EXPECTED.origin));

    let header = claims.remove("client_id").map(|id| ("client_id".to_owned(), id));
    let object = signed_by_client(header.into_iter().collect(), &claims);
    let several = multi_signed_data(&[object]).expect("one signature").to_string();
    let several = verify(DcApiProtocol::MultiSigned, several.as_bytes());
    // The one signs its attestations in the payload, the other in the header.
    if !claims.contains_key("verifier_info") {
        assert_eq!(several, one);
    }
});
