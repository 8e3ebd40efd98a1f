//! A binary range coder with carries: 32-bit range, 16-bit chances (docs/qr-format.md, "Range
//! coder"). The last bytes are as few as tell the number apart; a reader sees zeros after the end.

use super::Damaged;

/// Below this the range is too short for 16-bit chances, and a byte leaves.
const LEAST_RANGE: u32 = 1 << 24;
/// How far a reader may look past the end before the text counts as damaged.
const MAX_ZEROS: usize = 8;

#[derive(Debug)]
pub(super) struct Encoder {
    low: u64,
    range: u32,
    bytes: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self { low: 0, range: u32::MAX, bytes: Vec::new() }
    }

    /// `chance` of a set bit, of 65,536: from 1 to 65,535.
    pub(super) fn bit(&mut self, chance: u32, bit: bool) {
        let bound = (self.range >> 16) * chance;
        if bit {
            self.range = bound;
        } else {
            self.low += u64::from(bound);
            self.range -= bound;
        }
        self.normalise();
    }

    /// A byte of which nothing is known.
    pub(super) fn byte(&mut self, byte: u8) {
        self.range >>= 8;
        self.low += u64::from(self.range) * u64::from(byte);
        self.normalise();
    }

    fn normalise(&mut self) {
        while self.range < LEAST_RANGE {
            self.shift();
            self.range <<= 8;
        }
    }

    /// Lets the highest byte go.
    fn shift(&mut self) {
        let [_, _, _, carry, high, ..] = self.low.to_be_bytes();
        if carry != 0 {
            for byte in self.bytes.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
        self.bytes.push(high);
        self.low = (self.low << 8) & 0xffff_ffff;
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let low = i64::try_from(self.low).unwrap_or(0);
        self.low = u64::try_from(round_up(low, i64::from(self.range))).unwrap_or(0);
        for _ in 0..4 {
            self.shift();
        }
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }
}

#[derive(Debug)]
pub(super) struct Decoder<'a> {
    code: u32,
    range: u32,
    bytes: &'a [u8],
    read: usize,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u32::MAX, bytes, read: 0 };
        for _ in 0..4 {
            decoder.pull();
        }
        decoder
    }

    fn pull(&mut self) {
        let byte = self.bytes.get(self.read).copied().unwrap_or(0);
        self.code = (self.code << 8) | u32::from(byte);
        self.read += 1;
    }

    pub(super) fn bit(&mut self, chance: u32) -> Result<bool, Damaged> {
        let bound = (self.range >> 16) * chance;
        let bit = self.code < bound;
        if bit {
            self.range = bound;
        } else {
            self.code -= bound;
            self.range -= bound;
        }
        self.normalise()?;
        Ok(bit)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        self.range >>= 8;
        let byte = u8::try_from(self.code / self.range).map_err(|_| Damaged)?;
        self.code -= u32::from(byte) * self.range;
        self.normalise()?;
        Ok(byte)
    }

    fn normalise(&mut self) -> Result<(), Damaged> {
        while self.range < LEAST_RANGE {
            self.pull();
            self.range <<= 8;
        }
        if self.read > self.bytes.len() + MAX_ZEROS { Err(Damaged) } else { Ok(()) }
    }

    /// Refuses all but the bytes that [`Encoder::finish`] would have written: each text has one
    /// form.
    pub(super) fn finish(&self) -> Result<(), Damaged> {
        let window = (self.read - 4..self.read).fold(0, |window, place| {
            window * 256 + i64::from(self.bytes.get(place).copied().unwrap_or(0))
        });
        // Below zero when the writer's low has still to carry.
        let low = window - i64::from(self.code);
        let written = round_up(low, i64::from(self.range));
        let all_read = self.read >= self.bytes.len() && self.bytes.last() != Some(&0);
        if all_read && written == window { Ok(()) } else { Err(Damaged) }
    }
}

/// The number from `low` on, and less than `range` above it, with the most zero bytes.
fn round_up(low: i64, range: i64) -> i64 {
    (0..=4_u32)
        .map(|bytes| 1_i64 << (32 - 8 * bytes))
        .map(|unit| (low + unit - 1).div_euclid(unit) * unit)
        .find(|value| *value < low + range)
        .unwrap_or(low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_and_bytes_come_back(
            items in proptest::collection::vec((1_u32..=65_535, any::<bool>(), any::<u8>()), 0..500),
        ) {
            let mut encoder = Encoder::new();
            for (chance, bit, byte) in &items {
                encoder.bit(*chance, *bit);
                encoder.byte(*byte);
            }
            let bytes = encoder.finish();

            let mut decoder = Decoder::new(&bytes);
            for (chance, bit, byte) in &items {
                prop_assert_eq!(decoder.bit(*chance).unwrap(), *bit);
                prop_assert_eq!(decoder.byte().unwrap(), *byte);
            }
            decoder.finish().unwrap();
        }

        #[test]
        fn any_bytes_read_without_panic(bytes: Vec<u8>) {
            let mut decoder = Decoder::new(&bytes);
            for chance in (1..65_536).step_by(97) {
                if decoder.bit(chance).is_err() || decoder.byte().is_err() {
                    break;
                }
            }
        }
    }

    #[test]
    fn any_other_end_is_refused() {
        for seed in 0..200_u8 {
            let mut encoder = Encoder::new();
            encoder.byte(seed);
            for bit in 0..u32::from(seed) {
                encoder.bit(1 + bit * 320, bit % 3 == 0);
            }
            let bytes = encoder.finish();
            let read = |bytes: &[u8]| {
                let mut decoder = Decoder::new(bytes);
                let same = decoder.byte() == Ok(seed)
                    && (0..u32::from(seed))
                        .all(|bit| decoder.bit(1 + bit * 320) == Ok(bit % 3 == 0));
                same && decoder.finish().is_ok()
            };

            assert!(read(&bytes));
            for more in 0..=255 {
                let longer = [bytes.as_slice(), &[more]].concat();
                assert!(!read(&longer));
                if let Some((last, start)) = bytes.split_last()
                    && *last != more
                {
                    assert!(!read(&[start, &[more]].concat()));
                }
            }
        }
    }

    #[test]
    fn a_carry_runs_through_full_bytes() {
        let mut encoder = Encoder::new();
        for _ in 0..64 {
            encoder.byte(255);
        }
        encoder.bit(1, false);
        encoder.bit(1, false);
        let bytes = encoder.finish();

        let mut decoder = Decoder::new(&bytes);
        for _ in 0..64 {
            assert_eq!(decoder.byte().unwrap(), 255);
        }
        assert!(!decoder.bit(1).unwrap());
        assert!(!decoder.bit(1).unwrap());
    }

    #[test]
    fn likely_bits_cost_next_to_nothing() {
        let mut encoder = Encoder::new();
        for _ in 0..1000 {
            encoder.bit(65_500, true);
        }

        assert!(encoder.finish().len() <= 1);
    }
}
