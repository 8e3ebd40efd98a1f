//! The table of every route by every role (SECURITY I6), held against the real router.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::people::Role;
use crate::testing::{Browser, Seen};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anybody, without a cookie or token: protocol, health, sign-in itself.
    Nobody,
    /// A page for whoever has the scope.
    Page(&'static str),
    /// `/api/v1` for a person or a token with the scope.
    Api(&'static str),
}

/// One route; `{…}` in a path is asked for as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Its method.
    pub method: &'static str,
    /// Its path, as in the router.
    pub path: &'static str,
    /// Who may use it.
    pub need: Need,
}

/// One row of a table.
pub const fn route(method: &'static str, path: &'static str, need: Need) -> Route {
    Route { method, path, need }
}

/// The routes of sign-in and accounts, the same in every service.
pub const SIGN_IN: &[Route] = &[
    route("GET", "/", Need::Nobody),
    route("GET", "/sign-in", Need::Nobody),
    route("POST", "/sign-in/passkey/start", Need::Nobody),
    route("POST", "/sign-in/passkey/finish", Need::Nobody),
    route("GET", "/sign-in/oidc/{provider}", Need::Nobody),
    route("GET", "/sign-in/oidc/{provider}/callback", Need::Nobody),
    route("GET", "/sign-in/oidc/{provider}/staff", Need::Nobody),
    route("POST", "/sign-out", Need::Nobody),
    route("GET", "/invitation/{secret}", Need::Nobody),
    route("POST", "/invitation/{secret}/start", Need::Nobody),
    route("POST", "/invitation/{secret}/finish", Need::Nobody),
    route("GET", "/audit", Need::Page("audit:read")),
    route("GET", "/people", Need::Page("people:manage")),
    route("POST", "/people", Need::Page("people:manage")),
    route("GET", "/people/{id}", Need::Page("people:manage")),
    route("POST", "/people/{id}/roles", Need::Page("people:manage")),
    route("POST", "/people/{id}/decision", Need::Page("people:manage")),
    route("POST", "/people/{id}/disable", Need::Page("people:manage")),
    route("POST", "/people/{id}/enable", Need::Page("people:manage")),
    route("POST", "/people/{id}/link", Need::Page("people:manage")),
    route("GET", "/healthz", Need::Nobody),
    route("GET", "/readyz", Need::Nobody),
];

/// The routes that sources make, as `METHOD path`: every `.route("…", get(…).post(…))` in them.
pub fn routes_in(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let call = up_to_close(part);
        let Some((_, rest)) = call.split_once('"') else { continue };
        let Some((path, handlers)) = rest.split_once('"') else { continue };
        let path = match call.trim_start().starts_with("&well_known") {
            true => format!("/.well-known/{path}"),
            false => path.to_owned(),
        };
        for method in ["get", "post", "put", "patch", "delete"] {
            let named = |(at, _): (usize, &str)| {
                let before = handlers.get(..at).and_then(|it| it.chars().last());
                !before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':')
            };
            if handlers.match_indices(&format!("{method}(")).any(named) {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

/// What stands before the parenthesis that closes the call.
fn up_to_close(text: &str) -> &str {
    let mut depth = 1_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// Panics unless the table has every route of the sources and no other.
pub fn is_whole(table: &[Route], sources: &[&str]) {
    let made: BTreeSet<String> = sources.iter().flat_map(|source| routes_in(source)).collect();
    let listed: BTreeSet<String> =
        table.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let missing: Vec<_> = made.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&made).collect();
    assert!(missing.is_empty(), "routes that the table does not have: {missing:?}");
    assert!(gone.is_empty(), "rows without a route: {gone:?}");
}

/// Who asks.
pub enum Asker<'a> {
    /// No cookie, no token.
    Nobody,
    /// A person with these roles, and the scopes that they give.
    Person(&'a [Role], Vec<&'static str>),
    /// A token with these scopes.
    Token(&'a str, &'a [&'static str]),
}

/// Asks for every route as this asker, and panics where the answer is not the table's. Gives the
/// number of routes asked for.
pub async fn hold(table: &[Route], browser: &mut Browser, asker: &Asker<'_>) -> usize {
    let (cookies, csrf) = (browser.cookies.clone(), browser.csrf.clone());
    for route in table {
        // Signing out, or a page's new token, must not change who asks next.
        browser.cookies = cookies.clone();
        browser.csrf = csrf.clone();
        if route.path == "/sign-out" {
            // Its rule is the session's token; with it, the asker would be gone.
            browser.csrf = "another".to_owned();
        }
        let seen = ask(route, browser, asker).await;
        let (expected, fits) = judged(route.need, asker, &seen);
        let who = match asker {
            Asker::Nobody => "nobody".to_owned(),
            Asker::Person(roles, _) => format!("{roles:?}"),
            Asker::Token(_, scopes) => format!("token {scopes:?}"),
        };
        assert!(
            fits,
            "{} {} as {who}: {} {}, expected {expected}",
            route.method,
            route.path,
            seen.status,
            seen.location(),
        );
    }
    browser.cookies = cookies;
    browser.csrf = csrf;
    table.len()
}

async fn ask(route: &Route, browser: &mut Browser, asker: &Asker<'_>) -> Seen {
    let method: Method = route.method.parse().unwrap();
    let path = route.path.replace(['{', '}'], "");
    match (asker, route.need) {
        (Asker::Token(secret, _), _) => {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("authorization", format!("Bearer {secret}"))
                .header("content-type", "application/json")
                .body(Body::from("{}"));
            browser.send(request.unwrap()).await
        }
        (_, Need::Api(_)) => browser.script(method, &path, Some(&serde_json::json!({}))).await,
        (_, _) if method == Method::GET => browser.get(&path).await,
        (_, _) => browser.post(&path, &[]).await,
    }
}

/// What is expected, and whether it is so.
fn judged(need: Need, asker: &Asker<'_>, seen: &Seen) -> (&'static str, bool) {
    let status = seen.status;
    let to_sign_in = status.is_redirection() && seen.location().starts_with("/sign-in");
    let passes = !status.is_server_error()
        && status != StatusCode::UNAUTHORIZED
        && status != StatusCode::FORBIDDEN
        && status != StatusCode::METHOD_NOT_ALLOWED
        && !to_sign_in;
    match (need, asker) {
        // Its own rules (a session's token, a code) may refuse, but never for want of a role.
        (Need::Nobody, _) => (
            "no role asked for",
            !seen.body.contains("ROLE_MISSING") && status != StatusCode::METHOD_NOT_ALLOWED,
        ),
        (Need::Page(_), Asker::Nobody | Asker::Token(..)) => ("303 to /sign-in", to_sign_in),
        (Need::Api(_), Asker::Nobody) => ("401", status == StatusCode::UNAUTHORIZED),
        (Need::Page(scope) | Need::Api(scope), Asker::Person(_, scopes)) => {
            match scopes.contains(&scope) {
                true => ("allowed", passes),
                false => ("403", status == StatusCode::FORBIDDEN),
            }
        }
        (Need::Api(scope), Asker::Token(_, scopes)) => match scopes.contains(&scope) {
            true => ("allowed", passes),
            false => ("403", status == StatusCode::FORBIDDEN),
        },
    }
}
