//! Downloads in the embedded store.

use async_trait::async_trait;
use server::durable::{Batch, View};
use vc::status_list::Status;

use super::SledStore;
use super::held::{Held, line};
use super::issuance::{Indices, Reserved, open_lists, reserve_status_indices};
use crate::store::{
    Act, Copy, DownloadStore, Downloaded, ListForm, NewDownload, NotDone, PassportState, StoreError,
};

#[async_trait]
impl DownloadStore for SledStore {
    async fn open_bitstring_lists(&self, kid: &str, now: i64) -> Result<(), StoreError> {
        let kid = kid.to_owned();
        self.fact(now, move |_, view, batch| open_lists(view, batch, &kid, ListForm::Bitstring))
            .await
    }

    async fn record_download(&self, new: NewDownload) -> Result<Downloaded, StoreError> {
        self.fact(new.issued_at, move |store, view, batch| {
            record(store.indices(), view, batch, new)
        })
        .await
    }
}

fn record(
    indices: Indices<'_>,
    view: &View<'_>,
    batch: &mut Batch,
    new: NewDownload,
) -> Result<Downloaded, StoreError> {
    let Some(mut held) = Held::read(view, &new.id)? else {
        return Ok(Downloaded::Not(NotDone::Unknown));
    };
    if held.passport.state != PassportState::Active {
        return Ok(Downloaded::Not(NotDone::State(held.passport.state)));
    }
    let form = ListForm::Bitstring;
    let reserved =
        reserve_status_indices(indices, view, batch, (&new.kid, form), 1, new.issued_at)?;
    let Some(Reserved { entries, opened }) = reserved else {
        return Ok(Downloaded::NoStatusIndex);
    };
    let entry = entries.first().copied().ok_or(StoreError::Malformed("allocation"))?;
    let copy = Copy {
        entry,
        status: Status::Valid,
        holder: String::new(),
        kid: new.kid,
        issued_at: new.issued_at,
        expires_at: new.expires_at,
    };
    held.passport.downloads.push(copy.clone());
    held.log(view, batch, &line(new.issued_at, &new.who, Act::Downloaded))?;
    let (passport, _) = held.write(view, batch)?;
    Ok(Downloaded::Copy { subject_ref: passport.subject_ref, copy, opened })
}
