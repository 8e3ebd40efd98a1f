//! One request of a browser: its session, who is signed in, and whether it comes from our pages.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use getrandom::SysRng;
use rand_core::{Rng, UnwrapErr};
use vc::base64url;

use crate::audit::Event;
use crate::caller::{Caller, SignedIn};
use crate::pages::form::{csrf_failed, equal, no_pages};
use crate::pages::{NavItem, PageError, Shell, see_other};
use crate::problem::Problem;
use crate::sessions::{Contents, Session};
use crate::sign_in::limits::Key;
use crate::sign_in::{Here, SignIn};
use crate::tokens::Scope;

/// A visit; the layers of [`SignIn::around`] put it into every request.
#[derive(Clone, Debug)]
pub struct Visit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sign_in: SignIn,
    session: Session,
    contents: Contents,
    person: Option<SignedIn>,
    path: String,
}

impl Visit {
    pub(crate) fn new(
        sign_in: SignIn,
        session: Session,
        contents: Contents,
        person: Option<SignedIn>,
        path: String,
    ) -> Self {
        Self(Arc::new(Inner { sign_in, session, contents, person, path }))
    }

    /// Who is signed in.
    pub fn person(&self) -> Option<&SignedIn> {
        self.0.person.as_ref()
    }

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.0.sign_in
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(crate) fn contents(&self) -> &Contents {
        &self.0.contents
    }

    /// Refuses what another site's page makes the browser send (Fetch metadata; RFC 6454).
    pub(crate) fn same_origin(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let site = text("sec-fetch-site");
        let origin = text(ORIGIN.as_str());
        let own = self.0.sign_in.origin();
        let known = site.is_some() || origin.is_some();
        if known && site.is_none_or(|site| site == "same-origin") && origin.is_none_or(|o| o == own)
        {
            Ok(())
        } else {
            Err(csrf_failed())
        }
    }

    pub(crate) fn holds_csrf(&self, given: &str) -> bool {
        equal(given, &self.0.contents.csrf)
    }

    /// The person, for a request of a script to the API.
    pub(crate) async fn authorise(
        &self,
        method: &Method,
        headers: &HeaderMap,
        scope: &'static str,
    ) -> Result<SignedIn, Problem> {
        let person = self.person().ok_or_else(no_pages)?;
        if !method.is_safe() {
            self.same_origin(headers)?;
            self.holds_csrf_header(headers)?;
        }
        if person.may(scope) { Ok(person.clone()) } else { Err(self.role_missing(scope).await) }
    }

    pub(crate) fn holds_csrf_header(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let given = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if given.is_some_and(|given| self.holds_csrf(given)) { Ok(()) } else { Err(csrf_failed()) }
    }

    /// Tells the log, a few times a minute at most, that somebody tried what her roles do not give.
    async fn role_missing(&self, scope: &'static str) -> Problem {
        let sign_in = self.sign_in();
        if let Some(person) = self.person()
            && sign_in.attempts().count(Key::Person(person.id), sign_in.now()).is_ok()
            && let Err(error) =
                sign_in.people().note(person.who(), Event::RoleMissing, Some(scope)).await
        {
            tracing::error!(%error, "a refusal cannot be recorded");
        }
        Problem::new(StatusCode::FORBIDDEN, "ROLE_MISSING", "Not allowed")
            .detail("Your account does not have the role that this needs.")
    }

    /// The same visit with a CSRF token, for a page whose form anybody may send.
    pub(crate) async fn with_csrf(&self, next: Option<String>) -> Self {
        let mut contents = self.0.contents.clone();
        if contents.csrf.is_empty() {
            contents.csrf = random_text();
        }
        if next.is_some() {
            contents.next = next;
        }
        if contents != self.0.contents {
            self.0.session.keep(&contents).await;
        }
        let inner = &*self.0;
        Self::new(
            inner.sign_in.clone(),
            inner.session.clone(),
            contents,
            inner.person.clone(),
            inner.path.clone(),
        )
    }

    /// The frame of a page; takes the notice that waits.
    pub(crate) async fn shell(&self) -> Shell {
        let inner = &*self.0;
        let service = inner.sign_in.service();
        let texts = inner.sign_in.texts();
        let mut contents = inner.contents.clone();
        let notice = contents.notice.take();
        if notice.is_some() {
            inner.session.keep(&contents).await;
        }
        let person = inner.person.as_ref();
        let entries = || {
            service.nav.iter().filter(|entry| person.is_some_and(|person| person.may(entry.scope)))
        };
        let here = |href: &str| {
            inner
                .path
                .strip_prefix(href)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // An entry may lie beneath another: the longest is where we are.
        let current = entries()
            .map(|entry| entry.href)
            .filter(|href| here(href))
            .max_by_key(|href| href.len());
        let nav = entries()
            .map(|entry| NavItem {
                href: entry.href,
                text: texts.t(entry.key),
                current: current == Some(entry.href),
            })
            .collect();
        let roles: Vec<String> = person
            .map(|person| person.roles.iter().map(|role| texts.t(role.text_key())).collect())
            .unwrap_or_default();
        let look = inner.sign_in.look();
        Shell {
            product: look.product.clone(),
            organisation: look.organisation.clone(),
            theme: look.theme.clone(),
            home: "/".to_owned(),
            nav,
            person: person.map(|person| person.name.clone()),
            roles: roles.join("; "),
            csrf: contents.csrf,
            notice,
            texts: Arc::clone(texts),
        }
    }
}

/// Extracts the signed-in person who has the scope `S`, and the page's frame. Whoever is not signed
/// in goes to `/sign-in` and comes back (a POST comes back to the page it was sent from); whoever
/// lacks the role reads a 403 page. Works in any router that [`SignIn::around`] wraps.
#[derive(Clone, Debug)]
pub struct OnPage<S: Scope> {
    /// Who.
    pub person: SignedIn,
    /// For the template.
    pub shell: Shell,
    visit: Visit,
    scope: PhantomData<S>,
}

impl<S: Scope> OnPage<S> {
    /// The person as a [`Caller`], as the API's functions take it.
    pub fn caller(&self) -> Caller {
        Caller::Person(self.person.clone())
    }

    /// Name of a colleague by what [`Caller::who`] wrote, for histories; nothing for programs and
    /// for accounts that are gone.
    ///
    /// # Errors
    /// [`Problem`], when the accounts cannot be read.
    pub fn name_of(&self, who: &str) -> Result<Option<String>, Problem> {
        let Some(id) = who.strip_prefix("person:").and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        Ok(self.visit.sign_in().people().find(id)?.map(|person| person.name))
    }

    /// Whether staff can prove their account at a provider.
    pub fn has_staff_sign_in(&self) -> bool {
        self.visit.sign_in().providers().for_staff().is_some()
    }

    /// Leaves a text for the next page to show once; go there with [`see_other`].
    ///
    /// # Errors
    /// [`Problem`], when the session cannot be kept.
    pub async fn say(&self, key: &str, values: &[(&str, &str)]) -> Result<(), Problem> {
        let mut contents = self.visit.contents().clone();
        contents.notice = Some(self.shell.ta(key, values));
        self.visit.session().keep(&contents).await;
        Ok(())
    }
}

impl<S, State> FromRequestParts<State> for OnPage<S>
where
    S: Scope,
    State: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &State) -> Result<Self, Response> {
        let error = |problem: Problem| PageError::from(problem).into_response();
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| error(no_pages()))?;
        let Some(person) = visit.person().cloned() else {
            return Err(see_other(&sign_in_path(parts)));
        };
        if !person.may(S::NAME) {
            return Err(error(visit.role_missing(S::NAME).await));
        }
        let shell = visit.shell().await;
        Ok(Self { person, shell, visit, scope: PhantomData })
    }
}

/// Where to sign in and come back from.
fn sign_in_path(parts: &Parts) -> String {
    if parts.method != Method::GET {
        return "/sign-in".to_owned();
    }
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let next: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    format!("/sign-in?next={next}")
}

/// 256 random bits as text.
pub(crate) fn random_text() -> String {
    let mut random = [0; 32];
    UnwrapErr(SysRng).fill_bytes(&mut random);
    base64url::encode(&random)
}

/// A page that anybody may open, with a form of its own; attempts are counted by address.
#[derive(Clone, Debug)]
pub struct OpenPage {
    /// The frame.
    pub shell: Shell,
    /// The visit.
    pub visit: Visit,
}

impl<State: Send + Sync> FromRequestParts<State> for OpenPage {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, PageError> {
        let here = Here::from_request_parts(parts, state).await?;
        here.attempt()?;
        let visit = here.visit.with_csrf(None).await;
        Ok(Self { shell: visit.shell().await, visit })
    }
}
