//! Strict Ed25519 (RFC 8032, 5.1.7, without the cofactor): one encoding for each point, nothing of
//! small order.

use ed25519_dalek::{Signature, VerifyingKey};

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

    /// Whether `signature` is one of `message`: canonical, and nothing of small order in it.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// Whether y, beneath the sign bit, is less than 2^255 − 19. The only other encodings that are not
/// canonical give x = 0 a sign, and both points with x = 0 are of small order.
fn is_reduced([low, middle @ .., high]: &[u8; 32]) -> bool {
    *low < 0xed || high | 0x80 != 0xff || middle.iter().any(|byte| *byte != 0xff)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::edwards::CompressedEdwardsY;

    use super::*;

    /// Every y from p to 2^255 − 1, and its like at the other end, with both signs.
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
}
