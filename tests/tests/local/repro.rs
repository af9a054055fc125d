//! The server's builds again.

use anyhow::{Context, Result, ensure};
use koji_tests::{BUILD_TAG, Run, System};
use serde_json::Value;

use crate::server::{CLOCK, PLAIN, data, laptop, run, work};

fn class<'a>(report: &'a Value, name: &str) -> &'a Value {
    let rpms = report["rpms"].as_array();
    rpms.into_iter()
        .flatten()
        .find(|r| r["name"].as_str().is_some_and(|n| n.starts_with(name)))
        .unwrap_or(&Value::Null)
}

/// Deletes every repository of the build tag, then rebuilds with an empty cache.
pub fn without_repository(system: &System) -> Result<()> {
    system.kojira(|daemon| daemon.terminate(std::time::Duration::from_secs(20)))?;
    std::fs::remove_dir_all(system.topdir().join("repos").join(BUILD_TAG))?;
    let build = format!("{PLAIN}-1.0-1");
    let again = Run::of(laptop(system, "other-laptop", ["repro", &build, "--json"])?)?.ok()?;
    ensure!(again.stderr.contains("is gone"), "{again}");
    let report = data(&again, "repro")?;
    ensure!(report["same_packages"] == true, "{report:#}");
    let rpms = report["rpms"].as_array().context("rpms")?;
    ensure!(rpms.len() >= 2, "{report:#}");
    for rpm in rpms {
        ensure!(matches!(rpm["class"].as_str(), Some("identical" | "circumstances")), "{report:#}");
    }
    // both are there to be looked at
    let dir = work(system)?.join(format!("repro-{build}"));
    ensure!(dir.join("server").is_dir() && dir.join("local/build.log").is_file());
    // now that all is in the cache, without the hub's files
    let files = system.topdir().join("packages");
    let away = system.topdir().join("packages-away");
    std::fs::rename(&files, &away)?;
    let offline = Run::of(laptop(system, "other-laptop", ["repro", &build, "--offline", "--nologs"])?);
    std::fs::rename(&away, &files)?;
    offline?.ok()?.says(&["0 in content"])?;
    Ok(())
}

pub fn clock(system: &System) -> Result<()> {
    let build = format!("{CLOCK}-1.0-1");
    let again = run(system, ["repro", &build, "--json"])?.status_is(3)?;
    let report = data(&again, "repro")?;
    ensure!(report["same_packages"] == true, "{report:#}");
    let rpm = class(&report, "local-clock-1.0-1.");
    ensure!(rpm["class"] == "content", "{report:#}");
    let files = rpm["files"].as_array().context("files")?;
    let file =
        files.iter().find(|f| f["path"] == "/usr/bin/local-clock").with_context(|| format!("{rpm:#}"))?;
    let summary = file["summary"].to_string();
    ensure!(summary.contains("ELF section"), "{file:#}");
    // the same for people
    let text = run(system, ["repro", &build, "--nologs"])?.status_is(3)?;
    text.says(&["/usr/bin/local-clock", "content differs"])?;
    Ok(())
}
