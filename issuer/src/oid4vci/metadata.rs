//! The well-known documents: credential issuer metadata, authorization server metadata (RFC 8414)
//! and JWT VC issuer metadata. Made once at start: nothing in them changes while we run.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use vc::jwk::Algorithm;
use vc::oid4vci::{
    AuthorizationServerMetadata, CredentialConfiguration, Display, IssuerMetadata, JwkSet,
    JwtVcIssuerMetadata, PRE_AUTHORIZED_CODE_GRANT, ProofType, SD_JWT_VC_FORMAT,
};

use crate::catalogue::{Catalogue, CredentialType};
use crate::state::{Issuer, Settings};

/// Minutes that a client may keep the documents: keys are added a day before they sign.
const MAX_AGE: HeaderValue = HeaderValue::from_static("max-age=300");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The documents as served.
#[derive(Clone, Debug)]
pub struct Documents {
    issuer: Bytes,
    authorization_server: Bytes,
    jwt_vc_issuer: Bytes,
}

impl Documents {
    /// Writes them.
    ///
    /// # Errors
    /// Those of serialising, which these documents do not have.
    pub fn new(
        settings: &Settings,
        catalogue: &Catalogue,
        algorithm: Algorithm,
        jwks: Value,
    ) -> Result<Self, serde_json::Error> {
        let write = |document: Result<Vec<u8>, serde_json::Error>| document.map(Bytes::from);
        Ok(Self {
            issuer: write(serde_json::to_vec(&issuer_metadata(settings, catalogue, algorithm)))?,
            authorization_server: write(serde_json::to_vec(&server_metadata(settings)))?,
            jwt_vc_issuer: write(serde_json::to_vec(&JwtVcIssuerMetadata {
                issuer: settings.base_url.as_str().to_owned(),
                jwks: Some(serde_json::from_value::<JwkSet>(jwks)?),
                jwks_uri: None,
            }))?,
        })
    }
}

fn issuer_metadata(
    settings: &Settings,
    catalogue: &Catalogue,
    algorithm: Algorithm,
) -> IssuerMetadata {
    let base_url = settings.base_url.as_str();
    let display =
        Display { name: Some(settings.name.clone()), locale: Some("en-GB".to_owned()), logo: None };
    let configurations = catalogue
        .types()
        .map(|kind| (kind.configuration.clone(), configuration(kind, algorithm)))
        .collect();
    IssuerMetadata {
        credential_issuer: base_url.to_owned(),
        credential_endpoint: format!("{base_url}/credential"),
        nonce_endpoint: Some(format!("{base_url}/nonce")),
        deferred_credential_endpoint: Some(format!("{base_url}/deferred-credential")),
        notification_endpoint: Some(format!("{base_url}/notification")),
        display: vec![display],
        credential_configurations_supported: configurations,
        ..IssuerMetadata::default()
    }
}

fn configuration(kind: &CredentialType, algorithm: Algorithm) -> CredentialConfiguration {
    let signing: &[&str] = match algorithm {
        Algorithm::EdDsa => &["EdDSA", "Ed25519"],
        Algorithm::Es256 => &["ES256"],
    };
    let jwt = ProofType {
        proof_signing_alg_values_supported: ["EdDSA", "Ed25519", "ES256"].map(str::to_owned).into(),
        key_attestations_required: None,
    };
    CredentialConfiguration {
        format: SD_JWT_VC_FORMAT.to_owned(),
        scope: Some(kind.configuration.clone()),
        vct: Some(kind.vct.clone()),
        credential_signing_alg_values_supported: signing.iter().map(|alg| json!(alg)).collect(),
        cryptographic_binding_methods_supported: Some(vec!["jwk".to_owned()]),
        proof_types_supported: Some(BTreeMap::from([("jwt".to_owned(), jwt)])),
        // Without it some wallets take the issuer for one of an older draft.
        credential_metadata: Some(kind.display.clone()),
        ..CredentialConfiguration::default()
    }
}

fn server_metadata(settings: &Settings) -> AuthorizationServerMetadata {
    let base_url = settings.base_url.as_str();
    AuthorizationServerMetadata {
        issuer: base_url.to_owned(),
        token_endpoint: Some(format!("{base_url}/token")),
        grant_types_supported: Some(vec![PRE_AUTHORIZED_CODE_GRANT.to_owned()]),
        // Absent would mean client_secret_basic.
        token_endpoint_auth_methods_supported: Some(vec!["none".to_owned()]),
        authorization_details_types_supported: vec!["openid_credential".to_owned()],
        pre_authorized_grant_anonymous_access_supported: true,
        status_list_aggregation_endpoint: Some(format!("{base_url}/status-lists")),
        ..AuthorizationServerMetadata::default()
    }
}

/// `/.well-known/openid-credential-issuer`
pub async fn issuer(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    document(&issuer.documents.issuer)
}

/// `/.well-known/oauth-authorization-server`
pub async fn authorization_server(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    document(&issuer.documents.authorization_server)
}

/// `/.well-known/jwt-vc-issuer`
pub async fn jwt_vc_issuer(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    document(&issuer.documents.jwt_vc_issuer)
}

fn document(bytes: &Bytes) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, MAX_AGE)], bytes.clone())
}
