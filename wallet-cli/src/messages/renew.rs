//! Why there is no new copy, and what to do.

use vc::status_list::Status;

use crate::receive::RenewError;

/// What stands when nothing new came.
const STANDS: &str = "What you hold is as it was.";

pub(super) fn sentence(error: &RenewError) -> String {
    match error {
        RenewError::NoRefreshToken => format!(
            "This issuer gives new copies through HR only. {STANDS} Ask your employer's HR for a \
             new offer."
        ),
        RenewError::Damaged => "What is in the wallet can't be renewed: it is damaged. Ask your \
             employer's HR for a new offer."
            .into(),
        RenewError::Over { status: Some(Status::Invalid) } => {
            "Your employer has ended this passport: no hospital takes it any more, and there is no \
             new copy. Ask your employer's HR."
                .into()
        }
        RenewError::Over { status: Some(Status::Superseded) } => {
            "This passport has moved to another phone or wallet: this copy is not renewed. If that \
             was not you, tell your employer's HR at once."
                .into()
        }
        RenewError::Over { status: Some(Status::Suspended) } => format!(
            "Your employer has suspended this passport: there is no new copy until it is \
             reinstated. {STANDS} Ask your employer's HR, then try again."
        ),
        RenewError::Over { status: Some(Status::Valid | Status::Other(_)) | None } => format!(
            "The issuer gives this wallet no more copies. {STANDS} It is good to its end; before \
             then ask your employer's HR for a new offer."
        ),
        RenewError::OtherPerson => format!(
            "The copy that came is about another person, and was not kept. {STANDS} Tell your \
             employer's HR."
        ),
        RenewError::Receive(error) => super::receive(error).replace(super::NOTHING, STANDS),
    }
}
