//! What must hold before a credential is shown to the holder as received.

use serde_json::Value;
use vc::jwk::PublicKey;
use vc::oid4vci::JwtVcIssuerMetadata;
use vc::registry::{KeyState, Organisation};
use vc::sd_jwt::{UnverifiedSdJwt, VerifiedSdJwt};
use vc::status_list::{self, Status, VerifiedStatusList};
use vc::time::UnixTime;

use super::{CredentialFault, JSON, Source};
use crate::network::Network;

/// Content type of a status list token.
const STATUS_LIST: &str = "application/statuslist+jwt";
/// How far an issuer's clock may be ahead of ours, in seconds.
const CLOCK_SKEW: i64 = 60;

/// The issuer's keys, as far as they may sign a new credential or its status list.
struct IssuerKeys {
    issuing: Vec<(String, PublicKey)>,
    status: Vec<(String, PublicKey)>,
}

/// Issuer signature, type, dates, holder key, absence of key binding, status: in this order, and
/// the status is fetched only for a credential that holds (Token Status List, 8.3).
pub(super) async fn check(
    source: &Source,
    text: &str,
    holder: &PublicKey,
    network: &Network,
    now: UnixTime,
) -> Result<(VerifiedSdJwt, PublicKey), CredentialFault> {
    let unverified = UnverifiedSdJwt::parse(text).map_err(CredentialFault::SdJwt)?;
    // "An SD-JWT+KB MUST be rejected" when it comes from the issuer (RFC 9901, 7.2).
    if unverified.key_binding().is_some() {
        return Err(CredentialFault::KeyBindingAttached);
    }
    let keys = keys(source, network).await?;
    let kid = unverified.issuer_jwt().header().kid.as_deref();
    let key = choose(&keys.issuing, kid).ok_or(CredentialFault::UnknownKey)?.clone();
    let verified = unverified.verify_issuer(&key).map_err(CredentialFault::SdJwt)?;

    let claims = verified.claims();
    let is = |name: &str, wanted: &str| claims.get(name).and_then(Value::as_str) == Some(wanted);
    if !is("iss", &source.issuer.url) {
        return Err(CredentialFault::WrongIssuer);
    }
    if !is("vct", &source.vct) {
        return Err(CredentialFault::WrongType);
    }
    let date = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(UnixTime).map(Some).ok_or(CredentialFault::BadDate),
    };
    if date("exp")?.is_none_or(|end| end <= now) {
        return Err(CredentialFault::Expired);
    }
    if [date("iat")?, date("nbf")?].iter().flatten().any(|start| *start > now.plus(CLOCK_SKEW)) {
        return Err(CredentialFault::NotYetValid);
    }
    if verified.holder() != Some(holder) {
        return Err(CredentialFault::OtherHolder);
    }
    check_status(&verified, &keys.status, source.organisation.is_some(), network, now).await?;
    Ok((verified, key))
}

/// The status of a credential that is held already: `Ok` is VALID.
pub(super) async fn status_now(
    source: &Source,
    verified: &VerifiedSdJwt,
    network: &Network,
    now: UnixTime,
) -> Result<(), CredentialFault> {
    let keys = keys(source, network).await?;
    check_status(verified, &keys.status, true, network, now).await
}

async fn keys(source: &Source, network: &Network) -> Result<IssuerKeys, CredentialFault> {
    match &source.organisation {
        Some(organisation) => Ok(registered_keys(organisation)),
        None => published_keys(&source.issuer.url, network).await,
    }
}

async fn check_status(
    verified: &VerifiedSdJwt,
    keys: &[(String, PublicKey)],
    required: bool,
    network: &Network,
    now: UnixTime,
) -> Result<(), CredentialFault> {
    let reference =
        status_list::reference(verified.claims()).map_err(CredentialFault::StatusList)?;
    let Some(reference) = reference else {
        return if required { Err(CredentialFault::NoStatus) } else { Ok(()) };
    };
    let reply = network
        .get(&reference.uri, STATUS_LIST)
        .await
        .map_err(CredentialFault::StatusUnreachable)?;
    let token = match (reply.content_type.as_deref(), String::from_utf8(reply.bytes)) {
        (Some(STATUS_LIST), Ok(token)) => token,
        _ => return Err(CredentialFault::StatusList(status_list::StatusListError::Malformed)),
    };
    let list = VerifiedStatusList::verify(&token, &reference.uri, |kid| choose(keys, kid), now)
        .map_err(CredentialFault::StatusList)?;
    match list.status(reference.idx).map_err(CredentialFault::StatusList)? {
        Status::Valid => Ok(()),
        other => Err(CredentialFault::Status(other)),
    }
}

/// By `kid`; without one, the only key.
fn choose<'k>(keys: &'k [(String, PublicKey)], kid: Option<&str>) -> Option<&'k PublicKey> {
    match (kid, keys) {
        (Some(kid), keys) => keys.iter().find(|(named, _)| named == kid).map(|(_, key)| key),
        (None, [(_, only)]) => Some(only),
        (None, _) => None,
    }
}

fn registered_keys(organisation: &Organisation) -> IssuerKeys {
    let keys = organisation.issuer.iter().flat_map(|issuer| &issuer.keys);
    let named = |key: &vc::registry::IssuerKey| {
        (key.kid.clone().unwrap_or_else(|| key.jwk.kid()), key.jwk.clone())
    };
    let stands = |key: &&vc::registry::IssuerKey| key.state != KeyState::Compromised;
    let issues = |key: &&vc::registry::IssuerKey| key.state == KeyState::Active;
    IssuerKeys {
        issuing: keys.clone().filter(issues).map(named).collect(),
        status: keys.filter(stands).map(named).collect(),
    }
}

/// Keys that a stranger publishes of itself: nobody but the holder's own word vouches for them.
async fn published_keys(issuer: &str, network: &Network) -> Result<IssuerKeys, CredentialFault> {
    let address = JwtVcIssuerMetadata::well_known_url(issuer).ok_or(CredentialFault::UnknownKey)?;
    let reply = network.get(&address, JSON).await.map_err(CredentialFault::KeysUnreachable)?;
    let metadata = JwtVcIssuerMetadata::parse(&reply.bytes, issuer, network.transport())
        .map_err(CredentialFault::Keys)?;
    let jwks = metadata.jwks.unwrap_or_default();
    let keys: Vec<_> = jwks
        .verification_keys()
        .into_iter()
        .map(|(kid, key)| (kid.map_or_else(|| key.kid(), str::to_owned), key))
        .collect();
    Ok(IssuerKeys { issuing: keys.clone(), status: keys })
}
