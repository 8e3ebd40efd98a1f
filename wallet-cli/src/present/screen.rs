//! QR codes on the terminal and in files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use qr_picture::PictureError;
use tokio::sync::oneshot;

use super::PresentError;

/// How long each part of a sequence stands on the screen.
const PART_TIME: Duration = Duration::from_millis(400);
/// Pixels a module in PNG files.
const PNG_SCALE: usize = 8;
/// Alphanumeric characters at level L that a code of version 5, 6, … 25 holds (ISO/IEC 18004).
const CAPACITY: [(u8, usize); 21] = [
    (5, 154),
    (6, 195),
    (7, 224),
    (8, 279),
    (9, 335),
    (10, 395),
    (11, 468),
    (12, 535),
    (13, 619),
    (14, 667),
    (15, 758),
    (16, 854),
    (17, 938),
    (18, 1046),
    (19, 1153),
    (20, 1249),
    (21, 1352),
    (22, 1460),
    (23, 1588),
    (24, 1704),
    (25, 1853),
];
/// Lines of text above and below a code.
const FRAME_LINES: usize = 4;
/// Clears the terminal and goes to its top left.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// How codes are shown.
#[derive(Clone, Debug)]
pub struct Screen {
    /// One line above.
    pub title: String,
    /// Whether and when a shown code gives way to a fresh one.
    pub renewal: Renewal,
}

/// Whether and when a shown code gives way to a fresh one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Printed once, and that is all.
    Never,
    /// Until somebody stops it.
    Every(Duration),
}

/// The longest code that fits a terminal of this size; that of the smallest version when even
/// that is too large.
pub fn chars_that_fit(columns: usize, lines: usize) -> usize {
    let fits = |version: u8| {
        let side = usize::from(version).saturating_mul(4).saturating_add(17 + 8);
        side <= columns && side.div_ceil(2).saturating_add(FRAME_LINES) <= lines
    };
    let smallest = CAPACITY.iter().take(1);
    CAPACITY
        .iter()
        .filter(|(version, _)| fits(*version))
        .chain(smallest)
        .map(|(_, chars)| *chars)
        .max()
        .unwrap_or_default()
}

/// Draws codes until `stop` completes; `renew` makes a fresh one in parts.
///
/// # Errors
/// Those of `renew`, and [`PresentError::Picture`].
pub async fn show(
    screen: &Screen,
    mut draw: impl FnMut(&str),
    mut renew: impl FnMut() -> Result<Vec<String>, PresentError>,
    stop: impl Future<Output = ()>,
) -> Result<(), PresentError> {
    let Renewal::Every(period) = screen.renewal else {
        pages(&renew()?)?.iter().for_each(|page| draw(page));
        return Ok(());
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        let pages = pages(&renew()?)?;
        let mut renewal = std::pin::pin!(tokio::time::sleep(period));
        for page in pages.iter().cycle() {
            let title = &screen.title;
            let seconds = period.as_secs();
            draw(&format!(
                "{CLEAR}{title}\n{page}Renewed every {seconds} s. Press Enter to stop.\n"
            ));
            // A single code needs no redrawing.
            let turn = if pages.len() == 1 { Duration::MAX } else { PART_TIME };
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = &mut renewal => break,
                () = tokio::time::sleep(turn) => {}
            }
        }
    }
}

/// Completes when the holder presses Enter or Ctrl-C.
pub async fn stopped() {
    let mut enter = enter();
    tokio::select! {
        _ = &mut enter => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// One drawn page for each part.
fn pages(parts: &[String]) -> Result<Vec<String>, PresentError> {
    let total = parts.len();
    let page = |(index, part): (usize, &String)| {
        let picture = qr_picture::terminal(part).map_err(PresentError::Picture)?;
        Ok(match total {
            1 => picture,
            _ => format!("{picture}Part {} of {total}\n", index.saturating_add(1)),
        })
    };
    parts.iter().enumerate().map(page).collect()
}

/// Received when Enter is pressed. The thread is left to end with the program: a read from a
/// terminal can't be called off.
fn enter() -> oneshot::Receiver<()> {
    let (pressed, press) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // At the end of the input nobody can press anything: then only Ctrl-C stops.
        match std::io::stdin().read_line(&mut line) {
            Ok(read) if read > 0 => drop(pressed.send(())),
            Ok(_) | Err(_) => std::mem::forget(pressed),
        }
    });
    press
}

/// Writes a code as `png` and `svg` files and gives their names; several parts are numbered.
///
/// # Errors
/// [`PresentError::Picture`], [`PresentError::File`].
pub fn files(
    parts: &[String],
    png: Option<&Path>,
    svg: Option<&Path>,
) -> Result<Vec<PathBuf>, PresentError> {
    let mut written = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let number = (parts.len() > 1).then(|| index.saturating_add(1));
        if let Some(path) = png {
            let picture = qr_picture::png(part, PNG_SCALE);
            written.push(write(path, number, picture)?);
        }
        if let Some(path) = svg {
            let picture = qr_picture::svg(part).map(String::into_bytes);
            written.push(write(path, number, picture)?);
        }
    }
    Ok(written)
}

fn write(
    path: &Path,
    number: Option<usize>,
    picture: Result<Vec<u8>, PictureError>,
) -> Result<PathBuf, PresentError> {
    let path = match number {
        Some(number) => numbered(path, number),
        None => path.to_owned(),
    };
    let picture = picture.map_err(PresentError::Picture)?;
    fs::write(&path, picture)
        .map_err(|source| PresentError::File { path: path.clone(), source })?;
    Ok(path)
}

/// `code.png` becomes `code-2.png`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capacities_are_those_of_the_symbols() {
        for (version, chars) in CAPACITY {
            assert_eq!(qr_picture::version(&"A".repeat(chars)), Ok(version));
            assert_eq!(qr_picture::version(&"A".repeat(chars + 1)), Ok(version + 1));
        }
    }

    #[test]
    fn a_code_is_never_larger_than_the_terminal() {
        assert_eq!(chars_that_fit(200, 100), 1853);
        assert_eq!(chars_that_fit(80, 200), 619);
        assert_eq!(chars_that_fit(200, 45), 667);
        assert_eq!(chars_that_fit(20, 10), 154);
    }

    #[test]
    fn parts_are_numbered_before_the_extension() {
        assert_eq!(numbered(Path::new("out/code.png"), 2), Path::new("out/code-2.png"));
        assert_eq!(numbered(Path::new("code"), 1), Path::new("code-1"));
    }

    #[tokio::test]
    async fn a_shown_code_is_renewed_until_it_is_stopped() {
        let screen = Screen {
            title: "For a host".to_owned(),
            renewal: Renewal::Every(Duration::from_millis(1)),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let mut stop = Some(stop);
        let mut made = 0;
        let mut drawn = Vec::new();

        let renew = || {
            made += 1;
            if made == 3 {
                drop(stop.take());
            }
            Ok(vec![format!("SP0:{made}")])
        };
        let shown = show(&screen, |page| drawn.push(page.to_owned()), renew, async {
            let _closed = stopped.await;
        });
        shown.await.expect("shown");

        assert!(drawn.len() >= 3 && drawn[0] != drawn[1] && drawn[1] != drawn[2]);
        assert!(drawn[0].contains("For a host"));
    }

    #[tokio::test]
    async fn every_part_is_drawn_when_it_is_shown_once() {
        let screen = Screen { title: String::new(), renewal: Renewal::Never };
        let mut drawn = Vec::new();

        let parts = || Ok(vec!["SPP:1/1/2:A".to_owned(), "SPP:1/2/2:B".to_owned()]);
        let shown = show(&screen, |page| drawn.push(page.to_owned()), parts, async {});
        shown.await.expect("shown");

        assert_eq!(drawn.len(), 2);
        assert!(drawn[1].contains("Part 2 of 2"));
    }
}
