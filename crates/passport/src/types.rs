//! The credential types, as the data in `schemas/` says.

use serde::Deserialize;
use vc::claim_path::ClaimPath;

/// A credential type: what may be issued, how it is shown, what hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialType {
    /// Its `vct`.
    pub vct: &'static str,
    /// JSON Schema 2020-12 of what HR gives.
    pub schema: &'static str,
    /// SD-JWT VC type metadata, the exact bytes to serve.
    pub metadata: &'static str,
    /// See [`Issuance`].
    pub issuance: &'static str,
}

/// How a type is issued.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuance {
    /// The type.
    pub vct: String,
    /// Its name in OpenID4VCI.
    pub credential_configuration_id: String,
    /// What hides, parents before what is in them.
    pub hide: Vec<ClaimPath>,
    /// How long a copy lives.
    pub lifetime_days: u32,
}

/// The passport.
pub const EMPLOYMENT_CHECKS: CredentialType = CredentialType {
    vct: "urn:staff-passport:employment-checks:1",
    schema: include_str!("../../../schemas/employment-checks-1/schema.json"),
    metadata: include_str!("../../../schemas/employment-checks-1/metadata.json"),
    issuance: include_str!("../../../schemas/employment-checks-1/issuance.json"),
};

/// Training records alone: a type that is data and no code.
pub const CORE_SKILLS: CredentialType = CredentialType {
    vct: "urn:staff-passport:core-skills:1",
    schema: include_str!("../../../schemas/core-skills-1/schema.json"),
    metadata: include_str!("../../../schemas/core-skills-1/metadata.json"),
    issuance: include_str!("../../../schemas/core-skills-1/issuance.json"),
};

/// Every type.
pub const ALL: &[CredentialType] = &[EMPLOYMENT_CHECKS, CORE_SKILLS];

impl CredentialType {
    /// How it is issued.
    ///
    /// # Errors
    /// When the data in `schemas/` is not of the form; a test shows that it is.
    pub fn issuance(&self) -> Result<Issuance, serde_json::Error> {
        serde_json::from_str(self.issuance)
    }
}
