//! Every sentence that tells a person what went wrong and what to do.

mod renew;

use fetch::FetchError;
use keys::SealError;
use vc::oid4vci::{MetadataError, OfferError};
use vc::registry::RegistryError;
use vc::sd_jwt::SdJwtError;
use vc::status_list::Status;

use crate::console::{ConsoleError, PASSPHRASE_VARIABLE};
use crate::error::{Error, OperatorKeysFault};
use crate::network::NetworkError;
use crate::present::{PresentError, RequirementError};
use crate::receive::{CredentialFault, Document, ReceiveError, TxCodeFault};
use crate::store::{MIN_PASSPHRASE, StoreError};
use crate::text::plain;
use crate::trust::TrustError;

/// Shown before anything is sent to an issuer that the network does not know.
pub const STRANGER_WARNING: &str = "Warning: your network does not know this issuer. Hospitals will not accept what it issues, \
     and it may not be who it says it is.";

/// What stands when nothing new came.
const NOTHING: &str = "Nothing was received.";

/// What went wrong and what to do.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::NoDataFolder => "No folder for the wallet is known: give one with --store.".into(),
        Error::OperatorKeys { path, fault } => {
            format!("The operator keys in {} {}", path.display(), operator_keys(fault))
        }
        Error::Network(NetworkError::Registry(error)) | Error::Trust(error) => registry(error),
        Error::Network(NetworkError::SetUp(_)) => {
            "Secure connections can't be set up on this machine: install its root certificates \
             (package ca-certificates)."
                .into()
        }
        Error::Store(error) => store(error),
        Error::Receive(error) => receive(error),
        Error::Renew(error) => renew::sentence(error),
        Error::Present(error) => present(error),
        Error::Console(error) => console(error),
    }
}

fn operator_keys(fault: &OperatorKeysFault) -> String {
    match fault {
        OperatorKeysFault::Io(error) => format!("can't be read: {error}."),
        OperatorKeysFault::NotJwks | OperatorKeysFault::Key(_) => {
            "are not public keys (a JWK or a JWK set). Ask your network for the file.".into()
        }
        OperatorKeysFault::Threshold { threshold, keys } => format!(
            "are {keys}, and --operator-threshold says that {threshold} of them must sign. Give \
             a number from 1 to {keys}."
        ),
    }
}

fn console(error: &ConsoleError) -> String {
    match error {
        ConsoleError::NobodyThere(missing) if *missing == PASSPHRASE_VARIABLE => format!(
            "Nobody is there to type the passphrase: put it into the environment variable \
             {PASSPHRASE_VARIABLE}."
        ),
        ConsoleError::NobodyThere(option) => {
            format!("Nobody is there to answer: give {option} on the command line.")
        }
        ConsoleError::Declined => "You said no: nothing was done.".into(),
        ConsoleError::PassphrasesDiffer => {
            "The two passphrases differ: start again and type the same one twice.".into()
        }
        ConsoleError::Io(error) => format!("The terminal can't be read: {error}."),
    }
}

fn store(error: &StoreError) -> String {
    match error {
        StoreError::NoWallet(folder) => format!(
            "There is no wallet in {}. Make one with `wallet init`, or name its folder with \
             --store.",
            folder.display()
        ),
        StoreError::AlreadyThere(folder) => format!(
            "There is a wallet in {} already. Use it, or name another folder with --store.",
            folder.display()
        ),
        StoreError::Seal(SealError::DoesNotOpen(_)) => {
            "The wallet does not open: the passphrase is wrong, or its file has been changed. Try \
             the passphrase again."
                .into()
        }
        StoreError::Seal(SealError::Io { path, source }) | StoreError::Io { path, source } => {
            format!("{} can't be read or written: {source}.", path.display())
        }
        StoreError::Seal(error) => {
            format!("The wallet's file can't be used: {error}. Put back your own copy of it.")
        }
        StoreError::NotOurs => {
            "The wallet was written by another version of this program: use that version.".into()
        }
        StoreError::PassphraseTooShort => {
            format!("The passphrase is too short: take at least {MIN_PASSPHRASE} characters.")
        }
        StoreError::UnknownCredential(id) => {
            format!("You hold nothing called {id:?}. See what you hold with `wallet list`.")
        }
        StoreError::AmbiguousCredential(id) => {
            format!("More than one credential starts with {id:?}: give more of its characters.")
        }
    }
}

fn registry(error: &TrustError) -> String {
    let (what, advice) = match error {
        TrustError::BadAddress => (
            "its address is not one that can be used".to_owned(),
            "Give an https address (http only on this machine).",
        ),
        TrustError::Fetch(error) => (fetch(error), "Try again when you are connected."),
        TrustError::Refused(error) => (refused_registry(error), "Ask the network's operators."),
        TrustError::None => ("there never was one".to_owned(), "Try again when you are connected."),
    };
    format!("There is no trust registry to go by: {what}. {advice}")
}

fn refused_registry(error: &RegistryError) -> String {
    match error {
        RegistryError::Malformed => "what came is no trust registry".into(),
        RegistryError::TooFewSignatures { signed, needed } => {
            format!("{signed} of your network's operators signed it, and {needed} must")
        }
        RegistryError::Rollback { version, last } => {
            format!("version {version} came, and version {last} was seen before")
        }
        RegistryError::Expired => "it has expired".into(),
        RegistryError::FromFuture => "it is from the future; look at this machine's clock".into(),
        RegistryError::Ambiguous(what) => format!("it names {} twice", plain(what)),
    }
}

/// The registry could not be renewed; the last good copy does.
pub fn registry_warning(problem: &TrustError) -> String {
    let why = match problem {
        TrustError::BadAddress => "its address can't be used".to_owned(),
        TrustError::Fetch(error) => fetch(error),
        TrustError::Refused(error) => refused_registry(error),
        TrustError::None => "there is none".to_owned(),
    };
    format!("The trust registry could not be renewed ({why}): going by the last good copy.")
}

/// No registry in force: nobody can say who the host is.
pub fn host_not_checked(ods: &str, problem: &TrustError) -> String {
    format!("{} So nobody can say here whether {ods} is the right host.", registry(problem))
}

fn fetch(error: &FetchError) -> String {
    match error {
        FetchError::BadAddress => "its address can't be used".into(),
        FetchError::SchemeNotAllowed(scheme) => format!("{}: is not allowed there", plain(scheme)),
        FetchError::OriginNotAllowed(origin) => {
            format!("{} does not belong to the network or to this issuer", plain(origin))
        }
        FetchError::AddressNotAllowed(address) => {
            format!("its name leads to {address}, which is no public address")
        }
        FetchError::Redirected(_) => "the server sends the wallet elsewhere".into(),
        FetchError::TooLarge(bytes) => format!("the answer is longer than {bytes} bytes"),
        FetchError::TimedOut => "the server did not answer in time".into(),
        FetchError::Status(status) => format!("the server answered with status {status}"),
        FetchError::Unreachable(_) => "the server can't be reached".into(),
    }
}

fn receive(error: &ReceiveError) -> String {
    match error {
        ReceiveError::Offer(error) => format!("{} {NOTHING}", offer(error)),
        ReceiveError::UnregisteredIssuer(issuer) => format!(
            "Warning: your network does not know {}. {NOTHING} If you are sure whose it is, say \
             --allow-unregistered; hospitals will still not accept it.",
            plain(issuer)
        ),
        ReceiveError::IssuerNotActive { ods, name } => format!(
            "{} ({}) takes no part in the network at present. {NOTHING} Ask its HR.",
            plain(name),
            plain(ods)
        ),
        ReceiveError::NotEntitled { ods, vct } => format!(
            "{} may not issue {} in this network. {NOTHING} Ask its HR.",
            plain(ods),
            plain(vct)
        ),
        ReceiveError::Fetch { what, source } => format!(
            "The {} could not be fetched: {}. {NOTHING} {}",
            document(*what),
            fetch(source),
            after_fetch(source)
        ),
        ReceiveError::NotJson(what) => format!(
            "The {} is not of the right kind (not JSON). {NOTHING} Ask the issuer's HR.",
            document(*what)
        ),
        ReceiveError::Metadata { what, source: MetadataError::OtherIssuer } => format!(
            "The {} belong to another issuer than the one in the offer: the offer may be forged. \
             {NOTHING} Ask your employer's HR for a new offer.",
            document(*what)
        ),
        ReceiveError::Metadata { what, source } => format!(
            "The {} can't be used ({source}). {NOTHING} Ask the issuer's HR.",
            document(*what)
        ),
        ReceiveError::NoAddress(what) => format!(
            "The issuer does not say where to get the {}. {NOTHING} Ask its HR.",
            document(*what)
        ),
        ReceiveError::OtherGrant => format!(
            "The offer asks you to sign in on a page, which this wallet can't do yet. {NOTHING} \
             Ask HR for an offer with a code."
        ),
        ReceiveError::NothingUsable => format!(
            "Nothing in the offer is of a kind that this wallet can hold. {NOTHING} Ask HR for \
             another offer."
        ),
        ReceiveError::Refused { what, code } => format!("{} {NOTHING}", refused(*what, code)),
        ReceiveError::Status { what, status } => format!(
            "The issuer refused the {} (status {status}). {NOTHING} Try again; if it stays so, \
             ask its HR.",
            document(*what)
        ),
        ReceiveError::Malformed { what, .. } => format!(
            "The {} that came can't be read. {NOTHING} Ask the issuer's HR.",
            document(*what)
        ),
        ReceiveError::TokenType(_) | ReceiveError::NotText => format!(
            "The issuer answered in a way that this wallet does not know. {NOTHING} Ask its HR."
        ),
        ReceiveError::Deferred => {
            format!("The issuer wants to issue later and does not say where. {NOTHING} Ask its HR.")
        }
        ReceiveError::NotConfirmed => format!(
            "HR has not confirmed the six digits in time. {NOTHING} Ask HR for a new offer."
        ),
        ReceiveError::TxCode(fault) => format!("{} Look at it again.", tx_code(*fault)),
        ReceiveError::Credential(fault) => {
            format!("The credential that came was refused: {}. {NOTHING}", credential(fault))
        }
    }
}

fn offer(error: &OfferError) -> String {
    match error {
        OfferError::NotALink | OfferError::NotExactlyOneOffer | OfferError::TooLong => {
            "That is not an offer. Copy the whole text of HR's QR code: it starts with \
             openid-credential-offer://."
                .into()
        }
        OfferError::BadAddress | OfferError::BadIssuer => {
            "The offer names an address that is not safe, or another issuer's: it may be forged. \
             Ask your employer's HR for a new one."
                .into()
        }
        OfferError::Document(_)
        | OfferError::NothingOffered
        | OfferError::OfferedTwice(_)
        | OfferError::DescriptionTooLong
        | OfferError::UnknownConfiguration(_)
        | OfferError::UnknownAuthorizationServer(_) => {
            format!("The offer is not in order ({error}). Ask your employer's HR for a new one.")
        }
    }
}

fn document(what: Document) -> &'static str {
    match what {
        Document::Offer => "offer",
        Document::IssuerMetadata => "issuer's particulars",
        Document::ServerMetadata => "particulars of the issuer's sign-in server",
        Document::Token => "permission to receive",
        Document::Nonce => "one-time number",
        Document::Credential => "credential",
        Document::Deferred => "confirmed credential",
        Document::Notification => "answer to a message",
    }
}

fn after_fetch(error: &FetchError) -> &'static str {
    match error {
        FetchError::TimedOut | FetchError::Unreachable(_) => "Try again when you are connected.",
        FetchError::Status(404 | 410) => "The offer may be used or too old: ask HR for a new one.",
        FetchError::Status(_) => "Try again; if it stays so, ask the issuer's HR.",
        FetchError::BadAddress
        | FetchError::SchemeNotAllowed(_)
        | FetchError::OriginNotAllowed(_)
        | FetchError::AddressNotAllowed(_)
        | FetchError::Redirected(_)
        | FetchError::TooLarge(_) => "Ask the issuer's HR.",
    }
}

fn refused(what: Document, code: &str) -> String {
    match (what, code) {
        (Document::Token, "invalid_grant") => {
            "The issuer did not take the code: the transaction code is wrong, or the offer has \
             been used or is too old. Check the digits, else ask HR for a new offer."
                .into()
        }
        (Document::Token, "invalid_request") => {
            "The issuer did not take the request: a transaction code is missing or not wanted. \
             Look at what HR gave you."
                .into()
        }
        (Document::Credential | Document::Deferred, "credential_request_denied") => {
            "HR did not confirm the six digits, or has taken the offer back. If your digits were \
             not HR's, somebody else may have used your offer: tell HR and ask for a new one."
                .into()
        }
        (Document::Deferred, "invalid_transaction_id") => {
            "The issuer no longer knows this request: ask HR for a new offer.".into()
        }
        (_, code) => format!(
            "The issuer refused the {} ({}). Try again; if it stays so, ask its HR.",
            document(what),
            plain(code)
        ),
    }
}

fn tx_code(fault: TxCodeFault) -> String {
    match fault {
        TxCodeFault::Empty => "The transaction code is empty.".into(),
        TxCodeFault::NotDigits => "The transaction code is made of digits only.".into(),
        TxCodeFault::Length { expected, length } => format!(
            "The transaction code has {expected} characters, and you gave {length}; it was not \
             sent."
        ),
    }
}

fn credential(fault: &CredentialFault) -> String {
    let asking_hr = "ask the issuer's HR";
    let what = match fault {
        CredentialFault::SdJwt(SdJwtError::IssuerJwt(_)) | CredentialFault::UnknownKey => {
            "it does not carry a good signature of the issuer; it may be forged"
        }
        CredentialFault::SdJwt(_) => "it is damaged or not of the right kind",
        CredentialFault::KeyBindingAttached => "it carries a signature that only a holder may make",
        CredentialFault::KeysUnreachable(_) | CredentialFault::Keys(_) => {
            "the issuer's keys can't be had"
        }
        CredentialFault::WrongIssuer => "it names another issuer",
        CredentialFault::WrongType => "it is not what was offered",
        CredentialFault::BadDate => "its dates can't be read",
        CredentialFault::Expired => "it has expired",
        CredentialFault::NotYetValid => "it is not valid yet; look at this machine's clock, else",
        CredentialFault::OtherHolder => "it belongs to another wallet",
        CredentialFault::NoStatus => "it can't be checked for revocation",
        CredentialFault::Status(Status::Suspended) => "it is suspended",
        CredentialFault::Status(_) => "it has been revoked",
        CredentialFault::StatusUnreachable(_) => {
            return "whether it has been revoked can't be found out; try again".into();
        }
        CredentialFault::StatusList(_) => "its issuer's list of revoked credentials is not right",
    };
    format!("{what}; {asking_hr}")
}

fn present(error: &PresentError) -> String {
    match error {
        PresentError::Store(error) => store(error),
        PresentError::NothingHeld => {
            "You hold no passport that is still good. Receive one with `wallet receive OFFER`."
                .into()
        }
        PresentError::Several(held) => {
            let held: Vec<String> =
                held.iter().map(|(id, name)| format!("{id} ({})", plain(name))).collect();
            format!(
                "You hold more than one passport: say which with --credential. They are {}.",
                held.join(", ")
            )
        }
        PresentError::Expired(id) => {
            format!("Your copy {id} has expired: ask your employer's HR for a new one.")
        }
        PresentError::Credential(_) | PresentError::HolderKey => {
            "What is in the wallet can't be shown: it is damaged. Ask your employer's HR for a new \
             copy."
                .into()
        }
        PresentError::Purpose(text) => format!(
            "{text:?} does not say what for: write the kind of placement, a slash and the staff \
             group, for example OBSERVER/NURSING_AND_MIDWIFERY_REGISTERED."
        ),
        PresentError::UnknownHost(ods) => format!(
            "{ods:?} is no hospital that takes part in your network. Check its ODS code (for \
             example R0A): nothing was shown."
        ),
        PresentError::Requirement(RequirementError::NotPublished { ods, purpose }) => format!(
            "{} asks for nothing under {purpose}: ask its HR what the placement is called.",
            plain(ods)
        ),
        PresentError::Requirement(RequirementError::None(purpose)) => format!(
            "The host could not be asked what {purpose} needs, and this program has no list of \
             its own for it. Try again when you are connected."
        ),
        PresentError::NothingToShow => {
            "Your passport holds nothing of what the host asks for. Ask your employer's HR.".into()
        }
        PresentError::DeskCode => {
            "The desk code is the six digits on the host's screen: type them as they are.".into()
        }
        PresentError::Picture(_) => {
            "The code can't be drawn as a picture: use --text instead.".into()
        }
        PresentError::File { path, source } => {
            format!("{} can't be written: {source}.", path.display())
        }
    }
}
