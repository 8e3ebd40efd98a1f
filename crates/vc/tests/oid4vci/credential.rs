use serde_json::{Value, json};
use vc::oid4vci::{
    CredentialErrorCode, CredentialRequest, CredentialResponse, CredentialTarget, DeferredRequest,
    MAX_PROOFS, NonceResponse, NotificationErrorCode, NotificationEvent, NotificationRequest,
    Proofs, ResponseEncryptionRequest,
};

use super::example;

fn refused(request: &Value) -> CredentialErrorCode {
    CredentialRequest::parse(request.to_string().as_bytes()).unwrap_err().error
}

#[test]
fn a_request_comes_back() {
    for target in [
        CredentialTarget::Configuration("one".to_owned()),
        CredentialTarget::Identifier("one-1".to_owned()),
    ] {
        let request = CredentialRequest {
            target,
            proofs: Some(Proofs::Jwt(vec!["a.b.c".to_owned(), "d.e.f".to_owned()])),
            response_encryption: Some(ResponseEncryptionRequest {
                jwk: json!({"kty": "EC"}),
                enc: "A256GCM".to_owned(),
                zip: None,
            }),
        };
        let mut json = request.to_json();
        json["unknown"] = json!(true);

        assert_eq!(CredentialRequest::parse(json.to_string().as_bytes()).unwrap(), request);
    }
}

#[test]
fn exactly_one_of_configuration_and_identifier_is_named() {
    for request in [
        json!({}),
        json!({"credential_configuration_id": "a", "credential_identifier": "b"}),
        json!({"credential_configuration_id": 1}),
        json!({"credential_identifier": ["a"]}),
        json!([]),
        json!("text"),
    ] {
        assert_eq!(refused(&request), CredentialErrorCode::InvalidCredentialRequest, "{request}");
    }
    for text in ["", "{", r#"{"credential_identifier":"a","credential_identifier":"a"}"#] {
        let error = CredentialRequest::parse(text.as_bytes()).unwrap_err().error;
        assert_eq!(error, CredentialErrorCode::InvalidCredentialRequest, "{text}");
    }
}

/// Draft requests (`format`, `proof`) name no configuration.
#[test]
fn the_specifications_draft_shaped_example_is_refused() {
    let Some(text) = example("credential_request_iso_mdl.json") else { return };

    let error = CredentialRequest::parse(text.as_bytes()).unwrap_err().error;

    assert_eq!(error, CredentialErrorCode::InvalidCredentialRequest);
}

#[test]
fn proofs_are_of_exactly_one_type_and_not_empty() {
    let request = |proofs: Value| json!({"credential_identifier": "a", "proofs": proofs});
    for (proofs, code) in [
        (json!({}), CredentialErrorCode::InvalidCredentialRequest),
        (json!([]), CredentialErrorCode::InvalidCredentialRequest),
        (json!({"jwt": ["a"], "di_vp": []}), CredentialErrorCode::InvalidCredentialRequest),
        (json!({"jwt": []}), CredentialErrorCode::InvalidProof),
        (json!({"jwt": "a.b.c"}), CredentialErrorCode::InvalidProof),
        (json!({"jwt": [1]}), CredentialErrorCode::InvalidProof),
        (json!({"jwt": vec!["a"; MAX_PROOFS + 1]}), CredentialErrorCode::InvalidProof),
        (json!({"attestation": []}), CredentialErrorCode::InvalidProof),
        (json!({"attestation": ["a", "b"]}), CredentialErrorCode::InvalidProof),
    ] {
        assert_eq!(refused(&request(proofs.clone())), code, "{proofs}");
    }
    for (proofs, read) in [
        (json!({"attestation": ["a"]}), Proofs::Attestation("a".to_owned())),
        (json!({"di_vp": ["a"]}), Proofs::Other("di_vp".to_owned())),
    ] {
        let asked = CredentialRequest::parse(request(proofs).to_string().as_bytes()).unwrap();
        assert_eq!(asked.proofs, Some(read));
    }
}

#[test]
fn malformed_encryption_parameters_have_their_own_code() {
    let request = json!({"credential_identifier": "a", "credential_response_encryption": {}});

    assert_eq!(refused(&request), CredentialErrorCode::InvalidEncryptionParameters);
}

#[test]
fn the_specifications_responses_parse() {
    for name in ["jwt_vc_json", "mso_mdoc", "sd_jwt_vc", "ldp_vc"] {
        let Some(text) = example(&format!("credential_response_{name}.txt")) else { return };
        // The examples break long strings over lines.
        let json: String = text[text.find('{').unwrap()..].split('\n').map(str::trim).collect();

        let response = CredentialResponse::parse(json.as_bytes()).unwrap();

        assert!(matches!(response, CredentialResponse::Issued { .. }), "{name}");
    }
}

#[test]
fn a_response_comes_back() {
    for response in [
        CredentialResponse::issued(["a~".to_owned()], None),
        CredentialResponse::issued(["a~".to_owned(), "b~".to_owned()], Some("n".to_owned())),
        CredentialResponse::Deferred { transaction_id: "t".into(), interval: 5 },
    ] {
        let json = response.to_json().to_string();

        assert_eq!(CredentialResponse::parse(json.as_bytes()).unwrap(), response);
    }
}

#[test]
fn a_response_is_never_both_and_never_neither() {
    for response in [
        json!({}),
        json!({"credentials": []}),
        json!({"credentials": [{"credential": "a"}], "transaction_id": "t", "interval": 5}),
        json!({"transaction_id": "t"}),
        json!({"transaction_id": "t", "interval": 0}),
        json!({"transaction_id": "t", "interval": 5, "notification_id": "n"}),
        json!({"credentials": ["a"]}),
    ] {
        assert!(CredentialResponse::parse(response.to_string().as_bytes()).is_err(), "{response}");
    }
}

#[test]
fn a_nonce_response_reads() {
    assert_eq!(NonceResponse::parse(br#"{"c_nonce":"x","y":1}"#).unwrap().c_nonce, "x");
    assert!(NonceResponse::parse(b"{}").is_err());
}

#[test]
fn a_deferred_request_comes_back_and_needs_its_transaction() {
    for notifies in [false, true] {
        let transaction_id = "t".into();
        let request = DeferredRequest { transaction_id, response_encryption: None, notifies };

        let json = request.to_json().to_string();

        assert_eq!(DeferredRequest::parse(json.as_bytes()).unwrap(), request);
        assert_eq!(json.contains("notifies"), notifies);
    }
    let odd = br#"{"transaction_id":"t","notifies":"yes"}"#;
    assert!(!DeferredRequest::parse(odd).unwrap().notifies);
    for text in ["{}", r#"{"transaction_id":1}"#, "[]"] {
        let error = DeferredRequest::parse(text.as_bytes()).unwrap_err().error;
        assert_eq!(error, CredentialErrorCode::InvalidCredentialRequest);
    }
}

#[test]
fn a_notification_has_one_of_three_events() {
    let parse = |event: &str| {
        let json = json!({"notification_id": "n", "event": event, "more": 1}).to_string();
        NotificationRequest::parse(json.as_bytes())
    };

    assert_eq!(parse("credential_accepted").unwrap().event, NotificationEvent::CredentialAccepted);
    assert_eq!(parse("credential_failure").unwrap().event, NotificationEvent::CredentialFailure);
    assert_eq!(parse("credential_deleted").unwrap().event, NotificationEvent::CredentialDeleted);
    assert_eq!(
        parse("accepted").unwrap_err().error,
        NotificationErrorCode::InvalidNotificationRequest
    );
}
