//! `POST /api/v1/passports`: a staff member's checks become a passport and its offer, or a draft.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use server::{Authorised, Problem, StrictJson};

use crate::checks;
use crate::passports::approve::{Request, alone, ask, waits};
use crate::passports::offers::{Offered, confirm_key, fresh_offer, in_words};
use crate::passports::terms::{OfferedProfile, Terms};
use crate::passports::{MAX_BODY_BYTES, WritePassports, drafts, instant};
use crate::person::HandedOver;
use crate::search;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{Document, OfferReason, PassportDraft, PassportId, PassportState};

/// The type that is issued when nothing else is asked for.
const CONFIGURATION: &str = "employment-checks-1";
const SUBJECT_REF_BYTES: usize = 16;
const UNREADABLE: &str = "The address takes draft, confirm_key and pictures, each true or false, and profile, which is first, native, es256 or any; each at most once, and nothing else.";

/// Records a whole passport and offers it at once.
///
/// # Errors
/// 422 with every fault; nothing is stored then.
pub async fn create(
    issuer: &Arc<Issuer>,
    who: &str,
    claims: Map<String, Value>,
    terms: impl Into<Terms>,
) -> Result<Offered, Problem> {
    let terms = terms.into();
    let now = issuer.clock.now();
    let checks = checks::accept(claims, &issuer.settings, now)?;
    let seconds = issuer.settings.offer_seconds;
    let (draft, handed_over) = whole_draft(issuer, who, &checks, terms, seconds)?;
    let expires_at = now.saturating_add(i64::from(seconds));
    let in_hand = in_words(issuer, handed_over, expires_at, terms.confirm_key);
    let (id, subject_ref) = (draft.id, draft.subject_ref.clone());

    issuer.store.draft_passport(draft).await?;
    issuer.watch.changed(id);
    tracing::info!(passport.id = %id, "passport {id} is offered");
    let state = PassportState::Offered;
    Ok(Offered { id, subject_ref, state, created_at: instant(now), offer: in_hand })
}

/// A new passport with its first offer, which is good for so many seconds.
pub(crate) fn whole_draft(
    issuer: &Issuer,
    who: &str,
    checks: &Map<String, Value>,
    terms: impl Into<Terms>,
    offer_seconds: u32,
) -> Result<(PassportDraft, HandedOver), Problem> {
    let mut draft = begin(issuer, who, checks, true, issuer.clock.now_ms())?;
    let (person, wrapped_key) = issuer.new_person(&draft.subject_ref);
    draft.wrapped_key = wrapped_key;
    draft.document.sealed = person.seal_document(&to_bytes(checks)?);
    let expires_at = issuer.clock.now().saturating_add(i64::from(offer_seconds));
    let terms = terms.into();
    let (mut offer, handed_over) =
        fresh_offer(issuer, &person, OfferReason::First, terms.confirm_key, expires_at);
    offer.configurations = issuer.configurations(&draft.configuration, terms.profile)?;
    draft.offer = Some(offer);
    Ok((draft, handed_over))
}

/// A new passport without its sealed values.
pub(super) fn begin(
    issuer: &Issuer,
    who: &str,
    checks: &Map<String, Value>,
    whole: bool,
    now_ms: i64,
) -> Result<PassportDraft, Problem> {
    let mut rng = secrets::rng();
    Ok(PassportDraft {
        id: PassportId(uuid::Builder::from_random_bytes(secrets::random(&mut rng)).into_uuid()),
        subject_ref: secrets::random_text::<SUBJECT_REF_BYTES>(&mut rng),
        configuration: CONFIGURATION.to_owned(),
        document: document(issuer, checks, whole),
        wrapped_key: vec![],
        offer: None,
        who: who.to_owned(),
        now_ms,
    })
}

/// A document without its sealed values.
pub(super) fn document(issuer: &Issuer, checks: &Map<String, Value>, whole: bool) -> Document {
    Document {
        sealed: vec![],
        index: search::index(&issuer.secrets, checks),
        whole,
        due_at: checks::due_at(checks),
    }
}

/// Values as they are sealed, of a length that the store takes.
pub(super) fn to_bytes(checks: &Map<String, Value>) -> Result<Vec<u8>, Problem> {
    let bytes = serde_json::to_vec(checks).map_err(Problem::internal)?;
    if bytes.len() > MAX_BODY_BYTES {
        let title = "The passport is too long";
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "PASSPORT_TOO_LONG", title)
            .detail(format!("A passport has at most {MAX_BODY_BYTES} bytes.")));
    }
    Ok(bytes)
}

/// What the address may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateQuery {
    #[serde(default)]
    draft: bool,
    confirm_key: Option<bool>,
    #[serde(default)]
    profile: OfferedProfile,
    #[serde(default)]
    pictures: bool,
}

/// The route.
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    query: Result<Query<CreateQuery>, QueryRejection>,
    StrictJson(body): StrictJson<Map<String, Value>, MAX_BODY_BYTES>,
) -> Result<Response, Problem> {
    let Query(query) =
        query.map_err(|error| Problem::bad_request("BAD_QUERY", UNREADABLE).logged(error))?;
    let who = caller.caller.who();
    if query.draft {
        let draft = drafts::save(&issuer, &who, None, body).await?;
        return Ok(created(&issuer, draft.id, Json(draft)));
    }
    let confirm_key = confirm_key(&caller.caller, query.confirm_key)?;
    let terms = Terms { confirm_key, profile: query.profile };
    if !alone(&issuer, &caller.caller) {
        // The faults of the whole, before anything is stored.
        checks::accept(body.clone(), &issuer.settings, issuer.clock.now())?;
        let draft = drafts::save(&issuer, &who, None, body).await?;
        let asked = Request::Offer(OfferReason::First, terms);
        let view = ask(&issuer, &who, draft.id, asked, None).await?;
        return Ok(waits(view).into_response());
    }
    let mut offered = create(&issuer, &who, body, terms).await?;
    if query.pictures {
        offered.offer = offered.offer.with_pictures()?;
    }
    Ok(created(&issuer, offered.id, Json(offered)))
}

fn created(issuer: &Issuer, id: PassportId, body: impl IntoResponse) -> Response {
    let location = format!("{}/api/v1/passports/{id}", issuer.settings.base_url);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::CREATED, headers, body).into_response()
}
