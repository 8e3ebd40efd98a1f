//! Client identifiers and their prefixes (OpenID4VP 1.0, 5.9). The whole text is used everywhere,
//! `aud` included.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::base64url;

/// A client identifier by its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientId {
    /// `x509_san_dns:` and a DNS name of the leaf certificate.
    X509SanDns(String),
    /// `x509_hash:` and SHA-256 of the leaf certificate.
    X509Hash([u8; 32]),
    /// `redirect_uri:` and the address answered to; such a request is never signed.
    RedirectUri(String),
    /// `decentralized_identifier:` and a DID.
    DecentralizedIdentifier(String),
    /// `verifier_attestation:` and the attestation's `sub`.
    VerifierAttestation(String),
    /// `openid_federation:` and an entity identifier.
    OpenidFederation(String),
    /// No prefix: known to the wallet beforehand.
    PreRegistered(String),
}

impl ClientId {
    /// Reads a client identifier.
    ///
    /// # Errors
    /// [`ClientIdError`]; `origin:` always (5.9.3: "MUST NOT accept").
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        let Some((prefix, rest)) = text.split_once(':') else {
            return if text.is_empty() {
                Err(ClientIdError::Malformed)
            } else {
                Ok(Self::PreRegistered(text.to_owned()))
            };
        };
        if rest.is_empty() {
            return Err(ClientIdError::Malformed);
        }
        let rest = rest.to_owned();
        match prefix {
            "x509_san_dns" => Ok(Self::X509SanDns(rest)),
            "x509_hash" => {
                let hash = base64url::decode(&rest).map_err(|_| ClientIdError::Malformed)?;
                Ok(Self::X509Hash(hash.try_into().map_err(|_| ClientIdError::Malformed)?))
            }
            "redirect_uri" => Ok(Self::RedirectUri(rest)),
            "decentralized_identifier" if rest.starts_with("did:") => {
                Ok(Self::DecentralizedIdentifier(rest))
            }
            "decentralized_identifier" => Err(ClientIdError::Malformed),
            "verifier_attestation" => Ok(Self::VerifierAttestation(rest)),
            "openid_federation" => Ok(Self::OpenidFederation(rest)),
            "origin" => Err(ClientIdError::Reserved),
            _ => Err(ClientIdError::UnknownPrefix(prefix.to_owned())),
        }
    }

    /// The identifier of a verifier with this leaf certificate.
    pub fn of_leaf(der: &[u8]) -> Self {
        Self::X509Hash(Sha256::digest(der).into())
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509SanDns(name) => write!(f, "x509_san_dns:{name}"),
            Self::X509Hash(hash) => write!(f, "x509_hash:{}", base64url::encode(hash)),
            Self::RedirectUri(uri) => write!(f, "redirect_uri:{uri}"),
            Self::DecentralizedIdentifier(did) => write!(f, "decentralized_identifier:{did}"),
            Self::VerifierAttestation(sub) => write!(f, "verifier_attestation:{sub}"),
            Self::OpenidFederation(entity) => write!(f, "openid_federation:{entity}"),
            Self::PreRegistered(id) => f.write_str(id),
        }
    }
}

/// Why a client identifier is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Empty, or not of its prefix's form.
    #[error("malformed client identifier")]
    Malformed,
    /// `origin:` is for the browser to write.
    #[error("the prefix origin is reserved")]
    Reserved,
    /// A prefix that this crate does not know.
    #[error("unknown client identifier prefix {0:?}")]
    UnknownPrefix(String),
}
