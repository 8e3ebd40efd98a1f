//! The credential types that this issuer issues. A type is data: its files in `schemas/` say what
//! may be hidden, how long a copy lives and how it is shown.

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};
use vc::claim_path::ClaimPath;
use vc::oid4vci::{ClaimDescription, ClaimDisplay, CredentialDisplay, CredentialMetadata};
use vc::type_metadata::integrity_of;

use crate::profiles::Profile;

/// `issuance.json` and `metadata.json` of each type.
const FILES: [(&str, &str); 1] = [(
    include_str!("../../schemas/employment-checks-1/issuance.json"),
    include_str!("../../schemas/employment-checks-1/metadata.json"),
)];

/// A type.
#[derive(Clone, Debug)]
pub struct CredentialType {
    /// Its name, and the id of its first credential configuration.
    pub configuration: String,
    /// `vct`.
    pub vct: String,
    /// Which claims hide.
    pub hide: Vec<ClaimPath>,
    /// How long a copy lives.
    pub lifetime_days: u32,
    /// How wallets show it.
    pub display: CredentialMetadata,
    /// Type metadata (SD-JWT VC), as served.
    pub metadata: Bytes,
    /// `vct#integrity`: the hash of that.
    pub integrity: String,
}

/// Every type.
#[derive(Clone, Debug)]
pub struct Catalogue(Vec<CredentialType>);

impl Catalogue {
    /// The types that ship with the issuer.
    ///
    /// # Errors
    /// [`CatalogueError`].
    pub fn shipped() -> Result<Self, CatalogueError> {
        FILES
            .iter()
            .map(|(issuance, metadata)| read(issuance, metadata))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Every type.
    pub fn types(&self) -> impl Iterator<Item = &CredentialType> {
        self.0.iter()
    }

    /// The type of a credential configuration, and the profile that signs it.
    pub fn by_configuration(&self, id: &str) -> Option<(&CredentialType, Profile)> {
        let (name, profile) = Profile::of_configuration(id);
        self.0.iter().find(|kind| kind.configuration == name).map(|kind| (kind, profile))
    }

    /// The type of a `vct`.
    pub fn by_vct(&self, vct: &str) -> Option<&CredentialType> {
        self.0.iter().find(|kind| kind.vct == vct)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuanceFile {
    vct: String,
    credential_configuration_id: String,
    hide: Vec<ClaimPath>,
    lifetime_days: u32,
}

/// What wallets are told of the type metadata; the rest is for whoever fetches it.
#[derive(Deserialize)]
struct MetadataFile {
    vct: String,
    display: Vec<TypeDisplay>,
    claims: Vec<TypeClaim>,
}

#[derive(Deserialize)]
struct TypeDisplay {
    locale: String,
    name: String,
    description: Option<String>,
    #[serde(default)]
    rendering: Map<String, Value>,
}

#[derive(Deserialize)]
struct TypeClaim {
    path: ClaimPath,
    #[serde(default)]
    mandatory: bool,
    #[serde(default)]
    display: Vec<TypeLabel>,
}

#[derive(Deserialize)]
struct TypeLabel {
    locale: String,
    label: String,
}

fn read(issuance: &str, metadata: &str) -> Result<CredentialType, CatalogueError> {
    let file: IssuanceFile = serde_json::from_str(issuance)?;
    let shown: MetadataFile = serde_json::from_str(metadata)?;
    if shown.vct != file.vct {
        return Err(CatalogueError::OtherType { issuance: file.vct, metadata: shown.vct });
    }
    Ok(CredentialType {
        configuration: file.credential_configuration_id,
        vct: file.vct,
        hide: file.hide,
        lifetime_days: file.lifetime_days,
        display: CredentialMetadata {
            display: shown.display.into_iter().map(display).collect(),
            claims: shown.claims.into_iter().map(claim).collect(),
        },
        integrity: integrity_of(metadata.as_bytes()),
        metadata: Bytes::copy_from_slice(metadata.as_bytes()),
    })
}

fn display(of_type: TypeDisplay) -> CredentialDisplay {
    let colour = |name: &str| {
        let colour = of_type.rendering.get("simple")?.get(name)?.as_str()?;
        Some(colour.to_owned())
    };
    CredentialDisplay {
        background_color: colour("background_color"),
        text_color: colour("text_color"),
        name: of_type.name,
        locale: Some(of_type.locale),
        description: of_type.description,
        logo: None,
        background_image: None,
    }
}

fn claim(of_type: TypeClaim) -> ClaimDescription {
    let display =
        |label: TypeLabel| ClaimDisplay { name: Some(label.label), locale: Some(label.locale) };
    ClaimDescription {
        path: of_type.path,
        mandatory: of_type.mandatory,
        display: of_type.display.into_iter().map(display).collect(),
    }
}

/// Why the types cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file is not of its form.
    #[error("a file of a credential type is not of its form")]
    Json(#[from] serde_json::Error),
    /// Two files of a folder are of two types.
    #[error("issuance.json is of {issuance:?} and metadata.json of {metadata:?}")]
    OtherType {
        /// `vct` in `issuance.json`.
        issuance: String,
        /// `vct` in `metadata.json`.
        metadata: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_types_are_read() {
        let catalogue = Catalogue::shipped().unwrap();

        let (kind, profile) = catalogue.by_configuration("employment-checks-1-es256").unwrap();
        assert_eq!(profile, Profile::Es256);
        assert_eq!(kind.vct, "urn:staff-passport:employment-checks:1");
        assert_eq!(kind.lifetime_days, 90);
        assert!(kind.hide.contains(&ClaimPath::of_names(["identity", "personal"])));
        assert!(kind.display.claims.iter().any(|claim| claim.mandatory));
    }

    #[test]
    fn files_of_two_types_do_not_make_one() {
        let (issuance, metadata) = FILES[0];

        let other = metadata.replacen("employment-checks:1", "core-skills:1", 1);

        assert!(matches!(read(issuance, &other), Err(CatalogueError::OtherType { .. })));
    }
}
