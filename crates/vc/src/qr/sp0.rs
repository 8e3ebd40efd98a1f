//! `SP0:` + base45(raw DEFLATE, RFC 1951, of the presentation): works for every presentation.

use super::{MAX_PRESENTATION_BYTES, MAX_TEXT_CHARS, QrError, base45, looks_like_sd_jwt};
use crate::inflate::{InflateError, Wrapping, inflate};

pub(super) const PREFIX: &str = "SP0:";

const COMPRESSION_LEVEL: u8 = 10;

pub(super) fn encode(presentation: &str) -> String {
    let packed = miniz_oxide::deflate::compress_to_vec(presentation.as_bytes(), COMPRESSION_LEVEL);
    format!("{PREFIX}{}", base45::encode(&packed))
}

pub(super) fn decode(body: &str) -> Result<String, QrError> {
    if body.len() > MAX_TEXT_CHARS {
        return Err(QrError::TooLarge);
    }
    let packed = base45::decode(body).map_err(|base45::NotBase45| QrError::Damaged)?;
    let bytes =
        inflate(&packed, Wrapping::Raw, MAX_PRESENTATION_BYTES).map_err(|error| match error {
            InflateError::TooLarge => QrError::TooLarge,
            InflateError::Damaged => QrError::Damaged,
        })?;
    let text = String::from_utf8(bytes).map_err(|_| QrError::Damaged)?;
    if looks_like_sd_jwt(&text) { Ok(text) } else { Err(QrError::Damaged) }
}
