//! `POST /deferred-credential` (OpenID4VCI 1.0, "Deferred Credential Endpoint"): the credential,
//! once HR has compared the six digits with the phone that asked for it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use vc::jwk::PublicKey;
use vc::oid4vci::{CredentialErrorCode, CredentialResponse, DeferredRequest, ErrorResponse};

use crate::oid4vci::access::{self, Access, authorise};
use crate::oid4vci::encryption::{self, Answer};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::issue;
use crate::secrets;
use crate::state::{Issuer, to_the_end};
use crate::store::{Delivered, Delivery};

/// Seconds between two questions of a wallet: HR and the staff member stand side by side.
const INTERVAL: u64 = 2;

/// Gives the credential, or says when to ask again.
pub async fn deferred(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    use CredentialErrorCode::{CredentialRequestDenied, InvalidTransactionId};
    let Access { token, grant } =
        authorise(&issuer, request.headers(), "/deferred-credential").await?;
    let opened = encryption::open(&issuer, request).await?;
    let request = DeferredRequest::parse(&opened.json)?;
    // That of this request; what the first asked for does not count.
    let answer = Answer::of(&issuer, &opened, request.response_encryption.as_ref())?;

    let asked = grant.deferral.as_ref().map(|deferral| deferral.configuration.clone());
    let Some(configuration) = asked else {
        let sentence = "the transaction is unknown, or its credential was fetched";
        return Err(ErrorResponse::new(InvalidTransactionId, sentence).into());
    };
    let material = issue::material(&issuer, &grant, &configuration).await?;
    let delivery = Delivery {
        token,
        transaction: secrets::hash(request.transaction_id.expose()),
        kid: material.kid.clone(),
        issued_at: material.issued_at,
        expires_at: material.expires_at,
    };
    let delivered = to_the_end(deliver(Arc::clone(&issuer), delivery))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;
    let (issued, holders) = match delivered {
        Delivered::Copies { issued, holders } => (issued, holders),
        Delivered::Pending => {
            let transaction_id = request.transaction_id.expose().to_owned();
            return answer.give(StatusCode::ACCEPTED, &later(transaction_id));
        }
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
    // "notification_id: OPTIONAL": some wallets refuse a deferred answer that carries one.
    let notify = request.notifies;
    let holders = holders
        .iter()
        .map(|key| PublicKey::from_jwk(&key.jwk))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ProtocolError::internal(&error))?;
    let response = issue::respond(&issuer, &material, &issued, &holders, notify)?;
    answer.give(StatusCode::OK, &response)
}

async fn deliver(issuer: Arc<Issuer>, delivery: Delivery) -> Result<Delivered, ProtocolError> {
    let delivered = issuer.store.deliver_deferred(delivery).await?;
    if let Delivered::Copies { issued, .. } = &delivered {
        issue::publish(&issuer, issued).await?;
    }
    Ok(delivered)
}

/// Ask again with the `transaction_id`.
pub(super) fn later(transaction_id: String) -> CredentialResponse {
    CredentialResponse::Deferred { transaction_id: transaction_id.into(), interval: INTERVAL }
}
