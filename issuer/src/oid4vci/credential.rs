//! `POST /credential` (OpenID4VCI 1.0, "Credential Endpoint"): one token, one request, a copy for
//! each key that it proves. When the answer was lost, the same token with fresh proofs by the same
//! keys gives the same copies again. Where HR is to compare six digits with the phone first, the
//! answer is a transaction (`deferred.rs`).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use vc::oid4vci::{
    CredentialErrorCode, CredentialRequest, CredentialTarget, ErrorResponse, confirmation_digits,
};

use crate::oid4vci::access::{self, Access, authorise};
use crate::oid4vci::encryption::{self, Answer};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::token::identifier;
use crate::oid4vci::{deferred, issue, proofs};
use crate::secrets;
use crate::state::{Issuer, to_the_end};
use crate::store::{Grant, HolderKey, Issuance, IssuedCopies, Recorded};

/// Issues what the access token allows.
pub async fn credential(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    let Access { token, grant } = authorise(&issuer, request.headers(), "/credential").await?;
    let opened = encryption::open(&issuer, request).await?;
    let request = CredentialRequest::parse(&opened.json)?;
    let configuration = check_target(&issuer, &grant, &request.target)?;
    let answer = Answer::of(&issuer, &opened, request.response_encryption.as_ref())?;
    let proven = proofs::check(&issuer, request.proofs.as_ref(), grant.client_id.as_deref())?;

    let material = issue::material(&issuer, &grant, &configuration).await?;
    let holders: Vec<HolderKey> = proven
        .holders
        .iter()
        .map(|key| HolderKey { thumbprint: key.thumbprint().to_string(), jwk: key.to_jwk() })
        .collect();
    // The digits speak for every key: the transaction is of them all.
    let names: Vec<&str> = holders.iter().map(|key| key.thumbprint.as_str()).collect();
    let transaction_id = issuer.secrets.transaction_id(&token, &names.join(" "));
    let digits = proven.holders.first().map(|key| confirmation_digits(key, &transaction_id));
    let issuance = Issuance {
        token,
        nonces: proven.nonces,
        configuration,
        holders,
        transaction: secrets::hash(&transaction_id),
        digits: digits.unwrap_or_default(),
        kid: material.kid.clone(),
        issued_at: material.issued_at,
        expires_at: material.expires_at,
    };
    let recorded = to_the_end(record(Arc::clone(&issuer), issuance))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;
    let Some(issued) = recorded else {
        return answer.give(StatusCode::ACCEPTED, &deferred::later(transaction_id));
    };
    let response = issue::respond(&issuer, &material, &issued, &proven.holders, true)?;
    answer.give(StatusCode::OK, &response)
}

/// Records the copies and publishes what that has changed; `None` when HR is to compare first.
async fn record(
    issuer: Arc<Issuer>,
    issuance: Issuance,
) -> Result<Option<IssuedCopies>, ProtocolError> {
    match issuer.store.record_issuance(issuance).await? {
        Recorded::Copies(issued) => {
            issue::publish(&issuer, &issued).await?;
            Ok(Some(*issued))
        }
        Recorded::Deferred(passport) => {
            issuer.watch.changed(passport);
            Ok(None)
        }
        refused => Err(refusal(&refused)),
    }
}

/// "Credential Request": by identifier when the token response gave identifiers, else by
/// configuration. Gives the configuration.
fn check_target(
    issuer: &Issuer,
    grant: &Grant,
    target: &CredentialTarget,
) -> Result<String, ErrorResponse<CredentialErrorCode>> {
    use CredentialErrorCode::{
        InvalidCredentialRequest, UnknownCredentialConfiguration, UnknownCredentialIdentifier,
    };
    match (target, grant.by_identifier) {
        (CredentialTarget::Configuration(id), false) => {
            if issuer.catalogue.by_configuration(id).is_none() {
                return Err(ErrorResponse::of(UnknownCredentialConfiguration));
            }
            if !grant.configurations.contains(id) {
                let sentence = "the access token is not for this credential";
                return Err(ErrorResponse::new(InvalidCredentialRequest, sentence));
            }
            Ok(id.clone())
        }
        (CredentialTarget::Identifier(id), true) => grant
            .configurations
            .iter()
            .find(|configuration| &identifier(configuration) == id)
            .cloned()
            .ok_or_else(|| ErrorResponse::of(UnknownCredentialIdentifier)),
        (CredentialTarget::Identifier(_), false) => {
            Err(ErrorResponse::of(UnknownCredentialIdentifier))
        }
        (CredentialTarget::Configuration(_), true) => Err(ErrorResponse::new(
            InvalidCredentialRequest,
            "the token response gave credential_identifiers: use one",
        )),
    }
}

fn refusal(refused: &Recorded) -> ProtocolError {
    use CredentialErrorCode::{CredentialRequestDenied, InvalidNonce};
    match refused {
        Recorded::NonceUsed => ErrorResponse::new(InvalidNonce, "fetch a new nonce").into(),
        Recorded::TokenSpent => {
            let sentence = "this token is bound to other keys";
            ErrorResponse::new(CredentialRequestDenied, sentence).into()
        }
        Recorded::Closed => {
            ErrorResponse::new(CredentialRequestDenied, "this credential is no longer offered")
                .into()
        }
        Recorded::Denied => {
            let sentence = "HR has compared the digits and refused this key";
            ErrorResponse::new(CredentialRequestDenied, sentence).into()
        }
        Recorded::NoStatusIndex => ProtocolError::unavailable("a new status list opens soon"),
        Recorded::TokenInvalid | Recorded::Copies(_) | Recorded::Deferred(_) => access::refused(),
    }
}
