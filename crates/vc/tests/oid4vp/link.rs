//! The link in the QR code, and what is posted to `request_uri` (P6, H4; traps B5).

use serde_json::json;
use vc::oid4vci::Transport;
use vc::oid4vp::{AuthorizationLink, LinkError, MAX_LINK_BYTES, RequestUriMethod, RequestUriPost};

use crate::HTTPS;

fn link() -> AuthorizationLink {
    AuthorizationLink {
        client_id: "x509_hash:abc&=%".to_owned(),
        request_uri: "https://verifier.example/request/1?a=b&c=d".to_owned(),
        request_uri_method: RequestUriMethod::Get,
    }
}

fn refusal(text: &str) -> LinkError {
    AuthorizationLink::parse(text, HTTPS).expect_err(text)
}

#[test]
fn a_link_is_written_and_read_again() {
    for request_uri_method in [RequestUriMethod::Get, RequestUriMethod::Post] {
        let link = AuthorizationLink { request_uri_method, ..link() };

        let text = link.to_uri("openid4vp://");

        assert_eq!(AuthorizationLink::parse(&text, HTTPS), Ok(link), "{text}");
    }
}

#[test]
fn any_scheme_and_unknown_parameters_are_taken() {
    let text = "haip-vp://?client_id=c&request_uri=https%3A%2F%2Fv.example%2Fr&more=1#fragment";

    let link = AuthorizationLink::parse(text, HTTPS).unwrap();

    assert_eq!(link.client_id, "c");
    assert_eq!(link.request_uri, "https://v.example/r");
    assert_eq!(link.request_uri_method, RequestUriMethod::Get);
}

#[test]
fn a_link_that_is_not_of_the_form_is_refused() {
    let good = "openid4vp://?client_id=c&request_uri=https%3A%2F%2Fv.example";

    assert_eq!(refusal("hello"), LinkError::NotALink);
    assert_eq!(refusal("openid4vp://?client_id=c"), LinkError::NotALink);
    assert_eq!(refusal("openid4vp://?request_uri=https://v.example"), LinkError::NoClientId);
    assert_eq!(
        refusal("openid4vp://?client_id=&request_uri=https://v.example"),
        LinkError::NoClientId
    );
    assert_eq!(refusal(&format!("{good}&client_id=d")), LinkError::ParameterTwice);
    assert_eq!(refusal(&format!("{good}&request=eyJ")), LinkError::ByValue);
    assert_eq!(refusal(&format!("{good}&x={}", "x".repeat(MAX_LINK_BYTES))), LinkError::TooLong);
}

#[test]
fn a_request_is_fetched_from_https_only() {
    for address in ["http://v.example/r", "ftp://v.example", "file:///etc/passwd", "/r", ""] {
        let link = AuthorizationLink { request_uri: address.to_owned(), ..link() };
        assert_eq!(refusal(&link.to_uri("openid4vp://")), LinkError::BadAddress, "{address}");
    }
    let loopback = "openid4vp://?client_id=c&request_uri=http://127.0.0.1:8102/r";
    assert_eq!(refusal(loopback), LinkError::BadAddress);
    AuthorizationLink::parse(loopback, Transport::LoopbackHttp).unwrap();
}

#[test]
fn the_method_is_get_or_post_in_lower_case() {
    let with = |method: &str| {
        format!(
            "openid4vp://?client_id=c&request_uri=https://v.example&request_uri_method={method}"
        )
    };

    AuthorizationLink::parse(&with("post"), HTTPS).unwrap();
    AuthorizationLink::parse(&with("get"), HTTPS).unwrap();
    for method in ["POST", "Get", "put", ""] {
        assert_eq!(refusal(&with(method)), LinkError::BadMethod, "{method}");
    }
}

#[test]
fn a_post_to_request_uri_is_written_and_read_again() {
    let metadata = json!({"vp_formats_supported": {"dc+sd-jwt": {}}});
    let post = RequestUriPost {
        wallet_metadata: metadata.as_object().cloned(),
        wallet_nonce: Some("fresh & odd=".to_owned()),
    };

    assert_eq!(RequestUriPost::parse(post.to_form().as_bytes()), Ok(post));
}

#[test]
fn a_post_without_anything_we_know_is_taken() {
    // B5: separate form fields and no wallet_nonce.
    let form = b"vp_formats_supported=%7B%7D&authorization_endpoint=x";

    assert_eq!(RequestUriPost::parse(form), Ok(RequestUriPost::default()));
    assert_eq!(RequestUriPost::parse(b""), Ok(RequestUriPost::default()));
}

#[test]
fn a_post_that_is_not_of_the_form_is_refused() {
    let refusal = |form: &str| RequestUriPost::parse(form.as_bytes()).expect_err(form);

    assert_eq!(refusal("wallet_metadata=text"), LinkError::BadWalletMetadata);
    assert_eq!(refusal("wallet_metadata=[]"), LinkError::BadWalletMetadata);
    assert_eq!(
        refusal("wallet_metadata=%7B%22a%22:1,%22a%22:2%7D"),
        LinkError::BadWalletMetadata,
        "a duplicate member"
    );
    assert_eq!(refusal("wallet_nonce=a&wallet_nonce=b"), LinkError::ParameterTwice);
}
