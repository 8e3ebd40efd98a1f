//! Every rule of the store, for every backend.

mod copies;
mod offers;
mod passports;

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Copy, Issuance, ListPolicy, NonceUse, Passport, PassportDraft, PassportId, Recorded, Redeemed,
    Redemption, Revocation, RevocationReason, Sealed, SecretHash, Store,
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
    passports:
        a_revoked_passport_has_only_invalid_copies
        revocation_and_issuance_at_once_leave_no_valid_copy
        a_revoked_offer_gives_nothing
        revoking_again_keeps_the_first_reason
        passports_come_in_pages_newest_first
        passports_are_found_by_all_words
        what_was_acknowledged_is_there_after_reopening
        the_newest_instant_never_goes_back
        every_change_is_in_the_audit_log;
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
