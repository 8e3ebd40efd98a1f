//! Every rule of the store, for every backend.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;
use uuid::Uuid;
use vc::status_list::Status;

use super::{
    Act, Copy, IndexToken, Issuance, ListPolicy, NonceUse, OfferState, PageRequest, Passport,
    PassportDraft, PassportId, PassportState, Recorded, Redeemed, Redemption, Revocation,
    RevocationReason, Revoked, Sealed, SecretHash, StatusEntry, Store,
};

/// A place to keep things that can be closed and opened again.
pub(crate) trait Backend: Sized {
    /// An empty one.
    fn fresh(policy: ListPolicy) -> Self;
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
    /// The same after closing it.
    fn reopened(self) -> Self;
}

macro_rules! rules {
    ($($rule:ident)+) => {
        /// Runs every rule on a backend.
        macro_rules! contract {
            ($backend:ty) => {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $rule() {
                        crate::store::contract::$rule::<$backend>().await;
                    }
                )+
            };
        }
    };
}

rules! {
    a_code_is_redeemed_once_however_many_come_at_once
    an_unknown_code_gives_nothing
    a_wrong_transaction_code_does_not_burn_the_offer
    the_fifth_wrong_transaction_code_kills_the_offer
    wrong_transaction_codes_at_once_are_all_counted
    a_missing_or_unexpected_transaction_code_is_not_counted
    an_expired_offer_gives_nothing
    a_request_for_another_credential_does_not_burn_the_offer
    no_status_index_is_given_twice
    a_full_list_waits_until_its_spare_is_public_for_long_enough
    lists_of_two_keys_are_apart
    a_nonce_is_used_once
    the_same_holder_gets_the_same_copy_and_another_none
    an_expired_token_records_nothing
    a_revoked_passport_has_only_invalid_copies
    revocation_and_issuance_at_once_leave_no_valid_copy
    a_revoked_offer_gives_nothing
    revoking_again_keeps_the_first_reason
    passports_come_in_pages_newest_first
    passports_are_found_by_all_words
    what_was_acknowledged_is_there_after_reopening
    the_newest_instant_never_goes_back
    old_nonces_and_tokens_are_forgotten_an_hour_after_they_expire
    every_change_is_in_the_audit_log
}
pub(crate) use contract;

const NOW: i64 = 1_772_442_000;
const KID: &str = "key-1";

fn small(entries: u32, lead: i64) -> ListPolicy {
    ListPolicy { entries, lead }
}

fn hash(kind: u8, n: u32) -> SecretHash {
    let mut hash = [kind; 32];
    hash[..4].copy_from_slice(&n.to_be_bytes());
    SecretHash(hash)
}

fn id(n: u32) -> PassportId {
    PassportId(Uuid::from_u128(n.into()))
}

fn draft(n: u32) -> PassportDraft {
    PassportDraft {
        id: id(n),
        subject_ref: format!("person-{n}"),
        configuration: "employment-checks-1".to_owned(),
        sealed: Sealed { wrapped_key: vec![1, 2], document: vec![3, 4] },
        index: vec![],
        offer: hash(b'o', n),
        code: hash(b'c', n),
        tx_code: Some(hash(b't', n)),
        offer_expires_at: NOW + 900,
        who: "token:1".to_owned(),
        now_ms: (NOW + i64::from(n)) * 1000,
    }
}

fn redemption(n: u32) -> Redemption {
    Redemption {
        code: hash(b'c', n),
        tx_code: Some(hash(b't', n)),
        wanted: vec![],
        token: hash(b'a', n),
        token_expires_at: NOW + 300,
        now: NOW,
    }
}

fn issuance(n: u32, holder: &str, nonce: u32) -> Issuance {
    let mut nonce_id = [0; 16];
    nonce_id[..4].copy_from_slice(&nonce.to_be_bytes());
    Issuance {
        token: hash(b'a', n),
        nonce: NonceUse { id: nonce_id, expires_at: NOW + 300 },
        holder: holder.to_owned(),
        kid: KID.to_owned(),
        issued_at: NOW,
        expires_at: NOW + 7_776_000,
    }
}

fn revocation(n: u32, reason: RevocationReason) -> Revocation {
    Revocation { id: id(n), reason, who: "token:1".to_owned(), now: NOW }
}

async fn granted(store: &dyn Store, n: u32) {
    store.draft_passport(draft(n)).await.unwrap();
    let redeemed = store.redeem_code(redemption(n)).await.unwrap();
    assert!(matches!(redeemed, Redeemed::Granted(_)), "{redeemed:?}");
}

async fn copy(store: &dyn Store, issuance: Issuance) -> Copy {
    match store.record_issuance(issuance).await.unwrap() {
        Recorded::Copy { copy, .. } => copy,
        other => panic!("{other:?}"),
    }
}

async fn passport(store: &dyn Store, n: u32) -> Passport {
    store.passport(&id(n)).await.unwrap().unwrap()
}

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
        assert_eq!(redeemed, Redeemed::TxCodeWrong(left));
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
        assert_eq!(redeemed, Redeemed::TxCodeWrong(left));
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

    let wrong = answers.iter().filter(|a| matches!(a, Redeemed::TxCodeWrong(_))).count();
    assert_eq!(wrong, 5);
    assert_eq!(answers.iter().filter(|a| **a == Redeemed::Dead).count(), 15);
}

pub(crate) async fn a_missing_or_unexpected_transaction_code_is_not_counted<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    store.draft_passport(PassportDraft { tx_code: None, ..draft(2) }).await.unwrap();

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

    assert!(matches!(first, Recorded::Copy { opened: None, .. }), "{first:?}");
    let Recorded::Copy { copy, opened: Some(opened), .. } = second else { panic!("{second:?}") };
    assert_eq!((copy.entry.list, opened.number), (1, 2));
    assert_eq!(third, Recorded::NoStatusIndex);
    let Recorded::Copy { copy, opened: Some(opened), .. } = later else { panic!("{later:?}") };
    assert_eq!((copy.entry.list, opened.number), (2, 3));
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

pub(crate) async fn a_revoked_passport_has_only_invalid_copies<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    granted(&*store, 1).await;
    let StatusEntry { list, index } = copy(&*store, issuance(1, "holder", 1)).await.entry;
    assert!(store.status_entries(list).await.unwrap().is_empty());

    let revoked = store.revoke_passport(revocation(1, RevocationReason::LostDevice)).await.unwrap();

    let Revoked::Done(revoked) = revoked else { panic!("{revoked:?}") };
    assert_eq!(revoked.state, PassportState::Revoked);
    assert!(revoked.copies.iter().all(|copy| copy.status == Status::Invalid));
    assert_eq!(store.status_entries(list).await.unwrap(), [(index, Status::Invalid)]);
    let again = store.record_issuance(issuance(1, "holder", 2)).await.unwrap();
    assert_eq!(again, Recorded::Closed);
}

pub(crate) async fn revocation_and_issuance_at_once_leave_no_valid_copy<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    for n in 0..20 {
        granted(&*store, n).await;
    }

    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let (issuing, revoking) = (backend.store(), backend.store());
        tasks.spawn(async move {
            issuing.record_issuance(issuance(n, "holder", n)).await.unwrap();
        });
        tasks.spawn(async move {
            let revocation = revocation(n, RevocationReason::IssuedInError);
            revoking.revoke_passport(revocation).await.unwrap();
        });
    }
    tasks.join_all().await;

    for n in 0..20 {
        let passport = passport(&*store, n).await;
        assert_eq!(passport.state, PassportState::Revoked);
        assert!(passport.copies.iter().all(|copy| copy.status == Status::Invalid), "{n}");
        for copy in passport.copies {
            let entries = store.status_entries(copy.entry.list).await.unwrap();
            assert!(entries.contains(&(copy.entry.index, Status::Invalid)), "{n}");
        }
    }
}

pub(crate) async fn a_revoked_offer_gives_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();

    store.revoke_passport(revocation(1, RevocationReason::IssuedInError)).await.unwrap();

    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Dead);
}

pub(crate) async fn revoking_again_keeps_the_first_reason<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let revoke = async |reason| store.revoke_passport(revocation(1, reason)).await.unwrap();

    let first = revoke(RevocationReason::LostDevice).await;
    let again = revoke(RevocationReason::LostDevice).await;
    let other = revoke(RevocationReason::LeftEmployment).await;

    assert!(matches!(first, Revoked::Done(_)), "{first:?}");
    assert_eq!(again, first);
    assert_eq!(other, Revoked::Otherwise(RevocationReason::LostDevice));
    let unknown = store.revoke_passport(revocation(2, RevocationReason::LostDevice)).await.unwrap();
    assert_eq!(unknown, Revoked::Unknown);
}

pub(crate) async fn passports_come_in_pages_newest_first<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    for n in 0..5 {
        store.draft_passport(draft(n)).await.unwrap();
    }
    store.revoke_passport(revocation(3, RevocationReason::LostDevice)).await.unwrap();
    let page = async |state, after, limit| {
        let page =
            store.passports(PageRequest { state, tokens: vec![], after, limit }).await.unwrap();
        (page.items.iter().map(|item| item.id).collect::<Vec<_>>(), page.next)
    };

    let (first, next) = page(None, None, 2).await;
    let (second, next) = page(None, next, 2).await;
    let (third, end) = page(None, next, 2).await;

    assert_eq!([first, second, third].concat(), [4, 3, 2, 1, 0].map(id));
    assert_eq!(end, None);
    assert_eq!(page(Some(PassportState::Revoked), None, 9).await.0, [id(3)]);
    assert_eq!(page(Some(PassportState::Offered), None, 9).await.0, [4, 2, 1, 0].map(id));
    assert_eq!(page(Some(PassportState::Active), None, 9).await.0, []);
}

pub(crate) async fn passports_are_found_by_all_words<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    let token = |n| IndexToken([n; 16]);
    for (n, words) in [(1, [1, 2]), (2, [1, 3]), (3, [4, 2])] {
        let index = words.map(token).to_vec();
        store.draft_passport(PassportDraft { index, ..draft(n) }).await.unwrap();
    }
    let found = async |words: &[u8], state| {
        let tokens = words.iter().map(|word| token(*word)).collect();
        let page =
            store.passports(PageRequest { state, tokens, after: None, limit: 9 }).await.unwrap();
        page.items.iter().map(|item| item.id).collect::<Vec<_>>()
    };

    assert_eq!(found(&[1], None).await, [id(2), id(1)]);
    assert_eq!(found(&[1, 2], None).await, [id(1)]);
    assert_eq!(found(&[5], None).await, []);
    assert_eq!(found(&[1], Some(PassportState::Revoked)).await, []);
}

pub(crate) async fn what_was_acknowledged_is_there_after_reopening<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    granted(&*store, 1).await;
    let copy = copy(&*store, issuance(1, "holder", 1)).await;
    let before = passport(&*store, 1).await;
    drop(store);

    let store = backend.reopened().store();

    assert_eq!(passport(&*store, 1).await, before);
    assert_eq!(before.copies, [copy]);
    let acts: Vec<Act> = before.history.iter().map(|entry| entry.what).collect();
    assert_eq!(acts, [Act::Offered, Act::Redeemed, Act::Issued]);
    let sealed = store.sealed("person-1").await.unwrap();
    assert_eq!(sealed, Some(Sealed { wrapped_key: vec![1, 2], document: vec![3, 4] }));
    assert_eq!(store.offer(&hash(b'o', 1)).await.unwrap().unwrap().state, OfferState::Redeemed);
    assert!(store.grant(&hash(b'a', 1)).await.unwrap().unwrap().entry.is_some());
}

pub(crate) async fn the_newest_instant_never_goes_back<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    assert_eq!(store.newest_instant(), 0);

    store.note_instant(NOW).await.unwrap();
    store.note_instant(NOW - 100).await.unwrap();

    assert_eq!(store.newest_instant(), NOW);
    drop(store);
    assert_eq!(backend.reopened().store().newest_instant(), NOW);
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
    assert!(matches!(late, Recorded::Copy { .. }), "{late:?}");
}

pub(crate) async fn every_change_is_in_the_audit_log<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    assert_eq!(store.verify_audit().await.unwrap(), 0);
    store.open_status_lists(KID, NOW).await.unwrap();

    store.draft_passport(draft(1)).await.unwrap();
    let wrong = Redemption { tx_code: Some(hash(b'x', 1)), ..redemption(1) };
    store.redeem_code(wrong).await.unwrap();
    store.redeem_code(redemption(1)).await.unwrap();
    copy(&*store, issuance(1, "holder", 1)).await;
    store.revoke_passport(revocation(1, RevocationReason::LostDevice)).await.unwrap();

    drop(store);
    assert_eq!(backend.reopened().store().verify_audit().await.unwrap(), 5);
}
