use axum::http::{StatusCode, header};
use vc::oid4vci::{CredentialOffer, InputMode, IssuerMetadata, Transport};

use crate::world::{BASE_URL, Wallet, World};

#[tokio::test]
async fn i9_an_offer_by_reference_may_be_fetched_twice() {
    let world = World::new().await;
    let created = world.created().await;

    let first = world.get(&created.offer_path()).await;
    let second = world.get(&created.offer_path()).await;

    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.body, second.body);
    assert_eq!(first.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(first.header(header::CACHE_CONTROL), "no-store");
    let offer = CredentialOffer::parse(&first.body, Transport::LoopbackHttp).unwrap();
    let metadata = world.get("/.well-known/openid-credential-issuer").await;
    let metadata =
        IssuerMetadata::parse(&metadata.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    offer.check_against(&metadata).unwrap();
}

#[tokio::test]
async fn i10_an_offer_asks_for_six_digits_and_names_no_server() {
    let world = World::new().await;
    let created = world.created().await;

    let reply = world.get(&created.offer_path()).await;

    let offer = CredentialOffer::parse(&reply.body, Transport::LoopbackHttp).unwrap();
    let grant = offer.pre_authorized().unwrap();
    let tx_code = grant.tx_code.as_ref().unwrap();
    assert_eq!((tx_code.input_mode, tx_code.length), (Some(InputMode::Numeric), Some(6)));
    assert_eq!(grant.authorization_server, None);
    assert_eq!(created.tx_code.len(), 6);
    // 128 bits and more.
    assert!(grant.pre_authorized_code.expose().len() >= 22);
}

#[tokio::test]
async fn an_offer_is_gone_when_it_is_redeemed_expired_or_unknown() {
    let world = World::new().await;
    let redeemed = world.created().await;
    let expired = world.created().await;

    world.receive(&redeemed, &Wallet::new()).await;
    world.get(&redeemed.offer_path()).await.is_error(404, "not_found");
    assert_eq!(world.get(&expired.offer_path()).await.status, StatusCode::OK);
    world.clock.advance(900);
    world.get(&expired.offer_path()).await.is_error(404, "not_found");
    world.get("/offers/AAAAAAAAAAAAAAAAAAAAAA").await.is_error(404, "not_found");
}

#[tokio::test]
async fn an_offer_outlives_a_restart() {
    let world = World::new().await;
    let created = world.created().await;
    let before = world.get(&created.offer_path()).await;

    let world = world.restarted().await;

    assert_eq!(world.get(&created.offer_path()).await.body, before.body);
}
