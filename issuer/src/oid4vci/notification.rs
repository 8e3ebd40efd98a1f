//! `POST /notification` (OpenID4VCI 1.0, "Notification Endpoint"): what the staff member did with
//! the credential. Idempotent.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use subtle::ConstantTimeEq;
use vc::oid4vci::{
    ErrorResponse, NotificationErrorCode, NotificationEvent, NotificationRequest, Refusal,
};

use crate::oid4vci::access::{Access, authorise_after, refused};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{JSON, NO_STORE, body};
use crate::state::{Issuer, to_the_end};
use crate::store::{Done, Notification, StatusEntry, WalletSays};

/// How long after its end an access token still notifies. A staff member may read her passport for
/// more than the five minutes of a token; with it comes the `notification_id`, a secret of that one
/// copy, and nothing can be had for the two.
const AFTER_THE_END: i64 = 60 * 60;

/// Takes a notification.
pub async fn notification(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<impl IntoResponse, ProtocolError> {
    let Access { grant, .. } =
        authorise_after(&issuer, request.headers(), "/notification", AFTER_THE_END).await?;
    let now = issuer.clock.now();
    let bytes = body(request, JSON)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_notification_request", JSON))?;
    let request = NotificationRequest::parse(&bytes)?;
    // One for all that came in one answer, named after the first.
    let first = grant.entries.first();
    if !first.is_some_and(|entry| is_of(&issuer, *entry, &request.notification_id)) {
        return Err(ErrorResponse::of(NotificationErrorCode::InvalidNotificationId).into());
    }

    let says = match request.event {
        NotificationEvent::CredentialAccepted => WalletSays::Accepted,
        NotificationEvent::CredentialFailure => WalletSays::Failed,
        NotificationEvent::CredentialDeleted => WalletSays::Deleted,
    };
    let refusal = request
        .event_description
        .as_deref()
        .filter(|_| says != WalletSays::Accepted)
        .map(Refusal::parse);
    let words = refusal.as_ref().map(|refusal| refusal.words.as_str()).unwrap_or_default();
    let note = match words {
        "" => None,
        words => {
            let passport = issuer.store.passport(&grant.passport).await?;
            let passport = passport.ok_or_else(refused)?;
            Some(issuer.person(&passport.subject_ref).await?.seal_note(words))
        }
    };
    let notification = Notification {
        passport: grant.passport,
        entries: grant.entries,
        says,
        reason: refusal.map(|refusal| refusal.reason),
        note,
        now,
    };
    to_the_end(record(Arc::clone(&issuer), notification))
        .await
        .map_err(|error| ProtocolError::internal(&error))??;
    Ok((StatusCode::NO_CONTENT, [NO_STORE]))
}

/// Records it and makes public what it has changed.
async fn record(issuer: Arc<Issuer>, notification: Notification) -> Result<(), ProtocolError> {
    match issuer.store.record_notification(notification).await? {
        Done::Done(passport, changed) => {
            issuer.status.change(changed).await?;
            issuer.watch.changed(passport.id);
            Ok(())
        }
        Done::Not(_) => Err(ErrorResponse::of(NotificationErrorCode::InvalidNotificationId).into()),
    }
}

fn is_of(issuer: &Issuer, entry: StatusEntry, given: &str) -> bool {
    issuer.secrets.notification_id(entry).as_bytes().ct_eq(given.as_bytes()).into()
}
