//! From what failed at the scan to its code.

use vc::qr::QrError;
use vc::verify::Reason;

use crate::finding::Code;

impl From<&Reason> for Code {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::NotAPassport => Self::NotAPassport,
            Reason::Malformed(_) => Self::Malformed,
            Reason::RegistryExpired => Self::RegistryExpired,
            Reason::IssuerNotTrusted => Self::IssuerNotTrusted,
            Reason::IssuerNotEntitled => Self::IssuerNotEntitled,
            Reason::KeyCompromised => Self::KeyCompromised,
            Reason::SignatureInvalid => Self::SignatureInvalid,
            // A nonce of another form, or not the one asked for: the holder signed, but for
            // something else, so nobody is proven here. MALFORMED would let it be overridden.
            Reason::HolderNotProven | Reason::NonceWrong => Self::HolderNotProven,
            Reason::WrongHost => Self::WrongHost,
            Reason::DeskCodeWrong => Self::DeskCodeWrong,
            Reason::CodeTooOld => Self::CodeTooOld,
            Reason::CodeFromFuture => Self::CodeFromFuture,
            Reason::CredentialExpired => Self::CredentialExpired,
            Reason::Revoked => Self::Revoked,
            Reason::Suspended => Self::Suspended,
            Reason::Superseded => Self::Superseded,
            Reason::StatusUnreachable => Self::StatusUnreachable,
            Reason::StatusTooOld => Self::StatusTooOld,
            Reason::StatusMalformed => Self::StatusMalformed,
            Reason::StatusWrongSigner => Self::StatusWrongSigner,
        }
    }
}

impl From<&QrError> for Code {
    fn from(error: &QrError) -> Self {
        match error {
            QrError::NotACode | QrError::UnknownVersion => Self::NotAPassport,
            QrError::TooLarge
            | QrError::Damaged
            | QrError::PartsMissing { .. }
            | QrError::PartsContradict => Self::Malformed,
        }
    }
}
