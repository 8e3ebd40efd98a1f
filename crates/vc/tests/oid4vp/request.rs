//! The request's parameters (P2, P3, H4).

use serde_json::{Value, json};
use vc::dcql::DcqlError;
use vc::oid4vci::Transport;
use vc::oid4vp::{
    AuthorizationRequest, ClientIdError, ClientMetadata, ErrorCode, RequestError, ResponseMode,
    TransactionData,
};

use crate::common::keys::object;
use crate::{HTTPS, RESPONSE_URI, encryption_key, query, request};

fn read(change: impl FnOnce(&mut Value)) -> Result<AuthorizationRequest, RequestError> {
    let mut claims = Value::Object(request().to_claims());
    change(&mut claims);
    AuthorizationRequest::from_claims(&object(&claims), HTTPS)
}

fn refusal_with(name: &str, value: Value) -> RequestError {
    read(|claims| claims[name] = value).expect_err(name)
}

fn refusal_without(name: &str) -> RequestError {
    read(|claims| drop(claims.as_object_mut().unwrap().remove(name))).expect_err(name)
}

#[test]
fn a_request_is_written_and_read_again() {
    let whole = AuthorizationRequest {
        response_mode: ResponseMode::DirectPostJwt,
        client_metadata: Some(ClientMetadata::ours(Some(encryption_key()))),
        transaction_data: vec![
            TransactionData::new(&object(&json!({
                "type": "placement", "credential_ids": ["passport"],
            })))
            .unwrap(),
        ],
        ..request()
    };

    for request in [request(), whole] {
        let read = AuthorizationRequest::from_claims(&request.to_claims(), HTTPS);
        assert_eq!(read, Ok(request));
    }
}

#[test]
fn unknown_parameters_are_ignored() {
    read(|claims| {
        claims["iss"] = json!("anyone");
        claims["presentation_definition"] = json!({});
        claims["client_id_scheme"] = json!("x509_hash");
        claims["more"] = json!([1]);
    })
    .unwrap();
}

#[test]
fn required_parameters_are_required() {
    for name in
        ["client_id", "response_type", "response_mode", "response_uri", "nonce", "dcql_query"]
    {
        assert_eq!(refusal_without(name), RequestError::Parameter(name));
    }
    for name in ["client_id", "nonce", "state", "response_uri"] {
        assert_eq!(refusal_with(name, json!(1)), RequestError::Parameter(name));
    }
}

#[test]
fn only_vp_token_by_direct_post_is_taken() {
    for value in ["code", "vp_token id_token", "VP_TOKEN", ""] {
        let refused = refusal_with("response_type", json!(value));
        assert_eq!(refused, RequestError::UnsupportedResponseType, "{value}");
    }
    for value in ["fragment", "query", "dc_api", "dc_api.jwt", "DIRECT_POST", ""] {
        let refused = refusal_with("response_mode", json!(value));
        assert_eq!(refused, RequestError::UnsupportedResponseMode, "{value}");
    }
}

#[test]
fn a_request_object_leads_to_no_other() {
    for name in ["request", "request_uri"] {
        assert_eq!(refusal_with(name, json!("x")), RequestError::Forbidden(name));
    }
}

#[test]
fn redirect_uri_beside_direct_post_is_an_invalid_request() {
    let refused = refusal_with("redirect_uri", json!("https://verifier.example/cb"));

    assert_eq!(refused, RequestError::Forbidden("redirect_uri"));
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_query_or_a_scope_and_not_both() {
    assert_eq!(refusal_with("scope", json!("passport")), RequestError::QueryAndScope);
    let scope_only = read(|claims| {
        claims.as_object_mut().unwrap().remove("dcql_query");
        claims["scope"] = json!("passport");
    })
    .unwrap_err();
    assert_eq!(scope_only, RequestError::UnknownScope);
    assert_eq!(scope_only.code(), ErrorCode::InvalidScope);
}

#[test]
fn a_nonce_is_of_url_safe_characters() {
    for bad in ["", "a b", "a/b", "a+b", "a=", "é"] {
        assert_eq!(refusal_with("nonce", json!(bad)), RequestError::Parameter("nonce"), "{bad}");
    }
}

#[test]
fn a_state_is_of_url_safe_characters() {
    for bad in ["a b", "a+b", "é"] {
        assert_eq!(refusal_with("state", json!(bad)), RequestError::Parameter("state"), "{bad}");
    }
}

#[test]
fn an_unbound_query_needs_a_long_state() {
    let unbound = query(&json!({"require_cryptographic_holder_binding": false})).to_json();
    let with = |state: Option<&str>| {
        read(|claims| {
            claims["dcql_query"] = unbound.clone();
            match state {
                Some(state) => claims["state"] = json!(state),
                None => drop(claims.as_object_mut().unwrap().remove("state")),
            }
        })
        .map(|_| ())
    };

    assert_eq!(with(Some(&"s".repeat(22))), Ok(()));
    assert_eq!(with(Some(&"s".repeat(21))), Err(RequestError::Parameter("state")));
    assert_eq!(with(None), Err(RequestError::Parameter("state")));
}

#[test]
fn a_query_against_the_rules_is_refused() {
    let refused = refusal_with("dcql_query", json!({"credentials": []}));

    assert_eq!(refused, RequestError::Query(DcqlError::Empty("credentials")));
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
}

#[test]
fn answers_go_to_https_only() {
    for address in ["http://verifier.example/r", "", "verifier.example", "data:,x"] {
        let refused = refusal_with("response_uri", json!(address));
        assert_eq!(refused, RequestError::Parameter("response_uri"), "{address}");
    }
    let mut local = request();
    local.response_uri = "http://127.0.0.1:8102/r".to_owned();
    assert!(local.validate(HTTPS).is_err());
    local.validate(Transport::LoopbackHttp).unwrap();
}

#[test]
fn answers_go_to_the_clients_own_host() {
    let with = |client_id: &str| read(|claims| claims["client_id"] = json!(client_id)).map(|_| ());

    assert_eq!(with("x509_san_dns:verifier.example"), Ok(()));
    assert_eq!(with("x509_san_dns:evil.example"), Err(RequestError::ForeignResponseUri));
    assert_eq!(with("x509_san_dns:example"), Err(RequestError::ForeignResponseUri));
    assert_eq!(with(&format!("redirect_uri:{RESPONSE_URI}")), Ok(()));
    assert_eq!(with("redirect_uri:https://evil.example"), Err(RequestError::ForeignResponseUri));
}

#[test]
fn origin_as_client_is_refused() {
    let refused = refusal_with("client_id", json!("origin:https://verifier.example"));

    assert_eq!(refused, RequestError::ClientId(ClientIdError::Reserved));
    assert_eq!(refused.code(), ErrorCode::InvalidClient);
}

#[test]
fn an_encrypted_answer_needs_a_key_to_encrypt_to() {
    let with = |metadata: Option<ClientMetadata>| {
        read(|claims| {
            claims["response_mode"] = json!("direct_post.jwt");
            if let Some(metadata) = metadata {
                claims["client_metadata"] = metadata.to_json();
            }
        })
        .map(|_| ())
    };

    assert_eq!(with(Some(ClientMetadata::ours(Some(encryption_key())))), Ok(()));
    assert_eq!(with(Some(ClientMetadata::ours(None))), Err(RequestError::NoEncryptionKey));
    assert_eq!(with(None), Err(RequestError::NoEncryptionKey));
}

#[test]
fn transaction_data_is_about_bound_credentials_of_the_query() {
    let with = |data: Value, query_members: Value| {
        let encoded = vc::base64url::encode(data.to_string().as_bytes());
        let refused = read(|claims| {
            claims["state"] = json!("s".repeat(22));
            claims["dcql_query"] = query(&query_members).to_json();
            claims["transaction_data"] = json!([encoded]);
        });
        refused.map(|_| ())
    };
    let refused = Err(RequestError::TransactionData);
    let data = json!({"type": "placement", "credential_ids": ["passport"]});

    assert_eq!(with(data.clone(), json!({})), Ok(()));
    assert_eq!(with(data, json!({"require_cryptographic_holder_binding": false})), refused);
    assert_eq!(with(json!({"type": "t", "credential_ids": ["other"]}), json!({})), refused);
    assert_eq!(refusal_with("transaction_data", json!([])), RequestError::TransactionData);
    assert_eq!(refusal_with("transaction_data", json!("x")), RequestError::TransactionData);
    assert_eq!(RequestError::TransactionData.code(), ErrorCode::InvalidTransactionData);
}
