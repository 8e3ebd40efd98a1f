//! Importing a file: check it, download the rows that would fail, import the good ones. Without
//! script the file is chosen again for each; `import.js` shows the progress.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use server::pages::{Allow, FileForm, OnPage, PageError, Shell, page_with};
use sha2::{Digest, Sha256};
use vc::base64url;

use super::form::{Fault, Opt};
use crate::bulk::row::RowFault;
use crate::bulk::run::{DEFAULT_OFFER_DAYS, Progress, Work};
use crate::bulk::second::may_begin;
use crate::bulk::sheet::MAX_FILE_BYTES;
use crate::bulk::{dry_run, refused, upload};
use crate::passports::WritePassports;
use crate::state::{AppState, Issuer, to_the_end};
use crate::store::ConfirmKey;

const MAPPINGS: [&str; 2] = ["template", "esr"];
/// Faults that stand on the page.
const SHOWN: usize = 100;
/// Room for the form around a file.
const AROUND: usize = 64 * 1024;

pub(super) fn routes() -> Router<AppState> {
    let limit = DefaultBodyLimit::max(MAX_FILE_BYTES.saturating_add(AROUND));
    Router::new().route("/console/import", get(ask).post(sent)).layer(limit)
}

#[derive(Template)]
#[template(path = "console/import.html")]
struct ImportPage {
    shell: Shell,
    mappings: Vec<Opt>,
    waive: bool,
    result: Option<Outcome>,
    errors: Vec<Fault>,
    error: String,
}

/// What came of a check or an import.
struct Outcome {
    heading: String,
    lines: Vec<(String, String)>,
    faults: Vec<RowView>,
    more: String,
    next: String,
    made: bool,
}

struct RowView {
    row: usize,
    column: String,
    message: String,
}

async fn ask(on: OnPage<WritePassports>) -> Response {
    import_page(on.shell, MAPPINGS[0], false, None, "")
}

async fn sent(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, PageError> {
    let place = upload::place().await?;
    let form = FileForm::read(request, MAX_FILE_BYTES).await?;
    let mapping = match form.text("mapping") {
        "" => MAPPINGS[0].to_owned(),
        named => named.to_owned(),
    };
    let waive = form.text("waive") == "yes";
    if form.file.is_empty() {
        let missing = on.shell.t("import-file-missing");
        return Ok(import_page(on.shell, &mapping, waive, None, &missing));
    }
    // The same file goes on with its import.
    let key = format!("sha256:{}", base64url::encode(&Sha256::digest(&form.file)));
    let press = form.text("do").to_owned();
    let upload = match upload::opened(form.file, upload::preset(&mapping)?, place).await {
        Ok(upload) => upload,
        Err(problem) => {
            let Some(sentence) = problem.sentence() else { return Err(problem.into()) };
            return Ok(import_page(on.shell, &mapping, waive, None, sentence));
        }
    };
    let outcome = match press.as_str() {
        "failed" => return Ok(refused::answer(&issuer, upload).await?),
        "import" => {
            let confirm = if waive { ConfirmKey::Waived } else { ConfirmKey::Compare };
            let days = DEFAULT_OFFER_DAYS;
            let Some(owner) = may_begin(&issuer, &on.caller(), &upload, confirm, days).await?
            else {
                let outcome = waits(&on.shell);
                return Ok(import_page(on.shell, &mapping, waive, Some(outcome), ""));
            };
            let who = on.person.who();
            let work = Work::begin(issuer, (&who, owner), &key, confirm, days, &upload).await?;
            let upload = Arc::new(upload);
            let run = to_the_end(async move { work.run(&upload, None).await });
            imported(&on.shell, run.await.map_err(server::Problem::internal)??)
        }
        _ => checked(&on.shell, dry_run::forecast(&issuer, upload).await?),
    };
    Ok(import_page(on.shell, &mapping, waive, Some(outcome), ""))
}

fn checked(shell: &Shell, forecast: dry_run::Forecast) -> Outcome {
    let left_out = forecast.faults_left_out;
    Outcome {
        heading: shell.t("import-checked"),
        lines: vec![
            (shell.t("import-rows"), forecast.rows.to_string()),
            (shell.t("import-good"), forecast.good.to_string()),
            (shell.t("import-bad"), forecast.bad.to_string()),
        ],
        next: if forecast.good > 0 { shell.t("import-again") } else { String::new() },
        made: false,
        more: more(shell, forecast.faults.len().saturating_add(left_out)),
        faults: rows(forecast.faults),
    }
}

fn waits(shell: &Shell) -> Outcome {
    Outcome {
        heading: shell.t("import-waits"),
        lines: vec![],
        next: shell.t("import-second"),
        made: false,
        more: String::new(),
        faults: vec![],
    }
}

fn imported(shell: &Shell, progress: Progress) -> Outcome {
    Outcome {
        heading: shell.t("import-done"),
        lines: vec![
            (shell.t("import-rows"), progress.rows.to_string()),
            (shell.t("import-created"), progress.created.to_string()),
            (shell.t("import-made-before"), progress.made_before.to_string()),
            (shell.t("import-bad"), progress.refused.to_string()),
        ],
        next: shell.t("import-resumable"),
        made: true,
        more: more(shell, progress.faults.len()),
        faults: rows(progress.faults),
    }
}

fn more(shell: &Shell, faults: usize) -> String {
    match faults.saturating_sub(SHOWN) {
        0 => String::new(),
        count => shell.ta("import-more", &[("count", &count.to_string())]),
    }
}

fn rows(faults: Vec<RowFault>) -> Vec<RowView> {
    let view = |fault: RowFault| RowView {
        row: fault.row,
        column: fault.column.unwrap_or_default(),
        message: fault.message,
    };
    faults.into_iter().take(SHOWN).map(view).collect()
}

fn import_page(
    shell: Shell,
    mapping: &str,
    waive: bool,
    result: Option<Outcome>,
    error: &str,
) -> Response {
    let mappings = MAPPINGS
        .iter()
        .map(|name| Opt {
            value: (*name).to_owned(),
            text: shell.t(&format!("import-mapping-{name}")),
            hint: String::new(),
            checked: *name == mapping || (*name == MAPPINGS[0] && !MAPPINGS.contains(&mapping)),
        })
        .collect();
    let errors = match error {
        "" => Vec::new(),
        error => vec![Fault {
            field: "file".to_owned(),
            href: "#file".to_owned(),
            text: error.to_owned(),
            beside: error.to_owned(),
        }],
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let error = error.to_owned();
    let template = ImportPage { shell, mappings, waive, result, errors, error };
    page_with(status, Allow::default(), &template)
}
