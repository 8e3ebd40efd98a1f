//! The well-known documents: credential issuer metadata, authorization server metadata (RFC 8414)
//! and JWT VC issuer metadata. Made once at start: nothing in them changes while we run.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use vc::jws::SigningInput;
use vc::oid4vci::{
    AuthorizationServerMetadata, BatchIssuance, CredentialConfiguration, Display, IssuerMetadata,
    JwkSet, JwtVcIssuerMetadata, PRE_AUTHORIZED_CODE_GRANT, ProofType, SD_JWT_VC_FORMAT,
};

use crate::catalogue::{Catalogue, CredentialType};
use crate::oid4vci::accept;
use crate::oid4vci::client;
use crate::oid4vci::dpop;
use crate::oid4vci::encryption::{RequestKey, response_metadata};
use crate::oid4vci::policy::{BATCH_SIZE, Policy};
use crate::profiles::{Profile, Signers};
use crate::state::{Issuer, Settings};

/// Minutes that a client may keep the documents: keys are added a day before they sign.
const MAX_AGE: HeaderValue = HeaderValue::from_static("max-age=300");
/// Media type of signed metadata.
const SIGNED: &str = "application/jwt";
/// `typ` of signed metadata.
const SIGNED_TYP: &str = "openidvci-issuer-metadata+jwt";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The documents as served.
#[derive(Clone, Debug)]
pub struct Documents {
    issuer: Bytes,
    /// The same to be signed.
    claims: Map<String, Value>,
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
        signers: &Signers,
        request_key: &RequestKey,
        jwks: Value,
    ) -> Result<Self, serde_json::Error> {
        let metadata = issuer_metadata(settings, catalogue, signers, request_key);
        let claims = match serde_json::to_value(&metadata)? {
            Value::Object(claims) => claims,
            _ => Map::new(),
        };
        let write = |document: Result<Vec<u8>, serde_json::Error>| document.map(Bytes::from);
        Ok(Self {
            claims,
            issuer: write(serde_json::to_vec(&metadata))?,
            authorization_server: write(serde_json::to_vec(&server_metadata(
                settings, catalogue, signers,
            )))?,
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
    signers: &Signers,
    request_key: &RequestKey,
) -> IssuerMetadata {
    let base_url = settings.base_url.as_str();
    let display =
        Display { name: Some(settings.name.clone()), locale: Some("en-GB".to_owned()), logo: None };
    let configurations = catalogue
        .types()
        .flat_map(|kind| signers.profiles().map(move |profile| (kind, profile)))
        .map(|(kind, profile)| {
            let id = profile.configuration(&kind.configuration);
            let described = configuration(kind, profile, &id, &settings.policy);
            (id, described)
        })
        .collect();
    let batch_size = u32::try_from(BATCH_SIZE).unwrap_or(2);
    IssuerMetadata {
        credential_issuer: base_url.to_owned(),
        credential_endpoint: format!("{base_url}/credential"),
        nonce_endpoint: Some(format!("{base_url}/nonce")),
        deferred_credential_endpoint: Some(format!("{base_url}/deferred-credential")),
        notification_endpoint: Some(format!("{base_url}/notification")),
        credential_request_encryption: request_key.metadata(&settings.policy),
        credential_response_encryption: Some(response_metadata(&settings.policy)),
        batch_credential_issuance: Some(BatchIssuance { batch_size }),
        display: vec![display],
        credential_configurations_supported: configurations,
        ..IssuerMetadata::default()
    }
}

fn configuration(
    kind: &CredentialType,
    profile: Profile,
    id: &str,
    policy: &Policy,
) -> CredentialConfiguration {
    let signing: &[&str] = match profile {
        Profile::Native => &["EdDSA", "Ed25519"],
        Profile::Es256 => &["ES256"],
    };
    let proof = ProofType {
        proof_signing_alg_values_supported: ["EdDSA", "Ed25519", "ES256"].map(str::to_owned).into(),
        key_attestations_required: None,
    };
    let mut proofs = BTreeMap::from([("jwt".to_owned(), proof.clone())]);
    if policy.believes_attesters() {
        proofs.insert("attestation".to_owned(), proof);
    }
    CredentialConfiguration {
        format: SD_JWT_VC_FORMAT.to_owned(),
        scope: Some(id.to_owned()),
        vct: Some(kind.vct.clone()),
        credential_signing_alg_values_supported: signing.iter().map(|alg| json!(alg)).collect(),
        cryptographic_binding_methods_supported: Some(vec!["jwk".to_owned()]),
        proof_types_supported: Some(proofs),
        // Without it some wallets take the issuer for one of an older draft.
        credential_metadata: Some(kind.display.clone()),
        ..CredentialConfiguration::default()
    }
}

fn server_metadata(
    settings: &Settings,
    catalogue: &Catalogue,
    signers: &Signers,
) -> AuthorizationServerMetadata {
    let base_url = settings.base_url.as_str();
    let policy = &settings.policy;
    let at = |path: &str| Some(format!("{base_url}{path}"));
    let algorithms = || dpop::ALGORITHMS.map(str::to_owned).to_vec();
    let mut metadata = AuthorizationServerMetadata {
        issuer: base_url.to_owned(),
        token_endpoint: at("/token"),
        grant_types_supported: Some(vec![
            PRE_AUTHORIZED_CODE_GRANT.to_owned(),
            "refresh_token".to_owned(),
        ]),
        dpop_signing_alg_values_supported: algorithms(),
        // Absent would mean client_secret_basic.
        token_endpoint_auth_methods_supported: Some(vec!["none".to_owned()]),
        authorization_details_types_supported: vec!["openid_credential".to_owned()],
        pre_authorized_grant_anonymous_access_supported: true,
        status_list_aggregation_endpoint: at("/status-lists"),
        ..AuthorizationServerMetadata::default()
    };
    if policy.authorization_code {
        metadata.authorization_endpoint = at("/authorize");
        metadata.pushed_authorization_request_endpoint = at("/par");
        metadata.require_pushed_authorization_requests = true;
        metadata.response_types_supported = vec!["code".to_owned()];
        metadata.code_challenge_methods_supported = vec!["S256".to_owned()];
        metadata.authorization_response_iss_parameter_supported = true;
        metadata.scopes_supported = catalogue
            .types()
            .flat_map(|kind| signers.profiles().map(|it| it.configuration(&kind.configuration)))
            .collect();
        metadata
            .grant_types_supported
            .get_or_insert_default()
            .push("authorization_code".to_owned());
    }
    if policy.believes_wallets() {
        metadata.challenge_endpoint = at("/challenge");
        metadata.client_attestation_signing_alg_values_supported = algorithms();
        metadata.client_attestation_pop_signing_alg_values_supported = algorithms();
        let methods = metadata.token_endpoint_auth_methods_supported.get_or_insert_default();
        methods.push(client::METHOD.to_owned());
    }
    metadata
}

/// `/.well-known/openid-credential-issuer`: plain, or signed for who asks for it ("Signed
/// Metadata").
pub async fn issuer(State(issuer): State<Arc<Issuer>>, headers: HeaderMap) -> Response {
    let plain = || document(&issuer.documents.issuer).into_response();
    let mut response = match accept::prefers(&headers, SIGNED, "application/json") {
        true => signed(&issuer).map_or_else(plain, IntoResponse::into_response),
        false => plain(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// The metadata signed now: with certificates where there are any, which do without the registry.
fn signed(issuer: &Issuer) -> Option<impl IntoResponse + use<>> {
    let key = issuer.ring.by_kid(issuer.signers.certified_first()?)?;
    let mut header = Map::new();
    header.insert("kid".to_owned(), json!(key.kid()));
    let chain = issuer.ring.chain(key.kid());
    if !chain.is_empty() {
        let chain: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        header.insert("x5c".to_owned(), json!(chain));
    }
    let mut claims = issuer.documents.claims.clone();
    claims.insert("sub".to_owned(), json!(issuer.settings.base_url.as_str()));
    claims.insert("iss".to_owned(), json!(issuer.settings.base_url.as_str()));
    claims.insert("iat".to_owned(), json!(issuer.clock.now()));
    let input = SigningInput::new(key.algorithm(), SIGNED_TYP, header, &claims);
    let signature = key.sign(input.signing_input());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(SIGNED)),
        (header::CACHE_CONTROL, MAX_AGE),
    ];
    Some((headers, input.finish(&signature)))
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
