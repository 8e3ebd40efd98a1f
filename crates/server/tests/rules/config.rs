//! Settings.

use std::ffi::OsString;
use std::str::FromStr;

use server::config::{BaseUrl, ConfigError, StoreUrl, arguments};

#[test]
fn a_plain_http_base_url_is_refused_outside_loopback() {
    for good in [
        "https://passport.example.nhs.uk",
        "https://example.org/issuer",
        "http://127.0.0.1:8101",
        "http://[::1]:8101",
        "http://localhost:8101/",
    ] {
        let parsed = BaseUrl::from_str(good).unwrap();
        assert_eq!(parsed.as_str(), good.trim_end_matches('/'));
    }
    for bad in [
        "http://passport.example.nhs.uk",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://192.168.0.4:8101",
        "ftp://127.0.0.1",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://user@example.org",
        "unix:/run/issuer",
        "example.org",
    ] {
        assert!(matches!(BaseUrl::from_str(bad), Err(ConfigError::BadBaseUrl { .. })), "{bad}");
    }
}

#[test]
fn a_store_is_named_by_its_kind() {
    assert_eq!(StoreUrl::from_str("sled:/tmp/a").unwrap(), StoreUrl::Sled("/tmp/a".into()));
    for bad in ["", "sled:", "/tmp/a", "redis://x"] {
        assert!(matches!(StoreUrl::from_str(bad), Err(ConfigError::BadStore(_))), "{bad}");
    }
}

fn with_file(text: &str, flags: &[&str], set: &[&str]) -> Result<Vec<String>, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("issuer.toml");
    std::fs::write(&file, text).unwrap();
    let config = format!("--config={}", file.display());
    let given: Vec<OsString> =
        ["issuer", "serve", &config].iter().chain(flags).map(OsString::from).collect();
    let result = arguments(given, |name| set.contains(&name))?;
    Ok(result.into_iter().skip(3).map(|one| one.into_string().unwrap()).collect())
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let text = "listen = \"127.0.0.1:1\"\nods = \"RBV\"\nname = \"The Christie\"";

    let found = with_file(text, &["--listen", "127.0.0.1:2"], &["STAFF_PASSPORT_ODS"]).unwrap();

    assert_eq!(found, ["--listen", "127.0.0.1:2", "--name=The Christie"]);
}

#[test]
fn a_list_repeats_its_flag_and_true_sets_it() {
    let found = with_file("a = [\"x\", 2]\nb = true\nc = false", &[], &[]).unwrap();

    assert_eq!(found, ["--a=x", "--a=2", "--b"]);
}

#[test]
fn a_file_that_holds_more_than_settings_stops_the_start() {
    for text in ["not toml", "a = { b = 1 }", "config = \"other.toml\"", "a = 1.5"] {
        assert!(matches!(with_file(text, &[], &[]), Err(ConfigError::BadFile { .. })), "{text}");
    }
    let missing = ["issuer", "serve", "--config", "/nowhere/at/all.toml"].map(OsString::from);
    let refused = arguments(missing.to_vec(), |_| false);
    assert!(matches!(refused, Err(ConfigError::Unreadable { .. })));
}
