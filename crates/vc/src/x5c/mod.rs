//! Certificate chains (`x5c`, RFC 7515, 4.1.6) up to a pinned anchor, by RFC 5280, 6.1 and the
//! rules of HAIP 1.0: the anchor is left out, the leaf is not self-signed, and a name of the leaf
//! is the `iss`.
//!
//! Keys are P-256 or Ed25519 throughout. Revocation of certificates is not looked at: the trust
//! registry's key states stand for it.

mod certificate;
mod pem;

use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::jwk::PublicKey;
use crate::time::UnixTime;

pub use self::pem::anchors_from_pem;
use certificate::Certificate;

/// Most certificates below the anchor.
pub const MAX_CHAIN: usize = 4;
/// Longest certificate in bytes.
pub const MAX_CERTIFICATE_BYTES: usize = 8 * 1024;

/// A certificate authority that the operator pinned.
#[derive(Clone, Debug)]
pub struct TrustAnchor(Certificate);

impl TrustAnchor {
    /// Reads an authority's certificate. It is trusted as it stands: its own signature says
    /// nothing and is not looked at.
    ///
    /// # Errors
    /// [`ChainError`] when it is no certificate of an authority.
    pub fn from_der(der: &[u8]) -> Result<Self, ChainError> {
        Self::from_der_at(der, 0)
    }

    fn from_der_at(der: &[u8], at: usize) -> Result<Self, ChainError> {
        let certificate = Certificate::parse(der, at)?;
        if certificate.authority.is_none() || !certificate.may_sign_certificates.unwrap_or(true) {
            return Err(ChainError::NotAnAuthority(at));
        }
        Ok(Self(certificate))
    }
}

/// The first certificate of a chain that verified; only [`verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedLeaf {
    key: PublicKey,
    uris: Vec<String>,
    dns_names: Vec<String>,
    sha256: [u8; 32],
}

impl VerifiedLeaf {
    /// The leaf's key, whoever it belongs to. To accept a credential, use [`Self::key_of`].
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The leaf's key, if the certificate names `iss`: by a URI name equal to it, or by a DNS name
    /// that is the host of an https `iss`. No wildcards.
    ///
    /// # Errors
    /// [`ChainError::WrongName`].
    pub fn key_of(&self, iss: &str) -> Result<&PublicKey, ChainError> {
        let named = self.uris.iter().any(|uri| uri == iss)
            || https_host(iss).is_some_and(|host| self.has_dns_name(&host));
        if named { Ok(&self.key) } else { Err(ChainError::WrongName) }
    }

    /// Whether a DNS name of the certificate is `host` (OpenID4VP 1.0, `x509_san_dns`).
    pub fn has_dns_name(&self, host: &str) -> bool {
        self.dns_names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// SHA-256 of the certificate (OpenID4VP 1.0, `x509_hash`).
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

fn https_host(iss: &str) -> Option<String> {
    let url = Url::parse(iss).ok()?;
    match url.host() {
        Some(Host::Domain(host)) if url.scheme() == "https" => Some(host.to_owned()),
        _ => None,
    }
}

/// Checks that the first certificate of one's own chain is in force and names `iss` as
/// [`VerifiedLeaf::key_of`] wants it. Says nothing of who signed it.
///
/// # Errors
/// [`ChainError`].
pub fn check_leaf(chain: &[impl AsRef<[u8]>], iss: &str, now: UnixTime) -> Result<(), ChainError> {
    let der = chain.first().ok_or(ChainError::Empty)?.as_ref();
    let leaf = Certificate::parse(der, 0)?;
    leaf.check_in_force(now, 0)?;
    let (key, uris, dns_names) = (leaf.key, leaf.uris, leaf.dns_names);
    let sha256 = Sha256::digest(der).into();
    VerifiedLeaf { key, uris, dns_names, sha256 }.key_of(iss).map(drop)
}

/// Verifies a chain, leaf first, anchor left out.
///
/// # Errors
/// [`ChainError`], with the place of the certificate from 0, the anchor's being one past the last.
pub fn verify(
    chain: &[impl AsRef<[u8]>],
    anchors: &[TrustAnchor],
    now: UnixTime,
) -> Result<VerifiedLeaf, ChainError> {
    if chain.len() > MAX_CHAIN {
        return Err(ChainError::TooLong(MAX_CHAIN));
    }
    let certificates = chain
        .iter()
        .enumerate()
        .map(|(at, der)| Certificate::parse(der.as_ref(), at))
        .collect::<Result<Vec<_>, _>>()?;
    let (Some(leaf), Some(last), Some(leaf_der)) =
        (certificates.first(), certificates.last(), chain.first())
    else {
        return Err(ChainError::Empty);
    };
    for (at, certificate) in certificates.iter().enumerate() {
        // HAIP 1.0 forbids the anchor's certificate in `x5c`
        if anchors.iter().any(|TrustAnchor(anchor)| anchor.is_same_entity(certificate)) {
            return Err(ChainError::AnchorIncluded(at));
        }
        // HAIP 1.0: "The X.509 certificate signing the request MUST NOT be self-signed"
        if certificate.issuer == certificate.subject {
            return Err(ChainError::SelfSigned(at));
        }
        certificate.check_in_force(now, at)?;
    }
    if leaf.authority.is_some() || !leaf.may_sign_data.unwrap_or(true) {
        return Err(ChainError::WrongUse);
    }
    for (at, pair) in certificates.windows(2).enumerate() {
        let [child, parent] = pair else { continue };
        let above = at.saturating_add(1);
        if parent.may_sign_certificates != Some(true) {
            return Err(ChainError::NotAnAuthority(above));
        }
        parent.check_authority_over(at, above)?;
        parent.check_signed(child, at)?;
    }
    let below = certificates.len().saturating_sub(1);
    let mut refusal = ChainError::UnknownAnchor;
    for TrustAnchor(anchor) in anchors.iter().filter(|anchor| anchor.0.subject == last.issuer) {
        let answer = anchor
            .check_signed(last, below)
            .and_then(|()| anchor.check_authority_over(below, chain.len()))
            .and_then(|()| anchor.check_in_force(now, chain.len()));
        match answer {
            Ok(()) => {
                return Ok(VerifiedLeaf {
                    key: leaf.key.clone(),
                    uris: leaf.uris.clone(),
                    dns_names: leaf.dns_names.clone(),
                    sha256: Sha256::digest(leaf_der.as_ref()).into(),
                });
            }
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

/// Why a chain is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No certificate at all.
    #[error("no certificate")]
    Empty,
    /// More certificates than the limit.
    #[error("more than {0} certificates")]
    TooLong(usize),
    /// Not a DER certificate of version 3, too long, or one with an extension twice.
    #[error("certificate {0} is malformed")]
    Malformed(usize),
    /// A key or signature that is not P-256 with SHA-256 or Ed25519, or an unsafe key.
    #[error("certificate {0} has a key or signature that is not supported")]
    Unsupported(usize),
    /// A critical extension, or any name constraint, that is not understood (RFC 5280, 4.2).
    #[error("certificate {0} has a critical extension that is not understood")]
    UnknownExtension(usize),
    /// The pinned anchor stands in the chain.
    #[error("certificate {0} is the trust anchor, which must be left out")]
    AnchorIncluded(usize),
    /// Issuer and subject are the same.
    #[error("certificate {0} is self-signed")]
    SelfSigned(usize),
    /// Before or past its validity.
    #[error("certificate {0} is not in force")]
    NotInForce(usize),
    /// The leaf is an authority's, or its key usage allows no signatures.
    #[error("the leaf is not for signing data")]
    WrongUse,
    /// Stands above another without being allowed to sign certificates.
    #[error("certificate {0} is not an authority's")]
    NotAnAuthority(usize),
    /// More authorities below than its path length allows.
    #[error("certificate {0} allows no chain of this length")]
    PathTooLong(usize),
    /// Not issued, or not signed, by the one above it.
    #[error("certificate {0} is not signed by the next")]
    BrokenLink(usize),
    /// The last certificate's issuer is no pinned anchor.
    #[error("the chain ends at no pinned anchor")]
    UnknownAnchor,
    /// The leaf does not name the issuer.
    #[error("the leaf does not name the issuer")]
    WrongName,
}
