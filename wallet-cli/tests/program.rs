//! The `wallet` program as a person or a script runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use clock::Clock;
use common::{TX_CODE, Twist, World};
use keys::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery staple";
const PURPOSE: &str = "OBSERVER/NURSING_AND_MIDWIFERY_REGISTERED";

/// A wallet's folder and the network around it.
struct Desk {
    world: World,
    folder: TempDir,
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(args: &[&str], passphrase: Option<&str>) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallet"));
    command.args(args).stdin(Stdio::null()).env_remove("WALLET_STORE");
    match passphrase {
        Some(passphrase) => command.env("WALLET_PASSPHRASE", passphrase),
        None => command.env_remove("WALLET_PASSPHRASE"),
    };
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    Said {
        code: status.code(),
        out: String::from_utf8(stdout).expect("UTF-8"),
        err: String::from_utf8(stderr).expect("UTF-8"),
    }
}

impl Said {
    #[track_caller]
    fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// Exit code 1, nothing on standard output, and words that say why.
    #[track_caller]
    fn refused(self, words: &str) -> Self {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        assert!(self.err.contains(words), "{}", self.err);
        self
    }
}

impl Desk {
    async fn bare() -> Self {
        let world = World::start(Clock::system()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let jwk = world.operator.public_key().to_jwk();
        std::fs::write(folder.path().join("operator.jwk"), jwk.to_string()).expect("writable");
        Self { world, folder }
    }

    async fn new() -> Self {
        let desk = Self::bare().await;
        desk.init(PASSPHRASE).done();
        desk
    }

    /// With a passport received; its id.
    async fn with_passport() -> (Self, String) {
        let desk = Self::new().await;
        let said = desk.receive().done();
        let id = said.out.split("Kept as ").nth(1).expect("an id")[..8].to_owned();
        (desk, id)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn init(&self, passphrase: &str) -> Said {
        let (registry, key) = (self.world.registry_url(), self.path("operator.jwk"));
        let args = ["init", "--registry", &registry, "--operator-key", &key];
        self.run_with(&args, Some(passphrase))
    }

    fn receive(&self) -> Said {
        self.run(&["receive", &self.world.offer(), "--tx-code", TX_CODE, "--yes"])
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, Some(PASSPHRASE))
    }

    fn run_with(&self, args: &[&str], passphrase: Option<&str>) -> Said {
        let store = self.path("store");
        run(&[args, &["--store", &store]].concat(), passphrase)
    }

    fn present(&self, more: &[&str]) -> Said {
        self.run(&[&["present", "--to", "R0A", "--for", PURPOSE], more].concat())
    }
}

#[test]
fn the_help_names_every_verb_and_wrong_usage_ends_with_2() {
    let help = run(&["--help"], None);
    assert_eq!(help.code, Some(0));
    for verb in ["init", "receive", "refresh", "list", "show", "present", "history", "delete"] {
        assert!(help.out.contains(verb), "{}", help.out);
    }
    assert!(help.out.contains("WALLET_PASSPHRASE"), "{}", help.out);

    for args in [&[][..], &["dance"], &["present", "--to", "R0A"], &["list", "--loud"]] {
        assert_eq!(run(args, None).code, Some(2), "{args:?}");
    }
}

#[test]
fn without_a_wallet_every_verb_says_how_to_make_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().to_string_lossy();

    for args in [
        &["list"][..],
        &["show", "x"],
        &["history"],
        &["refresh"],
        &["delete", "x"],
        &["receive", "openid-credential-offer://?x"],
        &["present", "--to", "R0A", "--for", PURPOSE],
    ] {
        let args = [args, &["--store", &store]].concat();

        run(&args, Some(PASSPHRASE)).refused("wallet init");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passport_is_received_listed_shown_presented_and_deleted() {
    let (desk, id) = Desk::with_passport().await;

    let list = desk.run(&["list"]).done().out;
    assert!(list.contains("Staff passport of Amara Okafor"), "{list}");
    assert!(list.contains("The Christie NHS Foundation Trust (RBV)"), "{list}");
    assert!(list.contains("90 days left"), "{list}");
    let json: Value = serde_json::from_str(&desk.run(&["list", "--json"]).done().out).unwrap();
    assert_eq!(json[0]["id"], id.as_str());
    assert_eq!(json[0]["ods"], "RBV");

    let show = desk.run(&["show", &id[..4]]).done().out;
    assert!(show.contains("Date of birth: 20 June 1990"), "{show}");
    assert!(show.contains("Fire safety") || show.contains("fire safety"), "{show}");

    let code = desk.present(&["--text"]).done().out;
    let parts: Vec<&str> = code.lines().collect();
    let joined = vc::qr::join(parts.iter().copied()).expect("a code");
    let presentation = vc::qr::decode(&joined).expect("decodes");
    assert!(presentation.contains('~'));

    let history = desk.run(&["history"]).done().out;
    assert!(history.contains("received from The Christie"), "{history}");
    assert!(history.contains("shown to Manchester University"), "{history}");
    assert!(history.contains(PURPOSE), "{history}");

    desk.run(&["delete", &id, "--yes"]).done();
    assert!(desk.run(&["list"]).done().out.contains("You hold nothing yet"));
    desk.present(&["--text"]).refused("You hold no passport");
    assert!(desk.run(&["history"]).done().out.contains("deleted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_prints_the_code_and_nothing_else() {
    let (desk, _) = Desk::with_passport().await;

    let said = desk.present(&["--text"]).done();

    for line in said.out.lines() {
        assert!(line.starts_with("SP"), "{line}");
        assert!(line.chars().count() <= vc::qr::MAX_CODE_CHARS);
    }
    assert!(said.err.contains("Will be shown:"), "{}", said.err);
    assert!(said.err.contains("So that the ward knows who you are."), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_drawn_in_the_terminal_and_in_files() {
    let (desk, _) = Desk::with_passport().await;

    let drawn = desk.present(&["--once"]).done().out;
    assert!(drawn.contains('▀') || drawn.contains('█') || drawn.contains('▄'), "{drawn}");

    let (png, svg) = (desk.path("code.png"), desk.path("code.svg"));
    let written = desk.present(&["--png", &png, "--svg", &svg]).done().out;
    for path in written.lines() {
        let bytes = std::fs::read(path).expect("written");
        let good = match Path::new(path).extension().and_then(|name| name.to_str()) {
            Some("png") => bytes.starts_with(b"\x89PNG"),
            _ => bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml"),
        };
        assert!(good, "{path}");
    }
    assert!(written.lines().count() >= 2, "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_issues_what_is_said_before_the_transaction_code_is_asked_for() {
    let desk = Desk::new().await;
    let offer = desk.world.offer();

    let said = desk.run(&["receive", &offer]).refused("--tx-code");

    assert!(
        said.out.contains("The Christie NHS Foundation Trust (RBV) offers you"),
        "{}",
        said.out
    );
    assert!(!desk.world.saw("/token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_received_without_a_yes() {
    let desk = Desk::new().await;
    let offer = desk.world.offer();

    desk.run(&["receive", &offer, "--tx-code", TX_CODE]).refused("--yes");

    assert!(!desk.world.saw("/token"));
    assert!(desk.run(&["list"]).done().out.contains("You hold nothing yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_issuer_leaves_the_wallet_empty_and_says_what_to_do() {
    for (twist, words) in [
        (Twist::OfferOfAnotherIssuer, "your network does not know"),
        (Twist::MetadataOfAnotherIssuer, "the offer may be forged"),
        (Twist::MetadataRedirects, "sends the wallet elsewhere"),
        (Twist::SignedByAnother, "it may be forged"),
        (Twist::BoundToAnotherKey, "it belongs to another wallet"),
        (Twist::Revoked, "it has been revoked"),
        (Twist::OfferUsed, "ask HR for a new one"),
    ] {
        let desk = Desk::new().await;
        desk.world.twist(twist);

        let said = desk.receive().refused(words);

        assert!(said.err.contains("Nothing was received."), "{twist:?}: {}", said.err);
        assert!(desk.run(&["list"]).done().out.contains("You hold nothing yet"), "{twist:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_transaction_code_says_so() {
    let desk = Desk::new().await;
    let offer = desk.world.offer();

    desk.run(&["receive", &offer, "--tx-code", "000000", "--yes"])
        .refused("the transaction code is wrong");
    desk.run(&["receive", &offer, "--tx-code", "12", "--yes"]).refused("was not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_store_shows_nothing_without_its_passphrase() {
    let (desk, id) = Desk::with_passport().await;
    let copy = desk.path("copy");
    std::fs::create_dir(&copy).expect("a folder");
    std::fs::copy(desk.path("store/wallet.sealed"), format!("{copy}/wallet.sealed"))
        .expect("copied");

    for args in [&["present", "--to", "R0A", "--for", PURPOSE, "--text"][..], &["show", &id]] {
        let args = [args, &["--store", &copy]].concat();

        let said = run(&args, Some("another passphrase")).refused("does not open");
        assert_eq!(said.out, "");
        let said = run(&args, None).refused("WALLET_PASSPHRASE");
        assert_eq!(said.out, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn init_refuses_a_short_passphrase_a_second_wallet_and_a_wrong_operator() {
    let desk = Desk::bare().await;

    desk.init("short").refused("at least 8 characters");
    assert!(!Path::new(&desk.path("store/wallet.sealed")).exists());

    let stranger =
        SigningKey::generate(vc::jwk::Algorithm::EdDsa, &mut ChaCha20Rng::seed_from_u64(1234));
    let key = desk.path("stranger.jwk");
    std::fs::write(&key, stranger.public_key().to_jwk().to_string()).expect("writable");
    let registry = desk.world.registry_url();
    desk.run(&["init", "--registry", &registry, "--operator-key", &key])
        .refused("operators signed it");
    desk.run(&[
        "init",
        "--registry",
        "ftp://x.example",
        "--operator-key",
        &desk.path("operator.jwk"),
    ])
    .refused("https");
    desk.run(&["init", "--registry", &registry, "--operator-key", "/nowhere"])
        .refused("can't be read");

    desk.init(PASSPHRASE).done();
    desk.init(PASSPHRASE).refused("already");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_registry_is_told_and_the_last_good_copy_does() {
    let (desk, _) = Desk::with_passport().await;
    desk.world.registry_down(true);

    let said = desk.present(&["--text"]).done();

    assert!(said.err.contains("going by the last good copy"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_another_signer_or_an_older_one_is_not_taken() {
    let (desk, _) = Desk::with_passport().await;
    desk.world.registry_version(2);
    let said = desk.present(&["--text"]).done();
    assert!(said.err.contains("version 2 came, and version 3 was seen before"), "{}", said.err);

    desk.world.registry_version(4);
    desk.world.registry_signed_by(SigningKey::generate(
        vc::jwk::Algorithm::EdDsa,
        &mut ChaCha20Rng::seed_from_u64(4321),
    ));
    let said = desk.present(&["--text"]).done();
    assert!(said.err.contains("0 of your network's operators signed it"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_registry_is_kept_and_an_unchanged_one_is_not_sent_again() {
    let (desk, _) = Desk::with_passport().await;
    assert!(desk.world.saw("/registry.json 304"), "{:?}", desk.world.seen());

    desk.world.registry_version(5);
    desk.present(&["--text"]).done();
    desk.world.registry_version(4);

    let said = desk.present(&["--text"]).done();
    assert!(said.err.contains("version 4 came, and version 5 was seen before"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn present_says_what_is_wrong_with_what_was_typed() {
    let (desk, _) = Desk::with_passport().await;
    let present = |to: &str, purpose: &str, more: &[&str]| {
        desk.run(&[&["present", "--text", "--to", to, "--for", purpose], more].concat())
    };

    present("RXX", PURPOSE, &[]).refused("is no hospital that takes part");
    present("R0A", "OBSERVER", &[]).refused("does not say what for");
    present("R0A", "PARTY/NURSES", &[]).refused("does not say what for");
    present("R0A", PURPOSE, &["--desk-code", "12"]).refused("six digits");
    let said =
        present("R0A", PURPOSE, &["--credential", "zzzz"]).refused("You hold nothing called");
    assert_eq!(said.out, "");
    let history = desk.run(&["history"]).done().out;
    assert!(!history.contains("shown to"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_requirement_stands_in_for_a_silent_host_only() {
    let (desk, _) = Desk::with_passport().await;

    desk.world.host_requirement(Some(Value::String("nonsense".to_owned())));
    let said = desk.present(&["--text"]).done();
    assert!(said.err.contains("this is the usual list"), "{}", said.err);

    desk.world.host_requirement(None);
    desk.present(&["--text"]).refused("asks for nothing under");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_passports_one_must_be_named() {
    let (desk, id) = Desk::with_passport().await;
    desk.receive().done();

    let said = desk.present(&["--text"]).refused("--credential");
    assert!(said.err.contains(&id), "{}", said.err);
    desk.present(&["--text", "--credential", &id]).done();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_credential_is_called_so() {
    let desk = Desk::new().await;

    desk.run(&["show", "abcd"]).refused("You hold nothing called \"abcd\"");
    desk.run(&["delete", "abcd", "--yes"]).refused("wallet list");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_at_once_lose_nothing() {
    let desk = Desk::new().await;

    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| desk.receive().done());
        }
    });

    let json: Value = serde_json::from_str(&desk.run(&["list", "--json"]).done().out).unwrap();
    assert_eq!(json.as_array().map(Vec::len), Some(3));
}
