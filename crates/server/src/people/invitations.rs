//! Invitations: one-time links, good for a day, kept as their hash.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::durable::View;
use crate::pages::random_text;
use crate::people::accounts::{check_name, find, write};
use crate::people::{People, PeopleError, Person, PersonId, PersonState, Role, changes};

/// How long a link is good.
pub const INVITATION_SECONDS: i64 = 24 * 60 * 60;

const PREFIX: &[u8] = b"person-invitation/";

/// A link to hand over.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Who is invited.
    pub person: PersonId,
    /// The secret of the link `/invitation/SECRET`.
    pub secret: String,
    /// Whether the roles wait for a second administrator.
    pub asked: changes::Asked,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) person: PersonId,
    expires_at: i64,
}

impl People {
    /// Makes an account that waits for its person, and the link for her. `by` is an administrator,
    /// or nobody for the command line of the machine. An administrator's choice of roles is a
    /// change of roles: see [`Self::ask_roles`].
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn invite(
        &self,
        name: &str,
        roles: &[Role],
        by: Option<PersonId>,
    ) -> Result<Invitation, PeopleError> {
        check_name(name)?;
        if roles.is_empty() {
            return Err(PeopleError::NoRole);
        }
        let roles = self.known(roles)?;
        let (name, secret, now) = (name.to_owned(), random_text(), self.clock.now());
        let (invitation, two_people) = (key(&secret), self.two_people);
        let id = PersonId(Uuid::new_v4());
        let asked = self
            .db
            .commit(move |view, batch| {
                let detail = changes::names(&roles);
                let waits = two_people && changes::second_there_is(view, by, id)?;
                let (roles, asked) = if waits {
                    changes::keep(
                        batch,
                        &changes::RoleChange {
                            person: id,
                            roles,
                            asked_by: changes::who(by),
                            asked_at: now,
                        },
                    )?;
                    (vec![], changes::Asked::Waits)
                } else {
                    (roles, changes::Asked::Done)
                };
                let person = Person {
                    id,
                    name,
                    roles,
                    state: PersonState::Invited,
                    invited_at: now,
                    enrolled_at: None,
                    passkeys: vec![],
                    subject: None,
                };
                write(batch, &person)?;
                put(batch, invitation, id, now)?;
                let entry = Entry {
                    at: now,
                    who: changes::who(by),
                    what: Event::Invited,
                    about: Some(format!("person:{id}")),
                    detail: Some(match asked {
                        changes::Asked::Done => detail,
                        changes::Asked::Waits => format!("asked {detail}"),
                    }),
                };
                audit::append(view, batch, entry)?;
                Ok::<_, PeopleError>(asked)
            })
            .await?;
        Ok(Invitation { person: id, secret, asked })
    }

    /// A new link for somebody who has an account: another device, or the old link ran out. Links
    /// that she has not used end.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn invite_again(
        &self,
        id: PersonId,
        by: Option<PersonId>,
    ) -> Result<Invitation, PeopleError> {
        let (secret, now) = (random_text(), self.clock.now());
        let invitation = key(&secret);
        self.db
            .commit(move |view, batch| {
                let person = find(view, id)?;
                if person.state == PersonState::Disabled {
                    return Err(PeopleError::Disabled);
                }
                if by == Some(id) {
                    return Err(PeopleError::OwnAccount);
                }
                end_links(view, batch, id)?;
                put(batch, invitation, id, now)?;
                let entry = Entry {
                    at: now,
                    who: changes::who(by),
                    what: Event::Invited,
                    about: Some(format!("person:{id}")),
                    detail: Some("another link".to_owned()),
                };
                audit::append(view, batch, entry)?;
                Ok(())
            })
            .await?;
        Ok(Invitation { person: id, secret, asked: changes::Asked::Done })
    }

    /// Whom a link invites, while it is good.
    ///
    /// # Errors
    /// [`PeopleError::InvitationOver`].
    pub fn invited(&self, secret: &str) -> Result<Person, PeopleError> {
        let value = self.db.get(&key(secret))?.ok_or(PeopleError::InvitationOver)?;
        let row = live(&value, self.clock.now())?;
        let person = self.find(row.person)?.ok_or(PeopleError::InvitationOver)?;
        if person.state == PersonState::Disabled {
            return Err(PeopleError::InvitationOver);
        }
        Ok(person)
    }
}

pub(super) fn read_live(view: &View<'_>, key: &[u8], now: i64) -> Result<Row, PeopleError> {
    live(&view.get(key)?.ok_or(PeopleError::InvitationOver)?, now)
}

fn live(value: &[u8], now: i64) -> Result<Row, PeopleError> {
    serde_json::from_slice::<Row>(value)
        .ok()
        .filter(|row| now < row.expires_at)
        .ok_or(PeopleError::InvitationOver)
}

fn put(
    batch: &mut crate::durable::Batch,
    key: Vec<u8>,
    person: PersonId,
    now: i64,
) -> Result<(), PeopleError> {
    let row = Row { person, expires_at: now.saturating_add(INVITATION_SECONDS) };
    let bytes = serde_json::to_vec(&row).map_err(|_| crate::durable::CommitError::Dropped)?;
    batch.put(key, bytes);
    Ok(())
}

/// Ends every link of a person.
pub(super) fn end_links(
    view: &View<'_>,
    batch: &mut crate::durable::Batch,
    person: PersonId,
) -> Result<(), PeopleError> {
    for entry in view.scan_prefix(PREFIX) {
        let (key, value) = entry?;
        if serde_json::from_slice::<Row>(&value).is_ok_and(|row| row.person == person) {
            batch.remove(key);
        }
    }
    Ok(())
}

/// Of 256 random bits the hash needs no salt.
pub(super) fn key(secret: &str) -> Vec<u8> {
    [PREFIX, Sha256::digest(secret.as_bytes()).as_slice()].concat()
}
