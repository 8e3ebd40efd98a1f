//! Receiving from good and hostile issuers (OpenID4VCI 1.0; SECURITY rows T3, P4, S1).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::{Membership, NOW, TRANSACTION, TX_CODE, Twist, World, requirement};
use fetch::FetchError;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use vc::jws::JwsError;
use vc::oid4vci::{
    MetadataError, NotificationEvent, OfferError, Refusal, RefusalReason, confirmation_digits,
};
use vc::registry::{Operators, VerifiedRegistry};
use vc::sd_jwt::SdJwtError;
use vc::status_list::{Status, StatusListError};
use vc::time::UnixTime;
use wallet_cli::network::Network;
use wallet_cli::receive::{
    self, CredentialFault, Document, Offered, ReceiveError, Received, Strangers, TxCodeFault,
};

async fn open(world: &World, strangers: Strangers) -> Result<(Offered, Network), ReceiveError> {
    let operators = Operators { keys: vec![world.operator.public_key().clone()], threshold: 1 };
    let document = world.registry_document();
    let registry = VerifiedRegistry::verify(document.as_bytes(), &operators, None, world.now())
        .expect("a good registry");
    let mut network = Network::new(&world.registry_url()).expect("a network");
    network.allow_members(&registry);
    let offered = receive::open(&world.offer(), &mut network, &registry, strangers).await?;
    Ok((offered, network))
}

async fn receive_with(
    world: &World,
    tx_code: Option<&str>,
    strangers: Strangers,
) -> Result<(Received, Network), ReceiveError> {
    let (offered, network) = open(world, strangers).await?;
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let received = offered.redeem(tx_code, &network, &world.clock, &mut rng).await?;
    Ok((received, network))
}

async fn receive_twisted(twist: Twist) -> (World, ReceiveError) {
    let world = World::at_noon().await;
    world.twist(twist);
    let error = receive_with(&world, Some(TX_CODE), Strangers::Refuse)
        .await
        .err()
        .unwrap_or_else(|| panic!("{twist:?} was taken"));
    (world, error)
}

/// What the last check says of a credential.
async fn fault_of(twist: Twist) -> CredentialFault {
    match receive_twisted(twist).await {
        (world, ReceiveError::Credential(fault)) => {
            assert!(world.saw("/notification credential_failure"), "the issuer is told");
            fault
        }
        (_, other) => panic!("{twist:?}: {other:?}"),
    }
}

#[tokio::test]
async fn a_good_issuer_is_received_from() {
    let world = World::at_noon().await;

    let (received, network) =
        receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.expect("received");

    let held = received.to_held("1".to_owned(), world.now());
    assert_eq!(received.name(), "Staff passport");
    assert_eq!(received.issuer().registered.as_ref().map(|r| r.ods.as_str()), Some("RBV"));
    assert_eq!(received.verified().claims()["identity"]["given_name"], "Amara");
    assert_eq!(wallet_cli::hold::reopen(&held).expect("verifies").claims().get("_sd"), None);
    received.tell_issuer(NotificationEvent::CredentialAccepted, &network).await;
    assert!(world.saw("/notification credential_accepted"));
}

#[tokio::test]
async fn the_issuer_is_known_before_the_transaction_code_is_sent() {
    let world = World::at_noon().await;

    let (offered, _network) = open(&world, Strangers::Refuse).await.expect("opened");

    let registered = offered.issuer().registered.as_ref().expect("registered");
    assert_eq!(registered.name, "The Christie NHS Foundation Trust");
    assert_eq!(offered.tx_code().and_then(|shape| shape.length), Some(6));
    assert!(!world.saw("/token"), "{:?}", world.seen());
}

#[tokio::test]
async fn every_credential_has_a_holder_key_of_its_own() {
    let world = World::at_noon().await;
    let (offered, network) = open(&world, Strangers::Refuse).await.expect("opened");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut key = async || {
        let received = offered.redeem(Some(TX_CODE), &network, &world.clock, &mut rng).await;
        received.expect("received").verified().holder().expect("a holder").kid()
    };

    assert_ne!(key().await, key().await);
}

#[tokio::test]
async fn a_link_that_is_no_offer_is_refused() {
    let world = World::at_noon().await;
    let operators = Operators { keys: vec![world.operator.public_key().clone()], threshold: 1 };
    let registry = VerifiedRegistry::verify(
        world.registry_document().as_bytes(),
        &operators,
        None,
        world.now(),
    )
    .expect("a good registry");
    let mut network = Network::new(&world.registry_url()).expect("a network");

    for link in ["", "hello", "openid-credential-offer://?x=1", "https://example.org/"] {
        let error = receive::open(link, &mut network, &registry, Strangers::Allow).await;

        assert!(matches!(error, Err(ReceiveError::Offer(OfferError::NotALink))), "{link}");
    }
}

#[tokio::test]
async fn an_offer_of_an_issuer_that_is_not_registered_is_refused() {
    let (world, error) = receive_twisted(Twist::OfferOfAnotherIssuer).await;

    assert!(
        matches!(&error, ReceiveError::UnregisteredIssuer(url) if url == "https://elsewhere.example"),
        "{error:?}"
    );
    assert!(!world.saw("/metadata") && !world.saw("/token"));
}

#[tokio::test]
async fn nothing_is_fetched_from_an_address_that_no_member_owns() {
    let world = World::at_noon().await;
    world.membership(Membership::Absent);
    let operators = Operators { keys: vec![world.operator.public_key().clone()], threshold: 1 };
    let document = world.registry_document();
    let registry = VerifiedRegistry::verify(document.as_bytes(), &operators, None, world.now())
        .expect("a good registry");
    // The registry lies elsewhere than the stranger, as in life.
    let mut network = Network::new("http://127.0.0.1:9/registry.json").expect("a network");

    let error = receive::open(&world.offer(), &mut network, &registry, Strangers::Refuse).await;

    assert!(matches!(error, Err(ReceiveError::UnregisteredIssuer(_))));
    assert!(world.seen().is_empty(), "{:?}", world.seen());
}

#[tokio::test]
async fn an_unregistered_issuer_is_taken_at_the_holders_own_word_only() {
    let world = World::at_noon().await;
    world.membership(Membership::Absent);

    let refused = receive_with(&world, Some(TX_CODE), Strangers::Refuse).await;
    let (received, _) =
        receive_with(&world, Some(TX_CODE), Strangers::Allow).await.expect("received");

    assert!(matches!(refused, Err(ReceiveError::UnregisteredIssuer(_))));
    assert_eq!(received.issuer().registered, None);
    assert!(world.saw("/jwt-vc-issuer"));
}

#[tokio::test]
async fn an_issuer_that_was_suspended_is_refused_even_at_the_holders_word() {
    let world = World::at_noon().await;
    world.membership(Membership::Suspended);
    world.registry_version(9);

    let error = receive_with(&world, Some(TX_CODE), Strangers::Allow).await.err();

    assert!(matches!(error, Some(ReceiveError::IssuerNotActive { ods, .. }) if ods == "RBV"));
}

#[tokio::test]
async fn a_type_that_the_issuer_may_not_issue_is_refused_before_the_code_is_sent() {
    let world = World::at_noon().await;
    world.membership(Membership::NotEntitled);

    let error = receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.err();

    assert!(matches!(error, Some(ReceiveError::NotEntitled { .. })), "{error:?}");
    assert!(!world.saw("/token"));
}

#[tokio::test]
async fn a_key_that_issues_nothing_new_is_refused() {
    for membership in [Membership::KeyRetired, Membership::KeyCompromised] {
        let world = World::at_noon().await;
        world.membership(membership);

        let error = receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.err();

        assert!(
            matches!(error, Some(ReceiveError::Credential(CredentialFault::UnknownKey))),
            "{membership:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let (world, error) = receive_twisted(Twist::MetadataOfAnotherIssuer).await;

    assert!(matches!(
        error,
        ReceiveError::Metadata {
            what: Document::IssuerMetadata,
            source: MetadataError::OtherIssuer
        }
    ));
    assert!(!world.saw("/token"));
}

#[tokio::test]
async fn metadata_of_another_authorization_server_is_refused() {
    let (world, error) = receive_twisted(Twist::ServerMetadataOfAnother).await;

    assert!(matches!(
        error,
        ReceiveError::Metadata {
            what: Document::ServerMetadata,
            source: MetadataError::OtherIssuer
        }
    ));
    assert!(!world.saw("/token"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (_, error) = receive_twisted(Twist::MetadataRedirects).await;
    assert!(matches!(
        error,
        ReceiveError::Fetch { what: Document::IssuerMetadata, source: FetchError::Redirected(307) }
    ));

    let (_, error) = receive_twisted(Twist::TokenRedirects).await;
    assert!(matches!(
        error,
        ReceiveError::Fetch { what: Document::Token, source: FetchError::Redirected(307) }
    ));
}

#[tokio::test]
async fn huge_bodies_are_cut_off() {
    for (twist, document) in [
        (Twist::MetadataHuge, Document::IssuerMetadata),
        (Twist::CredentialHuge, Document::Credential),
    ] {
        let (_, error) = receive_twisted(twist).await;

        assert!(
            matches!(&error, ReceiveError::Fetch { what, source: FetchError::TooLarge(_) }
                if *what == document),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_token_endpoint_outside_the_issuer_hears_nothing() {
    let (_, error) = receive_twisted(Twist::TokenEndpointElsewhere).await;

    assert!(matches!(
        error,
        ReceiveError::Fetch { what: Document::Token, source: FetchError::OriginNotAllowed(_) }
    ));
}

#[tokio::test]
async fn what_this_wallet_cannot_do_is_said_and_not_tried() {
    let (world, error) = receive_twisted(Twist::OfferWithoutCode).await;
    assert!(matches!(error, ReceiveError::OtherGrant));
    assert!(!world.saw("/token"));

    let (world, error) = receive_twisted(Twist::MetadataWithoutOurProof).await;
    assert!(matches!(error, ReceiveError::NothingUsable));
    assert!(!world.saw("/token"));

    let (_, error) = receive_twisted(Twist::TokenOfAnotherKind).await;
    assert!(matches!(error, ReceiveError::TokenType(kind) if kind == "DPoP"));

    let (_, error) = receive_twisted(Twist::CredentialDeferred).await;
    assert!(matches!(error, ReceiveError::Deferred));
}

#[tokio::test]
async fn the_six_digits_are_shown_and_the_issuer_asked_again() {
    for twist in [Twist::ConfirmedAtSecondAsking, Twist::ConfirmedByAnOlderDraft] {
        let world = World::at_noon().await;
        world.twist(twist);
        let (offered, network) = open(&world, Strangers::Refuse).await.unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut shown = Vec::new();

        let received = offered
            .redeem_showing(Some(TX_CODE), &network, &world.clock, &mut rng, |digits| {
                shown.push(digits.to_owned());
            })
            .await
            .unwrap();

        let holder = received.verified().holder().unwrap();
        assert_eq!(shown, [confirmation_digits(holder, TRANSACTION)]);
        let asked = world.seen().iter().filter(|seen| *seen == "/deferred").count();
        assert_eq!(asked, 2, "{twist:?}");
    }
}

#[tokio::test]
async fn a_key_that_hr_does_not_confirm_receives_nothing() {
    let (_, error) = receive_twisted(Twist::NotConfirmed).await;

    assert!(matches!(
        error,
        ReceiveError::Refused { what: Document::Deferred, code } if code == "credential_request_denied"
    ));
}

#[tokio::test]
async fn a_refusal_tells_the_issuer_why() {
    let world = World::at_noon().await;
    let (received, network) = receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.unwrap();
    let words = "The name is Okafor".to_owned();
    let refusal = Refusal { reason: RefusalReason::Incorrect, words };

    received.refuse(&refusal, &network).await;

    assert!(world.saw("/notification credential_deleted INCORRECT: The name is Okafor"));
}

#[tokio::test]
async fn an_offer_must_be_json() {
    let (_, error) = receive_twisted(Twist::OfferNotJson).await;

    assert!(matches!(error, ReceiveError::NotJson(Document::Offer)));
}

#[tokio::test]
async fn a_used_offer_is_told_apart() {
    let (_, error) = receive_twisted(Twist::OfferUsed).await;

    assert!(matches!(
        error,
        ReceiveError::Fetch { what: Document::Offer, source: FetchError::Status(404) }
    ));
}

#[tokio::test]
async fn a_wrong_transaction_code_is_said_to_be_one() {
    let world = World::at_noon().await;

    let error = receive_with(&world, Some("000000"), Strangers::Refuse).await.err();

    assert!(matches!(
        error,
        Some(ReceiveError::Refused { what: Document::Token, code }) if code == "invalid_grant"
    ));
}

#[tokio::test]
async fn a_code_of_the_wrong_shape_is_not_sent() {
    let world = World::at_noon().await;

    let (offered, _) = open(&world, Strangers::Refuse).await.expect("opened");

    assert_eq!(offered.check_tx_code(""), Err(TxCodeFault::Empty));
    assert_eq!(offered.check_tx_code("49353a"), Err(TxCodeFault::NotDigits));
    assert_eq!(
        offered.check_tx_code("4935361"),
        Err(TxCodeFault::Length { expected: 6, length: 7 })
    );
    assert_eq!(offered.check_tx_code(TX_CODE), Ok(()));
}

#[tokio::test]
async fn no_transaction_code_is_sent_where_none_is_asked_for() {
    let world = World::at_noon().await;
    world.twist(Twist::OfferWithoutTxCode);

    receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.expect("received");

    assert!(world.saw("/token -"), "{:?}", world.seen());
}

#[tokio::test]
async fn credential_identifiers_are_used_when_given() {
    let world = World::at_noon().await;
    world.twist(Twist::CredentialIdentifiers);

    // The fake issuer asserts which of the two the request names.
    receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.expect("received");
}

#[tokio::test]
async fn an_invalid_nonce_is_replaced_once() {
    let world = World::at_noon().await;
    world.twist(Twist::InvalidNonceOnce);

    receive_with(&world, Some(TX_CODE), Strangers::Refuse).await.expect("received");

    let asked = world.seen().iter().filter(|seen| seen.starts_with("/credential")).count();
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn an_issuer_that_never_takes_its_nonce_is_given_up() {
    let (world, error) = receive_twisted(Twist::InvalidNonceAlways).await;

    assert!(matches!(
        error,
        ReceiveError::Refused { what: Document::Credential, code } if code == "invalid_nonce"
    ));
    let asked = world.seen().iter().filter(|seen| seen.starts_with("/credential")).count();
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn a_credential_bound_to_another_key_is_refused() {
    assert!(matches!(fault_of(Twist::BoundToAnotherKey).await, CredentialFault::OtherHolder));
}

#[tokio::test]
async fn an_expired_credential_is_refused() {
    assert!(matches!(fault_of(Twist::Expired).await, CredentialFault::Expired));
}

#[tokio::test]
async fn a_credential_from_the_future_is_refused() {
    assert!(matches!(fault_of(Twist::FromTheFuture).await, CredentialFault::NotYetValid));
}

#[tokio::test]
async fn a_bad_issuer_signature_is_refused() {
    assert!(matches!(
        fault_of(Twist::SignedByAnother).await,
        CredentialFault::SdJwt(SdJwtError::IssuerJwt(JwsError::SignatureInvalid))
    ));
}

#[tokio::test]
async fn a_key_that_the_registry_does_not_name_is_refused() {
    assert!(matches!(fault_of(Twist::UnknownKid).await, CredentialFault::UnknownKey));
}

#[tokio::test]
async fn s5_a_key_binding_made_by_the_issuer_is_refused() {
    assert!(matches!(
        fault_of(Twist::KeyBindingAttached).await,
        CredentialFault::KeyBindingAttached
    ));
}

#[tokio::test]
async fn another_type_or_issuer_than_offered_is_refused() {
    assert!(matches!(fault_of(Twist::AnotherType).await, CredentialFault::WrongType));
    assert!(matches!(fault_of(Twist::AnotherIss).await, CredentialFault::WrongIssuer));
}

#[tokio::test]
async fn a_credential_without_a_status_entry_is_refused() {
    assert!(matches!(fault_of(Twist::WithoutStatus).await, CredentialFault::NoStatus));
}

#[tokio::test]
async fn only_status_valid_is_taken() {
    for (twist, status) in [
        (Twist::Revoked, Status::Invalid),
        (Twist::Suspended, Status::Suspended),
        (Twist::Superseded, Status::Superseded),
    ] {
        let fault = fault_of(twist).await;

        assert!(matches!(&fault, CredentialFault::Status(found) if *found == status), "{fault:?}");
    }
}

#[tokio::test]
async fn a_status_list_that_cannot_be_trusted_refuses_the_credential() {
    let fault = fault_of(Twist::StatusSignedByAnother).await;
    assert!(
        matches!(fault, CredentialFault::StatusList(StatusListError::WrongSigner)),
        "{fault:?}"
    );

    let fault = fault_of(Twist::StatusGone).await;
    assert!(matches!(fault, CredentialFault::StatusUnreachable(FetchError::Status(404))));
}

#[tokio::test]
async fn the_status_of_a_credential_that_does_not_hold_is_not_asked_for() {
    let (world, _) = receive_twisted(Twist::SignedByAnother).await;

    assert!(!world.saw("/status-list"));
}

#[test]
fn the_tests_requirement_and_moment_are_what_they_say() {
    assert_eq!(requirement()["kind"], "OBSERVER");
    assert_eq!(wallet_cli::text::moment(UnixTime(NOW)), "2 March 2026 at 12:00");
}
