//! Documents that stand beside the issuer metadata: authorization server metadata (RFC 8414),
//! JWT VC issuer metadata (SD-JWT VC) and status list aggregation (Token Status List).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LastSlash, MetadataError, Transport, insert_well_known, read};
use crate::jwk::PublicKey;

/// What an authorization server publishes of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationServerMetadata {
    /// Its identifier.
    pub issuer: String,
    /// Where the person is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// Where codes become tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// Pushed authorization requests (RFC 9126).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether requests must be pushed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_authorization_requests: bool,
    /// REQUIRED by RFC 8414, even when no authorization endpoint is there.
    #[serde(default)]
    pub response_types_supported: Vec<String>,
    /// Absent means authorization code and implicit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types_supported: Option<Vec<String>>,
    /// Absent means `client_secret_basic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// PKCE methods (RFC 7636).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// DPoP algorithms (RFC 9449).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// Scopes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// Types of `authorization_details` (RFC 9396).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Whether `iss` is in the authorization response (RFC 9207).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether a pre-authorized code needs no client.
    #[serde(rename = "pre-authorized_grant_anonymous_access_supported", default)]
    pub pre_authorized_grant_anonymous_access_supported: bool,
    /// Where challenges for wallet attestations are given
    /// (draft-ietf-oauth-attestation-based-client-auth).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_endpoint: Option<String>,
    /// Algorithms of wallet attestations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_signing_alg_values_supported: Vec<String>,
    /// Algorithms of the proofs beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_pop_signing_alg_values_supported: Vec<String>,
    /// Where all the issuer's status lists are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_list_aggregation_endpoint: Option<String>,
}

impl AuthorizationServerMetadata {
    /// Where the metadata of `issuer` is published (RFC 8414, 3.1): `None` when it is no URL.
    pub fn well_known_url(issuer: &str) -> Option<String> {
        insert_well_known(issuer, "oauth-authorization-server", LastSlash::Goes)
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

    /// Checks that the document is of `issuer` (RFC 8414, 3.3: MUST be identical) and that its
    /// addresses are safe.
    ///
    /// # Errors
    /// [`MetadataError::OtherIssuer`], [`MetadataError::BadUrl`].
    pub fn validate(&self, issuer: &str, transport: Transport) -> Result<(), MetadataError> {
        if self.issuer != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        if !transport.permits_issuer(issuer) {
            return Err(MetadataError::BadUrl("issuer"));
        }
        let endpoints = [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("pushed_authorization_request_endpoint", &self.pushed_authorization_request_endpoint),
            ("challenge_endpoint", &self.challenge_endpoint),
            ("status_list_aggregation_endpoint", &self.status_list_aggregation_endpoint),
        ];
        for (name, endpoint) in endpoints {
            if endpoint.as_ref().is_some_and(|url| !transport.permits(url)) {
                return Err(MetadataError::BadUrl(name));
            }
        }
        Ok(())
    }
}

/// A JWK set (RFC 7517, 5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JwkSet {
    /// As published; those of unknown kinds are to be ignored.
    pub keys: Vec<Value>,
}

impl JwkSet {
    /// The keys that verify our algorithms, each with its `kid` as published.
    pub fn verification_keys(&self) -> Vec<(Option<&str>, PublicKey)> {
        self.keys
            .iter()
            .filter_map(|jwk| {
                let key = PublicKey::from_jwk(jwk).ok()?;
                Some((jwk.get("kid").and_then(Value::as_str), key))
            })
            .collect()
    }
}

/// Where an issuer's keys are, for those who know only its `iss` (SD-JWT VC, "JWT VC Issuer
/// Metadata").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JwtVcIssuerMetadata {
    /// Identical to `iss`.
    pub issuer: String,
    /// The keys themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSet>,
    /// Where the keys are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
}

impl JwtVcIssuerMetadata {
    /// Where the metadata of `issuer` is published: `None` when it is no URL.
    pub fn well_known_url(issuer: &str) -> Option<String> {
        insert_well_known(issuer, "jwt-vc-issuer", LastSlash::Goes)
    }

    /// Reads the document fetched for `issuer` and checks it.
    ///
    /// # Errors
    /// [`MetadataError`]: another issuer's, or not exactly one of `jwks` and `jwks_uri`.
    pub fn parse(json: &[u8], issuer: &str, transport: Transport) -> Result<Self, MetadataError> {
        let metadata: Self = read(json)?;
        if metadata.issuer != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        if metadata.jwks.is_some() == metadata.jwks_uri.is_some() {
            return Err(MetadataError::NotExactlyOneKeySet);
        }
        if metadata.jwks_uri.as_ref().is_some_and(|url| !transport.permits(url)) {
            return Err(MetadataError::BadUrl("jwks_uri"));
        }
        Ok(metadata)
    }
}

/// Every status list of an issuer (Token Status List, "Status List Aggregation").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusListAggregation {
    /// Their addresses.
    pub status_lists: Vec<String>,
}

impl StatusListAggregation {
    /// Reads the document; addresses that are not permitted refuse it.
    ///
    /// # Errors
    /// [`MetadataError`].
    pub fn parse(json: &[u8], transport: Transport) -> Result<Self, MetadataError> {
        let aggregation: Self = read(json)?;
        if aggregation.status_lists.iter().all(|url| transport.permits(url)) {
            Ok(aggregation)
        } else {
            Err(MetadataError::BadUrl("status_lists"))
        }
    }
}
