use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use vc::oid4vci::{
    AuthorizationServerMetadata, IssuerMetadata, JwtVcIssuerMetadata, PRE_AUTHORIZED_CODE_GRANT,
    Transport,
};

use crate::world::{BASE_URL, World};

const VCT: &str = "urn:staff-passport:employment-checks:1";

#[tokio::test]
async fn i1_the_issuer_metadata_is_json_at_its_well_known_place() {
    let world = World::new().await;

    let reply = world.get("/.well-known/openid-credential-issuer").await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
}

#[tokio::test]
async fn i1_the_well_known_part_stands_between_host_and_path() {
    let base_url = "http://127.0.0.1:8101/trust/rbv";
    let world = World::at(base_url).await;

    let reply = world.get("/.well-known/openid-credential-issuer/trust/rbv").await;

    let metadata = IssuerMetadata::parse(&reply.body, base_url, Transport::LoopbackHttp).unwrap();
    assert_eq!(metadata.credential_endpoint, "http://127.0.0.1:8101/trust/rbv/credential");
    let nonce = world.method(Method::POST, "/trust/rbv/nonce").await;
    assert_eq!(nonce.status, StatusCode::OK);
    let servers = world.get("/.well-known/oauth-authorization-server/trust/rbv").await;
    assert_eq!(servers.json()["issuer"], base_url);
}

#[tokio::test]
async fn i2_to_i7_the_issuer_metadata_keeps_every_rule() {
    let world = World::new().await;

    let reply = world.get("/.well-known/openid-credential-issuer").await;

    let metadata = IssuerMetadata::parse(&reply.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    assert_eq!(metadata.nonce_endpoint.unwrap(), format!("{BASE_URL}/nonce"));
    let configuration = &metadata.credential_configurations_supported["employment-checks-1"];
    assert_eq!(configuration.format, "dc+sd-jwt");
    assert_eq!(configuration.vct.as_deref(), Some(VCT));
    assert!(configuration.scope.is_some());
    assert_eq!(configuration.cryptographic_binding_methods_supported, Some(vec!["jwk".into()]));
    assert_eq!(configuration.jwt_proof_algorithms(), ["EdDSA", "Ed25519", "ES256"]);
    assert!(configuration.credential_signing_alg_values_supported.contains(&json!("EdDSA")));
    let shown = configuration.credential_metadata.as_ref().unwrap();
    assert_eq!(shown.display[0].name, "Staff passport");
    assert!(shown.claims.len() > 20);
}

#[tokio::test]
async fn i8_the_authorization_server_is_the_issuer_itself() {
    let world = World::new().await;

    let reply = world.get("/.well-known/oauth-authorization-server").await;

    let metadata =
        AuthorizationServerMetadata::parse(&reply.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    assert_eq!(metadata.token_endpoint.unwrap(), format!("{BASE_URL}/token"));
    let grants = metadata.grant_types_supported.unwrap();
    assert_eq!(grants, [PRE_AUTHORIZED_CODE_GRANT, "refresh_token"]);
    assert_eq!(metadata.token_endpoint_auth_methods_supported, Some(vec!["none".to_owned()]));
    assert!(metadata.pre_authorized_grant_anonymous_access_supported);
    let lists = metadata.status_list_aggregation_endpoint.unwrap();
    assert_eq!(lists, format!("{BASE_URL}/status-lists"));
}

#[tokio::test]
async fn v9_the_keys_of_iss_are_published() {
    let world = World::new().await;

    let reply = world.get("/.well-known/jwt-vc-issuer").await;

    let metadata =
        JwtVcIssuerMetadata::parse(&reply.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    let jwks = metadata.jwks.unwrap();
    let keys = jwks.verification_keys();
    assert_eq!(keys, [(Some(world.issuer_key.kid().as_str()), world.issuer_key.clone())]);
    assert!(!String::from_utf8_lossy(&reply.body).contains("\"d\""));
}

#[tokio::test]
async fn v10_type_metadata_is_served_under_its_vct() {
    let world = World::new().await;

    let reply = world.get(&format!("/types/{VCT}")).await;

    assert_eq!(reply.json()["vct"], VCT);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
    assert!(reply.header(header::CACHE_CONTROL).starts_with("max-age="));
    assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(world.get("/types/urn:other").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn protocol_endpoints_are_open_to_any_origin_and_hrs_api_to_none() {
    let world = World::new().await;
    let preflight = async |path: &str| {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header(header::ORIGIN, "https://wallet.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .body(Body::empty());
        let reply = world.send(request.unwrap()).await;
        assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), "");
        reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN).to_owned()
    };

    for path in ["/token", "/nonce", "/credential", "/status-lists/0", "/offers/x"] {
        assert_eq!(preflight(path).await, "*", "{path}");
    }
    assert_eq!(preflight("/api/v1/passports").await, "");
}

#[tokio::test]
async fn a_service_that_can_write_is_ready() {
    let world = World::new().await;

    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(world.get("/readyz").await.status, StatusCode::OK);
}
