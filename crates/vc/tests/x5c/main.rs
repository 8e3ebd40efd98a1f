//! Certificate chains (RFC 5280, 6.1; HAIP 1.0), good ones and each rule broken.

#![expect(clippy::unwrap_used, reason = "test support: a broken promise must stop the test")]

#[path = "../common/certificates.rs"]
mod certificates;
#[path = "../common/mod.rs"]
mod common;

mod certificate;
mod chain;
mod names;

use vc::x5c::{ChainError, VerifiedLeaf, verify};

use certificates::{NOW, Wish};

/// The answer to `leaf` under `intermediate` under `root`.
fn answer(root: &Wish, intermediate: &Wish, leaf: &Wish) -> Result<VerifiedLeaf, ChainError> {
    let chain = [leaf.signed_by(intermediate), intermediate.signed_by(root)];
    verify(&chain, &[root.anchor()], NOW)
}

fn refusal(root: &Wish, intermediate: &Wish, leaf: &Wish) -> ChainError {
    answer(root, intermediate, leaf).unwrap_err()
}
