//! Keys and rows of the embedded store. Numbers in keys are big-endian, so that key order is
//! their order; no prefix begins another.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use server::durable::{Batch, View};

use crate::store::StoreError;

/// Where indices of a key's lists are given from: one list in use, one spare that is public
/// already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allocation {
    /// Number of the list in use.
    pub(super) list: u32,
    /// How many of its indices are given.
    pub(super) given: u32,
    /// Number of the spare list.
    pub(super) spare: u32,
    /// From when its indices may be given.
    pub(super) spare_from: i64,
}

/// The value where only the key tells something.
pub(super) const NOTHING: [u8; 0] = [];

pub(super) mod key {
    use crate::store::{IndexToken, ListForm, PassportId, PassportState, Queue, SecretHash};

    pub(in super::super) const INSTANT: &[u8] = b"instant";
    pub(in super::super) const AUDIT: &[u8] = b"audit/";
    pub(in super::super) const AUDIT_HEAD: &[u8] = b"head-of-audit";
    pub(in super::super) const AUTHORIZATION: &[u8] = b"authorization/";
    pub(in super::super) const AUTHORIZATION_EXPIRY: &[u8] = b"expiry-of-authorization/";
    pub(in super::super) const BY_TIME: &[u8] = b"by-time/";
    pub(in super::super) const COPY_ENDS: &[u8] = b"end-of-copy/";
    pub(in super::super) const GRANT: &[u8] = b"grant/";
    pub(in super::super) const GRANT_EXPIRY: &[u8] = b"expiry-of-grant/";
    pub(in super::super) const LIST_COUNT: &[u8] = b"count-of-lists";
    pub(in super::super) const NONCE: &[u8] = b"nonce/";
    pub(in super::super) const PUSHED: &[u8] = b"pushed/";
    pub(in super::super) const PUSHED_EXPIRY: &[u8] = b"expiry-of-pushed/";
    pub(in super::super) const REFRESH: &[u8] = b"refresh/";
    pub(in super::super) const REFRESH_EXPIRY: &[u8] = b"expiry-of-refresh/";
    pub(in super::super) const REFRESH_FAMILY: &[u8] = b"family-of-refresh/";
    pub(in super::super) const REFRESH_FAMILY_EXPIRY: &[u8] = b"expiry-of-family/";
    pub(in super::super) const RUNS_OUT: &[u8] = b"runs-out/";
    pub(in super::super) const STATUS_LIST: &[u8] = b"status-list/";

    pub(in super::super) fn audit(sequence: u64) -> Vec<u8> {
        [AUDIT, &sequence.to_be_bytes()].concat()
    }

    pub(in super::super) fn import(id: &SecretHash) -> Vec<u8> {
        [b"import/", id.0.as_slice()].concat()
    }

    pub(in super::super) fn import_row(import: &SecretHash, row: usize) -> Vec<u8> {
        let row = u64::try_from(row).unwrap_or(u64::MAX);
        [b"row-of-import/", import.0.as_slice(), &row.to_be_bytes()].concat()
    }

    pub(in super::super) fn passport(id: &PassportId) -> Vec<u8> {
        [b"passport/", id.0.as_bytes().as_slice()].concat()
    }

    pub(in super::super) fn data_key(subject_ref: &str) -> Vec<u8> {
        [b"data-key/", subject_ref.as_bytes()].concat()
    }

    pub(in super::super) fn personal(subject_ref: &str) -> Vec<u8> {
        [b"personal/", subject_ref.as_bytes()].concat()
    }

    /// The passport of a person.
    pub(in super::super) fn subject(subject_ref: &str) -> Vec<u8> {
        [b"subject/", subject_ref.as_bytes()].concat()
    }

    pub(in super::super) fn movements_of(id: &PassportId) -> Vec<u8> {
        [b"movements-of/", id.0.as_bytes().as_slice()].concat()
    }

    /// The document that a change was asked for with.
    pub(in super::super) fn proposal(id: &PassportId) -> Vec<u8> {
        [b"proposal/", id.0.as_bytes().as_slice()].concat()
    }

    pub(in super::super) fn by_state(state: PassportState) -> Vec<u8> {
        [b"by-state/", state.name().as_bytes(), b"/"].concat()
    }

    pub(in super::super) fn search(token: &IndexToken) -> Vec<u8> {
        [b"search/", token.0.as_slice()].concat()
    }

    /// In which a passport's own search tokens stand.
    pub(in super::super) fn found_by(id: &PassportId) -> Vec<u8> {
        [b"found-by/", id.0.as_bytes().as_slice()].concat()
    }

    pub(in super::super) fn history(id: &PassportId) -> Vec<u8> {
        [b"history/", id.0.as_bytes().as_slice()].concat()
    }

    pub(in super::super) fn history_line(id: &PassportId, line: u64) -> Vec<u8> {
        [history(id), line.to_be_bytes().to_vec()].concat()
    }

    pub(in super::super) fn queue(queue: Queue) -> Vec<u8> {
        [b"queue/", queue.name().as_bytes(), b"/"].concat()
    }

    pub(in super::super) fn queue_count(queue: Queue) -> Vec<u8> {
        [b"count-of-queue/", queue.name().as_bytes()].concat()
    }

    pub(in super::super) fn instant(prefix: &[u8], at: i64) -> Vec<u8> {
        [prefix, &u64::try_from(at).unwrap_or(0).to_be_bytes()].concat()
    }

    pub(in super::super) fn offer(hash: &SecretHash) -> Vec<u8> {
        [b"offer/", hash.0.as_slice()].concat()
    }

    pub(in super::super) fn code(hash: &SecretHash) -> Vec<u8> {
        [b"code/", hash.0.as_slice()].concat()
    }

    pub(in super::super) fn grant(hash: &SecretHash) -> Vec<u8> {
        [GRANT, &hash.0].concat()
    }

    pub(in super::super) fn grant_expiry(expires_at: i64, hash: &SecretHash) -> Vec<u8> {
        [GRANT_EXPIRY, &expires_at.to_be_bytes(), &hash.0].concat()
    }

    pub(in super::super) fn pushed(name: &SecretHash) -> Vec<u8> {
        [PUSHED, &name.0].concat()
    }

    pub(in super::super) fn pushed_expiry(expires_at: i64, name: &SecretHash) -> Vec<u8> {
        [PUSHED_EXPIRY, &expires_at.to_be_bytes(), &name.0].concat()
    }

    pub(in super::super) fn authorization(code: &SecretHash) -> Vec<u8> {
        [AUTHORIZATION, &code.0].concat()
    }

    pub(in super::super) fn authorization_expiry(expires_at: i64, code: &SecretHash) -> Vec<u8> {
        [AUTHORIZATION_EXPIRY, &expires_at.to_be_bytes(), &code.0].concat()
    }

    /// By what an offer is found, beside its id and code.
    pub(in super::super) fn offer_of(found_by: &SecretHash) -> Vec<u8> {
        [b"offer-of/", found_by.0.as_slice()].concat()
    }

    /// An import that two people are to want.
    pub(in super::super) fn import_wish(import: &SecretHash) -> Vec<u8> {
        [b"import-wish/", import.0.as_slice()].concat()
    }

    /// The passport of a staff account.
    pub(in super::super) fn account(found_by: &SecretHash) -> Vec<u8> {
        [b"account/", found_by.0.as_slice()].concat()
    }

    pub(in super::super) fn refresh(hash: &SecretHash) -> Vec<u8> {
        [REFRESH, &hash.0].concat()
    }

    pub(in super::super) fn refresh_expiry(expires_at: i64, hash: &SecretHash) -> Vec<u8> {
        [REFRESH_EXPIRY, &expires_at.to_be_bytes(), &hash.0].concat()
    }

    pub(in super::super) fn refresh_family(name: &SecretHash) -> Vec<u8> {
        [REFRESH_FAMILY, &name.0].concat()
    }

    pub(in super::super) fn refresh_family_expiry(expires_at: i64, name: &SecretHash) -> Vec<u8> {
        [REFRESH_FAMILY_EXPIRY, &expires_at.to_be_bytes(), &name.0].concat()
    }

    pub(in super::super) fn nonce(expires_at: i64, id: &[u8; 16]) -> Vec<u8> {
        [NONCE, &expires_at.to_be_bytes(), id].concat()
    }

    pub(in super::super) fn allocation(kid: &str, form: ListForm) -> Vec<u8> {
        let prefix: &[u8] = match form {
            ListForm::Token => b"allocation/",
            ListForm::Bitstring => b"bitstring-allocation/",
        };
        [prefix, kid.as_bytes()].concat()
    }

    pub(in super::super) fn status_list(number: u32) -> Vec<u8> {
        [STATUS_LIST, &number.to_be_bytes()].concat()
    }

    pub(in super::super) fn status_entries(list: u32) -> Vec<u8> {
        [b"status-entry/", list.to_be_bytes().as_slice()].concat()
    }

    pub(in super::super) fn status_entry(list: u32, index: u32) -> Vec<u8> {
        [status_entries(list), index.to_be_bytes().to_vec()].concat()
    }
}

pub(super) fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Malformed(what))
}

pub(super) fn get<T: DeserializeOwned>(
    view: &View<'_>,
    key: &[u8],
    what: &'static str,
) -> Result<Option<T>, StoreError> {
    view.get(key)?.map(|bytes| parse(&bytes, what)).transpose()
}

pub(super) fn put(batch: &mut Batch, key: impl Into<Vec<u8>>, row: &impl Serialize) {
    // Rows are structs of texts and numbers: they always serialise.
    batch.put(key, serde_json::to_vec(row).unwrap_or_default());
}
