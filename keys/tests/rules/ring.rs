//! The key ring.

use std::path::Path;

use keys::{KeyState, Purpose, Ring, RingError, SealedFile, Sealing};
use vc::jwk::{Algorithm, PublicKey};

use super::sealing::{CHEAP, passphrase, rng};

fn sealing() -> Sealing {
    passphrase("correct horse")
}

fn new_ring(dir: &Path) -> Ring {
    Ring::create_at_cost(&dir.join("ring"), &sealing(), CHEAP, &mut rng(1)).unwrap()
}

fn states(ring: &Ring) -> Vec<KeyState> {
    ring.list().iter().map(|key| key.state).collect()
}

#[test]
fn a_saved_ring_opens_with_the_same_keys_and_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));
    ring.generate(Purpose::Issuer, Algorithm::Es256, 20, &mut rng(3));
    let wrapped = ring.wrap(&keys::DataKey::generate(&mut rng(4)), b"person", &mut rng(5));
    ring.save(&mut rng(6)).unwrap();

    let again = Ring::open(&dir.path().join("ring"), &sealing()).unwrap();

    assert_eq!(again.list(), ring.list());
    assert_eq!(again.derive("index"), ring.derive("index"));
    again.unwrap(&wrapped, b"person").unwrap();
    for key in ring.list() {
        let signature = again.by_kid(&key.kid).unwrap().sign(b"m");
        ring.by_kid(&key.kid).unwrap().public_key().verify(b"m", &signature).unwrap();
    }
}

#[test]
fn the_newest_active_key_of_a_purpose_and_algorithm_signs() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    assert!(ring.active(Purpose::Issuer).is_none());

    let old = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));
    let new = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 20, &mut rng(3));
    let es256 = ring.generate(Purpose::Issuer, Algorithm::Es256, 30, &mut rng(4));
    ring.generate(Purpose::Operator, Algorithm::EdDsa, 40, &mut rng(5));

    assert_eq!(ring.active(Purpose::Issuer).unwrap().kid(), es256);
    assert_eq!(ring.active_for(Purpose::Issuer, Algorithm::EdDsa).unwrap().kid(), new);
    assert_eq!(ring.by_kid(&old).unwrap().kid(), old);
}

#[test]
fn a_rotation_overlaps_the_new_key_is_known_before_it_signs() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    let old = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));

    let new = ring.rotate(Purpose::Issuer, Algorithm::EdDsa, 20, &mut rng(3));
    assert_eq!(ring.active(Purpose::Issuer).unwrap().kid(), old);
    assert_eq!(ring.public_jwks(Purpose::Issuer)["keys"].as_array().unwrap().len(), 2);

    ring.promote(&new, 30).unwrap();
    assert_eq!(ring.active(Purpose::Issuer).unwrap().kid(), new);
    assert_eq!(states(&ring), [KeyState::Retired, KeyState::Active]);
    assert_eq!(ring.list()[0].ended_at, Some(30));
    // It goes on signing the status lists of what it issued.
    assert!(ring.by_kid(&old).is_some());
}

#[test]
fn a_compromised_key_signs_nothing_and_is_published_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    let kid = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));

    ring.compromise(&kid, 20).unwrap();

    assert!(ring.active(Purpose::Issuer).is_none());
    assert!(ring.by_kid(&kid).is_none());
    assert_eq!(ring.public_jwks(Purpose::Issuer)["keys"], serde_json::json!([]));
}

#[test]
fn a_key_never_comes_back_from_retired_or_compromised() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    let retired = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));
    let compromised = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(3));
    ring.retire(&retired, 20).unwrap();
    ring.compromise(&compromised, 20).unwrap();

    for kid in [&retired, &compromised] {
        assert!(matches!(ring.promote(kid, 30), Err(RingError::BadChange { .. })));
        assert!(matches!(ring.retire(kid, 30), Err(RingError::BadChange { .. })));
    }
    assert!(matches!(ring.compromise(&compromised, 30), Err(RingError::BadChange { .. })));
    assert!(matches!(ring.retire("unknown", 30), Err(RingError::NoSuchKey(_))));
    assert_eq!(states(&ring), [KeyState::Retired, KeyState::Compromised]);
}

#[test]
fn the_published_keys_hold_nothing_private() {
    let dir = tempfile::tempdir().unwrap();
    let mut ring = new_ring(dir.path());
    let kid = ring.generate(Purpose::Issuer, Algorithm::EdDsa, 10, &mut rng(2));
    ring.generate(Purpose::Issuer, Algorithm::Es256, 10, &mut rng(3));

    let jwks = ring.public_jwks(Purpose::Issuer);

    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys[0]["kid"], kid);
    for (jwk, alg) in keys.iter().zip(["EdDSA", "ES256"]) {
        assert_eq!((&jwk["use"], &jwk["alg"]), (&"sig".into(), &alg.into()));
        assert_eq!(jwk.get("d"), None);
        PublicKey::from_jwk(jwk).unwrap();
    }
}

#[test]
fn derived_secrets_differ_by_label_and_ring() {
    let dir = tempfile::tempdir().unwrap();
    let ring = new_ring(dir.path());
    let path = dir.path().join("other");
    let other = Ring::create_at_cost(&path, &sealing(), CHEAP, &mut rng(9)).unwrap();

    assert_eq!(ring.derive("a"), ring.derive("a"));
    assert_ne!(ring.derive("a"), ring.derive("b"));
    assert_ne!(ring.derive("a"), other.derive("a"));
}

#[test]
fn a_wrapped_data_key_opens_for_its_person_only() {
    let dir = tempfile::tempdir().unwrap();
    let ring = new_ring(dir.path());
    let key = keys::DataKey::generate(&mut rng(2));
    let sealed = key.seal(b"Nadia", b"", &mut rng(3));

    let wrapped = ring.wrap(&key, b"person 1", &mut rng(4));

    let unwrapped = ring.unwrap(&wrapped, b"person 1").unwrap();
    assert_eq!(unwrapped.open(&sealed, b"").unwrap().as_slice(), b"Nadia");
    ring.unwrap(&wrapped, b"person 2").unwrap_err();
    ring.unwrap(&sealed, b"").unwrap_err();
}

#[test]
fn a_sealed_file_with_other_contents_is_no_ring() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ring");
    for contents in ["", "{}", r#"{"version":2,"root":"","keys":[]}"#] {
        drop(std::fs::remove_file(&path));
        SealedFile::create(&path, "key-ring", contents.as_bytes(), &sealing(), CHEAP, &mut rng(1))
            .unwrap();

        assert!(matches!(Ring::open(&path, &sealing()), Err(RingError::Malformed)));
    }
}
