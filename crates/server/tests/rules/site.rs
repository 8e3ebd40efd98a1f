//! A small service with pages, in process, and people at it.

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clock::Clock;
use serde::Deserialize;
use server::pages::{OnPage, PageError, PageForm, see_other};
use server::people::{Grants, People, PersonId, Role};
use server::serve::{Limits, layered};
use server::sign_in::{ManagePeople, Nav, ReadAudit, Service, SignIn, SignInArgs};
use server::testing::Browser;
use server::tokens::Scope;
use server::{Authorised, Durable, Problem, Tokens};
use tempfile::TempDir;

use super::durable::open;

pub(crate) const ORIGIN: &str = "http://localhost:8101";
pub(crate) const START: i64 = 1_790_000_000;

pub(crate) struct Read;
pub(crate) struct Write;

impl Scope for Read {
    const NAME: &'static str = "passports:read";
}

impl Scope for Write {
    const NAME: &'static str = "passports:write";
}

pub(crate) const SERVICE: Service = Service {
    name: "test",
    grants: Grants(&[
        (Role::HrIssuer, &[Read::NAME, Write::NAME]),
        (Role::Auditor, &[Read::NAME, ReadAudit::NAME]),
        (Role::Administrator, &[ManagePeople::NAME]),
    ]),
    nav: &[
        Nav { href: "/things", key: "nav-people", scope: Read::NAME },
        Nav { href: "/people", key: "nav-people", scope: ManagePeople::NAME },
    ],
    texts: &[],
};

#[derive(Clone)]
struct App(Tokens);

impl FromRef<App> for Tokens {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
}

fn routes(tokens: Tokens) -> Router {
    Router::new()
        .route(
            "/things",
            get(async |on: OnPage<Read>| on.shell.notice.unwrap_or(on.person.name)).post(
                async |on: OnPage<Write>, PageForm(thing): PageForm<Thing>| {
                    on.say("people-enabled", &[("name", &thing.name)]).await?;
                    Ok::<_, PageError>(see_other("/things"))
                },
            ),
        )
        .route("/panics", get(async || -> &'static str { panic!("secret detail") }))
        .route("/broken", get(async || PageError::from(Problem::internal("secret detail"))))
        .route("/api/v1/things", get(async |caller: Authorised<Read>| caller.caller.who()))
        .route("/api/v1/things", post(async |caller: Authorised<Write>| caller.caller.who()))
        .with_state(App(tokens))
}

pub(crate) struct Site {
    _dir: TempDir,
    pub(crate) db: Durable,
    pub(crate) clock: Clock,
    pub(crate) sign_in: SignIn,
    pub(crate) tokens: Tokens,
    router: Router,
}

impl Site {
    pub(crate) fn start() -> Self {
        Self::with(&SignInArgs { product_name: "Staff passport".to_owned(), ..Default::default() })
    }

    pub(crate) fn with(args: &SignInArgs) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = open(dir.path());
        let clock = Clock::manual(START);
        let base_url = ORIGIN.parse().unwrap();
        let name = "Example Trust";
        let sign_in =
            SignIn::start(SERVICE, base_url, name, db.clone(), clock.clone(), args).unwrap();
        let tokens = Tokens::new(db.clone(), clock.clone(), super::tokens::SCOPES);
        let router = layered(sign_in.around(routes(tokens.clone())), &Limits::default());
        Self { _dir: dir, db, clock, sign_in, tokens, router }
    }

    pub(crate) fn people(&self) -> &People {
        self.sign_in.people()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), ORIGIN)
    }

    /// Somebody with these roles, signed in.
    pub(crate) async fn somebody(&self, name: &str, roles: &[Role]) -> (Browser, PersonId) {
        let invitation = self.people().invite(name, roles, None).await.unwrap();
        let mut browser = self.browser();
        browser.enrol(&invitation.secret).await;
        (browser, invitation.person)
    }
}

/// Where the browser stands: signed in, sent to sign in, or refused.
pub(crate) async fn sees_things(browser: &mut Browser) -> StatusCode {
    browser.get("/things").await.status
}
