//! What happened, told to others: a stream of server-sent events that goes on where the reader
//! left off, and webhooks.
//!
//! A webhook gets Security Event Tokens (RFC 8417) by push (RFC 8935): a POST of a JWS of `typ`
//! `secevent+jwt`, signed by the issuer's key, whose `kid` is in `/.well-known/jwt-vc-issuer`. Ids
//! only: nothing personal leaves. What is not taken (any 2xx) is sent again, later and later; what
//! was taken and not recorded as such is sent twice: a receiver looks at `jti`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use fetch::Fetcher;
use futures_util::stream;
use keys::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use server::problem::Fault;
use server::tokens::Scope;
use server::{Authorised, Problem, StrictJson};
use url::Url;
use uuid::Uuid;
use vc::jws::SigningInput;

use crate::audit::AuditRow;
use crate::oid4vci::NO_STORE;
use crate::passports::watch::AnyNews;
use crate::passports::{ReadPassports, instant};
use crate::secrets;
use crate::state::Issuer;
use crate::store::{StoreError, Webhook};

/// `typ` of an event (RFC 8417, 2.3).
pub const TYP: &str = "secevent+jwt";
const CONTENT_TYPE: &str = "application/secevent+jwt";
/// Events that a webhook gets in one go before the next has its turn.
const AT_ONCE: usize = 100;
/// Seconds to the second try; each later one waits twice as long.
const FIRST_WAIT: i64 = 5;
/// Longest wait in seconds.
const LONGEST_WAIT: i64 = 3600;
/// Most webhooks.
const MAX_WEBHOOKS: usize = 20;
/// Longest address in characters.
const MAX_URL: usize = 500;

/// May register webhooks.
#[derive(Clone, Copy, Debug)]
pub struct ManageWebhooks;

impl Scope for ManageWebhooks {
    const NAME: &'static str = "webhooks:manage";
}

/// An event: ids and words.
#[derive(Clone, Debug, Serialize)]
struct EventView {
    number: u64,
    what: &'static str,
    passport: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn view(row: AuditRow) -> EventView {
    EventView {
        number: row.sequence,
        what: row.what.name(),
        passport: row.passport.to_string(),
        at: instant(row.at),
        reason: row.reason,
    }
}

/// `GET /api/v1/events`: what happens from now on, or from the event after `Last-Event-ID`.
pub async fn events(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let last = headers.get("last-event-id");
    let after = match last {
        None => issuer.store.newest_event().await?,
        Some(id) => id.to_str().ok().and_then(|id| id.parse().ok()).ok_or_else(|| {
            Problem::bad_request("BAD_EVENT_ID", "Last-Event-ID is the id of an event of before.")
        })?,
    };
    struct Reader {
        issuer: Arc<Issuer>,
        news: AnyNews,
        after: u64,
        waiting: std::vec::IntoIter<AuditRow>,
    }
    let news = issuer.watch.any();
    let reader = Reader { issuer, news, after, waiting: Vec::new().into_iter() };
    let stream = stream::unfold(reader, |mut reader| async move {
        loop {
            if let Some(row) = reader.waiting.next() {
                reader.after = row.sequence;
                let event = Event::default().id(row.sequence.to_string()).event(row.what.name());
                let event = event.json_data(view(row)).unwrap_or_default();
                return Some((Ok::<_, Infallible>(event), reader));
            }
            match reader.issuer.store.events_after(reader.after, AT_ONCE).await {
                Ok(rows) if rows.is_empty() => reader.news.next().await,
                Ok(rows) => reader.waiting = rows.into_iter(),
                Err(error) => {
                    tracing::error!(%error, "the events cannot be read");
                    return None;
                }
            }
        }
    });
    Ok(([NO_STORE], Sse::new(stream).keep_alive(KeepAlive::default())))
}

/// A webhook as an administrator reads it.
#[derive(Serialize)]
struct WebhookView {
    id: String,
    url: String,
    created_at: String,
    /// How many events wait for it.
    behind: u64,
    failures: u32,
}

/// `GET /api/v1/webhooks`
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ManageWebhooks>,
) -> Result<impl IntoResponse, Problem> {
    let newest = issuer.store.newest_event().await?;
    let items: Vec<WebhookView> =
        issuer.store.webhooks().await?.into_iter().map(|webhook| shown(webhook, newest)).collect();
    Ok(([NO_STORE], Json(json!({ "items": items }))))
}

fn shown(webhook: Webhook, newest: u64) -> WebhookView {
    WebhookView {
        id: webhook.id.to_string(),
        url: webhook.url,
        created_at: instant(webhook.created_at),
        behind: newest.saturating_sub(webhook.taken),
        failures: webhook.failures,
    }
}

/// Where to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    url: String,
}

/// `POST /api/v1/webhooks`
pub async fn add(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<ManageWebhooks>,
    StrictJson(body): StrictJson<WebhookBody>,
) -> Result<impl IntoResponse, Problem> {
    let loopback = issuer.settings.base_url.url().scheme() == "http";
    let fits = Url::parse(&body.url).is_ok_and(|url| {
        url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && (url.scheme() == "https" || (loopback && url.scheme() == "http"))
    });
    if !fits || body.url.len() > MAX_URL {
        let message = "must be an https address of at most 500 characters, without a password";
        return Err(Problem::unprocessable(vec![Fault::new("/url", "BAD_ADDRESS", message)]));
    }
    if issuer.store.webhooks().await?.len() >= MAX_WEBHOOKS {
        let sentence = format!("There are {MAX_WEBHOOKS} webhooks already: remove one first.");
        return Err(Problem::conflict("TOO_MANY", sentence));
    }
    let id = uuid::Builder::from_random_bytes(secrets::random(&mut secrets::rng())).into_uuid();
    let now = issuer.clock.now();
    let webhook =
        Webhook { id, url: body.url, created_at: now, taken: 0, failures: 0, next_at: now };
    let webhook = issuer.store.add_webhook(webhook, &caller.caller.who()).await?;
    let newest = webhook.taken;
    Ok((StatusCode::CREATED, [NO_STORE], Json(shown(webhook, newest))))
}

/// `DELETE /api/v1/webhooks/{id}`
pub async fn remove(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<ManageWebhooks>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let unknown = || Problem::not_found("There is no such webhook");
    let id = Uuid::try_parse(&id).map_err(|_| unknown())?;
    match issuer.store.remove_webhook(id, &caller.caller.who(), issuer.clock.now()).await? {
        true => Ok((StatusCode::NO_CONTENT, [NO_STORE])),
        false => Err(unknown()),
    }
}

/// Sends what waits and is due, each webhook in its turn; answers how many events were taken.
///
/// # Errors
/// [`StoreError`].
pub async fn deliver(issuer: &Issuer, fetcher: &Fetcher) -> Result<usize, StoreError> {
    let webhooks = issuer.store.webhooks().await?;
    let addresses: Vec<Url> =
        webhooks.iter().filter_map(|webhook| Url::parse(&webhook.url).ok()).collect();
    fetcher.allow_only(&addresses);
    let mut taken = 0_usize;
    for webhook in webhooks {
        // Every webhook at its own pace; a dead one costs the others a timeout each turn at most.
        taken = taken.saturating_add(deliver_to(issuer, fetcher, webhook).await?);
    }
    Ok(taken)
}

async fn deliver_to(
    issuer: &Issuer,
    fetcher: &Fetcher,
    mut webhook: Webhook,
) -> Result<usize, StoreError> {
    let now = issuer.clock.now();
    if now < webhook.next_at {
        return Ok(0);
    }
    let rows = issuer.store.events_after(webhook.taken, AT_ONCE).await?;
    let Ok(address) = Url::parse(&webhook.url) else { return Ok(0) };
    let mut taken = 0_usize;
    for row in rows {
        let number = row.sequence;
        let Some(token) = token(issuer, &webhook, row) else { return Ok(taken) };
        let reply = fetcher.post(&address, CONTENT_TYPE, token.into_bytes(), None).await;
        if reply.as_ref().is_ok_and(fetch::Reply::is_success) {
            webhook.taken = number;
            webhook.failures = 0;
            webhook.next_at = now;
            taken = taken.saturating_add(1);
            issuer.store.move_webhook(webhook.clone()).await?;
        } else {
            let doublings = webhook.failures.min(12);
            let wait = FIRST_WAIT.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT);
            webhook.failures = webhook.failures.saturating_add(1);
            webhook.next_at = now.saturating_add(wait);
            let why = match reply {
                Ok(reply) => format!("answer {}", reply.status),
                Err(error) => error.to_string(),
            };
            tracing::warn!(webhook.id = %webhook.id, why, "a webhook does not take an event");
            issuer.store.move_webhook(webhook.clone()).await?;
            break;
        }
    }
    Ok(taken)
}

/// A Security Event Token (RFC 8417, 2.2).
fn token(issuer: &Issuer, webhook: &Webhook, row: AuditRow) -> Option<String> {
    let key = issuer.ring.active(Purpose::Issuer)?;
    let number = row.sequence;
    let event = view(row);
    let kind = format!("urn:staff-passport:event:{}", event.what.to_lowercase().replace('_', "-"));
    let Ok(event) = serde_json::to_value(event) else { return None };
    let claims = Map::from_iter([
        ("iss".to_owned(), issuer.settings.base_url.as_str().into()),
        ("iat".to_owned(), issuer.clock.now().into()),
        ("jti".to_owned(), format!("{}:{number}", webhook.id).into()),
        ("aud".to_owned(), webhook.url.clone().into()),
        ("events".to_owned(), Value::Object(Map::from_iter([(kind, event)]))),
    ]);
    let header = Map::from_iter([("kid".to_owned(), key.kid().into())]);
    let input = SigningInput::new(key.algorithm(), TYP, header, &claims);
    let signature = key.sign(input.signing_input());
    Some(input.finish(&signature))
}
