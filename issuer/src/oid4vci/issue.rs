//! From a recorded copy to the signed credential.

use keys::SigningKey;
use serde_json::{Map, Value, json};
use vc::jwk::PublicKey;
use vc::oid4vci::{CredentialErrorCode, CredentialResponse, ErrorResponse};
use vc::sd_jwt;

use crate::catalogue::CredentialType;
use crate::oid4vci::error::ProtocolError;
use crate::profiles::Profile;
use crate::secrets;
use crate::state::Issuer;
use crate::status::list_uri;
use crate::store::{Copy, Grant, IssuedCopies};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What a copy will be made of, gathered before anything is recorded.
pub(super) struct Material<'a> {
    kind: &'a CredentialType,
    profile: Profile,
    claims: Map<String, Value>,
    /// `kid` of the key that will sign.
    pub(super) kid: String,
    /// `iat`, and now.
    pub(super) issued_at: i64,
    /// `exp`.
    pub(super) expires_at: i64,
}

/// Gathers it.
pub(super) async fn material<'a>(
    issuer: &'a Issuer,
    grant: &Grant,
    configuration: &str,
) -> Result<Material<'a>, ProtocolError> {
    let denied = || ErrorResponse::of(CredentialErrorCode::CredentialRequestDenied);
    let (kind, profile) = issuer.catalogue.by_configuration(configuration).ok_or_else(denied)?;
    let kid = issuer.signers.kid(profile).ok_or_else(denied)?.to_owned();
    let issued_at = issuer.signing_time()?;
    let claims = issuer.claims_of(&grant.passport).await?;
    let lifetime = i64::from(kind.lifetime_days).saturating_mul(DAY_SECONDS);
    let expires_at = issued_at.saturating_add(lifetime);
    Ok(Material { kind, profile, claims, kid, issued_at, expires_at })
}

/// Makes public what recording copies has changed: a list that was opened on the way, copies on
/// other phones that are superseded.
pub(super) async fn publish(issuer: &Issuer, issued: &IssuedCopies) -> Result<(), ProtocolError> {
    for list in &issued.opened {
        issuer.status.open(list.clone()).await?;
    }
    issuer.status.change(issued.changed.clone()).await?;
    issuer.watch.changed(issued.passport);
    Ok(())
}

/// Signs the recorded copies, one for each key. Other people's deferred clients refuse a
/// `notification_id`, so it may be left out.
pub(super) fn respond(
    issuer: &Issuer,
    material: &Material<'_>,
    issued: &IssuedCopies,
    holders: &[PublicKey],
    notify: bool,
) -> Result<CredentialResponse, ProtocolError> {
    let Material { kind, profile, claims, .. } = material;
    // For other people's wallets; in a QR code it would take 66 bytes to tell hosts what they know.
    let integrity = match profile {
        Profile::Native => None,
        Profile::Es256 => Some(kind.integrity.as_str()),
    };
    let texts = issued
        .copies
        .iter()
        .zip(holders)
        .map(|(copy, holder)| {
            let checks = claims.clone();
            let claims = credential_claims(
                issuer,
                (kind, integrity),
                &issued.subject_ref,
                holder,
                copy,
                checks,
            );
            let key = issuer.ring.by_kid(&copy.kid).ok_or_else(ProtocolError::no_key)?;
            sign(kind, key, issuer.ring.chain(&copy.kid), &claims)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let first = issued.copies.first().filter(|_| notify);
    let notification_id = first.map(|copy| issuer.secrets.notification_id(copy.entry));
    Ok(CredentialResponse::issued(texts, notification_id))
}

/// Everything that is signed: the technical claims first, then the person's.
fn credential_claims(
    issuer: &Issuer,
    (kind, integrity): (&CredentialType, Option<&str>),
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
    if let Some(integrity) = integrity {
        checks.insert("vct#integrity".to_owned(), json!(integrity));
    }
    checks
}

fn sign(
    kind: &CredentialType,
    key: &SigningKey,
    x5c: &[Vec<u8>],
    claims: &Map<String, Value>,
) -> Result<String, ProtocolError> {
    let issuance = sd_jwt::Issuance {
        algorithm: key.algorithm(),
        kid: key.kid(),
        x5c,
        claims,
        hide: &kind.hide,
    };
    let unsigned =
        issuance.prepare(&mut secrets::rng()).map_err(|error| ProtocolError::internal(&error))?;
    let signature = key.sign(unsigned.signing_input());
    Ok(unsigned.finish(&signature))
}
