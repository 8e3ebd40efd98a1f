//! Every rule of the store, for every backend.

mod accounts;
mod confirm;
mod copies;
mod grants;
mod life;
mod offers;
mod passports;
mod queues;
mod review;

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Amendment, ChangeKind, Client, ConfirmKey, Copy, Delivered, Delivery, Document, Done,
    HolderKey, HrAct, HrDeed, Issuance, KeyDecision, KeyVerdict, ListPolicy, NewOffer, NonceUse,
    NotDone, Notification, OfferReason, Offering, Passport, PassportDraft, PassportId, Recorded,
    Redeemed, Redemption, RevocationReason, SecretHash, Store, WalletSays,
};

/// A place to keep things that can be closed and opened again.
pub(crate) trait Backend: Sized {
    /// An empty one.
    fn fresh(policy: ListPolicy) -> Self;
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
    /// The same after closing it.
    fn reopened(self) -> Self;
    /// Makes the row of a passport unreadable.
    fn damage(&self, id: &PassportId);
}

macro_rules! rules {
    ($($group:ident: $($rule:ident)+;)+) => {
        $(pub(crate) use $group::{$($rule),+};)+

        /// Runs every rule on a backend.
        macro_rules! contract {
            ($backend:ty) => {
                $($(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                    async fn $rule() {
                        crate::store::contract::$rule::<$backend>().await;
                    }
                )+)+
            };
        }
    };
}

rules! {
    offers:
        a_code_is_redeemed_once_however_many_come_at_once
        an_unknown_code_gives_nothing
        a_wrong_transaction_code_does_not_burn_the_offer
        the_fifth_wrong_transaction_code_kills_the_offer
        wrong_transaction_codes_at_once_are_all_counted
        a_missing_or_unexpected_transaction_code_is_not_counted
        an_expired_offer_gives_nothing
        a_request_for_another_credential_does_not_burn_the_offer;
    copies:
        no_status_index_is_given_twice
        a_full_list_waits_until_its_spare_is_public_for_long_enough
        lists_of_two_keys_are_apart
        a_nonce_is_used_once
        the_same_holder_gets_the_same_copy_and_another_none
        an_expired_token_records_nothing
        old_nonces_and_tokens_are_forgotten_an_hour_after_they_expire;
    accounts:
        an_account_leads_to_the_latest_offer_of_its_one_passport
        the_account_of_a_passport_that_is_over_may_be_anothers
        whoever_may_not_offer_alone_names_no_account_under_an_offer;
    grants:
        what_is_good_once_is_taken_once_however_many_come_at_once
        a_refresh_token_is_good_once_and_again_ends_its_family
        another_client_neither_uses_nor_ends_a_refresh_token
        a_renewal_serves_holders_whose_copy_stands
        refresh_tokens_are_forgotten_an_hour_after_they_expire
        an_authorization_code_is_redeemed_once_however_many_come_at_once
        wrong_codes_at_the_page_count_with_those_of_wallets;
    passports:
        a_revoked_passport_has_only_invalid_copies
        revocation_and_issuance_at_once_leave_no_valid_copy
        a_revoked_offer_gives_nothing
        revoking_again_keeps_the_first_reason
        history_is_kept_line_by_line
        passports_come_in_pages_newest_first
        passports_are_found_by_all_words
        what_was_acknowledged_is_there_after_reopening
        the_newest_instant_never_goes_back
        a_damaged_row_does_not_hide_the_others
        every_change_is_in_the_audit_log;
    life:
        a_draft_with_faults_is_kept_and_not_offered
        an_older_reading_does_not_overwrite_a_newer_document
        a_suspended_passport_comes_back_as_it_was
        an_act_that_the_state_does_not_allow_changes_nothing
        withdrawing_kills_the_offer_and_leaves_what_a_wallet_has
        a_new_phone_supersedes_the_copy_on_the_old_one
        a_lost_phone_is_revoked_before_the_new_one_comes
        what_is_revoked_is_offered_again_only_when_the_reason_allows
        a_benign_change_leaves_copies_valid_and_an_adverse_one_does_not
        another_passport_takes_the_place_of_one_in_use
        suspending_and_reinstating_at_once_end_as_one_of_them
        a_passport_ends_with_its_last_copy;
    confirm:
        a_key_waits_until_hr_has_compared
        other_digits_confirm_nothing
        a_refused_key_gets_nothing
        a_waived_key_need_not_wait
        another_key_does_not_take_over_a_token_that_waits
        a_confirmed_key_is_delivered_once_however_many_come_at_once
        a_new_offer_ends_the_one_that_waits
        nobody_compares_after_the_time
        what_waits_and_what_is_confirmed_outlive_a_restart;
    review:
        an_accepted_copy_is_accepted_once
        a_rejected_copy_is_invalid_and_its_passport_rejected
        the_first_word_of_a_wallet_counts
        an_old_copy_deleted_leaves_the_newest_alone;
    queues:
        every_passport_stands_in_the_queues_of_its_state
        queue_counts_are_right_after_acts_at_once
        what_runs_out_comes_in_the_order_of_its_days
        archived_passports_are_out_of_sight;
}
pub(crate) use contract;

const NOW: i64 = 1_772_442_000;
const KID: &str = "key-1";

fn small(entries: u32, lead: i64) -> ListPolicy {
    ListPolicy { entries, lead, decoys: 0 }
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
        document: document(),
        wrapped_key: vec![1, 2],
        offer: Some(new_offer(n)),
        who: "token:1".to_owned(),
        now_ms: (NOW + i64::from(n)) * 1000,
    }
}

fn document() -> Document {
    Document { sealed: vec![3, 4], index: vec![], whole: true, due_at: None }
}

/// The `n`-th offer: one of a passport's own number, or another.
fn new_offer(n: u32) -> NewOffer {
    NewOffer {
        hash: hash(b'o', n),
        code: hash(b'c', n),
        tx_code: Some(hash(b't', n)),
        found_by: vec![hash(b's', n)],
        expires_at: NOW + 900,
        configurations: vec!["employment-checks-1".to_owned()],
        confirm_key: ConfirmKey::Unattended,
        in_hand: "sealed".to_owned(),
        reason: OfferReason::First,
    }
}

fn compared(n: u32) -> NewOffer {
    NewOffer { confirm_key: ConfirmKey::Compare, ..new_offer(n) }
}

fn offering(n: u32, offer: NewOffer) -> Offering {
    Offering { id: id(n), offer, who: "person:1".to_owned(), now: NOW }
}

fn amendment(n: u32, revision: u64, kind: Option<ChangeKind>) -> Amendment {
    Amendment {
        id: id(n),
        revision,
        document: document(),
        kind,
        who: "person:1".to_owned(),
        note: None,
        now: NOW,
    }
}

fn deed(n: u32, act: HrAct) -> HrDeed {
    HrDeed { id: id(n), act, who: "token:1".to_owned(), note: None, now: NOW }
}

fn decision(n: u32, verdict: KeyVerdict) -> KeyDecision {
    KeyDecision { id: id(n), verdict, who: "person:1".to_owned(), note: None, now: NOW }
}

fn confirmed(digits: &str) -> KeyVerdict {
    KeyVerdict::Confirmed { digits: digits.to_owned() }
}

fn delivery(n: u32) -> Delivery {
    Delivery {
        token: hash(b'a', n),
        transaction: hash(b'x', n),
        kid: KID.to_owned(),
        issued_at: NOW,
        expires_at: NOW + 7_776_000,
    }
}

fn notification(n: u32, copy: &Copy, says: WalletSays) -> Notification {
    Notification {
        passport: id(n),
        entries: vec![copy.entry],
        says,
        reason: None,
        note: None,
        now: NOW,
    }
}

fn redemption(n: u32) -> Redemption {
    Redemption {
        code: hash(b'c', n),
        tx_code: Some(hash(b't', n)),
        wanted: vec![],
        token: hash(b'a', n),
        without: vec![],
        token_expires_at: NOW + 300,
        client: Client::default(),
        refresh: None,
        now: NOW,
    }
}

fn holder_key(holder: &str) -> HolderKey {
    HolderKey { thumbprint: holder.to_owned(), jwk: serde_json::json!({ "holder": holder }) }
}

fn issuance(n: u32, holder: &str, nonce: u32) -> Issuance {
    let mut nonce_id = [0; 16];
    nonce_id[..4].copy_from_slice(&nonce.to_be_bytes());
    Issuance {
        token: hash(b'a', n),
        nonces: vec![NonceUse { id: nonce_id, expires_at: NOW + 300 }],
        configuration: "employment-checks-1".to_owned(),
        holders: vec![holder_key(holder)],
        transaction: hash(b'x', n),
        digits: "123456".to_owned(),
        kid: KID.to_owned(),
        issued_at: NOW,
        expires_at: NOW + 7_776_000,
    }
}

fn revocation(n: u32, reason: RevocationReason) -> HrDeed {
    deed(n, HrAct::Revoke(reason))
}

/// A store with open status lists.
async fn opened(backend: &impl Backend) -> Arc<dyn Store> {
    let store = backend.store();
    store.open_status_lists(KID, NOW).await.unwrap();
    store
}

async fn granted(store: &dyn Store, n: u32) {
    store.draft_passport(draft(n)).await.unwrap();
    redeemed(store, n).await;
}

async fn redeemed(store: &dyn Store, n: u32) {
    let redeemed = store.redeem_code(redemption(n)).await.unwrap();
    assert!(matches!(redeemed, Redeemed::Granted(_)), "{redeemed:?}");
}

async fn copy(store: &dyn Store, issuance: Issuance) -> Copy {
    match store.record_issuance(issuance).await.unwrap() {
        Recorded::Copies(issued) => one(issued.copies),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn one(copies: Vec<Copy>) -> Copy {
    let [copy] = copies.try_into().unwrap();
    copy
}

/// A passport that a wallet has collected.
async fn collected(store: &dyn Store, n: u32) -> Copy {
    granted(store, n).await;
    copy(store, issuance(n, "holder", n)).await
}

async fn passport(store: &dyn Store, n: u32) -> Passport {
    store.passport(&id(n)).await.unwrap().unwrap()
}

#[track_caller]
fn done(done: Done) -> Passport {
    match done {
        Done::Done(passport, _) => *passport,
        Done::Not(why) => panic!("{why:?}"),
    }
}

#[track_caller]
fn not_done(done: Done) -> NotDone {
    match done {
        Done::Done(passport, _) => panic!("{:?}", passport.state),
        Done::Not(why) => why,
    }
}

#[track_caller]
fn delivered(delivered: Delivered) -> Copy {
    match delivered {
        Delivered::Copies { issued, .. } => one(issued.copies),
        other => panic!("{other:?}"),
    }
}
