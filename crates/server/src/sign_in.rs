//! Sign-in of people: passkeys, OpenID providers, invitations, sessions; and the layers that every
//! page stands in.
//!
//! A service that has pages makes one [`SignIn`] and wraps its router: pages find who is signed in
//! with [`crate::pages::OnPage`], the API with [`crate::Authorised`].
//!
//! ```ignore
//! let sign_in = SignIn::start(SERVICE, base_url, look, people, args)?;
//! let router = sign_in.around(router::pages(state));
//! ```

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use clock::Clock;
use tower_sessions::cookie::SameSite;
use tower_sessions::SessionManagerLayer;
use url::Host;

use crate::caller::SignedIn;
use crate::config::BaseUrl;
use crate::pages::{Visit, render_errors};
use crate::people::{Grants, People, PersonState};
use crate::sessions::Session;
use crate::texts::{Texts, TextsError};

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
        people: People,
        clock: Clock,
        args: &SignInArgs,
    ) -> Result<Self, SignInError> {
        let look = Look {
            product: args.product_name.clone(),
            organisation: organisation.to_owned(),
            theme: args.theme.clone(),
        };
        let texts = Arc::new(Texts::new(service.texts)?);
        Ok(Self(Arc::new(Inner { service, base_url, look, texts, people, clock })))
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
        let loopback = self.0.base_url.url().scheme() == "http";
        let sessions = SessionManagerLayer::new(self.0.people.sessions().clone())
            .with_name(format!("__Host-{}-session", self.0.service.name))
            .with_http_only(true)
            .with_secure(true)
            .with_same_site(SameSite::Lax)
            .with_path("/");
        let _ = loopback;
        routes
            .layer(from_fn(render_errors))
            .layer(from_fn_with_state(self.clone(), visit))
            .layer(sessions)
    }

    /// The accounts.
    pub fn people(&self) -> &People {
        &self.0.people
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

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
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
}
