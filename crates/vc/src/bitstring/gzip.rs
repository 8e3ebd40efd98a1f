//! gzip (RFC 1952): one member, whole, its checks held, its output bounded.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};

use crate::inflate::{InflateError, Wrapping, inflate};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
/// The operating system that we write: unknown.
const UNKNOWN_SYSTEM: u8 = 255;
/// Flags (RFC 1952, 2.3.1); FTEXT is a hint only.
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;
/// CRC-32 and ISIZE.
const TRAILER_BYTES: usize = 8;

/// As in Token Status Lists: runs alone pack well, in a tenth of the time.
const COMPRESSION_LEVEL: i32 = 9;
/// zlib's `Z_RLE`.
const RUN_LENGTHS: i32 = 3;
/// Neither zlib's header nor its checksum.
const RAW: i32 = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GzipError {
    /// More output than the bound.
    TooLarge,
    /// Not one whole member.
    Damaged,
}

/// One member without name or time, so that equal bits make equal text.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let [magic, more_magic] = MAGIC;
    let mut packed = vec![magic, more_magic, DEFLATE, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM];
    let flags = create_comp_flags_from_zip_params(COMPRESSION_LEVEL, RAW, RUN_LENGTHS);
    compress_to_output(&mut CompressorOxide::new(flags), bytes, TDEFLFlush::Finish, |bytes| {
        packed.extend_from_slice(bytes);
        true
    });
    packed.extend_from_slice(&crc32(bytes).to_le_bytes());
    packed.extend_from_slice(&size_modulo(bytes).to_le_bytes());
    packed
}

/// The bytes of one member with nothing after it.
pub(super) fn expand(packed: &[u8], max_bytes: usize) -> Result<Vec<u8>, GzipError> {
    let body = skip_header(packed).ok_or(GzipError::Damaged)?;
    let (body, trailer) = body.split_last_chunk::<TRAILER_BYTES>().ok_or(GzipError::Damaged)?;
    let bytes = inflate(body, Wrapping::Raw, max_bytes).map_err(|error| match error {
        InflateError::TooLarge => GzipError::TooLarge,
        InflateError::Damaged => GzipError::Damaged,
    })?;
    let mut expected = [0; TRAILER_BYTES];
    let checks = crc32(&bytes).to_le_bytes().into_iter().chain(size_modulo(&bytes).to_le_bytes());
    for (to, from) in expected.iter_mut().zip(checks) {
        *to = from;
    }
    if expected == *trailer { Ok(bytes) } else { Err(GzipError::Damaged) }
}

/// What follows the header (RFC 1952, 2.3).
fn skip_header(packed: &[u8]) -> Option<&[u8]> {
    let (fixed, mut rest) = packed.split_first_chunk::<10>()?;
    let [magic, more_magic, method, flags, ..] = *fixed;
    // "FLG … Reserved bits must be zero": "must give an error indication if … non-zero"
    if [magic, more_magic] != MAGIC || method != DEFLATE || flags & RESERVED != 0 {
        return None;
    }
    if flags & FEXTRA != 0 {
        let (len, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*len))..)?;
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & FHCRC != 0 {
        let header = packed.get(..packed.len().checked_sub(rest.len())?)?;
        let [low, high, ..] = crc32(header).to_le_bytes();
        rest = rest.strip_prefix(&[low, high])?;
    }
    Some(rest)
}

/// ISIZE: the size modulo 2^32.
fn size_modulo(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or(0)
}

/// CRC-32 (RFC 1952, 8), half a byte at a time.
fn crc32(bytes: &[u8]) -> u32 {
    /// Remainders of the sixteen half bytes.
    const TABLE: [u32; 16] = [
        0x0000_0000,
        0x1db7_1064,
        0x3b6e_20c8,
        0x26d9_30ac,
        0x76dc_4190,
        0x6b6b_51f4,
        0x4db2_6158,
        0x5005_713c,
        0xedb8_8320,
        0xf00f_9344,
        0xd6d6_a3e8,
        0xcb61_b38c,
        0x9b64_c2b0,
        0x86d3_d2d4,
        0xa00a_e278,
        0xbdbd_f21c,
    ];
    let step = |crc: u32| {
        let low = usize::try_from(crc & 0x0f).unwrap_or(0);
        TABLE.get(low).map_or(crc, |remainder| (crc >> 4) ^ remainder)
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| step(step(crc ^ u32::from(*byte))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "abc\n", level 9, by GNU gzip -n.
    const ABC: [u8; 24] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x4c, 0x4a, 0xe6, 0x02,
        0x00, 0x4e, 0x81, 0x88, 0x47, 0x04, 0x00, 0x00, 0x00,
    ];

    /// [`ABC`] with another header of these flags.
    fn with_header(flags: u8, fields: &[u8]) -> Vec<u8> {
        let mut packed = ABC[..10].to_vec();
        packed[3] = flags;
        packed.extend_from_slice(fields);
        packed.extend_from_slice(&ABC[10..]);
        packed
    }

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn what_others_packed_is_read_and_what_we_pack_too() {
        assert_eq!(expand(&ABC, 4).unwrap(), b"abc\n");
        assert_eq!(expand(&compress(b"abc\n"), 4).unwrap(), b"abc\n");
        assert_eq!(expand(&compress(&[]), 0).unwrap(), b"");
    }

    #[test]
    fn every_optional_header_field_is_skipped() {
        for (flags, fields) in [
            (FEXTRA, &[3, 0, 1, 2, 3][..]),
            (FNAME, b"name\0"),
            (FCOMMENT, b"\0"),
            (FEXTRA | FNAME | FCOMMENT, b"\0\0n\0c\0"),
            (1, b""),
        ] {
            assert_eq!(expand(&with_header(flags, fields), 4).unwrap(), b"abc\n", "{flags}");
        }
    }

    #[test]
    fn a_header_checksum_holds_or_refuses() {
        let mut header = ABC[..10].to_vec();
        header[3] = FHCRC;
        let [low, high, ..] = crc32(&header).to_le_bytes();

        assert_eq!(expand(&with_header(FHCRC, &[low, high]), 4).unwrap(), b"abc\n");
        assert_eq!(expand(&with_header(FHCRC, &[low ^ 1, high]), 4), Err(GzipError::Damaged));
    }

    #[test]
    fn another_method_and_reserved_flags_are_refused() {
        let mut method = ABC;
        method[2] = 7;
        assert_eq!(expand(&method, 4), Err(GzipError::Damaged));
        for flag in [1 << 5, 1 << 6, 1 << 7] {
            assert_eq!(expand(&with_header(flag, b""), 4), Err(GzipError::Damaged));
        }
    }

    #[test]
    fn a_field_without_end_is_refused() {
        for (flags, fields) in [(FEXTRA, &[0xff, 0xff][..]), (FNAME, b"name"), (FEXTRA, b"")] {
            let mut packed = ABC[..10].to_vec();
            packed[3] = flags;
            packed.extend_from_slice(fields);
            assert_eq!(expand(&packed, 4), Err(GzipError::Damaged), "{flags}");
        }
    }

    #[test]
    fn every_wrong_bit_of_the_checks_and_every_cut_are_refused() {
        for place in ABC.len() - TRAILER_BYTES..ABC.len() {
            for bit in 0..8 {
                let mut packed = ABC;
                packed[place] ^= 1 << bit;
                assert_eq!(expand(&packed, 4), Err(GzipError::Damaged), "{place}.{bit}");
            }
        }
        for len in 0..ABC.len() {
            assert_eq!(expand(&ABC[..len], 4), Err(GzipError::Damaged), "{len}");
        }
    }

    #[test]
    fn a_second_member_and_bytes_after_the_first_are_refused() {
        for after in [&ABC[..], &[0]] {
            let packed = [&ABC[..], after].concat();
            assert_eq!(expand(&packed, 100), Err(GzipError::Damaged));
        }
    }

    #[test]
    fn output_past_the_bound_is_refused() {
        let packed = compress(&[0; 100_000]);

        assert_eq!(expand(&packed, 100_000).unwrap().len(), 100_000);
        assert_eq!(expand(&packed, 99_999), Err(GzipError::TooLarge));
    }
}
