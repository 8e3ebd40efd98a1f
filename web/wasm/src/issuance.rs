//! What an issuer publishes and answers, checked (OpenID4VCI 1.0), and the words for HR.

use vc::oid4vci::{
    AuthorizationServerMetadata, CredentialOffer, CredentialResponse, IssuerMetadata, Refusal,
    TokenResponse, confirmation_digits,
};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{public_key, refusal};
use crate::holder::transport;

fn address(found: Option<String>) -> Result<String, JsError> {
    found.ok_or_else(|| JsError::new("an identifier is not a URL"))
}

/// Where an issuer publishes its metadata.
///
/// # Errors
/// When the identifier is no URL.
#[wasm_bindgen(js_name = issuerMetadataUrl)]
pub fn issuer_metadata_url(issuer: &str) -> Result<String, JsError> {
    address(IssuerMetadata::well_known_url(issuer))
}

/// Where an authorization server publishes its metadata.
///
/// # Errors
/// When the identifier is no URL.
#[wasm_bindgen(js_name = serverMetadataUrl)]
pub fn server_metadata_url(server: &str) -> Result<String, JsError> {
    address(AuthorizationServerMetadata::well_known_url(server))
}

/// Checks an issuer's metadata, and an offer against it; gives the metadata back as JSON with
/// `authorization_servers` filled in.
///
/// # Errors
/// What is wrong with either.
#[wasm_bindgen(js_name = readIssuerMetadata)]
pub fn read_issuer_metadata(json: &str, offer: &str, loopback: bool) -> Result<String, JsError> {
    let offer = CredentialOffer::parse(offer.as_bytes(), transport(loopback))
        .map_err(|error| refusal(&error))?;
    let mut metadata =
        IssuerMetadata::parse(json.as_bytes(), &offer.credential_issuer, transport(loopback))
            .map_err(|error| refusal(&error))?;
    offer.check_against(&metadata).map_err(|error| refusal(&error))?;
    metadata.authorization_servers =
        metadata.authorization_server_ids().into_iter().map(str::to_owned).collect();
    serde_json::to_string(&metadata).map_err(|error| refusal(&error))
}

/// Checks an authorization server's metadata and gives it back as JSON.
///
/// # Errors
/// What is wrong with it.
#[wasm_bindgen(js_name = readServerMetadata)]
pub fn read_server_metadata(json: &str, server: &str, loopback: bool) -> Result<String, JsError> {
    let metadata = AuthorizationServerMetadata::parse(json.as_bytes(), server, transport(loopback))
        .map_err(|error| refusal(&error))?;
    serde_json::to_string(&metadata).map_err(|error| refusal(&error))
}

/// Checks the form of a token endpoint's answer.
///
/// # Errors
/// What is wrong with it.
#[wasm_bindgen(js_name = checkTokenResponse)]
pub fn check_token_response(json: &str) -> Result<(), JsError> {
    TokenResponse::parse(json.as_bytes()).map(drop).map_err(|error| refusal(&error))
}

/// Reads the answer of the credential or the deferred credential endpoint:
/// `{"credentials":[…],"notification_id"?}` or `{"transaction_id":…,"interval":…}`.
///
/// # Errors
/// What is wrong with it.
#[wasm_bindgen(js_name = readCredentialResponse)]
pub fn read_credential_response(json: &str) -> Result<String, JsError> {
    CredentialResponse::parse(json.as_bytes())
        .map(|response| response.to_json().to_string())
        .map_err(|error| refusal(&error))
}

/// The six digits that HR compares before a deferred credential leaves.
///
/// # Errors
/// When the key is refused.
#[wasm_bindgen(js_name = confirmationDigits)]
pub fn digits(jwk: &str, transaction_id: &str) -> Result<String, JsError> {
    Ok(confirmation_digits(&public_key(jwk)?, transaction_id))
}

/// The `event_description` of a refusal: a reason such as `INCORRECT`, and the holder's words.
///
/// # Errors
/// When the reason is none of the words.
#[wasm_bindgen(js_name = refusalDescription)]
pub fn refusal_description(reason: &str, words: &str) -> Result<String, JsError> {
    let reason = reason.parse().map_err(|error| refusal(&error))?;
    Ok(Refusal { reason, words: words.to_owned() }.to_string())
}
