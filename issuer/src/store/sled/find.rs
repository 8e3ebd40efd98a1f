//! Finding passports in the embedded store: pages, queues, counts.

use std::ops::Range;

use uuid::Uuid;

use super::SledStore;
use super::rows::{key, parse};
use crate::store::{
    Cursor, IndexToken, Listed, MAX_EXPIRING, Page, PageRequest, Passport, PassportId,
    PassportState, Queue, QueueCounts, StoreError,
};

/// Most index rows that one page looks at.
const LOOKED_AT: usize = 5000;

pub(super) fn page(store: &SledStore, request: &PageRequest) -> Result<Page, StoreError> {
    let (range, prefix) = keys(request);
    let mut items = Vec::new();
    let mut last = None;
    for (looked_at, entry) in store.db.range(range).enumerate() {
        if looked_at == LOOKED_AT || items.len() >= request.limit {
            return Ok(Page { items, next: last });
        }
        let (index_key, _) = entry?;
        let place = *index_key.last_chunk().ok_or(StoreError::Malformed("passport index"))?;
        last = index_key.get(prefix..).map(|end| Cursor(end.to_vec()));
        if let Some(listed) = at_place(store, request, &place)? {
            items.push(listed);
        }
    }
    Ok(Page { items, next: None })
}

/// The keys to look at, and how long their common beginning is.
fn keys(request: &PageRequest) -> (Range<Vec<u8>>, usize) {
    let prefix = match (request.tokens.first(), request.queue, request.state) {
        (Some(token), _, _) => key::search(token),
        (None, Some(Queue::Expiring), _) => key::RUNS_OUT.to_vec(),
        (None, Some(queue), _) => key::queue(queue),
        (None, None, Some(state)) => key::by_state(state),
        (None, None, None) => key::BY_TIME.to_vec(),
    };
    let end = match (request.tokens.first(), request.queue) {
        (None, Some(Queue::Expiring)) => {
            key::instant(key::RUNS_OUT, request.expiring_until.saturating_add(1))
        }
        _ => [prefix.as_slice(), &[0xff; 33]].concat(),
    };
    let length = prefix.len();
    let start = match &request.after {
        Some(Cursor(cursor)) => [prefix.as_slice(), cursor, &[0]].concat(),
        None => prefix,
    };
    // A cursor of another question may stand behind the end.
    let end = end.max(start.clone());
    (start..end, length)
}

/// The passport at a place of an index, when it is all that is asked for.
fn at_place(
    store: &SledStore,
    request: &PageRequest,
    place: &[u8; 24],
) -> Result<Option<Listed>, StoreError> {
    let others = request.tokens.get(1..).unwrap_or_default();
    for token in others {
        if !is_found_by(store, token, place)? {
            return Ok(None);
        }
    }
    let id = PassportId(Uuid::from_bytes(place.last_chunk().copied().unwrap_or_default()));
    let row = store.db.get(&key::passport(&id))?;
    let Some(passport) = row.and_then(|row| parse::<Passport>(&row, "passport").ok()).map(Box::new)
    else {
        tracing::error!(passport.id = %id, "the row of passport {id} cannot be read");
        return Ok(Some(Listed::Unreadable(id)));
    };
    let state_fits = match request.state {
        Some(state) => state == passport.state,
        None => passport.state != PassportState::Archived,
    };
    let queue_fits = request.queue.is_none_or(|queue| match queue {
        Queue::Expiring => passport.runs_out_at().is_some_and(|at| at <= request.expiring_until),
        queue => passport.queues().contains(&queue),
    });
    Ok((state_fits && queue_fits).then_some(Listed::Passport(passport)))
}

fn is_found_by(
    store: &SledStore,
    token: &IndexToken,
    place: &[u8; 24],
) -> Result<bool, StoreError> {
    Ok(store.db.get(&[key::search(token).as_slice(), place].concat())?.is_some())
}

pub(super) fn counts(store: &SledStore, expiring_until: i64) -> Result<QueueCounts, StoreError> {
    let waiting = Queue::ALL
        .iter()
        .filter(|queue| **queue != Queue::Expiring)
        .map(|queue| {
            let count = store.read(&key::queue_count(*queue), "queue count")?.unwrap_or(0);
            Ok((*queue, count))
        })
        .collect::<Result<_, StoreError>>()?;
    let end = key::instant(key::RUNS_OUT, expiring_until.saturating_add(1));
    let mut expiring = 0;
    for entry in store.db.range(key::RUNS_OUT.to_vec()..end) {
        entry?;
        expiring += 1;
        if expiring == MAX_EXPIRING {
            break;
        }
    }
    Ok(QueueCounts { waiting, expiring })
}

/// Passports that are listed as over by `now`: their last copy has run out, or a key waits for HR.
pub(super) fn to_lapse(
    store: &SledStore,
    now: i64,
    most: usize,
) -> Result<(Vec<PassportId>, Vec<PassportId>), StoreError> {
    let id_of = |index_key: Vec<u8>| {
        let id = index_key.last_chunk().copied().ok_or(StoreError::Malformed("passport index"))?;
        Ok(PassportId(Uuid::from_bytes(id)))
    };
    let end = key::instant(key::COPY_ENDS, now.saturating_add(1));
    let over = store
        .db
        .range(key::COPY_ENDS.to_vec()..end)
        .take(most)
        .map(|entry| id_of(entry?.0))
        .collect::<Result<_, StoreError>>()?;
    let mut waiting = Vec::new();
    for entry in store.db.scan_prefix(&key::queue(Queue::ToConfirm)).take(most) {
        let id = id_of(entry?.0)?;
        let passport: Option<Passport> = store.read(&key::passport(&id), "passport")?;
        let latest = passport.and_then(|passport| passport.latest);
        if latest.is_some_and(|latest| latest.expires_at <= now) {
            waiting.push(id);
        }
    }
    Ok((over, waiting))
}
