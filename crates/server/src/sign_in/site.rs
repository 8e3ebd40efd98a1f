//! A service's pages, when it has them; what `issuer serve` and `verifier serve` share.

use axum::Router;
use clock::Clock;

use crate::config::BaseUrl;
use crate::control::Accounts;
use crate::durable::Durable;
use crate::people::People;
use crate::sign_in::{Maintenance, Service, SignIn, SignInArgs, SignInError};
use crate::web::{Web, WebArgs};

/// Pages, or the knowledge that there are none.
#[derive(Clone, Debug)]
pub struct Site {
    sign_in: Option<SignIn>,
    accounts: Accounts,
    web: Web,
}

impl Site {
    /// Reads the pages' files and prepares sign-in. Without files, or on a base URL that passkeys
    /// cannot be bound to, the service is an API only and says so.
    ///
    /// # Errors
    /// [`SignInError`], a sentence that stops start-up.
    pub fn start(
        service: Service,
        (base_url, organisation): (&BaseUrl, &str),
        (db, clock): (Durable, Clock),
        args: &SignInArgs,
        web: &WebArgs,
    ) -> Result<Self, SignInError> {
        let mut web = web.open()?;
        if let Some(why) = SignIn::no_pages_at(base_url)
            && web.has_pages()
        {
            tracing::warn!("no pages are served, only the API: {why}");
            web = Web::none();
        }
        let sign_in = match web.has_pages() {
            true => Some(SignIn::start(
                service,
                base_url.clone(),
                organisation,
                db.clone(),
                clock.clone(),
                args,
            )?),
            false => None,
        };
        let accounts = match &sign_in {
            Some(sign_in) => sign_in.accounts(),
            None => {
                let two_people = !args.one_person_role_changes;
                let people = People::new(db, clock, service.grants, two_people);
                Accounts { people, base_url: base_url.as_str().to_owned() }
            }
        };
        Ok(Self { sign_in, accounts, web })
    }

    /// The whole service: its API, and its pages where there are some.
    pub fn router(&self, api: Router, pages: Router) -> Router {
        match &self.sign_in {
            // In this order the fallback is the one inside the layers, which answers with a page.
            Some(sign_in) => self.web.router().merge(sign_in.around(api.merge(pages))),
            None => api.merge(self.web.router()),
        }
    }

    /// For the control socket.
    pub fn accounts(&self) -> Accounts {
        self.accounts.clone()
    }

    /// The pages' files.
    pub fn web(&self) -> &Web {
        &self.web
    }

    /// Looks after sessions until the answer is dropped.
    pub fn maintained(&self) -> Option<Maintenance> {
        self.sign_in.as_ref().map(SignIn::maintained)
    }
}
