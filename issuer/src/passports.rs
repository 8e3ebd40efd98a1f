//! What home HR does, one function an act: pages call it, `/api/v1/passports` calls it. Unknown
//! members are refused; errors are problems.

pub mod account;
pub mod approve;
pub mod change;
pub mod confirm;
pub mod create;
pub mod download;
pub mod drafts;
pub mod life;
pub mod offers;
pub mod progress;
pub mod queues;
pub mod read;
pub mod terms;
pub mod view;
pub mod watch;

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, SecondsFormat};
use server::Problem;
use server::problem::Fault;
use server::sign_in::ReadAudit;
use server::tokens::Scope;

pub use crate::passports::view::PassportView;

use crate::oversight::events::ManageWebhooks;
use crate::person::Person;
use crate::state::{Issuer, to_the_end};
use crate::store::{Done, NotDone, Passport, PassportId, StoreError};

/// Every scope that this service knows.
pub const SCOPES: &[&str] = &[
    ReadPassports::NAME,
    WritePassports::NAME,
    IssueUnattended::NAME,
    ReadAudit::NAME,
    ManageWebhooks::NAME,
];
/// Longest document: it is kept sealed in one value of the store.
pub(crate) const MAX_BODY_BYTES: usize = 60 * 1024;
/// Most characters of a note.
pub const MAX_NOTE_CHARS: usize = 500;

/// May read passports.
#[derive(Clone, Copy, Debug)]
pub struct ReadPassports;

/// May issue, change and revoke.
#[derive(Clone, Copy, Debug)]
pub struct WritePassports;

/// May issue where nobody compares digits with the phone (`confirm_key` off).
#[derive(Clone, Copy, Debug)]
pub struct IssueUnattended;

impl Scope for ReadPassports {
    const NAME: &'static str = "passports:read";
}

impl Scope for WritePassports {
    const NAME: &'static str = "passports:write";
}

impl Scope for IssueUnattended {
    const NAME: &'static str = "passports:issue-unattended";
}

/// The id in an address.
pub(crate) fn id_of(text: &str) -> Result<PassportId, Problem> {
    text.parse().map_err(|_| unknown())
}

/// The passport of an id.
pub(crate) async fn known(issuer: &Issuer, id: PassportId) -> Result<Passport, Problem> {
    issuer.store.passport(&id).await?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such passport")
}

/// Somebody's own words, sealed; blank ones are none.
pub(crate) fn sealed_note(
    person: &Person,
    note: Option<String>,
) -> Result<Option<String>, Problem> {
    let Some(note) = note.as_deref().map(str::trim).filter(|note| !note.is_empty()) else {
        return Ok(None);
    };
    if note.chars().count() > MAX_NOTE_CHARS {
        let message = format!("The note has more than {MAX_NOTE_CHARS} characters");
        return Err(Problem::unprocessable(vec![Fault::new("/note", "OUT_OF_RANGE", message)]));
    }
    Ok(Some(person.seal_note(note)))
}

/// Records an act and makes it public, even when the caller hangs up meanwhile.
pub(crate) async fn done_to_the_end<F, W>(
    issuer: &Arc<Issuer>,
    work: F,
) -> Result<Passport, Problem>
where
    F: FnOnce(Arc<Issuer>) -> W + Send + 'static,
    W: Future<Output = Result<Done, StoreError>> + Send + 'static,
{
    let issuer = Arc::clone(issuer);
    to_the_end(async move {
        let answer = work(Arc::clone(&issuer)).await?;
        done(&issuer, answer).await
    })
    .await
    .map_err(Problem::internal)?
}

/// Makes public what an act has changed and gives the passport.
pub(crate) async fn done(issuer: &Issuer, answer: Done) -> Result<Passport, Problem> {
    let (passport, changed) = match answer {
        Done::Done(passport, changed) => (*passport, changed),
        Done::Not(why) => return Err(not_done(why)),
    };
    let id = passport.id;
    issuer.status.change(changed).await.map_err(|error| {
        Problem::internal(format!("passport {id} is changed but not yet public: {error}"))
    })?;
    issuer.watch.changed(id);
    tracing::info!(passport.id = %id, state = passport.state.name(), "passport {id} is changed");
    Ok(passport)
}

/// Why an act is not done, in plain words.
pub(crate) fn not_done(why: NotDone) -> Problem {
    let conflict = |code, sentence: &str| Problem::conflict(code, sentence);
    match why {
        NotDone::Unknown => unknown(),
        NotDone::State(state) => {
            let sentence = format!("This can't be done to a passport that is {}.", state.name());
            conflict("WRONG_STATE", &sentence)
        }
        NotDone::RevokedFor(reason) => {
            let sentence = format!("It is revoked already, for the reason {}.", reason.name());
            conflict("REVOKED_OTHERWISE", &sentence)
        }
        NotDone::NoOpenOffer => conflict(
            "NO_OPEN_OFFER",
            "No offer of this passport is open: a wallet has it. Revoke it instead.",
        ),
        NotDone::NotWhole => {
            conflict("NOT_WHOLE", "The passport has faults still: put them right, then offer it.")
        }
        NotDone::ChangedMeanwhile => conflict(
            "CHANGED_MEANWHILE",
            "Somebody else has changed this passport meanwhile: look at it again.",
        ),
        NotDone::AskedAlready => conflict(
            "ASKED_ALREADY",
            "Something about this passport waits for a second person: approve or refuse it first.",
        ),
        NotDone::NothingAsked => {
            conflict("NOTHING_TO_APPROVE", "Nothing about this passport waits for approval.")
        }
        NotDone::OwnAsking => {
            Problem::new(StatusCode::FORBIDDEN, "SECOND_PERSON_NEEDED", "Not allowed").detail(
                "You asked for this yourself: a colleague has to approve it. You can take it back.",
            )
        }
        NotDone::NothingToConfirm => {
            conflict("NOTHING_TO_CONFIRM", "No phone waits for its digits to be compared.")
        }
        NotDone::OtherDigits => Problem::unprocessable(vec![Fault::new(
            "/digits",
            "OTHER_DIGITS",
            "The phone that asked shows other digits. Look at the phone again; if they differ, \
             refuse it",
        )]),
        NotDone::NoReplacement => conflict(
            "NO_REPLACEMENT",
            "What takes its place must be another passport that is offered or active.",
        ),
    }
}

/// RFC 3339, in UTC.
pub(crate) fn instant(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|instant| instant.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}
