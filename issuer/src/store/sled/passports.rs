//! Passports in the embedded store: draft, revoke, find.

use std::ops::Range;

use server::durable::{Batch, View};
use uuid::Uuid;
use vc::status_list::Status;

use super::rows::{NOTHING, get, key, parse, put};
use super::{SledStore, record};
use crate::store::{
    Act, Cursor, HistoryEntry, Offer, OfferState, Page, PageRequest, Passport, PassportDraft,
    PassportId, PassportState, Revocation, Revoked, StoreError,
};

/// Most index rows that one page looks at.
const LOOKED_AT: usize = 5000;

pub(super) fn draft(
    view: &View<'_>,
    batch: &mut Batch,
    draft: PassportDraft,
) -> Result<(), StoreError> {
    let mut passport = Passport {
        id: draft.id,
        subject_ref: draft.subject_ref,
        configuration: draft.configuration,
        state: PassportState::Offered,
        created_at_ms: draft.now_ms,
        offer: draft.offer,
        copies: vec![],
        history: vec![],
    };
    let at = draft.now_ms.div_euclid(1000);
    let entry = HistoryEntry { at, who: draft.who, what: Act::Offered, reason: None };
    record(view, batch, &mut passport, entry)?;

    let place = place(&passport);
    batch.put([key::BY_TIME, &place].concat(), NOTHING);
    batch.put([key::by_state(passport.state).as_slice(), &place].concat(), NOTHING);
    for token in &draft.index {
        batch.put([key::search(token).as_slice(), &place].concat(), NOTHING);
    }
    batch.put(key::data_key(&passport.subject_ref), draft.sealed.wrapped_key);
    batch.put(key::personal(&passport.subject_ref), draft.sealed.document);
    let offer = Offer {
        passport: passport.id,
        configuration: passport.configuration.clone(),
        code: draft.code,
        tx_code: draft.tx_code,
        wrong_tries: 0,
        state: OfferState::Open,
        expires_at: draft.offer_expires_at,
    };
    put(batch, key::offer(&draft.offer), &offer);
    put(batch, key::code(&draft.code), &draft.offer);
    put(batch, key::passport(&passport.id), &passport);
    Ok(())
}

/// Writes a passport whose state may have changed.
pub(super) fn rewrite(batch: &mut Batch, passport: &Passport, state_before: PassportState) {
    if state_before != passport.state {
        let place = place(passport);
        batch.remove([key::by_state(state_before).as_slice(), &place].concat());
        batch.put([key::by_state(passport.state).as_slice(), &place].concat(), NOTHING);
    }
    put(batch, key::passport(&passport.id), passport);
}

pub(super) fn revoke(
    view: &View<'_>,
    batch: &mut Batch,
    revocation: Revocation,
) -> Result<Revoked, StoreError> {
    let Some(mut passport) = get::<Passport>(view, &key::passport(&revocation.id), "passport")?
    else {
        return Ok(Revoked::Unknown);
    };
    if passport.state == PassportState::Revoked {
        let given = passport.history.iter().rev().find_map(|entry| entry.reason);
        return Ok(match given {
            Some(reason) if reason != revocation.reason => Revoked::Otherwise(reason),
            _ => Revoked::Done(passport),
        });
    }

    let before = passport.state;
    passport.state = PassportState::Revoked;
    for copy in &mut passport.copies {
        copy.status = Status::Invalid;
        put(batch, key::status_entry(copy.entry.list, copy.entry.index), &copy.status);
    }
    if let Some(mut offer) = get::<Offer>(view, &key::offer(&passport.offer), "offer")?
        && offer.state == OfferState::Open
    {
        offer.state = OfferState::Dead;
        put(batch, key::offer(&passport.offer), &offer);
    }
    let entry = HistoryEntry {
        at: revocation.now,
        who: revocation.who,
        what: Act::Revoked,
        reason: Some(revocation.reason),
    };
    record(view, batch, &mut passport, entry)?;
    rewrite(batch, &passport, before);
    Ok(Revoked::Done(passport))
}

pub(super) fn page(store: &SledStore, request: &PageRequest) -> Result<Page, StoreError> {
    let (prefix, others) = match (request.tokens.split_first(), request.state) {
        (Some((token, others)), _) => (key::search(token), others),
        (None, Some(state)) => (key::by_state(state), [].as_slice()),
        (None, None) => (key::BY_TIME.to_vec(), [].as_slice()),
    };

    let mut items = Vec::new();
    let mut last = None;
    for (looked_at, entry) in store.db.range(after(&prefix, request.after)).enumerate() {
        if looked_at == LOOKED_AT || items.len() >= request.limit {
            return Ok(Page { items, next: last });
        }
        let (index_key, _) = entry?;
        let place = *index_key.last_chunk().ok_or(StoreError::Malformed("passport index"))?;
        last = Some(Cursor(place));
        if let Some(passport) = at_place(store, request.state, others, &place)? {
            items.push(passport);
        }
    }
    Ok(Page { items, next: None })
}

/// The passport at a place of an index, when it is found by the `others` too.
fn at_place(
    store: &SledStore,
    state: Option<PassportState>,
    others: &[crate::store::IndexToken],
    place: &[u8; 24],
) -> Result<Option<Passport>, StoreError> {
    for token in others {
        if store.db.get(&[key::search(token).as_slice(), place].concat())?.is_none() {
            return Ok(None);
        }
    }
    let id = place.last_chunk().copied().unwrap_or_default();
    let passport: Passport =
        match store.db.get(&key::passport(&PassportId(Uuid::from_bytes(id))))? {
            Some(bytes) => parse(&bytes, "passport")?,
            None => return Err(StoreError::Malformed("passport index")),
        };
    Ok(state.is_none_or(|state| state == passport.state).then_some(passport))
}

/// The end of an index key: newest first, then by id.
fn place(passport: &Passport) -> [u8; 24] {
    let age = u64::MAX - u64::try_from(passport.created_at_ms).unwrap_or(0);
    let mut place = [0; 24];
    let parts = age.to_be_bytes().into_iter().chain(*passport.id.0.as_bytes());
    for (to, from) in place.iter_mut().zip(parts) {
        *to = from;
    }
    place
}

/// Keys that begin with `prefix` and stand after the cursor.
fn after(prefix: &[u8], cursor: Option<Cursor>) -> Range<Vec<u8>> {
    let start = match cursor {
        Some(cursor) => [prefix, &cursor.0, &[0]].concat(),
        None => prefix.to_vec(),
    };
    let end = [prefix, &[0xff; 25]].concat();
    start..end
}
