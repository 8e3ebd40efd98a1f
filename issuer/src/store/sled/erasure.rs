//! Erasure of a person in the embedded store.

use async_trait::async_trait;
use server::durable::{Batch, View};
use vc::status_list::Status;

use super::held::{Held, find_by, line};
use super::rows::{self, get, key, put};
use super::{SledStore, accounts, movements, offers};
use crate::store::{
    Act, Erased, Erasing, ErasureStore, HistoryEntry, Offer, PassportState, StatusEntry, StoreError,
};

/// In the place of a holder's key.
const ERASED: &str = "erased";

#[async_trait]
impl ErasureStore for SledStore {
    async fn erase_person(&self, erasing: Erasing) -> Result<Erased, StoreError> {
        self.fact(erasing.now, move |_, view, batch| erase(view, batch, &erasing)).await
    }
}

fn erase(view: &View<'_>, batch: &mut Batch, erasing: &Erasing) -> Result<Erased, StoreError> {
    let Some(mut held) = Held::read(view, &erasing.id)? else {
        return Ok(Erased::Unknown);
    };
    let subject_ref = held.passport.subject_ref.clone();
    if held.passport.erased {
        // Published again, should it have broken off before.
        let entries: Vec<StatusEntry> = held
            .passport
            .copies
            .iter()
            .chain(&held.passport.downloads)
            .map(|copy| copy.entry)
            .collect();
        return Ok(Erased::Done(entries));
    }
    let state = held.passport.state;
    if matches!(state, PassportState::Offered | PassportState::Active | PassportState::Suspended) {
        return Ok(Erased::State(state));
    }
    offers::close(&mut held, view, batch)?;
    // A copy that has not run out speaks of somebody whom nobody can look up any more.
    held.set_statuses(batch, |copy| (copy.expires_at > erasing.now).then_some(Status::Invalid));

    batch.remove(key::data_key(&subject_ref));
    batch.remove(key::personal(&subject_ref));
    batch.remove(key::subject(&subject_ref));
    batch.remove(key::proposal(&erasing.id));
    find_by(view, batch, &held.passport, &[])?;
    batch.remove(key::found_by(&erasing.id));
    movements::forget(view, batch, &erasing.id)?;
    accounts::forget(view, batch, &mut held.passport)?;
    if let Some(latest) = held.passport.latest.take() {
        if let Some(mut offer) = get::<Offer>(view, &key::offer(&latest.hash), "offer")? {
            offer.in_hand = None;
            put(batch, key::offer(&latest.hash), &offer);
        }
        if let Some(token) = latest.token {
            // It may hold the key that waited, which is hers.
            batch.remove(key::grant(&token));
        }
    }
    for entry in view.scan_prefix(&key::history(&erasing.id)) {
        let (key, value) = entry?;
        let mut entry: HistoryEntry = rows::parse(&value, "history")?;
        if entry.note.take().is_some() {
            put(batch, key, &entry);
        }
    }
    let passport = &mut held.passport;
    passport.state = PassportState::Archived;
    passport.erased = true;
    passport.subject_ref = String::new();
    passport.rejection = None;
    passport.due_at = None;
    passport.asked = None;
    for copy in &mut passport.copies {
        copy.holder = ERASED.to_owned();
    }
    held.log(view, batch, &line(erasing.now, &erasing.who, Act::Erased))?;
    let (_, changed) = held.write(view, batch)?;
    Ok(Erased::Done(changed))
}
