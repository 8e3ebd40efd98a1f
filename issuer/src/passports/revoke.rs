//! `POST /api/v1/passports/{id}/revoke`: durable first, then public, then answered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use server::Authorised;
use server::{Problem, StrictJson};

use crate::oid4vci::NO_STORE;
use crate::passports::{PassportView, WritePassports};
use crate::state::{Issuer, to_the_end};
use crate::store::{Passport, PassportId, Revocation, RevocationReason, Revoked};

/// Why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeBody {
    reason: RevocationReason,
}

/// Revokes every copy. The same reason again changes nothing and publishes again.
pub async fn revoke(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<RevokeBody>,
) -> Result<impl IntoResponse, Problem> {
    let id: PassportId = id.parse().map_err(|_| unknown())?;
    let revocation = Revocation {
        id,
        reason: body.reason,
        who: caller.caller.who(),
        now: issuer.clock.now(),
    };
    let passport =
        to_the_end(revoked(Arc::clone(&issuer), revocation)).await.map_err(Problem::internal)??;
    let view = PassportView::new(&issuer, passport).await?;
    Ok(([NO_STORE], Json(view)))
}

/// Records the revocation and makes it public.
async fn revoked(issuer: Arc<Issuer>, revocation: Revocation) -> Result<Passport, Problem> {
    let id = revocation.id;
    let passport = match issuer.store.revoke_passport(revocation).await? {
        Revoked::Done(passport) => passport,
        Revoked::Otherwise(reason) => {
            let sentence = format!("It is revoked already, for another reason: {}", reason.name());
            return Err(Problem::conflict("REVOKED_OTHERWISE", sentence));
        }
        Revoked::Unknown => return Err(unknown()),
    };
    let changes = passport.copies.iter().map(|copy| (copy.entry, copy.status)).collect();
    issuer.status.change(changes).await.map_err(|error| {
        Problem::internal(format!("passport {id} is revoked but not yet public: {error}"))
    })?;
    tracing::info!(passport.id = %id, "passport {id} is revoked");
    Ok(passport)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such passport")
}
