//! What two people decide, in the embedded store.

use async_trait::async_trait;
use server::audit::{self, Entry, Event};
use server::durable::{Batch, View};

use super::held::{Held, line};
use super::rows::{get, key};
use super::{SledStore, acts, documents, offers, review};
use crate::life::{Deed, after};
use crate::store::{
    Act, Amendment, ApprovalStore, Approving, AskedAct, Asking, ChangeKind, Done, HistoryEntry,
    HrAct, HrDeed, KeyDecision, KeyVerdict, NotDone, Offering, Passport, PassportId, Refusing,
    StoreError,
};

const TWO_PEOPLE: &[u8] = b"two-people-issue";

#[async_trait]
impl ApprovalStore for SledStore {
    async fn ask(&self, asking: Asking) -> Result<Done, StoreError> {
        self.fact(asking.asked.at, move |_, view, batch| ask(view, batch, asking)).await
    }

    async fn proposal(&self, id: &PassportId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.db.get(&key::proposal(id))?)
    }

    async fn approve(&self, approving: Approving) -> Result<Done, StoreError> {
        self.fact(approving.now, move |_, view, batch| approve(view, batch, approving)).await
    }

    async fn refuse_asked(&self, refusing: Refusing) -> Result<Done, StoreError> {
        self.fact(refusing.now, move |_, view, batch| refuse(view, batch, refusing)).await
    }

    async fn note_two_people(&self, on: bool, now: i64) -> Result<(), StoreError> {
        let word = if on { "on" } else { "off" };
        if self.db.get(TWO_PEOPLE)?.as_deref() == Some(word.as_bytes()) {
            return Ok(());
        }
        self.db
            .commit(move |view, batch| {
                batch.put(TWO_PEOPLE, word);
                let entry = Entry {
                    at: now,
                    who: "command".to_owned(),
                    what: Event::TwoPeopleSet,
                    about: None,
                    detail: Some(format!("issuing by hand: {word}")),
                };
                audit::append(view, batch, entry)?;
                Ok(())
            })
            .await
    }
}

fn ask(view: &View<'_>, batch: &mut Batch, asking: Asking) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &asking.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let state = held.passport.state;
    if held.passport.asked.is_some() {
        return Ok(Done::Not(NotDone::AskedAlready));
    }
    let deed = match asking.asked.act {
        AskedAct::Offer => Some(Deed::Offer),
        AskedAct::Change => Some(Deed::ChangeBenignly),
        AskedAct::Reinstate => Some(Deed::Reinstate),
        AskedAct::Waive => None,
    };
    if deed.is_some_and(|deed| after(state, deed).is_none()) {
        return Ok(Done::Not(NotDone::State(state)));
    }
    if asking.asked.act == AskedAct::Offer && !held.passport.whole {
        return Ok(Done::Not(NotDone::NotWhole));
    }
    if asking.asked.revision != held.passport.revision {
        return Ok(Done::Not(NotDone::ChangedMeanwhile));
    }
    if let Some(sealed) = asking.proposal {
        batch.put(key::proposal(&asking.id), sealed);
    }
    let asked = asking.asked;
    let entry = HistoryEntry {
        reason: Some(asked.act.name().to_owned()),
        note: asked.note.clone(),
        ..line(asked.at, &asked.by, Act::ApprovalAsked)
    };
    held.passport.asked = Some(asked);
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}

fn approve(view: &View<'_>, batch: &mut Batch, approving: Approving) -> Result<Done, StoreError> {
    let Approving { id, asked, offer, document, who, now } = approving;
    let passport: Option<Passport> = get(view, &key::passport(&id), "passport")?;
    let Some(passport) = passport else { return Ok(Done::Not(NotDone::Unknown)) };
    let not = |why| Ok(Done::Not(why));
    let Some(waiting) = passport.asked else { return not(NotDone::NothingAsked) };
    if waiting.by == who {
        return not(NotDone::OwnAsking);
    }
    if waiting != asked || waiting.revision != passport.revision {
        return not(NotDone::ChangedMeanwhile);
    }
    let note = asked.note;
    match asked.act {
        AskedAct::Offer => match offer {
            Some(offer) => offers::offer(view, batch, Offering { id, offer, who, now }),
            None => not(NotDone::ChangedMeanwhile),
        },
        AskedAct::Change => match document {
            Some(document) => {
                let (revision, kind) = (asked.revision, Some(ChangeKind::Benign));
                let amendment = Amendment { id, revision, document, kind, who, note, now };
                documents::amend(view, batch, amendment)
            }
            None => not(NotDone::ChangedMeanwhile),
        },
        AskedAct::Reinstate => match asked.reinstate {
            Some(reason) => {
                let act = HrAct::Reinstate(reason);
                acts::act(view, batch, HrDeed { id, act, who, note, now })
            }
            None => not(NotDone::ChangedMeanwhile),
        },
        AskedAct::Waive => {
            let verdict = KeyVerdict::Waived;
            review::decide(view, batch, KeyDecision { id, verdict, who, note, now })
        }
    }
}

fn refuse(view: &View<'_>, batch: &mut Batch, refusing: Refusing) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &refusing.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let Some(asked) = held.passport.asked.take() else {
        return Ok(Done::Not(NotDone::NothingAsked));
    };
    batch.remove(key::proposal(&refusing.id));
    let entry = HistoryEntry {
        reason: Some(asked.act.name().to_owned()),
        note: refusing.note,
        ..line(refusing.now, &refusing.who, Act::ApprovalRefused)
    };
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}
