//! Encrypted credential requests and responses (OpenID4VCI 1.0, "Encrypted Credential Requests and
//! Responses"). An error is never encrypted.

use std::iter;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use keys::Ring;
use keys::jwe::{ContentEncryption, DecryptionKey, JweError, Recipient};
use serde_json::Value;
use vc::jwk::PublicKey;
use vc::oid4vci::{
    CredentialErrorCode, CredentialResponse, ErrorResponse, JwkSet, RequestEncryption,
    ResponseEncryption, ResponseEncryptionRequest,
};
use zeroize::Zeroizing;

use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::policy::Policy;
use crate::oid4vci::{JSON, NO_STORE, body, is_of_type};
use crate::state::Issuer;

/// Media type of what is encrypted.
const JWT: &str = "application/jwt";
const JWT_TYPE: (header::HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static(JWT));
/// The one key agreement.
const ALG: &str = "ECDH-ES";

/// The key that wallets encrypt requests to: one on P-256, for some take the first that they find.
#[derive(Debug)]
pub struct RequestKey(DecryptionKey);

impl RequestKey {
    /// The ring's own: it outlives a restart, and metadata that somebody kept stays true.
    pub fn of_ring(ring: &Ring) -> Option<Self> {
        // One text in 2^32 is no key: the next is.
        iter::successors(Some(0_u8), |n| n.checked_add(1))
            .find_map(|n| {
                let secret = ring.derive(&format!("issuer request encryption {n}"));
                let key = DecryptionKey::from_secret_bytes(None, secret.as_slice()).ok()?;
                let kid = PublicKey::from_jwk(&bare(&key.public_jwk())).ok()?.kid();
                DecryptionKey::from_secret_bytes(Some(kid), secret.as_slice()).ok()
            })
            .map(Self)
    }

    /// What the metadata says of requests.
    pub fn metadata(&self, policy: &Policy) -> Option<RequestEncryption> {
        let keys = serde_json::json!({ "keys": [self.0.public_jwk()] });
        Some(RequestEncryption {
            jwks: serde_json::from_value::<JwkSet>(keys).ok()?,
            enc_values_supported: enc_values(),
            zip_values_supported: vec![],
            encryption_required: policy.encryption_required,
        })
    }
}

/// The point alone.
fn bare(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    if let Some(members) = jwk.as_object_mut() {
        members.retain(|name, _| ["kty", "crv", "x", "y"].contains(&name.as_str()));
    }
    jwk
}

/// What the metadata says of responses.
pub fn response_metadata(policy: &Policy) -> ResponseEncryption {
    ResponseEncryption {
        alg_values_supported: vec![ALG.to_owned()],
        enc_values_supported: enc_values(),
        zip_values_supported: vec![],
        encryption_required: policy.encryption_required,
    }
}

fn enc_values() -> Vec<String> {
    ContentEncryption::ALL.iter().map(|enc| enc.name().to_owned()).collect()
}

/// A request's JSON.
pub(super) struct Opened {
    pub(super) json: Zeroizing<Vec<u8>>,
    encrypted: bool,
}

/// Reads a request, plain or encrypted.
pub(super) async fn open(issuer: &Issuer, request: Request) -> Result<Opened, ProtocolError> {
    let encrypted = is_of_type(request.headers(), JWT);
    let media_type = if encrypted { JWT } else { JSON };
    let bytes = body(request, media_type)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_credential_request", JSON))?;
    if !encrypted {
        return Ok(Opened { json: Zeroizing::new(bytes.to_vec()), encrypted });
    }
    let json = std::str::from_utf8(&bytes)
        .map_err(|_| JweError::NotCompact)
        .and_then(|jwe| issuer.request_key.0.decrypt(jwe))
        .map_err(|error| bad(&error.to_string()))?;
    Ok(Opened { json, encrypted })
}

/// How a response goes out.
pub(super) struct Answer(Option<(Recipient, ContentEncryption)>);

impl Answer {
    /// As the request asks, before anything is recorded. A plain request may ask for an encrypted
    /// answer: widespread wallets never encrypt theirs.
    pub(super) fn of(
        issuer: &Issuer,
        opened: &Opened,
        asked: Option<&ResponseEncryptionRequest>,
    ) -> Result<Self, ErrorResponse<CredentialErrorCode>> {
        if issuer.settings.policy.encryption_required {
            if !opened.encrypted {
                return Err(bad("the request must be encrypted"));
            }
            if asked.is_none() {
                return Err(bad("credential_response_encryption is missing"));
            }
        }
        let Some(asked) = asked else { return Ok(Self(None)) };
        if asked.zip.is_some() {
            return Err(bad("responses are not compressed"));
        }
        // "The alg parameter MUST be present" in the JWK.
        if asked.jwk.get("alg").and_then(Value::as_str) != Some(ALG) {
            return Err(bad("alg of the jwk is not ECDH-ES"));
        }
        let enc = ContentEncryption::choose([asked.enc.as_str()])
            .ok_or_else(|| bad("enc is not A128GCM or A256GCM"))?;
        let recipient = Recipient::from_jwk(&asked.jwk)
            .map_err(|_| bad("the jwk is no public key of P-256 for encryption"))?;
        Ok(Self(Some((recipient, enc))))
    }

    /// The response.
    pub(super) fn give(
        &self,
        status: StatusCode,
        response: &CredentialResponse,
    ) -> Result<Response, ProtocolError> {
        let json = response.to_json();
        let Some((recipient, enc)) = &self.0 else {
            return Ok((status, [NO_STORE], Json(json)).into_response());
        };
        let plain = Zeroizing::new(json.to_string());
        match recipient.encrypt(plain.as_bytes(), *enc) {
            Ok(jwe) => Ok((status, [NO_STORE, JWT_TYPE], jwe).into_response()),
            Err(JweError::TooLong) => Err(bad("the answer is too long to encrypt").into()),
            Err(error) => Err(ProtocolError::internal(&error)),
        }
    }
}

fn bad(sentence: &str) -> ErrorResponse<CredentialErrorCode> {
    ErrorResponse::new(CredentialErrorCode::InvalidEncryptionParameters, sentence)
}
