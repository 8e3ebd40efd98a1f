//! Serving the signed file, with ETag and CORS; it is read again when it changes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use server::etag::Tagged;
use server::{Problem, health};
use tower_http::cors::{Any, CorsLayer};

/// Where the file is served.
pub const PATH: &str = "/trust-registry.json";

struct Published {
    file: PathBuf,
    read: Mutex<Option<(Stamp, Tagged)>>,
}

/// Tells one state of the file from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// The routes.
pub fn router(file: PathBuf) -> Router {
    let published = Arc::new(Published { file, read: Mutex::new(None) });
    let ready = Arc::clone(&published);
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([IF_NONE_MATCH])
        .expose_headers([ETAG]);
    Router::new().route(PATH, get(registry).layer(cors)).with_state(published).merge(
        health::router(Arc::new(move || {
            ready.current().map(drop).map_err(|_| "The registry file cannot be read.".to_owned())
        })),
    )
}

async fn registry(State(published): State<Arc<Published>>, request: HeaderMap) -> Response {
    match published.current() {
        Ok(document) => document.answer(&request, "application/json"),
        Err(error) => {
            Problem::unavailable("The registry file cannot be read.").logged(error).into_response()
        }
    }
}

impl Published {
    fn current(&self) -> io::Result<Tagged> {
        let stamp = Stamp::of(&fs::metadata(&self.file)?);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, document)) = &*read
            && *known == stamp
        {
            return Ok(document.clone());
        }
        let mut file = File::open(&self.file)?;
        // Of the file that is read, which a rename may have put there since.
        let stamp = Stamp::of(&file.metadata()?);
        let mut bytes = Vec::new();
        let limit = u64::try_from(vc::registry::MAX_BYTES).unwrap_or(u64::MAX);
        file.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() > vc::registry::MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let document = Tagged::new(bytes);
        *read = Some((stamp, document.clone()));
        Ok(document)
    }
}

impl Stamp {
    fn of(file: &fs::Metadata) -> Self {
        Self {
            length: file.len(),
            inode: file.ino(),
            seconds: file.mtime(),
            nanoseconds: file.mtime_nsec(),
        }
    }
}
