//! Signed requests, by one client or by several (OpenID4VP 1.0, A.3.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{CLIENT_ID, DcApiRequest, EXPECTED_ORIGINS, VERIFIER_INFO};
use crate::jwk::Algorithm;
use crate::jws::SigningInput;
use crate::oid4vp::{ClientId, REQUEST_OBJECT_TYP, RequestError, STATIC_AUDIENCE};
use crate::time::UnixTime;

/// The client that signs, and what it promises of the request.
#[derive(Clone, Copy, Debug)]
pub struct DcApiClient<'a> {
    /// The whole client identifier, prefix and all.
    pub client_id: &'a str,
    /// The chain, leaf first, anchor left out (HAIP); empty for a client that is known otherwise.
    pub x5c: &'a [Vec<u8>],
    /// The origins that the request may come from.
    pub expected_origins: &'a [&'a str],
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
}

impl DcApiRequest {
    /// The request object of one client, to sign; then [`signed_data`].
    ///
    /// # Errors
    /// [`RequestError`] when the request or the client breaks a rule.
    pub fn signing_input(
        &self,
        algorithm: Algorithm,
        client: &DcApiClient<'_>,
    ) -> Result<SigningInput, RequestError> {
        let mut claims = self.signed_claims(client)?;
        claims.insert(CLIENT_ID.to_owned(), client.client_id.into());
        Ok(SigningInput::new(algorithm, REQUEST_OBJECT_TYP, header(client), &claims))
    }

    /// One signature of a request by several clients, to sign; then [`multi_signed_data`]. Only
    /// `client` and [`Self::verifier_info`] may differ between them (A.3.2.2).
    ///
    /// # Errors
    /// [`RequestError`] when the request or the client breaks a rule.
    pub fn multi_signing_input(
        &self,
        algorithm: Algorithm,
        client: &DcApiClient<'_>,
    ) -> Result<SigningInput, RequestError> {
        let mut claims = self.signed_claims(client)?;
        let mut header = header(client);
        header.insert(CLIENT_ID.to_owned(), client.client_id.into());
        // "MUST be present only in the protected header of the respective signature object"
        if let Some(info) = claims.remove(VERIFIER_INFO) {
            header.insert(VERIFIER_INFO.to_owned(), info);
        }
        Ok(SigningInput::new(algorithm, REQUEST_OBJECT_TYP, header, &claims))
    }

    fn signed_claims(&self, client: &DcApiClient<'_>) -> Result<Map<String, Value>, RequestError> {
        self.validate()?;
        // 5.9.3: with `redirect_uri` "the Authorization Request MUST NOT be signed".
        if matches!(ClientId::parse(client.client_id)?, ClientId::RedirectUri(_)) {
            return Err(RequestError::SignatureNotAllowed);
        }
        // A.2: "REQUIRED when signed requests … are used", "a non-empty array of strings".
        if client.expected_origins.is_empty() {
            return Err(RequestError::Parameter(EXPECTED_ORIGINS));
        }
        let mut claims = self.to_claims();
        claims.insert(EXPECTED_ORIGINS.to_owned(), json!(client.expected_origins));
        claims.insert("aud".to_owned(), STATIC_AUDIENCE.into());
        claims.insert("iat".to_owned(), client.issued_at.0.into());
        claims.insert("exp".to_owned(), client.expires_at.0.into());
        Ok(claims)
    }
}

fn header(client: &DcApiClient<'_>) -> Map<String, Value> {
    let mut header = Map::new();
    if !client.x5c.is_empty() {
        let chain: Vec<String> = client.x5c.iter().map(|der| STANDARD.encode(der)).collect();
        header.insert("x5c".to_owned(), chain.into());
    }
    header
}

/// `data` around a signed request object (A.3.2.1).
pub fn signed_data(object: &str) -> Value {
    json!({ "request": object })
}

/// `data` of a request by several clients, from the compact text of each (A.3.2.2).
///
/// # Errors
/// [`RequestError::Parameter`] when there is none, or they have signed different payloads.
pub fn multi_signed_data(objects: &[String]) -> Result<Value, RequestError> {
    let malformed = || RequestError::Parameter("request");
    let mut payload = None;
    let mut signatures = Vec::new();
    for object in objects {
        let parts: Vec<&str> = object.split('.').collect();
        let [protected, part, signature] = parts.as_slice() else { return Err(malformed()) };
        if *payload.get_or_insert(*part) != *part {
            return Err(malformed());
        }
        signatures.push(json!({ "protected": protected, "signature": signature }));
    }
    let payload = payload.ok_or_else(malformed)?;
    Ok(json!({ "request": { "payload": payload, "signatures": signatures } }))
}
