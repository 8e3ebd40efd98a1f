//! `POST /deferred-credential` (OpenID4VCI 1.0, "Deferred Credential Endpoint"): the credential,
//! once HR has compared the six digits with the phone that asked for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use vc::jwk::PublicKey;
use vc::oid4vci::{CredentialErrorCode, CredentialResponse, DeferredRequest, ErrorResponse};

use crate::oid4vci::access::{self, bearer, grant};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{JSON, NO_STORE, body, issue};
use crate::secrets;
use crate::state::{Issuer, to_the_end};
use crate::store::{ConfirmKey, Delivered, Delivery};

/// Seconds between two questions of a wallet: HR and the staff member stand side by side.
const INTERVAL: u64 = 2;

/// Gives the credential, or says when to ask again.
pub async fn deferred(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    use CredentialErrorCode::{
        CredentialRequestDenied, InvalidEncryptionParameters, InvalidTransactionId,
    };
    let token = secrets::hash(bearer(request.headers())?);
    let grant = grant(&issuer, &token).await?;
    let bytes = body(request, JSON)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_credential_request", JSON))?;
    let request = DeferredRequest::parse(&bytes)?;
    if request.response_encryption.is_some() {
        let sentence = "responses are not encrypted here";
        return Err(ErrorResponse::new(InvalidEncryptionParameters, sentence).into());
    }

    let material = issue::material(&issuer, &grant).await?;
    let delivery = Delivery {
        token,
        transaction: secrets::hash(request.transaction_id.expose()),
        kid: issuer.signing_kid.clone(),
        issued_at: material.issued_at,
        expires_at: material.expires_at,
    };
    let delivered = to_the_end(deliver(Arc::clone(&issuer), delivery))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;
    let (issued, holder_jwk) = match delivered {
        Delivered::Copy { issued, holder_jwk } => (issued, holder_jwk),
        Delivered::Pending => return Ok(later(request.transaction_id.expose().to_owned())),
        Delivered::Denied => {
            let sentence = "HR has not confirmed this key";
            return Err(ErrorResponse::new(CredentialRequestDenied, sentence).into());
        }
        Delivered::Unknown => {
            let sentence = "the transaction is unknown, or its credential was fetched";
            return Err(ErrorResponse::new(InvalidTransactionId, sentence).into());
        }
        Delivered::TokenInvalid => return Err(access::refused()),
        Delivered::NoStatusIndex => {
            return Err(ProtocolError::unavailable("a new status list opens soon"));
        }
    };
    // A wallet that cannot show the digits is somebody else's, and some of those refuse a deferred
    // answer that carries a notification_id.
    let notify = grant.confirm_key == ConfirmKey::Compare;
    let response = issue::respond(&issuer, material, &issued, &holder(&holder_jwk)?, notify)?;
    Ok(([NO_STORE], Json(response.to_json())).into_response())
}

async fn deliver(issuer: Arc<Issuer>, delivery: Delivery) -> Result<Delivered, ProtocolError> {
    let delivered = issuer.store.deliver_deferred(delivery).await?;
    if let Delivered::Copy { issued, .. } = &delivered {
        issue::publish(&issuer, issued).await?;
    }
    Ok(delivered)
}

fn holder(jwk: &Value) -> Result<PublicKey, ProtocolError> {
    PublicKey::from_jwk(jwk).map_err(|error| ProtocolError::internal(&error))
}

/// 202: ask again with the `transaction_id`.
pub(super) fn later(transaction_id: String) -> Response {
    let response =
        CredentialResponse::Deferred { transaction_id: transaction_id.into(), interval: INTERVAL };
    (StatusCode::ACCEPTED, [NO_STORE], Json(response.to_json())).into_response()
}
