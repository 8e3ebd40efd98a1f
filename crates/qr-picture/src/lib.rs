//! Pictures of QR codes (ISO/IEC 18004): SVG, PNG and text for a terminal.
//!
//! Error correction level L: codes are shown on screens, and every byte of a passport counts.
//! Text of the alphanumeric set (base45 and the `SP0:` prefix) stays in alphanumeric mode.
#![warn(missing_docs)]

use qrcode::{Color, EcLevel, QrCode, Version};

/// Light modules around the code; readers need four.
const QUIET_ZONE: usize = 4;
/// Largest side of one module in a PNG, in pixels.
const MAX_SCALE: usize = 64;

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// More than one QR code holds.
    #[error("{0} bytes are more than a QR code holds")]
    TooLong(usize),
    /// A PNG scale outside 1 to 64.
    #[error("scale {0} is not between 1 and 64")]
    Scale(usize),
    /// The PNG could not be written.
    #[error("png writer: {0}")]
    Png(String),
}

/// Version of the code (1 to 40): its side is `17 + 4 * version` modules.
///
/// # Errors
/// [`PictureError::TooLong`].
pub fn version(text: &str) -> Result<u8, PictureError> {
    Ok(match symbol(text)?.version() {
        Version::Normal(version) | Version::Micro(version) => u8::try_from(version).unwrap_or(0),
    })
}

/// The side in modules, quiet zone included, and the dark modules as SVG path data.
///
/// # Errors
/// [`PictureError::TooLong`].
pub fn path(text: &str) -> Result<(usize, String), PictureError> {
    let modules = Modules::new(text)?;
    let mut path = String::new();
    for (y, row) in modules.rows().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                path.push_str(&format!("M{x} {y}h{}v1h-{}z", run.len(), run.len()));
            }
            x += run.len();
        }
    }
    Ok((modules.side, path))
}

/// An SVG document, one unit a module, black on white.
///
/// # Errors
/// [`PictureError::TooLong`].
pub fn svg(text: &str) -> Result<String, PictureError> {
    let (side, path) = path(text)?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR code\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// A one-bit greyscale PNG with `scale` pixels a module.
///
/// # Errors
/// [`PictureError`].
pub fn png(text: &str, scale: usize) -> Result<Vec<u8>, PictureError> {
    if !(1..=MAX_SCALE).contains(&scale) {
        return Err(PictureError::Scale(scale));
    }
    let modules = Modules::new(text)?;
    let pixels = modules.side * scale;
    let width = u32::try_from(pixels).map_err(|_| PictureError::TooLong(text.len()))?;

    let mut data = Vec::with_capacity(pixels * pixels.div_ceil(8));
    for row in modules.rows() {
        let line: Vec<bool> =
            row.iter().flat_map(|&dark| std::iter::repeat_n(dark, scale)).collect();
        // A one is white; bits past the width are padding.
        let packed: Vec<u8> =
            line.chunks(8)
                .map(|bits| {
                    bits.iter().enumerate().fold(0, |byte, (at, &dark)| {
                        if dark { byte } else { byte | (0x80_u8 >> at) }
                    })
                })
                .collect();
        for _ in 0..scale {
            data.extend_from_slice(&packed);
        }
    }

    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let png_error = |error: png::EncodingError| PictureError::Png(error.to_string());
    let mut writer = encoder.write_header().map_err(png_error)?;
    writer.write_image_data(&data).map_err(png_error)?;
    writer.finish().map_err(png_error)?;
    Ok(out)
}

/// Lines of half blocks, two rows of modules a line, black on white whatever the terminal's
/// colours are; ends in a line break.
///
/// # Errors
/// [`PictureError::TooLong`].
pub fn terminal(text: &str) -> Result<String, PictureError> {
    let modules = Modules::new(text)?;
    let light = vec![false; modules.side];
    let rows: Vec<&[bool]> = modules.rows().collect();
    let mut out = String::new();
    for pair in rows.chunks(2) {
        let upper = pair.first().copied().unwrap_or(&light);
        let lower = pair.get(1).copied().unwrap_or(&light);
        out.push_str("\x1b[38;5;16;48;5;231m");
        out.extend(upper.iter().zip(lower).map(|halves| match halves {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        out.push_str("\x1b[0m\n");
    }
    Ok(out)
}

fn symbol(text: &str) -> Result<QrCode, PictureError> {
    QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|_| PictureError::TooLong(text.len()))
}

/// The modules with their quiet zone, row by row; `true` is dark.
struct Modules {
    side: usize,
    dark: Vec<bool>,
}

impl Modules {
    fn new(text: &str) -> Result<Self, PictureError> {
        let code = symbol(text)?;
        let side = code.width() + 2 * QUIET_ZONE;
        let mut dark = vec![false; side * QUIET_ZONE];
        for row in code.to_colors().chunks(code.width().max(1)) {
            dark.extend([false; QUIET_ZONE]);
            dark.extend(row.iter().map(|&color| color == Color::Dark));
            dark.extend([false; QUIET_ZONE]);
        }
        dark.resize(side * side, false);
        Ok(Self { side, dark })
    }

    fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.side.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "SP0:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE%";

    fn modules(text: &str) -> Vec<Vec<bool>> {
        Modules::new(text).unwrap().rows().map(<[bool]>::to_vec).collect()
    }

    #[test]
    fn a_text_of_the_alphanumeric_set_uses_alphanumeric_mode() {
        // ISO/IEC 18004, table 7: version 25 at level L holds 1,853 alphanumeric characters and
        // 1,273 bytes.
        let full = "SP0:".to_owned() + &"A".repeat(1849);

        assert_eq!(version(&full), Ok(25));
        assert_eq!(version(&(full + "A")), Ok(26));
        assert_eq!(version(&"a".repeat(1853)), Ok(32));
    }

    #[test]
    fn a_text_longer_than_a_code_holds_is_refused() {
        let text = "a".repeat(2954);

        assert_eq!(svg(&text), Err(PictureError::TooLong(2954)));
    }

    #[test]
    fn the_png_shows_the_modules() {
        let expected = modules(TEXT);

        let bytes = png(TEXT, 3).unwrap();

        let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let side = expected.len() * 3;
        assert_eq!(usize::try_from(info.width), Ok(side));
        for (y, row) in expected.iter().enumerate() {
            for (x, &dark) in row.iter().enumerate() {
                let pixel = pixels[(y * 3 + 1) * side + x * 3 + 1];
                assert_eq!(pixel == 0, dark, "module {x},{y}");
            }
        }
    }

    #[test]
    fn the_svg_draws_every_dark_module_once() {
        let expected = modules(TEXT).concat().iter().filter(|&&dark| dark).count();

        let svg = svg(TEXT).unwrap();

        let drawn: usize = svg
            .split('h')
            .filter_map(|piece| piece.split_once("v1").and_then(|(n, _)| n.parse::<usize>().ok()))
            .sum();
        assert_eq!(drawn, expected);
    }

    #[test]
    fn the_terminal_shows_the_modules_with_their_quiet_zone() {
        let expected = modules(TEXT);

        let text = terminal(TEXT).unwrap();

        let mut seen = Vec::new();
        for line in text.lines() {
            let blocks: Vec<char> = line
                .trim_start_matches("\x1b[38;5;16;48;5;231m")
                .trim_end_matches("\x1b[0m")
                .chars()
                .collect();
            seen.push(blocks.iter().map(|c| matches!(c, '█' | '▀')).collect::<Vec<_>>());
            seen.push(blocks.iter().map(|c| matches!(c, '█' | '▄')).collect::<Vec<_>>());
        }
        seen.truncate(expected.len());
        assert_eq!(seen, expected);
        assert!(expected[..4].concat().iter().all(|dark| !dark));
    }

    #[test]
    fn a_scale_of_nought_is_refused() {
        assert_eq!(png(TEXT, 0), Err(PictureError::Scale(0)));
    }
}
