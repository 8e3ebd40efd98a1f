//! Any form or payload as an answer: it stays what it was when written again, and only what was
//! asked for is opened.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use vc::dcql::DcqlQuery;
use vc::oid4vp::{AuthorizationRequest, DirectPost, DirectPostReply, ResponseMode, VpToken};

#[path = "../support.rs"]
mod support;

static REQUEST: LazyLock<AuthorizationRequest> = LazyLock::new(|| AuthorizationRequest {
    client_id: "verifier-1".to_owned(),
    response_mode: ResponseMode::DirectPost,
    response_uri: "https://verifier.example/answers/1".to_owned(),
    nonce: "n-0S6_WzA2Mj".to_owned(),
    state: Some("s".to_owned()),
    dcql_query: DcqlQuery::parse(&json!({ "credentials": [
        { "id": "a", "format": "dc+sd-jwt", "meta": { "vct_values": [support::VCT] } },
        { "id": "b", "format": "dc+sd-jwt", "meta": { "vct_values": ["x"] }, "multiple": true },
    ] }))
    .expect("a query"),
    client_metadata: None,
    transaction_data: Vec::new(),
    verifier_info: Vec::new(),
});

fn written_again(vp_token: &VpToken, state: Option<&String>) {
    let request = AuthorizationRequest { state: state.cloned(), ..REQUEST.clone() };
    let same = DirectPost::Answer { vp_token: vp_token.clone(), state: state.cloned() };
    let form = request.answer_form(vp_token);
    if form.len() <= vc::oid4vp::MAX_FORM_BYTES {
        assert_eq!(DirectPost::parse(form.as_bytes()).as_ref(), Ok(&same));
    }
    let payload = request.answer_payload(vp_token);
    assert_eq!(DirectPost::parse_decrypted(&payload).as_ref(), Ok(&same));
}

fuzz_target!(|text: &[u8]| {
    for post in [DirectPost::parse(text), DirectPost::parse_decrypted(text)] {
        match &post {
            Ok(DirectPost::Answer { vp_token, state }) => {
                assert!(vp_token.presentations().values().all(|of_one| !of_one.is_empty()));
                written_again(vp_token, state.as_ref());
            }
            Ok(DirectPost::Encrypted(response)) => {
                assert_eq!(response.jwe().split('.').count(), 5);
                assert!(["A128GCM", "A256GCM"].contains(&response.enc()));
            }
            Ok(DirectPost::Declined { .. }) | Err(_) => {}
        }
        let Ok(post) = post else { continue };
        if let Ok(opened) = REQUEST.open(&post) {
            let DirectPost::Answer { state, .. } = &post else { panic!("no answer was opened") };
            assert_eq!(*state, REQUEST.state);
            assert!(opened.iter().all(|answer| ["a", "b"].contains(&answer.query.as_str())));
            assert!(opened.iter().filter(|answer| answer.query == "a").count() <= 1);
        }
        let answer = REQUEST.open_decrypted(text);
        assert!(answer.is_err(), "an encrypted answer where none was asked for");
    }
    if let Ok(reply) = DirectPostReply::parse(text) {
        assert_eq!(DirectPostReply::parse(reply.to_json().to_string().as_bytes()), Ok(reply));
    }
});
