//! Staff accounts in the embedded store.

use async_trait::async_trait;
use server::durable::{Batch, View};

use super::SledStore;
use super::held::{Held, line};
use super::rows::{get, key, put};
use crate::store::accounts::{AccountStore, Named, Naming};
use crate::store::{
    Act, Done, NotDone, Offer, OfferState, Passport, PassportId, PassportState, SecretHash,
    StaffAccount, StoreError,
};

#[async_trait]
impl AccountStore for SledStore {
    async fn name_account(&self, naming: Naming) -> Result<Named, StoreError> {
        self.fact(naming.now, move |_, view, batch| name(view, batch, &naming)).await
    }

    async fn offer_of_account(
        &self,
        account: &SecretHash,
    ) -> Result<Option<(SecretHash, Offer)>, StoreError> {
        let Some(id) = self.read::<PassportId>(&key::account(account), "account")? else {
            return Ok(None);
        };
        let passport: Option<Passport> = self.read(&key::passport(&id), "passport")?;
        let Some(latest) = passport.and_then(|passport| passport.latest) else { return Ok(None) };
        let offer = self.read(&key::offer(&latest.hash), "offer")?;
        Ok(offer.map(|offer| (latest.hash, offer)))
    }
}

fn name(view: &View<'_>, batch: &mut Batch, naming: &Naming) -> Result<Named, StoreError> {
    let Some(mut held) = Held::read(view, &naming.id)? else {
        return Ok(Named::Done(Done::Not(NotDone::Unknown)));
    };
    if naming.account.is_some() && is_over(held.passport.state) {
        return Ok(Named::Done(Done::Not(NotDone::State(held.passport.state))));
    }
    if !naming.while_offered && has_open_offer(view, &held.passport, naming.now)? {
        return Ok(Named::OfferOpen);
    }
    let before = held.passport.account.as_ref().map(|account| account.found_by);
    let what = match &naming.account {
        Some(new) => {
            let row = key::account(&new.found_by);
            let other = get::<PassportId>(view, &row, "account")?.filter(|its| *its != naming.id);
            if let Some(other) = other
                && get::<Passport>(view, &key::passport(&other), "passport")?.is_some_and(in_use)
            {
                return Ok(Named::Taken);
            }
            forget(view, batch, &mut held.passport)?;
            put(batch, row, &naming.id);
            held.passport.account =
                Some(StaffAccount { found_by: new.found_by, sealed: new.sealed.clone() });
            Act::AccountNamed
        }
        None => {
            forget(view, batch, &mut held.passport)?;
            Act::AccountRemoved
        }
    };
    let after = held.passport.account.as_ref().map(|account| account.found_by);
    if before != after {
        held.log(view, batch, &line(naming.now, &naming.who, what))?;
    }
    let (passport, changed) = held.write(view, batch)?;
    Ok(Named::Done(Done::Done(Box::new(passport), changed)))
}

/// Whether nobody can collect it any more: another may have its account.
fn is_over(state: PassportState) -> bool {
    matches!(state, PassportState::Archived | PassportState::Superseded)
}

fn in_use(passport: Passport) -> bool {
    !is_over(passport.state)
}

/// Takes the account of a passport away; it may be another's from now on, or already.
pub(super) fn forget(
    view: &View<'_>,
    batch: &mut Batch,
    passport: &mut Passport,
) -> Result<(), StoreError> {
    if let Some(account) = passport.account.take() {
        let row = key::account(&account.found_by);
        if get::<PassportId>(view, &row, "account")? == Some(passport.id) {
            batch.remove(row);
        }
    }
    Ok(())
}

/// Whether an account is the one whose passport's latest offer this is.
pub(super) fn may_collect(
    view: &View<'_>,
    account: &SecretHash,
    offer: &SecretHash,
) -> Result<bool, StoreError> {
    let Some(id) = get::<PassportId>(view, &key::account(account), "account")? else {
        return Ok(false);
    };
    let passport: Option<Passport> = get(view, &key::passport(&id), "passport")?;
    let latest = passport.and_then(|passport| passport.latest);
    Ok(latest.is_some_and(|latest| latest.hash == *offer))
}

fn has_open_offer(view: &View<'_>, passport: &Passport, now: i64) -> Result<bool, StoreError> {
    let Some(latest) = &passport.latest else { return Ok(false) };
    let offer: Option<Offer> = get(view, &key::offer(&latest.hash), "offer")?;
    Ok(offer.is_some_and(|offer| offer.state == OfferState::Open && now < offer.expires_at))
}
