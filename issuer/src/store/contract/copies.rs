//! Copies, their status indices, nonces and tokens.

use std::collections::HashSet;

use tokio::task::JoinSet;

use super::{Backend, KID, NOW, copy, granted, hash, issuance, passport, small};
use crate::store::{Issuance, ListPolicy, Recorded};

pub(crate) async fn no_status_index_is_given_twice<B: Backend>() {
    let backend = B::fresh(small(16, 0));
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    for n in 0..100 {
        granted(&*store, n).await;
    }
    drop(store);

    let mut seen = HashSet::new();
    let mut backend = backend;
    // Closed and opened between two halves: the count goes on.
    for half in [0..50, 50..100] {
        let mut tasks = JoinSet::new();
        for n in half {
            let store = backend.store();
            tasks.spawn(async move { copy(&*store, issuance(n, "holder", n)).await.entry });
        }
        for entry in tasks.join_all().await {
            assert!(entry.index < 16, "{entry:?}");
            assert!(seen.insert(entry), "{entry:?} is given twice");
        }
        backend = backend.reopened();
    }

    assert_eq!(seen.len(), 100);
    let lists: HashSet<u32> = seen.iter().map(|entry| entry.list).collect();
    assert_eq!(lists.len(), 7);
}

pub(crate) async fn a_full_list_waits_until_its_spare_is_public_for_long_enough<B: Backend>() {
    let backend = B::fresh(small(1, 60));
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    for n in 1..=3 {
        granted(&*store, n).await;
    }

    let first = store.record_issuance(issuance(1, "holder", 1)).await.unwrap();
    let second = store.record_issuance(issuance(2, "holder", 2)).await.unwrap();
    let third = store.record_issuance(issuance(3, "holder", 3)).await.unwrap();
    let later = Issuance { issued_at: NOW + 60, ..issuance(3, "holder", 3) };
    let later = store.record_issuance(later).await.unwrap();

    let Recorded::Copies(first) = first else { panic!("{first:?}") };
    assert_eq!(first.opened, []);
    let Recorded::Copies(second) = second else { panic!("{second:?}") };
    assert_eq!((second.copies[0].entry.list, second.opened[0].number), (1, 2));
    assert_eq!(third, Recorded::NoStatusIndex);
    let Recorded::Copies(later) = later else { panic!("{later:?}") };
    assert_eq!((later.copies[0].entry.list, later.opened[0].number), (2, 3));
}

pub(crate) async fn lists_of_two_keys_are_apart<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();

    for kid in [KID, "key-2", KID] {
        store.open_status_lists(kid, NOW).await.unwrap();
    }

    let lists = store.status_lists().await.unwrap();
    let lists: Vec<(u32, &str)> = lists.iter().map(|row| (row.number, row.kid.as_str())).collect();
    assert_eq!(lists, [(0, KID), (1, KID), (2, "key-2"), (3, "key-2")]);
}

pub(crate) async fn a_nonce_is_used_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    for n in 1..=2 {
        granted(&*store, n).await;
    }

    copy(&*store, issuance(1, "holder", 7)).await;

    let again = store.record_issuance(issuance(1, "holder", 7)).await.unwrap();
    assert_eq!(again, Recorded::NonceUsed);
    drop(store);
    let store = backend.reopened().store();
    let elsewhere = store.record_issuance(issuance(2, "holder", 7)).await.unwrap();
    assert_eq!(elsewhere, Recorded::NonceUsed);
}

pub(crate) async fn the_same_holder_gets_the_same_copy_and_another_none<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    granted(&*store, 1).await;

    let first = copy(&*store, issuance(1, "holder", 1)).await;
    let again = copy(&*store, Issuance { issued_at: NOW + 5, ..issuance(1, "holder", 2) }).await;
    let other = store.record_issuance(issuance(1, "another", 3)).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(other, Recorded::TokenSpent);
    assert_eq!(passport(&*store, 1).await.copies, [first]);
}

pub(crate) async fn an_expired_token_records_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    granted(&*store, 1).await;

    let late = Issuance { issued_at: NOW + 300, ..issuance(1, "holder", 1) };
    assert_eq!(store.record_issuance(late).await.unwrap(), Recorded::TokenInvalid);

    let unknown = store.record_issuance(issuance(2, "holder", 1)).await.unwrap();
    assert_eq!(unknown, Recorded::TokenInvalid);
    assert!(passport(&*store, 1).await.copies.is_empty());
}

pub(crate) async fn old_nonces_and_tokens_are_forgotten_an_hour_after_they_expire<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    for n in 1..=2 {
        granted(&*store, n).await;
    }
    copy(&*store, issuance(1, "holder", 7)).await;

    store.sweep(NOW + 300 + 3600).await.unwrap();
    let early = store.record_issuance(issuance(2, "holder", 7)).await.unwrap();
    assert_eq!(early, Recorded::NonceUsed);
    assert!(store.grant(&hash(b'a', 1)).await.unwrap().is_some());

    store.sweep(NOW + 300 + 3601).await.unwrap();
    assert!(store.grant(&hash(b'a', 1)).await.unwrap().is_none());
    granted(&*store, 3).await;
    let late = store.record_issuance(issuance(3, "holder", 7)).await.unwrap();
    assert!(matches!(late, Recorded::Copies(_)), "{late:?}");
}
