//! The posted response and its reply (P8, P9, P10).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vc::base64url;
use vc::oid4vp::{
    AuthorizationRequest, DirectPost, DirectPostReply, ErrorCode, ResponseError, VpToken,
};

use crate::request;

fn token() -> VpToken {
    VpToken::new(BTreeMap::from([("passport".to_owned(), vec!["a~b~c&d=".to_owned()])]))
}

fn refusal(form: &str) -> ResponseError {
    DirectPost::parse(form.as_bytes()).expect_err(form)
}

fn jwe(header: &Value) -> String {
    format!("{}..aXY.Y2lwaGVy.dGFn", base64url::encode(header.to_string().as_bytes()))
}

fn good_header() -> Value {
    json!({"alg": "ECDH-ES", "enc": "A256GCM", "kid": "enc-1", "epk": {}})
}

#[test]
fn an_answer_is_posted_and_read_again() {
    let form = request().answer_form(&token());

    let read = DirectPost::parse(form.as_bytes()).unwrap();

    assert_eq!(read, DirectPost::Answer { vp_token: token(), state: request().state });
}

#[test]
fn an_encrypted_payload_holds_the_same() {
    let payload = request().answer_payload(&token());

    let read = DirectPost::parse_decrypted(&payload).unwrap();

    assert_eq!(read, DirectPost::Answer { vp_token: token(), state: request().state });
}

#[test]
fn a_decline_is_posted_and_read_again() {
    let form = request().error_form(ErrorCode::AccessDenied);

    let read = DirectPost::parse(form.as_bytes()).unwrap();

    let error = "access_denied".to_owned();
    assert_eq!(read, DirectPost::Declined { error: error.clone(), state: request().state });
    let payload = json!({"error": "access_denied"}).to_string();
    assert_eq!(
        DirectPost::parse_decrypted(payload.as_bytes()),
        Ok(DirectPost::Declined { error, state: None })
    );
}

#[test]
fn unknown_parameters_are_ignored() {
    let form = request().answer_form(&token()) + "&more=1&more=2&error_description=x";

    DirectPost::parse(form.as_bytes()).unwrap();
}

#[test]
fn a_form_is_one_thing_only() {
    let vp_token = "vp_token=%7B%22q%22:[%22x%22]%7D";
    for form in [
        String::new(),
        "state=s".to_owned(),
        format!("{vp_token}&error=access_denied"),
        format!("{vp_token}&{vp_token}"),
        format!("{vp_token}&state=a&state=b"),
        format!("{vp_token}&response={}", jwe(&good_header())),
    ] {
        assert_eq!(refusal(&form), ResponseError::Malformed, "{form}");
    }
}

#[test]
fn a_vp_token_is_an_object_of_non_empty_arrays_of_strings() {
    for bad in [
        json!("presentation"),
        json!(["presentation"]),
        json!({}),
        json!({"q": "presentation"}),
        json!({"q": []}),
        json!({"q": [1]}),
        json!({"q": [{}]}),
        json!({"q": ["x"], "r": []}),
        json!({"q": vec!["x"; 33]}),
    ] {
        assert_eq!(VpToken::parse(&bad), Err(ResponseError::Malformed), "{bad}");
    }
    assert_eq!(
        refusal("vp_token=%7B%22q%22:[%22x%22],%22q%22:[%22y%22]%7D"),
        ResponseError::Malformed,
        "a duplicate member"
    );
    assert_eq!(VpToken::parse(&json!({"q": ["x"]})).unwrap().presentations().len(), 1);
}

#[test]
fn a_query_that_is_not_answered_has_no_entry() {
    let token = VpToken::new(BTreeMap::from([
        ("answered".to_owned(), vec!["x".to_owned()]),
        ("not".to_owned(), Vec::new()),
    ]));

    assert_eq!(token.presentations().keys().collect::<Vec<_>>(), ["answered"]);
}

#[test]
fn an_encrypted_response_names_its_key() {
    let form = AuthorizationRequest::encrypted_form(&jwe(&good_header()));

    let DirectPost::Encrypted(response) = DirectPost::parse(form.as_bytes()).unwrap() else {
        panic!("encrypted")
    };

    assert_eq!((response.kid(), response.enc()), ("enc-1", "A256GCM"));
    assert_eq!(response.jwe(), jwe(&good_header()));
}

#[test]
fn encryption_that_we_do_not_advertise_is_refused() {
    for (name, value) in [
        ("alg", json!("dir")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("PBES2-HS256+A128KW")),
        ("alg", json!("ECDH-ES+A128KW")),
        ("enc", json!("A128CBC-HS256")),
        ("zip", json!("DEF")),
        ("crit", json!([])),
        ("kid", json!(1)),
    ] {
        let mut header = good_header();
        header[name] = value;
        let form = format!("response={}", jwe(&header));
        assert_eq!(refusal(&form), ResponseError::UnsupportedEncryption, "{header}");
    }
}

#[test]
fn a_jwe_that_is_not_of_the_form_is_refused() {
    let good = jwe(&good_header());
    for bad in [
        "a.b.c".to_owned(),
        good.replacen("..", ".key.", 1),
        format!("{good}.x"),
        good.replace("aXY", "aXY="),
        good.replacen("ey", "", 1),
    ] {
        assert_eq!(refusal(&format!("response={bad}")), ResponseError::Malformed, "{bad}");
    }
}

#[test]
fn a_reply_is_always_an_object() {
    let going_on = DirectPostReply { redirect_uri: Some("https://v.example/?code=s".to_owned()) };

    for reply in [DirectPostReply::default(), going_on] {
        let json = reply.to_json();
        assert!(json.is_object());
        assert_eq!(DirectPostReply::parse(json.to_string().as_bytes()), Ok(reply));
    }
    assert!(DirectPostReply::parse(b"{\"more\":1}").is_ok());
    for bad in ["", "[]", "null", "{\"redirect_uri\":1}"] {
        assert_eq!(DirectPostReply::parse(bad.as_bytes()), Err(ResponseError::Malformed), "{bad}");
    }
}
