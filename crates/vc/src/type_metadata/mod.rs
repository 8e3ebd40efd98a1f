//! Type metadata of SD-JWT VCs (draft-ietf-oauth-sd-jwt-vc-19, "Type Metadata"): what a type is
//! called, what its claims are called, which must be there and which hide.
//!
//! No fetching: [`TypeChain::needed`] names the next document, the caller brings its bytes.

mod integrity;
mod resolve;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::integrity::{IntegrityError, check_integrity, integrity_of};
pub use self::resolve::{ClaimFault, ResolvedType, TypeChain};
use crate::claim_path::ClaimPath;
use crate::json::{self, Limits};

/// Bounds on one document.
pub const LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 16, values: 8192 };
/// Longest chain of types that extend each other, the first one counted.
pub const MAX_CHAIN: usize = 8;

/// One type metadata document. Unknown members are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeMetadata {
    /// The type that this describes.
    pub vct: String,
    /// A name for developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A description for developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The type that this one extends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Hash of the extended type's document.
    #[serde(default, rename = "extends#integrity", skip_serializing_if = "Option::is_none")]
    pub extends_integrity: Option<String>,
    /// The type for people, by language; absent inherits the extended type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Vec<TypeDisplay>>,
    /// Its claims.
    #[serde(default)]
    pub claims: Vec<ClaimMetadata>,
}

/// A type for people, in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDisplay {
    /// Language tag (RFC 5646).
    pub locale: String,
    /// Name of the type.
    pub name: String,
    /// Description of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `simple` and `svg_templates`, as they stand. Addresses in it are not to be fetched unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendering: Option<Value>,
}

/// One claim, or several by `null` in the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimMetadata {
    /// Where it stands.
    pub path: ClaimPath,
    /// Its labels, by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<ClaimDisplay>,
    /// Whether an issuer must include it.
    #[serde(default)]
    pub mandatory: bool,
    /// Whether an issuer hides it.
    #[serde(default)]
    pub sd: Hiding,
    /// Its name in SVG templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub svg_id: Option<String>,
}

/// A claim for people, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDisplay {
    /// Language tag (RFC 5646).
    pub locale: String,
    /// Label of the claim.
    pub label: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Whether an issuer makes a claim selectively disclosable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hiding {
    /// It must.
    Always,
    /// It may.
    #[default]
    Allowed,
    /// It must not.
    Never,
}

impl TypeMetadata {
    /// Reads the document of `vct` from the octets as served.
    ///
    /// # Errors
    /// [`TypeMetadataError`]: integrity, JSON, another type, or a rule of the draft broken.
    pub fn parse(
        octets: &[u8],
        vct: &str,
        integrity: Option<&str>,
    ) -> Result<Self, TypeMetadataError> {
        if let Some(integrity) = integrity {
            check_integrity(octets, integrity)?;
        }
        let value = json::parse(octets, LIMITS).map_err(|_| TypeMetadataError::Malformed)?;
        let metadata: Self =
            serde_json::from_value(value).map_err(|_| TypeMetadataError::Malformed)?;
        // "The value MUST be identical" to the vct that led here.
        if metadata.vct != vct {
            return Err(TypeMetadataError::WrongType(metadata.vct));
        }
        metadata.validate()?;
        Ok(metadata)
    }

    /// Checks one document by itself.
    ///
    /// # Errors
    /// [`TypeMetadataError`].
    pub fn validate(&self) -> Result<(), TypeMetadataError> {
        let mut svg_ids = BTreeSet::new();
        let mut paths = BTreeSet::new();
        for claim in &self.claims {
            if !paths.insert(&claim.path) {
                return Err(TypeMetadataError::ClaimTwice(claim.path.clone()));
            }
            let Some(svg_id) = &claim.svg_id else { continue };
            let fits = svg_id
                .starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && svg_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !fits || !svg_ids.insert(svg_id) {
                return Err(TypeMetadataError::BadSvgId(svg_id.clone()));
            }
        }
        Ok(())
    }
}

/// Why type metadata is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeMetadataError {
    /// The octets are not those that were hashed.
    #[error("integrity of the document")]
    Integrity(#[from] IntegrityError),
    /// Not a document of the form.
    #[error("malformed type metadata")]
    Malformed,
    /// It describes another type.
    #[error("describes {0:?} instead")]
    WrongType(String),
    /// Two entries for one claim.
    #[error("{0} stands twice")]
    ClaimTwice(ClaimPath),
    /// Not an identifier, or used twice.
    #[error("svg_id {0:?} is no identifier or stands twice")]
    BadSvgId(String),
    /// The types extend each other in a circle.
    #[error("{0:?} extends itself")]
    Circular(String),
    /// More types than [`MAX_CHAIN`].
    #[error("more than {MAX_CHAIN} types extend each other")]
    ChainTooLong,
    /// A type that another one extends has not been brought.
    #[error("{0:?} is still needed")]
    Incomplete(String),
    /// Nothing is extended that could be brought.
    #[error("no further type is needed")]
    NothingNeeded,
    /// An extending type loosens `sd` or `mandatory`.
    #[error("{0} is loosened by an extending type")]
    Loosened(ClaimPath),
}
