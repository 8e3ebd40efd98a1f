//! Signing the trust registry.

use registry::program::RegistryProgramError;
use registry::sign::SignError;
use vc::registry::{KeyState, OrganisationState, RegistryError};
use vc::time::UnixTime;

use super::network::{Network, START, VCT};

const SIGN: [&str; 3] = ["sign", "--out", "trust-registry.json"];

#[tokio::test]
async fn services_accept_what_the_operator_signs() {
    let mut network = Network::new().await;
    let kid = network.add_the_christie().await;

    network.run(&SIGN).await.unwrap();

    let verified = network.verify("trust-registry.json", None).unwrap();
    assert_eq!(verified.payload().version, 1);
    assert_eq!(verified.payload().exp, UnixTime(START + 7 * 86_400));
    let (organisation, issuer) = verified.issuer("http://127.0.0.1:8101").unwrap();
    assert_eq!(
        (organisation.ods.as_str(), organisation.types.as_slice()),
        ("RBV", &[VCT.into()][..])
    );
    assert_eq!(issuer.keys[0].jwk.kid(), kid);
}

#[tokio::test]
async fn each_signing_raises_the_version_even_when_a_file_is_lost() {
    let mut network = Network::new().await;
    network.add_the_christie().await;

    for version in 1..=2_u64 {
        network.run(&SIGN).await.unwrap();
        let verified = network.verify("trust-registry.json", version.checked_sub(1)).unwrap();
        assert_eq!(verified.payload().version, version);
    }
    std::fs::remove_file(network.path("trust-registry.json")).unwrap();
    network.run(&SIGN).await.unwrap();
    assert_eq!(network.verify("trust-registry.json", Some(2)).unwrap().payload().version, 3);

    let draft = network.path("draft.json");
    let text = std::fs::read_to_string(&draft).unwrap();
    let forgetful = text.replace("\"version\": 3", "\"version\": 0");
    assert_ne!(forgetful, text);
    std::fs::write(&draft, forgetful).unwrap();
    network.run(&SIGN).await.unwrap();
    assert_eq!(network.verify("trust-registry.json", Some(3)).unwrap().payload().version, 4);
}

#[tokio::test]
async fn an_old_file_is_a_rollback_and_expires_after_seven_days() {
    let mut network = Network::new().await;
    network.add_the_christie().await;
    network.run(&SIGN).await.unwrap();

    let rollback = network.verify("trust-registry.json", Some(2)).unwrap_err();
    assert_eq!(rollback, RegistryError::Rollback { version: 1, last: 2 });

    network.clock.advance(7 * 86_400 + 1);
    assert_eq!(network.verify("trust-registry.json", Some(1)).unwrap_err(), RegistryError::Expired);
    network.run(&SIGN).await.unwrap();
    network.verify("trust-registry.json", Some(1)).unwrap();
}

#[tokio::test]
async fn a_changed_state_is_in_the_next_version() {
    let mut network = Network::new().await;
    let kid = network.add_the_christie().await;
    network.issuer_key("new.jwks", 101);

    for command in [
        vec!["key", "add", "--ods", "RBV", "--issuer-jwks", "new.jwks"],
        vec!["key", "set-state", "--ods", "RBV", "--kid", &kid, "--state", "retired"],
        vec!["organisation", "set-state", "--ods", "RBV", "--state", "suspended"],
    ] {
        network.run(&command).await.unwrap();
    }
    network.run(&SIGN).await.unwrap();

    let verified = network.verify("trust-registry.json", None).unwrap();
    let organisation = verified.organisation("RBV").unwrap();
    assert_eq!(organisation.state, OrganisationState::Suspended);
    let keys = &organisation.issuer.as_ref().unwrap().keys;
    let states: Vec<_> = keys.iter().map(|key| (key.state, key.retired_at)).collect();
    assert_eq!(states, [(KeyState::Retired, Some(UnixTime(START))), (KeyState::Active, None)]);
}

#[tokio::test]
async fn a_file_that_is_no_registry_is_not_overwritten() {
    let mut network = Network::new().await;
    network.add_the_christie().await;

    let refused = network.run(&["sign", "--out", "draft.json"]).await.unwrap_err();

    assert!(matches!(refused, RegistryProgramError::Sign(SignError::NotARegistry(_))));
    network.run(&SIGN).await.unwrap();
}
