//! `POST /api/v1/passports/{id}/vc-jwt`: the passport as a W3C credential (VCDM 2.0 in VC-JOSE-COSE)
//! for HR's own systems. It is held by nobody's key: it proves what was attested, not who shows it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use server::{Authorised, Problem};
use vc::bitstring::{Purpose, StatusEntry};
use vc::time::UnixTime;
use vc::vcdm::{CONTEXT, Issuance, date_time};

use crate::catalogue::CredentialType;
use crate::oid4vci::NO_STORE;
use crate::passports::{WritePassports, id_of, known, not_done};
use crate::profiles::Profile;
use crate::state::{Issuer, to_the_end};
use crate::status::bitstring_url;
use crate::store::{Copy, Downloaded, NewDownload, PassportId};

/// For members that no other context explains (VCDM 2.0, B.3).
const UNDEFINED_TERMS: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";
const VC_JWT: HeaderValue = HeaderValue::from_static("application/vc+jwt");
const FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"passport.vc.jwt\"");
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Signs the checks of a passport in use as they are now, with a status entry of its own.
///
/// # Errors
/// 404; 409 when the passport is not in use; 503 when no status index is free yet.
pub async fn download(issuer: &Arc<Issuer>, who: &str, id: PassportId) -> Result<String, Problem> {
    let passport = known(issuer, id).await?;
    let (kind, _) = issuer
        .catalogue
        .by_configuration(&passport.configuration)
        .ok_or_else(|| Problem::conflict("NO_SUCH_TYPE", "This type is not issued any more."))?;
    let signers = &issuer.signers;
    let kid = signers.kid(Profile::Native).or_else(|| signers.certified_first());
    let key = kid.and_then(|kid| issuer.ring.by_kid(kid)).ok_or_else(no_key)?;
    let issued_at = issuer.signing_time().map_err(|error| unavailable().logged(error))?;
    let claims = issuer.claims_of(&id).await?;
    let lifetime = i64::from(kind.lifetime_days).saturating_mul(DAY_SECONDS);
    let new = NewDownload {
        id,
        kid: key.kid().to_owned(),
        who: who.to_owned(),
        issued_at,
        expires_at: issued_at.saturating_add(lifetime),
    };
    let recorded =
        to_the_end(record(Arc::clone(issuer), new)).await.map_err(Problem::internal)??;
    let document = document(issuer, kind, &recorded, claims);
    let issuance = Issuance {
        algorithm: key.algorithm(),
        kid: key.kid(),
        credential: &document,
        issued_at: UnixTime(recorded.copy.issued_at),
        expires_at: Some(UnixTime(recorded.copy.expires_at)),
        holder: None,
    };
    let input = issuance.prepare().map_err(Problem::internal)?;
    let signature = key.sign(input.signing_input());
    tracing::info!(passport.id = %id, "passport {id} is downloaded");
    Ok(input.finish(&signature))
}

struct Made {
    subject_ref: String,
    copy: Copy,
}

/// Records it, and publishes a list that was opened on the way.
async fn record(issuer: Arc<Issuer>, new: NewDownload) -> Result<Made, Problem> {
    let id = new.id;
    match issuer.store.record_download(new).await? {
        Downloaded::Copy { subject_ref, copy, opened } => {
            for list in opened {
                issuer.status.open(list).await.map_err(Problem::internal)?;
            }
            issuer.watch.changed(id);
            Ok(Made { subject_ref, copy })
        }
        Downloaded::Not(why) => Err(not_done(why)),
        Downloaded::NoStatusIndex => Err(unavailable()),
    }
}

fn document(
    issuer: &Issuer,
    kind: &CredentialType,
    made: &Made,
    claims: Map<String, Value>,
) -> Map<String, Value> {
    let settings = &issuer.settings;
    let base_url = settings.base_url.as_str();
    let Copy { entry, issued_at, expires_at, .. } = made.copy;
    let statuses: Vec<Value> = [Purpose::Revocation, Purpose::Suspension]
        .into_iter()
        .map(|purpose| {
            let url = bitstring_url(base_url, entry.list, &purpose);
            StatusEntry::new(purpose, u64::from(entry.index), &url).to_json()
        })
        .collect();
    let mut subject = claims;
    subject.insert("subject_ref".to_owned(), json!(made.subject_ref));
    let employer = json!({ "ods": settings.ods, "name": settings.name });
    subject.insert("employer".to_owned(), employer);
    let members = [
        ("@context", json!([CONTEXT, UNDEFINED_TERMS])),
        ("type", json!(["VerifiableCredential", kind.vct])),
        ("issuer", json!(base_url)),
        ("validFrom", json!(date_time::format(UnixTime(issued_at)))),
        ("validUntil", json!(date_time::format(UnixTime(expires_at)))),
        ("credentialSubject", Value::Object(subject)),
        ("credentialStatus", json!(statuses)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn no_key() -> Problem {
    Problem::conflict("NO_KEY_FOR_PROFILE", "This issuer has no key to sign with.")
}

fn unavailable() -> Problem {
    Problem::unavailable("Nothing is signed just now. Try again in a minute.")
}

/// The route.
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let text = download(&issuer, &caller.caller.who(), id_of(&id)?).await?;
    let headers = [(header::CONTENT_TYPE, VC_JWT), (header::CONTENT_DISPOSITION, FILE), NO_STORE];
    Ok((headers, text))
}
