//! A signed list as it is served: whole and as gzip, each with its own `ETag`, made once when the
//! list is published, so that a request costs neither compression nor a hash.

use std::io::Write as _;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use server::serve::{Prepared, with_defaults};
use sha2::{Digest, Sha256};
use vc::base64url;

use crate::router;
use crate::status::publish::{PublishError, Shown};

const STATUS_LIST: HeaderValue = HeaderValue::from_static("application/statuslist+jwt");
const VC_JWT: HeaderValue = HeaderValue::from_static("application/vc+jwt");
/// May be kept, must be asked about: an `ETag` makes asking cheap.
pub(super) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding");

/// A signed list in both its forms.
#[derive(Clone, Debug)]
pub struct Served {
    route: &'static str,
    plain: Entity,
    /// "The Status List Token SHOULD be compressed" in transfer: its text is base64url, of which
    /// gzip takes a quarter.
    gzip: Entity,
    /// `iat`.
    pub issued_at: i64,
}

/// One form.
#[derive(Clone, Debug)]
struct Entity {
    body: Bytes,
    /// Strong: names these very bytes.
    etag: HeaderValue,
    own: HeaderMap,
    /// With what the layers around the router would add.
    all: HeaderMap,
    all_unchanged: HeaderMap,
}

impl Served {
    /// Computes both forms of a compact token.
    ///
    /// # Errors
    /// [`PublishError::Stopped`], when there is no memory for it.
    pub fn new(shown: Shown, token: String, issued_at: i64) -> Result<Self, PublishError> {
        let (route, media_type) = match shown {
            Shown::Token => ("/status-lists/{number}", STATUS_LIST),
            Shown::Revocation | Shown::Suspension => {
                ("/bitstring-lists/{number}/{purpose}", VC_JWT)
            }
        };
        // Nothing repeats in it: more than Huffman's gain is not to be had at any level.
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        let gzip = gzip
            .write_all(token.as_bytes())
            .and_then(|()| gzip.finish())
            .map_err(|_| PublishError::Stopped)?;
        Ok(Self {
            route,
            plain: Entity::new(Bytes::from(token), &media_type, None)?,
            gzip: Entity::new(Bytes::from(gzip), &media_type, Some(GZIP))?,
            issued_at,
        })
    }

    /// The compact token.
    pub fn token(&self) -> &Bytes {
        &self.plain.body
    }

    /// The answer with every header, for a server that asks no router.
    pub fn prepared(&self, request: &HeaderMap) -> Prepared {
        let (entity, current) = self.chosen(request);
        let route = self.route;
        if current {
            let headers = entity.all_unchanged.clone();
            return Prepared {
                route,
                status: StatusCode::NOT_MODIFIED,
                headers,
                body: Bytes::new(),
            };
        }
        let (headers, body) = (entity.all.clone(), entity.body.clone());
        Prepared { route, status: StatusCode::OK, headers, body }
    }

    /// The answer of the route.
    pub fn answer(&self, request: &HeaderMap) -> Response {
        let (entity, current) = self.chosen(request);
        if current {
            return (StatusCode::NOT_MODIFIED, unchanged(&entity.own)).into_response();
        }
        (entity.own.clone(), entity.body.clone()).into_response()
    }

    /// The form that is asked for, and whether the caller has it.
    fn chosen(&self, request: &HeaderMap) -> (&Entity, bool) {
        let entity = if takes_gzip(request) { &self.gzip } else { &self.plain };
        (entity, is_current(request, &entity.etag))
    }
}

impl Entity {
    fn new(
        body: Bytes,
        media_type: &HeaderValue,
        encoding: Option<HeaderValue>,
    ) -> Result<Self, PublishError> {
        let etag = format!("\"{}\"", base64url::encode(&Sha256::digest(&body)));
        let etag = HeaderValue::from_str(&etag).map_err(|_| PublishError::Stopped)?;
        let mut own = HeaderMap::from_iter([
            (header::CONTENT_TYPE, media_type.clone()),
            (header::ETAG, etag.clone()),
            (header::CACHE_CONTROL, NO_CACHE),
            (header::VARY, VARY),
        ]);
        own.extend(encoding.map(|encoding| (header::CONTENT_ENCODING, encoding)));
        let around = |own: &HeaderMap| {
            let mut all = own.clone();
            for (name, value) in router::open_headers() {
                all.append(name, value);
            }
            with_defaults(all)
        };
        let (all, all_unchanged) = (around(&own), around(&unchanged(&own)));
        Ok(Self { body, etag, own, all, all_unchanged })
    }
}

/// What 304 repeats of 200 (RFC 9110, 15.4.5).
fn unchanged(own: &HeaderMap) -> HeaderMap {
    let repeated = |name: &HeaderName| {
        *name == header::ETAG || *name == header::CACHE_CONTROL || *name == header::VARY
    };
    own.iter()
        .filter(|(name, _)| repeated(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether `Accept-Encoding` names gzip, and not to refuse it (RFC 9110, 12.5.3).
fn takes_gzip(request: &HeaderMap) -> bool {
    texts(request, &header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Whether `If-None-Match` names the entity (RFC 9110, 13.1.2: weak comparison).
fn is_current(request: &HeaderMap, etag: &HeaderValue) -> bool {
    texts(request, &header::IF_NONE_MATCH).any(|tag| {
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes()
    })
}

fn texts<'a>(request: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = request.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|value| value.split(',')).map(str::trim)
}
