//! Offers in the embedded store: make, close, redeem.

use server::durable::{Batch, View};
use subtle::ConstantTimeEq;
use vc::status_list::Status;

use super::held::{Held, line};
use super::rows::{NOTHING, get, key, put};
use super::{WALLET, grants};
use crate::life::Deed;
use crate::store::{
    Act, ConfirmKey, Done, Grant, HistoryEntry, LatestOffer, NewOffer, NotDone, Offer, OfferReason,
    OfferState, OfferStep, Offering, PassportState, Redeemed, Redemption, RevocationReason,
    SecretHash, StoreError, TX_CODE_TRIES,
};

pub(super) fn offer(
    view: &View<'_>,
    batch: &mut Batch,
    offering: Offering,
) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &offering.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    if !held.passport.whole {
        return Ok(Done::Not(NotDone::NotWhole));
    }
    // What is revoked for good stays so: only a lost phone or a corrected document is a way back.
    if held.passport.state == PassportState::Revoked
        && let Some(revoked) = held.passport.revoked
        && revoked.reason != RevocationReason::LostDevice
        && !revoked.corrected
    {
        return Ok(Done::Not(NotDone::RevokedFor(revoked.reason)));
    }
    let lost = offering.offer.reason == OfferReason::LostDevice;
    let deed = match held.passport.state {
        PassportState::Active if lost => Deed::ReplaceLost,
        _ => Deed::Offer,
    };
    if !held.may(deed) {
        return Ok(Done::Not(NotDone::State(held.passport.state)));
    }
    close(&mut held, view, batch)?;
    if lost {
        held.set_statuses(batch, |_| Some(Status::Invalid));
    }
    make(&mut held, view, batch, &offering.offer, &offering.who, offering.now)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}

/// Makes an offer of a passport whose state allows it.
pub(super) fn make(
    held: &mut Held,
    view: &View<'_>,
    batch: &mut Batch,
    new: &NewOffer,
    who: &str,
    now: i64,
) -> Result<(), StoreError> {
    let deed = match (held.passport.state, new.reason) {
        (PassportState::Active, OfferReason::LostDevice) => Deed::ReplaceLost,
        _ => Deed::Offer,
    };
    held.go(deed).map_err(|_| StoreError::Malformed("offer"))?;
    let offer = Offer {
        passport: held.passport.id,
        configurations: new.configurations.clone(),
        code: new.code,
        tx_code: new.tx_code,
        wrong_tries: 0,
        state: OfferState::Open,
        expires_at: new.expires_at,
        confirm_key: new.confirm_key,
        in_hand: Some(new.in_hand.clone()),
    };
    put(batch, key::offer(&new.hash), &offer);
    put(batch, key::code(&new.code), &new.hash);
    held.passport.latest = Some(LatestOffer {
        hash: new.hash,
        step: OfferStep::Waiting,
        expires_at: new.expires_at,
        wrong_tries: 0,
        confirm_key: new.confirm_key,
        token: None,
        digits: None,
    });
    held.passport.rejection = None;
    held.passport.revoked = None;
    let what = match new.confirm_key {
        ConfirmKey::Compare | ConfirmKey::Unattended => Act::Offered,
        ConfirmKey::Waived => Act::OfferedUncompared,
    };
    let reason = Some(new.reason.name().to_owned());
    held.log(view, batch, &HistoryEntry { reason, ..line(now, who, what) })
}

/// Ends the latest offer, wherever it is on its way; tells whether it was.
pub(super) fn close(
    held: &mut Held,
    view: &View<'_>,
    batch: &mut Batch,
) -> Result<bool, StoreError> {
    let Some(latest) = &held.passport.latest else {
        return Ok(false);
    };
    let on_its_way = match latest.step {
        OfferStep::Waiting | OfferStep::Collected | OfferStep::Confirm | OfferStep::Confirmed => {
            true
        }
        OfferStep::Issued
        | OfferStep::Accepted
        | OfferStep::Rejected
        | OfferStep::Refused
        | OfferStep::Withdrawn
        | OfferStep::Killed
        | OfferStep::Expired => false,
    };
    if !on_its_way {
        return Ok(false);
    }
    let hash = latest.hash;
    if let Some(mut offer) = get::<Offer>(view, &key::offer(&hash), "offer")?
        && offer.state == OfferState::Open
    {
        offer.state = OfferState::Dead;
        offer.in_hand = None;
        put(batch, key::offer(&hash), &offer);
    }
    held.set_step(OfferStep::Withdrawn);
    Ok(true)
}

pub(super) fn redeem(
    view: &View<'_>,
    batch: &mut Batch,
    redemption: &Redemption,
) -> Result<Redeemed, StoreError> {
    let Some(hash) = get::<SecretHash>(view, &key::code(&redemption.code), "code")? else {
        return Ok(Redeemed::Unknown);
    };
    let mut offer: Offer =
        get(view, &key::offer(&hash), "offer")?.ok_or(StoreError::Malformed("offer"))?;
    match offer.state {
        OfferState::Open => {}
        OfferState::Redeemed => return Ok(Redeemed::Used),
        OfferState::Dead => return Ok(Redeemed::Dead),
    }
    if redemption.now >= offer.expires_at {
        return Ok(Redeemed::Expired);
    }
    let mut configurations = offer.configurations.clone();
    if !redemption.wanted.is_empty() {
        configurations.retain(|offered| redemption.wanted.contains(offered));
    }
    if configurations.is_empty() {
        return Ok(Redeemed::NotOffered);
    }
    let wrong = match (offer.tx_code, redemption.tx_code) {
        (Some(_), None) => return Ok(Redeemed::TxCodeMissing),
        (None, Some(_)) => return Ok(Redeemed::TxCodeUnexpected),
        (Some(expected), Some(given)) => !bool::from(expected.0.ct_eq(&given.0)),
        (None, None) => false,
    };
    let mut held = Held::read(view, &offer.passport)?.ok_or(StoreError::Malformed("offer"))?;

    if wrong {
        offer.wrong_tries = offer.wrong_tries.saturating_add(1);
    }
    let left = TX_CODE_TRIES.saturating_sub(offer.wrong_tries);
    let (what, step) = match (wrong, left) {
        (true, 0) => {
            offer.state = OfferState::Dead;
            (Act::OfferKilled, OfferStep::Killed)
        }
        (true, _) => (Act::TxCodeWrong, OfferStep::Waiting),
        (false, _) => {
            offer.state = OfferState::Redeemed;
            (Act::Redeemed, OfferStep::Collected)
        }
    };
    if offer.state != OfferState::Open {
        offer.in_hand = None;
    }
    held.set_step(step);
    if let Some(latest) = &mut held.passport.latest {
        latest.wrong_tries = offer.wrong_tries;
        if !wrong {
            latest.token = Some(redemption.token);
            latest.expires_at = redemption.token_expires_at;
        }
    }
    held.log(view, batch, &line(redemption.now, WALLET, what))?;
    let (passport, _) = held.write(view, batch)?;
    put(batch, key::offer(&hash), &offer);
    if wrong {
        return Ok(Redeemed::TxCodeWrong(passport.id, left));
    }

    let grant = Grant {
        passport: passport.id,
        configurations,
        expires_at: redemption.token_expires_at,
        by_identifier: !redemption.wanted.is_empty(),
        offer: hash,
        confirm_key: offer.confirm_key,
        client: redemption.client.clone(),
        renews: false,
        deferral: None,
        entries: vec![],
    };
    put(batch, key::grant(&redemption.token), &grant);
    batch.put(key::grant_expiry(grant.expires_at, &redemption.token), NOTHING);
    if let Some(first) = redemption.refresh {
        grants::begin(batch, &grant, redemption.token, first);
    }
    Ok(Redeemed::Granted(Box::new(grant)))
}
