//! Sign-in at an OpenID provider (OpenID Connect Core 1.0): code flow with PKCE (RFC 7636), state,
//! nonce, `iss` (RFC 9207). Everything outbound goes to the provider's own origin through `fetch`.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Path, Query};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use fetch::Fetcher;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AsyncHttpClient, AuthType, AuthenticationContextClass, AuthorizationCode,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, SubjectIdentifier, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use vc::base64url;

use crate::pages::{PageError, see_other};
use crate::people::{PeopleError, Subject};
use crate::problem::Problem;
use crate::sign_in::pages::local_path;
use crate::sign_in::providers::{Provider, RolesIn};
use crate::sign_in::staff::{self, Proved};
use crate::sign_in::{Here, SignIn};

/// Seconds that a sign-in at a provider may take.
const PATIENCE: i64 = 10 * 60;
/// Signatures that anybody can check but nobody else can make: never `none`, never a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 7] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What waits in the session while the browser is at the provider.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    began: i64,
    purpose: Purpose,
}

/// What for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Purpose {
    /// To work here, by her roles.
    Roles,
    /// To prove an account, and get nothing here.
    Account,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Begin {
    next: Option<String>,
}

/// `GET /sign-in/oidc/{provider}`
pub(crate) async fn begin(
    here: Here,
    Path(id): Path<String>,
    Query(query): Query<Begin>,
) -> Result<Response, PageError> {
    go(&here, id, query, Purpose::Roles).await
}

/// `GET /sign-in/oidc/{provider}/staff`
pub(crate) async fn begin_staff(
    here: Here,
    Path(id): Path<String>,
    Query(query): Query<Begin>,
) -> Result<Response, PageError> {
    go(&here, id, query, Purpose::Account).await
}

async fn go(
    here: &Here,
    id: String,
    query: Begin,
    purpose: Purpose,
) -> Result<Response, PageError> {
    here.attempt()?;
    let visit = &here.visit;
    let sign_in = visit.sign_in();
    let provider = sign_in
        .providers()
        .find(&id)
        .filter(|provider| match purpose {
            Purpose::Roles => provider.has_roles(),
            Purpose::Account => provider.staff_claim.is_some(),
        })
        .ok_or_else(no_provider)?;
    let client = client(sign_in, provider).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .set_pkce_challenge(challenge);
    for scope in &provider.scopes {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    for acr in &provider.acr_values {
        request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
    }
    let (address, state, nonce) = request.url();
    let waiting = Waiting {
        provider: id,
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        began: sign_in.now(),
        purpose,
    };
    let visit = visit.with_csrf(query.next.as_deref().and_then(local_path)).await;
    let mut contents = visit.contents().clone();
    contents.provider = Some(serde_json::to_value(&waiting).map_err(Problem::internal)?);
    visit.session().keep(&contents).await;
    Ok(see_other(address.as_str()))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /sign-in/oidc/{provider}/callback`
pub(crate) async fn callback(
    here: Here,
    Path(id): Path<String>,
    Query(answer): Query<Callback>,
) -> Result<Response, PageError> {
    here.attempt()?;
    let visit = &here.visit;
    let sign_in = visit.sign_in();
    let provider = sign_in.providers().find(&id).ok_or_else(no_provider)?;

    // Good once, whatever comes of it.
    let mut contents = visit.contents().clone();
    let waiting = contents.provider.take();
    visit.session().keep(&contents).await;
    let waiting: Waiting = waiting
        .and_then(|waiting| serde_json::from_value(waiting).ok())
        .ok_or_else(|| refused("no sign-in waits in this session"))?;
    let state_fits =
        answer.state.as_deref().is_some_and(|state| crate::pages::equal(state, &waiting.state));
    let in_time = sign_in.now() < waiting.began.saturating_add(PATIENCE);
    if waiting.provider != id || !state_fits || !in_time {
        return Err(note(sign_in, "state").await.into());
    }
    if answer.iss.as_deref().is_some_and(|iss| iss != provider.issuer) {
        return Err(note(sign_in, "iss of the answer").await.into());
    }
    if let Some(error) = &answer.error {
        let known = error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let why = if known && error.len() < 40 { error } else { "error of the provider" };
        return Err(note(sign_in, why).await.into());
    }
    let Some(code) = answer.code else { return Err(note(sign_in, "no code").await.into()) };

    let client = client(sign_in, provider).await?;
    let http = Http::of(provider);
    let exchange = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| unreachable_provider().logged(error))?
        .set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier));
    let tokens = match exchange.request_async(&http).await {
        Ok(tokens) => tokens,
        Err(error) => {
            tracing::warn!(%error, "a provider gave no tokens");
            return Err(note(sign_in, "no tokens").await.into());
        }
    };
    let Some(token) = tokens.id_token() else {
        return Err(note(sign_in, "no ID token").await.into());
    };
    let clock = sign_in.clone();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || time(clock.now()))
        .set_other_audience_verifier_fn(|_| false);
    let claims = match token.claims(&verifier, &Nonce::new(waiting.nonce)) {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(%error, "an ID token is refused");
            return Err(note(sign_in, "ID token").await.into());
        }
    };
    let mut all = payload(token).ok_or_else(|| refused("the ID token has no payload"))?;
    if !provider.acr_values.is_empty() {
        let acr = all.get("acr").and_then(Value::as_str).unwrap_or_default();
        if !provider.acr_values.iter().any(|wanted| wanted == acr) {
            return Err(note(sign_in, "acr").await.into());
        }
    }
    let subject = claims.subject().clone();
    if provider.roles_in == RolesIn::Userinfo {
        let about = userinfo(&client, tokens.access_token(), &subject, provider).await?;
        if let (Value::Object(all), Value::Object(about)) = (&mut all, about) {
            all.extend(about);
        }
    }
    if waiting.purpose == Purpose::Account {
        let Some(account) = staff::account(provider, &all) else {
            note(sign_in, "no account").await;
            return Err(no_account().into());
        };
        let mut contents = visit.contents().clone();
        contents.provider = None;
        contents.staff = Some(Proved { account, at: sign_in.now() });
        let next = contents.next.take().unwrap_or_else(|| "/".to_owned());
        visit.session().renew(&contents).await;
        return Ok(see_other(&next));
    }
    let roles = provider.roles(&all);
    if roles.is_empty() {
        note(sign_in, "no role").await;
        return Err(no_role().into());
    }
    let name = ["name", "preferred_username", "email"]
        .into_iter()
        .find_map(|member| all.get(member).and_then(Value::as_str))
        .unwrap_or_default();
    let subject = Subject { issuer: provider.issuer.clone(), subject: subject.as_str().to_owned() };
    let person = match sign_in.people().signed_in_at_provider(subject, name, roles).await {
        Err(PeopleError::Disabled) => return Err(note(sign_in, "disabled").await.into()),
        other => other.map_err(Problem::from)?,
    };
    Ok(see_other(&sign_in.begin_session(visit, &person).await))
}

/// The provider's client, from its discovery document and keys as they are now.
async fn client(sign_in: &SignIn, provider: &Provider) -> Result<Client, Problem> {
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(Problem::internal)?;
    let http = Http::of(provider);
    let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| {
        tracing::warn!(%error, "a provider cannot be reached");
        unreachable_provider()
    })?;
    // The browser too goes to the provider's origin and nowhere else.
    let home = Url::parse(&provider.issuer).map_err(Problem::internal)?;
    if metadata.authorization_endpoint().url().origin() != home.origin() {
        return Err(unreachable_provider().logged("the authorization endpoint is elsewhere"));
    }
    let back = format!("{}/sign-in/oidc/{}/callback", sign_in.origin(), provider.id);
    let secret =
        provider.client_secret.as_ref().map(|it| ClientSecret::new(it.expose().to_owned()));
    let id = ClientId::new(provider.client_id.clone());
    Ok(CoreClient::from_provider_metadata(metadata, id, secret)
        .set_auth_type(AuthType::RequestBody)
        .set_redirect_uri(RedirectUrl::new(back).map_err(Problem::internal)?))
}

async fn userinfo(
    client: &Client,
    token: &AccessToken,
    subject: &SubjectIdentifier,
    provider: &Provider,
) -> Result<Value, Problem> {
    let http = Http::of(provider);
    // The crate holds its `sub` against the ID token's; the claims beyond the standard are read
    // from the same answer.
    let _checked: CoreUserInfoClaims = client
        .user_info(token.clone(), Some(subject.clone()))
        .map_err(|error| unreachable_provider().logged(error))?
        .require_signed_response(false)
        .request_async(&http)
        .await
        .map_err(|error| unreachable_provider().logged(error))?;
    let body = http.last();
    serde_json::from_slice(&body).map_err(|error| unreachable_provider().logged(error))
}

/// The claims of a token whose signature stands.
fn payload(token: &CoreIdToken) -> Option<Value> {
    let text = token.to_string();
    let payload = text.split('.').nth(1)?;
    serde_json::from_slice(&base64url::decode(payload).ok()?).ok()
}

/// The crate's requests through our guards.
struct Http {
    fetcher: Fetcher,
    /// The body of the newest answer.
    last: Mutex<Vec<u8>>,
}

impl Http {
    fn of(provider: &Provider) -> Self {
        Self { fetcher: provider.fetcher.clone(), last: Mutex::default() }
    }

    fn last(&self) -> Vec<u8> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NotFetched> {
        let (parts, body) = request.into_parts();
        let address = Url::parse(&parts.uri.to_string()).map_err(|_| NotFetched::BadAddress)?;
        let header =
            |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let reply = if parts.method == Method::POST {
            let kind = header(CONTENT_TYPE).unwrap_or("application/octet-stream");
            self.fetcher.post(&address, kind, body, bearer).await?
        } else {
            self.fetcher.get_with_bearer(&address, "application/json", bearer).await?
        };
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&reply.bytes);
        axum::http::Response::builder()
            .status(reply.status)
            .header(CONTENT_TYPE, reply.content_type.as_deref().unwrap_or("application/json"))
            .body(reply.bytes)
            .map_err(|_| NotFetched::BadAddress)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = NotFetched;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NotFetched>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Why a provider's answer is not there.
#[derive(Debug, thiserror::Error)]
enum NotFetched {
    #[error("the address is not usable")]
    BadAddress,
    #[error(transparent)]
    Fetch(#[from] fetch::FetchError),
}

fn time(now: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(now, 0).unwrap_or_default()
}

async fn note(sign_in: &SignIn, why: &str) -> Problem {
    sign_in.note_refused(None, why).await;
    refused(why)
}

fn refused(why: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "SIGN_IN_REFUSED", "Not signed in")
        .detail("The sign-in was not completed. Nothing was changed. Begin again.")
        .logged(why)
}

fn no_role() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "NO_ROLE", "No role here").detail(
        "You have signed in, but your account has no role at this service. Ask whoever manages \
         staff accounts at your organisation.",
    )
}

fn no_account() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "NO_ACCOUNT", "No account").detail(
        "You have signed in, but your organisation's sign-in service does not say which account \
         is yours. Use the code from your HR department instead.",
    )
}

fn no_provider() -> Problem {
    Problem::not_found("There is no such way to sign in.")
}

fn unreachable_provider() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNREACHABLE", "Try again soon")
        .detail("The sign-in service of your organisation does not answer.")
        .retry_after(1)
}
