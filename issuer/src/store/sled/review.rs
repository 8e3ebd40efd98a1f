//! What HR says of a key, and what the staff member says of a copy, in the embedded store.

use server::durable::{Batch, View};
use subtle::ConstantTimeEq;
use vc::status_list::Status;

use super::WALLET;
use super::held::{Held, line};
use super::rows::{get, key, put};
use crate::life::Deed;
use crate::store::{
    Act, ConfirmKey, Copy, DeferralState, Done, Grant, HistoryEntry, KeyDecision, KeyVerdict,
    NotDone, Notification, Offer, OfferState, OfferStep, Rejection, StoreError, WalletSays,
};

pub(super) fn decide(
    view: &View<'_>,
    batch: &mut Batch,
    decision: KeyDecision,
) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &decision.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let not = |why| Ok(Done::Not(why));
    let Some(latest) = held.passport.latest.clone() else {
        return not(NotDone::NothingToConfirm);
    };
    let in_time = decision.now < latest.expires_at;
    let waits = latest.step == OfferStep::Confirm && in_time;
    let (what, step, state) = match &decision.verdict {
        KeyVerdict::Confirmed { digits } if waits => {
            let shown = latest.digits.as_deref().unwrap_or_default();
            if !bool::from(shown.as_bytes().ct_eq(digits.as_bytes())) {
                return not(NotDone::OtherDigits);
            }
            (Act::KeyConfirmed, OfferStep::Confirmed, DeferralState::Confirmed)
        }
        KeyVerdict::Refused if waits => {
            (Act::KeyRefused, OfferStep::Refused, DeferralState::Denied)
        }
        KeyVerdict::Waived if waits => {
            (Act::KeyWaived, OfferStep::Confirmed, DeferralState::Confirmed)
        }
        KeyVerdict::Waived
            if in_time
                && latest.confirm_key == ConfirmKey::Compare
                && matches!(latest.step, OfferStep::Waiting | OfferStep::Collected) =>
        {
            (Act::KeyWaived, latest.step, DeferralState::Confirmed)
        }
        KeyVerdict::Confirmed { .. } | KeyVerdict::Refused | KeyVerdict::Waived => {
            return not(NotDone::NothingToConfirm);
        }
    };

    let waived = decision.verdict == KeyVerdict::Waived;
    if waived
        && let Some(mut offer) = get::<Offer>(view, &key::offer(&latest.hash), "offer")?
        && offer.state == OfferState::Open
    {
        offer.confirm_key = ConfirmKey::Waived;
        put(batch, key::offer(&latest.hash), &offer);
    }
    if let Some(token) = latest.token
        && let Some(mut grant) = get::<Grant>(view, &key::grant(&token), "grant")?
    {
        if waived {
            grant.confirm_key = ConfirmKey::Waived;
        }
        if let Some(deferral) = &mut grant.deferral {
            deferral.state = state;
        }
        put(batch, key::grant(&token), &grant);
    }
    held.set_step(step);
    if let Some(latest) = held.passport.latest.as_mut().filter(|_| waived) {
        latest.confirm_key = ConfirmKey::Waived;
    }
    let entry = HistoryEntry { note: decision.note, ..line(decision.now, &decision.who, what) };
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}

pub(super) fn notify(
    view: &View<'_>,
    batch: &mut Batch,
    notification: Notification,
) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &notification.passport)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let meant = |copy: &Copy| notification.entries.contains(&copy.entry);
    let copies: Vec<&Copy> = held.passport.copies.iter().filter(|copy| meant(copy)).collect();
    if copies.is_empty() {
        return Ok(Done::Not(NotDone::Unknown));
    }
    let newest = held.passport.copies.last().is_some_and(meant);
    let over = copies.iter().all(|copy| copy.status == Status::Invalid);
    let says = notification.says;
    // The first word counts, and an old copy's word on keeping it tells nothing new.
    let news = match says {
        WalletSays::Accepted => newest && !over && held.passport.accepted_at.is_none(),
        WalletSays::Failed => !over && held.passport.accepted_at.is_none(),
        WalletSays::Deleted => !over,
    };
    if !news {
        return Ok(Done::Done(Box::new(held.passport), notification.entries));
    }
    let what = match says {
        WalletSays::Accepted => Act::Accepted,
        WalletSays::Failed => Act::WalletFailed,
        WalletSays::Deleted if held.passport.accepted_at.is_some() => Act::Deleted,
        WalletSays::Deleted => Act::Rejected,
    };
    match says {
        WalletSays::Accepted => {
            held.passport.accepted_at = Some(notification.now);
            held.set_step_of(OfferStep::Issued, OfferStep::Accepted);
        }
        WalletSays::Failed | WalletSays::Deleted => {
            held.set_statuses(batch, |copy| meant(copy).then_some(Status::Invalid));
            if newest && held.go(Deed::Reject).is_ok() {
                held.set_step_of(OfferStep::Issued, OfferStep::Rejected);
                held.passport.rejection = Some(Rejection {
                    reason: notification.reason,
                    note: notification.note.clone(),
                });
            }
        }
    }
    let entry = HistoryEntry {
        reason: notification.reason.map(|reason| reason.name().to_owned()),
        note: notification.note,
        ..line(notification.now, WALLET, what)
    };
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}
