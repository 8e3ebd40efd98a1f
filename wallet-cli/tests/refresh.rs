//! Tokens bound to the wallet's key, and new copies without HR (RFC 9449; OpenID4VCI 1.0, "Refresh
//! Tokens").
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Membership, TX_CODE, Twist, World};
use keys::{Secret, SigningKey};
use tempfile::TempDir;
use vc::jwk::Algorithm;
use wallet_cli::store::{Contents, Held, HolderKey, Store};

const PASSPHRASE: &str = "correct horse battery staple";

struct Desk {
    world: World,
    folder: TempDir,
    id: String,
}

struct Said {
    done: bool,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn done(self) -> String {
        assert!(self.done, "{}{}", self.out, self.err);
        self.out
    }

    #[track_caller]
    fn refused(self, words: &str) {
        assert!(!self.done, "{}", self.out);
        assert!(self.err.contains(words), "{}", self.err);
    }
}

impl Desk {
    /// With a passport received; from an issuer that binds tokens, or one that does not.
    async fn new(binds: bool) -> Self {
        let world = World::start(clock::Clock::system()).await;
        if binds {
            world.binds();
        }
        let folder = tempfile::tempdir().expect("a folder");
        let jwk = world.operator.public_key().to_jwk();
        std::fs::write(folder.path().join("operator.jwk"), jwk.to_string()).expect("writable");
        let mut desk = Self { world, folder, id: String::new() };
        let key = desk.folder.path().join("operator.jwk").to_string_lossy().into_owned();
        let registry = desk.world.registry_url();
        desk.run(&["init", "--registry", &registry, "--operator-key", &key]).done();
        let out = desk.receive().done();
        desk.id = out.split("Kept as ").nth(1).expect("an id")[..8].to_owned();
        desk
    }

    fn receive(&self) -> Said {
        self.run(&["receive", &self.world.offer(), "--tx-code", TX_CODE, "--yes"])
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallet"));
        command
            .args(args)
            .arg("--store")
            .arg(self.folder.path().join("store"))
            .env("WALLET_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        let output = self.command(args).output().expect("the program runs");
        Said {
            done: output.status.success(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    fn refresh(&self) -> Said {
        self.run(&["refresh", &self.id])
    }

    fn store(&self) -> Store {
        let passphrase = Secret::from(PASSPHRASE.to_owned());
        Store::open(&self.folder.path().join("store"), passphrase).expect("opens")
    }

    fn held(&self) -> Held {
        let contents: Contents = self.store().contents().clone();
        contents.credential(&self.id).expect("held").clone()
    }

    fn refresh_token(&self) -> String {
        self.held().renewal.expect("renewable").refresh_token.0.clone()
    }

    fn asked(&self, path: &str) -> usize {
        self.world.seen().iter().filter(|seen| seen.starts_with(path)).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_proves_itself_where_the_issuer_binds_tokens() {
    let desk = Desk::new(true).await;

    // The fake issuer refuses any request without a proof, with an old one, or by another key.
    assert!(desk.world.saw("/notification credential_accepted"));
    assert_eq!(desk.refresh_token(), "refresh-0");
    let (holder, client) = (desk.held().holder_key, desk.held().renewal.unwrap().client_key);
    assert_ne!(holder.0, client.0, "a key of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_credential_is_asked_for_with_proofs() {
    let desk = Desk::new(true).await;
    desk.world.twist(Twist::ConfirmedAtSecondAsking);
    desk.world.rebind(|binding| binding.key = None);

    desk.receive().done();

    assert_eq!(desk.asked("/deferred"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_of_an_issuer_that_binds_is_refused() {
    let desk = Desk::new(true).await;
    desk.world.rebind(|binding| binding.key = None);
    desk.world.twist(Twist::BearerAllTheSame);

    desk.receive().refused("does not know");

    assert_eq!(desk.asked("/credential"), 1, "only that of the first passport");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_without_proofs_gives_a_bearer_token_and_no_renewal() {
    let desk = Desk::new(false).await;

    desk.refresh().refused("through HR only");

    assert!(desk.held().renewal.is_none());
    assert!(!desk.world.saw("/token refresh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_benign_change_comes_by_refresh_under_the_same_key() {
    let desk = Desk::new(true).await;
    let before = desk.held();
    desk.world.rebind(|binding| binding.family_name = Some("Okafor-Bello".to_owned()));

    let said = desk.refresh().done();

    assert!(said.contains("Last name: Okafor-Bello"), "{said}");
    assert!(!said.contains("Amara"), "only what is new: {said}");
    let after = desk.held();
    assert_eq!(after.holder_key.0, before.holder_key.0);
    assert_ne!(after.credential, before.credential);
    assert_eq!(desk.refresh_token(), "refresh-1");
    let list = desk.run(&["list"]).done();
    assert!(list.contains("Okafor-Bello") && list.lines().count() < 6, "{list}");
    let history = desk.run(&["history"]).done();
    assert!(history.contains("renewed by The Christie"), "{history}");
    assert_eq!(desk.asked("/notification credential_accepted"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_id_all_that_is_held_is_renewed() {
    let desk = Desk::new(true).await;

    let said = desk.run(&["refresh"]).done();

    assert!(said.contains("Nothing else has changed"), "{said}");
    assert_eq!(desk.refresh_token(), "refresh-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_refresh_token_was_spent_loses_nothing() {
    let desk = Desk::new(true).await;
    desk.world.rebind(|binding| binding.silent = true);
    let mut child = desk.command(&["refresh"]).stdout(Stdio::null()).spawn().expect("starts");
    while !desk.world.saw("/credential silent") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    desk.world.rebind(|binding| binding.silent = false);

    assert_eq!(desk.refresh_token(), "refresh-1", "on disk before the credential was asked for");
    desk.refresh().done();

    assert_eq!(desk.refresh_token(), "refresh-2");
    assert!(!desk.world.binding().ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wallet_processes_do_not_spend_one_refresh_token_twice() {
    let desk = Desk::new(true).await;
    let start = || desk.command(&["refresh"]).stdout(Stdio::null()).spawn().expect("starts");

    let mut children = [start(), start(), start()];

    for child in &mut children {
        assert!(child.wait().expect("ends").success());
    }
    assert_eq!(desk.refresh_token(), "refresh-3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_fails_a_check_does_not_replace_the_one_that_is_held() {
    let desk = Desk::new(true).await;
    let before = desk.held();
    let twists = [
        Twist::SignedByAnother,
        Twist::BoundToAnotherKey,
        Twist::AnotherType,
        Twist::AnotherIss,
        Twist::Expired,
        Twist::Revoked,
        Twist::WithoutStatus,
    ];
    for (place, twist) in (1..).zip(twists) {
        desk.world.twist(twist);

        desk.refresh().refused("What you hold is as it was.");

        let held = desk.held();
        assert_eq!(held.credential, before.credential, "{twist:?}");
        let next = held.renewal.expect("renewable").refresh_token;
        assert_eq!(next.0, format!("refresh-{place}"), "the next one is kept all the same");
        assert_eq!(desk.asked("/notification credential_failure"), place, "{twist:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_copy_is_not_kept() {
    let desk = Desk::new(true).await;
    let before = desk.held();
    desk.world.rebind(|binding| binding.subject_ref = Some("somebody".to_owned()));

    desk.refresh().refused("about another person");

    assert_eq!(desk.held().credential, before.credential);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_has_ended_it_is_explained_by_its_status_list() {
    let desk = Desk::new(true).await;
    desk.world.rebind(|binding| binding.ended = true);
    for (twist, words) in [
        (Twist::Revoked, "has ended this passport"),
        (Twist::Superseded, "has moved to another phone"),
        (Twist::Suspended, "has suspended this passport"),
        (Twist::None, "gives this wallet no more copies"),
        (Twist::StatusGone, "gives this wallet no more copies"),
    ] {
        desk.world.twist(twist);

        desk.refresh().refused(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_an_issuer_that_the_network_has_put_out() {
    let desk = Desk::new(true).await;
    desk.world.membership(Membership::Suspended);
    desk.world.registry_version(9);

    desk.refresh().refused("takes no part in the network");

    assert!(!desk.world.saw("/token refresh"));
    assert_eq!(desk.refresh_token(), "refresh-0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_an_earlier_program_opens_and_is_not_renewable() {
    let desk = Desk::new(true).await;
    let mut held = serde_json::to_value(desk.held()).expect("JSON");
    held.as_object_mut().expect("an object").remove("renewal");

    let read: Held = serde_json::from_value(held).expect("reads");

    assert!(read.renewal.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_the_issuers_client_gets_nothing() {
    let desk = Desk::new(true).await;
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let other = SigningKey::generate(Algorithm::EdDsa, &mut rng).to_secret_bytes();
    let other = HolderKey(vc::base64url::encode(&other));
    desk.store()
        .update(&mut rng, |contents| {
            contents.credentials[0].renewal.as_mut().expect("renewable").client_key = other;
            Ok(())
        })
        .expect("written");

    desk.refresh().refused("invalid_dpop_proof");

    assert_eq!(desk.refresh_token(), "refresh-0");
}
