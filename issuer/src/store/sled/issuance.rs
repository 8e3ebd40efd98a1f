//! From code to copy in the embedded store.

use server::durable::{Batch, View};
use subtle::ConstantTimeEq;
use vc::status_list::Status;

use super::rows::{Allocation, NOTHING, get, key, put};
use super::{passports, record as audit};
use crate::status::indices::IndexOrder;
use crate::store::{
    Act, Copy, Grant, HistoryEntry, Issuance, ListPolicy, ListRow, Offer, OfferState, Passport,
    PassportState, Recorded, Redeemed, Redemption, SecretHash, StatusEntry, StoreError,
    TX_CODE_TRIES,
};

/// Who acts at the protocol endpoints.
const WALLET: &str = "wallet";

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
    if !redemption.wanted.is_empty() && !redemption.wanted.contains(&offer.configuration) {
        return Ok(Redeemed::NotOffered);
    }
    let wrong = match (offer.tx_code, redemption.tx_code) {
        (Some(_), None) => return Ok(Redeemed::TxCodeMissing),
        (None, Some(_)) => return Ok(Redeemed::TxCodeUnexpected),
        (Some(expected), Some(given)) => !bool::from(expected.0.ct_eq(&given.0)),
        (None, None) => false,
    };
    let mut passport: Passport = get(view, &key::passport(&offer.passport), "passport")?
        .ok_or(StoreError::Malformed("offer"))?;

    if wrong {
        offer.wrong_tries = offer.wrong_tries.saturating_add(1);
    }
    let left = TX_CODE_TRIES.saturating_sub(offer.wrong_tries);
    let what = match (wrong, left) {
        (true, 0) => {
            offer.state = OfferState::Dead;
            Act::OfferKilled
        }
        (true, _) => Act::TxCodeWrong,
        (false, _) => {
            offer.state = OfferState::Redeemed;
            Act::Redeemed
        }
    };
    let entry = HistoryEntry { at: redemption.now, who: WALLET.to_owned(), what, reason: None };
    audit(view, batch, &mut passport, entry)?;
    put(batch, key::passport(&passport.id), &passport);
    put(batch, key::offer(&hash), &offer);
    if wrong {
        return Ok(Redeemed::TxCodeWrong(left));
    }

    let grant = Grant {
        passport: offer.passport,
        configuration: offer.configuration,
        expires_at: redemption.token_expires_at,
        by_identifier: !redemption.wanted.is_empty(),
        entry: None,
    };
    put(batch, key::grant(&redemption.token), &grant);
    batch.put(key::grant_expiry(grant.expires_at, &redemption.token), NOTHING);
    Ok(Redeemed::Granted(grant))
}

pub(super) fn record(
    order: &IndexOrder,
    policy: ListPolicy,
    view: &View<'_>,
    batch: &mut Batch,
    issuance: Issuance,
) -> Result<Recorded, StoreError> {
    let now = issuance.issued_at;
    let Some(mut grant) = get::<Grant>(view, &key::grant(&issuance.token), "grant")? else {
        return Ok(Recorded::TokenInvalid);
    };
    if now >= grant.expires_at {
        return Ok(Recorded::TokenInvalid);
    }
    let nonce = key::nonce(issuance.nonce.expires_at, &issuance.nonce.id);
    if view.contains(&nonce)? {
        return Ok(Recorded::NonceUsed);
    }
    let mut passport: Passport = get(view, &key::passport(&grant.passport), "passport")?
        .ok_or(StoreError::Malformed("grant"))?;
    if passport.state == PassportState::Revoked {
        return Ok(Recorded::Closed);
    }

    if let Some(entry) = grant.entry {
        let copy = passport
            .copies
            .into_iter()
            .find(|copy| copy.entry == entry)
            .ok_or(StoreError::Malformed("grant"))?;
        if copy.holder != issuance.holder {
            return Ok(Recorded::TokenSpent);
        }
        batch.put(nonce, NOTHING);
        return Ok(Recorded::Copy { subject_ref: passport.subject_ref, copy, opened: None });
    }

    let Some((entry, opened)) =
        reserve_status_index(order, policy, view, batch, &issuance.kid, now)?
    else {
        return Ok(Recorded::NoStatusIndex);
    };
    batch.put(nonce, NOTHING);
    grant.entry = Some(entry);
    put(batch, key::grant(&issuance.token), &grant);
    let copy = Copy {
        entry,
        status: Status::Valid,
        holder: issuance.holder,
        kid: issuance.kid,
        issued_at: now,
        expires_at: issuance.expires_at,
    };
    passport.copies.push(copy.clone());
    let before = passport.state;
    passport.state = PassportState::Active;
    let line = HistoryEntry { at: now, who: WALLET.to_owned(), what: Act::Issued, reason: None };
    audit(view, batch, &mut passport, line)?;
    passports::rewrite(batch, &passport, before);
    Ok(Recorded::Copy { subject_ref: passport.subject_ref, copy, opened })
}

/// The next index in the key's order. When a list is full its spare takes over and a new spare is
/// opened, which the caller publishes at once.
fn reserve_status_index(
    order: &IndexOrder,
    policy: ListPolicy,
    view: &View<'_>,
    batch: &mut Batch,
    kid: &str,
    now: i64,
) -> Result<Option<(StatusEntry, Option<ListRow>)>, StoreError> {
    let mut from = allocation(view, kid)?.ok_or(StoreError::Malformed("allocation"))?;
    let mut opened = None;
    if from.given >= policy.entries {
        if now < from.spare_from {
            return Ok(None);
        }
        let [spare] = new_lists(view, batch, kid)?;
        from = Allocation {
            list: from.spare,
            given: 0,
            spare: spare.number,
            spare_from: now.saturating_add(policy.lead),
        };
        opened = Some(spare);
    }
    let index = order.index(from.list, from.given, policy.entries);
    from.given = from.given.saturating_add(1);
    put(batch, key::allocation(kid), &from);
    Ok(Some((StatusEntry { list: from.list, index }, opened)))
}

/// The first two lists of a key. They become public together before the service is ready, so both
/// may be used at once.
pub(super) fn open_lists(view: &View<'_>, batch: &mut Batch, kid: &str) -> Result<(), StoreError> {
    if allocation(view, kid)?.is_some() {
        return Ok(());
    }
    let [list, spare] = new_lists(view, batch, kid)?;
    let from = Allocation { list: list.number, given: 0, spare: spare.number, spare_from: 0 };
    put(batch, key::allocation(kid), &from);
    Ok(())
}

fn new_lists<const N: usize>(
    view: &View<'_>,
    batch: &mut Batch,
    kid: &str,
) -> Result<[ListRow; N], StoreError> {
    let mut count: u32 = get(view, key::LIST_COUNT, "list count")?.unwrap_or(0);
    let rows = std::array::from_fn(|_| {
        let row = ListRow { number: count, kid: kid.to_owned() };
        put(batch, key::status_list(count), &row);
        count = count.saturating_add(1);
        row
    });
    put(batch, key::LIST_COUNT, &count);
    Ok(rows)
}

fn allocation(view: &View<'_>, kid: &str) -> Result<Option<Allocation>, StoreError> {
    get(view, &key::allocation(kid), "allocation")
}
