//! Accounts: reading them, enrolling, signing in through a provider.

use sha2::{Digest, Sha256};
use uuid::Uuid;
use webauthn_rs::prelude::{AuthenticationResult, Passkey};

use crate::audit::{self, Entry, Event};
use crate::durable::{Batch, CommitError, StoreError, View};
use crate::people::{People, PeopleError, Person, PersonId, PersonState, Role, Subject};

const PREFIX: &[u8] = b"person/";
const SUBJECTS: &[u8] = b"person-subject/";
const PASSKEYS: &[u8] = b"person-passkey/";
/// Longest name.
const MAX_NAME: usize = 80;

impl People {
    /// One account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        Ok(self.db.get(&key(id))?.and_then(|value| read(&value)))
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list(&self) -> Result<Vec<Person>, StoreError> {
        let mut people = self
            .db
            .scan_prefix(PREFIX)
            .filter_map(|entry| match entry {
                Ok((_, value)) => read(&value).map(Ok),
                Err(error) => Some(Err(error)),
            })
            .collect::<Result<Vec<Person>, StoreError>>()?;
        people.sort_by_key(|person| (person.name.to_lowercase(), person.id));
        Ok(people)
    }

    /// Gives a passkey to the person whom an invitation names, and uses the invitation up. Of two
    /// at once, one has it. Passkeys and sessions from before end.
    ///
    /// # Errors
    /// [`PeopleError::InvitationOver`] and others.
    pub async fn enrol_passkey(
        &self,
        secret: &str,
        passkey: Passkey,
    ) -> Result<Person, PeopleError> {
        let (invitation, now) = (super::invitations::key(secret), self.clock.now());
        let person = self
            .db
            .commit(move |view, batch| {
                let row = super::invitations::read_live(view, &invitation, now)?;
                let mut person = find(view, row.person)?;
                if person.state == PersonState::Disabled {
                    return Err(PeopleError::Disabled);
                }
                let owner = passkey_key(passkey.cred_id().as_ref());
                if view.contains(&owner)? {
                    return Err(PeopleError::CredentialTaken);
                }
                batch.put(owner, person.id.0.as_bytes().to_vec());
                // Whoever makes a link for somebody else cannot share her account unseen.
                for before in &person.passkeys {
                    batch.remove(passkey_key(before.cred_id().as_ref()));
                }
                person.passkeys = vec![passkey];
                person.state = PersonState::Active;
                person.enrolled_at = person.enrolled_at.or(Some(now));
                batch.remove(invitation);
                write(batch, &person)?;
                audit::append(view, batch, entry(now, &person, Event::Enrolled, "passkey"))?;
                Ok::<_, PeopleError>(person)
            })
            .await?;
        self.sessions.end_all_of(person.id).await?;
        Ok(person)
    }

    /// Records that a passkey was used: its counter, and who signed in.
    ///
    /// # Errors
    /// [`PeopleError::Disabled`] and others.
    pub async fn signed_in_with_passkey(
        &self,
        id: PersonId,
        result: AuthenticationResult,
    ) -> Result<Person, PeopleError> {
        let now = self.clock.now();
        self.db
            .commit(move |view, batch| {
                let mut person = find(view, id)?;
                if person.state != PersonState::Active {
                    return Err(PeopleError::Disabled);
                }
                for passkey in &mut person.passkeys {
                    passkey.update_credential(&result);
                }
                write(batch, &person)?;
                audit::append(view, batch, entry(now, &person, Event::SignedIn, "passkey"))?;
                Ok(person)
            })
            .await
    }

    /// The person of a provider's account, made when there is none. Her roles are what the provider
    /// says now.
    ///
    /// # Errors
    /// [`PeopleError::Disabled`] and others.
    pub async fn signed_in_at_provider(
        &self,
        subject: Subject,
        name: &str,
        roles: Vec<Role>,
    ) -> Result<Person, PeopleError> {
        let name = trimmed(name);
        let roles = self.known(&roles)?;
        let now = self.clock.now();
        self.db
            .commit(move |view, batch| {
                let owner = subject_key(&subject);
                let known = match view.get(&owner)? {
                    Some(bytes) => Uuid::from_slice(&bytes).ok().map(PersonId),
                    None => None,
                };
                let (mut person, before) = match known {
                    Some(id) => {
                        let person = find(view, id)?;
                        let before = person.roles.clone();
                        (person, before)
                    }
                    None => {
                        let id = PersonId(Uuid::new_v4());
                        let person = Person {
                            id,
                            name: String::new(),
                            roles: vec![],
                            state: PersonState::Active,
                            invited_at: now,
                            enrolled_at: Some(now),
                            passkeys: vec![],
                            subject: Some(subject),
                        };
                        batch.put(owner, id.0.as_bytes().to_vec());
                        (person, vec![])
                    }
                };
                if person.state == PersonState::Disabled {
                    return Err(PeopleError::Disabled);
                }
                person.name = name;
                person.roles = roles;
                write(batch, &person)?;
                let (event, detail) = if before == person.roles {
                    (Event::SignedIn, "provider".to_owned())
                } else {
                    (Event::RolesFromProvider, super::changes::names(&person.roles))
                };
                audit::append(view, batch, entry(now, &person, event, &detail))?;
                Ok(person)
            })
            .await
    }

    /// Records an act of a person on her own session, or a refused sign-in.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn note(
        &self,
        who: String,
        what: Event,
        detail: Option<&str>,
    ) -> Result<(), CommitError> {
        let detail = detail.map(str::to_owned);
        let entry = Entry { at: self.clock.now(), who, what, about: None, detail };
        audit::note(&self.db, entry).await
    }

    /// These roles in order, each once; refuses one that the service does not have.
    pub(super) fn known(&self, roles: &[Role]) -> Result<Vec<Role>, PeopleError> {
        if let Some(given) = roles.iter().find(|role| !self.grants.roles().any(|r| r == **role)) {
            let known: Vec<&str> = self.grants.roles().map(Role::name).collect();
            return Err(PeopleError::RoleNotHere {
                given: given.to_string(),
                known: known.join(", "),
            });
        }
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        Ok(roles)
    }
}

fn entry(at: i64, person: &Person, what: Event, detail: &str) -> Entry {
    Entry {
        at,
        who: format!("person:{}", person.id),
        what,
        about: Some(format!("person:{}", person.id)),
        detail: Some(detail.to_owned()),
    }
}

/// A name as a provider gives it, made to fit.
fn trimmed(name: &str) -> String {
    let kept: String =
        name.trim().chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect();
    if kept.is_empty() { "–".to_owned() } else { kept }
}

pub(super) fn check_name(name: &str) -> Result<(), PeopleError> {
    let fits = (1..=MAX_NAME).contains(&name.chars().count())
        && name.trim() == name
        && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(PeopleError::BadName) }
}

pub(super) fn find(view: &View<'_>, id: PersonId) -> Result<Person, PeopleError> {
    view.get(&key(id))?.and_then(|value| read(&value)).ok_or(PeopleError::NoSuchPerson)
}

pub(super) fn all(view: &View<'_>) -> Result<Vec<Person>, PeopleError> {
    let mut people = Vec::new();
    for entry in view.scan_prefix(PREFIX) {
        people.extend(read(&entry?.1));
    }
    Ok(people)
}

pub(super) fn write(batch: &mut Batch, person: &Person) -> Result<(), PeopleError> {
    let bytes = serde_json::to_vec(person).map_err(|_| CommitError::Dropped)?;
    batch.put(key(person.id), bytes);
    Ok(())
}

fn read(value: &[u8]) -> Option<Person> {
    match serde_json::from_slice(value) {
        Ok(person) => Some(person),
        Err(error) => {
            tracing::error!(%error, "an account cannot be read");
            None
        }
    }
}

fn key(id: PersonId) -> Vec<u8> {
    [PREFIX, id.0.as_bytes()].concat()
}

fn passkey_key(credential: &[u8]) -> Vec<u8> {
    [PASSKEYS, Sha256::digest(credential).as_slice()].concat()
}

fn subject_key(subject: &Subject) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(subject.issuer.as_bytes());
    hash.update([0]);
    hash.update(subject.subject.as_bytes());
    [SUBJECTS, hash.finalize().as_slice()].concat()
}
