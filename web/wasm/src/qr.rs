//! QR codes (docs/qr-format.md).

use serde_json::json;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{from_json, refusal, rng};

/// The text of a code for a presentation.
#[wasm_bindgen(js_name = encodeQr)]
pub fn encode_qr(presentation: &str) -> String {
    vc::qr::encode(presentation)
}

/// The presentation in a code: a JSON array of one text, or of parts in any order.
///
/// # Errors
/// What is wrong with the code; of missing parts, which.
#[wasm_bindgen(js_name = decodeQr)]
pub fn decode_qr(codes: &str) -> Result<String, JsError> {
    let codes: Vec<String> = from_json(codes, "the codes")?;
    vc::qr::read(codes.iter().map(String::as_str)).map_err(|error| refusal(&error))
}

/// A code as parts of at most `chars` characters, as a JSON array.
///
/// # Errors
/// When `seed` is not 32 bytes.
#[wasm_bindgen(js_name = splitQr)]
pub fn split_qr(code: &str, chars: usize, seed: &[u8]) -> Result<String, JsError> {
    let parts = vc::qr::split(code, chars, &mut rng(seed)?);
    Ok(serde_json::Value::from(parts).to_string())
}

/// How to draw a code: `{"side":…,"path":…,"version":…}`, the side in modules with the quiet zone
/// and the dark modules as SVG path data.
///
/// # Errors
/// When it is more than one QR code holds.
#[wasm_bindgen(js_name = drawQr)]
pub fn draw_qr(code: &str) -> Result<String, JsError> {
    let (side, path) = qr_picture::path(code).map_err(|error| refusal(&error))?;
    let version = qr_picture::version(code).map_err(|error| refusal(&error))?;
    Ok(json!({ "side": side, "path": path, "version": version }).to_string())
}
