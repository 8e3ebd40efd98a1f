//! Certificates that tests ask for: authorities and leaves, each with what it wishes to say.
#![allow(dead_code, reason = "each test program takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, SignatureAlgorithm, date_time_ymd,
};
use vc::time::UnixTime;
use vc::x5c::TrustAnchor;

pub(crate) const ISS: &str = "https://issuer.example/rbv";
/// 2026-07-01T00:00:00Z, within every certificate's year.
pub(crate) const NOW: UnixTime = UnixTime(1_782_864_000);

/// A certificate's wishes and the key that it is for.
pub(crate) struct Wish {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

impl Wish {
    pub(crate) fn new(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        Self { params, key: KeyPair::generate_for(algorithm).unwrap() }
    }

    pub(crate) fn authority(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut wish = Self::new(name, algorithm);
        wish.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wish.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        wish
    }

    pub(crate) fn leaf(algorithm: &'static SignatureAlgorithm) -> Self {
        let mut wish = Self::new("leaf", algorithm);
        wish.params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wish.params.subject_alt_names = vec![SanType::URI(ISS.try_into().unwrap())];
        wish
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.params);
        self
    }

    pub(crate) fn signed_by(&self, authority: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&authority.params, &authority.key);
        self.params.signed_by(&self.key, &issuer).unwrap().der().to_vec()
    }

    pub(crate) fn self_signed(&self) -> Vec<u8> {
        self.params.self_signed(&self.key).unwrap().der().to_vec()
    }

    pub(crate) fn anchor(&self) -> TrustAnchor {
        TrustAnchor::from_der(&self.self_signed()).unwrap()
    }
}

pub(crate) fn root() -> Wish {
    Wish::authority("root", &PKCS_ECDSA_P256_SHA256)
}

pub(crate) fn intermediate() -> Wish {
    Wish::authority("intermediate", &PKCS_ECDSA_P256_SHA256)
}

pub(crate) fn leaf() -> Wish {
    Wish::leaf(&PKCS_ECDSA_P256_SHA256)
}
