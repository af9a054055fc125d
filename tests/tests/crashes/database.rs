//! `kill -9` of the private PostgreSQL under the hub.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{Options, Run, System, command, wait_until};

#[test]
fn the_hub_says_so_and_comes_back_by_itself() {
    let system = System::start(Options { builder: false, ..Options::default() }).unwrap();
    for _ in 0..2 {
        kill_postgres(&system).unwrap();
        // the first answer is either a fault that names the database, or already right
        let first = system.koji_as("reader", ["call", "getLastEvent"]).unwrap();
        if first.status != 0 {
            first.status_is(1).unwrap().says(&["database"]).unwrap();
        }
        let back = || Ok(system.koji_as("reader", ["call", "getLastEvent"])?.status == 0);
        assert!(wait_until(Duration::from_secs(20), back).unwrap(), "the hub did not come back");
    }
    assert!(system.hub(|hub| Ok(hub.is_running())).unwrap(), "the hub has ended");
    // what was written before is there
    system.koji(["list-tags", "t1-dest"]).unwrap().ok().unwrap().says(&["t1-dest"]).unwrap();
}

fn kill_postgres(system: &System) -> Result<()> {
    let file = find(&system.dir().join("hub"), "postmaster.pid")
        .context("no postmaster.pid under the hub's data")?;
    let text = std::fs::read_to_string(&file)?;
    let pid = text.lines().next().context("an empty postmaster.pid")?.trim().to_owned();
    ensure!(pid.parse::<u32>().is_ok_and(|p| p > 1), "no process id in {}: {pid:?}", file.display());
    Run::of(command("kill", ["-KILL", &pid]))?.ok()?;
    Ok(())
}

/// The file of that name somewhere under `dir`.
fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = std::fs::read_dir(dir).ok()?.flatten().map(|e| e.path()).collect();
    let here = entries.iter().find(|p| p.file_name().is_some_and(|n| n == name));
    here.cloned().or_else(|| entries.iter().filter(|p| p.is_dir()).find_map(|p| find(p, name)))
}
