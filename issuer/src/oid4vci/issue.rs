//! From a recorded copy to the signed credential.

use keys::SigningKey;
use serde_json::{Map, Value, json};
use vc::jwk::PublicKey;
use vc::oid4vci::{CredentialErrorCode, CredentialResponse, ErrorResponse};
use vc::sd_jwt;

use crate::catalogue::CredentialType;
use crate::oid4vci::error::ProtocolError;
use crate::secrets;
use crate::state::Issuer;
use crate::status::list_uri;
use crate::store::{Copy, Grant, IssuedCopy};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a copy will be made of, gathered before anything is recorded.
pub(super) struct Material<'a> {
    kind: &'a CredentialType,
    claims: Map<String, Value>,
    /// `iat`, and now.
    pub(super) issued_at: i64,
    /// `exp`.
    pub(super) expires_at: i64,
}

/// Gathers it.
pub(super) async fn material<'a>(
    issuer: &'a Issuer,
    grant: &Grant,
) -> Result<Material<'a>, ProtocolError> {
    let kind = issuer
        .catalogue
        .by_configuration(&grant.configuration)
        .ok_or_else(|| ErrorResponse::of(CredentialErrorCode::CredentialRequestDenied))?;
    let issued_at = issuer.signing_time()?;
    let claims = issuer.claims_of(&grant.passport).await?;
    let lifetime = i64::from(kind.lifetime_days).saturating_mul(DAY_SECONDS);
    Ok(Material { kind, claims, issued_at, expires_at: issued_at.saturating_add(lifetime) })
}

/// Makes public what recording a copy has changed: a list that was opened on the way, copies on
/// other phones that are superseded.
pub(super) async fn publish(issuer: &Issuer, issued: &IssuedCopy) -> Result<(), ProtocolError> {
    if let Some(list) = issued.opened.clone() {
        issuer.status.open(list).await?;
    }
    issuer.status.change(issued.changed.clone()).await?;
    issuer.watch.changed(issued.passport);
    Ok(())
}

/// Signs a recorded copy. Other people's deferred clients refuse a `notification_id`, so it may be
/// left out.
pub(super) fn respond(
    issuer: &Issuer,
    material: Material<'_>,
    issued: &IssuedCopy,
    holder: &PublicKey,
    notify: bool,
) -> Result<CredentialResponse, ProtocolError> {
    let Material { kind, claims, .. } = material;
    let IssuedCopy { subject_ref, copy, .. } = issued;
    let claims = credential_claims(issuer, kind, subject_ref, holder, copy, claims);
    let key = issuer.ring.by_kid(&copy.kid).ok_or_else(ProtocolError::no_key)?;
    let text = sign(kind, key, &claims)?;
    let notification_id = notify.then(|| issuer.secrets.notification_id(copy.entry));
    Ok(CredentialResponse::issued([text], notification_id))
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
