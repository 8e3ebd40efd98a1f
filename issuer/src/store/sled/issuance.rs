//! Copies in the embedded store: from an access token to a status index.

use std::collections::BTreeSet;

use server::durable::{Batch, View};
use vc::status_list::Status;

use super::held::{Held, line};
use super::rows::{Allocation, NOTHING, get, key, put};
use super::{WALLET, grants};
use crate::life::Deed;
use crate::status::indices::IndexOrder;
use crate::store::{
    Act, ConfirmKey, Copy, Deferral, DeferralState, Delivered, Delivery, Grant, HolderKey,
    Issuance, IssuedCopies, ListForm, ListPolicy, ListRow, OfferStep, Recorded, SecretHash,
    StatusEntry, StoreError,
};

/// Where indices come from.
#[derive(Clone, Copy)]
pub(super) struct Indices<'a> {
    pub(super) order: &'a IndexOrder,
    pub(super) policy: ListPolicy,
}

/// Copies about to be made, one for each key.
struct NewCopies<'a> {
    token: &'a SecretHash,
    configuration: &'a str,
    holders: Vec<HolderKey>,
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
    let mut nonces = BTreeSet::new();
    for nonce in &issuance.nonces {
        let nonce = key::nonce(nonce.expires_at, &nonce.id);
        if view.contains(&nonce)? {
            return Ok(Recorded::NonceUsed);
        }
        nonces.insert(nonce);
    }
    let use_up = |batch: &mut Batch| nonces.into_iter().for_each(|nonce| batch.put(nonce, NOTHING));
    let held = Held::read(view, &grant.passport)?.ok_or(StoreError::Malformed("grant"))?;

    let asks_as = |holders: &[&str]| {
        holders.iter().copied().eq(issuance.holders.iter().map(|key| key.thumbprint.as_str()))
    };
    if !grant.entries.is_empty() {
        let copies: Vec<Copy> = grant
            .entries
            .iter()
            .map(|entry| held.passport.copies.iter().find(|copy| copy.entry == *entry).cloned())
            .collect::<Option<_>>()
            .ok_or(StoreError::Malformed("grant"))?;
        let holders: Vec<&str> = copies.iter().map(|copy| copy.holder.as_str()).collect();
        if !grant.configurations.contains(&issuance.configuration) || !asks_as(&holders) {
            return Ok(Recorded::TokenSpent);
        }
        if copies.iter().any(|copy| copy.status == Status::Invalid) {
            return Ok(Recorded::Closed);
        }
        use_up(batch);
        return Ok(Recorded::Copies(Box::new(IssuedCopies {
            passport: held.passport.id,
            subject_ref: held.passport.subject_ref,
            copies,
            opened: vec![],
            changed: vec![],
        })));
    }
    if let Some(deferral) = &grant.deferral {
        let holders: Vec<&str> =
            deferral.holders.iter().map(|key| key.thumbprint.as_str()).collect();
        if deferral.configuration != issuance.configuration || !asks_as(&holders) {
            return Ok(Recorded::TokenSpent);
        }
        if deferral.state == DeferralState::Denied {
            return Ok(Recorded::Denied);
        }
    }
    let open = match grant.renews {
        true => issuance.holders.iter().all(|key| grants::may_renew(&held, &key.thumbprint)),
        false => is_open(&held, &grant),
    };
    if !open {
        return Ok(Recorded::Closed);
    }
    let confirmed =
        grant.deferral.as_ref().is_some_and(|deferral| deferral.state == DeferralState::Confirmed);
    if grant.confirm_key == ConfirmKey::Compare && !confirmed {
        use_up(batch);
        return defer(held, view, batch, grant, issuance);
    }

    let new = NewCopies {
        token: &issuance.token,
        configuration: &issuance.configuration,
        holders: issuance.holders,
        kid: &issuance.kid,
        issued_at: now,
        expires_at: issuance.expires_at,
    };
    match issue(indices, held, view, batch, &mut grant, new)? {
        Some(issued) => {
            use_up(batch);
            Ok(Recorded::Copies(Box::new(issued)))
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
        configuration: issuance.configuration,
        holders: issuance.holders,
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
        DeferralState::Pending | DeferralState::Confirmed if !grant.entries.is_empty() => {
            return Ok(Delivered::Unknown);
        }
        DeferralState::Pending | DeferralState::Confirmed if !is_open(&held, &grant) => {
            return Ok(Delivered::Denied);
        }
        DeferralState::Pending => return Ok(Delivered::Pending),
        DeferralState::Confirmed => {}
    }
    let new = NewCopies {
        token: &delivery.token,
        configuration: &deferral.configuration,
        holders: deferral.holders.clone(),
        kid: &delivery.kid,
        issued_at: now,
        expires_at: delivery.expires_at,
    };
    Ok(match issue(indices, held, view, batch, &mut grant, new)? {
        Some(issued) => Delivered::Copies { issued: Box::new(issued), holders: deferral.holders },
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

/// Records the copies; `None` when there are not enough indices to give.
fn issue(
    indices: Indices<'_>,
    mut held: Held,
    view: &View<'_>,
    batch: &mut Batch,
    grant: &mut Grant,
    new: NewCopies<'_>,
) -> Result<Option<IssuedCopies>, StoreError> {
    let count = new.holders.len();
    let Some(Reserved { entries, opened }) = reserve_status_indices(
        indices,
        view,
        batch,
        (new.kid, ListForm::Token),
        count,
        new.issued_at,
    )?
    else {
        return Ok(None);
    };
    // Copies on another phone are superseded; those under the same keys stand to their end.
    if !grant.renews {
        held.set_statuses(batch, |copy| {
            let elsewhere = new.holders.iter().all(|key| key.thumbprint != copy.holder);
            let in_use = copy.is_in_a_wallet() && copy.status == Status::Valid;
            (elsewhere && in_use).then_some(Status::Superseded)
        });
    }
    let copies: Vec<Copy> = entries
        .iter()
        .zip(new.holders)
        .map(|(entry, holder)| Copy {
            entry: *entry,
            status: Status::Valid,
            holder: holder.thumbprint,
            kid: new.kid.to_owned(),
            issued_at: new.issued_at,
            expires_at: new.expires_at,
        })
        .collect();
    held.go(Deed::Collect).map_err(|_| StoreError::Malformed("passport"))?;
    held.passport.copies.extend(copies.iter().cloned());
    let what = if grant.renews {
        Act::Renewed
    } else {
        held.passport.accepted_at = None;
        held.set_step(OfferStep::Issued);
        Act::Issued
    };
    held.log(view, batch, &line(new.issued_at, WALLET, what))?;
    grant.entries = entries;
    grant.configurations = vec![new.configuration.to_owned()];
    if let Some(deferral) = &mut grant.deferral {
        deferral.state = DeferralState::Delivered;
    }
    put(batch, key::grant(new.token), grant);
    let (passport, changed) = held.write(view, batch)?;
    let (passport, subject_ref) = (passport.id, passport.subject_ref);
    Ok(Some(IssuedCopies { passport, subject_ref, copies, opened, changed }))
}

/// Indices that were never given before, and lists that were opened on the way.
pub(super) struct Reserved {
    pub(super) entries: Vec<StatusEntry>,
    pub(super) opened: Vec<ListRow>,
}

/// The next indices in the key's order. When a list is full its spare takes over and a new spare is
/// opened, which the caller publishes at once.
pub(super) fn reserve_status_indices(
    Indices { order, policy }: Indices<'_>,
    view: &View<'_>,
    batch: &mut Batch,
    (kid, form): (&str, ListForm),
    count: usize,
    now: i64,
) -> Result<Option<Reserved>, StoreError> {
    let mut from = allocation(view, kid, form)?.ok_or(StoreError::Malformed("allocation"))?;
    let (mut entries, mut opened) = (Vec::new(), Vec::new());
    let mut lists: u32 = get(view, key::LIST_COUNT, "list count")?.unwrap_or(0);
    for _ in 0..count {
        if from.given >= policy.entries.saturating_sub(policy.decoys) {
            if now < from.spare_from {
                return Ok(None);
            }
            let spare = ListRow { number: lists, kid: kid.to_owned(), form };
            lists = lists.saturating_add(1);
            from = Allocation {
                list: from.spare,
                given: 0,
                spare: spare.number,
                spare_from: now.saturating_add(policy.lead),
            };
            opened.push(spare);
        }
        let index = order.index(from.list, from.given, policy.entries);
        from.given = from.given.saturating_add(1);
        entries.push(StatusEntry { list: from.list, index });
    }
    for row in &opened {
        put(batch, key::status_list(row.number), row);
    }
    if !opened.is_empty() {
        put(batch, key::LIST_COUNT, &lists);
    }
    put(batch, key::allocation(kid, form), &from);
    Ok(Some(Reserved { entries, opened }))
}

/// The first two lists of a key. They become public together before the service is ready, so both
/// may be used at once.
pub(super) fn open_lists(
    view: &View<'_>,
    batch: &mut Batch,
    kid: &str,
    form: ListForm,
) -> Result<(), StoreError> {
    if allocation(view, kid, form)?.is_some() {
        return Ok(());
    }
    let [list, spare] = first_lists(view, batch, kid, form)?;
    let from = Allocation { list: list.number, given: 0, spare: spare.number, spare_from: 0 };
    put(batch, key::allocation(kid, form), &from);
    Ok(())
}

fn first_lists(
    view: &View<'_>,
    batch: &mut Batch,
    kid: &str,
    form: ListForm,
) -> Result<[ListRow; 2], StoreError> {
    let mut count: u32 = get(view, key::LIST_COUNT, "list count")?.unwrap_or(0);
    let rows = std::array::from_fn(|_| {
        let row = ListRow { number: count, kid: kid.to_owned(), form };
        put(batch, key::status_list(count), &row);
        count = count.saturating_add(1);
        row
    });
    put(batch, key::LIST_COUNT, &count);
    Ok(rows)
}

fn allocation(
    view: &View<'_>,
    kid: &str,
    form: ListForm,
) -> Result<Option<Allocation>, StoreError> {
    get(view, &key::allocation(kid, form), "allocation")
}
