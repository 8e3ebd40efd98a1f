//! Passports, revocation, search, and what outlives a restart.

use tokio::task::JoinSet;
use vc::status_list::Status;

use super::{
    Backend, KID, NOW, copy, document, done, draft, granted, hash, id, issuance, not_done,
    passport, redemption, revocation,
};
use crate::store::{
    Act, Document, IndexToken, ListPolicy, Listed, NotDone, OfferState, PageRequest, PassportDraft,
    PassportId, PassportState, Recorded, Redeemed, Redemption, RevocationReason, Sealed,
    StatusEntry,
};

fn ids(items: &[Listed]) -> Vec<PassportId> {
    items
        .iter()
        .map(|item| match item {
            Listed::Passport(passport) => passport.id,
            Listed::Unreadable(id) => panic!("{id}"),
        })
        .collect()
}

pub(crate) async fn a_revoked_passport_has_only_invalid_copies<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    granted(&*store, 1).await;
    let StatusEntry { list, index } = copy(&*store, issuance(1, "holder", 1)).await.entry;
    assert!(store.status_entries(list).await.unwrap().is_empty());

    let revoked = revocation(1, RevocationReason::LostDevice);
    let revoked = done(store.act_on_passport(revoked).await.unwrap());

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
            revoking.act_on_passport(revocation).await.unwrap();
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

    store.act_on_passport(revocation(1, RevocationReason::IssuedInError)).await.unwrap();

    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Dead);
}

pub(crate) async fn revoking_again_keeps_the_first_reason<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let revoke = async |reason| store.act_on_passport(revocation(1, reason)).await.unwrap();

    let first = done(revoke(RevocationReason::LostDevice).await);
    let again = done(revoke(RevocationReason::LostDevice).await);
    let other = not_done(revoke(RevocationReason::LeftEmployment).await);

    assert_eq!(again, first);
    assert_eq!(other, NotDone::RevokedFor(RevocationReason::LostDevice));
    let unknown = revocation(2, RevocationReason::LostDevice);
    assert_eq!(not_done(store.act_on_passport(unknown).await.unwrap()), NotDone::Unknown);
}

pub(crate) async fn history_is_kept_line_by_line<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    let mut revocation = revocation(1, RevocationReason::LostDevice);
    revocation.note = Some("sealed words".to_owned());

    store.act_on_passport(revocation).await.unwrap();

    let history = store.history(&id(1)).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].what, history[0].reason.as_deref()), (Act::Offered, Some("FIRST")));
    assert_eq!(history[1].who, "token:1");
    assert_eq!(history[1].reason.as_deref(), Some("LOST_DEVICE"));
    assert_eq!(history[1].note.as_deref(), Some("sealed words"));
    assert_eq!(store.history(&id(2)).await.unwrap(), []);
}

pub(crate) async fn passports_come_in_pages_newest_first<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    for n in 0..5 {
        store.draft_passport(draft(n)).await.unwrap();
    }
    store.act_on_passport(revocation(3, RevocationReason::LostDevice)).await.unwrap();
    let page = async |state, after, limit| {
        let request = PageRequest { state, after, limit, ..PageRequest::default() };
        let page = store.passports(request).await.unwrap();
        (ids(&page.items), page.next)
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
        let document = Document { index, ..document() };
        store.draft_passport(PassportDraft { document, ..draft(n) }).await.unwrap();
    }
    let found = async |words: &[u8], state| {
        let tokens = words.iter().map(|word| token(*word)).collect();
        let request = PageRequest { state, tokens, limit: 9, ..PageRequest::default() };
        ids(&store.passports(request).await.unwrap().items)
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
    let history = store.history(&id(1)).await.unwrap();
    let acts: Vec<Act> = history.iter().map(|entry| entry.what).collect();
    assert_eq!(acts, [Act::Offered, Act::Redeemed, Act::Issued]);
    let sealed = store.sealed("person-1").await.unwrap();
    assert_eq!(sealed, Some(Sealed { wrapped_key: vec![1, 2], document: vec![3, 4] }));
    assert_eq!(store.offer(&hash(b'o', 1)).await.unwrap().unwrap().state, OfferState::Redeemed);
    assert!(store.grant(&hash(b'a', 1)).await.unwrap().unwrap().entries.len() == 1);
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

pub(crate) async fn a_damaged_row_does_not_hide_the_others<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    for n in 1..=3 {
        store.draft_passport(draft(n)).await.unwrap();
    }

    backend.damage(&id(2));

    let request = PageRequest { limit: 9, ..PageRequest::default() };
    let items = store.passports(request).await.unwrap().items;
    assert!(matches!(&items[0], Listed::Passport(passport) if passport.id == id(3)));
    assert_eq!(items[1], Listed::Unreadable(id(2)));
    assert!(matches!(&items[2], Listed::Passport(passport) if passport.id == id(1)));
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
    store.act_on_passport(revocation(1, RevocationReason::LostDevice)).await.unwrap();

    drop(store);
    assert_eq!(backend.reopened().store().verify_audit().await.unwrap(), 5);
}
