//! `POST /api/v1/passports`: a staff member's checks become a passport and its offer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};
use server::Authorised;
use server::{Problem, StrictJson};
use vc::oid4vci::OfferLink;

use crate::checks;
use crate::passports::offers::{ConfirmKey, Offered};
use crate::passports::{WritePassports, instant};
use crate::search;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{PassportDraft, PassportId, PassportState};

/// Longest body: it is kept sealed in one value of the store.
const MAX_BODY_BYTES: usize = 60 * 1024;
/// The type that is issued when nothing else is asked for.
const CONFIGURATION: &str = "employment-checks-1";
const OFFER_ID_BYTES: usize = 16;
const SUBJECT_REF_BYTES: usize = 16;
/// Pixels of a module in the PNG.
const PNG_SCALE: usize = 6;

/// What HR gets back, once.
#[derive(Debug, Serialize)]
pub struct Created {
    id: String,
    subject_ref: String,
    state: PassportState,
    created_at: String,
    offer: CreatedOffer,
}

#[derive(Debug, Serialize)]
struct CreatedOffer {
    uri: String,
    tx_code: String,
    expires_at: String,
    qr_svg: String,
    qr_png: String,
}

/// Records a whole passport and offers it at once.
///
/// # Errors
/// 422 with every fault; nothing is stored then.
pub async fn create(
    issuer: &Arc<Issuer>,
    who: &str,
    claims: Map<String, Value>,
    confirm_key: ConfirmKey,
) -> Result<Offered, Problem> {
    let _ = (issuer, who, claims, confirm_key);
    Err(Problem::internal("not built yet"))
}

/// Checks, seals and stores the document, and makes its first offer.
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    StrictJson(body): StrictJson<Map<String, Value>, MAX_BODY_BYTES>,
) -> Result<impl IntoResponse, Problem> {
    let now_ms = issuer.clock.now_ms();
    let now = issuer.clock.now();
    let checks = checks::accept(body, &issuer.settings, now)?;
    let document = serde_json::to_vec(&checks).map_err(Problem::internal)?;

    let mut rng = secrets::rng();
    let id = PassportId(uuid::Builder::from_random_bytes(secrets::random(&mut rng)).into_uuid());
    let subject_ref = secrets::random_text::<SUBJECT_REF_BYTES>(&mut rng);
    let offer_id = secrets::random_text::<OFFER_ID_BYTES>(&mut rng);
    let tx_code = secrets::random_tx_code(&mut rng);
    let code = secrets::hash(&issuer.secrets.offer_code(&offer_id));
    let expires_at = now.saturating_add(i64::from(issuer.settings.offer_seconds));
    // Before anything is stored, so that nothing is stored that HR cannot hand over.
    let offer = created_offer(&issuer, &offer_id, tx_code.clone(), expires_at)?;

    issuer
        .store
        .draft_passport(PassportDraft {
            id,
            subject_ref: subject_ref.clone(),
            configuration: CONFIGURATION.to_owned(),
            sealed: issuer.seal(&subject_ref, &document),
            index: search::index(&issuer.secrets, &checks),
            offer: secrets::hash(&offer_id),
            code,
            tx_code: Some(issuer.secrets.tx_code_hash(&code, &tx_code)),
            offer_expires_at: expires_at,
            who: caller.caller.who(),
            now_ms,
        })
        .await?;
    tracing::info!(passport.id = %id, "passport {id} is offered");

    let created = Created {
        id: id.to_string(),
        subject_ref,
        state: PassportState::Offered,
        created_at: instant(now),
        offer,
    };
    let location = format!("{}/api/v1/passports/{id}", issuer.settings.base_url);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((StatusCode::CREATED, headers, Json(created)))
}

fn created_offer(
    issuer: &Issuer,
    offer_id: &str,
    tx_code: String,
    expires_at: i64,
) -> Result<CreatedOffer, Problem> {
    let link = format!("{}/offers/{offer_id}", issuer.settings.base_url);
    let uri = OfferLink::ByReference(link).to_uri();
    let qr_svg = qr_picture::svg(&uri).map_err(Problem::internal)?;
    let png = qr_picture::png(&uri, PNG_SCALE).map_err(Problem::internal)?;
    let qr_png = format!("data:image/png;base64,{}", STANDARD.encode(png));
    Ok(CreatedOffer { uri, tx_code, expires_at: instant(expires_at), qr_svg, qr_png })
}
