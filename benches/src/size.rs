//! How small things are: status lists beside their entropy, QR codes of people.

use libdeflater::{CompressionLvl, Compressor};
use passport::samples;
use rand_chacha::rand_core::Rng as _;
use vc::jwk::Algorithm;
use vc::qr;
use vc::status_list::{Status, StatusList};

use crate::scene::{Scene, rng, today};

/// Characters that a QR symbol of version 1, 2, … holds at level L in alphanumeric mode
/// (ISO/IEC 18004, table 7).
const CAPACITY: [usize; 40] = [
    25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046, 1153,
    1249, 1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520, 2677, 2840, 3009, 3183, 3351,
    3537, 3729, 3927, 4087, 4296,
];

/// Two-bit entries, one of a hundred set: 80 % INVALID, 15 % SUPERSEDED, 5 % SUSPENDED.
pub fn one_percent(entries: u64) -> StatusList {
    let mut rng = rng();
    let mut list = StatusList::new(2, entries).unwrap();
    for index in 0..entries {
        if rng.next_u64().is_multiple_of(100) {
            let status = match rng.next_u64() % 20 {
                0 => Status::Suspended,
                1..=3 => Status::Superseded,
                _ => Status::Invalid,
            };
            list.set(index, status).unwrap();
        }
    }
    list
}

/// The bytes that no code of independent entries with these frequencies goes below on average.
pub fn entropy_bytes(list: &StatusList) -> f64 {
    let mut counts = [0_u32; 4];
    for byte in list.bytes() {
        for shift in [0, 2, 4, 6] {
            counts[usize::from(byte >> shift & 3)] += 1;
        }
    }
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let bits: f64 = counts
        .iter()
        .map(|count| f64::from(*count))
        .filter(|count| *count > 0.0)
        .map(|count| count * (total / count).log2())
        .sum();
    bits / 8.0
}

/// The bytes of a list as published at once after a change, before base64url.
pub fn packed_bytes(list: &StatusList) -> usize {
    list.pack().bytes().len()
}

/// The bytes of a list as the issuer publishes it once it is quiet: libdeflate's tightest level.
pub fn tight_bytes(list: &StatusList) -> usize {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let mut zlib = vec![0; compressor.zlib_compress_bound(list.bytes().len())];
    let len = compressor.zlib_compress(list.bytes(), &mut zlib).unwrap();
    zlib.truncate(len);
    list.packed_as(zlib).unwrap().bytes().len()
}

/// One person's code.
pub struct Code {
    pub presentation_chars: usize,
    pub bytes: usize,
    pub version: usize,
}

/// The sample nurse's code: all eight objects shown.
pub fn sample_nurse() -> Code {
    code(&Scene::nurse(Algorithm::EdDsa).presentation())
}

/// Ten invented people with every member; the blocks inside the objects stay hidden.
pub fn filled_nurses() -> Vec<Code> {
    (0..10)
        .map(|seed| {
            let nurse = samples::filled_nurse(today(), seed);
            let scene = Scene::new(Algorithm::EdDsa, &nurse);
            code(&scene.presentation_without_blocks())
        })
        .collect()
}

fn code(presentation: &str) -> Code {
    let text = qr::encode(presentation);
    assert_eq!(qr::decode(&text).unwrap(), presentation);
    let (_, body) = text.split_once(':').unwrap();
    Code {
        presentation_chars: presentation.len(),
        // Three characters of Base45 are two bytes
        bytes: body.len() * 2 / 3,
        version: CAPACITY.iter().position(|chars| text.len() <= *chars).unwrap() + 1,
    }
}
