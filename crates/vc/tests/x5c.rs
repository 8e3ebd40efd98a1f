//! Certificate chains (RFC 5280, 6.1; HAIP 1.0), good ones and each rule broken.

#![expect(clippy::unwrap_used, reason = "test support: a broken promise must stop the test")]

mod common;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData,
    SanType, SignatureAlgorithm, date_time_ymd,
};
use serde_json::json;
use vc::jwk::{Algorithm, PublicKey};
use vc::jws::{JwsError, UnverifiedJws};
use vc::time::UnixTime;
use vc::x5c::{ChainError, MAX_CERTIFICATE_BYTES, MAX_CHAIN, TrustAnchor, VerifiedLeaf, verify};

use common::keys::TestKey;

const ISS: &str = "https://issuer.example/rbv";
/// 2026-07-01T00:00:00Z
const NOW: UnixTime = UnixTime(1_782_864_000);

/// A certificate's wishes and the key that it is for.
struct Wish {
    params: CertificateParams,
    key: KeyPair,
}

impl Wish {
    fn new(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        Self { params, key: KeyPair::generate_for(algorithm).unwrap() }
    }

    fn authority(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut wish = Self::new(name, algorithm);
        wish.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wish.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        wish
    }

    fn leaf(algorithm: &'static SignatureAlgorithm) -> Self {
        let mut wish = Self::new("leaf", algorithm);
        wish.params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wish.params.subject_alt_names = vec![SanType::URI(ISS.try_into().unwrap())];
        wish
    }

    fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.params);
        self
    }

    fn signed_by(&self, authority: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&authority.params, &authority.key);
        self.params.signed_by(&self.key, &issuer).unwrap().der().to_vec()
    }

    fn self_signed(&self) -> Vec<u8> {
        self.params.self_signed(&self.key).unwrap().der().to_vec()
    }

    fn anchor(&self) -> TrustAnchor {
        TrustAnchor::from_der(&self.self_signed()).unwrap()
    }
}

fn root() -> Wish {
    Wish::authority("root", &PKCS_ECDSA_P256_SHA256)
}

fn intermediate() -> Wish {
    Wish::authority("intermediate", &PKCS_ECDSA_P256_SHA256)
}

fn leaf() -> Wish {
    Wish::leaf(&PKCS_ECDSA_P256_SHA256)
}

/// The answer to `leaf` under `intermediate` under `root`.
fn answer(root: &Wish, intermediate: &Wish, leaf: &Wish) -> Result<VerifiedLeaf, ChainError> {
    let chain = [leaf.signed_by(intermediate), intermediate.signed_by(root)];
    verify(&chain, &[root.anchor()], NOW)
}

fn refusal(root: &Wish, intermediate: &Wish, leaf: &Wish) -> ChainError {
    answer(root, intermediate, leaf).unwrap_err()
}

#[test]
fn chains_of_either_algorithm_verify() {
    let algorithms: [(&'static SignatureAlgorithm, Algorithm); 2] =
        [(&PKCS_ECDSA_P256_SHA256, Algorithm::Es256), (&PKCS_ED25519, Algorithm::EdDsa)];
    for (of_root, _) in algorithms {
        for (of_intermediate, _) in algorithms {
            for (of_leaf, expected) in algorithms {
                let root = Wish::authority("root", of_root);
                let intermediate = Wish::authority("intermediate", of_intermediate);
                let leaf = Wish::leaf(of_leaf);

                let verified = answer(&root, &intermediate, &leaf).unwrap();

                let key = verified.key_of(ISS).unwrap();
                assert_eq!(key.algorithm(), expected);
                let raw = leaf.key.public_key_raw();
                let same = match expected {
                    Algorithm::EdDsa => PublicKey::from_ed25519(raw.try_into().unwrap()),
                    Algorithm::Es256 => PublicKey::from_p256(raw.try_into().unwrap()),
                };
                assert_eq!(Ok(key), same.as_ref());
            }
        }
    }
}

#[test]
fn a_leaf_directly_below_the_anchor_verifies() {
    let (root, leaf) = (root(), leaf());
    let other = Wish::authority("other", &PKCS_ED25519);
    let der = leaf.signed_by(&root);

    let verified = verify(&[&der], &[other.anchor(), root.anchor()], NOW).unwrap();

    use sha2::Digest;
    assert_eq!(*verified.sha256(), <[u8; 32]>::from(sha2::Sha256::digest(&der)));
}

#[test]
fn many_p256_signatures_survive_the_change_of_form() {
    // r and s with leading zero bytes are shorter in DER; one in 128 is
    let root = root();
    let anchor = [root.anchor()];
    for _ in 0..300 {
        let der = leaf().signed_by(&root);
        assert!(verify(&[der], &anchor, NOW).is_ok());
    }
}

#[test]
fn no_certificate_and_too_many_are_refused() {
    let none: [Vec<u8>; 0] = [];
    let many = vec![leaf().signed_by(&root()); MAX_CHAIN + 1];
    assert_eq!(verify(&none, &[], NOW).unwrap_err(), ChainError::Empty);
    assert_eq!(verify(&many, &[], NOW).unwrap_err(), ChainError::TooLong(MAX_CHAIN));
}

#[test]
fn the_longest_chain_verifies() {
    let authorities: Vec<Wish> = (0..MAX_CHAIN)
        .map(|level| Wish::authority(&format!("level {level}"), &PKCS_ED25519))
        .collect();
    let mut chain: Vec<_> =
        authorities.windows(2).map(|pair| pair[1].signed_by(&pair[0])).collect();
    chain.push(leaf().signed_by(authorities.last().unwrap()));
    chain.reverse();
    assert_eq!(chain.len(), MAX_CHAIN);

    assert!(verify(&chain, &[authorities[0].anchor()], NOW).is_ok());
}

#[test]
fn the_anchor_is_left_out() {
    let (root, leaf) = (root(), leaf());
    let chain = [leaf.signed_by(&root), root.self_signed()];

    assert_eq!(verify(&chain, &[root.anchor()], NOW).unwrap_err(), ChainError::AnchorIncluded(1));
}

#[test]
fn a_pinned_authority_is_no_leaf() {
    let root = root();
    let alone = verify(&[root.self_signed()], &[root.anchor()], NOW);
    assert_eq!(alone.unwrap_err(), ChainError::AnchorIncluded(0));
}

#[test]
fn a_self_signed_leaf_is_refused() {
    let leaf = leaf();
    let refused = verify(&[leaf.self_signed()], &[root().anchor()], NOW).unwrap_err();
    assert_eq!(refused, ChainError::SelfSigned(0));
}

#[test]
fn a_self_signed_authority_in_between_is_refused() {
    let (root, other, leaf) = (root(), intermediate(), leaf());
    let chain = [leaf.signed_by(&other), other.self_signed()];
    assert_eq!(verify(&chain, &[root.anchor()], NOW).unwrap_err(), ChainError::SelfSigned(1));
}

#[test]
fn an_anchor_of_the_same_name_and_another_key_is_no_anchor() {
    let (root, impostor, leaf) = (root(), root(), leaf());

    let refused = verify(&[leaf.signed_by(&impostor)], &[root.anchor()], NOW).unwrap_err();

    assert_eq!(refused, ChainError::BrokenLink(0));
    // Of two anchors with one name, the right one counts, wherever it stands
    for anchors in [[root.anchor(), impostor.anchor()], [impostor.anchor(), root.anchor()]] {
        assert!(verify(&[leaf.signed_by(&impostor)], &anchors, NOW).is_ok());
    }
}

#[test]
fn a_chain_to_nobody_is_refused() {
    let (root, leaf) = (root(), leaf());
    let der = [leaf.signed_by(&root)];
    let other = Wish::authority("other", &PKCS_ECDSA_P256_SHA256);
    assert_eq!(verify(&der, &[], NOW).unwrap_err(), ChainError::UnknownAnchor);
    assert_eq!(verify(&der, &[other.anchor()], NOW).unwrap_err(), ChainError::UnknownAnchor);
}

#[test]
fn a_broken_link_is_refused() {
    let (root, intermediate, impostor, leaf) = (root(), intermediate(), intermediate(), leaf());
    let chain = [leaf.signed_by(&impostor), intermediate.signed_by(&root)];
    assert_eq!(verify(&chain, &[root.anchor()], NOW).unwrap_err(), ChainError::BrokenLink(0));

    let stranger = Wish::authority("stranger", &PKCS_ECDSA_P256_SHA256);
    let chain = [leaf.signed_by(&stranger), intermediate.signed_by(&root)];
    assert_eq!(verify(&chain, &[root.anchor()], NOW).unwrap_err(), ChainError::BrokenLink(0));
}

#[test]
fn certificates_out_of_order_or_beside_the_chain_are_refused() {
    let (root, intermediate, leaf) = (root(), intermediate(), leaf());
    let (first, second) = (leaf.signed_by(&intermediate), intermediate.signed_by(&root));
    let anchors = [root.anchor()];
    assert!(verify(&[&first, &second], &anchors, NOW).is_ok());
    for chain in
        [vec![&second, &first], vec![&first, &first, &second], vec![&first, &second, &second]]
    {
        assert!(verify(&chain, &anchors, NOW).is_err());
    }
}

#[test]
fn every_changed_byte_of_a_certificate_is_refused() {
    let root = Wish::authority("root", &PKCS_ED25519);
    let anchors = [root.anchor()];
    let good = leaf().signed_by(&root);
    for at in 0..good.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= bit;
            assert!(verify(&[bad], &anchors, NOW).is_err(), "byte {at}, bit {bit:02x}");
        }
    }
}

#[test]
fn what_is_no_der_certificate_is_refused() {
    let root = root();
    let good = leaf().signed_by(&root);
    let anchors = [root.anchor()];
    let longer = [&good[..], &[0]].concat();
    let large = vec![0x30; MAX_CERTIFICATE_BYTES + 1];
    for bad in
        [&[][..], &[0x30, 0x00], &[0x30, 0x80, 0, 0], &good[..good.len() - 1], &longer, &large]
    {
        assert_eq!(verify(&[bad], &anchors, NOW).unwrap_err(), ChainError::Malformed(0));
    }
    assert_eq!(verify(&[&good[..], &[1]], &anchors, NOW).unwrap_err(), ChainError::Malformed(1));
}

#[test]
fn each_certificate_must_be_in_force() {
    let past = |params: &mut CertificateParams| params.not_after = date_time_ymd(2026, 6, 30);
    let future = |params: &mut CertificateParams| params.not_before = date_time_ymd(2026, 7, 2);
    let changes: [fn(&mut CertificateParams); 2] = [past, future];
    for change in changes {
        let (root_, middle, leaf_) = (root(), intermediate(), leaf());
        assert_eq!(refusal(&root_, &middle, &leaf_.with(change)), ChainError::NotInForce(0));
        assert_eq!(refusal(&root_, &middle.with(change), &leaf()), ChainError::NotInForce(1));
        assert_eq!(
            refusal(&root_.with(change), &intermediate(), &leaf()),
            ChainError::NotInForce(2)
        );
    }
}

#[test]
fn the_first_and_the_last_second_are_in_force() {
    let root = root().with(|params| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
    });
    let der = [leaf().signed_by(&root)];
    let anchors = [root.anchor()];
    // 2026-01-01 and 2027-01-01, midnight
    let (first, last) = (1_767_225_600, 1_798_761_600);
    let at = |second| verify(&der, &anchors, UnixTime(second)).map(|_| ());
    assert_eq!(at(first - 1), Err(ChainError::NotInForce(0)));
    assert_eq!(at(first), Ok(()));
    assert_eq!(at(last), Ok(()));
    assert_eq!(at(last + 1), Err(ChainError::NotInForce(0)));
}

#[test]
fn an_authority_is_no_leaf() {
    let leaf = leaf().with(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(refusal(&root(), &intermediate(), &leaf), ChainError::WrongUse);
}

#[test]
fn a_leaf_whose_key_usage_allows_no_signatures_is_refused() {
    let leaf = leaf().with(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]);
    assert_eq!(refusal(&root(), &intermediate(), &leaf), ChainError::WrongUse);
}

#[test]
fn a_leaf_without_key_usage_is_taken() {
    let leaf = leaf().with(|params| params.key_usages.clear());
    assert!(answer(&root(), &intermediate(), &leaf).is_ok());
}

#[test]
fn one_that_is_no_authority_signs_nothing() {
    // The classic: a leaf of the anchor signs a certificate for somebody else's name
    for is_ca in [IsCa::NoCa, IsCa::ExplicitNoCa] {
        let posing = intermediate().with(|params| params.is_ca = is_ca);
        assert_eq!(refusal(&root(), &posing, &leaf()), ChainError::NotAnAuthority(1));
    }
    for usages in [vec![], vec![KeyUsagePurpose::DigitalSignature], vec![KeyUsagePurpose::CrlSign]]
    {
        let posing = intermediate().with(|params| params.key_usages = usages);
        assert_eq!(refusal(&root(), &posing, &leaf()), ChainError::NotAnAuthority(1));
    }
}

#[test]
fn an_anchor_is_an_authority() {
    let leaf = leaf();
    let refused = TrustAnchor::from_der(&leaf.self_signed()).unwrap_err();
    assert_eq!(refused, ChainError::NotAnAuthority(0));

    let wrong_use =
        root().with(|params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    let refused = TrustAnchor::from_der(&wrong_use.self_signed()).unwrap_err();
    assert_eq!(refused, ChainError::NotAnAuthority(0));
}

#[test]
fn a_path_length_bounds_the_authorities_below() {
    let limit = |most| {
        move |params: &mut CertificateParams| {
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(most));
        }
    };
    assert_eq!(
        refusal(&root().with(limit(0)), &intermediate(), &leaf()),
        ChainError::PathTooLong(2)
    );
    assert!(answer(&root().with(limit(1)), &intermediate(), &leaf()).is_ok());
    assert!(answer(&root(), &intermediate().with(limit(0)), &leaf()).is_ok());

    let (root, first, leaf) = (root(), intermediate().with(limit(0)), leaf());
    let second = Wish::authority("second", &PKCS_ED25519);
    let chain = [leaf.signed_by(&second), second.signed_by(&first), first.signed_by(&root)];
    assert_eq!(verify(&chain, &[root.anchor()], NOW).unwrap_err(), ChainError::PathTooLong(2));
}

#[test]
fn critical_extensions_that_are_not_understood_are_refused() {
    let extension = |critical| {
        // 1.3.6.1.4.1.32473 is for documentation (RFC 5612)
        let mut extension =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![0x05, 0x00]);
        extension.set_criticality(critical);
        move |params: &mut CertificateParams| params.custom_extensions.push(extension.clone())
    };
    let (with, without) = (extension(true), extension(false));
    let refused = ChainError::UnknownExtension;
    assert_eq!(refusal(&root(), &intermediate(), &leaf().with(&with)), refused(0));
    assert_eq!(refusal(&root(), &intermediate().with(&with), &leaf()), refused(1));
    assert_eq!(TrustAnchor::from_der(&root().with(&with).self_signed()).unwrap_err(), refused(0));
    assert!(answer(&root(), &intermediate().with(&without), &leaf().with(&without)).is_ok());
}

#[test]
fn name_constraints_are_refused_rather_than_passed_over() {
    let constrained = intermediate().with(|params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("elsewhere.example".to_owned())],
            excluded_subtrees: vec![],
        });
    });
    assert_eq!(refusal(&root(), &constrained, &leaf()), ChainError::UnknownExtension(1));
}

#[test]
fn an_extension_that_stands_twice_is_refused() {
    let leaf = leaf().with(|params| {
        let extension =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![5, 0]);
        params.custom_extensions = vec![extension.clone(), extension];
    });
    assert_eq!(refusal(&root(), &intermediate(), &leaf), ChainError::Malformed(0));
}

#[test]
fn extended_key_usage_and_key_identifiers_are_taken() {
    let leaf = leaf().with(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
    });
    assert!(answer(&root(), &intermediate(), &leaf).is_ok());
}

#[test]
fn other_algorithms_are_refused() {
    let of_p384 = Wish::authority("intermediate", &PKCS_ECDSA_P384_SHA384);
    assert_eq!(refusal(&root(), &of_p384, &leaf()), ChainError::Unsupported(0));
    let leaf = Wish::leaf(&PKCS_ECDSA_P384_SHA384);
    assert_eq!(refusal(&root(), &intermediate(), &leaf), ChainError::Unsupported(0));
}

/// A public key of any bytes.
struct AnyKey([u8; 32]);

impl PublicKeyData for AnyKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

#[test]
fn keys_of_small_order_are_refused() {
    // SECURITY.md, T8: one more place where a foreign key enters
    let root = root();
    let issuer = Issuer::from_params(&root.params, &root.key);
    for point in curve25519_dalek::constants::EIGHT_TORSION {
        let der = leaf().params.signed_by(&AnyKey(point.compress().0), &issuer).unwrap();
        let refused = verify(&[der.der()], &[root.anchor()], NOW).unwrap_err();
        assert_eq!(refused, ChainError::Unsupported(0));
    }
}

#[test]
fn a_leaf_is_bound_to_its_issuer_by_a_uri_or_a_host() {
    let named = |names: Vec<SanType>| {
        let leaf = leaf().with(|params| params.subject_alt_names = names);
        answer(&root(), &intermediate(), &leaf).unwrap()
    };
    let uri = |text: &str| SanType::URI(text.try_into().unwrap());
    let dns = |text: &str| SanType::DnsName(text.try_into().unwrap());

    for names in [
        vec![uri(ISS)],
        vec![dns("issuer.example")],
        vec![dns("ISSUER.example")],
        vec![dns("other.example"), uri("https://other.example"), uri(ISS)],
    ] {
        assert!(named(names.clone()).key_of(ISS).is_ok(), "{names:?}");
    }
    for names in [
        vec![],
        vec![uri("https://issuer.example")],
        vec![uri("https://issuer.example/rbv/")],
        vec![uri("HTTPS://issuer.example/rbv")],
        vec![dns("*.example")],
        vec![dns("example")],
        vec![dns("sub.issuer.example")],
        vec![dns("issuer.example.evil.example")],
        vec![SanType::Rfc822Name(ISS.try_into().unwrap())],
    ] {
        let refused = named(names.clone()).key_of(ISS).map(|_| ()).unwrap_err();
        assert_eq!(refused, ChainError::WrongName, "{names:?}");
    }
}

#[test]
fn a_host_binds_https_issuers_only() {
    let leaf = leaf().with(|params| {
        params.subject_alt_names = vec![SanType::DnsName("issuer.example".try_into().unwrap())];
    });
    let verified = answer(&root(), &intermediate(), &leaf).unwrap();
    for iss in
        ["https://issuer.example", "https://issuer.example:8443/a?b", "https://Issuer.Example/"]
    {
        assert!(verified.key_of(iss).is_ok(), "{iss}");
    }
    for iss in [
        "http://issuer.example",
        "issuer.example",
        "did:web:issuer.example",
        "https://issuer.example@evil.example",
        "https://evil.example/issuer.example",
        "https://127.0.0.1",
        "",
    ] {
        assert_eq!(verified.key_of(iss).map(|_| ()), Err(ChainError::WrongName), "{iss}");
    }
    assert!(verified.has_dns_name("issuer.example"));
    assert!(!verified.has_dns_name("example"));
}

#[test]
fn a_header_gives_its_chain_out() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let der = leaf().signed_by(&root());
    let header_of = |x5c: serde_json::Value| {
        let header = json!({ "x5c": x5c }).as_object().unwrap().clone();
        let token = TestKey::ed25519(1).token_with_header("t", header, &json!({}));
        UnverifiedJws::parse(&token).unwrap().header().clone()
    };

    let header = header_of(json!([STANDARD.encode(&der), "AA=="]));
    assert_eq!(header.x5c(), Ok(Some(vec![der, vec![0]])));

    let without = TestKey::ed25519(1).token("t", &json!({}));
    assert_eq!(UnverifiedJws::parse(&without).unwrap().header().x5c(), Ok(None));

    for bad in [
        json!(null),
        json!("AA=="),
        json!([]),
        json!([1]),
        json!(["AA"]),
        json!(["AB=="]),
        json!(["_w=="]),
        json!(["AA==", " AA=="]),
    ] {
        assert_eq!(header_of(bad.clone()).x5c(), Err(JwsError::BadHeaderMember("x5c")), "{bad}");
    }
}
