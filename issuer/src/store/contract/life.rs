//! Acts of HR on a passport.

use tokio::task::JoinSet;
use vc::status_list::Status;

use super::{
    Backend, amendment, collected, copy, deed, document, done, draft, hash, id, issuance,
    new_offer, not_done, offering, opened, passport, redeemed, redemption, revocation,
};
use crate::store::{
    Amendment, ArchiveReason, ChangeKind, Document, Done, HrAct, IndexToken, ListPolicy, NewOffer,
    NotDone, OfferReason, OfferState, OfferStep, PageRequest, PassportDraft, PassportState,
    Redeemed, ReinstatementReason, RevocationReason, StatusEntry, Store, SuspensionReason,
    WithdrawalReason,
};

const SUSPEND: HrAct = HrAct::Suspend(SuspensionReason::Investigation);
const REINSTATE: HrAct = HrAct::Reinstate(ReinstatementReason::Cleared);
const WITHDRAW: HrAct = HrAct::Withdraw(WithdrawalReason::NotNeeded);

fn again(n: u32, reason: OfferReason) -> NewOffer {
    NewOffer { reason, ..new_offer(n) }
}

async fn public(store: &dyn Store, entry: StatusEntry) -> Status {
    let listed = store.status_entries(entry.list).await.unwrap();
    let listed = listed.into_iter().find(|(index, _)| *index == entry.index);
    let status = store.status(entry).await.unwrap();
    assert_eq!(listed.map_or(Status::Valid, |(_, status)| status), status);
    status
}

pub(crate) async fn a_draft_with_faults_is_kept_and_not_offered<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    let word = IndexToken([7; 16]);
    let faulty = Document { whole: false, ..document() };
    let draft = PassportDraft { offer: None, document: faulty.clone(), ..draft(1) };
    store.draft_passport(draft).await.unwrap();

    let early = store.offer_passport(offering(1, new_offer(1))).await.unwrap();
    assert_eq!(not_done(early), NotDone::NotWhole);

    let found = Document { index: vec![word], ..document() };
    let amendment = Amendment { document: found, ..amendment(1, 0, None) };
    assert_eq!(done(store.amend_passport(amendment).await.unwrap()).revision, 1);
    let offered = done(store.offer_passport(offering(1, new_offer(1))).await.unwrap());
    assert_eq!(offered.state, PassportState::Offered);
    let request = PageRequest { tokens: vec![word], limit: 9, ..PageRequest::default() };
    assert_eq!(store.passports(request).await.unwrap().items.len(), 1);
}

pub(crate) async fn an_older_reading_does_not_overwrite_a_newer_document<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    backend.store().draft_passport(PassportDraft { offer: None, ..draft(1) }).await.unwrap();

    let mut tasks = JoinSet::new();
    for n in 0..10 {
        let store = backend.store();
        let sealed = Document { sealed: vec![n], ..document() };
        let amendment = Amendment { document: sealed, ..amendment(1, 0, None) };
        tasks.spawn(async move { store.amend_passport(amendment).await.unwrap() });
    }
    let answers = tasks.join_all().await;

    let written = answers.iter().filter(|answer| matches!(answer, Done::Done(..))).count();
    let refused =
        answers.iter().filter(|answer| **answer == Done::Not(NotDone::ChangedMeanwhile)).count();
    assert_eq!((written, refused), (1, 9));
}

pub(crate) async fn a_suspended_passport_comes_back_as_it_was<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let copy = collected(&*store, 1).await;

    let suspended = done(store.act_on_passport(deed(1, SUSPEND)).await.unwrap());
    assert_eq!(suspended.state, PassportState::Suspended);
    assert_eq!(public(&*store, copy.entry).await, Status::Suspended);
    drop(store);

    let backend = backend.reopened();
    let store = backend.store();
    assert_eq!(public(&*store, copy.entry).await, Status::Suspended);
    let back = done(store.act_on_passport(deed(1, REINSTATE)).await.unwrap());
    assert_eq!(back.state, PassportState::Active);
    assert_eq!(public(&*store, copy.entry).await, Status::Valid);
}

pub(crate) async fn an_act_that_the_state_does_not_allow_changes_nothing<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    store.draft_passport(draft(1)).await.unwrap();
    let before = passport(&*store, 1).await;

    for act in [SUSPEND, REINSTATE, HrAct::Archive(ArchiveReason::Finished)] {
        let refused = store.act_on_passport(deed(1, act)).await.unwrap();
        assert_eq!(not_done(refused), NotDone::State(PassportState::Offered), "{act:?}");
    }
    for kind in [ChangeKind::Doubt, ChangeKind::Adverse] {
        let refused = store.amend_passport(amendment(1, 0, Some(kind))).await.unwrap();
        assert_eq!(not_done(refused), NotDone::State(PassportState::Offered), "{kind:?}");
    }

    assert_eq!(passport(&*store, 1).await, before);
    assert_eq!(store.verify_audit().await.unwrap(), 1);
}

pub(crate) async fn withdrawing_kills_the_offer_and_leaves_what_a_wallet_has<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    store.draft_passport(draft(1)).await.unwrap();
    let withdrawn = done(store.act_on_passport(deed(1, WITHDRAW)).await.unwrap());
    assert_eq!(withdrawn.state, PassportState::Withdrawn);
    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Dead);
    let offer = store.offer(&hash(b'o', 1)).await.unwrap().unwrap();
    assert_eq!((offer.state, offer.in_hand), (OfferState::Dead, None));

    let copy = collected(&*store, 2).await;
    let none = store.act_on_passport(deed(2, WITHDRAW)).await.unwrap();
    assert_eq!(not_done(none), NotDone::NoOpenOffer);
    store.offer_passport(offering(2, again(12, OfferReason::NewDevice))).await.unwrap();
    let withdrawn = done(store.act_on_passport(deed(2, WITHDRAW)).await.unwrap());
    assert_eq!(withdrawn.state, PassportState::Active);
    assert_eq!(public(&*store, copy.entry).await, Status::Valid);
    assert_eq!(store.redeem_code(redemption(12)).await.unwrap(), Redeemed::Dead);
}

pub(crate) async fn a_new_phone_supersedes_the_copy_on_the_old_one<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let old = collected(&*store, 1).await;

    let offered = store.offer_passport(offering(1, again(2, OfferReason::NewDevice))).await;
    assert_eq!(done(offered.unwrap()).state, PassportState::Active);
    assert_eq!(public(&*store, old.entry).await, Status::Valid);
    redeemed(&*store, 2).await;
    let new = copy(&*store, issuance(2, "new phone", 2)).await;

    assert_eq!(public(&*store, old.entry).await, Status::Superseded);
    assert_eq!(public(&*store, new.entry).await, Status::Valid);
    let passport = passport(&*store, 1).await;
    assert_eq!(passport.copies.len(), 2);
    assert_eq!(passport.latest.unwrap().step, OfferStep::Issued);
}

pub(crate) async fn a_lost_phone_is_revoked_before_the_new_one_comes<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let old = collected(&*store, 1).await;

    let offered = store.offer_passport(offering(1, again(2, OfferReason::LostDevice))).await;

    assert_eq!(done(offered.unwrap()).state, PassportState::Offered);
    assert_eq!(public(&*store, old.entry).await, Status::Invalid);
    redeemed(&*store, 2).await;
    copy(&*store, issuance(2, "new phone", 2)).await;
    assert_eq!(passport(&*store, 1).await.state, PassportState::Active);
    assert_eq!(public(&*store, old.entry).await, Status::Invalid);
}

pub(crate) async fn what_is_revoked_is_offered_again_only_when_the_reason_allows<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    for (n, reason) in (1..).zip(RevocationReason::ALL) {
        store.draft_passport(draft(n)).await.unwrap();
        store.act_on_passport(revocation(n, *reason)).await.unwrap();

        let offered = store.offer_passport(offering(n, new_offer(10 + n))).await.unwrap();

        match reason {
            RevocationReason::LostDevice => {
                assert_eq!(done(offered).state, PassportState::Offered);
            }
            other => assert_eq!(not_done(offered), NotDone::RevokedFor(*other)),
        }
    }
}

pub(crate) async fn a_benign_change_leaves_copies_valid_and_an_adverse_one_does_not<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let change = async |n, kind| {
        let copy = collected(&*store, n).await;
        let amended = store.amend_passport(amendment(n, 0, Some(kind))).await.unwrap();
        (done(amended).state, public(&*store, copy.entry).await)
    };

    let benign = change(1, ChangeKind::Benign).await;
    let doubt = change(2, ChangeKind::Doubt).await;
    let adverse = change(3, ChangeKind::Adverse).await;

    assert_eq!(benign, (PassportState::Active, Status::Valid));
    assert_eq!(doubt, (PassportState::Suspended, Status::Suspended));
    assert_eq!(adverse, (PassportState::Revoked, Status::Invalid));
    // What was wrong is put right: it may be offered anew.
    let offered = store.offer_passport(offering(3, again(13, OfferReason::Corrected))).await;
    assert_eq!(done(offered.unwrap()).state, PassportState::Offered);
}

pub(crate) async fn another_passport_takes_the_place_of_one_in_use<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let copy = collected(&*store, 1).await;
    store.draft_passport(draft(2)).await.unwrap();
    for by in [1, 3] {
        let refused = store.act_on_passport(deed(1, HrAct::Supersede(id(by)))).await.unwrap();
        assert_eq!(not_done(refused), NotDone::NoReplacement);
    }

    let over = done(store.act_on_passport(deed(1, HrAct::Supersede(id(2)))).await.unwrap());

    assert_eq!((over.state, over.superseded_by), (PassportState::Superseded, Some(id(2))));
    assert_eq!(public(&*store, copy.entry).await, Status::Superseded);
}

pub(crate) async fn suspending_and_reinstating_at_once_end_as_one_of_them<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let copy = collected(&*store, 1).await;

    let mut tasks = JoinSet::new();
    for n in 0..40 {
        let store = backend.store();
        let act = if n % 2 == 0 { SUSPEND } else { REINSTATE };
        tasks.spawn(async move { store.act_on_passport(deed(1, act)).await.unwrap() });
    }
    tasks.join_all().await;

    let (state, status) = (passport(&*store, 1).await.state, public(&*store, copy.entry).await);
    assert!(
        [(PassportState::Active, Status::Valid), (PassportState::Suspended, Status::Suspended)]
            .contains(&(state, status)),
        "{state:?} {status:?}"
    );
}

pub(crate) async fn a_passport_ends_with_its_last_copy<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    let copy = collected(&*store, 1).await;
    store.draft_passport(draft(2)).await.unwrap();

    assert_eq!(store.lapse(copy.expires_at - 1).await.unwrap(), []);
    assert_eq!(store.lapse(copy.expires_at).await.unwrap(), [id(1)]);
    assert_eq!(store.lapse(copy.expires_at).await.unwrap(), []);

    assert_eq!(passport(&*store, 1).await.state, PassportState::Expired);
    assert_eq!(passport(&*store, 2).await.state, PassportState::Offered);
    let late = NewOffer { expires_at: copy.expires_at + 900, ..again(3, OfferReason::Again) };
    let offered = store.offer_passport(offering(1, late)).await.unwrap();
    assert_eq!(done(offered).state, PassportState::Offered);
}
