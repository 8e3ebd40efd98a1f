//! What the coder expects: chances of bits in their contexts, and how contexts are weighed against
//! each other (docs/qr-format.md, "Model"). Integers only, so that every machine expects the same.

use std::sync::LazyLock;

/// 2^18 slots of four bytes.
const SLOT_BITS: u32 = 18;
/// A slot's chance moves by 1/(n + 1.5) at its n-th bit, at least by about 1/`MOST_COUNT`.
const MOST_COUNT: u8 = 30;
/// Ends of the stretched domain: 8 in units of 1/256.
const STRETCH_END: i32 = 2047;
/// Ends of a chance, of 65,536.
const CHANCE_END: u32 = 24;

/// 65,536 / (1 + e^(-x)) for x from -8 to 8 in steps of a quarter.
const LOGISTIC: [u16; 65] = [
    22, 28, 36, 47, 60, 77, 98, 126, 162, 208, 267, 342, 439, 562, 720, 922, 1179, 1506, 1921,
    2446, 3108, 3938, 4971, 6249, 7812, 9702, 11955, 14595, 17625, 21025, 24743, 28693, 32768,
    36843, 40793, 44511, 47911, 50941, 53581, 55834, 57724, 59287, 60565, 61598, 62428, 63090,
    63615, 64030, 64357, 64614, 64816, 64974, 65097, 65194, 65269, 65328, 65374, 65410, 65438,
    65459, 65476, 65489, 65500, 65508, 65514,
];

/// The chance, of 65,536, at `x` in units of 1/256.
fn squash(x: i32) -> u32 {
    let x = u32::try_from(x.clamp(-STRETCH_END, STRETCH_END) + 2048).unwrap_or(0);
    let step = usize::try_from(x / 64).unwrap_or(0);
    let low = LOGISTIC.get(step).copied().map_or(0, u32::from);
    let high = LOGISTIC.get(step + 1).copied().map_or(0, u32::from);
    low + (high - low) * (x % 64) / 64
}

/// The inverse of [`squash`] for chances of 4,096: the least x that reaches the chance.
static STRETCH: LazyLock<Vec<i32>> = LazyLock::new(|| {
    let mut x = -STRETCH_END;
    (0..4096)
        .map(|chance| {
            while x < STRETCH_END && squash(x) < chance * 16 + 8 {
                x += 1;
            }
            x
        })
        .collect()
});

/// Steps of a slot's chance, of 65,536, by its count.
static RATES: LazyLock<Vec<u32>> =
    LazyLock::new(|| (0..=u32::from(MOST_COUNT)).map(|n| 131_072 / (2 * n + 3)).collect());

/// Joins two numbers to a context.
#[inline]
pub(super) fn mix(a: u32, b: u32) -> u32 {
    let mut x = a.wrapping_mul(0x2c1b_3c6d).wrapping_add(b).wrapping_add(0x9e37_79b9);
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

/// [`mix`] of each: a loop, for `array::map` is compiled to a call for each element.
#[inline]
pub(super) fn mix_each<const N: usize>(contexts: [u32; N], b: u32) -> [u32; N] {
    let mut mixed = contexts;
    for context in &mut mixed {
        *context = mix(*context, b);
    }
    mixed
}

/// A text as a context.
pub(super) fn hash(text: &[u8]) -> u32 {
    text.iter().fold(1, |hash, byte| mix(hash, u32::from(*byte)))
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    chance: u16,
    /// Of the context that owns the slot.
    check: u8,
    /// How many bits it has seen; 0 is a free slot.
    count: u8,
}

const FREE: Slot = Slot { chance: 32_768, check: 0, count: 0 };

impl Slot {
    fn learn(&mut self, bit: bool, rates: &[u32]) {
        let rate = rates.get(usize::from(self.count)).copied().unwrap_or(0);
        let chance = u32::from(self.chance);
        // Both factors are below 2^16, and no step is longer than the way there.
        let chance = if bit {
            chance + (((65_535 - chance) * rate) >> 16)
        } else {
            chance - ((chance * rate) >> 16)
        };
        self.chance = u16::try_from(chance).unwrap_or(32_768);
        self.count = (self.count + 1).min(MOST_COUNT);
    }
}

/// Slots by context, two neighbours at a time.
#[derive(Debug)]
pub(super) struct Slots(Vec<[Slot; 2]>);

/// Where a context's slot is, and what it says.
#[derive(Clone, Copy, Debug)]
struct Place {
    pair: u32,
    second: bool,
    /// Whether the slot is the context's already.
    known: bool,
    check: u8,
    chance: u16,
}

impl Place {
    const NOWHERE: Self = Self { pair: 0, second: false, known: false, check: 0, chance: 0 };
}

impl Slots {
    fn new() -> Self {
        Self(vec![[FREE; 2]; 1 << (SLOT_BITS - 1)])
    }

    /// Two neighbours may hold a context; a new one takes the place of the less seen.
    #[inline]
    fn find(&self, context: u32) -> Place {
        let [check, ..] = context.to_be_bytes();
        let pair = (context & ((1 << SLOT_BITS) - 1)) >> 1;
        let odd = context & 1 == 1;
        let slots = usize::try_from(pair).ok().and_then(|pair| self.0.get(pair));
        let [even_slot, odd_slot] = slots.copied().unwrap_or([FREE; 2]);
        let (one, two) = if odd { (odd_slot, even_slot) } else { (even_slot, odd_slot) };
        let owns = |slot: Slot| slot.count > 0 && slot.check == check;
        let (known, first) = match (owns(one), owns(two)) {
            (true, _) => (true, true),
            (false, true) => (true, false),
            (false, false) => (false, one.count <= two.count),
        };
        let chance = if first { one.chance } else { two.chance };
        Place { pair, second: odd == first, known, check, chance }
    }

    fn learn(&mut self, place: Place, bit: bool, rates: &[u32]) {
        let pair = usize::try_from(place.pair).ok().and_then(|pair| self.0.get_mut(pair));
        if let Some([even, odd]) = pair {
            let slot = if place.second { odd } else { even };
            if !place.known {
                *slot = Slot { check: place.check, ..FREE };
            }
            slot.learn(bit, rates);
        }
    }
}

/// How much each of `N` contexts counts, by selector.
#[derive(Debug)]
pub(super) struct Mixer<const N: usize> {
    weights: Vec<[i32; N]>,
    first: i32,
    /// Steps of the weights.
    rate: i32,
}

impl<const N: usize> Mixer<N> {
    /// Weights are in units of 1/65,536.
    fn new(selectors: usize, first: i32, rate: i32) -> Self {
        Self { weights: vec![[first; N]; selectors], first, rate }
    }

    fn guess(&self, selector: usize, inputs: &[i32; N]) -> u32 {
        let weights = self.weights.get(selector).copied().unwrap_or([self.first; N]);
        let sum: i64 = weights.iter().zip(inputs).map(|(w, x)| i64::from(*w) * i64::from(*x)).sum();
        let x = i32::try_from((sum >> 16).clamp(-2047, 2047)).unwrap_or(0);
        squash(x).clamp(CHANCE_END, 65_536 - CHANCE_END)
    }

    fn learn(&mut self, selector: usize, inputs: &[i32; N], chance: u32, bit: bool) {
        let target = if bit { 65_536 } else { 0 };
        let error = target - i32::try_from(chance).unwrap_or(0);
        // Inputs are below 2^11, errors at most 2^16, rates below 2^4: 31 bits.
        let pace = error * self.rate;
        if let Some(weights) = self.weights.get_mut(selector) {
            for (weight, input) in weights.iter_mut().zip(inputs) {
                *weight = (*weight + ((input * pace) >> 18)).clamp(-1_048_576, 1_048_576);
            }
        }
    }
}

/// Contexts of one bit, weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess<const N: usize> {
    places: [Place; N],
    inputs: [i32; N],
    selector: usize,
    /// Of a set bit, of 65,536.
    pub(super) chance: u32,
}

/// Contexts of a byte of text, the repeated text among them.
pub(super) const TEXT_CONTEXTS: usize = 10;
/// Contexts of any other bit.
pub(super) const SYMBOL_CONTEXTS: usize = 3;

const TEXT_SELECTORS: usize = 64;
const SYMBOL_SELECTORS: usize = 8;

/// All that is learnt.
#[derive(Debug)]
pub(super) struct Model {
    slots: Slots,
    text: Mixer<TEXT_CONTEXTS>,
    symbols: Mixer<SYMBOL_CONTEXTS>,
    stretch: &'static [i32],
    rates: &'static [u32],
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            slots: Slots::new(),
            text: Mixer::new(TEXT_SELECTORS, 20_000, 14),
            symbols: Mixer::new(SYMBOL_SELECTORS, 28_000, 6),
            stretch: &STRETCH,
            rates: &RATES,
        }
    }

    /// Becomes as the other is, in the room that it has.
    pub(super) fn become_like(&mut self, other: &Self) {
        self.slots.0.clone_from(&other.slots.0);
        self.text.weights.clone_from(&other.text.weights);
        self.symbols.weights.clone_from(&other.symbols.weights);
    }

    #[inline]
    fn look<const N: usize>(&self, contexts: &[u32; N]) -> ([Place; N], [i32; N]) {
        let (mut places, mut inputs) = ([Place::NOWHERE; N], [0; N]);
        for ((place, input), context) in places.iter_mut().zip(&mut inputs).zip(contexts) {
            *place = self.slots.find(*context);
            *input = self.input(*place);
        }
        (places, inputs)
    }

    #[inline]
    fn input(&self, place: Place) -> i32 {
        if !place.known {
            return 0;
        }
        let chance = usize::from(place.chance >> 4);
        self.stretch.get(chance).copied().unwrap_or(0)
    }

    pub(super) fn guess_text(
        &self,
        contexts: &[u32; TEXT_CONTEXTS],
        selector: usize,
        sign: i32,
    ) -> Guess<TEXT_CONTEXTS> {
        let (places, mut inputs) = self.look(contexts);
        // The last context is the repeated text: whether its bit comes again.
        if let Some(last) = inputs.last_mut() {
            *last *= sign;
        }
        // The longest known context picks the weights.
        let known = places.iter().take(8).filter(|place| place.known).count();
        let selector = selector * 9 + known;
        let chance = self.text.guess(selector, &inputs);
        Guess { places, inputs, selector, chance }
    }

    pub(super) fn learn_text(&mut self, guess: &Guess<TEXT_CONTEXTS>, sign: i32, bit: bool) {
        self.text.learn(guess.selector, &guess.inputs, guess.chance, bit);
        let mut places = guess.places.iter();
        if let Some(place) = places.next_back()
            && sign != 0
        {
            self.slots.learn(*place, bit == (sign > 0), self.rates);
        }
        for place in places {
            self.slots.learn(*place, bit, self.rates);
        }
    }

    pub(super) fn guess_symbol(
        &self,
        contexts: &[u32; SYMBOL_CONTEXTS],
        selector: usize,
    ) -> Guess<SYMBOL_CONTEXTS> {
        let (places, inputs) = self.look(contexts);
        let known = places.iter().filter(|place| place.known).count();
        let selector = selector * 4 + known;
        let chance = self.symbols.guess(selector, &inputs);
        Guess { places, inputs, selector, chance }
    }

    pub(super) fn learn_symbol(&mut self, guess: &Guess<SYMBOL_CONTEXTS>, bit: bool) {
        self.symbols.learn(guess.selector, &guess.inputs, guess.chance, bit);
        for place in guess.places {
            self.slots.learn(place, bit, self.rates);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretching_undoes_squashing() {
        for x in -1900..=1900 {
            let back = STRETCH[usize::try_from(squash(x) >> 4).unwrap()];

            // A twelfth of a bit of chance is a step of many at the ends
            assert!((back - x).abs() <= 200, "{x}: {back}");
        }
        assert_eq!(squash(0), 32_768);
        assert!(STRETCH.is_sorted());
    }

    #[test]
    fn a_context_is_learnt_within_a_few_bits() {
        let mut model = Model::new();
        let contexts = [1, 2, 3];
        for _ in 0..6 {
            let guess = model.guess_symbol(&contexts, 0);
            model.learn_symbol(&guess, true);
        }

        assert!(model.guess_symbol(&contexts, 0).chance > 60_000);
        assert_eq!(model.guess_symbol(&[7, 8, 9], 0).chance, 32_768);
    }
}
