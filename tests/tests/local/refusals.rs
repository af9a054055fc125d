//! Files that are not what the hub recorded.

use anyhow::{Context, Result, ensure};
use koji_tests::{Run, System};

use crate::server::{LIBRARY, PLAIN, laptop};

pub fn tampered_server(system: &System) -> Result<()> {
    let dir = system.topdir().join("packages").join(LIBRARY).join("1.0/1");
    let find = |dir: &std::path::Path| -> Result<Vec<std::path::PathBuf>> {
        Ok(std::fs::read_dir(dir)?.flatten().map(|e| e.path()).collect())
    };
    let rpm = find(&dir)?
        .into_iter()
        .filter(|d| !d.ends_with("src") && !d.ends_with("data"))
        .filter_map(|d| find(&d).ok())
        .flatten()
        .find(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("local-lib-1.0-1.")))
        .context("no rpm of the library")?;
    let mut bytes = std::fs::read(&rpm)?;
    let last = bytes.len() - 20;
    *bytes.get_mut(last).context("an rpm of a few bytes")? ^= 1;
    std::fs::write(&rpm, bytes)?;
    let init = Run::of(laptop(system, "third-laptop", ["local", "init", &format!("{PLAIN}-1.0-1")])?)?;
    let init = init.status_is(1)?;
    ensure!(init.stderr.contains("local-lib") || init.stderr.contains("download.rpm"), "{init}");
    init.says(&["is not what it should be"])?;
    Ok(())
}
