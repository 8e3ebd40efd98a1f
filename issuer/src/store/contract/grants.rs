//! Clients, refresh tokens, authorization codes, and what is good once.

use tokio::task::JoinSet;

use super::{Backend, NOW, copy, deed, draft, hash, id, issuance, opened, passport, redemption};
use crate::store::{
    Client, CodeRedeemed, CodeRedemption, HrAct, Issuance, ListPolicy, NewRefresh, NonceUse, Proof,
    PushedRequest, Recorded, Redeemed, Redemption, Refreshed, Refreshing, RevocationReason, SignIn,
    SignedIn, Store,
};

const DAY: i64 = 24 * 60 * 60;

fn client() -> Client {
    Client { dpop: Some("key".to_owned()), attested: None }
}

fn refresh(n: u32) -> NewRefresh {
    NewRefresh { token: hash(b'r', n), expires_at: NOW + 90 * DAY }
}

/// The `n`-th refresh token for the next.
fn refreshing(n: u32) -> Refreshing {
    Refreshing {
        token: hash(b'r', n),
        client: client(),
        wanted: vec![],
        next: refresh(n + 1),
        access: hash(b'a', n + 1),
        access_expires_at: NOW + 3600,
        now: NOW,
    }
}

/// Passport 1 in a wallet, with access token 1 and refresh token 1.
async fn bound(store: &dyn Store) {
    store.draft_passport(draft(1)).await.unwrap();
    let bound = Redemption { client: client(), refresh: Some(refresh(1)), ..redemption(1) };
    let redeemed = store.redeem_code(bound).await.unwrap();
    assert!(matches!(redeemed, Redeemed::Granted(_)), "{redeemed:?}");
    copy(store, issuance(1, "holder", 1)).await;
}

fn pushed() -> PushedRequest {
    PushedRequest {
        client_id: "wallet".to_owned(),
        client: Client::default(),
        redirect_uri: "https://wallet.example/".to_owned(),
        state: None,
        challenge: "challenge".to_owned(),
        wanted: vec!["employment-checks-1".to_owned()],
        by_identifier: false,
        issuer_state: None,
        expires_at: NOW + 600,
        answered: false,
    }
}

fn sign_in(tx_code: u32) -> SignIn {
    SignIn {
        request: hash(b'q', 1),
        offer: hash(b'o', 1),
        proof: Proof::TxCode(hash(b't', tx_code)),
        code: hash(b'z', 1),
        code_expires_at: NOW + 60,
        now: NOW,
    }
}

fn code_redemption(n: u32) -> CodeRedemption {
    CodeRedemption {
        code: hash(b'z', 1),
        challenge: Some("challenge".to_owned()),
        redirect_uri: Some("https://wallet.example/".to_owned()),
        client_id: Some("wallet".to_owned()),
        client: Client::default(),
        without: vec![],
        token: hash(b'a', n),
        token_expires_at: NOW + 300,
        refresh: None,
        now: NOW,
    }
}

pub(crate) async fn what_is_good_once_is_taken_once_however_many_come_at_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let once = NonceUse { id: [7; 16], expires_at: NOW + 300 };

    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let store = backend.store();
        tasks.spawn(async move { store.use_once(once, NOW).await.unwrap() });
    }
    let first = tasks.join_all().await.into_iter().filter(|first| *first).count();
    let backend = backend.reopened();
    let store = backend.store();

    assert_eq!(first, 1);
    assert!(!store.use_once(once, NOW).await.unwrap());
    let other = NonceUse { id: [8; 16], ..once };
    assert!(store.use_once(other, NOW).await.unwrap());
}

pub(crate) async fn a_refresh_token_is_good_once_and_again_ends_its_family<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    bound(&*store).await;

    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let store = backend.store();
        tasks.spawn(async move { store.refresh(refreshing(1)).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    drop(store);
    let store = backend.reopened().store();

    let granted = answers.iter().filter(|it| matches!(it, Refreshed::Granted(_))).count();
    assert_eq!(granted, 1);
    assert!(answers.iter().all(|it| matches!(it, Refreshed::Granted(_) | Refreshed::Again)));
    assert_eq!(store.refresh(refreshing(2)).await.unwrap(), Refreshed::Again);
    assert_eq!(store.grant(&hash(b'a', 2)).await.unwrap(), None);
}

pub(crate) async fn another_client_neither_uses_nor_ends_a_refresh_token<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    bound(&*store).await;
    let thief = Client { dpop: Some("another".to_owned()), attested: None };

    let stolen = Refreshing { client: thief, ..refreshing(1) };
    assert_eq!(store.refresh(stolen).await.unwrap(), Refreshed::OtherClient);
    assert_eq!(store.refresh(refreshing(7)).await.unwrap(), Refreshed::Unknown);

    let own = store.refresh(refreshing(1)).await.unwrap();
    assert!(matches!(own, Refreshed::Granted(_)), "{own:?}");
}

pub(crate) async fn a_renewal_serves_holders_whose_copy_stands<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    bound(&*store).await;
    store.refresh(refreshing(1)).await.unwrap();
    let renewal = |holder, nonce| Issuance { token: hash(b'a', 2), ..issuance(1, holder, nonce) };

    let stranger = store.record_issuance(renewal("stranger", 2)).await.unwrap();
    let renewed = copy(&*store, renewal("holder", 3)).await;

    assert_eq!(stranger, Recorded::Closed);
    let copies = passport(&*store, 1).await.copies;
    assert_eq!((copies.len(), copies[1].entry), (2, renewed.entry));
    assert!(copies.iter().all(|copy| copy.status == vc::status_list::Status::Valid));

    store.refresh(refreshing(2)).await.unwrap();
    let revoked = HrAct::Revoke(RevocationReason::LeftEmployment);
    store.act_on_passport(deed(1, revoked)).await.unwrap();
    let late = Issuance { token: hash(b'a', 3), ..issuance(1, "holder", 4) };
    assert_eq!(store.record_issuance(late).await.unwrap(), Recorded::Closed);
    assert_eq!(store.refresh(refreshing(3)).await.unwrap(), Refreshed::Over);
}

pub(crate) async fn refresh_tokens_are_forgotten_an_hour_after_they_expire<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = opened(&backend).await;
    bound(&*store).await;
    let end = NOW + 90 * DAY;
    let late = Refreshing { now: end, ..refreshing(1) };
    assert_eq!(store.refresh(late).await.unwrap(), Refreshed::Unknown);

    store.sweep(end + 3601).await.unwrap();

    // Not even a clock that was put back brings it to life.
    assert_eq!(store.refresh(refreshing(1)).await.unwrap(), Refreshed::Unknown);
}

pub(crate) async fn an_authorization_code_is_redeemed_once_however_many_come_at_once<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    store.push_request(hash(b'q', 1), pushed(), NOW).await.unwrap();
    let (found, _) = store.offer_found_by(&hash(b's', 1)).await.unwrap().unwrap();
    assert_eq!(found, hash(b'o', 1));
    let signed_in = store.sign_in(sign_in(1)).await.unwrap();
    assert!(matches!(signed_in, SignedIn::Code(_)), "{signed_in:?}");
    assert_eq!(store.sign_in(sign_in(1)).await.unwrap(), SignedIn::NoRequest);

    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let store = backend.store();
        tasks.spawn(async move { store.redeem_authorization(code_redemption(n)).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    drop(store);
    let store = backend.reopened().store();

    let granted = answers.iter().filter(|it| matches!(it, CodeRedeemed::Granted(_))).count();
    assert_eq!(granted, 1);
    let after = store.redeem_authorization(code_redemption(200)).await.unwrap();
    assert_eq!(after, CodeRedeemed::Refused);
    // The offer is used up for both flows.
    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Used);
}

pub(crate) async fn wrong_codes_at_the_page_count_with_those_of_wallets<B: Backend>() {
    let backend = B::fresh(ListPolicy::default());
    let store = backend.store();
    store.draft_passport(draft(1)).await.unwrap();
    store.push_request(hash(b'q', 1), pushed(), NOW).await.unwrap();
    let wrong = Redemption { tx_code: Some(hash(b'x', 1)), ..redemption(1) };
    store.redeem_code(wrong.clone()).await.unwrap();

    for left in [3, 2, 1, 0] {
        let signed_in = store.sign_in(sign_in(9)).await.unwrap();
        assert_eq!(signed_in, SignedIn::WrongCode(id(1), left));
    }

    assert_eq!(store.sign_in(sign_in(1)).await.unwrap(), SignedIn::NoOffer);
    assert_eq!(store.redeem_code(redemption(1)).await.unwrap(), Redeemed::Dead);
}
