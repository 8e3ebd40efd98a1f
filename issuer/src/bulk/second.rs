//! Where two people issue, an import by hand waits until a colleague has sent the very same file:
//! both have seen it, and the service keeps nothing of it but its hash (SECURITY H1).

use server::{Caller, Problem};
use sha2::{Digest, Sha256};

use crate::bulk::upload::Upload;
use crate::passports::approve::{alone, may_import};
use crate::state::Issuer;
use crate::store::{Agreeing, Agreement, ConfirmKey, SecretHash};

/// Whose import it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The caller's own, under the caller's key.
    Caller,
    /// Of the two people who agreed, whoever of them goes on with it.
    Two,
}

/// Whether the import may begin; `None` while it waits for a colleague.
///
/// # Errors
/// 403 for a program that may not issue alone.
pub(crate) async fn may_begin(
    issuer: &Issuer,
    caller: &Caller,
    upload: &Upload,
    confirm_key: ConfirmKey,
    offer_days: u32,
) -> Result<Option<Owner>, Problem> {
    if alone(issuer, caller) {
        return Ok(Some(Owner::Caller));
    }
    let Caller::Person(person) = caller else { return may_import(false).map(|()| None) };
    let mut hash = Sha256::new();
    // Another mapping or other terms make another import of the same file.
    let terms = format!("{}\n{}\n{offer_days}\n", upload.mapping.name, confirm_key.name());
    hash.update(terms);
    hash.update(&upload.file);
    let agreeing = Agreeing {
        import: SecretHash(hash.finalize().into()),
        who: person.who(),
        now: issuer.clock.now(),
    };
    Ok(match issuer.store.agree_on_import(agreeing).await? {
        Agreement::Agreed => Some(Owner::Two),
        Agreement::Waits => None,
    })
}
