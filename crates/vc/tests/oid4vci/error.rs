use serde_json::json;
use vc::oid4vci::{
    BearerErrorCode, CredentialErrorCode, Description, ErrorResponse, NotificationErrorCode,
    TokenErrorCode,
};

#[test]
fn codes_are_written_exactly() {
    let codes = [
        json!(TokenErrorCode::InvalidRequest),
        json!(TokenErrorCode::InvalidClient),
        json!(TokenErrorCode::InvalidGrant),
        json!(TokenErrorCode::UnsupportedGrantType),
        json!(TokenErrorCode::UseDpopNonce),
        json!(CredentialErrorCode::InvalidCredentialRequest),
        json!(CredentialErrorCode::UnknownCredentialConfiguration),
        json!(CredentialErrorCode::UnknownCredentialIdentifier),
        json!(CredentialErrorCode::InvalidProof),
        json!(CredentialErrorCode::InvalidNonce),
        json!(CredentialErrorCode::InvalidEncryptionParameters),
        json!(CredentialErrorCode::CredentialRequestDenied),
        json!(CredentialErrorCode::InvalidTransactionId),
        json!(NotificationErrorCode::InvalidNotificationId),
        json!(NotificationErrorCode::InvalidNotificationRequest),
        json!(BearerErrorCode::InvalidToken),
    ];

    assert_eq!(
        json!(codes),
        json!([
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unsupported_grant_type",
            "use_dpop_nonce",
            "invalid_credential_request",
            "unknown_credential_configuration",
            "unknown_credential_identifier",
            "invalid_proof",
            "invalid_nonce",
            "invalid_encryption_parameters",
            "credential_request_denied",
            "invalid_transaction_id",
            "invalid_notification_id",
            "invalid_notification_request",
            "invalid_token",
        ])
    );
    assert_eq!(CredentialErrorCode::InvalidNonce.to_string(), "invalid_nonce");
}

#[test]
fn a_description_holds_permitted_characters_only() {
    let description = Description::new("a\"b\\c\n\u{e9}~ !#[]");

    assert_eq!(description.as_str(), "a?b?c??~ !#[]");
    let error = ErrorResponse::new(TokenErrorCode::InvalidGrant, "tx_code is \"wrong\"");
    assert_eq!(
        json!(error),
        json!({"error": "invalid_grant", "error_description": "tx_code is ?wrong?"})
    );
    assert_eq!(
        json!(ErrorResponse::of(TokenErrorCode::InvalidGrant)),
        json!({"error": "invalid_grant"})
    );
}

#[test]
fn a_wallet_reads_codes_that_it_does_not_know() {
    let read = ErrorResponse::parse(br#"{"error":"slow_down","error_description":"w\u00e4it"}"#);

    let read = read.unwrap();
    assert_eq!(read.error, "slow_down");
    assert_eq!(read.error_description.unwrap().as_str(), "w?it");
}
