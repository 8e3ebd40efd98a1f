//! `POST /api/v1/imports`: every good row of a file becomes a passport and its offer. Progress comes
//! as server-sent events while it goes on; when the caller hangs up or the process dies, the same
//! file under the same `Idempotency-Key` goes on where it stopped, and makes nothing twice.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::future::try_join_all;
use futures_util::stream;
use serde::Serialize;
use server::{Authorised, Problem};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::bulk::row::{self, RowFault};
use crate::bulk::second::{Owner, may_begin};
use crate::bulk::sheet::Row;
use crate::bulk::upload::{self, ImportQuery, Upload};
use crate::oid4vci::NO_STORE;
use crate::passports::WritePassports;
use crate::passports::approve::may_send;
use crate::passports::create;
use crate::passports::offers::{ConfirmKey, confirm_key};
use crate::state::Issuer;
use crate::store::{Begun, Import, ImportRow, Imported, SecretHash};

/// The header that names the import for the caller.
const KEY: &str = "idempotency-key";
/// Longest key in bytes.
const MAX_KEY_BYTES: usize = 200;
/// Rows that are on their way to the disk together.
const AT_ONCE: usize = 256;
/// Chunks of so many rows that are judged while another goes to the disk.
const AHEAD: usize = 2;
pub(crate) const DEFAULT_OFFER_DAYS: u32 = 7;
const DAY_SECONDS: u32 = 24 * 60 * 60;
/// Most faults that the last event lists.
const MAX_FAULTS: usize = 1000;

/// How far an import is.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = ImportProgress)]
pub(crate) struct Progress {
    /// Rows looked at.
    pub(crate) rows: usize,
    /// Passports made now.
    pub(crate) created: usize,
    /// Rows whose passports were made by an earlier call with the same key.
    pub(crate) made_before: usize,
    /// Rows with faults.
    pub(crate) refused: usize,
    /// The faults, at the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) faults: Vec<RowFault>,
}

/// Why an import did not go to its end.
#[derive(Debug, Serialize)]
struct Stopped<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<&'a str>,
}

/// An import that a colleague is to want, too.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Waits {
    waits_for: &'static str,
    sentence: &'static str,
}

const WAITS: &str = "Two people issue here. Nothing is made until a colleague has sent the very same file, with the same mapping and terms, within a week.";

/// The route.
pub(crate) async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    query: Result<Query<ImportQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let query = upload::query(query)?;
    let who = caller.caller.who();
    let key = key(&headers)?;
    let confirm_key = confirm_key(&caller.caller, query.confirm_key)?;
    may_send(&issuer, &caller.caller)?;
    let upload = upload::receive(body, &query.mapping).await?;

    let offer_days = query.offer_days.unwrap_or(DEFAULT_OFFER_DAYS);
    let owner = may_begin(&issuer, &caller.caller, &upload, confirm_key, offer_days).await?;
    let Some(owner) = owner else {
        let waits = Json(Waits { waits_for: "A_COLLEAGUE", sentence: WAITS });
        return Ok((StatusCode::ACCEPTED, [NO_STORE], waits).into_response());
    };
    let work = Work::begin(issuer, (&who, owner), &key, confirm_key, offer_days, &upload).await?;
    let (events, received) = mpsc::channel(16);
    tokio::spawn(work.told(Arc::new(upload), events));
    let stream = stream::unfold(received, |mut received| async move {
        let event: Event = received.recv().await?;
        Some((Ok::<_, Infallible>(event), received))
    });
    Ok(([NO_STORE], Sse::new(stream).keep_alive(KeepAlive::default())).into_response())
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    headers
        .get(KEY)
        .and_then(|key| key.to_str().ok())
        .filter(|key| (1..=MAX_KEY_BYTES).contains(&key.len()))
        .map(str::to_owned)
        .ok_or_else(|| {
            let sentence = "Send a header Idempotency-Key of 1 to 200 characters: the same key goes on with the same import.";
            Problem::bad_request("KEY_MISSING", sentence)
        })
}

/// An import that is on record and may begin, or go on.
#[derive(Clone)]
pub(crate) struct Work {
    issuer: Arc<Issuer>,
    id: SecretHash,
    who: String,
    confirm_key: ConfirmKey,
    offer_seconds: u32,
}

impl Work {
    /// Records the import under its caller's key.
    ///
    /// # Errors
    /// 409 when the key was used with another file or mapping.
    pub(crate) async fn begin(
        issuer: Arc<Issuer>,
        (who, owner): (&str, Owner),
        key: &str,
        confirm_key: ConfirmKey,
        offer_days: u32,
        upload: &Upload,
    ) -> Result<Self, Problem> {
        let file: [u8; 32] = Sha256::digest(&upload.file).into();
        let id = match owner {
            // A key is its caller's own.
            Owner::Caller => Sha256::digest(format!("{who}\n{key}")),
            // What they agreed on is made once, under whatever key one of them sends it.
            Owner::Two => Sha256::new().chain_update(b"two people\n").chain_update(file).finalize(),
        };
        let import = Import {
            id: SecretHash(id.into()),
            file: SecretHash(file),
            mapping: upload.mapping.name.clone(),
            who: who.to_owned(),
            at: issuer.clock.now(),
        };
        let id = import.id;
        match issuer.store.begin_import(import).await? {
            Begun::Now | Begun::Before => {}
            Begun::Otherwise => {
                let sentence = "This Idempotency-Key was used with another file or mapping. Send the same file again, or a new key.";
                return Err(Problem::conflict("KEY_USED_OTHERWISE", sentence));
            }
        }
        let offer_seconds = offer_days.saturating_mul(DAY_SECONDS);
        Ok(Self { issuer, id, who: who.to_owned(), confirm_key, offer_seconds })
    }

    /// Tells how it goes on, and goes on to the end whether or not anybody listens.
    async fn told(self, upload: Arc<Upload>, events: mpsc::Sender<Event>) {
        let event = match self.run(&upload, Some(&events)).await {
            Ok(progress) => Event::default().event("done").json_data(&progress),
            Err(problem) => {
                tracing::warn!(code = problem.code(), "an import stopped");
                let stopped = Stopped { code: problem.code(), sentence: problem.sentence() };
                Event::default().event("stopped").json_data(stopped)
            }
        };
        // Nobody may be listening.
        let _nobody = events.send(event.unwrap_or_default()).await;
    }

    /// Makes a passport of every good row. While one chunk goes to the disk the next ones are
    /// judged and sealed, each on a thread of its own.
    ///
    /// # Errors
    /// What stopped it; the rows before are made.
    pub(crate) async fn run(
        &self,
        upload: &Arc<Upload>,
        events: Option<&mpsc::Sender<Event>>,
    ) -> Result<Progress, Problem> {
        let mut progress = Progress::default();
        let mut rows = upload.sheet.rows();
        let mut ahead: VecDeque<JoinHandle<Result<Chunk, Problem>>> = VecDeque::new();
        loop {
            while ahead.len() < AHEAD {
                let chunk: Result<Vec<Row>, _> = rows.by_ref().take(AT_ONCE).collect();
                let chunk = chunk.map_err(|error| upload::unreadable(&error))?;
                if chunk.is_empty() {
                    break;
                }
                let (work, upload) = (self.clone(), Arc::clone(upload));
                ahead.push_back(spawn_blocking(move || work.judge(&upload, &chunk)));
            }
            let Some(judged) = ahead.pop_front() else {
                return Ok(progress);
            };
            let judged = judged.await.map_err(Problem::internal)??;
            self.record(judged, &mut progress).await?;
            if let Some(events) = events {
                let shown = Progress { faults: Vec::new(), ..progress.clone() };
                let event = Event::default().event("progress").json_data(shown);
                let _nobody = events.send(event.unwrap_or_default()).await;
            }
        }
    }

    /// The rows as passports to be recorded, or what is wrong with them.
    fn judge(&self, upload: &Upload, chunk: &[Row]) -> Result<Chunk, Problem> {
        let now = self.issuer.clock.now();
        let mut judged = Chunk { rows: chunk.len(), ..Chunk::default() };
        for row in chunk {
            let settings = &self.issuer.settings;
            match row::read(row, &upload.columns, &upload.mapping, settings, now) {
                Ok(checks) => {
                    let (draft, _) = create::whole_draft(
                        &self.issuer,
                        &self.who,
                        &checks,
                        self.confirm_key,
                        self.offer_seconds,
                    )?;
                    judged.good.push(ImportRow { import: self.id, row: row.number, draft });
                }
                Err(faults) => judged.refused.push(faults),
            }
        }
        Ok(judged)
    }

    async fn record(&self, judged: Chunk, progress: &mut Progress) -> Result<(), Problem> {
        progress.rows = progress.rows.saturating_add(judged.rows);
        for faults in judged.refused {
            progress.refused = progress.refused.saturating_add(1);
            let room = MAX_FAULTS.saturating_sub(progress.faults.len());
            progress.faults.extend(faults.into_iter().take(room));
        }
        let recorded =
            try_join_all(judged.good.into_iter().map(|row| self.issuer.store.import_passport(row)));
        for imported in recorded.await? {
            match imported {
                Imported::Now => progress.created = progress.created.saturating_add(1),
                Imported::Before => progress.made_before = progress.made_before.saturating_add(1),
            }
        }
        Ok(())
    }
}

/// Rows of a file, judged.
#[derive(Default)]
struct Chunk {
    rows: usize,
    good: Vec<ImportRow>,
    refused: Vec<Vec<RowFault>>,
}
