//! Pages as answers, with their headers.

use askama::Template;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::pages::PageError;
use crate::problem::Problem;

/// What one page may do beyond the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Ask for the camera.
    pub camera: bool,
    /// Compile WebAssembly.
    pub wasm: bool,
}

/// A page, 200, with the security headers.
pub fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, Allow::default(), template)
}

/// A page with another status (422 for a form with faults) or with more allowed.
pub fn page_with(status: StatusCode, allow: Allow, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => with_headers(status, allow, html),
        Err(error) => PageError::from(Problem::internal(error)).into_response(),
    }
}

/// 303 to a path of ours, after a POST.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(error) => PageError::from(Problem::internal(error)).into_response(),
    }
}

/// Lets the page's form, and what answers it, lead to one source outside (CSP 3, `form-action`):
/// browsers hold the redirects after a form to the policy of the page that it stood on.
pub fn form_may_lead_to(response: &mut Response, source: &str) {
    let policy = response.headers().get(CONTENT_SECURITY_POLICY);
    let Some(policy) = policy.and_then(|policy| policy.to_str().ok()) else { return };
    // A source of ours has no `;` and no space: nothing else of the policy can be written by it.
    let is_source =
        |source: &str| source.bytes().all(|b| b.is_ascii_graphic() && !b";,'\"".contains(&b));
    if !is_source(source) {
        return;
    }
    let policy = policy.replace("form-action 'self'", &format!("form-action 'self' {source}"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
}

pub(crate) fn with_headers(status: StatusCode, allow: Allow, html: String) -> Response {
    let wasm = if allow.wasm { " 'wasm-unsafe-eval'" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         media-src 'self' blob:; manifest-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    );
    let camera = if allow.camera { "camera=(self)" } else { "camera=()" };
    let permissions = format!(
        "{camera}, accelerometer=(), autoplay=(), display-capture=(), fullscreen=(self), \
         geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), \
         publickey-credentials-create=(self), publickey-credentials-get=(self), \
         screen-wake-lock=(self), usb=()"
    );
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        // With `no-referrer` browsers would send forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("permissions-policy"), permissions),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}
