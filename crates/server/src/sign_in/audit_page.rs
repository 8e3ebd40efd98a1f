//! `/audit`: the account log, newest first, for auditors.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use chrono::DateTime;
use serde::Deserialize;

use crate::audit::{self, Row};
use crate::pages::{OnPage, PageError, Shell, page};
use crate::people::Person;
use crate::problem::Problem;
use crate::sign_in::Here;
use crate::tokens::Scope;

/// Rows of one page.
const ROWS: usize = 50;

/// May read the log.
#[derive(Clone, Copy, Debug)]
pub struct ReadAudit;

impl Scope for ReadAudit {
    const NAME: &'static str = "audit:read";
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    rows: Vec<RowView>,
    /// Address of the rows before these, or empty.
    older: String,
    newest: String,
}

struct RowView {
    sequence: u64,
    at: String,
    what: String,
    who: String,
    about: String,
    detail: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// Only rows with a smaller number.
    before: Option<u64>,
}

/// `GET /audit`
pub(crate) async fn list(
    on: OnPage<ReadAudit>,
    here: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let people = here.visit.sign_in().people();
    let everybody = people.list()?;
    let rows = audit::before(people.db(), asked.before.unwrap_or(u64::MAX))
        .take(ROWS)
        .collect::<Result<Vec<Row>, _>>()
        .map_err(Problem::internal)?;
    let older = match rows.last() {
        Some(last) if last.sequence > 1 => format!("/audit?before={}", last.sequence),
        _ => String::new(),
    };
    let newest = if asked.before.is_some() { "/audit".to_owned() } else { String::new() };
    let shell = on.shell;
    let rows = rows.into_iter().map(|row| view(&shell, &everybody, row)).collect();
    Ok(page(&AuditPage { rows, older, newest, shell }))
}

fn view(shell: &Shell, everybody: &[Person], row: Row) -> RowView {
    let named = |who: &str| match who {
        "command" => shell.t("audit-command"),
        "nobody" => shell.t("audit-nobody"),
        who => who
            .strip_prefix("person:")
            .and_then(|id| everybody.iter().find(|person| person.id.to_string() == id))
            .map_or_else(|| who.to_owned(), |person| shell.inert(&person.name)),
    };
    let about = row.about.as_deref().filter(|about| *about != row.who);
    RowView {
        sequence: row.sequence,
        at: DateTime::from_timestamp(row.at, 0)
            .map(|at| at.format("%-d %B %Y, %H:%M:%S UTC").to_string())
            .unwrap_or_default(),
        what: shell.t(&format!("audit-{}", row.what.key())),
        who: named(&row.who),
        about: about.map(named).unwrap_or_default(),
        detail: row.detail.unwrap_or_default(),
    }
}
