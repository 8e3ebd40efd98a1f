//! One certificate: its form, dates, uses, extensions, algorithms and keys.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
    PublicKeyData, SignatureAlgorithm, date_time_ymd,
};
use vc::time::UnixTime;
use vc::x5c::{ChainError, MAX_CERTIFICATE_BYTES, TrustAnchor, verify};

use crate::certificates::{NOW, Wish, intermediate, leaf, root};
use crate::{answer, refusal};

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
