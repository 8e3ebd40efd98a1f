//! OpenID4VP 1.0 messages (STANDARDS P1 to P11, P14, P15, H4 to H7).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "shared with the tests of the one safe call")]
#[path = "../verify/scene.rs"]
mod scene;

mod answer;
mod dc_api;
mod encrypted;
mod link;
mod metadata;
mod object;
mod request;
mod response;
mod transaction_data;

use serde_json::{Value, json};
use vc::dcql::DcqlQuery;
use vc::oid4vci::Transport;
use vc::oid4vp::{AuthorizationRequest, ClientId, ResponseMode};

const LEAF: &[u8] = b"the leaf certificate";
const RESPONSE_URI: &str = "https://verifier.example/response/1";

fn query(members: &Value) -> DcqlQuery {
    let mut query = json!({
        "id": "passport", "format": "dc+sd-jwt", "meta": {"vct_values": [scene::VCT]},
    });
    query.as_object_mut().unwrap().extend(common::keys::object(members));
    DcqlQuery::parse(&json!({ "credentials": [query] })).unwrap()
}

/// A good request of a verifier with [`LEAF`].
fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: ClientId::of_leaf(LEAF).to_string(),
        response_mode: ResponseMode::DirectPost,
        response_uri: RESPONSE_URI.to_owned(),
        nonce: "n-0S6_WzA2Mj~.1".to_owned(),
        state: Some("state-of-this-session".to_owned()),
        dcql_query: query(&json!({"claims": [{"path": ["identity"]}]})),
        client_metadata: None,
        transaction_data: Vec::new(),
        verifier_info: Vec::new(),
    }
}

/// A P-256 key to encrypt to.
fn encryption_key() -> Value {
    let mut key = common::keys::TestKey::p256().public().to_jwk();
    for (name, value) in [("alg", "ECDH-ES"), ("use", "enc"), ("kid", "enc-1")] {
        key[name] = json!(value);
    }
    key
}

const HTTPS: Transport = Transport::Https;
