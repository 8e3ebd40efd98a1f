//! What two people decide, in the embedded store.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use server::audit::{self, Entry, Event};
use server::durable::{Batch, View};

use super::held::{Held, line};
use super::rows::{get, key, put};
use super::{SledStore, acts, documents, offers, review};
use crate::life::{Deed, after};
use crate::store::{
    Act, Agreeing, Agreement, Amendment, ApprovalStore, Approving, AskedAct, Asking, ChangeKind,
    Done, HistoryEntry, HrAct, HrDeed, KeyDecision, KeyVerdict, NotDone, Offering, Passport,
    PassportId, Refusing, SecretHash, StoreError,
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

    async fn agree_on_import(&self, agreeing: Agreeing) -> Result<Agreement, StoreError> {
        self.fact(agreeing.now, move |_, view, batch| agree(view, batch, &agreeing)).await
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

/// Seconds that a wish, or an agreement, stands.
const AGREEMENT_SECONDS: i64 = 7 * 24 * 60 * 60;

/// Who wants an import, and who agrees.
#[derive(Serialize, Deserialize)]
struct Wish {
    by: String,
    at: i64,
    second: Option<String>,
}

fn agree(view: &View<'_>, batch: &mut Batch, it: &Agreeing) -> Result<Agreement, StoreError> {
    let row = key::import_wish(&it.import);
    let wish = get::<Wish>(view, &row, "wish for an import")?
        .filter(|wish| it.now < wish.at.saturating_add(AGREEMENT_SECONDS));
    let (wish, what) = match wish {
        Some(wish) if wish.second.is_some() => return Ok(Agreement::Agreed),
        Some(wish) if wish.by == it.who => return Ok(Agreement::Waits),
        Some(wish) => {
            (Wish { at: it.now, second: Some(it.who.clone()), ..wish }, Event::ImportAgreed)
        }
        None => (Wish { by: it.who.clone(), at: it.now, second: None }, Event::ImportAsked),
    };
    put(batch, row, &wish);
    let entry = Entry {
        at: it.now,
        who: it.who.clone(),
        what,
        about: None,
        detail: Some(format!("import {}", hex(&it.import))),
    };
    audit::append(view, batch, entry)?;
    Ok(if wish.second.is_some() { Agreement::Agreed } else { Agreement::Waits })
}

/// The first 32 bits: enough to tell two imports of a week apart.
fn hex(hash: &SecretHash) -> String {
    hash.0.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
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
