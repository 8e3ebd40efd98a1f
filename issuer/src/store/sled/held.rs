//! A passport while a fact changes it: its row, its indices and counters, its history and the
//! audit log are written together.

use server::audit::Head;
use server::durable::{Batch, View};
use vc::status_list::Status;

use super::movements;
use super::rows::{NOTHING, get, key, put};
use crate::audit;
use crate::life::{Deed, after};
use crate::store::{
    Act, ConfirmKey, HistoryEntry, NotDone, OfferStep, Passport, PassportId, PassportState, Queue,
    SecretHash, StatusEntry, StoreError,
};

/// A passport in the hands of one fact.
pub(super) struct Held {
    pub(super) passport: Passport,
    before: Option<Marks>,
    was: Option<Moves>,
    head: Option<Head>,
    /// Status entries that the fact has changed.
    pub(super) changed: Vec<StatusEntry>,
}

/// What is found by without reading the row.
#[derive(PartialEq, Eq)]
struct Marks {
    state: PassportState,
    queues: Vec<Queue>,
    runs_out: Option<i64>,
    copy_ends: Option<i64>,
}

/// What, when it changes, makes an end of what was asked for.
#[derive(PartialEq, Eq)]
struct Moves {
    state: PassportState,
    revision: u64,
    offer: Option<(SecretHash, ConfirmKey)>,
    account: Option<SecretHash>,
}

impl Moves {
    fn of(passport: &Passport) -> Self {
        let offer = passport.latest.as_ref().map(|latest| (latest.hash, latest.confirm_key));
        let account = passport.account.as_ref().map(|account| account.found_by);
        Self { state: passport.state, revision: passport.revision, offer, account }
    }
}

impl Marks {
    fn of(passport: &Passport) -> Self {
        let in_use = matches!(passport.state, PassportState::Active | PassportState::Suspended);
        Self {
            state: passport.state,
            queues: passport.queues(),
            runs_out: passport.runs_out_at(),
            copy_ends: passport.copy_ends_at().filter(|_| in_use),
        }
    }

    fn keys(&self, place: &[u8; 24]) -> Vec<Vec<u8>> {
        let with = |prefix: Vec<u8>| [prefix.as_slice(), place].concat();
        let mut keys = vec![with(key::by_state(self.state))];
        if self.state != PassportState::Archived {
            keys.push(with(key::BY_TIME.to_vec()));
        }
        keys.extend(self.queues.iter().map(|queue| with(key::queue(*queue))));
        keys.extend(self.runs_out.map(|at| with(key::instant(key::RUNS_OUT, at))));
        keys.extend(self.copy_ends.map(|at| with(key::instant(key::COPY_ENDS, at))));
        keys
    }
}

impl Held {
    pub(super) fn new(passport: Passport) -> Self {
        Self { passport, before: None, was: None, head: None, changed: vec![] }
    }

    pub(super) fn read(view: &View<'_>, id: &PassportId) -> Result<Option<Self>, StoreError> {
        let passport: Option<Passport> = get(view, &key::passport(id), "passport")?;
        Ok(passport.map(|passport| Self {
            before: Some(Marks::of(&passport)),
            was: Some(Moves::of(&passport)),
            ..Self::new(passport)
        }))
    }

    /// Goes to the state that a deed leads to.
    pub(super) fn go(&mut self, deed: Deed) -> Result<(), NotDone> {
        self.passport.state =
            after(self.passport.state, deed).ok_or(NotDone::State(self.passport.state))?;
        Ok(())
    }

    /// Whether a deed is allowed.
    pub(super) fn may(&self, deed: Deed) -> bool {
        after(self.passport.state, deed).is_some()
    }

    /// How far the latest offer is.
    pub(super) fn step(&self) -> Option<OfferStep> {
        self.passport.latest.as_ref().map(|latest| latest.step)
    }

    pub(super) fn set_step(&mut self, step: OfferStep) {
        if let Some(latest) = &mut self.passport.latest {
            latest.step = step;
            if step != OfferStep::Confirm {
                latest.digits = None;
            }
        }
    }

    /// Goes on from one step, and from no other.
    pub(super) fn set_step_of(&mut self, from: OfferStep, to: OfferStep) {
        if self.step() == Some(from) {
            self.set_step(to);
        }
    }

    /// Gives every copy, downloads too, a new status that `new` has one for. INVALID is for good.
    pub(super) fn set_statuses(
        &mut self,
        batch: &mut Batch,
        new: impl Fn(&crate::store::Copy) -> Option<Status>,
    ) {
        let Passport { copies, downloads, .. } = &mut self.passport;
        for copy in copies.iter_mut().chain(downloads) {
            let Some(status) = new(copy) else { continue };
            if copy.status == status || copy.status == Status::Invalid {
                continue;
            }
            copy.status = status;
            let row = key::status_entry(copy.entry.list, copy.entry.index);
            match status {
                Status::Valid => batch.remove(row),
                Status::Invalid | Status::Suspended | Status::Superseded | Status::Other(_) => {
                    put(batch, row, &status);
                }
            }
            self.changed.push(copy.entry);
        }
    }

    /// Appends to the audit log and to the passport's history.
    pub(super) fn log(
        &mut self,
        view: &View<'_>,
        batch: &mut Batch,
        entry: &HistoryEntry,
    ) -> Result<(), StoreError> {
        let head = match self.head.take() {
            Some(head) => head,
            None => get(view, key::AUDIT_HEAD, "audit head")?.unwrap_or_default(),
        };
        let (sequence, row, head) = audit::next(&head, entry, self.passport.id);
        batch.put(key::audit(sequence), row);
        put(batch, key::AUDIT_HEAD, &head);
        self.head = Some(head);
        movements::count(view, batch, &format!("acts/{}", entry.what.name()))?;
        put(batch, key::history_line(&self.passport.id, self.passport.acts), entry);
        self.passport.acts = self.passport.acts.saturating_add(1);
        Ok(())
    }

    /// Writes the row, the indices and the counters.
    pub(super) fn write(
        mut self,
        view: &View<'_>,
        batch: &mut Batch,
    ) -> Result<(Passport, Vec<StatusEntry>), StoreError> {
        let place = place(&self.passport);
        if self.passport.asked.is_some() && self.was != Some(Moves::of(&self.passport)) {
            self.passport.asked = None;
            batch.remove(key::proposal(&self.passport.id));
        }
        let now = Marks::of(&self.passport);
        if self.before.as_ref() != Some(&now) {
            let before = self.before.as_ref().map(|before| before.keys(&place)).unwrap_or_default();
            let after = now.keys(&place);
            for old in before.iter().filter(|old| !after.contains(old)) {
                batch.remove(old.clone());
            }
            for new in after.into_iter().filter(|new| !before.contains(new)) {
                batch.put(new, NOTHING);
            }
            let old = self.before.map(|before| before.queues).unwrap_or_default();
            for queue in old.iter().filter(|queue| !now.queues.contains(queue)) {
                let count = count(view, *queue)?.saturating_sub(1);
                put(batch, key::queue_count(*queue), &count);
            }
            for queue in now.queues.iter().filter(|queue| !old.contains(queue)) {
                let count = count(view, *queue)?.saturating_add(1);
                put(batch, key::queue_count(*queue), &count);
            }
        }
        put(batch, key::passport(&self.passport.id), &self.passport);
        Ok((self.passport, self.changed))
    }
}

/// A line of history without reason or words.
pub(super) fn line(at: i64, who: &str, what: Act) -> HistoryEntry {
    HistoryEntry { at, who: who.to_owned(), what, reason: None, note: None }
}

fn count(view: &View<'_>, queue: Queue) -> Result<u64, StoreError> {
    Ok(get(view, &key::queue_count(queue), "queue count")?.unwrap_or(0))
}

/// The end of an index key: newest first, then by id.
fn place(passport: &Passport) -> [u8; 24] {
    let age = u64::MAX - u64::try_from(passport.created_at_ms).unwrap_or(0);
    let mut place = [0; 24];
    let parts = age.to_be_bytes().into_iter().chain(*passport.id.0.as_bytes());
    for (to, from) in place.iter_mut().zip(parts) {
        *to = from;
    }
    place
}

/// The search tokens of a passport, in place of those that it had.
pub(super) fn find_by(
    view: &View<'_>,
    batch: &mut Batch,
    passport: &Passport,
    tokens: &[crate::store::IndexToken],
) -> Result<(), StoreError> {
    let place = place(passport);
    let row = key::found_by(&passport.id);
    let old = view.get(&row)?.unwrap_or_default();
    for token in old.chunks_exact(16).filter_map(|token| token.first_chunk::<16>()) {
        let token = crate::store::IndexToken(*token);
        if !tokens.contains(&token) {
            batch.remove([key::search(&token).as_slice(), &place].concat());
        }
    }
    for token in tokens {
        batch.put([key::search(token).as_slice(), &place].concat(), NOTHING);
    }
    batch.put(row, tokens.iter().flat_map(|token| token.0).collect::<Vec<u8>>());
    Ok(())
}
