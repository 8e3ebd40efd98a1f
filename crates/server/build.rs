//! With the feature `embedded-web`: lists the files of `web/dist` for `src/web.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_EMBEDDED_WEB").is_none() {
        return Ok(());
    }
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let dist =
        variable("CARGO_MANIFEST_DIR")?.join("../../web/dist").canonicalize().map_err(|error| {
            io::Error::new(error.kind(), "web/dist is missing: run web/build before this build")
        })?;
    println!("cargo:rerun-if-changed={}", dist.display());
    let mut source = String::new();
    for (name, folder) in [("ASSETS", "assets"), ("WALLET", "wallet")] {
        let mut list = String::new();
        below(&dist.join(folder), "", &mut list)?;
        let _ = writeln!(source, "pub(super) static {name}: &[(&str, &[u8])] = &[\n{list}];");
    }
    fs::write(variable("OUT_DIR")?.join("embedded_web.rs"), source)
}

fn below(folder: &Path, under: &str, list: &mut String) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            below(&entry.path(), &format!("{name}/"), list)?;
        } else {
            let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", entry.path());
        }
    }
    Ok(())
}
