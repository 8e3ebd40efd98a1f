//! In which order the indices of a status list are given: a keyed permutation of all of them, so
//! that the n-th index is random to everybody else and no index comes twice
//! (Token Status List, "Unlinkability"; HAIP: unique and unpredictable).

use zeroize::Zeroizing;

use crate::secrets::mac;

const ROUNDS: u8 = 10;

/// The order of the indices.
pub struct IndexOrder(Zeroizing<[u8; 32]>);

impl IndexOrder {
    /// `key` is a secret of the ring's; it must stay the same as long as the lists live.
    pub fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// The index that is given `ordinal`-th from `list`, a list of `entries` entries. Different
    /// ordinals below `entries` give different indices below `entries`.
    pub fn index(&self, list: u32, ordinal: u32, entries: u32) -> u32 {
        let bits = u32::BITS - entries.saturating_sub(1).leading_zeros();
        let half_bits = bits.div_ceil(2).max(1);
        let mut index = ordinal;
        // Walks the permutation's cycle until it is back inside the list: twice on average.
        loop {
            index = self.permute(list, index, half_bits);
            if index < entries {
                return index;
            }
        }
    }

    /// Two numbers as good as drawn by lot, for an ordinal that nobody is given.
    pub(super) fn draw(&self, list: u32, ordinal: u32) -> [u64; 2] {
        let parts: [&[u8]; 3] = [b"decoy", &list.to_be_bytes(), &ordinal.to_be_bytes()];
        let mac = mac(&self.0, &parts);
        let (first, rest) = mac.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let second = rest.first_chunk::<8>().unwrap_or(&[0; 8]);
        [u64::from_be_bytes(*first), u64::from_be_bytes(*second)]
    }

    /// A Feistel network over twice `half_bits` bits.
    fn permute(&self, list: u32, number: u32, half_bits: u32) -> u32 {
        let mask = (1 << half_bits) - 1;
        let mut left = (number >> half_bits) & mask;
        let mut right = number & mask;
        for round in 0..ROUNDS {
            let parts: [&[u8]; 3] = [&list.to_be_bytes(), &[round], &right.to_be_bytes()];
            let [first, second, third, fourth, ..] = mac(&self.0, &parts);
            let mixed = left ^ (u32::from_be_bytes([first, second, third, fourth]) & mask);
            left = right;
            right = mixed;
        }
        (left << half_bits) | right
    }
}

#[cfg(test)]
mod tests {
    use vc::status_list::LIST_ENTRIES;

    use super::*;

    fn order(key: u8) -> IndexOrder {
        IndexOrder::new(Zeroizing::new([key; 32]))
    }

    #[test]
    fn every_index_comes_once() {
        let entries = 700;
        let order = order(7);

        let mut seen: Vec<u32> = (0..entries).map(|n| order.index(3, n, entries)).collect();

        seen.sort_unstable();
        assert_eq!(seen, (0..entries).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_indices_are_spread_over_the_whole_list() {
        let entries = u32::try_from(LIST_ENTRIES).unwrap();
        let order = order(1);
        let mut buckets = [0_u32; 16];

        for ordinal in 0..4096 {
            buckets[usize::try_from(order.index(0, ordinal, entries) / (entries / 16)).unwrap()] +=
                1;
        }

        // Chi-square with 15 degrees of freedom: 37.7 has p = 0.001.
        let expected = 4096.0 / 16.0;
        let chi: f64 = buckets.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
        assert!(chi < 37.7, "chi-square {chi}");
    }

    #[test]
    fn another_key_or_list_gives_another_order() {
        let first = |order: &IndexOrder, list| {
            (0..8).map(|n| order.index(list, n, 1 << 17)).collect::<Vec<_>>()
        };

        assert_ne!(first(&order(1), 0), first(&order(2), 0));
        assert_ne!(first(&order(1), 0), first(&order(1), 1));
    }
}
