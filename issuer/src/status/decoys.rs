//! Entries that are nobody's and change like others, so that the changes of a list do not count
//! people (Token Status List, "Herd Privacy" and its decoys). Which and when follows from the
//! ring's secret: nothing is stored, and no decoy ever goes back.

use vc::status_list::Status;

use crate::status::indices::IndexOrder;
use crate::store::ListPolicy;

/// 2026-01-01T00:00:00Z: before it no decoy has changed.
const BEGIN: i64 = 1_767_225_600;
/// Eight years, over which they change.
const SECONDS: u64 = 8 * 365 * 24 * 60 * 60;

/// A change that is nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoy {
    /// When, in seconds.
    pub at: i64,
    /// Which entry.
    pub index: u32,
    /// To what.
    pub status: Status,
}

/// The decoys of a list, the next one last.
pub fn decoys(order: &IndexOrder, list: u32, policy: ListPolicy) -> Vec<Decoy> {
    let first = policy.entries.saturating_sub(policy.decoys);
    let mut decoys: Vec<Decoy> = (first..policy.entries)
        .map(|ordinal| {
            let [kind, drawn] = order.draw(list, ordinal);
            // Most of what changes for good is revoked, the rest superseded.
            let status = if kind % 8 == 0 { Status::Superseded } else { Status::Invalid };
            let after = i64::try_from(drawn % SECONDS).unwrap_or(0);
            let index = order.index(list, ordinal, policy.entries);
            Decoy { at: BEGIN.saturating_add(after), index, status }
        })
        .collect();
    decoys.sort_by_key(|decoy| std::cmp::Reverse(decoy.at));
    decoys
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use zeroize::Zeroizing;

    use super::*;

    fn order() -> IndexOrder {
        IndexOrder::new(Zeroizing::new([5; 32]))
    }

    #[test]
    fn s4_decoys_are_entries_that_nobody_is_given() {
        let policy = ListPolicy { entries: 2000, lead: 0, decoys: 200 };
        let decoys: BTreeSet<u32> =
            decoys(&order(), 3, policy).iter().map(|decoy| decoy.index).collect();

        let given: BTreeSet<u32> = (0..1800).map(|n| order().index(3, n, 2000)).collect();

        assert_eq!(decoys.len(), 200);
        assert!(decoys.is_disjoint(&given));
    }

    #[test]
    fn s4_decoys_change_over_the_years_and_differ_by_list() {
        let policy = ListPolicy::default();
        let one = decoys(&order(), 0, policy);

        let other = decoys(&order(), 1, policy);

        assert!(one.windows(2).all(|pair| pair[0].at >= pair[1].at), "the next one is last");
        let year = 365 * 24 * 60 * 60;
        for number in 0..8 {
            let from = BEGIN + number * year;
            let changed =
                one.iter().filter(|decoy| (from..from + year).contains(&decoy.at)).count();
            assert!((70..190).contains(&changed), "{changed} in year {number}");
        }
        let superseded = one.iter().filter(|decoy| decoy.status != Status::Invalid).count();
        assert!((80..180).contains(&superseded), "{superseded}");
        assert_ne!(one[0], other[0]);
    }
}
