use vc::oauth::{
    AuthorizationErrorCode, AuthorizationRequest, AuthorizationResponse, CodeChallenge,
    ResponseRefused,
};
use vc::oid4vci::AuthorizationDetail;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ISSUER: &str = "https://issuer.example";

fn with(change: &[(&str, Option<&str>)]) -> String {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", "wallet"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        parameters.retain(|(known, _)| known != name);
        if let Some(value) = value {
            parameters.push((name, value));
        }
    }
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn refusal(change: &[(&str, Option<&str>)]) -> AuthorizationErrorCode {
    AuthorizationRequest::parse(with(change).as_bytes()).unwrap_err().code
}

#[test]
fn what_a_wallet_pushes_an_issuer_reads() {
    let request = AuthorizationRequest {
        client_id: "wallet".to_owned(),
        redirect_uri: Some("https://wallet.example/callback?a=b".to_owned()),
        state: Some("state & more".to_owned()),
        code_challenge: CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap(),
        scopes: vec!["employment-checks-1".to_owned(), "other".to_owned()],
        authorization_details: vec![AuthorizationDetail::new("employment-checks-1")],
        issuer_state: Some("from the offer".into()),
        dpop_jkt: Some("thumbprint".to_owned()),
    };

    assert_eq!(AuthorizationRequest::parse(request.to_form().as_bytes()), Ok(request));
}

#[test]
fn unknown_and_empty_parameters_are_ignored() {
    let form = with(&[("resource", Some("x")), ("scope", Some("")), ("state", Some(""))]);

    let request = AuthorizationRequest::parse(form.as_bytes()).unwrap();

    assert_eq!((request.scopes, request.state), (Vec::new(), None));
}

#[test]
fn pkce_cannot_be_left_out_or_weakened() {
    for change in [
        [("code_challenge", None)],
        [("code_challenge_method", None)],
        [("code_challenge_method", Some("plain"))],
        [("code_challenge", Some("short"))],
    ] {
        assert_eq!(refusal(&change), AuthorizationErrorCode::InvalidRequest);
    }
}

#[test]
fn each_fault_has_its_code() {
    use AuthorizationErrorCode::{
        InvalidAuthorizationDetails, InvalidRequest, RequestNotSupported, UnsupportedResponseType,
    };
    for (name, value, code) in [
        ("response_type", None, InvalidRequest),
        ("response_type", Some("token"), UnsupportedResponseType),
        ("client_id", None, InvalidRequest),
        ("request", Some("eyJ"), RequestNotSupported),
        ("request_uri", Some("urn:x"), InvalidRequest),
        ("authorization_details", Some("{}"), InvalidAuthorizationDetails),
        (
            "authorization_details",
            Some("[{\"type\":\"openid_credential\"}]"),
            InvalidAuthorizationDetails,
        ),
    ] {
        assert_eq!(refusal(&[(name, value)]), code, "{name}");
    }
    let twice = format!("{}&client_id=other", with(&[]));
    assert_eq!(AuthorizationRequest::parse(twice.as_bytes()).unwrap_err().code, InvalidRequest);
}

#[test]
fn an_answer_goes_back_with_state_and_issuer() {
    for answer in [
        AuthorizationResponse::Code("a code".into()),
        AuthorizationResponse::Refused(AuthorizationErrorCode::AccessDenied),
    ] {
        let url = answer.redirect("https://wallet.example/cb?a=b", Some("s"), ISSUER).unwrap();

        assert!(url.as_str().starts_with("https://wallet.example/cb?a=b&"));
        let query = url.query().unwrap().trim_start_matches("a=b&");
        assert_eq!(AuthorizationResponse::parse(query.as_bytes(), "s", ISSUER), Ok(answer));
    }
}

#[test]
fn a_redirect_address_has_no_fragment() {
    let answer = AuthorizationResponse::Code("c".into());

    for address in ["https://wallet.example/#x", "https://wallet.example/#", "callback"] {
        assert_eq!(answer.redirect(address, None, ISSUER), None, "{address}");
    }
}

#[test]
fn a_wallet_takes_only_its_own_answer() {
    let parse = |query: &str| AuthorizationResponse::parse(query.as_bytes(), "s", ISSUER);
    let iss = "iss=https%3A%2F%2Fissuer.example";

    assert_eq!(parse(&format!("code=c&state=t&{iss}")), Err(ResponseRefused::OtherState));
    assert_eq!(parse(&format!("code=c&{iss}")), Err(ResponseRefused::OtherState));
    assert_eq!(parse("code=c&state=s"), Err(ResponseRefused::OtherIssuer));
    assert_eq!(parse("code=c&state=s&iss=https%3A%2F%2Fevil"), Err(ResponseRefused::OtherIssuer));
    assert_eq!(parse(&format!("state=s&{iss}")), Err(ResponseRefused::Neither));
    assert_eq!(parse(&format!("code=c&error=x&state=s&{iss}")), Err(ResponseRefused::Neither));
    assert_eq!(parse(&format!("code=c&code=d&state=s&{iss}")), Err(ResponseRefused::Twice));
}
