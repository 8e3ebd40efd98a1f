//! HR compares six digits before a copy leaves (`confirm_key`).

use tokio::task::JoinSet;

use super::{
    Backend, NOW, compared, confirmed, copy, decision, delivered, delivery, done, draft, hash, id,
    issuance, not_done, offering, opened, passport, redeemed,
};
use crate::store::{
    Act, ConfirmKey, Delivered, Delivery, KeyDecision, KeyVerdict, ListPolicy, NotDone, OfferStep,
    PassportDraft, PassportState, Recorded, Store,
};

/// A wallet has shown its key.
async fn waiting(store: &dyn Store, n: u32) {
    let offer = Some(compared(n));
    store.draft_passport(PassportDraft { offer, ..draft(n) }).await.unwrap();
    redeemed(store, n).await;
    let recorded = store.record_issuance(issuance(n, "holder", n)).await.unwrap();
    assert_eq!(recorded, Recorded::Deferred(id(n)));
}

async fn step(store: &dyn Store, n: u32) -> OfferStep {
    passport(store, n).await.latest.unwrap().step
}

pub(crate) async fn a_key_waits_until_hr_has_compared<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;
    assert_eq!(store.deliver_deferred(delivery(1)).await.unwrap(), Delivered::Pending);
    let before = passport(&*store, 1).await;
    assert_eq!((before.state, before.copies.len()), (PassportState::Offered, 0));
    assert_eq!(before.latest.unwrap().digits.as_deref(), Some("123456"));

    store.decide_key(decision(1, confirmed("123456"))).await.unwrap();

    assert_eq!(step(&*store, 1).await, OfferStep::Confirmed);
    let copy = delivered(store.deliver_deferred(delivery(1)).await.unwrap());
    assert_eq!(copy.holder, "holder");
    let after = passport(&*store, 1).await;
    assert_eq!((after.state, after.copies), (PassportState::Active, vec![copy]));
    let again = store.deliver_deferred(delivery(1)).await.unwrap();
    assert_eq!(again, Delivered::Unknown);
}

pub(crate) async fn other_digits_confirm_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;

    for digits in ["123457", "", "12345", "1234567"] {
        let answer = store.decide_key(decision(1, confirmed(digits))).await.unwrap();
        assert_eq!(not_done(answer), NotDone::OtherDigits, "{digits:?}");
    }

    assert_eq!(store.deliver_deferred(delivery(1)).await.unwrap(), Delivered::Pending);
}

pub(crate) async fn a_refused_key_gets_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;

    done(store.decide_key(decision(1, KeyVerdict::Refused)).await.unwrap());

    assert_eq!(store.deliver_deferred(delivery(1)).await.unwrap(), Delivered::Denied);
    let again = store.record_issuance(issuance(1, "holder", 2)).await.unwrap();
    assert_eq!(again, Recorded::Denied);
    let late = store.decide_key(decision(1, confirmed("123456"))).await.unwrap();
    assert_eq!(not_done(late), NotDone::NothingToConfirm);
    assert!(passport(&*store, 1).await.copies.is_empty());
}

pub(crate) async fn a_waived_key_need_not_wait<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    // Before the wallet comes, after its token, and while it waits.
    let offer = || Some(compared(1));
    store.draft_passport(PassportDraft { offer: offer(), ..draft(1) }).await.unwrap();
    done(store.decide_key(decision(1, KeyVerdict::Waived)).await.unwrap());
    redeemed(&*store, 1).await;
    copy(&*store, issuance(1, "holder", 1)).await;

    store.draft_passport(PassportDraft { offer: Some(compared(2)), ..draft(2) }).await.unwrap();
    redeemed(&*store, 2).await;
    done(store.decide_key(decision(2, KeyVerdict::Waived)).await.unwrap());
    copy(&*store, issuance(2, "holder", 2)).await;

    waiting(&*store, 3).await;
    done(store.decide_key(decision(3, KeyVerdict::Waived)).await.unwrap());
    delivered(store.deliver_deferred(delivery(3)).await.unwrap());

    for n in 1..=3 {
        assert_eq!(passport(&*store, n).await.latest.unwrap().confirm_key, ConfirmKey::Waived);
        let history = store.history(&id(n)).await.unwrap();
        assert!(history.iter().any(|line| line.what == Act::KeyWaived && line.who == "person:1"));
        let late = store.decide_key(decision(n, KeyVerdict::Waived)).await.unwrap();
        assert_eq!(not_done(late), NotDone::NothingToConfirm);
    }
}

pub(crate) async fn another_key_does_not_take_over_a_token_that_waits<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;

    let again = store.record_issuance(issuance(1, "holder", 2)).await.unwrap();
    let other = store.record_issuance(issuance(1, "another", 3)).await.unwrap();

    assert_eq!(again, Recorded::Deferred(id(1)));
    assert_eq!(other, Recorded::TokenSpent);
    let foreign = Delivery { transaction: hash(b'y', 1), ..delivery(1) };
    assert_eq!(store.deliver_deferred(foreign).await.unwrap(), Delivered::Unknown);
    let foreign = Delivery { token: hash(b'b', 1), ..delivery(1) };
    assert_eq!(store.deliver_deferred(foreign).await.unwrap(), Delivered::TokenInvalid);
}

pub(crate) async fn a_confirmed_key_is_delivered_once_however_many_come_at_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;
    done(store.decide_key(decision(1, confirmed("123456"))).await.unwrap());

    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let store = backend.store();
        tasks.spawn(async move { store.deliver_deferred(delivery(1)).await.unwrap() });
    }
    let answers = tasks.join_all().await;

    let copies = answers.iter().filter(|answer| matches!(answer, Delivered::Copies { .. })).count();
    assert_eq!(copies, 1);
    assert_eq!(passport(&*store, 1).await.copies.len(), 1);
}

pub(crate) async fn a_new_offer_ends_the_one_that_waits<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;

    done(store.offer_passport(offering(1, compared(2))).await.unwrap());

    assert_eq!(store.deliver_deferred(delivery(1)).await.unwrap(), Delivered::Denied);
    let again = store.record_issuance(issuance(1, "holder", 9)).await.unwrap();
    assert_eq!(again, Recorded::Closed);
    let late = store.decide_key(decision(1, confirmed("123456"))).await.unwrap();
    assert_eq!(not_done(late), NotDone::NothingToConfirm);
}

pub(crate) async fn nobody_compares_after_the_time<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    waiting(&*store, 1).await;

    let late = KeyDecision { now: NOW + 300, ..decision(1, confirmed("123456")) };
    assert_eq!(not_done(store.decide_key(late).await.unwrap()), NotDone::NothingToConfirm);
    assert_eq!(store.lapse(NOW + 299).await.unwrap(), []);
    assert_eq!(store.lapse(NOW + 300).await.unwrap(), [id(1)]);

    assert_eq!(step(&*store, 1).await, OfferStep::Expired);
    let late = Delivery { issued_at: NOW + 300, ..delivery(1) };
    assert_eq!(store.deliver_deferred(late).await.unwrap(), Delivered::TokenInvalid);
}

pub(crate) async fn what_waits_and_what_is_confirmed_outlive_a_restart<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    for n in 1..=2 {
        waiting(&*store, n).await;
    }
    done(store.decide_key(decision(1, confirmed("123456"))).await.unwrap());
    drop(store);

    let backend = backend.reopened();
    let store = backend.store();

    delivered(store.deliver_deferred(delivery(1)).await.unwrap());
    assert_eq!(store.deliver_deferred(delivery(2)).await.unwrap(), Delivered::Pending);
    done(store.decide_key(decision(2, confirmed("123456"))).await.unwrap());
    delivered(store.deliver_deferred(delivery(2)).await.unwrap());
}
