//! `audit verify|export`: over the control socket while the service runs, else in the store.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use keys::RingArgs;

use super::{Answer, ControlError, Request, ask};
use crate::audit::Log;
use crate::audit::office::{Auditor, MAX_LINES};
use crate::config::StoreUrl;
use crate::durable::Durable;

/// The same in every service; flatten it into the service's command.
#[derive(Clone, Debug, clap::Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum AuditCommand {
    /// Check every entry, every link and every signed head
    Verify {
        #[command(flatten)]
        place: Place,
        /// A file with a signed head that you kept: it must be among them
        #[arg(long)]
        head: Option<PathBuf>,
    },
    /// Print every entry as a line of JSON, then every signed head
    Export {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Debug, clap::Args)]
struct Place {
    /// Where the store is, for example sled:/var/lib/issuer
    #[arg(long, env = "STAFF_PASSPORT_STORE")]
    store: StoreUrl,
    // A running service has its ring.
    #[command(flatten)]
    ring: Option<RingArgs>,
}

impl Place {
    fn auditor(&self, logs: &'static [Log]) -> Result<Auditor, ControlError> {
        let StoreUrl::Sled(dir) = &self.store;
        let ring = self.ring.as_ref().map(RingArgs::open).transpose()?.map(Arc::new);
        Ok(Auditor::new(Durable::open(dir)?, logs, ring))
    }
}

impl AuditArgs {
    /// Does it; lines go to `out` as they come.
    ///
    /// # Errors
    /// [`ControlError`], a sentence that names the entry.
    pub async fn run(self, logs: &'static [Log], out: &mut impl Write) -> Result<(), ControlError> {
        match self.command {
            AuditCommand::Verify { place, head } => {
                let head = head
                    .map(|file| {
                        let failed = |error| ControlError::File(file.display().to_string(), error);
                        std::fs::read_to_string(&file).map_err(failed)
                    })
                    .transpose()?;
                let StoreUrl::Sled(dir) = &place.store;
                let text = match ask(dir, &Request::VerifyAudit { head: head.clone() }).await? {
                    Some(Answer::Text { text }) => text,
                    Some(answer) => return Err(unexpected(answer)),
                    None => place.auditor(logs)?.report(head.as_deref())?,
                };
                write(out, &text)
            }
            AuditCommand::Export { place } => {
                let StoreUrl::Sled(dir) = &place.store;
                let mut after = None;
                let mut here = None;
                loop {
                    let page =
                        match ask(dir, &Request::ExportAudit { after: after.clone() }).await? {
                            Some(Answer::Lines { text, after }) => after.map(|after| (text, after)),
                            Some(answer) => return Err(unexpected(answer)),
                            None => {
                                let auditor = match here.take() {
                                    Some(auditor) => auditor,
                                    None => place.auditor(logs)?,
                                };
                                let page = auditor.lines(after.as_deref(), MAX_LINES)?;
                                here = Some(auditor);
                                page
                            }
                        };
                    let Some((text, next)) = page else { return Ok(()) };
                    write(out, &text)?;
                    after = Some(next);
                }
            }
        }
    }
}

fn write(out: &mut impl Write, text: &str) -> Result<(), ControlError> {
    out.write_all(text.as_bytes())
        .map_err(|error| ControlError::File("the output".to_owned(), error))
}

fn unexpected(answer: Answer) -> ControlError {
    match answer {
        Answer::Refused { sentence } => ControlError::Refused(sentence),
        _ => ControlError::Refused("the service is of another version".to_owned()),
    }
}

/// What the service answers.
pub(super) async fn answer(auditor: Option<Auditor>, request: Request) -> Result<Answer, String> {
    let auditor = auditor.ok_or("this service does not look at its logs while it runs")?;
    tokio::task::spawn_blocking(move || match request {
        Request::VerifyAudit { head } => auditor
            .report(head.as_deref())
            .map(|text| Answer::Text { text })
            .map_err(|error| error.to_string()),
        Request::ExportAudit { after } => auditor
            .lines(after.as_deref(), MAX_LINES)
            .map(|page| match page {
                Some((text, after)) => Answer::Lines { text, after: Some(after) },
                None => Answer::Lines { text: String::new(), after: None },
            })
            .map_err(|error| error.to_string()),
        _ => Err("no question about a log".to_owned()),
    })
    .await
    .map_err(|error| error.to_string())?
}
