//! Three organisations as processes: a registry file server, The Christie as home, Manchester
//! University as host. Everything lies in one folder that is removed at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Http;
use crate::programs::{Service, succeed};

/// The home trust.
pub const HOME_ODS: &str = "RBV";
/// The host trust.
pub const HOST_ODS: &str = "R0A";
/// What the passphrase of every test wallet is.
pub const WALLET_PASSPHRASE: &str = "correct horse battery staple";
/// Seconds between two looks of the verifier.
pub const POLL_SECONDS: u64 = 15;

/// Whether people are served, too.
#[derive(Clone, Debug)]
enum Pages {
    /// Only APIs.
    None,
    /// Pages on `localhost`, with a file of OpenID providers.
    Served {
        oidc: Option<String>,
        /// Two people issue by hand.
        two_people: bool,
    },
}

/// A running network.
#[derive(Debug)]
pub struct Network {
    folder: TempDir,
    pages: Pages,
    registry: Option<Service>,
    issuer: Option<Service>,
    verifier: Option<Service>,
    /// Where the signed registry is served.
    pub registry_url: String,
    /// The issuer's base address.
    pub issuer_url: String,
    /// The verifier's base address.
    pub verifier_url: String,
    /// May create, read and revoke passports.
    pub issuer_token: String,
    /// May scan.
    pub verifier_token: String,
    /// Where the phone wallet is served, when there are pages.
    pub wallet_url: Option<String>,
    /// How often the verifier looks.
    pub poll_seconds: u64,
    /// Further flags of the issuer.
    issuer_flags: Vec<String>,
    /// To talk to all of it.
    pub http: Http,
}

impl Network {
    /// Makes keys, registry and tokens, then starts everything as APIs.
    pub fn start(poll_seconds: u64) -> Self {
        Self::start_as(poll_seconds, Pages::None)
    }

    /// The same with pages and the phone wallet, which `web/build` must have made.
    pub fn start_with_pages(poll_seconds: u64) -> Self {
        Self::start_as(poll_seconds, Pages::Served { oidc: None, two_people: false })
    }

    /// The same, where two people issue by hand.
    pub fn start_with_two_people(poll_seconds: u64) -> Self {
        Self::start_as(poll_seconds, Pages::Served { oidc: None, two_people: true })
    }

    /// The same, and people may sign in to the issuer by the OpenID providers of this file.
    pub fn start_with_provider(poll_seconds: u64, oidc: &str) -> Self {
        Self::start_as(
            poll_seconds,
            Pages::Served { oidc: Some(oidc.to_owned()), two_people: false },
        )
    }

    /// The same with pages, and an issuer with further flags.
    pub fn start_with_issuer_flags(poll_seconds: u64, flags: &[&str]) -> Self {
        let pages = Pages::Served { oidc: None, two_people: false };
        Self::start_flagged(poll_seconds, pages, strings(flags))
    }

    fn start_as(poll_seconds: u64, pages: Pages) -> Self {
        Self::start_flagged(poll_seconds, pages, Vec::new())
    }

    fn start_flagged(poll_seconds: u64, pages: Pages, issuer_flags: Vec<String>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("staff-passport-")
            .tempdir()
            .expect("a temporary folder");
        // Passkeys are bound to a name, so pages need one.
        let host = if matches!(pages, Pages::None) { "127.0.0.1" } else { "localhost" };
        let mut network = Self {
            registry_url: format!("{}/trust-registry.json", free_address("127.0.0.1")),
            issuer_url: free_address(host),
            verifier_url: free_address(host),
            wallet_url: matches!(pages, Pages::Served { .. }).then(|| free_address(host)),
            pages,
            issuer_token: String::new(),
            verifier_token: String::new(),
            poll_seconds,
            issuer_flags,
            http: Http::new(),
            registry: None,
            issuer: None,
            verifier: None,
            folder,
        };
        network.make_keys();
        network.make_registry();
        network.issuer_token = network
            .token("issuer", &["passports:read", "passports:write", "passports:issue-unattended"]);
        network.verifier_token = network.token("verifier", &["scan"]);
        network.start_registry();
        network.start_issuer();
        network.start_verifier();
        network
    }

    /// The folder that holds everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the folder when the network ends, and says where it is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn make_keys(&self) {
        let (ring, key_file) = (self.text("issuer.ring"), self.text("issuer.key"));
        let sealed = ["--ring", ring.as_str(), "--key-file", key_file.as_str()];
        succeed("keys", &[&["init", "--new-key-file"], &sealed[..]].concat(), &[]);
        succeed("keys", &[&["generate", "--purpose", "issuer"], &sealed[..]].concat(), &[]);
        let es256 = ["generate", "--purpose", "issuer", "--alg", "ES256"];
        let kid = succeed("keys", &[&es256[..], &sealed[..]].concat(), &[]);
        let out = self.text("issuer.jwks.json");
        let jwks = ["jwks", "--purpose", "issuer", "--out", &out];
        succeed("keys", &[&jwks[..], &sealed[..]].concat(), &[]);

        let (root, chain) = (self.text("root.pem"), self.text("issuer.pem"));
        let (ring, key_file) = (self.text("root.ring"), self.text("root.key"));
        let roots = ["--ring", ring.as_str(), "--key-file", key_file.as_str()];
        succeed("keys", &[&["init", "--new-key-file"], &roots[..]].concat(), &[]);
        let make = ["root", "--name", "Invented Cancer Alliance", "--out", &root];
        succeed("keys", &[&make[..], &roots[..]].concat(), &[]);
        let certify = ["certify", "--jwk", &out, "--issuer-url", &self.issuer_url, "--out", &chain];
        succeed("keys", &[&certify[..], &roots[..]].concat(), &[]);
        let attach = ["attach", kid.trim(), "--chain", &chain, "--root", &root];
        succeed("keys", &[&attach[..], &sealed[..]].concat(), &[]);
    }

    fn make_registry(&self) {
        let file = self.text("registry.json");
        succeed(
            "registry",
            &[
                "init",
                "--registry",
                &file,
                "--ring",
                &self.text("operator.ring"),
                "--key-file",
                &self.text("operator.key"),
                "--new-key-file",
                "--operator-key-out",
                &self.text("operator.jwks.json"),
            ],
            &[],
        );
        succeed(
            "registry",
            &[
                "organisation",
                "add",
                "--registry",
                &file,
                "--ods",
                HOME_ODS,
                "--name",
                "The Christie NHS Foundation Trust",
                "--issuer-url",
                &self.issuer_url,
                "--issuer-jwks",
                &self.text("issuer.jwks.json"),
                "--types",
                "urn:staff-passport:employment-checks:1",
                "--contact",
                "The Christie staffing office",
            ],
            &[],
        );
        succeed(
            "registry",
            &[
                "organisation",
                "add",
                "--registry",
                &file,
                "--ods",
                HOST_ODS,
                "--name",
                "Manchester University NHS Foundation Trust",
                "--verifier-url",
                &self.verifier_url,
            ],
            &[],
        );
        self.sign_registry();
    }

    /// Signs the registry's working file again; the version rises.
    pub fn sign_registry(&self) {
        succeed(
            "registry",
            &[
                "sign",
                "--registry",
                &self.text("registry.json"),
                "--ring",
                &self.text("operator.ring"),
                "--key-file",
                &self.text("operator.key"),
                "--out",
                &self.text("trust-registry.json"),
            ],
            &[],
        );
    }

    fn token(&self, service: &str, scopes: &[&str]) -> String {
        let store = format!("sled:{}", self.text(&format!("{service}-data")));
        let mut args = vec!["token", "create", "--store", &store, "--name", "test desk"];
        for scope in scopes {
            args.extend(["--scope", scope]);
        }
        let printed = succeed(service, &args, &[]);
        printed
            .split_whitespace()
            .find(|word| word.starts_with("sp_"))
            .unwrap_or_else(|| panic!("no token in {printed:?}"))
            .to_owned()
    }

    fn start_registry(&mut self) {
        let args = strings(&[
            "serve",
            "--file",
            &self.text("trust-registry.json"),
            "--listen",
            &listen_at(&self.registry_url),
        ]);
        self.registry = Some(Service::start("registry", &args, &[], &self.path("registry.log")));
    }

    /// Starts the issuer on its data directory.
    pub fn start_issuer(&mut self) {
        let mut args = strings(&[
            "serve",
            "--listen",
            &listen_at(&self.issuer_url),
            "--base-url",
            &self.issuer_url,
            "--ods",
            HOME_ODS,
            "--name",
            "The Christie NHS Foundation Trust",
            "--store",
            &format!("sled:{}", self.text("issuer-data")),
            "--ring",
            &self.text("issuer.ring"),
            "--key-file",
            &self.text("issuer.key"),
        ]);
        if !matches!(self.pages, Pages::Served { two_people: true, .. }) {
            args.push("--one-person-issuing".to_owned());
        }
        args.extend(self.page_args("issuer"));
        args.extend(self.issuer_flags.iter().cloned());
        self.issuer = Some(Service::start("issuer", &args, &[], &self.path("issuer.log")));
    }

    /// Starts the verifier on its data directory.
    pub fn start_verifier(&mut self) {
        let mut args = strings(&[
            "serve",
            "--listen",
            &listen_at(&self.verifier_url),
            "--base-url",
            &self.verifier_url,
            "--ods",
            HOST_ODS,
            "--name",
            "Manchester University NHS Foundation Trust",
            "--store",
            &format!("sled:{}", self.text("verifier-data")),
            "--registry-url",
            &self.registry_url,
            "--operator-key",
            &self.text("operator.jwks.json"),
            "--poll-seconds",
            &self.poll_seconds.to_string(),
        ]);
        args.extend(self.page_args("verifier"));
        self.verifier = Some(Service::start("verifier", &args, &[], &self.path("verifier.log")));
    }

    fn page_args(&self, service: &str) -> Vec<String> {
        let Pages::Served { oidc, .. } = &self.pages else {
            return Vec::new();
        };
        let mut args = strings(&["--web-dir", &checkout("web/dist")]);
        if let (Some(providers), "issuer") = (oidc, service) {
            args.extend(strings(&["--oidc", providers]));
        }
        if let (Some(wallet), "issuer") = (&self.wallet_url, service) {
            args.extend(strings(&["--wallet-listen", &listen_at(wallet)]));
            args.extend(strings(&["--wallet-origin", wallet]));
            args.extend(strings(&["--wallet-registry-url", &self.registry_url]));
            args.extend(strings(&["--wallet-operator-key", &self.text("operator.jwks.json")]));
        }
        args
    }

    /// Makes an account and gives its one-time link.
    ///
    /// # Panics
    /// When the service does not make one.
    pub fn invite(&self, service: &str, name: &str, roles: &[&str]) -> String {
        let store = format!("sled:{}", self.text(&format!("{service}-data")));
        let mut args = vec!["person", "invite", "--store", &store, "--name", name];
        for role in roles {
            args.extend(["--role", role]);
        }
        let printed = succeed(service, &args, &[]);
        printed
            .split_whitespace()
            .find(|word| word.contains("/invitation/"))
            .unwrap_or_else(|| panic!("no link in {printed:?}"))
            .to_owned()
    }

    /// Has the issuer's logs checked, every entry, link and signed head; what it says.
    ///
    /// # Panics
    /// When a log is not whole.
    pub fn verify_audit(&self) -> String {
        let store = format!("sled:{}", self.text("issuer-data"));
        let (ring, key) = (self.text("issuer.ring"), self.text("issuer.key"));
        let args = ["audit", "verify", "--store", &store, "--ring", &ring, "--key-file", &key];
        succeed("issuer", &args, &[])
    }

    /// kill -9 of the issuer.
    pub fn kill_issuer(&mut self) {
        if let Some(service) = self.issuer.take() {
            service.kill();
        }
    }

    /// kill -9 of the verifier.
    pub fn kill_verifier(&mut self) {
        if let Some(service) = self.verifier.take() {
            service.kill();
        }
    }

    /// Creates a passport from HR's body.
    ///
    /// # Panics
    /// When the issuer refuses it.
    pub async fn create_passport(&self, body: &Value) -> Value {
        let url = format!("{}/api/v1/passports", self.issuer_url);
        let answer = self.http.post_as(&url, &self.issuer_token, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Revokes a passport.
    ///
    /// # Panics
    /// When the issuer refuses it.
    pub async fn revoke(&self, id: &str, reason: &str) -> Value {
        let url = format!("{}/api/v1/passports/{id}/revoke", self.issuer_url);
        let answer =
            self.http.post_as(&url, &self.issuer_token, &json!({ "reason": reason })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Scans a code in a scan session of its own.
    pub async fn scan(&self, code: Value, placement: &Value) -> Value {
        self.scan_in_session(&uuid::Uuid::new_v4().to_string(), code, placement).await
    }

    /// Scans a code in the named scan session.
    ///
    /// # Panics
    /// When the verifier answers with anything but a verdict.
    pub async fn scan_in_session(&self, session: &str, code: Value, placement: &Value) -> Value {
        let url = format!("{}/api/v1/scan", self.verifier_url);
        let body = json!({ "scan_id": session, "code": code, "placement": placement });
        let answer = self.http.post_as(&url, &self.verifier_token, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// A new wallet that trusts this network.
    pub fn wallet(&self, name: &str) -> Wallet {
        let wallet = Wallet { store: self.text(&format!("{name}-wallet")) };
        wallet.succeed(&[
            "init",
            "--registry",
            &self.registry_url,
            "--operator-key",
            &self.text("operator.jwks.json"),
        ]);
        wallet
    }
}

/// One person's wallet program and store.
#[derive(Clone, Debug)]
pub struct Wallet {
    store: String,
}

impl Wallet {
    /// Runs the wallet; it must succeed.
    pub fn succeed(&self, args: &[&str]) -> String {
        succeed("wallet", &self.args(args), &[("WALLET_PASSPHRASE", WALLET_PASSPHRASE)])
    }

    /// Runs the wallet and gives all it said.
    pub fn run(&self, args: &[&str], input: &str) -> std::process::Output {
        let env = [("WALLET_PASSPHRASE", WALLET_PASSPHRASE)];
        crate::programs::run("wallet", &self.args(args), &env, input)
    }

    fn args(&self, args: &[&str]) -> Vec<String> {
        let mut all = strings(args);
        all.extend(strings(&["--store", &self.store]));
        all
    }

    /// Receives what a created passport offers.
    pub fn receive(&self, passport: &Value) -> String {
        let offer = &passport["offer"];
        let (uri, tx_code) = (offer["uri"].as_str(), offer["tx_code"].as_str());
        self.succeed(&[
            "receive",
            uri.expect("an offer URI"),
            "--tx-code",
            tx_code.expect("a transaction code"),
            "--yes",
        ])
    }

    /// A fresh code for the host: one text, or an array of parts.
    pub fn code(&self, requirement: &str) -> Value {
        let printed = self.succeed(&["present", "--to", HOST_ODS, "--for", requirement, "--text"]);
        // base45 has a space in its alphabet: only line breaks part the parts.
        let mut parts: Vec<&str> = printed.lines().collect();
        match parts.len() {
            1 => json!(parts.remove(0)),
            _ => json!(parts),
        }
    }
}

fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

/// A loopback address that nobody listens on.
pub fn free_address(host: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    format!("http://{host}:{}", address.port())
}

/// `127.0.0.1:8101` of `http://localhost:8101/path`.
fn listen_at(url: &str) -> String {
    let rest = url.trim_start_matches("http://");
    let host = rest.split('/').next().unwrap_or(rest);
    host.replace("localhost", "127.0.0.1")
}

/// Whether `web/build` has made what pages need.
pub fn pages_are_built() -> bool {
    Path::new(&checkout("web/dist/wallet")).is_dir()
}

/// A path in the checkout.
fn checkout(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path).to_string_lossy().into_owned()
}
