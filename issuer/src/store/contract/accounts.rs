//! Which account is whose.

use super::{Backend, NOW, deed, draft, hash, id, new_offer, offering, passport};
use crate::store::{
    ArchiveReason, Done, Erased, Erasing, HrAct, ListPolicy, Named, Naming, NewAccount, NewOffer,
    NotDone, OfferReason, Store, WithdrawalReason,
};

fn naming(n: u32, account: Option<u32>) -> Naming {
    Naming {
        id: id(n),
        account: account.map(|account| NewAccount {
            found_by: hash(b'u', account),
            sealed: "sealed".to_owned(),
        }),
        while_offered: true,
        who: "person:1".to_owned(),
        now: NOW,
    }
}

#[track_caller]
fn stands(named: &Named) {
    assert!(matches!(named, Named::Done(Done::Done(..))), "{named:?}");
}

/// Whose open offer an account leads to.
async fn found(store: &dyn Store, account: u32) -> Option<u32> {
    let (_, offer) = store.offer_of_account(&hash(b'u', account)).await.unwrap()?;
    (1..10).find(|n| id(*n) == offer.passport)
}

pub(crate) async fn an_account_leads_to_the_latest_offer_of_its_one_passport<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    for n in [1, 2] {
        store.draft_passport(draft(n)).await.unwrap();
    }

    stands(&store.name_account(naming(1, Some(7))).await.unwrap());
    assert_eq!(store.name_account(naming(2, Some(7))).await.unwrap(), Named::Taken);
    assert_eq!((found(&*store, 7).await, found(&*store, 8).await), (Some(1), None));
    let again = NewOffer { reason: OfferReason::Again, ..new_offer(3) };
    store.act_on_passport(deed(1, HrAct::Withdraw(WithdrawalReason::Mistake))).await.unwrap();
    store.offer_passport(offering(1, again)).await.unwrap();
    let (latest, _) = store.offer_of_account(&hash(b'u', 7)).await.unwrap().unwrap();
    assert_eq!(latest, hash(b'o', 3));

    // Another account in its place, and none.
    stands(&store.name_account(naming(1, Some(8))).await.unwrap());
    assert_eq!((found(&*store, 7).await, found(&*store, 8).await), (None, Some(1)));
    drop(store);
    let backend = backend.reopened();
    let store = backend.store();
    stands(&store.name_account(naming(1, None)).await.unwrap());
    assert_eq!(found(&*store, 8).await, None);
    assert_eq!(passport(&*store, 1).await.account, None);
    let unknown = store.name_account(naming(9, Some(9))).await.unwrap();
    assert_eq!(unknown, Named::Done(Done::Not(NotDone::Unknown)));
}

pub(crate) async fn the_account_of_a_passport_that_is_over_may_be_anothers<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    for n in [1, 2] {
        store.draft_passport(draft(n)).await.unwrap();
    }
    stands(&store.name_account(naming(1, Some(7))).await.unwrap());
    store.act_on_passport(deed(1, HrAct::Withdraw(WithdrawalReason::Mistake))).await.unwrap();
    store.act_on_passport(deed(1, HrAct::Archive(ArchiveReason::Finished))).await.unwrap();

    stands(&store.name_account(naming(2, Some(7))).await.unwrap());
    // The end of the first does not take it from the second.
    let erasing = Erasing { id: id(1), who: "person:1".to_owned(), now: NOW };
    assert!(matches!(store.erase_person(erasing).await.unwrap(), Erased::Done(_)));

    assert_eq!(found(&*store, 7).await, Some(2));
    assert_eq!(passport(&*store, 1).await.account, None);
}

pub(crate) async fn whoever_may_not_offer_alone_names_no_account_under_an_offer<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let second = || Naming { while_offered: false, ..naming(1, Some(7)) };

    assert_eq!(store.name_account(second()).await.unwrap(), Named::OfferOpen);
    assert_eq!(found(&*store, 7).await, None);
    store.act_on_passport(deed(1, HrAct::Withdraw(WithdrawalReason::Mistake))).await.unwrap();
    stands(&store.name_account(second()).await.unwrap());
}
