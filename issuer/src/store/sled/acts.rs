//! Acts of HR in the embedded store, and what ends by itself.

use server::durable::{Batch, View};
use vc::status_list::Status;

use super::held::{Held, line};
use super::rows::{get, key};
use super::{ISSUER, offers};
use crate::life::Deed;
use crate::store::{
    Act, Done, HistoryEntry, HrAct, HrDeed, NotDone, OfferStep, Passport, PassportId,
    PassportState, RevokedFor, StoreError,
};

pub(super) fn act(view: &View<'_>, batch: &mut Batch, deed: HrDeed) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &deed.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let not = |why| Ok(Done::Not(why));
    if let (HrAct::Revoke(reason), Some(revoked)) = (deed.act, held.passport.revoked)
        && held.passport.state == PassportState::Revoked
    {
        // The same again is published again, should it have broken off before.
        return match revoked.reason == reason {
            true => {
                let Passport { copies, downloads, .. } = &held.passport;
                let entries = copies.iter().chain(downloads).map(|copy| copy.entry).collect();
                Ok(Done::Done(Box::new(held.passport), entries))
            }
            false => not(NotDone::RevokedFor(revoked.reason)),
        };
    }
    let (what, led_by, reason) = match deed.act {
        HrAct::Withdraw(reason) => (Act::Withdrawn, Deed::Withdraw, reason.name().to_owned()),
        HrAct::Suspend(reason) => (Act::Suspended, Deed::Suspend, reason.name().to_owned()),
        HrAct::Reinstate(reason) => (Act::Reinstated, Deed::Reinstate, reason.name().to_owned()),
        HrAct::Revoke(reason) => (Act::Revoked, Deed::Revoke, reason.name().to_owned()),
        HrAct::Supersede(by) => (Act::Superseded, Deed::Supersede, by.to_string()),
        HrAct::Archive(reason) => (Act::Archived, Deed::Archive, reason.name().to_owned()),
    };
    if let Err(why) = held.go(led_by) {
        return not(why);
    }
    if let HrAct::Supersede(by) = deed.act {
        let other: Option<Passport> = get(view, &key::passport(&by), "passport")?;
        let in_use = other.is_some_and(|other| {
            matches!(other.state, PassportState::Offered | PassportState::Active)
        });
        if by == deed.id || !in_use {
            return not(NotDone::NoReplacement);
        }
    }
    let closed = match deed.act {
        HrAct::Reinstate(_) => false,
        HrAct::Withdraw(_)
        | HrAct::Suspend(_)
        | HrAct::Revoke(_)
        | HrAct::Supersede(_)
        | HrAct::Archive(_) => offers::close(&mut held, view, batch)?,
    };
    let valid = |copy: &crate::store::Copy| copy.status == Status::Valid;
    let suspended = |copy: &crate::store::Copy| copy.status == Status::Suspended;
    match deed.act {
        // Of an offer that nobody came for in time, or that was killed, the passport is still
        // there to be taken back; of one that a wallet has, nothing is.
        HrAct::Withdraw(_) if !closed && held.passport.state == PassportState::Active => {
            return not(NotDone::NoOpenOffer);
        }
        HrAct::Withdraw(_) | HrAct::Archive(_) => {}
        HrAct::Suspend(_) => {
            held.set_statuses(batch, |copy| valid(copy).then_some(Status::Suspended));
        }
        HrAct::Reinstate(_) => {
            held.set_statuses(batch, |copy| suspended(copy).then_some(Status::Valid));
        }
        HrAct::Revoke(reason) => {
            held.set_statuses(batch, |_| Some(Status::Invalid));
            held.passport.revoked = Some(RevokedFor { reason, corrected: false });
        }
        HrAct::Supersede(by) => {
            held.set_statuses(batch, |copy| {
                (valid(copy) || suspended(copy)).then_some(Status::Superseded)
            });
            held.passport.superseded_by = Some(by);
        }
    }
    let entry =
        HistoryEntry { reason: Some(reason), note: deed.note, ..line(deed.now, &deed.who, what) };
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}

/// Ends a passport whose last copy has run out.
pub(super) fn expire(
    view: &View<'_>,
    batch: &mut Batch,
    id: &PassportId,
    now: i64,
) -> Result<bool, StoreError> {
    let Some(mut held) = Held::read(view, id)? else {
        return Ok(false);
    };
    if held.passport.copy_ends_at().is_none_or(|end| now < end) || held.go(Deed::Expire).is_err() {
        return Ok(false);
    }
    offers::close(&mut held, view, batch)?;
    held.log(view, batch, &line(now, ISSUER, Act::Expired))?;
    held.write(view, batch)?;
    Ok(true)
}

/// Ends a wait for HR that has lasted too long.
pub(super) fn lapse_key(
    view: &View<'_>,
    batch: &mut Batch,
    id: &PassportId,
    now: i64,
) -> Result<bool, StoreError> {
    let Some(mut held) = Held::read(view, id)? else {
        return Ok(false);
    };
    let over = held.passport.latest.as_ref().is_some_and(|latest| latest.expires_at <= now);
    if held.step() != Some(OfferStep::Confirm) || !over {
        return Ok(false);
    }
    held.set_step(OfferStep::Expired);
    held.log(view, batch, &line(now, ISSUER, Act::KeyLapsed))?;
    held.write(view, batch)?;
    Ok(true)
}
