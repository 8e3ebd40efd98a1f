//! Copies in the embedded store: from an access token to a status index.

use server::durable::{Batch, View};
use vc::status_list::Status;

use super::WALLET;
use super::held::{Held, line};
use super::rows::{Allocation, NOTHING, get, key, put};
use crate::life::Deed;
use crate::status::indices::IndexOrder;
use crate::store::{
    Act, ConfirmKey, Copy, Deferral, DeferralState, Delivered, Delivery, Grant, Issuance,
    IssuedCopy, ListPolicy, ListRow, OfferStep, Recorded, SecretHash, StatusEntry, StoreError,
};

/// Where indices come from.
#[derive(Clone, Copy)]
pub(super) struct Indices<'a> {
    pub(super) order: &'a IndexOrder,
    pub(super) policy: ListPolicy,
}

/// A copy about to be made.
struct NewCopy<'a> {
    token: &'a SecretHash,
    holder: String,
    kid: &'a str,
    issued_at: i64,
    expires_at: i64,
}

pub(super) fn record(
    indices: Indices<'_>,
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
    let held = Held::read(view, &grant.passport)?.ok_or(StoreError::Malformed("grant"))?;

    if let Some(entry) = grant.entry {
        let copy = held
            .passport
            .copies
            .iter()
            .find(|copy| copy.entry == entry)
            .cloned()
            .ok_or(StoreError::Malformed("grant"))?;
        if copy.holder != issuance.holder {
            return Ok(Recorded::TokenSpent);
        }
        if copy.status == Status::Invalid {
            return Ok(Recorded::Closed);
        }
        batch.put(nonce, NOTHING);
        return Ok(Recorded::Copy(Box::new(IssuedCopy {
            passport: held.passport.id,
            subject_ref: held.passport.subject_ref,
            copy,
            opened: None,
            changed: vec![],
        })));
    }
    match &grant.deferral {
        Some(deferral) if deferral.holder != issuance.holder => return Ok(Recorded::TokenSpent),
        Some(deferral) if deferral.state == DeferralState::Denied => return Ok(Recorded::Denied),
        Some(_) | None => {}
    }
    if !is_open(&held, &grant) {
        return Ok(Recorded::Closed);
    }
    let confirmed =
        grant.deferral.as_ref().is_some_and(|deferral| deferral.state == DeferralState::Confirmed);
    if grant.confirm_key == ConfirmKey::Compare && !confirmed {
        batch.put(nonce, NOTHING);
        return defer(held, view, batch, grant, issuance);
    }

    let new = NewCopy {
        token: &issuance.token,
        holder: issuance.holder,
        kid: &issuance.kid,
        issued_at: now,
        expires_at: issuance.expires_at,
    };
    match issue(indices, held, view, batch, &mut grant, new)? {
        Some(issued) => {
            batch.put(nonce, NOTHING);
            Ok(Recorded::Copy(Box::new(issued)))
        }
        None => Ok(Recorded::NoStatusIndex),
    }
}

/// The key waits for HR.
fn defer(
    mut held: Held,
    view: &View<'_>,
    batch: &mut Batch,
    mut grant: Grant,
    issuance: Issuance,
) -> Result<Recorded, StoreError> {
    let passport = held.passport.id;
    if grant.deferral.is_some() {
        return Ok(Recorded::Deferred(passport));
    }
    grant.deferral = Some(Deferral {
        transaction: issuance.transaction,
        holder: issuance.holder,
        holder_jwk: issuance.holder_jwk,
        state: DeferralState::Pending,
    });
    put(batch, key::grant(&issuance.token), &grant);
    held.set_step(OfferStep::Confirm);
    if let Some(latest) = &mut held.passport.latest {
        latest.digits = Some(issuance.digits);
    }
    held.log(view, batch, &line(issuance.issued_at, WALLET, Act::KeyShown))?;
    held.write(view, batch)?;
    Ok(Recorded::Deferred(passport))
}

pub(super) fn deliver(
    indices: Indices<'_>,
    view: &View<'_>,
    batch: &mut Batch,
    delivery: &Delivery,
) -> Result<Delivered, StoreError> {
    let now = delivery.issued_at;
    let Some(mut grant) = get::<Grant>(view, &key::grant(&delivery.token), "grant")? else {
        return Ok(Delivered::TokenInvalid);
    };
    if now >= grant.expires_at {
        return Ok(Delivered::TokenInvalid);
    }
    let Some(deferral) =
        grant.deferral.clone().filter(|deferral| deferral.transaction == delivery.transaction)
    else {
        return Ok(Delivered::Unknown);
    };
    let held = Held::read(view, &grant.passport)?.ok_or(StoreError::Malformed("grant"))?;
    match deferral.state {
        DeferralState::Delivered => return Ok(Delivered::Unknown),
        DeferralState::Denied => return Ok(Delivered::Denied),
        DeferralState::Pending | DeferralState::Confirmed if grant.entry.is_some() => {
            return Ok(Delivered::Unknown);
        }
        DeferralState::Pending | DeferralState::Confirmed if !is_open(&held, &grant) => {
            return Ok(Delivered::Denied);
        }
        DeferralState::Pending => return Ok(Delivered::Pending),
        DeferralState::Confirmed => {}
    }
    let new = NewCopy {
        token: &delivery.token,
        holder: deferral.holder,
        kid: &delivery.kid,
        issued_at: now,
        expires_at: delivery.expires_at,
    };
    Ok(match issue(indices, held, view, batch, &mut grant, new)? {
        Some(issued) => {
            Delivered::Copy { issued: Box::new(issued), holder_jwk: deferral.holder_jwk }
        }
        None => Delivered::NoStatusIndex,
    })
}

/// Whether the grant's offer is still the one that stands, and the passport may be collected.
fn is_open(held: &Held, grant: &Grant) -> bool {
    let on_its_way = held.passport.latest.as_ref().is_some_and(|latest| {
        latest.hash == grant.offer
            && matches!(
                latest.step,
                OfferStep::Collected | OfferStep::Confirm | OfferStep::Confirmed
            )
    });
    on_its_way && held.may(Deed::Collect)
}

/// Records the copy; `None` when there is no index to give.
fn issue(
    indices: Indices<'_>,
    mut held: Held,
    view: &View<'_>,
    batch: &mut Batch,
    grant: &mut Grant,
    new: NewCopy<'_>,
) -> Result<Option<IssuedCopy>, StoreError> {
    let Indices { order, policy } = indices;
    let Some((entry, opened)) =
        reserve_status_index(order, policy, view, batch, new.kid, new.issued_at)?
    else {
        return Ok(None);
    };
    // The copy on another phone is superseded; one under the same key stands to its end.
    held.set_statuses(batch, |copy| {
        (copy.holder != new.holder && copy.status == Status::Valid).then_some(Status::Superseded)
    });
    let copy = Copy {
        entry,
        status: Status::Valid,
        holder: new.holder,
        kid: new.kid.to_owned(),
        issued_at: new.issued_at,
        expires_at: new.expires_at,
    };
    held.go(Deed::Collect).map_err(|_| StoreError::Malformed("passport"))?;
    held.passport.copies.push(copy.clone());
    held.passport.accepted_at = None;
    held.set_step(OfferStep::Issued);
    held.log(view, batch, &line(new.issued_at, WALLET, Act::Issued))?;
    grant.entry = Some(entry);
    if let Some(deferral) = &mut grant.deferral {
        deferral.state = DeferralState::Delivered;
    }
    put(batch, key::grant(new.token), grant);
    let (passport, changed) = held.write(view, batch)?;
    let (passport, subject_ref) = (passport.id, passport.subject_ref);
    Ok(Some(IssuedCopy { passport, subject_ref, copy, opened, changed }))
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
