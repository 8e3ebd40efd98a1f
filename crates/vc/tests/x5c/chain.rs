//! From leaf to anchor: order, links, authorities, lengths.

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ED25519, SignatureAlgorithm,
};
use vc::jwk::{Algorithm, PublicKey};
use vc::x5c::{ChainError, MAX_CHAIN, TrustAnchor, verify};

use crate::certificates::{ISS, NOW, Wish, intermediate, leaf, root};
use crate::{answer, refusal};

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
