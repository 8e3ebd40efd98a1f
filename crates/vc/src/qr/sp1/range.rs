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
        let end = self.low + u64::from(self.range);
        for bytes in 0..=4_u32 {
            let unit = 1_u64 << (32 - 8 * bytes);
            let value = self.low.div_ceil(unit) * unit;
            if value < end {
                self.low = value;
                break;
            }
        }
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

    /// Refuses bytes that nothing was read from, and zeros that a writer leaves out.
    pub(super) fn finish(&self) -> Result<(), Damaged> {
        let all_read = self.read >= self.bytes.len();
        if all_read && self.bytes.last() != Some(&0) { Ok(()) } else { Err(Damaged) }
    }
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
