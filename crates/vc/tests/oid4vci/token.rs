use serde_json::json;
use vc::oid4vci::{
    AuthorizationDetail, MAX_TOKEN_REQUEST_BYTES, Secret, TokenErrorCode, TokenGrant, TokenRequest,
    TokenResponse,
};

use super::example;

const PRE: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";

fn refused(form: &str) -> TokenErrorCode {
    TokenRequest::parse(form.as_bytes()).unwrap_err().error
}

#[test]
fn each_grant_comes_back() {
    let mut detail = AuthorizationDetail::new("one");
    detail.locations = vec!["https://issuer.example".to_owned()];
    for grant in [
        TokenGrant::PreAuthorizedCode { code: "a b+c&d".into(), tx_code: Some("123456".into()) },
        TokenGrant::PreAuthorizedCode { code: "x".into(), tx_code: None },
        TokenGrant::AuthorizationCode {
            code: "x".into(),
            redirect_uri: Some("https://wallet.example/cb".to_owned()),
            code_verifier: Some("v".into()),
        },
        TokenGrant::RefreshToken { refresh_token: "r".into() },
    ] {
        for (client_id, authorization_details) in
            [(None, vec![]), (Some("wallet".to_owned()), vec![detail.clone()])]
        {
            let request = TokenRequest { grant: grant.clone(), client_id, authorization_details };

            assert_eq!(TokenRequest::parse(request.to_form().as_bytes()).unwrap(), request);
        }
    }
}

#[test]
fn unknown_parameters_are_ignored_and_empty_ones_are_absent() {
    let form = format!("{PRE}&pre-authorized_code=x&tx_code=&client_id=&unknown=1");

    let request = TokenRequest::parse(form.as_bytes()).unwrap();

    assert_eq!(
        request.grant,
        TokenGrant::PreAuthorizedCode { code: Secret::from("x"), tx_code: None }
    );
    assert_eq!(request.client_id, None);
}

#[test]
fn a_request_that_lacks_or_repeats_a_parameter_is_invalid() {
    for form in [
        "",
        "grant_type=",
        PRE,
        "grant_type=authorization_code",
        "grant_type=refresh_token",
        &format!("{PRE}&pre-authorized_code=x&pre-authorized_code=y"),
        &format!("{PRE}&pre-authorized_code=x&unknown=1&unknown=2"),
        &format!("{PRE}&pre-authorized_code=x&authorization_details=%7B%7D"),
        &format!(
            "{PRE}&pre-authorized_code=x&authorization_details=%5B%7B%22type%22%3A%22openid_credential%22%7D%5D"
        ),
        &format!("{PRE}&pre-authorized_code={}", "x".repeat(MAX_TOKEN_REQUEST_BYTES)),
    ] {
        assert_eq!(refused(form), TokenErrorCode::InvalidRequest, "{form}");
    }
}

#[test]
fn another_grant_is_unsupported() {
    assert_eq!(refused("grant_type=password&username=x"), TokenErrorCode::UnsupportedGrantType);
}

#[test]
fn the_specifications_authorization_details_parse() {
    for name in [
        "",
        "_jwt_vc_json",
        "_ldp_vc",
        "_mso_doc",
        "_multiple_credentials",
        "_sd_jwt_vc",
        "_with_as",
    ] {
        let Some(text) = example(&format!("authorization_details{name}.json")) else { return };

        assert!(!AuthorizationDetail::parse_list(&text).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn details_of_other_types_are_left_out() {
    let list = r#"[{"type":"payment","x":1},
        {"type":"openid_credential","credential_configuration_id":"one","y":2}]"#;

    assert_eq!(AuthorizationDetail::parse_list(list).unwrap(), [AuthorizationDetail::new("one")]);
}

#[test]
fn a_response_comes_back_and_its_token_is_not_printed() {
    let mut detail = AuthorizationDetail::new("one");
    detail.credential_identifiers = vec!["one-1".to_owned()];
    let response = TokenResponse {
        access_token: "secret-token".into(),
        token_type: "Bearer".to_owned(),
        expires_in: Some(300),
        refresh_token: None,
        scope: None,
        authorization_details: vec![detail],
    };

    let json = serde_json::to_string(&response).unwrap();

    assert_eq!(TokenResponse::parse(json.as_bytes()).unwrap(), response);
    assert!(!format!("{response:?}").contains("secret"));
    assert!(!json.contains("c_nonce"));
}

#[test]
fn a_response_without_token_is_refused() {
    let json = json!({"token_type": "Bearer"}).to_string();

    assert!(TokenResponse::parse(json.as_bytes()).is_err());
}
