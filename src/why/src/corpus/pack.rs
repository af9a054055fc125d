//! A recorded case as one file.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a case as one compressed file, atomically.
pub fn pack(case: &Path, to: &Path) -> Result<()> {
    let dir = to.parent().context("no directory")?;
    let mut out = tempfile::NamedTempFile::new_in(dir)?;
    let gz = flate2::GzBuilder::new().mtime(0).write(&mut out, flate2::Compression::best());
    let mut tar = tar::Builder::new(gz);
    tar.mode(tar::HeaderMode::Deterministic);
    tar.append_dir_all(".", case)?;
    tar.into_inner()?.finish()?.flush()?;
    out.as_file().sync_all()?;
    out.persist(to)?;
    Ok(())
}

/// The files of a recorded case: path in the archive, content.
pub fn unpack(from: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(from)?));
    let mut files = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let name = entry.path()?.to_string_lossy().trim_start_matches("./").to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}
