//! Any claims signed by the verifier, and any text that it did not sign: a request that passes is
//! the client's own and survives being written again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::oid4vci::Transport;
use vc::oid4vp::{
    AuthorizationLink, AuthorizationRequest, ClientId, Expected, REQUEST_OBJECT_TYP,
    RequestUriPost, Signer, UnverifiedRequest,
};

#[path = "../support.rs"]
mod support;

const CLIENT: &str = "verifier-1";

static GENUINE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "client_id": CLIENT,
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": "https://verifier.example/answers/1",
        "nonce": "n-0S6_WzA2Mj",
        "state": "af0ifjsldkj",
        "dcql_query": { "credentials": [{
            "id": "passport", "format": "dc+sd-jwt", "meta": { "vct_values": [support::VCT] },
            "claims": [{ "path": ["identity", "given_name"] }],
        }] },
        "aud": "https://self-issued.me/v2",
        "iat": support::NOW.0, "exp": support::NOW.0 + 300,
    })
});

fn verify(text: &str) -> Option<AuthorizationRequest> {
    let expected = Expected {
        client_id: CLIENT,
        wallet_nonce: None,
        audience: None,
        transaction_types: &["payment"],
        transport: Transport::Https,
    };
    let signer = Signer::Key(support::issuer());
    UnverifiedRequest::parse(text).ok()?.verify(&signer, &expected, support::NOW).ok()
}

fuzz_target!(|text: &str| {
    if let Ok(id) = ClientId::parse(text) {
        assert_eq!(id.to_string(), text);
    }
    if let Ok(link) = AuthorizationLink::parse(text, Transport::Https) {
        let again = AuthorizationLink::parse(&link.to_uri("openid4vp://"), Transport::Https);
        if link.to_uri("openid4vp://").len() <= vc::oid4vp::MAX_LINK_BYTES {
            assert_eq!(again, Ok(link));
        }
    }
    if let Ok(post) = RequestUriPost::parse(text.as_bytes()) {
        assert_eq!(RequestUriPost::parse(post.to_form().as_bytes()), Ok(post));
    }
    assert!(verify(text).is_none(), "a request that nobody signed passed");

    let Some(changes) = support::object(text.as_bytes()) else { return };
    let claims = support::overlaid(&GENUINE, &changes);
    let input = SigningInput::new(Algorithm::EdDsa, REQUEST_OBJECT_TYP, Map::new(), &claims);
    let Some(request) = verify(&support::issuer_signs(input)) else { return };
    assert_eq!(request.client_id, CLIENT);
    assert!(request.response_uri.to_ascii_lowercase().trim_start().starts_with("https:"));
    assert!(!request.nonce.is_empty());
    let again = AuthorizationRequest::from_claims(&request.to_claims(), Transport::Https);
    assert_eq!(again, Ok(request));
});
