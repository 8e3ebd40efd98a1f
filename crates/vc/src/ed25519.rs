//! Strict Ed25519 (RFC 8032, 5.1.7, without the cofactor): one encoding for each point, nothing of
//! small order.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

/// The points of small order as RFC 8032, 5.1.2 writes them: orders 1, 2, 4, 4, 8, 8, 8, 8.
const SMALL_ORDER: [[u8; 32]; 8] = {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    let zero = [0; 32];
    let [mut zero_signed, mut a_signed, mut b_signed] = [zero, EIGHT_A, EIGHT_B];
    zero_signed[31] |= 0x80;
    a_signed[31] |= 0x80;
    b_signed[31] |= 0x80;
    [identity, minus_one, zero, zero_signed, EIGHT_A, a_signed, EIGHT_B, b_signed]
};
const EIGHT_A: [u8; 32] = [
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
];
const EIGHT_B: [u8; 32] = [
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
];

/// A public key that has been checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key(VerifyingKey);

impl Key {
    /// From its encoding; `None` when not canonical, not on the curve or of small order.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes).ok()?;
        // dalek decodes other encodings than RFC 8032, 5.1.3, and takes points of small order,
        // under which one signature fits many messages
        (is_reduced(bytes) && !key.is_weak()).then_some(Self(key))
    }

    /// The encoding.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether `signature` is one of `message`, exactly as `VerifyingKey::verify_strict` tells.
    ///
    /// That call decodes R to learn whether its order is small, a sixth of its work. But either
    /// call accepts an R only when its bytes are those that dalek writes of s·B − k·A, and these
    /// are canonical: other encodings of a point, of small order or not, never match, and what
    /// matches is of small order when it is one of eight texts. S ≥ ℓ is refused by both; A was
    /// looked at when the key was made.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let small = signature.first_chunk().is_none_or(|r| SMALL_ORDER.contains(r));
        !small && self.0.verify(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// Whether y, beneath the sign bit, is less than 2^255 − 19. The only other encodings that are not
/// canonical give x = 0 a sign, and both points with x = 0 are of small order.
fn is_reduced([low, middle @ .., high]: &[u8; 32]) -> bool {
    *low < 0xed || high | 0x80 != 0xff || middle.iter().any(|byte| *byte != 0xff)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;
    use curve25519_dalek::edwards::CompressedEdwardsY;
    use curve25519_dalek::{EdwardsPoint, Scalar};
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha512};

    use super::*;

    #[test]
    fn the_eight_texts_are_the_eight_points_of_small_order() {
        let mut points = EIGHT_TORSION.map(|point| point.compress().to_bytes());
        let mut texts = SMALL_ORDER;
        points.sort_unstable();
        texts.sort_unstable();

        assert_eq!(texts, points);
    }

    /// Every y from p to 2^255 − 1, and its like below p, with both signs.
    #[test]
    fn exactly_the_canonical_points_of_large_order_are_keys() {
        for low in 0..=0xff {
            for high in [0x7f, 0xff, 0x00, 0x80] {
                let middle = if high & 0x7f == 0 { 0 } else { 0xff };
                let mut bytes = [middle; 32];
                bytes[0] = low;
                bytes[31] = high;
                let canonical = CompressedEdwardsY(bytes)
                    .decompress()
                    .filter(|point| point.compress().as_bytes() == &bytes)
                    .is_some_and(|point| !point.is_small_order());

                assert_eq!(Key::from_bytes(&bytes).is_some(), canonical, "{bytes:02x?}");
            }
        }
    }

    /// A signature whose R and A have torsion added, with s made to fit k·A without it.
    fn crooked(
        seed: [u8; 32],
        r: u64,
        torsion: [usize; 2],
        message: &[u8],
    ) -> ([u8; 32], [u8; 64]) {
        let signing = SigningKey::from_bytes(&seed);
        let [of_key, of_r] = torsion.map(|index| EIGHT_TORSION[index % 8]);
        let key = (signing.verifying_key().to_edwards() + of_key).compress().to_bytes();
        let nonce = Scalar::from(r);
        let r = (EdwardsPoint::mul_base(&nonce) + of_r).compress().to_bytes();
        let mut hash = Sha512::new();
        hash.update(r);
        hash.update(key);
        hash.update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let s = nonce + k * signing.to_scalar();
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&r);
        signature[32..].copy_from_slice(s.as_bytes());
        (key, signature)
    }

    fn agree(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<bool, TestCaseError> {
        let Some(ours) = Key::from_bytes(key) else { return Ok(false) };
        let dalek = VerifyingKey::from_bytes(key).unwrap();
        let strict = dalek.verify_strict(message, &Signature::from_bytes(signature)).is_ok();
        prop_assert_eq!(ours.verifies(message, signature), strict);
        Ok(strict)
    }

    proptest! {
        #[test]
        fn every_answer_is_that_of_verify_strict(
            seed: [u8; 32],
            r in 0_u64..3,
            torsion: [usize; 2],
            message in proptest::collection::vec(any::<u8>(), 0..40),
            flip in 0_usize..64 * 8,
        ) {
            let signing = SigningKey::from_bytes(&seed);
            let key = signing.verifying_key().to_bytes();
            let mut signature = signing.sign(&message).to_bytes();
            prop_assert!(agree(&key, &message, &signature)?);
            signature[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(!agree(&key, &message, &signature)?);

            // s + ℓ is the same scalar, written once more
            let mut twice = signing.sign(&message).to_bytes();
            let order = Scalar::ZERO - Scalar::ONE;
            let mut carry = 1;
            for (byte, add) in twice[32..].iter_mut().zip(order.as_bytes()) {
                carry += u16::from(*byte) + u16::from(*add);
                *byte = carry.to_le_bytes()[0];
                carry >>= 8;
            }
            prop_assert!(!agree(&key, &message, &twice)?);

            let (key, mut signature) = crooked(seed, r, torsion, &message);
            agree(&key, &message, &signature)?;
            for small in SMALL_ORDER {
                signature[..32].copy_from_slice(&small);
                prop_assert!(!agree(&key, &message, &signature)?);
            }
        }
    }

    #[test]
    fn a_verifying_r_of_small_order_is_refused_as_dalek_does() {
        let mut refused = 0;
        for message in 0..64_u8 {
            // s = k·a alone: R is the point that torsion leaves
            for torsion in 0..8 {
                let (key, signature) = crooked([7; 32], 0, [torsion, 0], &[message]);
                let lax = VerifyingKey::from_bytes(&key).unwrap();
                refused +=
                    u32::from(lax.verify(&[message], &Signature::from_bytes(&signature)).is_ok());
                assert!(!agree(&key, &[message], &signature).unwrap());
            }
        }
        assert!(refused > 64, "signatures that only the strict check refuses: {refused}");
    }
}
