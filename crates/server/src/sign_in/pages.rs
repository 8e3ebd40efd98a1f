//! Pages for everybody: sign-in, invitation, sign-out, the start.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::audit::Event;
use crate::pages::{Allow, PageError, PageForm, Shell, page, page_with, see_other};
use crate::problem::Problem;
use crate::sign_in::Here;

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    shell: Shell,
    providers: Vec<Link>,
}

struct Link {
    href: String,
    label: String,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    shell: Shell,
    name: String,
    secret: String,
    replaces: bool,
}

#[derive(Template)]
#[template(path = "no-role.html")]
struct NoRolePage {
    shell: Shell,
    waits: bool,
}

/// `GET /`: the first page that the person may open.
pub(crate) async fn start(here: Here) -> Result<Response, PageError> {
    let visit = &here.visit;
    let Some(person) = visit.person() else { return Ok(see_other("/sign-in")) };
    let nav = visit.sign_in().service().nav;
    if let Some(entry) = nav.iter().find(|entry| person.may(entry.scope)) {
        return Ok(see_other(entry.href));
    }
    let waiting = visit.sign_in().people().waiting_changes()?;
    let waits = waiting.iter().any(|change| change.person == person.id);
    let shell = visit.shell().await;
    Ok(page_with(StatusCode::FORBIDDEN, Allow::default(), &NoRolePage { shell, waits }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

/// `GET /sign-in`
pub(crate) async fn sign_in(here: Here, Query(query): Query<Next>) -> Result<Response, PageError> {
    let next = query.next.as_deref().and_then(local_path);
    if here.visit.person().is_some() {
        return Ok(see_other(next.as_deref().unwrap_or("/")));
    }
    let visit = here.visit.with_csrf(Some(next.unwrap_or_else(|| "/".to_owned()))).await;
    let providers = visit
        .sign_in()
        .providers()
        .iter()
        .filter(|provider| provider.has_roles())
        .map(|provider| Link {
            href: format!("/sign-in/oidc/{}", provider.id),
            label: provider.label.clone(),
        })
        .collect();
    let shell = visit.shell().await;
    Ok(page(&SignInPage { shell, providers }))
}

/// `GET /invitation/{secret}`
pub(crate) async fn invitation(
    here: Here,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    here.attempt()?;
    let person = here.visit.sign_in().people().invited(&secret).map_err(Problem::from)?;
    // Whoever follows a link begins afresh, whoever was signed in on this browser before.
    let visit = here.visit.with_csrf(Some("/".to_owned())).await;
    let shell = visit.shell().await;
    let replaces = !person.passkeys.is_empty();
    Ok(page(&InvitationPage { shell, name: person.name, secret, replaces }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// `POST /sign-out`
pub(crate) async fn sign_out(here: Here, _form: PageForm<Nothing>) -> Result<Response, PageError> {
    let visit = &here.visit;
    let sign_in = visit.sign_in();
    if let Some(person) = visit.person() {
        sign_in.people().note(person.who(), Event::SignedOut, None).await?;
    }
    visit.session().end().await;
    let mut response = see_other("/sign-in");
    // A browser takes the removal of a `__Host-` cookie only with its attributes.
    let gone =
        format!("{}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", sign_in.cookie_name());
    if let Ok(gone) = HeaderValue::try_from(gone) {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    Ok(response)
}

/// A path of ours to go to after sign-in. Nothing that a browser could read as another host:
/// `//host`, `/\host`, control characters.
pub(crate) fn local_path(next: &str) -> Option<String> {
    let safe = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 1024
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    safe.then(|| next.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_gone_to_after_sign_in() {
        for good in ["/", "/console/passports?q=a%20b", "/desk"] {
            assert_eq!(local_path(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "evil.example",
            "\\\\evil.example",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
