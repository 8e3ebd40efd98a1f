//! The control socket `DIR/control.sock`: lets a command act on a store that a running service
//! holds. And the `token` command, which uses it when it answers and opens the store otherwise.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::config::StoreUrl;
use crate::durable::Durable;
use crate::tokens::{Token, Tokens};

const NAME: &str = "control.sock";
/// Longest line either way: a list of thousands of tokens.
const MAX_LINE: u64 = 4 << 20;
/// Time for one exchange.
const EXCHANGE: Duration = Duration::from_secs(10);

/// `token create|list|revoke`, the same in every service; flatten it into the service's command.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenArgs {
    /// Where the store is, for example sled:/var/lib/issuer
    #[arg(long, env = "STAFF_PASSPORT_STORE", global = true)]
    store: Option<StoreUrl>,
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum TokenCommand {
    /// Make a token and print its secret once
    Create {
        /// What you call it
        #[arg(long)]
        name: String,
        /// What it may do; repeat for more
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// Days until it expires
        #[arg(long, default_value_t = 90)]
        expires_days: u32,
    },
    /// List tokens (never their secrets)
    List,
    /// Revoke a token by its id
    Revoke {
        /// Its id, as `list` shows it
        id: String,
    },
}

impl TokenArgs {
    /// Does it, and gives what to print on standard output.
    ///
    /// # Errors
    /// [`ControlError`], a sentence.
    pub async fn run(
        self,
        clock: Clock,
        scopes: &'static [&'static str],
    ) -> Result<String, ControlError> {
        let StoreUrl::Sled(dir) = self.store.ok_or(ControlError::NoStore)?;
        let request = match self.command {
            TokenCommand::Create { name, scopes, expires_days } => {
                Request::Create { name, scopes, days: expires_days }
            }
            TokenCommand::List => Request::List,
            TokenCommand::Revoke { id } => Request::Revoke { id },
        };
        let answer = match ask(&dir, &request).await? {
            Some(answer) => answer,
            None => answer(&Tokens::new(Durable::open(&dir)?, clock, scopes), request).await,
        };
        match answer {
            Answer::Created { secret } => Ok(format!("{secret}\n")),
            Answer::Listed { tokens } => {
                Ok(tokens.iter().map(|token| format!("{}\n", serde_json::json!(token))).collect())
            }
            Answer::Revoked => Ok(String::new()),
            Answer::Refused { sentence } => Err(ControlError::Refused(sentence)),
        }
    }
}

/// One line of JSON to the service.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Request {
    Create { name: String, scopes: Vec<String>, days: u32 },
    List,
    Revoke { id: String },
}

/// One line of JSON back.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answer {
    Created { secret: String },
    Listed { tokens: Vec<Token> },
    Revoked,
    Refused { sentence: String },
}

async fn answer(tokens: &Tokens, request: Request) -> Answer {
    let answer = match request {
        Request::Create { name, scopes, days } => tokens
            .create(&name, &scopes, days)
            .await
            .map(|(secret, _)| Answer::Created { secret: secret.expose().to_owned() })
            .map_err(|error| error.to_string()),
        Request::List => {
            tokens.list().map(|tokens| Answer::Listed { tokens }).map_err(|error| error.to_string())
        }
        Request::Revoke { id } => {
            tokens.revoke(&id).await.map(|()| Answer::Revoked).map_err(|error| error.to_string())
        }
    };
    answer.unwrap_or_else(|sentence| Answer::Refused { sentence })
}

/// A socket that answers until it is dropped.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens on `DIR/control.sock` (mode 0600), replacing a stale one: the store in `DIR` must be
    /// open here, so nobody else can be listening.
    ///
    /// # Errors
    /// [`ControlError::Socket`].
    pub fn listen(dir: &Path, tokens: Tokens) -> Result<Self, ControlError> {
        let path = dir.join(NAME);
        let listener = bind(&path).map_err(socket_error(&path))?;
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let tokens = tokens.clone();
                        tokio::spawn(async move {
                            if !matches!(
                                timeout(EXCHANGE, serve(stream, &tokens)).await,
                                Ok(Ok(()))
                            ) {
                                tracing::warn!("a control exchange broke off");
                            }
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the control socket cannot accept");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        });
        Ok(Self { path, task })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        drop(fs::remove_file(&self.path));
    }
}

/// The socket has its mode before it has its name.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let unnamed = path.with_extension("new");
    match fs::remove_file(&unnamed) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&unnamed)?;
    fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    fs::rename(&unnamed, path)?;
    Ok(listener)
}

async fn serve(mut stream: UnixStream, tokens: &Tokens) -> io::Result<()> {
    let answer = match serde_json::from_str(&read_line(&mut stream).await?) {
        Ok(request) => answer(tokens, request).await,
        Err(_) => Answer::Refused { sentence: "the command is of another version".to_owned() },
    };
    write_line(&mut stream, &answer).await
}

/// Nothing when no service listens.
async fn ask(dir: &Path, request: &Request) -> Result<Option<Answer>, ControlError> {
    let path = dir.join(NAME);
    let failed = socket_error(&path);
    let mut stream = match UnixStream::connect(&path).await {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    let exchange = async {
        write_line(&mut stream, request).await?;
        read_line(&mut stream).await
    };
    let line = timeout(EXCHANGE, exchange)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(&failed)?;
    serde_json::from_str(&line)
        .map(Some)
        .map_err(|_| ControlError::Refused("the service is of another version".to_owned()))
}

async fn read_line(stream: &mut UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut line).await?;
    Ok(line)
}

async fn write_line(stream: &mut UnixStream, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

fn socket_error(path: &Path) -> impl Fn(io::Error) -> ControlError {
    move |source| ControlError::Socket { path: path.display().to_string(), source }
}

/// Why a command is not done.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A sentence from the service.
    #[error("{0}")]
    Refused(String),
    /// The socket does not work.
    #[error("the control socket {path} does not work")]
    Socket {
        /// Where it is.
        path: String,
        /// The error.
        #[source]
        source: io::Error,
    },
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] crate::durable::OpenError),
    /// No store is named.
    #[error("name the store: --store sled:DIR")]
    NoStore,
}
