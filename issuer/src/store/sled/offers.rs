//! Offers in the embedded store: make, close, redeem.

use server::durable::{Batch, View};
use subtle::ConstantTimeEq;
use vc::status_list::Status;

use super::held::{Held, line};
use super::rows::{NOTHING, get, key, put};
use super::{WALLET, grants};
use crate::life::Deed;
use crate::store::{
    Act, Client, ConfirmKey, Done, Grant, HistoryEntry, LatestOffer, NewOffer, NewRefresh, NotDone,
    Offer, OfferReason, OfferState, OfferStep, Offering, PassportId, PassportState, Redeemed,
    Redemption, RevocationReason, SecretHash, StoreError, TX_CODE_TRIES,
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
        // What HR has downloaded is not on the phone.
        held.set_statuses(batch, |copy| copy.is_in_a_wallet().then_some(Status::Invalid));
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
    for found_by in &new.found_by {
        put(batch, key::offer_of(found_by), &new.hash);
    }
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
    let offer: Offer =
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
    configurations.retain(|offered| !redemption.without.contains(offered));
    if configurations.is_empty() {
        return Ok(Redeemed::NotProven);
    }
    let wrong = match (offer.tx_code, redemption.tx_code) {
        (Some(_), None) => return Ok(Redeemed::TxCodeMissing),
        (None, Some(_)) => return Ok(Redeemed::TxCodeUnexpected),
        (Some(expected), Some(given)) => !bool::from(expected.0.ct_eq(&given.0)),
        (None, None) => false,
    };
    if wrong {
        let (passport, left) = wrong_code(view, batch, &hash, offer, redemption.now)?;
        return Ok(Redeemed::TxCodeWrong(passport, left));
    }
    let held = Held::read(view, &offer.passport)?.ok_or(StoreError::Malformed("offer"))?;
    let granting = Granting {
        configurations,
        by_identifier: !redemption.wanted.is_empty(),
        client: redemption.client.clone(),
        client_id: redemption.client.attested.as_ref().map(|it| it.client_id.clone()),
        token: redemption.token,
        token_expires_at: redemption.token_expires_at,
        refresh: redemption.refresh,
        now: redemption.now,
    };
    let grant = grant_offer(view, batch, held, (&hash, offer), granting)?;
    Ok(Redeemed::Granted(Box::new(grant)))
}

/// Counts a wrong transaction code, which may kill the offer; gives the tries that are left.
pub(super) fn wrong_code(
    view: &View<'_>,
    batch: &mut Batch,
    hash: &SecretHash,
    mut offer: Offer,
    now: i64,
) -> Result<(PassportId, u8), StoreError> {
    let mut held = Held::read(view, &offer.passport)?.ok_or(StoreError::Malformed("offer"))?;
    offer.wrong_tries = offer.wrong_tries.saturating_add(1);
    let left = TX_CODE_TRIES.saturating_sub(offer.wrong_tries);
    let (what, step) = match left {
        0 => {
            offer.state = OfferState::Dead;
            offer.in_hand = None;
            (Act::OfferKilled, OfferStep::Killed)
        }
        _ => (Act::TxCodeWrong, OfferStep::Waiting),
    };
    held.set_step(step);
    if let Some(latest) = &mut held.passport.latest {
        latest.wrong_tries = offer.wrong_tries;
    }
    held.log(view, batch, &line(now, WALLET, what))?;
    let (passport, _) = held.write(view, batch)?;
    put(batch, key::offer(hash), &offer);
    Ok((passport.id, left))
}

/// What is granted of an offer.
pub(super) struct Granting {
    pub(super) configurations: Vec<String>,
    pub(super) by_identifier: bool,
    pub(super) client: Client,
    pub(super) client_id: Option<String>,
    pub(super) token: SecretHash,
    pub(super) token_expires_at: i64,
    pub(super) refresh: Option<NewRefresh>,
    pub(super) now: i64,
}

/// Uses an open offer up for an access token.
pub(super) fn grant_offer(
    view: &View<'_>,
    batch: &mut Batch,
    mut held: Held,
    (hash, mut offer): (&SecretHash, Offer),
    granting: Granting,
) -> Result<Grant, StoreError> {
    offer.state = OfferState::Redeemed;
    offer.in_hand = None;
    held.set_step(OfferStep::Collected);
    if let Some(latest) = &mut held.passport.latest {
        latest.token = Some(granting.token);
        latest.expires_at = granting.token_expires_at;
    }
    held.log(view, batch, &line(granting.now, WALLET, Act::Redeemed))?;
    let (passport, _) = held.write(view, batch)?;
    put(batch, key::offer(hash), &offer);
    let grant = Grant {
        passport: passport.id,
        configurations: granting.configurations,
        expires_at: granting.token_expires_at,
        by_identifier: granting.by_identifier,
        offer: *hash,
        confirm_key: offer.confirm_key,
        client: granting.client,
        client_id: granting.client_id,
        renews: false,
        deferral: None,
        entries: vec![],
    };
    put(batch, key::grant(&granting.token), &grant);
    batch.put(key::grant_expiry(grant.expires_at, &granting.token), NOTHING);
    if let Some(first) = granting.refresh {
        grants::begin(batch, &grant, granting.token, first);
    }
    Ok(grant)
}
