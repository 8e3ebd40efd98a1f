//! Offers: what HR hands over, and taking it back.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};
use server::Problem;

use crate::passports::PassportView;
use crate::state::Issuer;
use crate::store::{OfferReason, PassportId, PassportState, WithdrawalReason};

/// Whether HR compares six digits with the phone before the passport leaves (`confirm_key`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmKey {
    /// HR compares: the rule for people's sessions.
    Compare,
    /// HR does without for this one offer; that is audited.
    Waived,
    /// Nobody is there to compare: the caller has the scope for it.
    Unattended,
}

/// An offer as HR hands it over.
#[derive(Clone, Debug, Serialize)]
pub struct OfferInHand {
    /// `openid-credential-offer://…`, the text of the QR code.
    pub uri: String,
    /// Six digits for the staff member.
    pub tx_code: String,
    /// RFC 3339.
    pub expires_at: String,
    /// Whether HR will compare six digits.
    pub confirm_key: bool,
    /// The QR code as SVG.
    pub qr_svg: String,
    /// The QR code as a `data:` URI of a PNG.
    pub qr_png: String,
}

/// What HR gets back for an offer.
#[derive(Clone, Debug, Serialize)]
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
/// 404; 409 when its state does not allow it; 422 when the draft has faults.
pub async fn offer(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    reason: OfferReason,
    confirm_key: ConfirmKey,
) -> Result<Offered, Problem> {
    let _ = (issuer, who, id, reason, confirm_key);
    Err(Problem::internal("not built yet"))
}

/// The open offer of a passport, to show it again.
///
/// # Errors
/// 404; 409 when no offer is open.
pub async fn in_hand(issuer: &Arc<Issuer>, id: PassportId) -> Result<OfferInHand, Problem> {
    let _ = (issuer, id);
    Err(Problem::internal("not built yet"))
}

/// Takes an open offer back. A passport that no wallet has is WITHDRAWN then; one that a wallet
/// has stays as it is.
///
/// # Errors
/// 404; 409 when no offer is open.
pub async fn withdraw(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    reason: WithdrawalReason,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let _ = (issuer, who, id, reason, note);
    Err(Problem::internal("not built yet"))
}

/// What a draft or a passport says.
pub type Claims = Map<String, Value>;
