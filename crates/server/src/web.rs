//! What browsers get from `web/dist` (web/README.md): the services' assets and the phone wallet.
//!
//! Every file is read when the service starts and found by its exact name, so that no request
//! ever becomes a path of the file system. Without the files a service runs as an API and says so.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::Path as Segment;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use thiserror::Error;

use crate::etag::Tagged;

#[cfg(feature = "embedded-web")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded_web.rs"));
}

/// What a worker of the pages may do: its own response states its policy, not the page's.
const ASSET_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                            connect-src 'self'; frame-ancestors 'none'";
/// What `/` answers when there are no pages.
pub const NO_PAGES: &str = "This service runs as an API only: the pages were not built. \
                            Run web/build, then start it with --web-dir web/dist.\n";
/// The largest file that is served; the wasm files are under one megabyte.
const LARGEST: u64 = 16 << 20;

/// Why the files could not be read.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder is not what `web/build` makes.
    #[error("{0} has no folder `assets`: run web/build first")]
    NotBuilt(PathBuf),
    /// A file cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file is larger than any that `web/build` makes.
    #[error("{0} is too large to be served")]
    TooLarge(PathBuf),
}

/// `--web-dir`, for the command line of a service.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WebArgs {
    /// The pages' files, as web/build makes them; `none` to run as an API only
    #[arg(long, env = "STAFF_PASSPORT_WEB_DIR")]
    pub web_dir: Option<PathBuf>,
}

impl WebArgs {
    /// The files named, or embedded, or in the checkout that this program was built from; else none.
    pub fn open(&self) -> Result<Web, OpenError> {
        let web = match &self.web_dir {
            Some(none) if none.as_os_str() == "none" => Web::none(),
            Some(folder) => Web::open(folder)?,
            None => Web::found()?,
        };
        if web.has_pages() {
            tracing::info!(web.files = web.assets.0.len(), "pages are served");
        } else {
            tracing::warn!("no pages are served: web/build has not run; this is an API only");
        }
        Ok(web)
    }
}

/// The files of `web/dist`, or none.
#[derive(Clone, Debug, Default)]
pub struct Web {
    assets: Files,
    wallet: Files,
}

impl Web {
    /// No files: the service is an API only.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads what `web/build` made.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let assets = folder.join("assets");
        if !assets.is_dir() {
            return Err(OpenError::NotBuilt(folder.to_owned()));
        }
        Ok(Self { assets: Files::read(&assets)?, wallet: Files::read(&folder.join("wallet"))? })
    }

    #[cfg(feature = "embedded-web")]
    fn found() -> Result<Self, OpenError> {
        Ok(Self { assets: Files::new(embedded::ASSETS), wallet: Files::new(embedded::WALLET) })
    }

    #[cfg(not(feature = "embedded-web"))]
    fn found() -> Result<Self, OpenError> {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
        if checkout.join("assets").is_dir() { Self::open(&checkout) } else { Ok(Self::none()) }
    }

    /// Whether pages can be served.
    pub fn has_pages(&self) -> bool {
        !self.assets.0.is_empty()
    }

    /// Whether the phone wallet can be served.
    pub fn has_wallet(&self) -> bool {
        !self.wallet.0.is_empty()
    }

    /// `/assets/{file}`; without pages also `/`, which says so.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        if !self.has_pages() {
            return Router::new().route("/", get(|| async { NO_PAGES }));
        }
        let files = self.assets.clone();
        let extra = [(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ASSET_POLICY))];
        let serve = move |Segment(name): Segment<String>, request: HeaderMap| {
            std::future::ready(files.answer(&name, &request, &extra))
        };
        Router::new().route("/assets/{file}", get(serve))
    }

    /// `/docs`: the API's description to read and try.
    pub fn docs<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        crate::docs::router(self.assets.0.contains_key(crate::docs::SCRIPT))
    }

    /// The phone wallet, whole, for a listener of its own; every answer carries `headers`.
    pub fn wallet_router(&self, headers: &[(HeaderName, HeaderValue)]) -> Router {
        let (files, extra) = (self.wallet.clone(), headers.to_vec());
        let (start, start_extra) = (files.clone(), extra.clone());
        let index = move |request: HeaderMap| {
            std::future::ready(start.answer("index.html", &request, &start_extra))
        };
        let serve = move |Segment(name): Segment<String>, request: HeaderMap| {
            std::future::ready(files.answer(&name, &request, &extra))
        };
        Router::new().route("/", get(index)).route("/{*file}", get(serve))
    }
}

/// Files by their exact name. Clones share them.
#[derive(Clone, Debug, Default)]
struct Files(Arc<BTreeMap<String, File>>);

#[derive(Clone, Debug)]
struct File {
    document: Tagged,
    content_type: &'static str,
    hashed: bool,
}

impl Files {
    #[cfg(feature = "embedded-web")]
    fn new(files: &[(&str, &'static [u8])]) -> Self {
        Self(Arc::new(files.iter().map(|(name, bytes)| File::new(name, *bytes)).collect()))
    }

    /// Everything below a folder; symbolic links are not followed.
    fn read(root: &Path) -> Result<Self, OpenError> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![(root.to_owned(), String::new())];
        while let Some((folder, under)) = waiting.pop() {
            let unreadable = |error| OpenError::Unreadable(folder.clone(), error);
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(unreadable)?,
            };
            for entry in entries {
                let entry = entry.map_err(unreadable)?;
                let (path, Ok(name)) = (entry.path(), entry.file_name().into_string()) else {
                    continue;
                };
                let kind = entry.metadata().map_err(unreadable)?;
                if kind.is_dir() {
                    waiting.push((path, format!("{under}{name}/")));
                } else if kind.len() > LARGEST {
                    return Err(OpenError::TooLarge(path));
                } else if kind.is_file() {
                    let bytes = std::fs::read(&path)
                        .map_err(|error| OpenError::Unreadable(path.clone(), error))?;
                    files.extend([File::new(&format!("{under}{name}"), bytes)]);
                }
            }
        }
        Ok(Self(Arc::new(files)))
    }

    fn answer(
        &self,
        name: &str,
        request: &HeaderMap,
        extra: &[(HeaderName, HeaderValue)],
    ) -> Response {
        let Some(file) = self.0.get(name) else {
            let plain = (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            return (StatusCode::NOT_FOUND, [plain], "no such file\n").into_response();
        };
        let mut response = file.document.answer(request, file.content_type);
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if file.hashed {
            let forever = "public, max-age=31536000, immutable";
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(forever));
        }
        headers.extend(extra.iter().cloned());
        response
    }
}

impl File {
    fn new(name: &str, bytes: impl Into<axum::body::Bytes>) -> (String, Self) {
        let file = Self {
            document: Tagged::new(bytes),
            content_type: content_type(name),
            hashed: is_hashed(name),
        };
        (name.to_owned(), file)
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// `name-8CHARS.ext`, as esbuild writes a name that changes with the content.
fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8
            && hash.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tempfile::TempDir;
    use tower::ServiceExt;

    use super::*;

    fn dist() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("assets/console.js", "export {}");
        write("assets/nhsuk.css", "body{}");
        write("assets/vc_bg.wasm", "\0asm");
        write("assets/part-ABCDEF23.js", "export {}");
        write("wallet/index.html", "<!doctype html>");
        write("wallet/manifest.webmanifest", "{}");
        write("wallet/icons/icon.svg", "<svg/>");
        write("secret.txt", "not to be served");
        folder
    }

    async fn ask(router: Router, path: &str, tag: Option<&HeaderValue>) -> Response {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        if let Some(tag) = tag {
            request.headers_mut().insert("if-none-match", tag.clone());
        }
        router.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_comes_with_its_type_and_is_never_sniffed() {
        let folder = dist();
        let web = Web::open(folder.path()).unwrap();

        for (path, kind) in [
            ("/assets/console.js", "text/javascript; charset=utf-8"),
            ("/assets/nhsuk.css", "text/css; charset=utf-8"),
            ("/assets/vc_bg.wasm", "application/wasm"),
        ] {
            let answer = ask(web.router(), path, None).await;

            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], kind);
            assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
            assert!(answer.headers().contains_key(CONTENT_SECURITY_POLICY));
        }
    }

    #[tokio::test]
    async fn a_browser_that_has_the_file_gets_304() {
        let folder = dist();
        let web = Web::open(folder.path()).unwrap();
        let first = ask(web.router(), "/assets/console.js", None).await;

        let again = ask(web.router(), "/assets/console.js", first.headers().get("etag")).await;

        assert_eq!(again.status(), 304);
    }

    #[tokio::test]
    async fn only_a_hashed_name_is_kept_for_ever() {
        let folder = dist();
        let web = Web::open(folder.path()).unwrap();

        let answer = ask(web.router(), "/assets/part-ABCDEF23.js", None).await;

        assert_eq!(answer.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert!(!is_hashed("scan-worker.js"));
    }

    #[tokio::test]
    async fn no_request_leaves_the_folder() {
        let folder = dist();
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            folder.path().join("secret.txt"),
            folder.path().join("assets/link.txt"),
        )
        .unwrap();
        let web = Web::open(folder.path()).unwrap();

        for path in [
            "/assets/../secret.txt",
            "/assets/..%2Fsecret.txt",
            "/assets/%2e%2e/secret.txt",
            "/assets/..%5csecret.txt",
            "/assets//etc/passwd",
            "/assets/%2Fetc%2Fpasswd",
            "/assets/console.js%00.css",
            "/assets/link.txt",
            "/assets/",
            "/assets",
        ] {
            assert_eq!(ask(web.router(), path, None).await.status(), 404, "{path}");
            assert_eq!(ask(web.wallet_router(&[]), path, None).await.status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn the_wallet_answers_under_its_own_policy() {
        let folder = dist();
        let web = Web::open(folder.path()).unwrap();
        let policy = HeaderValue::from_static("default-src 'self'");
        let headers = [(CONTENT_SECURITY_POLICY, policy.clone())];

        for (path, kind) in [
            ("/", "text/html; charset=utf-8"),
            ("/manifest.webmanifest", "application/manifest+json"),
            ("/icons/icon.svg", "image/svg+xml"),
        ] {
            let answer = ask(web.wallet_router(&headers), path, None).await;

            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], kind);
            assert_eq!(answer.headers()[CONTENT_SECURITY_POLICY], policy);
        }
    }

    #[tokio::test]
    async fn without_files_the_service_says_that_it_is_an_api() {
        let web = Web::none();

        let answer = ask(web.router(), "/", None).await;

        assert!(!web.has_pages());
        assert_eq!(answer.status(), 200);
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        assert!(body.starts_with(b"This service runs as an API only"));
        assert_eq!(ask(web.router(), "/assets/console.js", None).await.status(), 404);
    }

    #[test]
    fn a_folder_that_was_not_built_stops_the_start() {
        let empty = tempfile::tempdir().unwrap();
        let named = WebArgs { web_dir: Some(empty.path().to_owned()) };

        assert!(matches!(named.open(), Err(OpenError::NotBuilt(_))));
        assert!(!WebArgs { web_dir: Some("none".into()) }.open().unwrap().has_pages());
    }
}
