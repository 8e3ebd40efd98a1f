//! The life of a passport: which act leads from which state to which. Every change of a state goes
//! through [`after`], inside the fact that records it; whatever is not in the table is refused.

use crate::store::PassportState;
use PassportState::{
    Active, Archived, Drafted, Expired, Offered, Rejected, Revoked, Superseded, Suspended,
    Withdrawn,
};

/// What is done to a passport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// HR writes its document anew.
    Save,
    /// HR offers it. From REVOKED only when the phone was lost or the document was corrected.
    Offer,
    /// HR offers it because the phone is gone: its copies are revoked at once.
    ReplaceLost,
    /// A wallet collects a copy.
    Collect,
    /// The staff member refuses the newest copy, or deletes it.
    Reject,
    /// HR takes the open offer back.
    Withdraw,
    /// HR changes the document; copies stay.
    ChangeBenignly,
    /// HR changes the document and is in doubt.
    ChangeInDoubt,
    /// HR changes the document for the worse.
    ChangeAdversely,
    /// HR suspends.
    Suspend,
    /// HR reinstates.
    Reinstate,
    /// Another passport takes its place.
    Supersede,
    /// HR revokes.
    Revoke,
    /// Its last copy runs out.
    Expire,
    /// HR puts it out of sight.
    Archive,
}

impl Deed {
    /// Every deed, in the order of the table's columns.
    pub const ALL: [Self; 15] = [
        Self::Save,
        Self::Offer,
        Self::ReplaceLost,
        Self::Collect,
        Self::Reject,
        Self::Withdraw,
        Self::ChangeBenignly,
        Self::ChangeInDoubt,
        Self::ChangeAdversely,
        Self::Suspend,
        Self::Reinstate,
        Self::Supersede,
        Self::Revoke,
        Self::Expire,
        Self::Archive,
    ];
}

/// The state after a deed; `None` where the state does not allow it.
pub const fn after(state: PassportState, deed: Deed) -> Option<PassportState> {
    use Deed::{
        Archive, ChangeAdversely, ChangeBenignly, ChangeInDoubt, Collect, Expire, Offer, Reinstate,
        Reject, ReplaceLost, Revoke, Save, Supersede, Suspend, Withdraw,
    };
    match (state, deed) {
        (Drafted | Rejected | Withdrawn | Expired, Save) => Some(Drafted),
        (Drafted | Offered | Rejected | Withdrawn | Revoked | Expired, Offer) => Some(Offered),
        // To a new phone: the old copy stands until the new one is collected.
        (Active, Offer | Collect | Withdraw | ChangeBenignly) => Some(Active),
        (Active, ReplaceLost) => Some(Offered),
        (Offered, Collect) => Some(Active),
        (Offered, ChangeBenignly) => Some(Offered),
        (Offered, Withdraw) => Some(Withdrawn),
        (Active | Suspended, Reject) => Some(Rejected),
        (Active, Suspend | ChangeInDoubt) => Some(Suspended),
        (Suspended, ChangeBenignly | ChangeInDoubt) => Some(Suspended),
        (Suspended, Reinstate) => Some(Active),
        (Active | Suspended, ChangeAdversely) => Some(Revoked),
        (Active | Suspended, Supersede) => Some(Superseded),
        (Active | Suspended, Expire) => Some(Expired),
        (Offered | Active | Suspended | Superseded | Revoked, Revoke) => Some(Revoked),
        (Drafted | Rejected | Withdrawn | Superseded | Revoked | Expired, Archive) => {
            Some(Archived)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A row a state, a column a deed, a letter for the state after; `.` where it is refused.
    const TABLE: &str = "
        state       SORCJWBIASNPVEX
        DRAFTED     DO............X
        OFFERED     .O.A.WO.....V..
        ACTIVE      .AOAJAASVS.PVE.
        REJECTED    DO............X
        SUSPENDED   ....J.SSV.APVE.
        WITHDRAWN   DO............X
        SUPERSEDED  ............V.X
        REVOKED     .O..........V.X
        EXPIRED     DO............X
        ARCHIVED    ...............";

    fn state_of(letter: char) -> Option<PassportState> {
        Some(match letter {
            'D' => Drafted,
            'O' => Offered,
            'A' => Active,
            'J' => Rejected,
            'S' => Suspended,
            'W' => Withdrawn,
            'P' => Superseded,
            'V' => Revoked,
            'E' => Expired,
            'X' => Archived,
            '.' => return None,
            other => panic!("no state {other}"),
        })
    }

    #[test]
    fn every_pair_of_state_and_deed_is_as_the_table_says() {
        let mut pairs = 0;
        for (row, state) in TABLE.lines().skip(2).zip(PassportState::ALL) {
            let (name, cells) = row.trim().split_once(' ').unwrap();
            assert_eq!(name, state.name());
            assert_eq!(cells.trim().len(), Deed::ALL.len(), "{name}");
            for (letter, deed) in cells.trim().chars().zip(Deed::ALL) {
                assert_eq!(after(*state, deed), state_of(letter), "{state:?} × {deed:?}");
                pairs += 1;
            }
        }
        assert_eq!(pairs, PassportState::ALL.len() * Deed::ALL.len());
    }

    #[test]
    fn every_state_is_reached_and_only_archived_is_the_end() {
        let mut reached = HashSet::from([Drafted]);
        let mut open = vec![Drafted];
        while let Some(state) = open.pop() {
            let next: Vec<_> = Deed::ALL.iter().filter_map(|deed| after(state, *deed)).collect();
            assert_eq!(next.is_empty(), state == Archived, "{state:?}");
            open.extend(next.into_iter().filter(|next| reached.insert(*next)));
        }
        assert_eq!(reached.len(), PassportState::ALL.len());
    }

    #[test]
    fn a_copy_comes_into_use_only_by_collecting_or_reinstating() {
        for state in PassportState::ALL.iter().filter(|state| **state != Active) {
            for deed in Deed::ALL {
                if after(*state, deed) == Some(Active) {
                    assert!(
                        matches!(deed, Deed::Collect | Deed::Reinstate),
                        "{state:?} × {deed:?}"
                    );
                }
            }
        }
    }
}
