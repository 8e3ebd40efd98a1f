//! Release: hosts give signed notice of whom they want to take on, HR approves or refuses, and the
//! signed answer waits where the host finds it.
//!
//! A host learns nothing from the way its notice is taken: one about a reference that nobody here
//! has waits like any other, until HR refuses it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use passport::movement::{Answer, MovementAnswer, MovementEnd, MovementError, MovementNotice};
use serde::{Deserialize, Serialize};
use serde_json::json;
use server::{Authorised, Problem, StrictJson};
use sha2::{Digest, Sha256};
use vc::time::UnixTime;
use vc::{base64url, jws};

use crate::oid4vci::NO_STORE;
use crate::oid4vci::error::ProtocolError;
use crate::passports::{ReadPassports, WritePassports, instant, sealed_note};
use crate::state::Issuer;
use crate::store::{
    Decided, Movement, MovementDecision, MovementId, MovementState, MovementsRequest, Notice,
    Noticed, RefusedRelease, SecretHash, StoreError,
};

/// Rows of a page when nothing else is asked for.
pub(crate) const LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;
const UNREADABLE: &str =
    "The address takes state, now, limit and cursor, each at most once, and nothing else.";

/// A movement as HR reads it.
#[derive(Clone, Debug, Serialize)]
pub struct MovementView {
    /// Its id.
    pub id: String,
    /// Whose; absent for a reference that nobody here has, or a person who is erased.
    pub passport: Option<String>,
    /// Of the person.
    pub given_name: Option<String>,
    /// Of the person.
    pub family_name: Option<String>,
    /// Where to.
    pub host: String,
    /// Kind of placement.
    pub kind: String,
    /// Staff group.
    pub staff_group: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day, included.
    pub end: NaiveDate,
    /// How far it is.
    pub state: MovementState,
    /// Why HR refused.
    pub reason: Option<RefusedRelease>,
    /// When it came.
    pub received_at: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
}

impl MovementView {
    pub(crate) async fn new(issuer: &Issuer, movement: Movement) -> Self {
        let claims = match &movement.passport {
            // Values that cannot be read leave the row nameless.
            Some(id) => issuer.claims_of(id).await.unwrap_or_default(),
            None => serde_json::Map::new(),
        };
        let name = |member: &str| Some(claims.get("identity")?.get(member)?.as_str()?.to_owned());
        Self {
            id: movement.id.to_string(),
            passport: movement.passport.map(|id| id.to_string()),
            given_name: name("given_name"),
            family_name: name("family_name"),
            host: movement.host.to_string(),
            kind: movement.kind.to_string(),
            staff_group: movement.staff_group.to_string(),
            start: movement.start,
            end: movement.end,
            state: movement.state,
            reason: movement.reason,
            received_at: instant(movement.received_at),
            decided_by: movement.decided_by,
            decided_at: movement.decided_at.map(instant),
        }
    }
}

/// Takes a host's notice: of a movement, or of an earlier end.
///
/// # Errors
/// 400 with `invalid_request` for whatever does not stand.
pub async fn notice(
    State(issuer): State<Arc<Issuer>>,
    body: Bytes,
) -> Result<Response, ProtocolError> {
    let invalid = |error: &MovementError| {
        ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_request").describe(plain(error))
    };
    if body.len() > jws::MAX_TOKEN_BYTES {
        return Err(ProtocolError::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request")
            .describe("the notice is too long"));
    }
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let (now, anchors) = (UnixTime(issuer.clock.now()), &issuer.settings.network_roots);
    let aud = issuer.settings.base_url.as_str();
    match MovementNotice::verify(text, aud, anchors, now) {
        Ok(notice) => {
            let message = notice.message();
            let id = MovementId(SecretHash(Sha256::digest(text.as_bytes()).into()));
            let movement = Movement {
                id,
                passport: None,
                host: notice.host().clone(),
                kind: message.kind,
                staff_group: message.staff_group,
                start: message.start,
                end: message.end,
                jti: message.jti.clone(),
                received_at: now.0,
                state: MovementState::Waiting,
                reason: None,
                decided_by: None,
                decided_at: None,
                answer: None,
            };
            let subject_ref = message.subject_ref.to_string();
            match issuer.store.record_notice(Notice { movement, subject_ref }).await? {
                Noticed::Recorded => Ok(waits(&issuer, id)),
                Noticed::JtiUsed => {
                    Err(ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_request")
                        .describe("the jti was used for another notice"))
                }
            }
        }
        Err(MovementError::Jws(jws::JwsError::WrongType { .. })) => {
            let end = MovementEnd::verify(text, aud, anchors, now).map_err(|e| invalid(&e))?;
            ended(&issuer, end.host(), end.message()).await
        }
        Err(error) => Err(invalid(&error)),
    }
}

/// A host ends what was approved; again it gets the same answer.
async fn ended(
    issuer: &Arc<Issuer>,
    host: &passport::OdsCode,
    end: &MovementEnd,
) -> Result<Response, ProtocolError> {
    let unknown = || {
        ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_request")
            .describe("no approved movement of this host has that jti")
    };
    let movement = issuer.store.movement_of(host, &end.notice).await?.ok_or_else(unknown)?;
    let last = end.end.min(movement.end).max(movement.start);
    let decided = settle(
        issuer,
        &movement,
        MovementState::Ended,
        (None, Some(last)),
        &format!("host:{host}"),
    )
    .await
    .map_err(|_| ProtocolError::unavailable("the end cannot be recorded"))?;
    match decided {
        Decided::Done(movement) => Ok(answered(&movement)),
        Decided::State(MovementState::Ended) => Ok(answered(&movement)),
        Decided::State(_) | Decided::Unknown | Decided::NobodyHere => Err(unknown()),
    }
}

/// `GET /movements/{id}`: the answer, or that there is none yet. Only host and home know the id.
pub async fn answer(
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, ProtocolError> {
    let unknown = || ProtocolError::new(StatusCode::NOT_FOUND, "invalid_request");
    let id: MovementId = id.parse().map_err(|_| unknown())?;
    let movement = issuer.store.movement(&id).await?.ok_or_else(unknown)?;
    Ok(match movement.answer {
        Some(_) => answered(&movement),
        None => waits(&issuer, id),
    })
}

fn waits(issuer: &Issuer, id: MovementId) -> Response {
    let answer = format!("{}/movements/{id}", issuer.settings.base_url);
    (StatusCode::ACCEPTED, [NO_STORE], Json(json!({ "state": "WAITING", "answer": answer })))
        .into_response()
}

fn answered(movement: &Movement) -> Response {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/movement-answer+jwt"));
    ([NO_STORE, kind], movement.answer.clone().unwrap_or_default()).into_response()
}

/// As a protocol error tells it.
fn plain(error: &MovementError) -> &'static str {
    match error {
        MovementError::Jws(_) => "the notice is no signed JWS of its type",
        MovementError::NoCertificate => "the notice has no certificate (x5c)",
        MovementError::Chain(_) => {
            "the certificate does not lead to the root of the network, or names another host"
        }
        MovementError::WrongAudience => "aud is not this issuer",
        MovementError::WrongTime => "iat is too old, or ahead",
        MovementError::BadClaim(_) => "a claim is missing or not of its form",
    }
}

/// Signs the answer and records it with the decision.
async fn settle(
    issuer: &Arc<Issuer>,
    movement: &Movement,
    state: MovementState,
    (reason, end): (Option<RefusedRelease>, Option<NaiveDate>),
    who: &str,
) -> Result<Decided, Problem> {
    noted(issuer, movement, state, (reason, end, None), who).await
}

async fn noted(
    issuer: &Arc<Issuer>,
    movement: &Movement,
    state: MovementState,
    (reason, end, note): (Option<RefusedRelease>, Option<NaiveDate>, Option<String>),
    who: &str,
) -> Result<Decided, Problem> {
    let now = issuer.signing_time().map_err(|error| {
        tracing::error!(%error, "nothing is signed");
        Problem::unavailable("The clock of this service is wrong.")
    })?;
    let last = end.unwrap_or(movement.end);
    let said = MovementAnswer {
        iss: issuer.settings.base_url.as_str().to_owned(),
        aud: format!("ods:{}", movement.host),
        iat: now,
        notice: movement.jti.clone(),
        answer: match state {
            MovementState::Approved => Answer::Approved,
            MovementState::Refused | MovementState::Waiting => Answer::Refused,
            MovementState::Ended => Answer::Ended,
        },
        end: (state != MovementState::Refused).then_some(last),
        // That nobody here has the reference stays here too.
        reason: None,
    };
    let decision = MovementDecision {
        id: movement.id,
        state,
        reason,
        end,
        answer: sign(issuer, &said)?,
        who: who.to_owned(),
        note,
        now,
    };
    Ok(issuer.store.decide_movement(decision).await?)
}

fn sign(issuer: &Issuer, answer: &MovementAnswer) -> Result<String, Problem> {
    let key = issuer
        .ring
        .active(keys::Purpose::Issuer)
        .ok_or_else(|| Problem::internal("no key to sign the answer"))?;
    let input = answer.signing_input(key.algorithm(), key.kid());
    let signature = key.sign(input.signing_input());
    Ok(input.finish(&signature))
}

/// HR's word.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// Releases.
    Approve,
    /// Does not.
    Refuse(RefusedRelease),
    /// Ends what was approved, with this last day.
    End(NaiveDate),
}

/// HR approves, refuses or ends.
///
/// # Errors
/// 404; 409 when the state does not allow it.
pub async fn decide(
    issuer: &Arc<Issuer>,
    who: &str,
    id: &str,
    word: Word,
    note: Option<String>,
) -> Result<MovementView, Problem> {
    let unknown = || Problem::not_found("There is no such movement");
    let id: MovementId = id.parse().map_err(|_| unknown())?;
    let movement = issuer.store.movement(&id).await?.ok_or_else(unknown)?;
    let note = match (&movement.passport, note) {
        (Some(passport), Some(note)) => {
            let passport = crate::passports::known(issuer, *passport).await?;
            sealed_note(&issuer.person(&passport.subject_ref).await?, Some(note))?
        }
        (None, _) | (_, None) => None,
    };
    let (state, reason, end) = match word {
        Word::Approve => (MovementState::Approved, None, None),
        Word::Refuse(reason) => (MovementState::Refused, Some(reason), None),
        Word::End(day) => {
            (MovementState::Ended, None, Some(day.clamp(movement.start, movement.end)))
        }
    };
    match noted(issuer, &movement, state, (reason, end, note), who).await? {
        Decided::Done(movement) => {
            tracing::info!(movement.id = %movement.id, state = state.name(), "a movement is decided");
            Ok(MovementView::new(issuer, *movement).await)
        }
        Decided::Unknown => Err(unknown()),
        Decided::State(state) => {
            let sentence = format!("This can't be done to a movement that is {}.", state.name());
            Err(Problem::conflict("WRONG_STATE", sentence))
        }
        Decided::NobodyHere => Err(Problem::conflict(
            "NOBODY_HERE",
            "Nobody here is known by the reference that the host gives: refuse it.",
        )),
    }
}

/// A page of movements.
///
/// # Errors
/// 500 or 503.
pub async fn page(
    issuer: &Arc<Issuer>,
    request: MovementsRequest,
) -> Result<(Vec<MovementView>, Option<String>), StoreError> {
    let (movements, next) = issuer.store.movements(request).await?;
    let mut views = Vec::with_capacity(movements.len());
    for movement in movements {
        views.push(MovementView::new(issuer, movement).await);
    }
    Ok((views, next.map(|place| base64url::encode(&place))))
}

/// Where our people are now: what is approved and has today among its days.
pub(crate) fn away_now(issuer: &Issuer) -> MovementsRequest {
    let today = passport::day::london(UnixTime(issuer.clock.now()));
    let state = Some(MovementState::Approved);
    MovementsRequest { state, on: Some(today), after: None, limit: MAX_LIMIT }
}

/// What the address may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    state: Option<MovementState>,
    /// Only those who are away today.
    #[serde(default)]
    now: bool,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// `GET /api/v1/movements`
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let bad = |sentence: String| Problem::bad_request("BAD_QUERY", sentence);
    let Query(query) = query.map_err(|error| bad(UNREADABLE.to_owned()).logged(error))?;
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(bad(format!("limit is a number from 1 to {MAX_LIMIT}.")));
    }
    let after = query
        .cursor
        .map(|cursor| base64url::decode(&cursor).ok().filter(|place| place.len() == 40))
        .map(|place| place.ok_or_else(|| bad("cursor is not one that a page gave.".to_owned())))
        .transpose()?;
    let request = match query.now {
        true => MovementsRequest { after, limit, ..away_now(&issuer) },
        false => MovementsRequest { state: query.state, on: None, after, limit },
    };
    let (items, next_cursor) = page(&issuer, request).await?;
    Ok(([NO_STORE], Json(json!({ "items": items, "next_cursor": next_cursor }))))
}

/// What a body says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    note: Option<String>,
}

/// `POST /api/v1/movements/{id}/approve`
pub async fn post_approve(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<ApproveBody>,
) -> Result<impl IntoResponse, Problem> {
    let who = caller.caller.who();
    let view = decide(&issuer, &who, &id, Word::Approve, body.note).await?;
    Ok(([NO_STORE], Json(view)))
}

/// Why not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseBody {
    reason: RefusedRelease,
    note: Option<String>,
}

/// `POST /api/v1/movements/{id}/refuse`
pub async fn post_refuse(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<RefuseBody>,
) -> Result<impl IntoResponse, Problem> {
    let who = caller.caller.who();
    let view = decide(&issuer, &who, &id, Word::Refuse(body.reason), body.note).await?;
    Ok(([NO_STORE], Json(view)))
}

/// When it ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    /// The last day.
    on: NaiveDate,
    note: Option<String>,
}

/// `POST /api/v1/movements/{id}/end`
pub async fn post_end(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<EndBody>,
) -> Result<impl IntoResponse, Problem> {
    let who = caller.caller.who();
    let view = decide(&issuer, &who, &id, Word::End(body.on), body.note).await?;
    Ok(([NO_STORE], Json(view)))
}

/// `GET /api/v1/impact`: counters without anybody in them.
pub async fn impact(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
) -> Result<impl IntoResponse, Problem> {
    let counters: serde_json::Map<String, serde_json::Value> = issuer
        .store
        .counters()
        .await?
        .into_iter()
        .map(|(name, count)| (name, count.into()))
        .collect();
    Ok(([NO_STORE], Json(json!({ "counters": counters }))))
}
