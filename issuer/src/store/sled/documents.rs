//! Documents in the embedded store: begin a passport, write it anew.

use server::durable::{Batch, View};
use vc::status_list::Status;

use super::held::{Held, find_by, line};
use super::offers;
use super::rows::{self, key};
use crate::life::Deed;
use crate::store::{
    Act, Amendment, Begun, ChangeKind, Done, HistoryEntry, Import, ImportRow, Imported, NotDone,
    Passport, PassportDraft, PassportState, RevocationReason, RevokedFor, StoreError,
};

pub(super) fn draft(
    view: &View<'_>,
    batch: &mut Batch,
    draft: PassportDraft,
) -> Result<(), StoreError> {
    let now = draft.now_ms.div_euclid(1000);
    let mut held = Held::new(Passport {
        id: draft.id,
        subject_ref: draft.subject_ref,
        configuration: draft.configuration,
        state: PassportState::Drafted,
        created_at_ms: draft.now_ms,
        revision: 0,
        whole: draft.document.whole,
        due_at: draft.document.due_at,
        latest: None,
        accepted_at: None,
        rejection: None,
        revoked: None,
        superseded_by: None,
        copies: vec![],
        downloads: vec![],
        account: None,
        acts: 0,
        asked: None,
        erased: false,
    });
    rows::put(batch, key::subject(&held.passport.subject_ref), &held.passport.id);
    batch.put(key::data_key(&held.passport.subject_ref), draft.wrapped_key);
    batch.put(key::personal(&held.passport.subject_ref), draft.document.sealed);
    find_by(view, batch, &held.passport, &draft.document.index)?;
    match draft.offer {
        None => held.log(view, batch, &line(now, &draft.who, Act::Drafted))?,
        Some(offer) => offers::make(&mut held, view, batch, &offer, &draft.who, now)?,
    }
    held.write(view, batch)?;
    Ok(())
}

pub(super) fn begin_import(
    view: &View<'_>,
    batch: &mut Batch,
    import: &Import,
) -> Result<Begun, StoreError> {
    let key = key::import(&import.id);
    Ok(match rows::get::<Import>(view, &key, "import")? {
        Some(known) if known.file == import.file && known.mapping == import.mapping => {
            Begun::Before
        }
        Some(_) => Begun::Otherwise,
        None => {
            rows::put(batch, key, import);
            Begun::Now
        }
    })
}

pub(super) fn import(
    view: &View<'_>,
    batch: &mut Batch,
    row: ImportRow,
) -> Result<Imported, StoreError> {
    let key = key::import_row(&row.import, row.row);
    if view.get(&key)?.is_some() {
        return Ok(Imported::Before);
    }
    batch.put(key, row.draft.id.0.as_bytes().to_vec());
    draft(view, batch, row.draft)?;
    Ok(Imported::Now)
}

pub(super) fn amend(
    view: &View<'_>,
    batch: &mut Batch,
    amendment: Amendment,
) -> Result<Done, StoreError> {
    let Some(mut held) = Held::read(view, &amendment.id)? else {
        return Ok(Done::Not(NotDone::Unknown));
    };
    let (deed, what) = match amendment.kind {
        None => (Deed::Save, Act::Saved),
        Some(ChangeKind::Benign) => (Deed::ChangeBenignly, Act::ChangedBenignly),
        Some(ChangeKind::Doubt) => (Deed::ChangeInDoubt, Act::ChangedInDoubt),
        Some(ChangeKind::Adverse) => (Deed::ChangeAdversely, Act::ChangedAdversely),
    };
    if let Err(why) = held.go(deed) {
        return Ok(Done::Not(why));
    }
    if held.passport.revision != amendment.revision {
        return Ok(Done::Not(NotDone::ChangedMeanwhile));
    }
    if amendment.kind.is_some() && !amendment.document.whole {
        return Ok(Done::Not(NotDone::NotWhole));
    }
    match amendment.kind {
        Some(ChangeKind::Benign) => {}
        None => held.passport.rejection = None,
        Some(ChangeKind::Doubt) => {
            offers::close(&mut held, view, batch)?;
            held.set_statuses(batch, |copy| {
                (copy.status == Status::Valid).then_some(Status::Suspended)
            });
        }
        Some(ChangeKind::Adverse) => {
            offers::close(&mut held, view, batch)?;
            held.set_statuses(batch, |_| Some(Status::Invalid));
            held.passport.revoked =
                Some(RevokedFor { reason: RevocationReason::NoLongerValid, corrected: true });
        }
    }
    held.passport.revision = held.passport.revision.saturating_add(1);
    held.passport.whole = amendment.document.whole;
    held.passport.due_at = amendment.document.due_at;
    batch.put(key::personal(&held.passport.subject_ref), amendment.document.sealed);
    find_by(view, batch, &held.passport, &amendment.document.index)?;
    let entry = HistoryEntry { note: amendment.note, ..line(amendment.now, &amendment.who, what) };
    held.log(view, batch, &entry)?;
    let (passport, changed) = held.write(view, batch)?;
    Ok(Done::Done(Box::new(passport), changed))
}
