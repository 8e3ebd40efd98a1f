//! What wallets say of their copies.

use vc::oid4vci::RefusalReason;
use vc::status_list::Status;

use super::{
    Backend, NOW, collected, copy, done, issuance, new_offer, notification, offering, opened,
    passport, redeemed,
};
use crate::store::{
    Act, ListPolicy, Notification, OfferReason, OfferStep, PassportState, WalletSays,
};

pub(crate) async fn an_accepted_copy_is_accepted_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let copy = collected(&*store, 1).await;
    assert_eq!(passport(&*store, 1).await.accepted_at, None);

    let accepted = notification(1, &copy, WalletSays::Accepted);
    done(store.record_notification(accepted.clone()).await.unwrap());
    let again = Notification { now: NOW + 60, ..accepted };
    done(store.record_notification(again).await.unwrap());

    let passport = passport(&*store, 1).await;
    assert_eq!((passport.state, passport.accepted_at), (PassportState::Active, Some(NOW)));
    assert_eq!(passport.latest.unwrap().step, OfferStep::Accepted);
    let history = store.history(&passport.id).await.unwrap();
    assert_eq!(history.iter().filter(|line| line.what == Act::Accepted).count(), 1);
}

pub(crate) async fn a_rejected_copy_is_invalid_and_its_passport_rejected<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    for (n, says, what) in
        [(1, WalletSays::Deleted, Act::Rejected), (2, WalletSays::Failed, Act::WalletFailed)]
    {
        let copy = collected(&*store, n).await;
        let rejected = Notification {
            reason: Some(RefusalReason::Incorrect),
            note: Some("sealed".to_owned()),
            ..notification(n, &copy, says)
        };

        done(store.record_notification(rejected).await.unwrap());

        let passport = passport(&*store, n).await;
        assert_eq!(passport.state, PassportState::Rejected);
        assert_eq!(passport.copies[0].status, Status::Invalid);
        assert_eq!(passport.latest.unwrap().step, OfferStep::Rejected);
        assert_eq!(passport.rejection.unwrap().reason, Some(RefusalReason::Incorrect));
        assert_eq!(store.status(copy.entry).await.unwrap(), Status::Invalid);
        let last = store.history(&passport.id).await.unwrap().pop().unwrap();
        assert_eq!((last.what, last.reason.as_deref()), (what, Some("INCORRECT")));
    }
}

pub(crate) async fn the_first_word_of_a_wallet_counts<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let says = async |n, copy: &_, says| {
        done(store.record_notification(notification(n, copy, says)).await.unwrap()).state
    };

    let copy = collected(&*store, 1).await;
    assert_eq!(says(1, &copy, WalletSays::Deleted).await, PassportState::Rejected);
    assert_eq!(says(1, &copy, WalletSays::Accepted).await, PassportState::Rejected);

    let copy = collected(&*store, 2).await;
    assert_eq!(says(2, &copy, WalletSays::Accepted).await, PassportState::Active);
    assert_eq!(says(2, &copy, WalletSays::Failed).await, PassportState::Active);
    // She may still throw it away.
    assert_eq!(says(2, &copy, WalletSays::Deleted).await, PassportState::Rejected);
    let last = store.history(&super::id(2)).await.unwrap().pop().unwrap();
    assert_eq!(last.what, Act::Deleted);
}

pub(crate) async fn an_old_copy_deleted_leaves_the_newest_alone<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let old = collected(&*store, 1).await;
    let mut offer = new_offer(2);
    offer.reason = OfferReason::NewDevice;
    store.offer_passport(offering(1, offer)).await.unwrap();
    redeemed(&*store, 2).await;
    let new = copy(&*store, issuance(2, "new phone", 2)).await;

    let deleted = notification(1, &old, WalletSays::Deleted);
    let passport = done(store.record_notification(deleted).await.unwrap());

    assert_eq!(passport.state, PassportState::Active);
    assert_eq!(store.status(old.entry).await.unwrap(), Status::Invalid);
    assert_eq!(store.status(new.entry).await.unwrap(), Status::Valid);
}
