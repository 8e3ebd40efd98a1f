//! Offers: what HR hands over, again and to a new phone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use server::tokens::Scope;
use server::{Authorised, Caller, Problem, StrictJson};
use vc::oid4vci::OfferLink;

use crate::oid4vci::NO_STORE;
use crate::passports::approve::{Request, alone, ask, waits};
use crate::passports::terms::{OfferedProfile, Terms};
use crate::passports::{
    IssueUnattended, ReadPassports, WritePassports, done_to_the_end, id_of, instant, known,
};
use crate::person::{HandedOver, Person};
use crate::secrets;
use crate::state::Issuer;
use crate::store::{NewOffer, OfferReason, OfferState, Offering, PassportId, PassportState};

pub use crate::passports::life::withdraw;
pub use crate::store::ConfirmKey;

/// What a draft or a passport says.
pub type Claims = Map<String, Value>;

const OFFER_ID_BYTES: usize = 16;
/// Pixels of a module in the PNG.
const PNG_SCALE: usize = 6;

/// An offer as HR hands it over.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OfferInHand {
    /// `openid-credential-offer://…`, the text of the QR code.
    pub uri: String,
    /// Six digits for the staff member.
    pub tx_code: String,
    /// What a wallet that begins by itself finds the offer by, beside the six digits.
    pub reference: String,
    /// RFC 3339.
    pub expires_at: String,
    /// Whether HR will compare six digits.
    pub confirm_key: bool,
    /// The QR code as SVG, when pictures are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_svg: Option<String>,
    /// The QR code as a `data:` URI of a PNG, when pictures are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_png: Option<String>,
}

impl OfferInHand {
    /// Draws the QR code, which costs more than all the rest of making an offer.
    ///
    /// # Errors
    /// 500, for an address that no QR code holds.
    pub(super) fn with_pictures(mut self) -> Result<Self, Problem> {
        let png = qr_picture::png(&self.uri, PNG_SCALE).map_err(Problem::internal)?;
        self.qr_png = Some(format!("data:image/png;base64,{}", STANDARD.encode(png)));
        self.qr_svg = Some(qr_picture::svg(&self.uri).map_err(Problem::internal)?);
        Ok(self)
    }
}

/// What HR gets back for an offer.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Offered {
    /// The passport.
    pub id: PassportId,
    /// The person.
    pub subject_ref: String,
    /// Where it is now.
    pub state: PassportState,
    /// When the passport was made.
    pub created_at: String,
    /// The offer.
    pub offer: OfferInHand,
}

/// Offers a passport: a draft that is whole, again, or to a new phone. An open offer before it
/// dies.
///
/// # Errors
/// 404; 409 when its state does not allow it, or the draft has faults.
pub async fn offer(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    reason: OfferReason,
    terms: impl Into<Terms>,
) -> Result<Offered, Problem> {
    let terms = terms.into();
    let now = issuer.clock.now();
    let passport = known(issuer, id).await?;
    let person = issuer.person(&passport.subject_ref).await?;
    let (mut offer, in_hand) = new_offer(issuer, &person, reason, terms.confirm_key, now);
    offer.configurations = issuer.configurations(&passport.configuration, terms.profile)?;
    let offering = Offering { id, offer, who: who.to_owned(), now };
    let passport =
        done_to_the_end(
            issuer,
            |issuer| async move { issuer.store.offer_passport(offering).await },
        )
        .await?;
    tracing::info!(passport.id = %id, "passport {id} is offered");
    Ok(Offered {
        id,
        subject_ref: passport.subject_ref,
        state: passport.state,
        created_at: instant(passport.created_at_ms.div_euclid(1000)),
        offer: in_hand,
    })
}

/// The open offer of a passport, to show it again.
///
/// # Errors
/// 404; 409 when no offer is open.
pub async fn in_hand(issuer: &Arc<Issuer>, id: PassportId) -> Result<OfferInHand, Problem> {
    let none = || Problem::conflict("NO_OPEN_OFFER", "No offer of this passport is open.");
    let passport = known(issuer, id).await?;
    let latest = passport.latest.as_ref().ok_or_else(none)?;
    let offer = issuer
        .store
        .offer(&latest.hash)
        .await?
        .filter(|offer| offer.state == OfferState::Open && issuer.clock.now() < offer.expires_at)
        .ok_or_else(none)?;
    let person = issuer.person(&passport.subject_ref).await?;
    let handed_over =
        offer.in_hand.as_deref().and_then(|sealed| person.open_offer(sealed)).ok_or_else(none)?;
    Ok(in_words(issuer, handed_over, offer.expires_at, offer.confirm_key))
}

/// A fresh offer for the store, and the same for HR.
pub(super) fn new_offer(
    issuer: &Issuer,
    person: &Person,
    reason: OfferReason,
    confirm_key: ConfirmKey,
    now: i64,
) -> (NewOffer, OfferInHand) {
    let expires_at = now.saturating_add(i64::from(issuer.settings.offer_seconds));
    let (offer, handed_over) = fresh_offer(issuer, person, reason, confirm_key, expires_at);
    (offer, in_words(issuer, handed_over, expires_at, confirm_key))
}

/// The same as it is kept; the caller adds the configurations.
pub(super) fn fresh_offer(
    issuer: &Issuer,
    person: &Person,
    reason: OfferReason,
    confirm_key: ConfirmKey,
    expires_at: i64,
) -> (NewOffer, HandedOver) {
    let mut rng = secrets::rng();
    let handed_over = HandedOver {
        offer: secrets::random_text::<OFFER_ID_BYTES>(&mut rng),
        tx_code: secrets::random_tx_code(&mut rng),
    };
    let code = secrets::hash(&issuer.secrets.offer_code(&handed_over.offer));
    let offer = NewOffer {
        hash: secrets::hash(&handed_over.offer),
        code,
        configurations: vec![],
        tx_code: Some(issuer.secrets.tx_code_hash(&code, &handed_over.tx_code)),
        found_by: vec![
            secrets::hash(&issuer.secrets.issuer_state(&handed_over.offer)),
            issuer.secrets.reference_hash(&issuer.secrets.reference(&handed_over.offer)),
        ],
        expires_at,
        confirm_key,
        in_hand: person.seal_offer(&handed_over),
        reason,
    };
    (offer, handed_over)
}

pub(super) fn in_words(
    issuer: &Issuer,
    handed_over: HandedOver,
    expires_at: i64,
    confirm_key: ConfirmKey,
) -> OfferInHand {
    let link = format!("{}/offers/{}", issuer.settings.base_url, handed_over.offer);
    let uri = OfferLink::ByReference(link).to_uri();
    OfferInHand {
        uri,
        tx_code: handed_over.tx_code,
        reference: issuer.secrets.reference(&handed_over.offer),
        expires_at: instant(expires_at),
        confirm_key: confirm_key == ConfirmKey::Compare,
        qr_svg: None,
        qr_png: None,
    }
}

/// Who vouches for the phone, as the caller may decide: a person waives, a machine needs a scope.
pub(crate) fn confirm_key(caller: &Caller, asked: Option<bool>) -> Result<ConfirmKey, Problem> {
    let (unattended, waives) = match caller {
        Caller::Token(token) => {
            (token.scopes.iter().any(|scope| scope == IssueUnattended::NAME), false)
        }
        Caller::Person(_) => (false, true),
    };
    match asked {
        Some(true) => Ok(ConfirmKey::Compare),
        None if unattended => Ok(ConfirmKey::Unattended),
        None => Ok(ConfirmKey::Compare),
        Some(false) if unattended => Ok(ConfirmKey::Unattended),
        Some(false) if waives => Ok(ConfirmKey::Waived),
        Some(false) => {
            let name = IssueUnattended::NAME;
            Err(Problem::new(StatusCode::FORBIDDEN, "SCOPE_MISSING", "Not allowed")
                .detail(format!("Issuing without comparing digits needs the scope {name}.")))
        }
    }
}

/// What a body says.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferBody {
    #[serde(default = "first")]
    reason: OfferReason,
    confirm_key: Option<bool>,
    #[serde(default)]
    profile: OfferedProfile,
}

fn first() -> OfferReason {
    OfferReason::First
}

/// `POST /api/v1/passports/{id}/offer`
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<OfferBody>,
) -> Result<Response, Problem> {
    let confirm_key = confirm_key(&caller.caller, body.confirm_key)?;
    let who = caller.caller.who();
    let terms = Terms { confirm_key, profile: body.profile };
    if !alone(&issuer, &caller.caller) {
        let asked = Request::Offer(body.reason, terms);
        return Ok(waits(ask(&issuer, &who, id_of(&id)?, asked, None).await?).into_response());
    }
    let offered = offer(&issuer, &who, id_of(&id)?, body.reason, terms).await?;
    Ok((StatusCode::CREATED, [NO_STORE], Json(offered)).into_response())
}

/// `GET /api/v1/passports/{id}/offer`: whoever may write may see it, for it can be redeemed.
pub async fn get(
    State(issuer): State<Arc<Issuer>>,
    _reader: Authorised<ReadPassports>,
    _writer: Authorised<WritePassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let offer = in_hand(&issuer, id_of(&id)?).await?.with_pictures()?;
    Ok(([NO_STORE], Json(offer)))
}
