//! Certificates attacked in one place, and any bytes as one: nothing but the genuine chain verifies.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vc::x5c::{self, TrustAnchor};

#[path = "../support.rs"]
mod support;

const ANCHOR: &[u8] = include_bytes!("../chain/anchor.der");
const AUTHORITY: &[u8] = include_bytes!("../chain/authority.der");
const LEAF: &[u8] = include_bytes!("../chain/leaf.der");

static ANCHORS: LazyLock<[TrustAnchor; 1]> =
    LazyLock::new(|| [TrustAnchor::from_der(ANCHOR).expect("an anchor")]);

fn verifies(chain: &[&[u8]], anchors: &[TrustAnchor]) -> bool {
    let leaf = x5c::verify(chain, anchors, support::NOW);
    leaf.is_ok_and(|leaf| leaf.key_of(support::ISSUER).is_ok())
}

fuzz_target!(|attack: support::Attack| {
    assert!(verifies(&[LEAF, AUTHORITY], &*ANCHORS));
    for leaf in [attack.on(LEAF), attack.splice().to_vec()] {
        assert_eq!(verifies(&[&leaf, AUTHORITY], &*ANCHORS), leaf == LEAF);
        assert!(!verifies(&[&leaf], &*ANCHORS));
        assert!(!verifies(&[&leaf, AUTHORITY, ANCHOR], &*ANCHORS), "the anchor was brought along");
    }
    for authority in [attack.on(AUTHORITY), attack.splice().to_vec()] {
        assert_eq!(verifies(&[LEAF, &authority], &*ANCHORS), authority == AUTHORITY);
    }
    // An anchor is trusted as it stands; its own signature says nothing.
    if let Ok(anchor) = TrustAnchor::from_der(&attack.on(ANCHOR)) {
        assert!(!verifies(&[LEAF], &[anchor]), "a link was left out");
    }
    if let Ok(anchor) = TrustAnchor::from_der(attack.splice()) {
        assert!(!verifies(&[attack.splice()], &[anchor]), "an anchor as its own leaf");
    }
});
