//! `POST /credential` (OpenID4VCI 1.0, "Credential Endpoint"): one token, one copy. When the answer
//! was lost, the same token with a fresh proof by the same key gives the same copy again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use keys::SigningKey;
use serde_json::{Map, Value, json};
use vc::jwk::PublicKey;
use vc::oid4vci::{
    BearerErrorCode, CredentialErrorCode, CredentialRequest, CredentialResponse, CredentialTarget,
    ErrorResponse, ProofPolicy, Proofs, verify_proof,
};
use vc::sd_jwt;
use vc::time::UnixTime;

use crate::catalogue::CredentialType;
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::token::identifier;
use crate::oid4vci::{HOLDER_ALGORITHMS, NO_STORE, body};
use crate::secrets;
use crate::state::{Issuer, to_the_end};
use crate::status::list_uri;
use crate::store::{Copy, Grant, Issuance, NonceUse, Recorded, SecretHash};

/// Oldest proof.
const MAX_PROOF_AGE: i64 = 5 * 60;
/// How far a holder's clock may be ahead.
const CLOCK_SKEW: i64 = 60;
const JSON: &str = "application/json";
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A proof that holds, with a nonce of ours.
struct Proof {
    holder: PublicKey,
    nonce: NonceUse,
}

/// Issues the copy that the access token allows.
pub async fn credential(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<impl IntoResponse, ProtocolError> {
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

    let kind = issuer
        .catalogue
        .by_configuration(&grant.configuration)
        .ok_or_else(|| ErrorResponse::of(CredentialErrorCode::CredentialRequestDenied))?;
    let now = issuer.signing_time()?;
    let claims = issuer.claims_of(&grant.passport).await?;
    let lifetime = i64::from(kind.lifetime_days).saturating_mul(DAY_SECONDS);
    let issuance = Issuance {
        token,
        nonce: proof.nonce,
        holder: proof.holder.thumbprint().to_string(),
        kid: issuer.signing_kid.clone(),
        issued_at: now,
        expires_at: now.saturating_add(lifetime),
    };
    let (subject_ref, copy) = to_the_end(record(Arc::clone(&issuer), issuance))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;

    let claims = credential_claims(&issuer, kind, &subject_ref, &proof.holder, &copy, claims);
    let key = issuer.ring.by_kid(&copy.kid).ok_or_else(ProtocolError::no_key)?;
    let text = sign(kind, key, &claims)?;
    Ok(([NO_STORE], Json(CredentialResponse::issued([text], None).to_json())))
}

/// Records the copy and publishes the list that was opened on the way.
async fn record(issuer: Arc<Issuer>, issuance: Issuance) -> Result<(String, Copy), ProtocolError> {
    match issuer.store.record_issuance(issuance).await? {
        Recorded::Copy { subject_ref, copy, opened } => {
            if let Some(list) = opened {
                issuer.status.open(list).await?;
            }
            Ok((subject_ref, copy))
        }
        refused => Err(refusal(&refused)),
    }
}

/// The token of `Authorization: Bearer` (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, ProtocolError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ProtocolError::unauthorised(None))?
        .to_str()
        .unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ProtocolError::unauthorised(None)),
    }
}

async fn grant(issuer: &Issuer, token: &SecretHash) -> Result<Grant, ProtocolError> {
    issuer
        .store
        .grant(token)
        .await?
        .filter(|grant| issuer.clock.now() < grant.expires_at)
        .ok_or_else(|| ProtocolError::unauthorised(Some(BearerErrorCode::InvalidToken)))
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
            let sentence = "this token has given its credential to another key";
            ErrorResponse::new(CredentialRequestDenied, sentence).into()
        }
        Recorded::Closed => {
            ErrorResponse::new(CredentialRequestDenied, "this credential is no longer offered")
                .into()
        }
        Recorded::NoStatusIndex => ProtocolError::unavailable("a new status list opens soon"),
        Recorded::TokenInvalid | Recorded::Copy { .. } => {
            ProtocolError::unauthorised(Some(BearerErrorCode::InvalidToken))
        }
    }
}

/// Everything that is signed: the technical claims first, then the person's.
fn credential_claims(
    issuer: &Issuer,
    kind: &CredentialType,
    subject_ref: &str,
    holder: &PublicKey,
    copy: &Copy,
    mut checks: Map<String, Value>,
) -> Map<String, Value> {
    let settings = &issuer.settings;
    let base_url = settings.base_url.as_str();
    let uri = list_uri(base_url, copy.entry.list);
    let technical = [
        ("iss", json!(base_url)),
        ("vct", json!(kind.vct)),
        ("iat", json!(copy.issued_at)),
        ("exp", json!(copy.expires_at)),
        ("status", json!({ "status_list": { "idx": copy.entry.index, "uri": uri } })),
        ("cnf", json!({ "jwk": holder.to_jwk() })),
        ("subject_ref", json!(subject_ref)),
        ("employer", json!({ "ods": settings.ods, "name": settings.name })),
    ];
    for (name, value) in technical {
        checks.insert(name.to_owned(), value);
    }
    checks
}

fn sign(
    kind: &CredentialType,
    key: &SigningKey,
    claims: &Map<String, Value>,
) -> Result<String, ProtocolError> {
    let issuance = sd_jwt::Issuance {
        algorithm: key.algorithm(),
        kid: key.kid(),
        x5c: &[],
        claims,
        hide: &kind.hide,
    };
    let unsigned =
        issuance.prepare(&mut secrets::rng()).map_err(|error| ProtocolError::internal(&error))?;
    let signature = key.sign(unsigned.signing_input());
    Ok(unsigned.finish(&signature))
}
