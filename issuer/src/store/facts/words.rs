//! Closed sets of words: on the wire, in rows and in forms. Reasons stay at the issuer.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Writes a closed set of words once: the words on the wire, in rows and in forms.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As the API writes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::openapi::words(Self::ALL.iter().map(|word| word.name()))
            }
        }

        impl utoipa::ToSchema for $name {}

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

/// Not one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words")]
pub struct UnknownWord;

words! {
    /// Where a passport is in its life (`life.rs` has the table).
    PassportState {
        /// HR is still writing it, or has taken it back to be offered anew.
        Drafted = "DRAFTED",
        /// Its offer waits for the staff member's wallet.
        Offered = "OFFERED",
        /// A wallet has collected it.
        Active = "ACTIVE",
        /// The staff member refused it.
        Rejected = "REJECTED",
        /// In doubt: not to be relied on for now.
        Suspended = "SUSPENDED",
        /// Taken back before a wallet had it.
        Withdrawn = "WITHDRAWN",
        /// Another passport of the same person stands in its place.
        Superseded = "SUPERSEDED",
        /// Cancelled.
        Revoked = "REVOKED",
        /// Its last copy has run out.
        Expired = "EXPIRED",
        /// Out of sight.
        Archived = "ARCHIVED",
    }
}

words! {
    /// Why HR revokes.
    RevocationReason {
        /// It should not have been issued.
        IssuedInError = "ISSUED_IN_ERROR",
        /// What it says is no longer so.
        NoLongerValid = "NO_LONGER_VALID",
        /// The staff member has left.
        LeftEmployment = "LEFT_EMPLOYMENT",
        /// The phone is gone.
        LostDevice = "LOST_DEVICE",
    }
}

words! {
    /// Why HR suspends.
    SuspensionReason {
        /// A check is in doubt.
        CheckInDoubt = "CHECK_IN_DOUBT",
        /// Something is being looked into.
        Investigation = "INVESTIGATION",
        /// The staff member is suspended from duty.
        SuspendedFromDuty = "SUSPENDED_FROM_DUTY",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR reinstates.
    ReinstatementReason {
        /// The doubt is settled.
        Cleared = "CLEARED",
        /// It was suspended by mistake.
        SuspendedInError = "SUSPENDED_IN_ERROR",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR withdraws an offer.
    WithdrawalReason {
        /// Offered to the wrong person, or with a mistake in it.
        Mistake = "MISTAKE",
        /// Not needed any more.
        NotNeeded = "NOT_NEEDED",
        /// Somebody else may have seen the offer.
        Exposed = "EXPOSED",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR archives.
    ArchiveReason {
        /// Its time is over.
        Finished = "FINISHED",
        /// It stands twice.
        Duplicate = "DUPLICATE",
        /// The staff member has left.
        LeftEmployment = "LEFT_EMPLOYMENT",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR offers.
    OfferReason {
        /// For the first time.
        First = "FIRST",
        /// The offer before ran out, was used by the wrong wallet, or was lost.
        Again = "AGAIN",
        /// To a new phone; the copy on the old one is superseded when the new one is collected.
        NewDevice = "NEW_DEVICE",
        /// The phone is gone: its copy is revoked at once.
        LostDevice = "LOST_DEVICE",
        /// What was wrong is put right.
        Corrected = "CORRECTED",
    }
}

words! {
    /// How a change of the checks touches the copies that are out (docs/architecture.md, "Change").
    ChangeKind {
        /// Good news, or of no weight: copies stay valid until they are refreshed.
        Benign = "BENIGN",
        /// In doubt: the passport is suspended.
        Doubt = "DOUBT",
        /// Bad news: every copy is revoked.
        Adverse = "ADVERSE",
    }
}

words! {
    /// What was done.
    Act {
        /// HR began a passport.
        Drafted = "DRAFTED",
        /// HR wrote on at a draft.
        Saved = "SAVED",
        /// HR made an offer.
        Offered = "OFFERED",
        /// HR made an offer and does without comparing digits.
        OfferedUncompared = "OFFERED_UNCOMPARED",
        /// A wrong transaction code came.
        TxCodeWrong = "TX_CODE_WRONG",
        /// Too many wrong transaction codes came.
        OfferKilled = "OFFER_KILLED",
        /// A wallet redeemed the offer's code.
        Redeemed = "REDEEMED",
        /// A wallet showed its key; HR is to compare the digits.
        KeyShown = "KEY_SHOWN",
        /// HR compared the digits: they agree.
        KeyConfirmed = "KEY_CONFIRMED",
        /// HR compared the digits: they differ.
        KeyRefused = "KEY_REFUSED",
        /// HR does without comparing.
        KeyWaived = "KEY_WAIVED",
        /// Nobody compared in time.
        KeyLapsed = "KEY_LAPSED",
        /// A copy was issued to a wallet.
        Issued = "ISSUED",
        /// HR downloaded it as `vc+jwt`.
        Downloaded = "DOWNLOADED",
        /// A wallet fetched a new copy by itself.
        Renewed = "RENEWED",
        /// The staff member keeps it.
        Accepted = "ACCEPTED",
        /// The staff member refuses it.
        Rejected = "REJECTED",
        /// The wallet could not keep it.
        WalletFailed = "WALLET_FAILED",
        /// The staff member has deleted what she had accepted.
        Deleted = "DELETED",
        /// HR changed the checks for the better, or without weight.
        ChangedBenignly = "CHANGED_BENIGNLY",
        /// HR changed the checks and is in doubt.
        ChangedInDoubt = "CHANGED_IN_DOUBT",
        /// HR changed the checks for the worse.
        ChangedAdversely = "CHANGED_ADVERSELY",
        /// HR suspended.
        Suspended = "SUSPENDED",
        /// HR reinstated.
        Reinstated = "REINSTATED",
        /// HR took the offer back.
        Withdrawn = "WITHDRAWN",
        /// Another passport took its place.
        Superseded = "SUPERSEDED",
        /// HR revoked.
        Revoked = "REVOKED",
        /// The last copy ran out.
        Expired = "EXPIRED",
        /// HR archived.
        Archived = "ARCHIVED",
        /// One person asked for what two decide.
        ApprovalAsked = "APPROVAL_ASKED",
        /// The second person, or the one who had asked, said no.
        ApprovalRefused = "APPROVAL_REFUSED",
        /// A host wants to take the person on.
        ReleaseAsked = "RELEASE_ASKED",
        /// HR released the person to a host.
        ReleaseApproved = "RELEASE_APPROVED",
        /// HR did not.
        ReleaseRefused = "RELEASE_REFUSED",
        /// A release ended before its time.
        ReleaseEnded = "RELEASE_ENDED",
        /// HR named the account by which the staff member may fetch the passport.
        AccountNamed = "ACCOUNT_NAMED",
        /// HR took that away.
        AccountRemoved = "ACCOUNT_REMOVED",
        /// HR erased the person: what was personal is gone for good.
        Erased = "ERASED",
    }
}

words! {
    /// How far a movement is.
    MovementState {
        /// HR has not said anything yet.
        Waiting = "WAITING",
        /// HR releases the person.
        Approved = "APPROVED",
        /// HR does not.
        Refused = "REFUSED",
        /// What was approved ended before its time.
        Ended = "ENDED",
    }
}

words! {
    /// Why HR refuses a release.
    RefusedRelease {
        /// The person is needed here on these days.
        NeededHere = "NEEDED_HERE",
        /// It was not agreed with the person or her manager.
        NotAgreed = "NOT_AGREED",
        /// The reference is of nobody here.
        NotOurs = "NOT_OURS",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// What two people decide.
    AskedAct {
        /// An offer to a wallet.
        Offer = "TO_OFFER",
        /// Doing without comparing digits.
        Waive = "TO_WAIVE",
        /// A change of the checks that copies will carry.
        Change = "TO_CHANGE",
        /// The end of a suspension.
        Reinstate = "TO_REINSTATE",
    }
}

words! {
    /// A queue of work for HR.
    Queue {
        /// Asked for by one person; a second is to approve.
        ToApprove = "TO_APPROVE",
        /// A phone waits for HR to compare six digits.
        ToConfirm = "TO_CONFIRM",
        /// Drafts to finish and offer.
        ToIssue = "TO_ISSUE",
        /// Offered, and no wallet has collected it.
        Waiting = "WAITING",
        /// Refused by the staff member.
        Rejected = "REJECTED",
        /// A check or the copy runs out soon.
        Expiring = "EXPIRING",
        /// Suspended.
        Suspended = "SUSPENDED",
    }
}

words! {
    /// How far an offer is.
    OfferStep {
        /// For the wallet.
        Waiting = "WAITING",
        /// The wallet has given the transaction code.
        Collected = "COLLECTED",
        /// HR is to compare six digits.
        Confirm = "CONFIRM",
        /// HR has compared; the wallet fetches it.
        Confirmed = "CONFIRMED",
        /// The wallet has it, and has said nothing yet (other people's wallets may never).
        Issued = "ISSUED",
        /// The staff member keeps it.
        Accepted = "ACCEPTED",
        /// The staff member refuses it.
        Rejected = "REJECTED",
        /// The digits differed.
        Refused = "REFUSED",
        /// HR took it back, or made another.
        Withdrawn = "WITHDRAWN",
        /// Too many wrong transaction codes came.
        Killed = "KILLED",
        /// Nobody came, or nobody compared, in time.
        Expired = "EXPIRED",
    }
}

words! {
    /// Who vouches that the right phone collects (`confirm_key`).
    ConfirmKey {
        /// HR compares six digits with the phone: the rule for people's sessions.
        Compare = "COMPARE",
        /// HR does without for one offer; that is audited.
        Waived = "WAIVED",
        /// Nobody is there to compare: the caller has a scope for it.
        Unattended = "UNATTENDED",
    }
}
