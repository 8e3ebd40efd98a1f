//! Reading accounts.

use crate::durable::StoreError;
use crate::people::{People, Person, PersonId};

const PREFIX: &[u8] = b"person/";

impl People {
    /// One account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let value = self.db.get(&key(id))?;
        Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
    }
}

pub(super) fn key(id: PersonId) -> Vec<u8> {
    [PREFIX, id.0.as_bytes()].concat()
}
