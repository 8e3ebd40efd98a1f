use axum::body::Body;
use axum::http::{Request, StatusCode};
use clap::Parser;
use http_body_util::BodyExt;
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;

const KEY: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    wallet: WalletArgs,
}

/// A build with a wallet, and a file of operator keys.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("assets/desk.js", "export {}"),
        ("wallet/index.html", "<!doctype html><title>wallet</title>"),
        ("wallet/app.js", "export {}"),
        ("wallet/sw.js", "0"),
        ("wallet/manifest.webmanifest", "{}"),
        ("operator.json", KEY),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn args(folder: &TempDir, more: &[&str]) -> WalletArgs {
    let key = folder.path().join("operator.json").display().to_string();
    let fixed = [
        "issuer",
        "--wallet-listen",
        "127.0.0.1:0",
        "--wallet-registry-url",
        "https://registry.example/trust-registry.json",
        "--wallet-operator-key",
        &key,
    ];
    Cli::try_parse_from(fixed.iter().chain(more)).unwrap().wallet
}

fn site(folder: &TempDir, more: &[&str]) -> Result<Option<WalletSite>, WalletSiteError> {
    let issuer = "https://issuer.example".parse().unwrap();
    let web = Web::open(folder.path()).unwrap();
    args(folder, more).site(&issuer, "The Christie", "Ward pass", &web)
}

async fn ask(site: &WalletSite, path: &str) -> Response<Body> {
    site.router().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

const ORIGIN: [&str; 2] = ["--wallet-origin", "https://wallet.example"];

#[tokio::test]
async fn every_answer_carries_the_strict_policy() {
    let folder = folder();
    let site = site(&folder, &ORIGIN).unwrap().unwrap();

    for path in ["/", "/app.js", "/sw.js", "/config.json", "/manifest.webmanifest", "/nothing"] {
        let answer = ask(&site, path).await;

        let headers = answer.headers();
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval';",
            "style-src 'self';",
            "connect-src 'self' https:;",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'; trusted-types wallet",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let sniffing: Vec<_> = headers.get_all("x-content-type-options").iter().collect();
        assert_eq!(sniffing, ["nosniff"], "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(headers["strict-transport-security"], "max-age=31536000", "{path}");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
        assert!(headers.get("access-control-allow-origin").is_none(), "{path}");
    }
}

#[tokio::test]
async fn plain_http_reaches_this_machine_only_and_only_from_it() {
    let folder = folder();
    let site = site(&folder, &["--wallet-origin", "http://localhost:8104"]).unwrap().unwrap();

    let answer = ask(&site, "/").await;

    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("https: http://localhost:* http://127.0.0.1:*;"));
    assert!(answer.headers().get("strict-transport-security").is_none());
}

#[tokio::test]
async fn the_wallet_is_told_its_network() {
    let folder = folder();
    let site = site(&folder, &ORIGIN).unwrap().unwrap();

    let config = json(ask(&site, "/config.json").await).await;

    assert_eq!(
        config,
        json!({
            "product": "Ward pass",
            "theme": "#003d5c",
            "organisation": "The Christie",
            "registry": "https://registry.example/trust-registry.json",
            "operators": [serde_json::from_str::<Value>(KEY).unwrap()],
            "threshold": 1,
        })
    );
}

#[tokio::test]
async fn the_manifest_bears_the_networks_name_and_colour() {
    let folder = folder();
    let more = [&ORIGIN[..], &["--wallet-colour", "#5A1F00"]].concat();
    let site = site(&folder, &more).unwrap().unwrap();

    let answer = ask(&site, "/manifest.webmanifest").await;

    assert_eq!(answer.headers()["content-type"], "application/manifest+json");
    let manifest = json(answer).await;
    assert_eq!(manifest["name"], "Ward pass");
    assert_eq!(manifest["theme_color"], "#5a1f00");
    assert_eq!(manifest["display"], "standalone");
}

#[tokio::test]
async fn an_unknown_file_is_not_found() {
    let folder = folder();
    let site = site(&folder, &ORIGIN).unwrap().unwrap();

    for path in ["/desk.js", "/../operator.json", "/assets/desk.js"] {
        assert_eq!(ask(&site, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn the_wallet_has_an_origin_of_its_own() {
    let folder = folder();

    let own = site(&folder, &["--wallet-origin", "https://issuer.example"]).unwrap_err();
    let path = site(&folder, &["--wallet-origin", "https://wallet.example/app"]).unwrap_err();

    assert!(matches!(own, WalletSiteError::SameOrigin(_)));
    assert!(matches!(path, WalletSiteError::NotAnOrigin(_)));
}

#[test]
fn a_wallet_that_was_not_built_stops_the_start() {
    let folder = folder();
    std::fs::remove_dir_all(folder.path().join("wallet")).unwrap();

    assert!(matches!(site(&folder, &ORIGIN), Err(WalletSiteError::NotBuilt)));
}

#[test]
fn a_threshold_that_no_signatures_can_meet_stops_the_start() {
    let folder = folder();

    for threshold in ["0", "2"] {
        let more = [&ORIGIN[..], &["--wallet-operator-threshold", threshold]].concat();

        assert!(matches!(site(&folder, &more), Err(WalletSiteError::Threshold { .. })));
    }
}

#[test]
fn the_wallet_is_not_served_in_part() {
    for lonely in [
        ["issuer", "--wallet-listen", "127.0.0.1:0"],
        ["issuer", "--wallet-origin", "https://wallet.example"],
        ["issuer", "--wallet-colour", "blue"],
    ] {
        assert!(Cli::try_parse_from(lonely).is_err(), "{lonely:?}");
    }
}
