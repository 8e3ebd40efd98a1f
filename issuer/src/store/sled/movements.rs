//! Movements in the embedded store.

use async_trait::async_trait;
use passport::OdsCode;
use server::durable::{Batch, View};
use sha2::{Digest, Sha256};

use super::SledStore;
use super::held::{Held, line};
use super::rows::{self, NOTHING, get, key, put};
use crate::store::{
    Act, Decided, HistoryEntry, Movement, MovementDecision, MovementId, MovementState,
    MovementStore, MovementsRequest, Notice, Noticed, PassportId, StoreError,
};

/// Movements that are looked through for one page, so that a rare filter does not hold the store.
const LOOKED_THROUGH: usize = 5000;
const BY_TIME: &[u8] = b"movement-by-time/";
const COUNTER: &[u8] = b"counter/";

fn row(id: &MovementId) -> Vec<u8> {
    [b"movement/", id.0.0.as_slice()].concat()
}

fn of_jti(host: &OdsCode, jti: &str) -> Vec<u8> {
    let hash = Sha256::digest(format!("{host} {jti}"));
    [b"movement-of-jti/", hash.as_slice()].concat()
}

/// Newest first.
fn place(movement: &Movement) -> Vec<u8> {
    let age = u64::MAX - u64::try_from(movement.received_at).unwrap_or(0);
    [&age.to_be_bytes(), movement.id.0.0.as_slice()].concat()
}

#[async_trait]
impl MovementStore for SledStore {
    async fn record_notice(&self, notice: Notice) -> Result<Noticed, StoreError> {
        let now = notice.movement.received_at;
        self.fact(now, move |_, view, batch| record(view, batch, notice)).await
    }

    async fn decide_movement(&self, decision: MovementDecision) -> Result<Decided, StoreError> {
        self.fact(decision.now, move |_, view, batch| decide(view, batch, decision)).await
    }

    async fn movement(&self, id: &MovementId) -> Result<Option<Movement>, StoreError> {
        self.read(&row(id), "movement")
    }

    async fn movement_of(&self, host: &OdsCode, jti: &str) -> Result<Option<Movement>, StoreError> {
        let id: Option<MovementId> = self.read(&of_jti(host, jti), "movement of jti")?;
        id.map_or(Ok(None), |id| self.read(&row(&id), "movement"))
    }

    async fn movements(
        &self,
        request: MovementsRequest,
    ) -> Result<(Vec<Movement>, Option<Vec<u8>>), StoreError> {
        let from = request.after.map_or_else(
            || BY_TIME.to_vec(),
            // The key that follows.
            |after| [BY_TIME, after.as_slice(), &[0]].concat(),
        );
        let to = [BY_TIME, &[u8::MAX; 41]].concat();
        let mut found = Vec::new();
        for (looked, entry) in self.db.range(from..to).enumerate() {
            let (key, _) = entry?;
            let place = key.strip_prefix(BY_TIME).unwrap_or_default().to_vec();
            let id = place.last_chunk::<32>().ok_or(StoreError::Malformed("movement"))?;
            let id = MovementId(crate::store::SecretHash(*id));
            let movement: Option<Movement> = self.read(&row(&id), "movement")?;
            let fits = |movement: &Movement| {
                request.state.is_none_or(|state| movement.state == state)
                    && request.on.is_none_or(|day| (movement.start..=movement.end).contains(&day))
            };
            found.extend(movement.filter(fits));
            if found.len() >= request.limit || looked >= LOOKED_THROUGH {
                return Ok((found, Some(place)));
            }
        }
        Ok((found, None))
    }

    async fn counters(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.db
            .scan_prefix(COUNTER)
            .map(|entry| {
                let (key, value) = entry?;
                let name = key.strip_prefix(COUNTER).unwrap_or_default();
                let name = String::from_utf8_lossy(name).into_owned();
                Ok((name, rows::parse(&value, "counter")?))
            })
            .collect()
    }
}

/// Counts something; a fact counts each name once.
pub(super) fn count(view: &View<'_>, batch: &mut Batch, name: &str) -> Result<(), StoreError> {
    let key = [COUNTER, name.as_bytes()].concat();
    let before: u64 = get(view, &key, "counter")?.unwrap_or(0);
    put(batch, key, &before.saturating_add(1));
    Ok(())
}

fn record(view: &View<'_>, batch: &mut Batch, notice: Notice) -> Result<Noticed, StoreError> {
    let Notice { mut movement, subject_ref } = notice;
    let jti = of_jti(&movement.host, &movement.jti);
    if let Some(known) = get::<MovementId>(view, &jti, "movement of jti")? {
        return Ok(if known == movement.id { Noticed::Recorded } else { Noticed::JtiUsed });
    }
    movement.passport = get::<PassportId>(view, &key::subject(&subject_ref), "subject")?;
    put(batch, jti, &movement.id);
    batch.put([BY_TIME, &place(&movement)].concat(), NOTHING);
    put(batch, row(&movement.id), &movement);
    if let Some(id) = &movement.passport
        && let Some(mut held) = Held::read(view, id)?
    {
        let who = format!("host:{}", movement.host);
        held.log(view, batch, &line(movement.received_at, &who, Act::ReleaseAsked))?;
        held.write(view, batch)?;
        batch.put([key::movements_of(id), place(&movement)].concat(), NOTHING);
    }
    count(view, batch, &format!("movements/WAITING/{}/{}", movement.host, movement.kind))?;
    Ok(Noticed::Recorded)
}

fn decide(
    view: &View<'_>,
    batch: &mut Batch,
    decision: MovementDecision,
) -> Result<Decided, StoreError> {
    let Some(mut movement) = get::<Movement>(view, &row(&decision.id), "movement")? else {
        return Ok(Decided::Unknown);
    };
    let allowed = match decision.state {
        MovementState::Approved | MovementState::Refused => {
            movement.state == MovementState::Waiting
        }
        MovementState::Ended => movement.state == MovementState::Approved,
        MovementState::Waiting => false,
    };
    if !allowed {
        return Ok(Decided::State(movement.state));
    }
    let what = match decision.state {
        MovementState::Approved if movement.passport.is_none() => return Ok(Decided::NobodyHere),
        MovementState::Approved => Act::ReleaseApproved,
        MovementState::Refused => Act::ReleaseRefused,
        MovementState::Ended | MovementState::Waiting => Act::ReleaseEnded,
    };
    movement.state = decision.state;
    movement.reason = decision.reason;
    movement.decided_by = Some(decision.who.clone());
    movement.decided_at = Some(decision.now);
    movement.answer = Some(decision.answer);
    movement.end = decision.end.unwrap_or(movement.end);
    put(batch, row(&movement.id), &movement);
    if let Some(id) = &movement.passport
        && let Some(mut held) = Held::read(view, id)?
    {
        let entry = HistoryEntry {
            reason: decision.reason.map(|reason| reason.name().to_owned()),
            note: decision.note,
            ..line(decision.now, &decision.who, what)
        };
        held.log(view, batch, &entry)?;
        held.write(view, batch)?;
    }
    let state = decision.state.name();
    count(view, batch, &format!("movements/{state}/{}/{}", movement.host, movement.kind))?;
    Ok(Decided::Done(Box::new(movement)))
}

/// Takes a person out of her movements, which go on as numbers.
pub(super) fn forget(
    view: &View<'_>,
    batch: &mut Batch,
    passport: &PassportId,
) -> Result<(), StoreError> {
    let prefix = key::movements_of(passport);
    for entry in view.scan_prefix(&prefix) {
        let (key, _) = entry?;
        if let Some(id) = key.last_chunk::<32>() {
            let id = MovementId(crate::store::SecretHash(*id));
            if let Some(mut movement) = get::<Movement>(view, &row(&id), "movement")? {
                movement.passport = None;
                movement.answer = None;
                put(batch, row(&id), &movement);
            }
        }
        batch.remove(key);
    }
    Ok(())
}
