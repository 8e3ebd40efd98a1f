//! Symbols, numbers and text, written and read by the same code: a writer hands in what it has, and
//! every function gives back what a reader has then.

use std::cell::Cell;

use super::Damaged;
use super::model::{Model, SYMBOL_CONTEXTS, TEXT_CONTEXTS, hash, mix, mix_each};
use super::range::{Decoder, Encoder};

/// Most bytes of text and values of one presentation.
pub(super) const MAX_BUDGET: usize = 16 * 1024;
/// No byte of UTF-8: the end of a text.
const END: u8 = 0xff;
/// No bytes of UTF-8 either: what stands there is coded in another way.
pub(super) const DIGEST: u8 = 0xfe;
pub(super) const BLOB: u8 = 0xfd;

/// Least length of text that counts as a repetition.
const LEAST_MATCH: usize = 4;
const MATCH_BITS: u32 = 14;
/// Bits of a number that are learnt; those beneath are as they come.
const LEARNT_BITS: u32 = 24;

enum Way<'a> {
    /// Only learning.
    Learn,
    Write(Encoder),
    Read(Decoder<'a>),
}

/// A model that reads or writes.
pub(super) struct Codec<'a> {
    model: Model,
    past: Past,
    way: Way<'a>,
    budget: usize,
}

/// What a learnt model is, to start from.
pub(super) struct Learnt {
    model: Model,
    past: Past,
}

thread_local! {
    /// The last code's room: a fresh megabyte costs more than what is written into it.
    static ROOM: Cell<Option<Learnt>> = const { Cell::new(None) };
}

impl Learnt {
    fn copy(&self) -> Self {
        let mut copy = ROOM.take().unwrap_or_else(|| Self {
            model: Model::new(),
            past: Past { text: Vec::new(), places: Vec::new() },
        });
        copy.model.become_like(&self.model);
        copy.past.text.clone_from(&self.past.text);
        copy.past.places.clone_from(&self.past.places);
        copy
    }
}

impl<'a> Codec<'a> {
    pub(super) fn learn() -> Self {
        let past = Past { text: Vec::new(), places: vec![0; 1 << MATCH_BITS] };
        // Learning is bounded by its dictionary.
        Self { model: Model::new(), past, way: Way::Learn, budget: usize::MAX }
    }

    pub(super) fn into_learnt(self) -> Learnt {
        Learnt { model: self.model, past: self.past }
    }

    pub(super) fn write(learnt: &Learnt) -> Self {
        let Learnt { model, past } = learnt.copy();
        Self { model, past, way: Way::Write(Encoder::new()), budget: MAX_BUDGET }
    }

    pub(super) fn read(learnt: &Learnt, bytes: &'a [u8]) -> Self {
        let Learnt { model, past } = learnt.copy();
        Self { model, past, way: Way::Read(Decoder::new(bytes)), budget: MAX_BUDGET }
    }

    /// What was written.
    pub(super) fn finish(self) -> Result<Vec<u8>, Damaged> {
        let Self { model, mut past, way, .. } = self;
        past.text.clear();
        ROOM.set(Some(Learnt { model, past }));
        match way {
            Way::Learn => Ok(Vec::new()),
            Way::Write(encoder) => Ok(encoder.finish()),
            Way::Read(decoder) => decoder.finish().map(|()| Vec::new()),
        }
    }

    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Damaged> {
        self.budget = self.budget.checked_sub(amount).ok_or(Damaged)?;
        Ok(())
    }

    fn binary(&mut self, chance: u32, bit: bool) -> Result<bool, Damaged> {
        match &mut self.way {
            Way::Learn => Ok(bit),
            Way::Write(encoder) => {
                encoder.bit(chance, bit);
                Ok(bit)
            }
            Way::Read(decoder) => decoder.bit(chance),
        }
    }

    /// Bytes of which nothing is known.
    pub(super) fn raw(&mut self, len: usize, bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
        self.spend(len)?;
        match &mut self.way {
            Way::Learn => Ok(bytes.to_vec()),
            Way::Write(encoder) => {
                for byte in bytes {
                    encoder.byte(*byte);
                }
                Ok(bytes.to_vec())
            }
            Way::Read(decoder) => (0..len).map(|_| decoder.byte()).collect(),
        }
    }

    /// One bit in three contexts.
    pub(super) fn bit(
        &mut self,
        contexts: [u32; SYMBOL_CONTEXTS],
        bit: bool,
    ) -> Result<bool, Damaged> {
        self.weighed(contexts, 0, bit)
    }

    fn weighed(
        &mut self,
        contexts: [u32; SYMBOL_CONTEXTS],
        selector: usize,
        bit: bool,
    ) -> Result<bool, Damaged> {
        let guess = self.model.guess_symbol(&contexts, selector);
        let bit = self.binary(guess.chance, bit)?;
        self.model.learn_symbol(&guess, bit);
        Ok(bit)
    }

    /// A symbol of `bits` bits, highest first.
    pub(super) fn symbol(
        &mut self,
        contexts: [u32; SYMBOL_CONTEXTS],
        bits: u32,
        symbol: u32,
    ) -> Result<u32, Damaged> {
        let mut node = 1;
        for shift in (0..bits).rev() {
            let contexts = mix_each(contexts, node);
            let bit = self.weighed(contexts, 0, (symbol >> shift) & 1 == 1)?;
            node = (node << 1) | u32::from(bit);
        }
        Ok(node - (1 << bits))
    }

    /// A number: how many bits it has, then those beneath the highest.
    pub(super) fn number(
        &mut self,
        contexts: [u32; SYMBOL_CONTEXTS],
        number: u64,
    ) -> Result<u64, Damaged> {
        let bits = self.symbol(contexts, 6, (64 - number.leading_zeros()).min(63))?;
        if bits == 0 {
            return Ok(0);
        }
        let mut value = 1_u64;
        for shift in (0..bits - 1).rev() {
            let bit = (number >> shift) & 1 == 1;
            let bit = if bits - 1 - shift <= LEARNT_BITS {
                let node = mix(bits, u32::try_from(value).unwrap_or(0));
                self.weighed(mix_each(contexts, node), 1, bit)?
            } else {
                self.binary(32_768, bit)?
            };
            value = (value << 1) | u64::from(bit);
        }
        Ok(value)
    }

    /// A number with its sign.
    pub(super) fn signed(
        &mut self,
        contexts: [u32; SYMBOL_CONTEXTS],
        number: i64,
    ) -> Result<i64, Damaged> {
        let below = self.bit(mix_each(contexts, 1), number < 0)?;
        let size = self.number(mix_each(contexts, 2), number.unsigned_abs())?;
        let size = i64::try_from(size).map_err(|_| Damaged)?;
        Ok(if below { -size } else { size })
    }

    /// A text of bytes below [`BLOB`], in the field that it stands in; `hint` is what it may go with.
    pub(super) fn text(&mut self, field: u32, hint: u32, text: &[u8]) -> Result<Vec<u8>, Damaged> {
        let mut cursor = Cursor::new(field, hint);
        let mut read = Vec::new();
        for place in 0.. {
            let byte = self.text_byte(&mut cursor, text.get(place).copied().unwrap_or(END))?;
            match byte {
                END => break,
                DIGEST | BLOB => return Err(Damaged),
                byte => read.push(byte),
            }
        }
        Ok(read)
    }

    /// One byte of a text; [`END`], [`DIGEST`] and [`BLOB`] are bytes, too.
    pub(super) fn text_byte(&mut self, cursor: &mut Cursor, byte: u8) -> Result<u8, Damaged> {
        self.spend(1)?;
        let contexts = cursor.contexts();
        let (expected, length) = self.past.expected(cursor);
        let mut node = 1_u32;
        for shift in (0..8).rev() {
            let bit = (byte >> shift) & 1 == 1;
            // Sign of the repeated text's bit, as long as it has been right.
            let sign = match expected {
                Some(expected) if (u32::from(expected) | 256) >> (shift + 1) == node => {
                    if (expected >> shift) & 1 == 1 { 1 } else { -1 }
                }
                _ => 0,
            };
            let mut at: [u32; TEXT_CONTEXTS] = mix_each(contexts, node);
            if let Some(last) = at.last_mut() {
                *last = mix(length.min(24), 0x7265_7065);
            }
            let selector = if sign == 0 { 0 } else { 1 + usize::from(length > 12) };
            let guess = self.model.guess_text(&at, selector, sign);
            let bit = self.binary(guess.chance, bit)?;
            self.model.learn_text(&guess, sign, bit);
            node = (node << 1) | u32::from(bit);
        }
        let byte = u8::try_from(node & 255).map_err(|_| Damaged)?;
        self.past.push(cursor, byte);
        cursor.push(byte);
        Ok(byte)
    }

    /// Whether the text is at its end.
    pub(super) const fn is_end(byte: u8) -> bool {
        byte == END
    }

    /// What a writer hands in after the last byte.
    pub(super) const fn end() -> u8 {
        END
    }
}

/// Where a text is: all that its next byte may depend on.
pub(super) struct Cursor {
    field: u32,
    hint: u32,
    /// Bytes so far.
    count: u32,
    /// The last eight bytes, the newest lowest.
    last: u64,
    /// All bytes so far.
    prefix: u32,
    word: u32,
    word_before: u32,
    /// Where the repeated text goes on, and how long it has been right.
    repeat: usize,
    length: u32,
}

impl Cursor {
    pub(super) fn new(field: u32, hint: u32) -> Self {
        Self {
            field,
            hint,
            count: 0,
            last: 0,
            prefix: 1,
            word: 1,
            word_before: 1,
            repeat: 0,
            length: 0,
        }
    }

    fn contexts(&self) -> [u32; TEXT_CONTEXTS] {
        let tail = |bytes: u32| {
            let kept = self.last & ((1_u64 << (8 * bytes)) - 1);
            hash(&kept.to_le_bytes())
        };
        let of_field = mix(self.field, 0);
        [
            mix(mix(of_field, 0), self.count.min(20)),
            mix(mix(of_field, 1), tail(1)),
            mix(2, tail(2)),
            mix(3, tail(3)),
            mix(4, tail(4)),
            mix(5, tail(6)),
            mix(mix(6, self.word), self.word_before),
            mix(mix(of_field, 7), self.prefix),
            mix(mix(mix(of_field, 8), self.prefix), self.hint),
            0,
        ]
    }

    fn push(&mut self, byte: u8) {
        self.count += 1;
        self.last = (self.last << 8) | u64::from(byte);
        self.prefix = mix(self.prefix, u32::from(byte));
        if byte.is_ascii_alphanumeric() || byte >= 128 {
            self.word = mix(self.word, u32::from(byte.to_ascii_lowercase()));
        } else if self.word != 1 {
            self.word_before = self.word;
            self.word = 1;
        }
    }
}

/// All text so far, to find repetitions in.
struct Past {
    text: Vec<u8>,
    /// By the last [`LEAST_MATCH`] bytes: where they were followed by something, last.
    places: Vec<usize>,
}

impl Past {
    /// The byte that came after this text before, and for how long the two have been the same.
    fn expected(&self, cursor: &Cursor) -> (Option<u8>, u32) {
        if cursor.length == 0 {
            return (None, 0);
        }
        (self.text.get(cursor.repeat).copied(), cursor.length)
    }

    fn push(&mut self, cursor: &mut Cursor, byte: u8) {
        if cursor.length > 0 && self.text.get(cursor.repeat) == Some(&byte) {
            cursor.length += 1;
            cursor.repeat += 1;
        } else {
            cursor.length = 0;
        }
        self.text.push(byte);
        let Some(tail) = self.text.last_chunk::<LEAST_MATCH>() else { return };
        let bucket = usize::try_from(hash(tail) >> (32 - MATCH_BITS)).unwrap_or(0);
        let here = self.text.len();
        if let Some(place) = self.places.get_mut(bucket) {
            if cursor.length == 0 && *place > 0 {
                let before = self.text.get(..*place).unwrap_or_default();
                let same = before
                    .iter()
                    .rev()
                    .zip(self.text.iter().rev())
                    .take(32)
                    .take_while(|(a, b)| a == b)
                    .count();
                if same >= LEAST_MATCH {
                    cursor.length = u32::try_from(same).unwrap_or(0);
                    cursor.repeat = *place;
                }
            }
            *place = here;
        }
    }
}
