//! ECDSA with P-256 and SHA-256 (RFC 7518, 3.4): one backend natively, one in the browser.

#[cfg(not(target_arch = "wasm32"))]
use native as backend;
#[cfg(target_arch = "wasm32")]
use portable as backend;

/// A point of P-256 that has been checked, ready to verify with.
#[derive(Clone)]
pub(crate) struct Key {
    point: [u8; 65],
    parsed: backend::Parsed,
}

impl Key {
    /// From an uncompressed SEC 1 point; `None` when it is not one of the curve.
    pub(crate) fn from_uncompressed(point: &[u8; 65]) -> Option<Self> {
        // 0x04 alone: the backends read other forms too
        if point.first() != Some(&0x04) {
            return None;
        }
        Some(Self { point: *point, parsed: backend::Parsed::from_point(point)? })
    }

    /// The uncompressed SEC 1 point.
    pub(crate) fn point(&self) -> &[u8; 65] {
        &self.point
    }

    /// Whether `signature`, as r ‖ s, is one of `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.parsed.verifies(message, signature)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for Key {}

/// The uncompressed form of a compressed point; `None` when it is not one of the curve.
pub(crate) fn decompress(point: &[u8; 33]) -> Option<[u8; 65]> {
    // `p256` also reads 0x05, a compact form outside SEC 1
    if !matches!(point.first(), Some(0x02 | 0x03)) {
        return None;
    }
    // aws-lc-rs reads compressed points and does not give the coordinates out again
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.to_sec1_point(false).as_bytes().try_into().ok()
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};

    #[derive(Clone)]
    pub(super) struct Parsed(ParsedPublicKey);

    impl Parsed {
        pub(super) fn from_point(point: &[u8; 65]) -> Option<Self> {
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok().map(Self)
        }

        pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
            self.0.verify_sig(message, signature).is_ok()
        }
    }
}

#[cfg(any(target_arch = "wasm32", test))]
mod portable {
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};

    #[derive(Clone)]
    pub(super) struct Parsed(VerifyingKey);

    impl Parsed {
        pub(super) fn from_point(point: &[u8; 65]) -> Option<Self> {
            VerifyingKey::from_sec1_bytes(point).ok().map(Self)
        }

        pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
            Signature::from_slice(signature)
                .is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::Value;

    use super::{native, portable};

    fn hex(value: &Value) -> Vec<u8> {
        let digits: Vec<u32> =
            value.as_str().unwrap().chars().map(|digit| digit.to_digit(16).unwrap()).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    #[test]
    fn both_backends_answer_wycheproof_alike() {
        let folder = std::env::var_os("STAFF_PASSPORT_VECTORS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
            PathBuf::from,
        );
        let file = folder.join("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
        let Ok(text) = std::fs::read(&file) else {
            eprintln!("SKIPPED: published vectors are not at {}", file.display());
            return;
        };
        let file: Value = serde_json::from_slice(&text).unwrap();
        for group in file["testGroups"].as_array().unwrap() {
            let point: [u8; 65] = hex(&group["publicKey"]["uncompressed"]).try_into().unwrap();
            let native = native::Parsed::from_point(&point).unwrap();
            let portable = portable::Parsed::from_point(&point).unwrap();
            for test in group["tests"].as_array().unwrap() {
                // Another length never reaches a backend
                let Ok(signature) = hex(&test["sig"]).try_into() else { continue };
                let message = hex(&test["msg"]);
                let valid = test["result"] == "valid";
                assert_eq!(native.verifies(&message, &signature), valid, "{test}");
                assert_eq!(portable.verifies(&message, &signature), valid, "{test}");
            }
        }
    }

    #[test]
    fn both_backends_refuse_points_off_the_curve() {
        let mut point = [1; 65];
        point[0] = 0x04;
        assert!(native::Parsed::from_point(&point).is_none());
        assert!(portable::Parsed::from_point(&point).is_none());
    }
}
