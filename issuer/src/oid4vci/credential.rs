//! `POST /credential` (OpenID4VCI 1.0, "Credential Endpoint"): one token, one copy. When the answer
//! was lost, the same token with a fresh proof by the same key gives the same copy again. Where HR
//! is to compare six digits with the phone first, the answer is a transaction (`deferred.rs`).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use vc::jwk::PublicKey;
use vc::oid4vci::{
    CredentialErrorCode, CredentialRequest, CredentialTarget, ErrorResponse, ProofPolicy, Proofs,
    confirmation_digits, verify_proof,
};
use vc::time::UnixTime;

use crate::oid4vci::access::{self, bearer, grant};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::token::identifier;
use crate::oid4vci::{HOLDER_ALGORITHMS, JSON, NO_STORE, body, deferred, issue};
use crate::secrets;
use crate::state::{Issuer, to_the_end};
use crate::store::{Grant, Issuance, IssuedCopy, NonceUse, Recorded};

/// Oldest proof.
const MAX_PROOF_AGE: i64 = 5 * 60;
/// How far a holder's clock may be ahead.
const CLOCK_SKEW: i64 = 60;

/// A proof that holds, with a nonce of ours.
struct Proof {
    holder: PublicKey,
    nonce: NonceUse,
}

/// Issues the copy that the access token allows.
pub async fn credential(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    let token = secrets::hash(bearer(request.headers())?);
    let grant = grant(&issuer, &token).await?;
    let bytes = body(request, JSON)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_credential_request", JSON))?;
    let request = CredentialRequest::parse(&bytes)?;
    check_target(&issuer, &grant, &request.target)?;
    if request.response_encryption.is_some() {
        let code = CredentialErrorCode::InvalidEncryptionParameters;
        return Err(ErrorResponse::new(code, "responses are not encrypted here").into());
    }
    let proof = check_proofs(&issuer, request.proofs.as_ref())?;

    let material = issue::material(&issuer, &grant).await?;
    let thumbprint = proof.holder.thumbprint().to_string();
    let transaction_id = issuer.secrets.transaction_id(&token, &thumbprint);
    let issuance = Issuance {
        token,
        nonce: proof.nonce,
        holder: thumbprint,
        holder_jwk: proof.holder.to_jwk(),
        transaction: secrets::hash(&transaction_id),
        digits: confirmation_digits(&proof.holder, &transaction_id),
        kid: issuer.signing_kid.clone(),
        issued_at: material.issued_at,
        expires_at: material.expires_at,
    };
    let recorded = to_the_end(record(Arc::clone(&issuer), issuance))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;
    let Some(issued) = recorded else {
        return Ok(deferred::later(transaction_id));
    };
    let response = issue::respond(&issuer, material, &issued, &proof.holder, true)?;
    Ok(([NO_STORE], Json(response.to_json())).into_response())
}

/// Records the copy and publishes what that has changed; `None` when HR is to compare first.
async fn record(
    issuer: Arc<Issuer>,
    issuance: Issuance,
) -> Result<Option<IssuedCopy>, ProtocolError> {
    match issuer.store.record_issuance(issuance).await? {
        Recorded::Copy(issued) => {
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
/// configuration.
fn check_target(
    issuer: &Issuer,
    grant: &Grant,
    target: &CredentialTarget,
) -> Result<(), ErrorResponse<CredentialErrorCode>> {
    use CredentialErrorCode::{
        InvalidCredentialRequest, UnknownCredentialConfiguration, UnknownCredentialIdentifier,
    };
    match (target, grant.by_identifier) {
        (CredentialTarget::Configuration(id), false) => {
            if issuer.catalogue.by_configuration(id).is_none() {
                return Err(ErrorResponse::of(UnknownCredentialConfiguration));
            }
            if id != &grant.configuration {
                let sentence = "the access token is not for this credential";
                return Err(ErrorResponse::new(InvalidCredentialRequest, sentence));
            }
            Ok(())
        }
        (CredentialTarget::Identifier(id), true) if id == &identifier(&grant.configuration) => {
            Ok(())
        }
        (CredentialTarget::Identifier(_), _) => Err(ErrorResponse::of(UnknownCredentialIdentifier)),
        (CredentialTarget::Configuration(_), true) => Err(ErrorResponse::new(
            InvalidCredentialRequest,
            "the token response gave credential_identifiers: use one",
        )),
    }
}

fn check_proofs(
    issuer: &Issuer,
    proofs: Option<&Proofs>,
) -> Result<Proof, ErrorResponse<CredentialErrorCode>> {
    use CredentialErrorCode::{InvalidNonce, InvalidProof};
    let jwt = match proofs {
        None => return Err(ErrorResponse::new(InvalidProof, "proofs is missing")),
        Some(Proofs::Other(_)) => {
            return Err(ErrorResponse::new(InvalidProof, "only jwt proofs are taken"));
        }
        Some(Proofs::Jwt(proofs)) => match proofs.as_slice() {
            [jwt] => jwt,
            _ => return Err(ErrorResponse::new(InvalidProof, "one proof only: no batches here")),
        },
    };
    let policy = ProofPolicy {
        credential_issuer: issuer.settings.base_url.as_str(),
        algorithms: &HOLDER_ALGORITHMS,
        max_age: MAX_PROOF_AGE,
        skew: CLOCK_SKEW,
        // Access is anonymous.
        client_id: None,
    };
    let now = issuer.clock.now();
    let proof = verify_proof(jwt, &policy, UnixTime(now))?;
    let nonce = proof.nonce.ok_or_else(|| ErrorResponse::new(InvalidProof, "nonce is missing"))?;
    let nonce = issuer
        .secrets
        .open_nonce(&nonce, now)
        .ok_or_else(|| ErrorResponse::new(InvalidNonce, "fetch a new nonce"))?;
    Ok(Proof { holder: proof.holder, nonce })
}

fn refusal(refused: &Recorded) -> ProtocolError {
    use CredentialErrorCode::{CredentialRequestDenied, InvalidNonce};
    match refused {
        Recorded::NonceUsed => ErrorResponse::new(InvalidNonce, "fetch a new nonce").into(),
        Recorded::TokenSpent => {
            let sentence = "this token is bound to another key";
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
        Recorded::TokenInvalid | Recorded::Copy(_) | Recorded::Deferred(_) => access::refused(),
    }
}
