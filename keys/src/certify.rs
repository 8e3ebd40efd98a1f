//! The network's small certificate authority (HAIP 1.0: `x5c` with the anchor left out): one root,
//! leaves for issuers and verifiers, P-256 throughout.

use std::iter;

use rand_core::CryptoRng;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm,
};
use time::OffsetDateTime;
use vc::base64url;
use vc::jwk::{Algorithm, PublicKey};

use crate::signing::SigningKey;

const DAY: i64 = 86_400;
/// Life of a root.
const ROOT_DAYS: i64 = 20 * 365;
/// Longest life of a leaf.
pub const MAX_LEAF_DAYS: u32 = 398;
/// Clocks of others may be behind by this.
const SKEW: i64 = 300;

/// A root that certifies.
pub struct Root<'a> {
    pub(crate) key: &'a SigningKey,
    pub(crate) name: &'a str,
    pub(crate) certificate: &'a [u8],
    pub(crate) created_at: i64,
}

/// Whose certificate a leaf is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// An issuer: its identifier as URI name, and its host as DNS name.
    Issuer {
        /// The issuer identifier, exactly as in `iss`.
        url: String,
    },
    /// A verifier: `ods:` and its code as URI name, and its host as DNS name (`x509_san_dns`).
    Verifier {
        /// The ODS code.
        ods: String,
        /// The host of its base address.
        host: Option<String>,
    },
}

impl Root<'_> {
    pub(crate) fn self_signed(
        key: &SigningKey,
        name: &str,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, CertifyError> {
        let mut params = root_params(name);
        params.serial_number = Some(serial_number(rng));
        params.not_before = instant(now.saturating_sub(SKEW))?;
        params.not_after = instant(now.saturating_add(ROOT_DAYS * DAY))?;
        Ok(der(&params.self_signed(&RootKey::new(key)?)?))
    }

    /// Its certificate (DER), which others pin as their anchor.
    pub fn certificate(&self) -> &[u8] {
        self.certificate
    }

    /// Certifies the key of an issuer or verifier for `days`, never past the root's own end.
    ///
    /// # Errors
    /// [`CertifyError`].
    pub fn certify(
        &self,
        key: &PublicKey,
        holder: &Holder,
        days: u32,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, CertifyError> {
        if !(1..=MAX_LEAF_DAYS).contains(&days) {
            return Err(CertifyError::BadLifetime(days));
        }
        let end = now.saturating_add(i64::from(days).saturating_mul(DAY));
        let root_end = self.created_at.saturating_add(ROOT_DAYS * DAY);
        let mut params = CertificateParams::default();
        params.serial_number = Some(serial_number(rng));
        params.not_before = instant(now.saturating_sub(SKEW))?;
        params.not_after = instant(end.min(root_end))?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, holder.common_name());
        params.subject_alt_names = holder.names()?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::new(root_params(self.name), RootKey::new(self.key)?);
        Ok(der(&params.signed_by(&Point::new(key)?, &issuer)?))
    }
}

impl Holder {
    fn common_name(&self) -> &str {
        match self {
            Self::Issuer { url } => url,
            Self::Verifier { ods, .. } => ods,
        }
    }

    fn names(&self) -> Result<Vec<SanType>, CertifyError> {
        let (uri, host) = match self {
            Self::Issuer { url } => {
                let parsed = url::Url::parse(url).map_err(|_| CertifyError::BadName)?;
                (url.clone(), parsed.domain().map(str::to_owned))
            }
            Self::Verifier { ods, host } => (format!("ods:{ods}"), host.clone()),
        };
        let name = |text: String| Ia5String::try_from(text).map_err(|_| CertifyError::BadName);
        let host = host.map(|host| name(host).map(SanType::DnsName));
        iter::once(name(uri).map(SanType::URI)).chain(host).collect()
    }
}

/// The same each time but for serial number and dates, for its leaves name it.
fn root_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// 127 random bits: positive, and not to be foreseen (CA/B 7.1).
fn serial_number(rng: &mut impl CryptoRng) -> SerialNumber {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    SerialNumber::from_slice(&bytes)
}

fn instant(seconds: i64) -> Result<OffsetDateTime, CertifyError> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| CertifyError::BadInstant(seconds))
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.der().to_vec()
}

/// The public point of a P-256 key, as certificates hold it.
struct Point([u8; 65]);

impl Point {
    fn new(key: &PublicKey) -> Result<Self, CertifyError> {
        if key.algorithm() != Algorithm::Es256 {
            return Err(CertifyError::NotP256);
        }
        p256_point(key).map(Self).ok_or(CertifyError::NotP256)
    }
}

/// The uncompressed point (SEC 1, 2.3.3).
pub(crate) fn p256_point(key: &PublicKey) -> Option<[u8; 65]> {
    let jwk = key.to_jwk();
    let member = |name| base64url::decode(jwk.get(name)?.as_str()?).ok();
    [vec![4], member("x")?, member("y")?].concat().try_into().ok()
}

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

struct RootKey<'a> {
    key: &'a SigningKey,
    point: Point,
}

impl<'a> RootKey<'a> {
    fn new(key: &'a SigningKey) -> Result<Self, CertifyError> {
        Ok(Self { key, point: Point::new(key.public_key())? })
    }
}

impl PublicKeyData for RootKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.point.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.point.algorithm()
    }
}

impl rcgen::SigningKey for RootKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(ecdsa_sig_value(&self.key.sign(message)))
    }
}

/// r ‖ s as ECDSA-Sig-Value (RFC 3279, 2.2.3).
fn ecdsa_sig_value(fixed: &[u8]) -> Vec<u8> {
    let numbers: Vec<u8> = fixed.chunks(32).flat_map(der_integer).collect();
    sized(0x30, &numbers)
}

fn der_integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = number.get(start..).unwrap_or_default();
    // Positive: a set top bit needs a zero in front.
    let lead = digits.first().is_none_or(|byte| byte & 0x80 != 0);
    sized(2, &[if lead { &[0][..] } else { &[] }, digits].concat())
}

/// One element of fewer than 128 bytes.
fn sized(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).unwrap_or(u8::MAX);
    [&[tag, length], contents].concat()
}

/// Why no certificate is made.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// Certificates are for ES256 keys.
    #[error("only ES256 keys are certified")]
    NotP256,
    /// A name that no certificate can hold.
    #[error("the name cannot stand in a certificate")]
    BadName,
    /// Longer than others accept.
    #[error("a certificate lives 1 to {MAX_LEAF_DAYS} days, not {0}")]
    BadLifetime(u32),
    /// Outside the years a certificate can name.
    #[error("no certificate can name the instant {0}")]
    BadInstant(i64),
    /// The encoder refuses.
    #[error("the certificate cannot be made")]
    Encoding(#[from] rcgen::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_short_and_positive() {
        let mut fixed = [0; 64];
        fixed[31] = 0x80;
        fixed[32] = 0x7f;

        let der = ecdsa_sig_value(&fixed);

        assert_eq!(der[..8], [0x30, 38, 2, 2, 0, 0x80, 2, 32]);
        assert_eq!(der_integer(&[0; 32]), [2, 1, 0]);
    }
}
