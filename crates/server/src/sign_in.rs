//! Sign-in of people: passkeys, OpenID providers, invitations, sessions; and the layers that every
//! page stands in.
//!
//! A service that has pages makes one [`SignIn`] and wraps its router: pages find who is signed in
//! with [`crate::pages::OnPage`], the API with [`crate::Authorised`].
//!
//! ```ignore
//! let sign_in = SignIn::start(SERVICE, base_url, &name, db, clock, &args)?;
//! let router = sign_in.around(pages).merge(web.router());
//! ```

mod audit_page;
pub(crate) mod limits;
mod oidc;
mod pages;
mod passkey;
mod people_pages;
pub mod providers;
mod routes;
mod site;
pub(crate) mod staff;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use clock::Clock;
use tokio::task::JoinHandle;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;
use url::Host;
use webauthn_rs::prelude::Webauthn;

use crate::caller::SignedIn;
use crate::config::BaseUrl;
use crate::control::Accounts;
use crate::durable::{CommitError, Durable};
use crate::pages::{PageError, Visit, no_pages, render_errors};
use crate::people::{Grants, Invitation, People, PersonState};
use crate::serve::Peer;
use crate::sessions::Session;
use crate::sign_in::limits::Attempts;
use crate::sign_in::providers::{ProviderError, Providers};
use crate::texts::{Texts, TextsError};

pub use audit_page::ReadAudit;
pub use people_pages::ManagePeople;
pub use routes::TABLE;
pub use site::Site;
pub use staff::StaffSignIn;

const MAINTENANCE: Duration = Duration::from_secs(5 * 60);

/// What a service is, to its pages. One constant in each service.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// `issuer`, `verifier`: names the cookie.
    pub name: &'static str,
    /// What each role may do.
    pub grants: Grants,
    /// The navigation, in order; the first that a person may open is where she lands.
    pub nav: &'static [Nav],
    /// The service's catalogues of texts, beside [`crate::texts::OWN`].
    pub texts: &'static [&'static str],
}

/// One entry of the navigation.
#[derive(Clone, Copy, Debug)]
pub struct Nav {
    /// Where it leads.
    pub href: &'static str,
    /// Key of its text.
    pub key: &'static str,
    /// Shown to whoever has this scope.
    pub scope: &'static str,
}

/// Flags about people and pages; flatten them into a service's `serve`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SignInArgs {
    /// What your staff call this service
    #[arg(long, env = "STAFF_PASSPORT_PRODUCT_NAME", default_value = "Staff passport")]
    pub product_name: String,
    /// Look of the pages: NAME stands for the style sheet /assets/theme-NAME.css
    #[arg(long, env = "STAFF_PASSPORT_THEME")]
    pub theme: Option<String>,
    /// OpenID providers for sign-in, a TOML file
    #[arg(long, env = "STAFF_PASSPORT_OIDC")]
    pub oidc: Option<PathBuf>,
    /// One administrator alone may change roles
    #[arg(long, env = "STAFF_PASSPORT_ONE_PERSON_ROLE_CHANGES")]
    pub one_person_role_changes: bool,
}

/// How the pages present themselves.
#[derive(Clone, Debug)]
pub struct Look {
    /// What the trust calls the product.
    pub product: String,
    /// The trust's name.
    pub organisation: String,
    /// A style sheet of its own.
    pub theme: Option<String>,
}

/// Sign-in of one service; clones share it.
#[derive(Clone)]
pub struct SignIn(Arc<Inner>);

struct Inner {
    service: Service,
    base_url: BaseUrl,
    look: Look,
    texts: Arc<Texts>,
    people: People,
    clock: Clock,
    webauthn: Webauthn,
    attempts: Attempts,
    providers: Providers,
}

impl SignIn {
    /// Prepares it. `organisation` is the trust's name.
    ///
    /// # Errors
    /// [`SignInError`], a sentence that stops start-up.
    pub fn start(
        service: Service,
        base_url: BaseUrl,
        organisation: &str,
        db: Durable,
        clock: Clock,
        args: &SignInArgs,
    ) -> Result<Self, SignInError> {
        let two_people = !args.one_person_role_changes;
        let people = People::new(db, clock.clone(), service.grants, two_people);
        let look = Look {
            product: args.product_name.clone(),
            organisation: organisation.to_owned(),
            theme: args.theme.clone(),
        };
        if let Some(theme) = &look.theme
            && !theme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            return Err(SignInError::Theme(theme.clone()));
        }
        let texts = Arc::new(Texts::new(service.texts)?);
        let webauthn = passkey::relying_party(&base_url, &look.product)?;
        let providers = match &args.oidc {
            Some(file) => Providers::read(file, &base_url, service.grants)?,
            None => Providers::default(),
        };
        let attempts = Attempts::default();
        Ok(Self(Arc::new(Inner {
            service,
            base_url,
            look,
            texts,
            people,
            clock,
            webauthn,
            attempts,
            providers,
        })))
    }

    /// Why this base URL can have no pages, if so: passkeys are bound to a name.
    pub fn no_pages_at(base_url: &BaseUrl) -> Option<&'static str> {
        match base_url.url().host() {
            Some(Host::Domain(_)) if base_url.url().path() == "/" => None,
            Some(Host::Domain(_)) => Some("the base URL has a path; pages need one without"),
            _ => Some("the base URL is an IP address; passkeys need a name, for example localhost"),
        }
    }

    /// Puts sign-in around a service's routes: its own pages, sessions, error pages.
    pub fn around(&self, routes: Router) -> Router {
        let sessions = SessionManagerLayer::new(self.0.people.sessions().clone())
            .with_name(self.cookie_name())
            .with_http_only(true)
            .with_secure(true)
            .with_same_site(SameSite::Lax)
            .with_path("/");
        routes
            .merge(routes::own())
            .layer(from_fn(render_errors))
            .layer(from_fn_with_state(self.clone(), visit))
            .layer(sessions)
    }

    /// The accounts.
    pub fn people(&self) -> &People {
        &self.0.people
    }

    /// The link of an invitation.
    pub fn invitation_link(&self, invitation: &Invitation) -> String {
        format!("{}/invitation/{}", self.origin(), invitation.secret)
    }

    /// Name of the session's cookie. All ports of a host share cookies, so it says whose it is.
    pub fn cookie_name(&self) -> String {
        format!("__Host-{}-session", self.0.service.name)
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(crate) fn texts(&self) -> &Arc<Texts> {
        &self.0.texts
    }

    pub(crate) fn look(&self) -> &Look {
        &self.0.look
    }

    /// The origin of our pages.
    pub(crate) fn origin(&self) -> &str {
        self.0.base_url.as_str()
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub(crate) fn webauthn(&self) -> &Webauthn {
        &self.0.webauthn
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    pub(crate) fn providers(&self) -> &Providers {
        &self.0.providers
    }

    /// Tells the log how role changes are set, and forgets sessions that ended.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn maintain(&self) -> Result<(), CommitError> {
        self.people().note_two_people().await?;
        self.people().sessions().sweep().await
    }

    /// Does that now and every few minutes, until the answer is dropped.
    pub fn maintained(&self) -> Maintenance {
        let sign_in = self.clone();
        Maintenance(tokio::spawn(async move {
            let mut tick = tokio::time::interval(MAINTENANCE);
            loop {
                tick.tick().await;
                if let Err(error) = sign_in.maintain().await {
                    tracing::error!(%error, "sessions cannot be looked after");
                }
            }
        }))
    }

    /// For the control socket.
    pub fn accounts(&self) -> Accounts {
        Accounts { people: self.people().clone(), base_url: self.origin().to_owned() }
    }
}

/// Looks after sessions until it is dropped.
#[derive(Debug)]
#[must_use = "it stops when it is dropped"]
pub struct Maintenance(JoinHandle<()>);

impl Drop for Maintenance {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A visit and where it comes from, for our own handlers.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    pub(crate) visit: Visit,
    pub(crate) peer: Option<IpAddr>,
}

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(no_pages)?;
        Ok(Self { visit, peer: parts.extensions.get::<Peer>().map(|Peer(address)| *address) })
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn")
    }
}

/// Finds out who visits.
async fn visit(State(sign_in): State<SignIn>, mut request: Request, next: Next) -> Response {
    if let Some(session) = request.extensions().get::<tower_sessions::Session>().cloned() {
        let session = Session(session);
        let contents = session.contents().await;
        let person = contents
            .person
            .and_then(|id| sign_in.people().find(id).ok().flatten())
            .filter(|person| person.state == PersonState::Active)
            .map(|person| SignedIn {
                id: person.id,
                name: person.name,
                scopes: sign_in.service().grants.scopes(&person.roles),
                roles: person.roles,
            });
        let path = request.uri().path().to_owned();
        request.extensions_mut().insert(Visit::new(sign_in, session, contents, person, path));
    }
    next.run(request).await
}

/// Why people cannot sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// A catalogue.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// A passkey belongs to a name.
    #[error("the base URL is an IP address; passkeys need a name, for example localhost")]
    NoName,
    /// The crate refuses the settings.
    #[error("passkeys cannot be set up: {0}")]
    Passkeys(String),
    /// Its name is part of an address.
    #[error("{0:?} is no theme: small letters and digits")]
    Theme(String),
    /// The file of providers.
    #[error(transparent)]
    Providers(#[from] ProviderError),
    /// The pages' files.
    #[error(transparent)]
    Web(#[from] crate::web::OpenError),
}
