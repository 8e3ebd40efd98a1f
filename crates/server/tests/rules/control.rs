//! The control socket and the `token` command.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::Parser;
use clock::Clock;
use server::Tokens;
use server::control::{Control, ControlError, TokenArgs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::durable::open;
use super::tokens::SCOPES;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    token: TokenArgs,
}

async fn token(dir: &Path, arguments: &[&str]) -> Result<String, ControlError> {
    let store = format!("--store=sled:{}", dir.display());
    let arguments = ["token"].iter().chain(arguments).copied().chain([store.as_str()]);
    Cli::try_parse_from(arguments).unwrap().token.run(Clock::system(), SCOPES).await
}

const CREATE: [&str; 5] = ["create", "--name", "desk", "--scope", "passports:read"];

#[tokio::test]
async fn a_token_is_made_while_the_service_holds_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::system(), SCOPES);
    let control = Control::listen(dir.path(), tokens.clone()).unwrap();

    let secret = token(dir.path(), &CREATE).await.unwrap();
    let listed = token(dir.path(), &["list"]).await.unwrap();

    assert!(secret.starts_with("sp_") && secret.ends_with('\n'));
    let made = tokens.list().unwrap().remove(0);
    assert_eq!(serde_json::from_str::<server::tokens::Token>(&listed).unwrap(), made);
    token(dir.path(), &["revoke", &made.id]).await.unwrap();
    assert_eq!(tokens.list().unwrap(), []);
    let unknown = token(dir.path(), &["revoke", &made.id]).await.unwrap_err();
    assert_eq!(unknown.to_string(), format!("no token {:?}", made.id));
    drop(control);
    assert!(!dir.path().join("control.sock").exists());
}

#[tokio::test]
async fn a_token_is_made_in_the_store_when_no_service_runs() {
    let dir = tempfile::tempdir().unwrap();

    token(dir.path(), &CREATE).await.unwrap();

    let tokens = Tokens::new(open(dir.path()), Clock::system(), SCOPES);
    assert_eq!(tokens.list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stale_socket_is_passed_over_and_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("control.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());

    token(dir.path(), &CREATE).await.unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::system(), SCOPES);
    let _control = Control::listen(dir.path(), tokens).unwrap();

    let listed = token(dir.path(), &["list"]).await.unwrap();
    assert_eq!(listed.lines().count(), 1);
}

#[tokio::test]
async fn only_the_owner_may_use_the_socket() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::system(), SCOPES);

    let _control = Control::listen(dir.path(), tokens).unwrap();

    let mode = std::fs::metadata(dir.path().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_line_of_nonsense_is_refused_and_the_next_command_works() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(open(dir.path()), Clock::system(), SCOPES);
    let _control = Control::listen(dir.path(), tokens).unwrap();

    let mut stream = UnixStream::connect(dir.path().join("control.sock")).await.unwrap();
    stream.write_all(b"nonsense\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("{\"refused\":"), "{answer}");
    token(dir.path(), &CREATE).await.unwrap();
}
