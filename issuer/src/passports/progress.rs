//! How far an offer is, live.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use server::{Authorised, Problem};
use tokio::time::Instant;

use crate::oid4vci::NO_STORE;
use crate::passports::watch::News;
use crate::passports::{ReadPassports, id_of, instant, known};
use crate::state::Issuer;
use crate::store::{OfferStep, Passport, PassportId, PassportState};

/// A stream ends after this time, and a page that still looks begins another.
const STREAM_LASTS: Duration = Duration::from_secs(10 * 60);

/// A step of an offer's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
    /// Nobody came in time, or nobody compared.
    Expired,
}

/// How far the latest offer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
    of(issuer, &known(issuer, id).await?).await
}

/// The same as it changes: the first comes at once. Ends after some minutes.
pub fn follow(issuer: &Arc<Issuer>, id: PassportId) -> Follow {
    let news = issuer.watch.of(id);
    Follow {
        issuer: Arc::clone(issuer),
        id,
        news,
        shown: None,
        until: Instant::now() + STREAM_LASTS,
    }
}

/// The progress of one passport as it changes.
pub struct Follow {
    issuer: Arc<Issuer>,
    id: PassportId,
    news: News,
    shown: Option<Progress>,
    until: Instant,
}

impl Follow {
    /// The next that differs from the one before; `None` at the end.
    pub async fn next(&mut self) -> Option<Progress> {
        loop {
            if Instant::now() >= self.until {
                return None;
            }
            if self.shown.is_some() {
                self.news.next().await;
            }
            let now = progress(&self.issuer, self.id).await.ok()?;
            if self.shown.as_ref() != Some(&now) {
                self.shown = Some(now.clone());
                return Some(now);
            }
        }
    }
}

/// Of a passport that was read.
pub(super) async fn of(issuer: &Issuer, passport: &Passport) -> Result<Progress, Problem> {
    let now = issuer.clock.now();
    let latest = passport.latest.as_ref();
    let step = latest.map_or(Step::None, |latest| {
        let in_time = now < latest.expires_at;
        match latest.step {
            OfferStep::Waiting if in_time => Step::Waiting,
            OfferStep::Collected if in_time => Step::Collected,
            OfferStep::Confirm if in_time => Step::Confirm,
            OfferStep::Confirmed if in_time => Step::Confirmed,
            OfferStep::Waiting
            | OfferStep::Collected
            | OfferStep::Confirm
            | OfferStep::Confirmed
            | OfferStep::Expired => Step::Expired,
            OfferStep::Issued => Step::Issued,
            OfferStep::Accepted => Step::Accepted,
            OfferStep::Rejected => Step::Rejected,
            OfferStep::Refused => Step::Refused,
            OfferStep::Withdrawn => Step::Withdrawn,
            OfferStep::Killed => Step::Killed,
        }
    });
    let on_its_way =
        matches!(step, Step::Waiting | Step::Collected | Step::Confirm | Step::Confirmed);
    let rejection = passport.rejection.as_ref();
    let words = match rejection.and_then(|rejection| rejection.note.as_deref()) {
        Some(note) => issuer.person(&passport.subject_ref).await?.open_note(note),
        None => None,
    };
    Ok(Progress {
        id: passport.id,
        state: passport.state,
        step,
        digits: latest.filter(|_| step == Step::Confirm).and_then(|latest| latest.digits.clone()),
        expires_at: latest.filter(|_| on_its_way).map(|latest| instant(latest.expires_at)),
        wrong_tx_codes: latest.map_or(0, |latest| latest.wrong_tries),
        rejection_reason: rejection
            .and_then(|rejection| rejection.reason)
            .map(|reason| reason.name().to_owned()),
        rejection_words: words,
    })
}

/// `GET /api/v1/passports/{id}/progress`
pub async fn get(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    Ok(([NO_STORE], Json(progress(&issuer, id_of(&id)?).await?)))
}

/// `GET /api/v1/passports/{id}/events`: server-sent events, each a progress.
pub async fn events(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = id_of(&id)?;
    known(&issuer, id).await?;
    Ok(([NO_STORE], Sse::new(stream(&issuer, id)).keep_alive(KeepAlive::default())))
}

/// Progress as server-sent events.
pub fn stream(
    issuer: &Arc<Issuer>,
    id: PassportId,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<> {
    stream::unfold(follow(issuer, id), |mut follow| async move {
        let progress = follow.next().await?;
        let event = Event::default().event("progress").json_data(progress).unwrap_or_default();
        Some((Ok(event), follow))
    })
}
