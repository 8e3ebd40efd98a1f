//! One X.509 certificate (RFC 5280, 4), with what path validation reads of it.

use std::collections::HashSet;

use x509_cert::TbsCertificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::{AnyRef, BitStringRef, UintRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{self, Decode, Reader};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, SubjectAltName};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Time;

use super::{ChainError, MAX_CERTIFICATE_BYTES};
use crate::jwk::{Algorithm, PublicKey};
use crate::time::UnixTime;

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
/// Any purpose will do: HAIP names none for credentials, and verifiers show web certificates.
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// Refused even when not critical: passing over it would widen what the authority may name.
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");

#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) issuer: Name,
    pub(super) subject: Name,
    pub(super) key: PublicKey,
    /// Present on an authority's certificate.
    pub(super) authority: Option<Authority>,
    /// `None` without a key usage extension.
    pub(super) may_sign_data: Option<bool>,
    /// `None` without a key usage extension.
    pub(super) may_sign_certificates: Option<bool>,
    pub(super) uris: Vec<String>,
    pub(super) dns_names: Vec<String>,
    not_before: UnixTime,
    not_after: UnixTime,
    /// The bytes that the one above signed, as they came.
    signed: Vec<u8>,
    signed_with: Algorithm,
    signature: [u8; 64],
}

/// What basic constraints say of an authority.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authority {
    max_authorities_below: Option<u8>,
}

impl Certificate {
    pub(super) fn parse(der: &[u8], at: usize) -> Result<Self, ChainError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(ChainError::Malformed(at));
        }
        let parts = AnyRef::from_der(der).and_then(|outer| {
            outer.sequence(|reader| {
                let signed = reader.tlv_bytes()?;
                let algorithm = AlgorithmIdentifierOwned::decode(reader)?;
                let signature = BitStringRef::decode(reader)?;
                Ok::<_, der::Error>((signed, algorithm, signature))
            })
        });
        let (signed, algorithm, signature) = parts.map_err(|_| ChainError::Malformed(at))?;
        let tbs = TbsCertificate::from_der(signed).map_err(|_| ChainError::Malformed(at))?;
        // RFC 5280, 4.1.1.2: "MUST contain the same algorithm identifier"
        if tbs.version() != Version::V3 || *tbs.signature() != algorithm || tbs.issuer().is_empty()
        {
            return Err(ChainError::Malformed(at));
        }
        let (signed_with, signature) =
            algorithm_and_signature(&algorithm, signature).ok_or(ChainError::Unsupported(at))?;
        let mut certificate = Self {
            issuer: tbs.issuer().clone(),
            subject: tbs.subject().clone(),
            key: key(tbs.subject_public_key_info()).ok_or(ChainError::Unsupported(at))?,
            authority: None,
            may_sign_data: None,
            may_sign_certificates: None,
            uris: Vec::new(),
            dns_names: Vec::new(),
            not_before: instant(tbs.validity().not_before),
            not_after: instant(tbs.validity().not_after),
            signed: signed.to_vec(),
            signed_with,
            signature,
        };
        certificate.read_extensions(tbs.extensions().map_or(&[], Vec::as_slice), at)?;
        Ok(certificate)
    }

    fn read_extensions(&mut self, extensions: &[Extension], at: usize) -> Result<(), ChainError> {
        let malformed = |_: der::Error| ChainError::Malformed(at);
        let mut seen = HashSet::new();
        for extension in extensions {
            // RFC 5280, 4.2: "A certificate MUST NOT include more than one instance of a
            // particular extension"
            if !seen.insert(extension.extn_id) {
                return Err(ChainError::Malformed(at));
            }
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                BASIC_CONSTRAINTS => {
                    let constraints = BasicConstraints::from_der(value).map_err(malformed)?;
                    self.authority = constraints.ca.then_some(Authority {
                        max_authorities_below: constraints.path_len_constraint,
                    });
                }
                KEY_USAGE => {
                    let usage = KeyUsage::from_der(value).map_err(malformed)?;
                    self.may_sign_data = Some(usage.digital_signature());
                    self.may_sign_certificates = Some(usage.key_cert_sign());
                }
                SUBJECT_ALT_NAME => {
                    for name in SubjectAltName::from_der(value).map_err(malformed)?.0 {
                        match name {
                            GeneralName::UniformResourceIdentifier(uri) => {
                                self.uris.push(uri.to_string());
                            }
                            GeneralName::DnsName(host) => self.dns_names.push(host.to_string()),
                            _ => {}
                        }
                    }
                }
                EXTENDED_KEY_USAGE => {}
                NAME_CONSTRAINTS => return Err(ChainError::UnknownExtension(at)),
                // RFC 5280, 4.2: "MUST reject the certificate if it encounters a critical
                // extension it does not recognize"
                _ if extension.critical => return Err(ChainError::UnknownExtension(at)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether both certify the same key under the same name.
    pub(super) fn is_same_entity(&self, other: &Self) -> bool {
        self.key == other.key && self.subject == other.subject
    }

    pub(super) fn check_in_force(&self, now: UnixTime, at: usize) -> Result<(), ChainError> {
        if self.not_before <= now && now <= self.not_after {
            Ok(())
        } else {
            Err(ChainError::NotInForce(at))
        }
    }

    /// Checks that this is an authority's and allows so many authorities below it.
    pub(super) fn check_authority_over(
        &self,
        authorities_below: usize,
        at: usize,
    ) -> Result<(), ChainError> {
        let authority = self.authority.ok_or(ChainError::NotAnAuthority(at))?;
        match authority.max_authorities_below {
            Some(most) if authorities_below > usize::from(most) => Err(ChainError::PathTooLong(at)),
            _ => Ok(()),
        }
    }

    /// Checks that this one issued and signed `child`.
    pub(super) fn check_signed(&self, child: &Self, at: usize) -> Result<(), ChainError> {
        if child.issuer != self.subject || child.signed_with != self.key.algorithm() {
            return Err(ChainError::BrokenLink(at));
        }
        self.key.verify(&child.signed, &child.signature).map_err(|_| ChainError::BrokenLink(at))
    }
}

/// Both algorithms have no parameters (RFC 5758, 3.2; RFC 8410, 3).
fn algorithm_and_signature(
    algorithm: &AlgorithmIdentifierOwned,
    signature: BitStringRef<'_>,
) -> Option<(Algorithm, [u8; 64])> {
    let bytes = signature.as_bytes()?;
    match (algorithm.oid, &algorithm.parameters) {
        (ED25519, None) => Some((Algorithm::EdDsa, bytes.try_into().ok()?)),
        (ECDSA_WITH_SHA256, None) => Some((Algorithm::Es256, fixed_signature(bytes)?)),
        _ => None,
    }
}

/// ECDSA-Sig-Value (RFC 3279, 2.2.3) as r ‖ s.
fn fixed_signature(der: &[u8]) -> Option<[u8; 64]> {
    let numbers = AnyRef::from_der(der).and_then(|outer| {
        outer.sequence(|reader| {
            Ok::<_, der::Error>([UintRef::decode(reader)?, UintRef::decode(reader)?])
        })
    });
    let mut fixed = [0; 64];
    for (half, number) in fixed.chunks_exact_mut(32).zip(numbers.ok()?) {
        let start = half.len().checked_sub(number.as_bytes().len())?;
        half.get_mut(start..)?.copy_from_slice(number.as_bytes());
    }
    Some(fixed)
}

/// The key, when it is one of ours and safe.
fn key(info: &SubjectPublicKeyInfoOwned) -> Option<PublicKey> {
    let bytes = info.subject_public_key.as_bytes()?;
    match (info.algorithm.oid, &info.algorithm.parameters) {
        (ED25519, None) => PublicKey::from_ed25519(bytes.try_into().ok()?).ok(),
        (EC_PUBLIC_KEY, Some(curve)) if curve.decode_as() == Ok(PRIME256V1) => {
            PublicKey::from_p256(bytes.try_into().ok()?).ok()
        }
        _ => None,
    }
}

fn instant(time: Time) -> UnixTime {
    UnixTime(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}
