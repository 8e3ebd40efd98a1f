//! Offers and their codes.

use tokio::task::JoinSet;

use super::{Backend, NOW, draft, hash, id, new_offer, redemption};
use crate::store::{ListPolicy, NewOffer, OfferState, PassportDraft, Redeemed, Redemption};

pub(crate) async fn a_code_is_redeemed_once_however_many_come_at_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    backend.store().draft_passport(draft(1)).await.unwrap();

    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let store = backend.store();
        tasks.spawn(async move {
            let redemption = Redemption { token: hash(b'a', n), ..redemption(1) };
            store.redeem_code(redemption).await.unwrap()
        });
    }
    let answers = tasks.join_all().await;

    let granted = answers.iter().filter(|answer| matches!(answer, Redeemed::Granted(_))).count();
    let used = answers.iter().filter(|answer| **answer == Redeemed::Used).count();
    assert_eq!((granted, used), (1, 99));
    let mut tokens = 0;
    for n in 0..100 {
        tokens += usize::from(backend.store().grant(&hash(b'a', n)).await.unwrap().is_some());
    }
    assert_eq!(tokens, 1);
}

pub(crate) async fn an_unknown_code_gives_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());

    let redeemed = backend.store().redeem_code(redemption(1)).await.unwrap();

    assert_eq!(redeemed, Redeemed::Unknown);
    assert_eq!(backend.store().grant(&hash(b'a', 1)).await.unwrap(), None);
}

pub(crate) async fn a_wrong_transaction_code_does_not_burn_the_offer<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let wrong = Redemption { tx_code: Some(hash(b'x', 1)), ..redemption(1) };

    for left in [4, 3, 2, 1] {
        let redeemed = store.redeem_code(wrong.clone()).await.unwrap();
        assert_eq!(redeemed, Redeemed::TxCodeWrong(id(1), left));
    }
    let redeemed = store.redeem_code(redemption(1)).await.unwrap();

    assert!(matches!(redeemed, Redeemed::Granted(_)), "{redeemed:?}");
}

pub(crate) async fn the_fifth_wrong_transaction_code_kills_the_offer<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let wrong = Redemption { tx_code: Some(hash(b'x', 1)), ..redemption(1) };

    for left in [4, 3, 2, 1, 0] {
        let redeemed = store.redeem_code(wrong.clone()).await.unwrap();
        assert_eq!(redeemed, Redeemed::TxCodeWrong(id(1), left));
    }
    drop(store);

    let store = backend.reopened().store();
    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Dead);
    assert_eq!(store.offer(&hash(b'o', 1)).await.unwrap().unwrap().state, OfferState::Dead);
}

pub(crate) async fn wrong_transaction_codes_at_once_are_all_counted<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    backend.store().draft_passport(draft(1)).await.unwrap();

    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let store = backend.store();
        let wrong = Redemption { tx_code: Some(hash(b'x', n)), ..redemption(1) };
        tasks.spawn(async move { store.redeem_code(wrong).await.unwrap() });
    }
    let answers = tasks.join_all().await;

    let wrong = answers.iter().filter(|a| matches!(a, Redeemed::TxCodeWrong(..))).count();
    assert_eq!(wrong, 5);
    assert_eq!(answers.iter().filter(|a| **a == Redeemed::Dead).count(), 15);
}

pub(crate) async fn a_missing_or_unexpected_transaction_code_is_not_counted<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let without = NewOffer { tx_code: None, ..new_offer(2) };
    store.draft_passport(PassportDraft { offer: Some(without), ..draft(2) }).await.unwrap();

    for _ in 0..6 {
        let missing = Redemption { tx_code: None, ..redemption(1) };
        assert_eq!(store.redeem_code(missing).await.unwrap(), Redeemed::TxCodeMissing);
        assert_eq!(store.redeem_code(redemption(2)).await.unwrap(), Redeemed::TxCodeUnexpected);
    }

    let with = store.redeem_code(redemption(1)).await.unwrap();
    assert!(matches!(with, Redeemed::Granted(_)), "{with:?}");
    let without = Redemption { tx_code: None, ..redemption(2) };
    let without = store.redeem_code(without).await.unwrap();
    assert!(matches!(without, Redeemed::Granted(_)), "{without:?}");
}

pub(crate) async fn an_expired_offer_gives_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();

    let late = Redemption { now: NOW + 900, ..redemption(1) };

    assert_eq!(store.redeem_code(late).await.unwrap(), Redeemed::Expired);
}

pub(crate) async fn a_request_for_another_credential_does_not_burn_the_offer<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let other = Redemption { wanted: vec!["core-skills-1".to_owned()], ..redemption(1) };

    assert_eq!(store.redeem_code(other).await.unwrap(), Redeemed::NotOffered);

    let wanted = vec!["employment-checks-1".to_owned()];
    match store.redeem_code(Redemption { wanted, ..redemption(1) }).await.unwrap() {
        Redeemed::Granted(grant) => assert!(grant.by_identifier),
        other => panic!("{other:?}"),
    }
}
