//! Clients, refresh tokens and what is good once, in the embedded store.

use async_trait::async_trait;
use server::durable::{Batch, View};
use vc::status_list::Status;

use super::SledStore;
use super::held::Held;
use super::rows::{NOTHING, get, key, put};
use crate::store::grants::{Grants, NewRefresh, RefreshFamily, Refreshed, Refreshing};
use crate::store::{ConfirmKey, Grant, NonceUse, PassportState, SecretHash, StoreError};

#[async_trait]
impl Grants for SledStore {
    async fn use_once(&self, once: NonceUse, now: i64) -> Result<bool, StoreError> {
        self.fact(now, move |_, view, batch| {
            let row = key::nonce(once.expires_at, &once.id);
            if view.contains(&row)? {
                return Ok(false);
            }
            batch.put(row, NOTHING);
            Ok(true)
        })
        .await
    }

    async fn refresh(&self, refreshing: Refreshing) -> Result<Refreshed, StoreError> {
        // An invented token costs no write.
        if self.db.get(&key::refresh(&refreshing.token))?.is_none() {
            return Ok(Refreshed::Unknown);
        }
        self.fact(refreshing.now, move |_, view, batch| refresh(view, batch, &refreshing)).await
    }
}

/// Begins a family with the grant that a code was redeemed for.
pub(super) fn begin(batch: &mut Batch, grant: &Grant, access: SecretHash, first: NewRefresh) {
    let family = RefreshFamily {
        passport: grant.passport,
        configurations: grant.configurations.clone(),
        offer: grant.offer,
        by_identifier: grant.by_identifier,
        client: grant.client.clone(),
        client_id: grant.client_id.clone(),
        newest: first.token,
        expires_at: first.expires_at,
        access,
        ended: false,
    };
    // A family is named after its first token.
    write(batch, &first.token, &family, first);
}

fn write(batch: &mut Batch, name: &SecretHash, family: &RefreshFamily, next: NewRefresh) {
    put(batch, key::refresh(&next.token), name);
    batch.put(key::refresh_expiry(next.expires_at, &next.token), NOTHING);
    put(batch, key::refresh_family(name), family);
    batch.put(key::refresh_family_expiry(next.expires_at, name), NOTHING);
}

fn refresh(
    view: &View<'_>,
    batch: &mut Batch,
    refreshing: &Refreshing,
) -> Result<Refreshed, StoreError> {
    let Some(name) = get::<SecretHash>(view, &key::refresh(&refreshing.token), "refresh token")?
    else {
        return Ok(Refreshed::Unknown);
    };
    let Some(mut family) =
        get::<RefreshFamily>(view, &key::refresh_family(&name), "refresh family")?
    else {
        return Ok(Refreshed::Unknown);
    };
    // A thief without the client's keys cannot end the family either.
    if family.client != refreshing.client {
        return Ok(Refreshed::OtherClient);
    }
    if family.ended {
        return Ok(Refreshed::Again);
    }
    if family.newest != refreshing.token {
        family.ended = true;
        put(batch, key::refresh_family(&name), &family);
        batch.remove(key::grant(&family.access));
        return Ok(Refreshed::Again);
    }
    if refreshing.now >= family.expires_at {
        return Ok(Refreshed::Unknown);
    }
    let mut configurations = family.configurations.clone();
    if !refreshing.wanted.is_empty() {
        configurations.retain(|granted| refreshing.wanted.contains(granted));
    }
    if configurations.is_empty() {
        return Ok(Refreshed::NotGranted);
    }
    let held = Held::read(view, &family.passport)?.ok_or(StoreError::Malformed("refresh"))?;
    // What is suspended may come back; what has ended, or goes to another phone, does not.
    if !matches!(held.passport.state, PassportState::Active | PassportState::Suspended) {
        return Ok(Refreshed::Over);
    }

    let grant = Grant {
        passport: family.passport,
        configurations,
        expires_at: refreshing.access_expires_at,
        by_identifier: family.by_identifier || !refreshing.wanted.is_empty(),
        offer: family.offer,
        // The key was compared when the first copy was collected, and no other is served.
        confirm_key: ConfirmKey::Unattended,
        client: family.client.clone(),
        client_id: family.client_id.clone(),
        renews: true,
        deferral: None,
        entries: vec![],
    };
    put(batch, key::grant(&refreshing.access), &grant);
    batch.put(key::grant_expiry(grant.expires_at, &refreshing.access), NOTHING);
    batch.remove(key::refresh_family_expiry(family.expires_at, &name));
    family.newest = refreshing.next.token;
    family.expires_at = refreshing.next.expires_at;
    family.access = refreshing.access;
    family.by_identifier = grant.by_identifier;
    write(batch, &name, &family, refreshing.next);
    Ok(Refreshed::Granted(Box::new(grant)))
}

/// Whether a holder may have a new copy without HR: she has one that stands.
pub(super) fn may_renew(held: &Held, holder: &str) -> bool {
    held.passport.state == PassportState::Active
        && held
            .passport
            .copies
            .iter()
            .any(|copy| copy.holder == holder && copy.status == Status::Valid)
}
