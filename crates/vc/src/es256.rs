//! ECDSA with P-256 and SHA-256 (RFC 7518, 3.4): one backend natively, one in the browser.

#[cfg(not(target_arch = "wasm32"))]
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
#[cfg(target_arch = "wasm32")]
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};

/// A point of P-256 that has been checked, ready to verify with.
#[derive(Clone)]
pub(crate) struct Key {
    point: [u8; 65],
    #[cfg(not(target_arch = "wasm32"))]
    parsed: ParsedPublicKey,
    #[cfg(target_arch = "wasm32")]
    parsed: VerifyingKey,
}

impl Key {
    /// From an uncompressed SEC 1 point; `None` when it is not one of the curve.
    pub(crate) fn from_uncompressed(point: &[u8; 65]) -> Option<Self> {
        // 0x04 alone: both backends read compressed, aws-lc-rs also hybrid and DER forms
        if point.first() != Some(&0x04) {
            return None;
        }
        #[cfg(not(target_arch = "wasm32"))]
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
        #[cfg(target_arch = "wasm32")]
        let parsed = VerifyingKey::from_sec1_bytes(point).ok()?;
        Some(Self { point: *point, parsed })
    }

    /// The uncompressed SEC 1 point.
    pub(crate) fn point(&self) -> &[u8; 65] {
        &self.point
    }

    /// Whether `signature`, as r ‖ s, is one of `message`.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    /// Whether `signature`, as r ‖ s, is one of `message`.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.parsed.verify(message, &signature).is_ok())
    }
}

/// The uncompressed form of a compressed point; `None` when it is not one of the curve.
pub(crate) fn decompress(point: &[u8; 33]) -> Option<[u8; 65]> {
    // aws-lc-rs reads compressed points and does not give the coordinates out again
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.to_sec1_point(false).as_bytes().try_into().ok()
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for Key {}
