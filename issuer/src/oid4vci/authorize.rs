//! `/authorize`: the page where a staff member says who she is, by the code that HR gave her or by
//! her account at the trust's identity provider, and is sent back to her wallet with an
//! authorization code (RFC 6749, 4.1.2; RFC 9207).
//!
//! Anybody may push a request for any address. So nothing here redirects before the staff member
//! has pressed a button on a page that names where it leads: what is wrong is shown on our own page.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use server::Problem;
use server::pages::{
    Allow, OpenPage, PageError, PageForm, Shell, Visit, form_may_lead_to, page_with, see_other,
};
use server::sign_in::StaffSignIn;
use url::Url;
use vc::oauth::{AuthorizationErrorCode, AuthorizationResponse};

use crate::console::form::Fault;
use crate::oid4vci::par::REQUEST_URI;
use crate::secrets::{self, TX_CODE_DIGITS};
use crate::state::{AppState, Issuer};
use crate::store::{OfferState, Proof, PushedRequest, SecretHash, SignIn, SignedIn};

/// Life of a code in seconds.
const CODE_SECONDS: i64 = 60;
const CODE_BYTES: usize = 32;

#[derive(Template)]
#[template(path = "authorize/sign-in.html")]
struct SignInPage {
    shell: Shell,
    client_id: String,
    request_uri: String,
    leads_to: String,
    ask_reference: bool,
    reference: String,
    reference_error: String,
    code_error: String,
    errors: Vec<Fault>,
    provider: Option<StaffSignIn>,
    account: Option<Account>,
}

impl SignInPage {
    /// Whether her account serves: then there is no code to type.
    fn account_waits(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.waits)
    }
}

/// The account that she has proved.
struct Account {
    name: String,
    /// Whether an offer is open for it that is of what the wallet asks for.
    waits: bool,
}

/// What the wallet sends the browser with (RFC 9126, 4).
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    request_uri: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Entered {
    client_id: String,
    request_uri: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    code: String,
    #[serde(rename = "do")]
    press: String,
}

/// The pages; they need the layers of `server::sign_in` around them.
pub fn routes() -> Router<AppState> {
    Router::new().route("/authorize", get(show).post(enter))
}

async fn show(
    open: OpenPage,
    State(issuer): State<Arc<Issuer>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (_, request) = pushed(&issuer, &asked.client_id, &asked.request_uri).await?;
    let ask_reference = by_state(&issuer, &request).await?.is_none();
    let page = begin(&issuer, open, &request, &asked, ask_reference).await?;
    Ok(sign_in_page(StatusCode::OK, &request, page))
}

async fn enter(
    open: OpenPage,
    State(issuer): State<Arc<Issuer>>,
    PageForm(entered): PageForm<Entered>,
) -> Result<Response, PageError> {
    let asked =
        Asked { client_id: entered.client_id.clone(), request_uri: entered.request_uri.clone() };
    let (name, request) = pushed(&issuer, &asked.client_id, &asked.request_uri).await?;
    match entered.press.as_str() {
        "cancel" => {
            issuer.store.refuse_request(name, issuer.clock.now()).await.map_err(Problem::from)?;
            let refused = AuthorizationResponse::Refused(AuthorizationErrorCode::AccessDenied);
            back(&issuer, &request, &refused)
        }
        "forget" => {
            open.visit.forget_staff_account().await;
            Ok(see_other(&here(&asked)))
        }
        "account" => by_account(&issuer, open, (name, request), &asked).await,
        _ => by_code(&issuer, open, (name, request), &asked, entered).await,
    }
}

/// She has proved the account that HR has named for her passport.
async fn by_account(
    issuer: &Issuer,
    open: OpenPage,
    (name, request): (SecretHash, PushedRequest),
    asked: &Asked,
) -> Result<Response, PageError> {
    let account = open.visit.staff_account().map(|it| issuer.secrets.account_hash(it));
    if let Some(account) = account
        && let Some((offer, _)) =
            issuer.store.offer_of_account(&account).await.map_err(Problem::from)?
    {
        let (code, sign_in) = sign_in(issuer, name, offer, Proof::Account(account));
        match issuer.store.sign_in(sign_in).await.map_err(Problem::from)? {
            SignedIn::Code(request) => {
                open.visit.forget_staff_account().await;
                return back(issuer, &request, &AuthorizationResponse::Code(code.into()));
            }
            SignedIn::NoRequest => return Err(no_request().into()),
            // The page says so.
            SignedIn::NotOffered | SignedIn::NoOffer | SignedIn::WrongCode(..) => {}
        }
    }
    let ask_reference = by_state(issuer, &request).await?.is_none();
    let mut page = begin(issuer, open, &request, asked, ask_reference).await?;
    let key = match page.account {
        Some(_) => "authorize-account-none",
        None => "authorize-account-gone",
    };
    let text = page.shell.t(key);
    let fault =
        Fault { field: "code".to_owned(), href: "#code".to_owned(), beside: text.clone(), text };
    page.errors.push(fault);
    Ok(sign_in_page(StatusCode::UNPROCESSABLE_ENTITY, &request, page))
}

/// She has typed the code that HR gave her.
async fn by_code(
    issuer: &Issuer,
    open: OpenPage,
    (name, request): (SecretHash, PushedRequest),
    asked: &Asked,
    entered: Entered,
) -> Result<Response, PageError> {
    let shell = &open.shell;
    let digits: String = entered.code.chars().filter(char::is_ascii_digit).collect();
    let known = by_state(issuer, &request).await?;
    let ask_reference = known.is_none();
    let found = match known {
        Some(offer) => Some(offer),
        None => {
            let found_by = issuer.secrets.reference_hash(&entered.reference);
            issuer.store.offer_found_by(&found_by).await.map_err(Problem::from)?
        }
    };
    // An unknown reference and a used one read the same, and as a wrong code: a guesser learns
    // nothing.
    let mut wrong = shell.t("authorize-wrong");
    // Nothing typed, or not all of it, is no try.
    let whole = digits.len() == TX_CODE_DIGITS;
    if !whole {
        wrong = shell.t("authorize-six");
    }
    if let Some((offer, its)) = found.filter(|_| whole) {
        let tx_code = issuer.secrets.tx_code_hash(&its.code, &digits);
        let (code, sign_in) = sign_in(issuer, name, offer, Proof::TxCode(tx_code));
        match issuer.store.sign_in(sign_in).await.map_err(Problem::from)? {
            SignedIn::Code(request) => {
                return back(issuer, &request, &AuthorizationResponse::Code(code.into()));
            }
            SignedIn::NoRequest => return Err(no_request().into()),
            SignedIn::NotOffered => wrong = shell.t("authorize-not-offered"),
            SignedIn::NoOffer => {}
            SignedIn::WrongCode(passport, left) => {
                issuer.watch.changed(passport);
                // Only whoever came with the offer knows that it is there.
                if !ask_reference {
                    wrong = shell.ta("authorize-wrong-left", &[("left", &left.to_string())]);
                }
            }
        }
    }
    let page = SignInPage {
        reference: entered.reference,
        code_error: wrong.clone(),
        errors: vec![Fault {
            field: "code".to_owned(),
            href: "#code".to_owned(),
            beside: wrong.clone(),
            text: wrong,
        }],
        ..begin(issuer, open, &request, asked, ask_reference).await?
    };
    Ok(sign_in_page(StatusCode::UNPROCESSABLE_ENTITY, &request, page))
}

/// A fresh authorization code, and the fact that gives it.
fn sign_in(
    issuer: &Issuer,
    request: SecretHash,
    offer: SecretHash,
    proof: Proof,
) -> (String, SignIn) {
    let code = secrets::random_text::<CODE_BYTES>(&mut secrets::rng());
    let now = issuer.clock.now();
    let sign_in = SignIn {
        request,
        offer,
        proof,
        code: secrets::hash(&code),
        code_expires_at: now.saturating_add(CODE_SECONDS),
        now,
    };
    (code, sign_in)
}

/// The page before anything was typed.
async fn begin(
    issuer: &Issuer,
    OpenPage { shell, visit }: OpenPage,
    request: &PushedRequest,
    asked: &Asked,
    ask_reference: bool,
) -> Result<SignInPage, Problem> {
    let account = proved(issuer, &visit, request).await?;
    // Where her own account serves, the code is for those who have none.
    let provider = match account {
        None => visit.staff_sign_in(&here(asked)),
        Some(_) => None,
    };
    Ok(SignInPage {
        shell,
        client_id: asked.client_id.clone(),
        request_uri: asked.request_uri.clone(),
        leads_to: leads_to(&request.redirect_uri),
        ask_reference,
        reference: String::new(),
        reference_error: String::new(),
        code_error: String::new(),
        errors: vec![],
        provider,
        account,
    })
}

async fn proved(
    issuer: &Issuer,
    visit: &Visit,
    request: &PushedRequest,
) -> Result<Option<Account>, Problem> {
    let Some(name) = visit.staff_account() else { return Ok(None) };
    let offer = issuer.store.offer_of_account(&issuer.secrets.account_hash(name)).await?;
    let waits = offer.is_some_and(|(_, offer)| {
        offer.state == OfferState::Open
            && issuer.clock.now() < offer.expires_at
            && offer.configurations.iter().any(|it| request.wanted.contains(it))
    });
    Ok(Some(Account { name: name.to_owned(), waits }))
}

/// The page's own address.
fn here(asked: &Asked) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &asked.client_id)
        .append_pair("request_uri", &asked.request_uri)
        .finish();
    format!("/authorize?{query}")
}

/// A request that waits for its answer.
async fn pushed(
    issuer: &Issuer,
    client_id: &str,
    request_uri: &str,
) -> Result<(SecretHash, PushedRequest), Problem> {
    let id = request_uri.strip_prefix(REQUEST_URI).ok_or_else(no_request)?;
    let name = secrets::hash(id);
    let request = issuer.store.pushed_request(&name).await?.ok_or_else(no_request)?;
    let waits = !request.answered && issuer.clock.now() < request.expires_at;
    // RFC 9126, 4: the client that pushed it.
    if waits && request.client_id == client_id { Ok((name, request)) } else { Err(no_request()) }
}

/// The offer that `issuer_state` leads to, if it does: it is untrusted, and saves typing only.
async fn by_state(
    issuer: &Issuer,
    request: &PushedRequest,
) -> Result<Option<(SecretHash, crate::store::Offer)>, Problem> {
    match &request.issuer_state {
        Some(state) => Ok(issuer.store.offer_found_by(state).await?),
        None => Ok(None),
    }
}

fn sign_in_page(status: StatusCode, request: &PushedRequest, page: SignInPage) -> Response {
    let mut response = page_with(status, Allow::default(), &page);
    form_may_lead_to(&mut response, &source(&request.redirect_uri));
    response
}

fn back(
    issuer: &Issuer,
    request: &PushedRequest,
    answer: &AuthorizationResponse,
) -> Result<Response, PageError> {
    let base_url = issuer.settings.base_url.as_str();
    let address = answer
        .redirect(&request.redirect_uri, request.state.as_deref(), base_url)
        .ok_or_else(no_request)?;
    Ok(see_other(address.as_str()))
}

/// Where the browser goes next, in words: a host, or the scheme of an app.
fn leads_to(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else { return String::new() };
    match (url.scheme(), url.host_str()) {
        ("https" | "http", Some(host)) => host.to_owned(),
        (scheme, _) => scheme.to_owned(),
    }
}

/// The same as a source of a content security policy: browsers hold a form's redirects to it.
fn source(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else { return String::new() };
    match url.scheme() {
        "https" | "http" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    }
}

fn no_request() -> Problem {
    Problem::bad_request(
        "NO_AUTHORIZATION_REQUEST",
        "Your wallet's request is unknown, answered or too old. Go back to your wallet and begin \
         again.",
    )
}
