//! The control socket `DIR/control.sock`: lets a command act on a store that a running service
//! holds. And the commands `token`, `person` and `audit`, which use it when it answers and open the
//! store otherwise.

mod audit;

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

pub use audit::AuditArgs;

use crate::audit::office::Auditor;
use crate::config::{BaseUrl, StoreUrl};
use crate::durable::Durable;
use crate::people::{Grants, Invitation, People, PeopleError, PersonId, PersonState, Role};
use crate::tokens::{Token, Tokens};

const NAME: &str = "control.sock";
/// Longest line either way: a list of thousands of tokens.
const MAX_LINE: u64 = 4 << 20;
/// Time for one exchange.
const EXCHANGE: Duration = Duration::from_secs(10);
/// Time for a look at a whole log.
const LONG_LOOK: Duration = Duration::from_secs(30 * 60);

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
            None => {
                let tokens = Tokens::new(Durable::open(&dir)?, clock, scopes);
                answer(&Desk { tokens: Some(tokens), ..Desk::default() }, request).await
            }
        };
        printed(answer)
    }
}

/// `person invite|list|link|disable|enable`, the same in every service.
#[derive(Clone, Debug, clap::Args)]
pub struct PersonArgs {
    /// Where the store is, for example sled:/var/lib/issuer
    #[arg(long, env = "STAFF_PASSPORT_STORE", global = true)]
    store: Option<StoreUrl>,
    /// Address of the service's pages, for links; a running service knows its own
    #[arg(long, env = "STAFF_PASSPORT_BASE_URL", global = true)]
    base_url: Option<BaseUrl>,
    #[command(subcommand)]
    command: PersonCommand,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum PersonCommand {
    /// Make an account and print its one-time link, good for a day
    Invite {
        /// As colleagues know them
        #[arg(long)]
        name: String,
        /// What they may do; repeat for more
        #[arg(long = "role", required = true)]
        roles: Vec<Role>,
    },
    /// List accounts
    List,
    /// Print a new one-time link for an account: it ends the passkey of before
    Link {
        /// Its id, as `list` shows it
        id: PersonId,
    },
    /// Let an account sign in no more, and end its sessions
    Disable {
        /// Its id
        id: PersonId,
    },
    /// Let it sign in again
    Enable {
        /// Its id
        id: PersonId,
    },
}

impl PersonArgs {
    /// Does it, and gives what to print on standard output.
    ///
    /// # Errors
    /// [`ControlError`], a sentence.
    pub async fn run(self, clock: Clock, grants: Grants) -> Result<String, ControlError> {
        let StoreUrl::Sled(dir) = self.store.ok_or(ControlError::NoStore)?;
        let request = match self.command {
            PersonCommand::Invite { name, roles } => Request::Invite { name, roles },
            PersonCommand::List => Request::People,
            PersonCommand::Link { id } => Request::Link { id },
            PersonCommand::Disable { id } => Request::Disable { id },
            PersonCommand::Enable { id } => Request::Enable { id },
        };
        let answer = match ask(&dir, &request).await? {
            Some(answer) => answer,
            None => {
                let base_url = self.base_url.as_ref().map_or("", BaseUrl::as_str).to_owned();
                let needs_it = matches!(request, Request::Invite { .. } | Request::Link { .. });
                if base_url.is_empty() && needs_it {
                    return Err(ControlError::NoBaseUrl);
                }
                let people = People::new(Durable::open(&dir)?, clock, grants, true);
                let accounts = Some(Accounts { people, base_url });
                answer(&Desk { accounts, ..Desk::default() }, request).await
            }
        };
        printed(answer)
    }
}

fn printed(answer: Answer) -> Result<String, ControlError> {
    match answer {
        Answer::Created { secret } => Ok(format!("{secret}\n")),
        Answer::Listed { tokens } => {
            Ok(tokens.iter().map(|token| format!("{}\n", serde_json::json!(token))).collect())
        }
        Answer::Linked { link } => Ok(format!("{link}\n")),
        Answer::People { people } => {
            Ok(people.iter().map(|person| format!("{}\n", serde_json::json!(person))).collect())
        }
        Answer::Revoked | Answer::Done => Ok(String::new()),
        Answer::Text { text } | Answer::Lines { text, .. } => Ok(text),
        Answer::Refused { sentence } => Err(ControlError::Refused(sentence)),
    }
}

/// An account as `person list` prints it.
#[derive(Serialize, Deserialize)]
struct Listed {
    id: PersonId,
    name: String,
    roles: Vec<Role>,
    state: PersonState,
}

/// What the socket acts on.
#[derive(Clone, Default)]
struct Desk {
    tokens: Option<Tokens>,
    accounts: Option<Accounts>,
    auditor: Option<Auditor>,
}

/// The accounts, and where their pages are.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The accounts.
    pub people: People,
    /// The base URL of the pages.
    pub base_url: String,
}

impl Accounts {
    fn link(&self, invitation: &Invitation) -> Answer {
        Answer::Linked { link: format!("{}/invitation/{}", self.base_url, invitation.secret) }
    }
}

/// One line of JSON to the service.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Request {
    Create { name: String, scopes: Vec<String>, days: u32 },
    List,
    Revoke { id: String },
    Invite { name: String, roles: Vec<Role> },
    People,
    Link { id: PersonId },
    Disable { id: PersonId },
    Enable { id: PersonId },
    VerifyAudit { head: Option<String> },
    ExportAudit { after: Option<String> },
}

/// One line of JSON back.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answer {
    Created { secret: String },
    Listed { tokens: Vec<Token> },
    Revoked,
    Linked { link: String },
    People { people: Vec<Listed> },
    Done,
    Text { text: String },
    Lines { text: String, after: Option<String> },
    Refused { sentence: String },
}

async fn answer(desk: &Desk, request: Request) -> Answer {
    let answer = match (request, &desk.tokens, &desk.accounts) {
        (Request::Create { name, scopes, days }, Some(tokens), _) => tokens
            .create(&name, &scopes, days)
            .await
            .map(|(secret, _)| Answer::Created { secret: secret.expose().to_owned() })
            .map_err(|error| error.to_string()),
        (Request::List, Some(tokens), _) => {
            tokens.list().map(|tokens| Answer::Listed { tokens }).map_err(|error| error.to_string())
        }
        (Request::Revoke { id }, Some(tokens), _) => {
            tokens.revoke(&id).await.map(|()| Answer::Revoked).map_err(|error| error.to_string())
        }
        (request @ (Request::VerifyAudit { .. } | Request::ExportAudit { .. }), _, _) => {
            audit::answer(desk.auditor.clone(), request).await
        }
        (request, _, Some(accounts)) => {
            about_people(accounts, request).await.map_err(|error| error.to_string())
        }
        _ => Err("this service has no accounts of people".to_owned()),
    };
    answer.unwrap_or_else(|sentence| Answer::Refused { sentence })
}

async fn about_people(accounts: &Accounts, request: Request) -> Result<Answer, PeopleError> {
    let people = &accounts.people;
    Ok(match request {
        Request::Invite { name, roles } => {
            accounts.link(&people.invite(&name, &roles, None).await?)
        }
        Request::Link { id } => accounts.link(&people.invite_again(id, None).await?),
        Request::Disable { id } => {
            people.disable(id, None).await?;
            Answer::Done
        }
        Request::Enable { id } => {
            people.enable(id, None).await?;
            Answer::Done
        }
        Request::People => {
            let listed = people.list()?.into_iter().map(|person| Listed {
                id: person.id,
                name: person.name,
                roles: person.roles,
                state: person.state,
            });
            Answer::People { people: listed.collect() }
        }
        Request::Create { .. } | Request::List | Request::Revoke { .. } => {
            Answer::Refused { sentence: "this command has no tokens".to_owned() }
        }
        Request::VerifyAudit { .. } | Request::ExportAudit { .. } => {
            Answer::Refused { sentence: "this command has no log".to_owned() }
        }
    })
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
        Self::answer_for(dir, Desk { tokens: Some(tokens), ..Desk::default() })
    }

    /// The same, for accounts of people too.
    ///
    /// # Errors
    /// [`ControlError::Socket`].
    pub fn with_people(
        dir: &Path,
        tokens: Tokens,
        accounts: Accounts,
    ) -> Result<Self, ControlError> {
        let desk = Desk { tokens: Some(tokens), accounts: Some(accounts), auditor: None };
        Self::answer_for(dir, desk)
    }

    /// The same, for the audit logs too.
    ///
    /// # Errors
    /// [`ControlError::Socket`].
    pub fn with_auditor(
        dir: &Path,
        tokens: Tokens,
        accounts: Accounts,
        auditor: Auditor,
    ) -> Result<Self, ControlError> {
        let (tokens, accounts) = (Some(tokens), Some(accounts));
        Self::answer_for(dir, Desk { tokens, accounts, auditor: Some(auditor) })
    }

    fn answer_for(dir: &Path, desk: Desk) -> Result<Self, ControlError> {
        let path = dir.join(NAME);
        let listener = bind(&path).map_err(socket_error(&path))?;
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let desk = desk.clone();
                        tokio::spawn(async move {
                            if serve(stream, &desk).await.is_err() {
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

async fn serve(mut stream: UnixStream, desk: &Desk) -> io::Result<()> {
    let line = timeout(EXCHANGE, read_line(&mut stream)).await??;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => answer(desk, request).await,
        Err(_) => Answer::Refused { sentence: "the command is of another version".to_owned() },
    };
    timeout(EXCHANGE, write_line(&mut stream, &answer)).await?
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
    let time = match request {
        Request::VerifyAudit { .. } => LONG_LOOK,
        _ => EXCHANGE,
    };
    let line = timeout(time, exchange)
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
    /// A link needs an address.
    #[error("the service does not run: say where its pages will be, --base-url https://…")]
    NoBaseUrl,
    /// The log does not stand.
    #[error(transparent)]
    Audit(#[from] crate::audit::heads::HeadsError),
    /// The ring does not open.
    #[error(transparent)]
    Ring(#[from] keys::args::OpenRingError),
    /// A file cannot be read, or the output not be written.
    #[error("{0} cannot be read or written")]
    File(String, #[source] io::Error),
    /// No store is named.
    #[error("name the store: --store sled:DIR")]
    NoStore,
}
