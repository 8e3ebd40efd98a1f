//! Inflating text from outside, with a bound on the output and nothing left over.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// How the DEFLATE stream is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// RFC 1950.
    Zlib,
    /// RFC 1951.
    Raw,
}

/// First size of the output.
const FIRST_BYTES: usize = 4096;

/// Inflates one whole stream. The output buffer never grows past `max_bytes`.
pub(crate) fn inflate(
    input: &[u8],
    wrapping: Wrapping,
    max_bytes: usize,
) -> Result<Vec<u8>, InflateError> {
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | match wrapping {
            Wrapping::Zlib => inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER,
            Wrapping::Raw => 0,
        };
    let mut state = Box::<DecompressorOxide>::default();
    let mut rest = input;
    let mut output = vec![0; FIRST_BYTES.min(max_bytes)];
    let mut filled = 0;
    loop {
        let (status, consumed, written) = decompress(&mut state, rest, &mut output, filled, flags);
        filled += written;
        rest = rest.get(consumed..).unwrap_or_default();
        match status {
            TINFLStatus::Done if rest.is_empty() => {
                output.truncate(filled);
                return Ok(output);
            }
            TINFLStatus::HasMoreOutput if output.len() < max_bytes => {
                let len = output.len().saturating_mul(2).min(max_bytes);
                output.reserve_exact(len - output.len());
                output.resize(len, 0);
            }
            TINFLStatus::HasMoreOutput => return Err(InflateError::TooLarge),
            _ => return Err(InflateError::Damaged),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// More output than the bound.
    TooLarge,
    /// Not one whole stream.
    Damaged,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_exactly_the_bound_is_taken_and_one_byte_more_is_not() {
        let packed = miniz_oxide::deflate::compress_to_vec(&[7; 10_000], 9);

        assert_eq!(inflate(&packed, Wrapping::Raw, 10_000).unwrap(), [7; 10_000]);
        assert_eq!(inflate(&packed, Wrapping::Raw, 9_999), Err(InflateError::TooLarge));
    }

    #[test]
    fn bytes_after_the_stream_are_refused() {
        let mut packed = miniz_oxide::deflate::compress_to_vec(b"text", 9);
        packed.push(0);

        assert_eq!(inflate(&packed, Wrapping::Raw, 100), Err(InflateError::Damaged));
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        let mut packed = miniz_oxide::deflate::compress_to_vec_zlib(b"text", 9);
        *packed.last_mut().unwrap() ^= 1;

        assert_eq!(inflate(&packed, Wrapping::Zlib, 100), Err(InflateError::Damaged));
    }

    #[test]
    fn a_cut_stream_is_refused() {
        let packed = miniz_oxide::deflate::compress_to_vec(b"some text that is cut", 9);

        for len in 0..packed.len() {
            assert_eq!(inflate(&packed[..len], Wrapping::Raw, 100), Err(InflateError::Damaged));
        }
    }
}
