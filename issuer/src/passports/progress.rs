//! How far an offer is, live.

use std::sync::Arc;

use serde::Serialize;
use server::Problem;

use crate::state::Issuer;
use crate::store::{PassportId, PassportState};

/// A step of an offer's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Step {
    /// No offer was made yet.
    None,
    /// For the wallet.
    Waiting,
    /// The wallet has given the transaction code.
    Collected,
    /// HR is to compare six digits.
    Confirm,
    /// HR has compared; the wallet fetches it.
    Confirmed,
    /// The wallet has it, and has said nothing yet (other people's wallets may never).
    Issued,
    /// The staff member keeps it.
    Accepted,
    /// The staff member refuses it.
    Rejected,
    /// The digits differed.
    Refused,
    /// HR took it back.
    Withdrawn,
    /// Too many wrong transaction codes came.
    Killed,
    /// Nobody came in time.
    Expired,
}

/// How far the latest offer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The passport.
    pub id: PassportId,
    /// Where it is.
    pub state: PassportState,
    /// How far its latest offer is.
    pub step: Step,
    /// The six digits that the phone must show, while HR is to compare them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// When the step ends by itself: the offer, or the time to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Wrong transaction codes so far.
    pub wrong_tx_codes: u8,
    /// Why the staff member refuses: INCORRECT, DUPLICATE, NOT_WANTED or OTHER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection_reason: Option<String>,
    /// In the staff member's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection_words: Option<String>,
}

/// How far the latest offer is.
///
/// # Errors
/// 404.
pub async fn progress(issuer: &Arc<Issuer>, id: PassportId) -> Result<Progress, Problem> {
    let _ = (issuer, id);
    Err(Problem::internal("not built yet"))
}
