//! `/console`: what waits for HR.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use server::Problem;
use server::pages::{OnPage, PageError, Shell, page};

use super::data::{self, Row};
use crate::passports::ReadPassports;
use crate::passports::queues::{Counts, Queue, SOON_DAYS, queues};
use crate::state::Issuer;
use crate::store::PageRequest;

/// Rows of a queue that stand on the page; its link leads to the rest.
const FIRST: usize = 5;

#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage {
    shell: Shell,
    lead: String,
    queues: Vec<QueueView>,
    may_write: bool,
}

struct QueueView {
    id: &'static str,
    title: String,
    text: String,
    count: u64,
    urgent: bool,
    rows: Vec<Row>,
    all_href: String,
    all_text: String,
}

/// The work queues.
pub(super) async fn home(
    on: OnPage<ReadPassports>,
    State(issuer): State<Arc<Issuer>>,
) -> Result<Response, PageError> {
    let counts = queues(&issuer, SOON_DAYS).await?;
    let mut views = Vec::new();
    for queue in Queue::ALL {
        views.push(view(&issuer, *queue, &counts, &on.shell).await?);
    }
    Ok(page(&HomePage {
        lead: on.shell.ta("home-lead", &[("organisation", &issuer.settings.name)]),
        queues: views,
        may_write: super::may_write(&on.person),
        shell: on.shell,
    }))
}

async fn view(
    issuer: &Arc<Issuer>,
    queue: Queue,
    counts: &Counts,
    shell: &Shell,
) -> Result<QueueView, Problem> {
    let count = match queue {
        Queue::ToApprove => counts.to_approve,
        Queue::ToConfirm => counts.to_confirm,
        Queue::ToIssue => counts.to_issue,
        Queue::Waiting => counts.waiting,
        Queue::Rejected => counts.rejected,
        Queue::Expiring => counts.expiring,
        Queue::Suspended => counts.suspended,
    };
    let mut rows = Vec::new();
    if count > 0 {
        let all = super::search::anything(issuer);
        let request = PageRequest { queue: Some(queue), limit: FIRST, ..all };
        for listed in issuer.store.passports(request).await?.items {
            let mut row = data::row(issuer, &listed, shell).await;
            row.href.push_str(match queue {
                Queue::ToApprove => "/approve",
                Queue::ToConfirm | Queue::Waiting => "/offer",
                Queue::ToIssue => "/edit",
                Queue::Rejected | Queue::Expiring | Queue::Suspended => "",
            });
            rows.push(row);
        }
    }
    let id = queue.name();
    let days = counts.expiring_days.to_string();
    let text = if count == 0 { format!("queue-{id}-empty") } else { format!("queue-{id}-text") };
    Ok(QueueView {
        id,
        title: shell.t(&format!("queue-{id}")),
        text: shell.ta(&text, &[("days", &days)]),
        count,
        urgent: matches!(queue, Queue::ToApprove | Queue::ToConfirm) && count > 0,
        rows,
        all_href: format!("/console/passports?queue={id}"),
        all_text: shell.ta("home-all", &[("count", &count.to_string())]),
    })
}
