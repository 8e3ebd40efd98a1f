//! `/console/passports/{id}/offer`: handing a passport over, with the phone in front of HR.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Deserialize;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page_with, see_other};
use server::{Authorised, Problem};

use super::WalletOrigin;
use super::data::{self, Tag};
use super::form::Fault;
use crate::life::{Deed, after};
use crate::passports::approve::{self, Request};
use crate::passports::confirm::{confirm, refuse, waive};
use crate::passports::offers::{OfferInHand, in_hand};
use crate::passports::progress::{Progress, Step, follow, progress};
use crate::passports::{ReadPassports, WritePassports};
use crate::state::Issuer;
use crate::store::{ConfirmKey, PassportId};

const DIGITS: &str = "digits";

#[derive(Template)]
#[template(path = "console/offer.html")]
struct OfferPage {
    shell: Shell,
    id: String,
    of: String,
    step: &'static str,
    step_tag: Tag,
    step_text: String,
    live: bool,
    hand: Option<HandView>,
    to_confirm: bool,
    may_waive: bool,
    digits: String,
    digits_error: String,
    errors: Vec<Fault>,
    ends_at: i64,
    ends_text: String,
    wrong_codes: String,
    rejection: String,
    rejection_words: String,
    may_offer: bool,
    may_edit: bool,
}

/// An open offer, to be shown.
struct HandView {
    qr: String,
    /// Our own wallet, where there is one; empty otherwise.
    wallet: String,
    /// Whatever wallet the phone has.
    link: String,
    code: String,
    code_spoken: String,
    reference: String,
    compares: bool,
}

/// What the buttons send.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    #[serde(rename = "do")]
    press: String,
    #[serde(default)]
    digits: String,
}

/// The offer as it stands.
pub(super) async fn offer(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    wallet: Option<Extension<WalletOrigin>>,
) -> Result<Response, PageError> {
    let wallet = wallet.map(|Extension(wallet)| wallet);
    offer_page(&on, &issuer, data::id_of(&id)?, wallet.as_ref(), ("", "")).await
}

/// HR compares, stops, or does without.
pub(super) async fn compare(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(pressed): PageForm<Pressed>,
) -> Result<Response, PageError> {
    let id = data::id_of(&id)?;
    let who = on.person.who();
    let (done, key) = match pressed.press.as_str() {
        "confirm" => {
            let digits: String =
                pressed.digits.chars().filter(|digit| !digit.is_whitespace()).collect();
            if digits.is_empty() {
                let key = "confirm-digits-missing";
                return offer_page(&on, &issuer, id, None, (&pressed.digits, key)).await;
            }
            match confirm(&issuer, &who, id, &digits).await.map(drop) {
                Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
                    let key = "confirm-digits-wrong";
                    return offer_page(&on, &issuer, id, None, (&pressed.digits, key)).await;
                }
                done => (done, "confirmed"),
            }
        }
        "refuse" => (refuse(&issuer, &who, id, None).await.map(drop), "refused"),
        "waive" if issuer.settings.two_people => {
            (approve::ask(&issuer, &who, id, Request::Waive, None).await.map(drop), "approve-asked")
        }
        "waive" => (waive(&issuer, &who, id, None).await.map(drop), "waived"),
        _ => return Err(Problem::bad_request("FORM_UNREADABLE", "No such button.").into()),
    };
    match done {
        Ok(_) => on.say(key, &[]).await?,
        // It moved on meanwhile: the page tells how it stands.
        Err(problem) if problem.status() == StatusCode::CONFLICT => {}
        Err(problem) => return Err(problem.into()),
    }
    Ok(see_other(&format!("/console/passports/{id}/offer")))
}

async fn offer_page(
    on: &OnPage<WritePassports>,
    issuer: &Arc<Issuer>,
    id: PassportId,
    wallet: Option<&WalletOrigin>,
    (digits, error): (&str, &str),
) -> Result<Response, PageError> {
    let shell = &on.shell;
    let whole = data::whole(issuer, &id.to_string()).await?;
    let now = progress(issuer, id).await?;
    let hand = match in_hand(issuer, id).await {
        Ok(hand) if matches!(now.step, Step::Waiting | Step::Collected) => Some(hand),
        Ok(_) => None,
        Err(problem) if problem.status() == StatusCode::CONFLICT => None,
        Err(problem) => return Err(problem.into()),
    };
    let name = data::name(&whole.claims, shell);
    let step = step_name(now.step);
    let to_confirm = now.step == Step::Confirm;
    let digits_error = if to_confirm && !error.is_empty() { shell.t(error) } else { String::new() };
    let status =
        if digits_error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let errors = if digits_error.is_empty() {
        Vec::new()
    } else {
        let text = digits_error.clone();
        let href = format!("#{DIGITS}");
        vec![Fault { field: DIGITS.to_owned(), href, beside: text.clone(), text }]
    };
    let state = whole.passport.state;
    let rejection = now.rejection_reason.as_deref().map(|reason| format!("rejection-{reason}"));
    let ends_at = now.expires_at.as_deref().map(data::seconds).unwrap_or_default();
    let template = OfferPage {
        of: shell.ta("offer-of", &[("name", &name)]),
        id: id.to_string(),
        step,
        step_tag: Tag { text: shell.t(&format!("step-{step}")), colour: colour(now.step) },
        step_text: shell.t(&format!("step-{step}-text")),
        live: is_live(now.step),
        hand: hand.map(|hand| hand_view(&hand, wallet)).transpose()?,
        to_confirm,
        may_waive: matches!(now.step, Step::Waiting | Step::Collected | Step::Confirm)
            && whole
                .passport
                .latest
                .as_ref()
                .is_some_and(|it| it.confirm_key == ConfirmKey::Compare),
        digits: digits.to_owned(),
        digits_error,
        errors,
        ends_at: if is_live(now.step) { ends_at } else { 0 },
        ends_text: if ends_at > 0 && is_live(now.step) {
            shell.ta("offer-expires", &[("time", &data::moment(ends_at, shell))])
        } else {
            String::new()
        },
        wrong_codes: wrong_codes(&now, shell),
        rejection: rejection.map(|key| shell.t(&key)).unwrap_or_default(),
        rejection_words: now.rejection_words.unwrap_or_default(),
        may_offer: !is_live(now.step) && super::acts::may_reoffer(state),
        may_edit: after(state, Deed::Save).is_some(),
        shell: shell.clone(),
    };
    Ok(page_with(status, Allow::default(), &template))
}

fn hand_view(hand: &OfferInHand, wallet: Option<&WalletOrigin>) -> Result<HandView, Problem> {
    let picture = qr_picture::svg(&hand.uri).map_err(Problem::internal)?;
    Ok(HandView {
        qr: format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)),
        wallet: wallet.map(|WalletOrigin(origin)| in_wallet(origin, &hand.uri)).unwrap_or_default(),
        link: hand.uri.clone(),
        code: data::grouped(&hand.tx_code),
        code_spoken: data::spoken(&hand.tx_code),
        reference: hand.reference.clone(),
        compares: hand.confirm_key,
    })
}

/// The wallet reads the offer behind the `#`, which no server sees.
fn in_wallet(origin: &str, uri: &str) -> String {
    let offer: String = serde_urlencoded::to_string([("offer", uri)]).unwrap_or_default();
    format!("{}/#{offer}", origin.trim_end_matches('/'))
}

fn wrong_codes(now: &Progress, shell: &Shell) -> String {
    if now.wrong_tx_codes == 0 || !is_live(now.step) {
        String::new()
    } else {
        shell.ta("offer-wrong-codes", &[("count", &now.wrong_tx_codes.to_string())])
    }
}

/// Whether something may still happen by itself.
fn is_live(step: Step) -> bool {
    match step {
        Step::Waiting | Step::Collected | Step::Confirm | Step::Confirmed | Step::Issued => true,
        Step::None
        | Step::Accepted
        | Step::Rejected
        | Step::Refused
        | Step::Withdrawn
        | Step::Killed
        | Step::Expired => false,
    }
}

fn colour(step: Step) -> &'static str {
    match step {
        Step::Waiting | Step::Collected => "blue",
        Step::Confirm => "yellow",
        Step::Confirmed | Step::Issued | Step::Accepted => "green",
        Step::Rejected | Step::Expired => "orange",
        Step::Refused | Step::Killed => "red",
        Step::None | Step::Withdrawn => "grey",
    }
}

pub(super) fn step_name(step: Step) -> &'static str {
    match step {
        Step::None => "NONE",
        Step::Waiting => "WAITING",
        Step::Collected => "COLLECTED",
        Step::Confirm => "CONFIRM",
        Step::Confirmed => "CONFIRMED",
        Step::Issued => "ISSUED",
        Step::Accepted => "ACCEPTED",
        Step::Rejected => "REJECTED",
        Step::Refused => "REFUSED",
        Step::Withdrawn => "WITHDRAWN",
        Step::Killed => "KILLED",
        Step::Expired => "EXPIRED",
    }
}

/// Tells the page that something happened; the page then reads itself anew.
pub(super) async fn events(
    _caller: Authorised<ReadPassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let id = data::id_of(&id)?;
    progress(&issuer, id).await?;
    let stream = unfold(follow(&issuer, id), |mut follow| async move {
        let now = follow.next().await?;
        Some((Ok(Event::default().event("step").data(step_name(now.step))), follow))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}
