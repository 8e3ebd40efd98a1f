//! API tokens.

use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::routing::get;
use clock::Clock;
use server::tokens::{Scope, TokenError};
use server::{Authorised, Tokens};
use tower::ServiceExt;

use super::durable::open;

pub(crate) const SCOPES: &[&str] = &["passports:read", "passports:write"];
const START: i64 = 1_790_000_000;

fn bearer(secret: &str) -> HeaderMap {
    let value = HeaderValue::try_from(format!("Bearer {secret}")).unwrap();
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}

fn read() -> Vec<String> {
    vec!["passports:read".to_owned()]
}

#[tokio::test]
async fn a_token_is_taken_for_its_scopes_until_it_expires() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let tokens = Tokens::new(open(dir.path()), clock.clone(), SCOPES);

    let (secret, token) = tokens.create("desk", &read(), 1).await.unwrap();

    let headers = bearer(secret.expose());
    assert_eq!(tokens.authorise(&headers, "passports:read").unwrap(), token);
    let missing = tokens.authorise(&headers, "passports:write").unwrap_err();
    assert_eq!((missing.status(), missing.code()), (StatusCode::FORBIDDEN, "SCOPE_MISSING"));
    clock.set(START + 86_399);
    tokens.authorise(&headers, "passports:read").unwrap();
    clock.set(START + 86_400);
    let expired = tokens.authorise(&headers, "passports:read").unwrap_err();
    assert_eq!(expired.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::manual(START), SCOPES);
    let (secret, token) = tokens.create("desk", &read(), 90).await.unwrap();
    let (other, _) = tokens.create("other desk", &read(), 90).await.unwrap();

    tokens.revoke(&token.id).await.unwrap();

    tokens.authorise(&bearer(secret.expose()), "passports:read").unwrap_err();
    tokens.authorise(&bearer(other.expose()), "passports:read").unwrap();
    assert!(matches!(tokens.revoke(&token.id).await, Err(TokenError::NoSuchToken(_))));
    assert_eq!(tokens.list().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_or_malformed_authorization_is_401() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::manual(START), SCOPES);
    let (secret, _) = tokens.create("desk", &read(), 90).await.unwrap();
    let secret = secret.expose();

    let mut twice = bearer(secret);
    twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer sp_x"));
    let basic = HeaderValue::try_from(format!("Basic {secret}")).unwrap();
    let wrong = [
        HeaderMap::new(),
        twice,
        HeaderMap::from_iter([(AUTHORIZATION, basic)]),
        bearer(""),
        bearer(secret.split_at(secret.len() - 1).0),
        bearer(&secret.to_uppercase()),
        bearer(&format!("{secret} ")),
        bearer(secret.strip_prefix("sp_").unwrap()),
    ];

    for headers in wrong {
        let refused = tokens.authorise(&headers, "passports:read").unwrap_err();
        assert_eq!((refused.status(), refused.code()), (StatusCode::UNAUTHORIZED, "TOKEN_NEEDED"));
    }
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let tokens = Tokens::new(store.clone(), Clock::manual(START), SCOPES);
    let (secret, _) = tokens.create("desk", &read(), 90).await.unwrap();
    drop((tokens, store));

    let found = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(20).any(|window| window == &secret.expose().as_bytes()[3..23])
        });

    assert!(!found);
    assert_eq!(format!("{secret:?}"), "[redacted]");
}

#[tokio::test]
async fn a_token_without_a_name_scope_or_sensible_life_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::manual(START), SCOPES);
    let scan = vec!["scan".to_owned()];

    assert!(matches!(tokens.create("", &read(), 90).await, Err(TokenError::BadName)));
    assert!(matches!(tokens.create("a\nb", &read(), 90).await, Err(TokenError::BadName)));
    assert!(matches!(tokens.create("a", &[], 90).await, Err(TokenError::NoScope)));
    assert!(matches!(tokens.create("a", &read(), 0).await, Err(TokenError::BadLifetime(0))));
    assert!(matches!(tokens.create("a", &read(), 367).await, Err(TokenError::BadLifetime(367))));
    let unknown = tokens.create("a", &scan, 90).await.unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "\"scan\" is no scope of this service; it knows passports:read, passports:write"
    );
}

struct PassportsWrite;

impl Scope for PassportsWrite {
    const NAME: &'static str = "passports:write";
}

#[derive(Clone)]
struct Service {
    tokens: Tokens,
}

impl FromRef<Service> for Tokens {
    fn from_ref(service: &Service) -> Self {
        service.tokens.clone()
    }
}

#[tokio::test]
async fn a_route_with_a_scope_answers_401_403_or_lets_in() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::manual(START), SCOPES);
    let (reads, _) = tokens.create("reads", &read(), 90).await.unwrap();
    let (writes, _) = tokens.create("writes", &["passports:write".to_owned()], 90).await.unwrap();
    let router = Router::new()
        .route("/", get(async |caller: Authorised<PassportsWrite>| caller.caller.name().to_owned()))
        .with_state(Service { tokens });

    for (secret, status, challenge) in [
        (None, 401, Some("Bearer")),
        (Some(&reads), 403, Some("Bearer error=\"insufficient_scope\", scope=\"passports:write\"")),
        (Some(&writes), 200, None),
    ] {
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        if let Some(secret) = secret {
            *request.headers_mut() = bearer(secret.expose());
        }
        let response = router.clone().oneshot(request).await.unwrap();

        assert_eq!(response.status(), status);
        let given = response.headers().get(WWW_AUTHENTICATE).map(|value| value.to_str().unwrap());
        assert_eq!(given, challenge);
    }
}
