//! Pages: who asks ([`OnPage`]), what came from a form ([`PageForm`]), what the layout needs
//! ([`Shell`]), the answer with its headers ([`page`]) and what went wrong ([`PageError`]).
//!
//! A page is an askama template with a field `shell`:
//!
//! ```ignore
//! #[derive(askama::Template)]
//! #[template(path = "passport.html")] // {% extends "layout.html" %}{% block main %}…{% endblock %}
//! struct PassportPage { shell: Shell, passport: View }
//!
//! async fn show(on: OnPage<ReadPassports>, State(issuer): State<Arc<Issuer>>, Path(id): Path<…>)
//!     -> Result<Response, PageError>
//! {
//!     let passport = read(&issuer, id).await?;          // a Problem becomes the error page
//!     Ok(page(&PassportPage { shell: on.shell, passport }))
//! }
//!
//! async fn revoke(on: OnPage<WritePassports>, …, PageForm(form): PageForm<RevokeForm>)
//!     -> Result<Response, PageError>
//! {
//!     …
//!     on.say("passport-revoked", &[]).await?;           // the next page shows it once
//!     Ok(see_other(&format!("/console/passports/{id}")))
//! }
//! ```
//!
//! `layout.html` has the blocks `title` (text only), `before` (back link), `main`, `scripts` (module
//! scripts by `src`). Forms start with `{{ shell.csrf_field()|safe }}`.

mod answer;
mod error;
mod file;
mod form;
mod shell;
mod visit;

pub use answer::{Allow, form_may_lead_to, page, page_with, see_other};
pub use error::PageError;
pub(crate) use error::{accepts_html, plain_page, render_errors};
pub use file::FileForm;
pub use form::{FORM_BYTES, PageForm};
pub(crate) use form::{equal, no_pages};
pub use shell::{NavItem, Shell};
pub(crate) use visit::random_text;
pub use visit::{OnPage, OpenPage, Visit};
