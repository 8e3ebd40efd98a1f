//! Changes of roles and of state, by two people (SECURITY H1): what one administrator asks, another
//! approves. Whoever is the only administrator acts alone; the page says so.

use serde::{Deserialize, Serialize};

use crate::audit::{self, Entry, Event};
use crate::durable::{Batch, CommitError, StoreError, View};
use crate::people::accounts::{all, find, write};
use crate::people::{People, PeopleError, Person, PersonId, PersonState, Role, invitations};

const PREFIX: &[u8] = b"person-change/";

/// A change of roles that waits for a second administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Whose.
    pub person: PersonId,
    /// From then on.
    pub roles: Vec<Role>,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: i64,
}

/// What asking for a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It holds now.
    Done,
    /// Another administrator has to approve it.
    Waits,
}

/// What the second administrator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It takes effect.
    Approve,
    /// It is forgotten.
    Refuse,
}

impl People {
    /// The changes that wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting_changes(&self) -> Result<Vec<RoleChange>, StoreError> {
        let rows = self.db.scan_prefix(PREFIX).filter_map(|entry| match entry {
            Ok((_, value)) => serde_json::from_slice(&value).ok().map(Ok),
            Err(error) => Some(Err(error)),
        });
        rows.collect()
    }

    /// Whether another administrator than `by` can approve what `by` asks about `person`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn second_administrator(&self, by: PersonId) -> Result<bool, StoreError> {
        Ok(self.list()?.iter().any(|person| is_other_administrator(person, Some(by), by)))
    }

    /// Asks for other roles of a person.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn ask_roles(
        &self,
        id: PersonId,
        roles: &[Role],
        by: PersonId,
    ) -> Result<Asked, PeopleError> {
        let roles = self.known(roles)?;
        let (now, two_people) = (self.clock.now(), self.two_people);
        self.db
            .commit(move |view, batch| {
                let person = find(view, id)?;
                if id == by {
                    return Err(PeopleError::OwnAccount);
                }
                keeps_an_administrator(view, &person, &roles)?;
                let detail = Some(names(&roles));
                let (what, asked) = if two_people && second_there_is(view, Some(by), id)? {
                    let change =
                        RoleChange { person: id, roles, asked_by: who(Some(by)), asked_at: now };
                    keep(batch, &change)?;
                    (Event::RolesAsked, Asked::Waits)
                } else {
                    batch.remove(key(id));
                    write(batch, &Person { roles, ..person })?;
                    (Event::RolesChanged, Asked::Done)
                };
                audit::append(view, batch, entry(now, Some(by), what, id, detail))?;
                Ok(asked)
            })
            .await
    }

    /// Approves or refuses a change that somebody else asked for. Whoever asked may only take it
    /// back.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn decide(
        &self,
        id: PersonId,
        decision: Decision,
        by: PersonId,
    ) -> Result<(), PeopleError> {
        let now = self.clock.now();
        self.db
            .commit(move |view, batch| {
                let value = view.get(&key(id))?.ok_or(PeopleError::NoSuchChange)?;
                let change: RoleChange =
                    serde_json::from_slice(&value).map_err(|_| PeopleError::NoSuchChange)?;
                let what = match decision {
                    Decision::Refuse => Event::RolesRefused,
                    Decision::Approve if id == by => return Err(PeopleError::OwnAccount),
                    Decision::Approve if change.asked_by == who(Some(by)) => {
                        return Err(PeopleError::SecondPersonNeeded);
                    }
                    Decision::Approve => {
                        let person = find(view, id)?;
                        keeps_an_administrator(view, &person, &change.roles)?;
                        write(batch, &Person { roles: change.roles.clone(), ..person })?;
                        Event::RolesChanged
                    }
                };
                batch.remove(key(id));
                let detail = Some(format!("{} {}", change.asked_by, names(&change.roles)));
                audit::append(view, batch, entry(now, Some(by), what, id, detail))?;
                Ok(())
            })
            .await
    }

    /// Lets a person sign in no more, and ends her sessions and links at once.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn disable(&self, id: PersonId, by: Option<PersonId>) -> Result<(), PeopleError> {
        self.set_state(id, PersonState::Disabled, Event::Disabled, by).await?;
        Ok(self.sessions.end_all_of(id).await?)
    }

    /// Lets her sign in again.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn enable(&self, id: PersonId, by: Option<PersonId>) -> Result<(), PeopleError> {
        self.set_state(id, PersonState::Active, Event::Enabled, by).await
    }

    async fn set_state(
        &self,
        id: PersonId,
        state: PersonState,
        what: Event,
        by: Option<PersonId>,
    ) -> Result<(), PeopleError> {
        let now = self.clock.now();
        self.db
            .commit(move |view, batch| {
                let mut person = find(view, id)?;
                if by == Some(id) {
                    return Err(PeopleError::OwnAccount);
                }
                if state == PersonState::Disabled {
                    keeps_an_administrator(view, &person, &[])?;
                    invitations::end_links(view, batch, id)?;
                    batch.remove(key(id));
                    person.state = PersonState::Disabled;
                } else if person.state == PersonState::Disabled {
                    // Whoever never enrolled still has to.
                    person.state = match person.enrolled_at {
                        Some(_) => PersonState::Active,
                        None => PersonState::Invited,
                    };
                }
                write(batch, &person)?;
                audit::append(view, batch, entry(now, by, what, id, None))?;
                Ok(())
            })
            .await
    }

    /// Tells the log whether changes of roles need two people, when that is not what it said last.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn note_two_people(&self) -> Result<(), CommitError> {
        const SETTING: &[u8] = b"person-two-people";
        let (now, setting) = (self.clock.now(), self.two_people);
        let word: &[u8] = if setting { b"on" } else { b"off" };
        self.db
            .commit(move |view, batch| {
                if view.get(SETTING)?.as_deref() == Some(word) {
                    return Ok(());
                }
                batch.put(SETTING, word);
                let detail = Some(if setting { "on" } else { "off" }.to_owned());
                let who = "command".to_owned();
                let what = Event::TwoPeopleSet;
                audit::append(view, batch, Entry { at: now, who, what, about: None, detail })
            })
            .await
    }
}

fn entry(
    at: i64,
    by: Option<PersonId>,
    what: Event,
    about: PersonId,
    detail: Option<String>,
) -> Entry {
    Entry { at, who: who(by), what, about: Some(format!("person:{about}")), detail }
}

/// As the log names who acts; the command line needs the machine itself.
pub(super) fn who(by: Option<PersonId>) -> String {
    by.map_or_else(|| "command".to_owned(), |id| format!("person:{id}"))
}

pub(super) fn names(roles: &[Role]) -> String {
    if roles.is_empty() {
        return "no role".to_owned();
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(" ")
}

/// The command line acts alone: who can run it can do anything on the machine.
pub(super) fn second_there_is(
    view: &View<'_>,
    by: Option<PersonId>,
    about: PersonId,
) -> Result<bool, PeopleError> {
    if by.is_none() {
        return Ok(false);
    }
    Ok(all(view)?.iter().any(|person| is_other_administrator(person, by, about)))
}

fn is_other_administrator(person: &Person, by: Option<PersonId>, about: PersonId) -> bool {
    person.state == PersonState::Active
        && person.roles.contains(&Role::Administrator)
        && Some(person.id) != by
        && person.id != about
}

/// Somebody must remain who can manage accounts.
fn keeps_an_administrator(
    view: &View<'_>,
    person: &Person,
    roles: &[Role],
) -> Result<(), PeopleError> {
    let is_one = |person: &Person| {
        person.roles.contains(&Role::Administrator) && person.state != PersonState::Disabled
    };
    if !is_one(person) || roles.contains(&Role::Administrator) {
        return Ok(());
    }
    if all(view)?.iter().any(|other| other.id != person.id && is_one(other)) {
        Ok(())
    } else {
        Err(PeopleError::LastAdministrator)
    }
}

pub(super) fn keep(batch: &mut Batch, change: &RoleChange) -> Result<(), PeopleError> {
    let bytes = serde_json::to_vec(change).map_err(|_| CommitError::Dropped)?;
    batch.put(key(change.person), bytes);
    Ok(())
}

fn key(person: PersonId) -> Vec<u8> {
    [PREFIX, person.0.as_bytes()].concat()
}
