//! Credential issuer metadata (OpenID4VCI 1.0, section "Credential Issuer Metadata").

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DocumentError, JwkSet, LastSlash, Transport, insert_well_known, read};
use crate::claim_path::ClaimPath;

/// Format identifier of an SD-JWT VC.
pub const SD_JWT_VC_FORMAT: &str = "dc+sd-jwt";

/// What an issuer publishes of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// The issuer identifier.
    pub credential_issuer: String,
    /// Authorization servers; empty when the issuer is its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// Where credentials are asked for.
    pub credential_endpoint: String,
    /// Where a `c_nonce` comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce_endpoint: Option<String>,
    /// Where deferred credentials are fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Where the wallet tells what became of a credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// Whether requests are, or must be, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<RequestEncryption>,
    /// Whether responses can be, or must be, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<ResponseEncryption>,
    /// Several copies in one response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// The issuer's name by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// What can be had, by configuration id.
    pub credential_configurations_supported: BTreeMap<String, CredentialConfiguration>,
}

impl IssuerMetadata {
    /// Where the metadata of `issuer` is published: `None` when `issuer` is no URL.
    pub fn well_known_url(issuer: &str) -> Option<String> {
        insert_well_known(issuer, "openid-credential-issuer", LastSlash::Stays)
    }

    /// Reads the document fetched for `issuer` and checks it.
    ///
    /// # Errors
    /// [`MetadataError`].
    pub fn parse(json: &[u8], issuer: &str, transport: Transport) -> Result<Self, MetadataError> {
        let metadata: Self = read(json)?;
        metadata.validate(issuer, transport)?;
        Ok(metadata)
    }

    /// Checks every rule of the specification that the document alone can break.
    ///
    /// # Errors
    /// [`MetadataError`]. `credential_issuer` MUST be identical to the identifier used.
    pub fn validate(&self, issuer: &str, transport: Transport) -> Result<(), MetadataError> {
        if self.credential_issuer != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        if !transport.permits_issuer(issuer) {
            return Err(MetadataError::BadUrl("credential_issuer"));
        }
        if !self.authorization_servers.iter().all(|server| transport.permits_issuer(server)) {
            return Err(MetadataError::BadUrl("authorization_servers"));
        }
        let endpoints = [
            ("credential_endpoint", Some(&self.credential_endpoint)),
            ("nonce_endpoint", self.nonce_endpoint.as_ref()),
            ("deferred_credential_endpoint", self.deferred_credential_endpoint.as_ref()),
            ("notification_endpoint", self.notification_endpoint.as_ref()),
        ];
        for (name, endpoint) in endpoints {
            if endpoint.is_some_and(|url| !transport.permits(url)) {
                return Err(MetadataError::BadUrl(name));
            }
        }
        if self.batch_credential_issuance.is_some_and(|batch| batch.batch_size < 2) {
            return Err(MetadataError::BatchTooSmall);
        }
        self.validate_encryption()?;
        check_locales(self.display.iter().map(|display| display.locale.as_deref()))?;
        for (id, configuration) in &self.credential_configurations_supported {
            configuration.validate(id)?;
        }
        Ok(())
    }

    fn validate_encryption(&self) -> Result<(), MetadataError> {
        if let Some(request) = &self.credential_request_encryption {
            let kids =
                request.jwks.keys.iter().all(|jwk| jwk.get("kid").is_some_and(Value::is_string));
            if request.jwks.keys.is_empty() || !kids || request.enc_values_supported.is_empty() {
                return Err(MetadataError::BadEncryption("credential_request_encryption"));
            }
        }
        if let Some(response) = &self.credential_response_encryption
            && (response.alg_values_supported.is_empty()
                || response.enc_values_supported.is_empty())
        {
            return Err(MetadataError::BadEncryption("credential_response_encryption"));
        }
        Ok(())
    }

    /// The authorization servers' identifiers: the issuer's own when it lists none.
    pub fn authorization_server_ids(&self) -> Vec<&str> {
        if self.authorization_servers.is_empty() {
            vec![&self.credential_issuer]
        } else {
            self.authorization_servers.iter().map(String::as_str).collect()
        }
    }
}

fn check_locales<'a>(locales: impl Iterator<Item = Option<&'a str>>) -> Result<(), MetadataError> {
    let mut seen = HashSet::new();
    for locale in locales {
        if !seen.insert(locale) {
            return Err(MetadataError::LocaleTwice(locale.unwrap_or_default().to_owned()));
        }
    }
    Ok(())
}

/// One kind of credential that can be had.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialConfiguration {
    /// For example `dc+sd-jwt`.
    pub format: String,
    /// The OAuth scope that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The type, of `dc+sd-jwt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vct: Option<String>,
    /// The type, of the W3C formats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_definition: Option<CredentialDefinition>,
    /// The type, of `mso_mdoc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctype: Option<String>,
    /// Algorithms of the issuer's signature: names, or numbers of `mso_mdoc`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_signing_alg_values_supported: Vec<Value>,
    /// How the holder's key is named in the credential; present exactly with proof types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cryptographic_binding_methods_supported: Option<Vec<String>>,
    /// Which proofs of possession are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_types_supported: Option<BTreeMap<String, ProofType>>,
    /// How to show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

impl CredentialConfiguration {
    fn validate(&self, id: &str) -> Result<(), MetadataError> {
        let fault = |rule| Err(MetadataError::Configuration { id: id.to_owned(), rule });
        if self.format == SD_JWT_VC_FORMAT && self.vct.is_none() {
            return fault("dc+sd-jwt needs vct");
        }
        let types = self.credential_definition.as_ref().map(|definition| &definition.types);
        if self.format == "jwt_vc_json" && types.is_none_or(Vec::is_empty) {
            return fault("jwt_vc_json needs credential_definition.type");
        }
        let proofs = self.proof_types_supported.as_ref();
        if self.cryptographic_binding_methods_supported.is_some() != proofs.is_some()
            // The specification's own ldp_vc and mso_mdoc examples break this rule.
            && matches!(self.format.as_str(), SD_JWT_VC_FORMAT | "jwt_vc_json")
        {
            return fault("binding methods and proof types go together");
        }
        let no_alg = |proof: &ProofType| proof.proof_signing_alg_values_supported.is_empty();
        if proofs.is_some_and(|proofs| proofs.values().any(no_alg)) {
            return fault("a proof type has no algorithm");
        }
        let Some(metadata) = &self.credential_metadata else {
            return Ok(());
        };
        check_locales(metadata.display.iter().map(|display| display.locale.as_deref()))?;
        let mut seen = HashSet::new();
        if !metadata.claims.iter().all(|claim| seen.insert(&claim.path)) {
            return fault("two claim descriptions address one claim");
        }
        Ok(())
    }

    /// Algorithm names of the `jwt` proof type; empty when it is not taken.
    pub fn jwt_proof_algorithms(&self) -> &[String] {
        self.proof_types_supported
            .as_ref()
            .and_then(|types| types.get("jwt"))
            .map_or(&[], |jwt| &jwt.proof_signing_alg_values_supported)
    }
}

/// Type of a W3C credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialDefinition {
    /// `type`.
    #[serde(rename = "type", default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// `@context`, for the linked-data formats.
    #[serde(rename = "@context", default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}

/// A kind of proof.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProofType {
    /// Names of algorithms; at least one.
    pub proof_signing_alg_values_supported: Vec<String>,
    /// Demands on the wallet's key store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_attestations_required: Option<Value>,
}

/// How to show a credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialMetadata {
    /// By language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<CredentialDisplay>,
    /// What it holds, in the order to show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimDescription>,
}

/// A credential's looks in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialDisplay {
    /// Its name.
    pub name: String,
    /// BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A sentence on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// CSS colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
    /// A picture behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_image: Option<Map<String, Value>>,
    /// CSS colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_color: Option<String>,
}

/// One claim of a credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimDescription {
    /// Where it stands.
    pub path: ClaimPath,
    /// Whether it is always there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    /// Its name by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<ClaimDisplay>,
}

/// A claim's name in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimDisplay {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// An issuer's name in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Display {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
}

/// A picture with its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Logo {
    /// `https:` or `data:`.
    pub uri: String,
    /// For those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

/// How many copies one response may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchIssuance {
    /// At least 2.
    pub batch_size: u32,
}

/// `credential_request_encryption`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestEncryption {
    /// Keys to encrypt to, each with a `kid`.
    pub jwks: JwkSet,
    /// Content encryptions.
    pub enc_values_supported: Vec<String>,
    /// Compressions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zip_values_supported: Vec<String>,
    /// Whether a plain request is refused.
    pub encryption_required: bool,
}

/// `credential_response_encryption` of the metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseEncryption {
    /// Key agreements.
    pub alg_values_supported: Vec<String>,
    /// Content encryptions.
    pub enc_values_supported: Vec<String>,
    /// Compressions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zip_values_supported: Vec<String>,
    /// Whether a request without keys for the response is refused.
    pub encryption_required: bool,
}

/// Why a metadata document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Not a document of the form.
    #[error("malformed metadata")]
    Document(#[from] DocumentError),
    /// Its identifier is not the one it was fetched for.
    #[error("metadata of another issuer")]
    OtherIssuer,
    /// A member is not an https URL of its kind.
    #[error("{0} is not a usable https URL")]
    BadUrl(&'static str),
    /// `batch_size` below 2.
    #[error("batch_size is less than 2")]
    BatchTooSmall,
    /// Encryption parameters are incomplete.
    #[error("{0} is incomplete")]
    BadEncryption(&'static str),
    /// Two displays for one language.
    #[error("locale {0:?} stands twice")]
    LocaleTwice(String),
    /// A credential configuration breaks a rule.
    #[error("configuration {id:?}: {rule}")]
    Configuration {
        /// Its id.
        id: String,
        /// The rule, in words.
        rule: &'static str,
    },
    /// Exactly one of `jwks` and `jwks_uri` is needed.
    #[error("not exactly one of jwks and jwks_uri")]
    NotExactlyOneKeySet,
}
