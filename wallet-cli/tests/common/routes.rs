//! The HTTP side: registry, requirement, offer, metadata, token, nonce, credential, status.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use vc::jwk::Algorithm;
use vc::oid4vci::{
    CredentialRequest, CredentialResponse, CredentialTarget, DeferredRequest, ProofPolicy, Proofs,
    TokenGrant, TokenRequest, verify_proof,
};

use super::dpop;
use super::{Shared, TRANSACTION, TX_CODE, Twist, VCT};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/registry.json", get(registry))
        .route("/requirements/{kind}/{group}", get(host_requirement))
        .route("/.well-known/openid-credential-issuer/issuer", get(metadata))
        .route("/.well-known/oauth-authorization-server/issuer", get(server_metadata))
        .route("/.well-known/jwt-vc-issuer/issuer", get(published_keys))
        .route("/issuer/offers/1", get(offer))
        .route("/issuer/token", post(token))
        .route("/issuer/nonce", post(nonce))
        .route("/issuer/credential", post(credential))
        .route("/issuer/deferred", post(deferred))
        .route("/issuer/notification", post(notification))
        .route("/issuer/status-lists/1", get(status_list))
        .with_state(shared)
}

type Served = State<Arc<Shared>>;

fn json_answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn oauth_error(code: &str) -> Response {
    let body = json!({ "error": code }).to_string();
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn registry(State(shared): Served, headers: HeaderMap) -> Response {
    if shared.settings().registry_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let etag = format!("\"{}\"", shared.settings().version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes())
        && shared.settings().registry_signer.is_none()
    {
        shared.saw("/registry.json 304");
        return StatusCode::NOT_MODIFIED.into_response();
    }
    shared.saw("/registry.json");
    ([(header::ETAG, etag)], shared.registry()).into_response()
}

async fn host_requirement(
    State(shared): Served,
    Path((kind, group)): Path<(String, String)>,
) -> Response {
    shared.saw(format!("/requirements/{kind}/{group}"));
    match shared.settings().requirement {
        Some(requirement) => json_answer(&requirement),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn offer(State(shared): Served) -> Response {
    shared.saw("/offer");
    let twist = shared.twist();
    let issuer = match twist {
        Twist::OfferOfAnotherIssuer => "https://elsewhere.example".to_owned(),
        _ => shared.issuer(),
    };
    let mut grant = json!({
        "pre-authorized_code": "the-code",
        "tx_code": { "input_mode": "numeric", "length": 6, "description": "Ask HR" }
    });
    if twist == Twist::OfferWithoutTxCode {
        grant = json!({ "pre-authorized_code": "the-code" });
    }
    let grants = match twist {
        Twist::OfferWithoutCode => json!({ "authorization_code": {} }),
        _ => json!({ "urn:ietf:params:oauth:grant-type:pre-authorized_code": grant }),
    };
    let offer = json!({
        "credential_issuer": issuer,
        "credential_configuration_ids": ["employment-checks-1"],
        "grants": grants,
        "something_new": true
    });
    match twist {
        Twist::OfferNotJson => offer.to_string().into_response(),
        Twist::OfferUsed => StatusCode::NOT_FOUND.into_response(),
        _ => json_answer(&offer),
    }
}

async fn metadata(State(shared): Served) -> Response {
    shared.saw("/metadata");
    let twist = shared.twist();
    if twist == Twist::MetadataRedirects {
        return Redirect::temporary("http://127.0.0.1:9/").into_response();
    }
    let issuer = match twist {
        Twist::MetadataOfAnotherIssuer => format!("{}/other", shared.url),
        _ => shared.issuer(),
    };
    let algorithms = match twist {
        Twist::MetadataWithoutOurProof => json!(["ES256"]),
        _ => json!(["EdDSA", "Ed25519", "ES256"]),
    };
    let mut document = json!({
        "credential_issuer": issuer,
        "credential_endpoint": format!("{}/credential", shared.issuer()),
        "nonce_endpoint": format!("{}/nonce", shared.issuer()),
        "notification_endpoint": format!("{}/notification", shared.issuer()),
        "credential_configurations_supported": { "employment-checks-1": {
            "format": "dc+sd-jwt",
            "vct": VCT,
            "scope": "employment-checks",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {
                "jwt": { "proof_signing_alg_values_supported": algorithms }
            },
            "credential_metadata": {
                "display": [{ "name": "Staff passport", "locale": "en-GB" }]
            }
        } }
    });
    if is_confirmed(twist) {
        document["deferred_credential_endpoint"] = json!(format!("{}/deferred", shared.issuer()));
    }
    if twist == Twist::MetadataHuge {
        document["padding"] = json!("x".repeat(2 * 1024 * 1024));
    }
    json_answer(&document)
}

async fn server_metadata(State(shared): Served) -> Response {
    shared.saw("/server-metadata");
    let twist = shared.twist();
    let issuer = match twist {
        Twist::ServerMetadataOfAnother => format!("{}/other", shared.url),
        _ => shared.issuer(),
    };
    let token_endpoint = match twist {
        Twist::TokenEndpointElsewhere => "http://127.0.0.1:9/token".to_owned(),
        _ => format!("{}/token", shared.issuer()),
    };
    let mut document = json!({
        "issuer": issuer,
        "token_endpoint": token_endpoint,
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": true
    });
    if shared.settings().binding.is_some() {
        document["dpop_signing_alg_values_supported"] = json!(["EdDSA", "ES256"]);
    }
    json_answer(&document)
}

async fn published_keys(State(shared): Served) -> Response {
    shared.saw("/jwt-vc-issuer");
    let mut jwk = shared.issuer_key.public_key().to_jwk();
    jwk["kid"] = json!(shared.issuer_key.kid());
    json_answer(&json!({ "issuer": shared.issuer(), "jwks": { "keys": [jwk] } }))
}

async fn token(State(shared): Served, headers: HeaderMap, body: Bytes) -> Response {
    let request = TokenRequest::parse(&body).expect("a token request");
    let binds = shared.settings().binding.is_some();
    assert_eq!(headers.contains_key("dpop"), binds, "a proof where it is wanted");
    if binds {
        let taken = dpop::at_token(&shared, &headers);
        if let Err(refused) = taken.and_then(|()| dpop::refresh(&shared, &request.grant)) {
            return refused;
        }
    }
    if binds && matches!(request.grant, TokenGrant::RefreshToken { .. }) {
        shared.saw("/token refresh");
        let mut answer = json!({ "access_token": "the-token", "expires_in": 3600 });
        dpop::give(&shared, &mut answer);
        return json_answer(&answer);
    }
    let TokenGrant::PreAuthorizedCode { code, tx_code } = request.grant else {
        return oauth_error("unsupported_grant_type");
    };
    let tx_code = tx_code.map(|code| code.expose().to_owned());
    shared.saw(format!("/token {}", tx_code.as_deref().unwrap_or("-")));
    let twist = shared.twist();
    let wanted = (twist != Twist::OfferWithoutTxCode).then(|| TX_CODE.to_owned());
    match twist {
        Twist::TokenRedirects => {
            return Redirect::temporary("http://127.0.0.1:9/").into_response();
        }
        _ if code.expose() != "the-code" || tx_code != wanted => {
            return oauth_error("invalid_grant");
        }
        _ => {}
    }
    let kind = if twist == Twist::TokenOfAnotherKind { "DPoP" } else { "bearer" };
    let mut answer = json!({ "access_token": "the-token", "token_type": kind, "expires_in": 300 });
    if twist == Twist::CredentialIdentifiers {
        answer["authorization_details"] = json!([{
            "type": "openid_credential",
            "credential_configuration_id": "employment-checks-1",
            "credential_identifiers": ["number-one"]
        }]);
    }
    if !matches!(twist, Twist::TokenOfAnotherKind | Twist::BearerAllTheSame) {
        dpop::give(&shared, &mut answer);
    }
    json_answer(&answer)
}

async fn nonce(State(shared): Served, body: Bytes) -> Response {
    assert!(body.is_empty());
    let mut settings = shared.settings.lock().expect("lock");
    settings.nonces += 1;
    let nonce = format!("nonce-{}", settings.nonces);
    drop(settings);
    shared.saw(format!("/nonce {nonce}"));
    json_answer(&json!({ "c_nonce": nonce }))
}

fn allowed(shared: &Shared, headers: &HeaderMap, path: &str) -> Result<(), Response> {
    if shared.settings().binding.is_some() {
        return dpop::at_resource(shared, headers, path);
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match bearer {
        Some("Bearer the-token") => Ok(()),
        _ => Err(StatusCode::UNAUTHORIZED.into_response()),
    }
}

async fn credential(State(shared): Served, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = allowed(&shared, &headers, "/credential") {
        return refused;
    }
    if shared.settings().binding.is_some_and(|binding| binding.silent) {
        shared.saw("/credential silent");
        std::future::pending::<()>().await;
    }
    let twist = shared.twist();
    let request = CredentialRequest::parse(&body).expect("a credential request");
    let target = match twist {
        Twist::CredentialIdentifiers => CredentialTarget::Identifier("number-one".into()),
        _ => CredentialTarget::Configuration("employment-checks-1".into()),
    };
    assert_eq!(request.target, target);
    let Some(Proofs::Jwt(proofs)) = request.proofs else {
        return oauth_error("invalid_proof");
    };
    let issuer = shared.issuer();
    let policy = ProofPolicy {
        credential_issuer: &issuer,
        algorithms: &[Algorithm::EdDsa],
        max_age: 60,
        skew: 60,
        client_id: None,
    };
    let proof = verify_proof(&proofs[0], &policy, shared.now()).expect("a good proof");
    let nonces = shared.settings().nonces;
    assert_eq!(proof.nonce, Some(format!("nonce-{nonces}")), "the newest nonce is used");
    shared.saw(format!("/credential {}", proof.holder.kid()));
    match twist {
        Twist::InvalidNonceAlways => return oauth_error("invalid_nonce"),
        Twist::InvalidNonceOnce if nonces == 1 => return oauth_error("invalid_nonce"),
        Twist::CredentialDeferred => {
            return json_answer(&json!({ "transaction_id": "later", "interval": 5 }));
        }
        _ if is_confirmed(twist) => {
            shared.settings.lock().expect("lock").deferred = Some((proof.holder, 0));
            let body = json!({ "transaction_id": TRANSACTION, "interval": 1 });
            return (StatusCode::ACCEPTED, json_answer(&body)).into_response();
        }
        Twist::CredentialHuge => return json_answer(&json!("x".repeat(2 * 1024 * 1024))),
        _ => {}
    }
    let response =
        CredentialResponse::issued([shared.issue(&proof.holder)], Some("note-1".to_owned()));
    json_answer(&response.to_json())
}

fn is_confirmed(twist: Twist) -> bool {
    matches!(
        twist,
        Twist::ConfirmedAtSecondAsking | Twist::ConfirmedByAnOlderDraft | Twist::NotConfirmed
    )
}

/// HR confirms between the first and the second asking.
async fn deferred(State(shared): Served, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = allowed(&shared, &headers, "/deferred") {
        return refused;
    }
    let request = DeferredRequest::parse(&body).expect("a deferred request");
    assert_eq!(request.transaction_id.expose(), TRANSACTION);
    shared.saw("/deferred");
    let (holder, asked) = {
        let mut settings = shared.settings.lock().expect("lock");
        let (holder, asked) = settings.deferred.as_mut().expect("a deferred request");
        *asked += 1;
        (holder.clone(), *asked)
    };
    match (shared.twist(), asked) {
        (Twist::NotConfirmed, _) => oauth_error("credential_request_denied"),
        (Twist::ConfirmedByAnOlderDraft, 1) => oauth_error("issuance_pending"),
        (_, 1) => {
            let body = json!({ "transaction_id": TRANSACTION, "interval": 1 });
            (StatusCode::ACCEPTED, json_answer(&body)).into_response()
        }
        _ => {
            let text = shared.issue(&holder);
            json_answer(&CredentialResponse::issued([text], Some("note-1".to_owned())).to_json())
        }
    }
}

async fn notification(State(shared): Served, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = allowed(&shared, &headers, "/notification") {
        return refused;
    }
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let said = body["event_description"].as_str().unwrap_or_default();
    let event = body["event"].as_str().unwrap_or("?");
    shared.saw(format!("/notification {event} {said}"));
    StatusCode::NO_CONTENT.into_response()
}

async fn status_list(State(shared): Served) -> Response {
    shared.saw("/status-list");
    match shared.twist() {
        Twist::StatusGone => StatusCode::NOT_FOUND.into_response(),
        _ => ([(header::CONTENT_TYPE, "application/statuslist+jwt")], shared.status_list())
            .into_response(),
    }
}
