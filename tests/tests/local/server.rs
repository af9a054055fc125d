//! What the server has built, and the client on a laptop beside it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use koji_tests::{Package, Run, System, TARGET};
use serde_json::Value;

/// A library package, so that buildroots hold something the hub itself has.
pub const LIBRARY: &str = "local-lib";
pub const PLAIN: &str = "local-plain";
pub const CLOCK: &str = "local-clock";

/// Two builds, the second needing the first, and one that is never the same.
pub fn builds(system: &System) -> Result<()> {
    let library = system.publish(&Package::new(LIBRARY))?;
    let plain = system.publish(&Package::new(PLAIN).build_requires(LIBRARY))?;
    let stamp =
        "echo \"const char stamp[] __attribute__((used)) = \\\"built at $(date +%s%N)\\\";\" >> main.c";
    let clock = system.publish(&Package::new(CLOCK).first(stamp))?;
    system.koji(["chain-build", "--wait", TARGET, &library, ":", &plain, &clock])?.ok()?;
    Ok(())
}

/// `koji` as nobody in particular, with a cache of its own.
pub fn laptop<const N: usize>(system: &System, cache: &str, args: [&str; N]) -> Result<Command> {
    let mut koji = system.command("reader", args)?;
    koji.env("XDG_CACHE_HOME", system.dir().join(cache)).current_dir(work(system)?);
    Ok(koji)
}

pub fn run<const N: usize>(system: &System, args: [&str; N]) -> Result<Run> {
    Run::of(laptop(system, "laptop", args)?)
}

/// Where results go.
pub fn work(system: &System) -> Result<PathBuf> {
    let dir = system.dir().join("laptop-work");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// What was printed, in the documented shape of the command.
pub fn data(run: &Run, command: &str) -> Result<Value> {
    let file = format!("{}/../docs/json/{command}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let data = serde_json::from_str(&run.stdout).with_context(|| format!("no JSON from {run}"))?;
    let validator = jsonschema::validator_for(&schema).map_err(|e| anyhow::anyhow!("bad schema: {e}"))?;
    let problems: Vec<String> = validator.iter_errors(&data).map(|e| e.to_string()).collect();
    ensure!(problems.is_empty(), "{}\nin {data}", problems.join("\n"));
    Ok(data)
}

/// The source package of a build, downloaded.
pub fn srpm(system: &System, name: &str) -> Result<String> {
    let file = format!("{name}-1.0-1.src.rpm");
    let path = work(system)?.join(&file);
    if !path.exists() {
        run(system, ["download-build", "-q", "--noprogress", "-a", "src", &format!("{name}-1.0-1")])?.ok()?;
    }
    ensure!(path.is_file(), "{file} was not downloaded");
    Ok(path.to_str().context("path")?.to_owned())
}
