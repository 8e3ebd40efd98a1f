//! The network's small certificate authority.

use std::path::Path;

use keys::certify::{CertifyError, Holder};
use keys::{Purpose, Ring, RingError, SigningKey};
use vc::jwk::Algorithm;
use vc::time::UnixTime;
use vc::x5c::{self, ChainError, TrustAnchor};

use super::sealing::{CHEAP, passphrase, rng};

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;
const URL: &str = "https://passport.christie.example/issuer";

struct Network {
    operator: Ring,
    anchor: TrustAnchor,
}

fn ring(path: &Path, seed: u64) -> Ring {
    Ring::create_at_cost(path, &passphrase("correct horse"), CHEAP, &mut rng(seed)).unwrap()
}

fn network(dir: &Path) -> Network {
    let mut operator = ring(&dir.join("operator"), 1);
    operator.make_root("Invented Cancer Alliance", NOW, &mut rng(2)).unwrap();
    let anchor = TrustAnchor::from_der(operator.root().unwrap().certificate()).unwrap();
    Network { operator, anchor }
}

impl Network {
    fn certify(&self, key: &SigningKey, holder: &Holder, now: i64) -> Vec<u8> {
        let root = self.operator.root().unwrap();
        root.certify(key.public_key(), holder, 365, now, &mut rng(3)).unwrap()
    }
}

fn issuer() -> Holder {
    Holder::Issuer { url: URL.to_owned() }
}

#[test]
fn an_issuers_leaf_names_it_and_chains_to_the_root_alone() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    let key = SigningKey::generate(Algorithm::Es256, &mut rng(4));

    let chain = [network.certify(&key, &issuer(), NOW)];

    let leaf = x5c::verify(&chain, std::slice::from_ref(&network.anchor), UnixTime(NOW)).unwrap();
    assert_eq!(leaf.key_of(URL).unwrap(), key.public_key());
    assert_eq!(leaf.key_of("https://other.example").unwrap_err(), ChainError::WrongName);
    let other_dir = tempfile::tempdir().unwrap();
    let mut other = ring(&other_dir.path().join("other"), 9);
    other.make_root("Invented Cancer Alliance", NOW, &mut rng(10)).unwrap();
    let other = TrustAnchor::from_der(other.root().unwrap().certificate()).unwrap();
    assert_eq!(
        x5c::verify(&chain, &[other], UnixTime(NOW)).unwrap_err(),
        ChainError::BrokenLink(0)
    );
}

#[test]
fn a_verifiers_leaf_names_its_code_and_host() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    let key = SigningKey::generate(Algorithm::Es256, &mut rng(4));
    let holder =
        Holder::Verifier { ods: "R0A".to_owned(), host: Some("verify.mft.example".to_owned()) };

    let chain = [network.certify(&key, &holder, NOW)];

    let leaf = x5c::verify(&chain, &[network.anchor], UnixTime(NOW)).unwrap();
    leaf.key_of("ods:R0A").unwrap();
    leaf.key_of("ods:RBV").unwrap_err();
    assert!(leaf.has_dns_name("verify.mft.example"));
}

#[test]
fn a_leaf_ends_after_its_days_and_never_after_the_root() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    let key = SigningKey::generate(Algorithm::Es256, &mut rng(4));
    let in_force = |chain: &[Vec<u8>], now: i64| {
        x5c::verify(chain, std::slice::from_ref(&network.anchor), UnixTime(now)).is_ok()
    };

    let early = [network.certify(&key, &issuer(), NOW)];
    assert!(in_force(&early, NOW - 300) && in_force(&early, NOW + 365 * DAY));
    assert!(!in_force(&early, NOW - 301) && !in_force(&early, NOW + 365 * DAY + 1));

    let root_end = NOW + 20 * 365 * DAY;
    let late = [network.certify(&key, &issuer(), root_end - 10 * DAY)];
    assert!(in_force(&late, root_end) && !in_force(&late, root_end + 1));
}

#[test]
fn only_es256_keys_and_sensible_lives_are_certified() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    let root = network.operator.root().unwrap();
    let certify = |key: &SigningKey, holder: &Holder, days| {
        root.certify(key.public_key(), holder, days, NOW, &mut rng(3))
    };
    let [ed25519, es256] =
        [Algorithm::EdDsa, Algorithm::Es256].map(|alg| SigningKey::generate(alg, &mut rng(4)));

    assert!(matches!(certify(&ed25519, &issuer(), 365), Err(CertifyError::NotP256)));
    for days in [0, 399] {
        assert!(matches!(certify(&es256, &issuer(), days), Err(CertifyError::BadLifetime(_))));
    }
    let nameless = Holder::Issuer { url: "Krankenhaus Österreich".to_owned() };
    assert!(matches!(certify(&es256, &nameless, 365), Err(CertifyError::BadName)));
}

#[test]
fn a_ring_keeps_the_chain_of_its_own_key() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    let path = dir.path().join("issuer");
    let mut issuer_ring = ring(&path, 5);
    let kid = issuer_ring.generate(Purpose::Issuer, Algorithm::Es256, NOW, &mut rng(6));
    let other = issuer_ring.generate(Purpose::Issuer, Algorithm::Es256, NOW, &mut rng(7));
    let chain = vec![network.certify(issuer_ring.by_kid(&kid).unwrap(), &issuer(), NOW)];

    issuer_ring.attach_chain(&kid, chain.clone(), &network.anchor, NOW).unwrap();
    issuer_ring.save(&mut rng(8)).unwrap();

    let again = Ring::open(&path, &passphrase("correct horse")).unwrap();
    assert_eq!(again.chain(&kid), chain);
    assert!(again.chain(&other).is_empty());
    let refused = issuer_ring.attach_chain(&other, chain.clone(), &network.anchor, NOW);
    assert!(matches!(refused, Err(RingError::OtherKey(_))));
    let expired = issuer_ring.attach_chain(&kid, chain, &network.anchor, NOW + 366 * DAY);
    assert!(matches!(expired, Err(RingError::Chain(ChainError::NotInForce(0)))));
}

#[test]
fn a_saved_root_certifies_like_before() {
    let dir = tempfile::tempdir().unwrap();
    let network = network(dir.path());
    network.operator.save(&mut rng(4)).unwrap();
    let key = SigningKey::generate(Algorithm::Es256, &mut rng(5));

    let again = Ring::open(&dir.path().join("operator"), &passphrase("correct horse")).unwrap();
    let root = again.root().unwrap();
    let leaf = root.certify(key.public_key(), &issuer(), 365, NOW, &mut rng(6)).unwrap();

    x5c::verify(&[leaf], &[network.anchor], UnixTime(NOW)).unwrap();
    assert!(again.chain(again.active(Purpose::Root).unwrap().kid()).is_empty());
}
