//! How long a one-file C package takes from `koji build` to tagged, by part, and by `koji local build`; five runs on a warm
//! root cache.
//!
//! Started by `make bench-build`, which compiles the programs for release first.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use koji_tests::{Options, Package, System, TARGET};
use serde_json::Value;

const RUNS: u32 = 5;
/// The columns, in the order of a build's life.
const PARTS: [&str; 9] =
    ["waiting", "srpm", "buildroot", "rpmbuild", "upload", "import", "tag", "total", "koji build"];

fn main() -> Result<()> {
    let system = System::start(Options::default())?;
    println!("warming up: the first build fills the root cache");
    measure(&system, 0)?;

    println!("{:>7}{}", "run", PARTS.map(|p| format!("{p:>12}")).concat());
    let mut runs = Vec::new();
    for number in 1..=RUNS {
        let run = measure(&system, number)?;
        println!("{number:>7}{}", row(&run));
        runs.push(run);
    }
    let median = PARTS.map(|part| {
        let mut times: Vec<f64> = runs.iter().filter_map(|r| r.get(part).copied()).collect();
        times.sort_by(f64::total_cmp);
        (part, times.get(times.len() / 2).copied().unwrap_or_default())
    });
    println!("{:>7}{}", "median", row(&median.into_iter().collect()));
    let srpm = Package::new("one-file").release(RUNS).srpm(system.dir())?;
    local(&system, &srpm)?;
    let mut local = (0..RUNS).map(|_| local(&system, &srpm)).collect::<Result<Vec<_>>>()?;
    local.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let [first, all] = local[local.len() / 2];
    println!("\nkoji local build: {first:.2} until its first word, {all:.2} in all");
    println!(
        "\nSeconds. waiting: from a task's creation to its start, all tasks; srpm: the whole task that makes the source\n\
         package; buildroot, rpmbuild, upload: the parts of the task that makes the binary packages; import: until the\n\
         tag task; total: from the build task's creation to tagged, by the hub's clock; koji build: as a user waits."
    );
    Ok(())
}

type Parts = BTreeMap<&'static str, f64>;

fn row(parts: &Parts) -> String {
    PARTS.map(|p| format!("{:>12.2}", parts.get(p).copied().unwrap_or_default())).concat()
}

/// Builds the package with that release.
fn measure(system: &System, release: u32) -> Result<Parts> {
    let package = Package::new("one-file").release(release);
    let url = system.publish(&package)?;
    let build = system.koji(["build", "--wait", TARGET, &url])?.ok()?;
    let id = build.stdout.lines().find_map(|l| l.strip_prefix("Created task: ")).context("no task")?;
    let id: i64 = id.trim().parse()?;

    let parent = Times::of(&system.call("getTaskInfo", &[id.into()])?)?;
    let children = system.call("getTaskChildren", &[id.into()])?;
    let child = |method: &str| {
        let found = children.as_array().into_iter().flatten().find(|c| c["method"] == method);
        Times::of(found.with_context(|| format!("no {method} under task {id}"))?)
    };
    let (srpm, arch, tag) = (child("buildSRPMFromSCM")?, child("buildArch")?, child("tagBuild")?);

    let phases = phases(system, &package)?;
    let buildroot = sum(&phases, |name| name == "chroot init" || name.starts_with("build setup"));
    let rpmbuild = sum(&phases, |name| name.starts_with("rpmbuild"));
    ensure!(rpmbuild > 0.0, "state.log has no phase called rpmbuild: {phases:?}");
    Ok(Parts::from([
        ("waiting", [&parent, &srpm, &arch, &tag].iter().map(|t| t.start - t.create).sum()),
        ("srpm", srpm.end - srpm.start),
        ("buildroot", buildroot),
        ("rpmbuild", rpmbuild),
        ("upload", arch.end - arch.start - buildroot - rpmbuild),
        ("import", tag.create - arch.end),
        ("tag", tag.end - tag.start),
        ("total", tag.end - parent.create),
        ("koji build", build.took.as_secs_f64()),
    ]))
}

/// Builds it here, as the server would: until something is printed, and until the end.
fn local(system: &System, srpm: &std::path::Path) -> Result<[f64; 2]> {
    let mut koji = system.command("reader", ["local", "build", "--target", TARGET])?;
    koji.arg(srpm).env("XDG_CACHE_HOME", system.dir().join("laptop")).current_dir(system.dir());
    let start = Instant::now();
    let mut child = koji.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
    let mut output = child.stdout.take().context("no output")?;
    output.read_exact(&mut [0])?;
    let first = start.elapsed().as_secs_f64();
    output.read_to_end(&mut Vec::new())?;
    ensure!(child.wait()?.success(), "koji local build failed");
    Ok([first, start.elapsed().as_secs_f64()])
}

/// A task's times by the hub's clock, in seconds.
struct Times {
    create: f64,
    start: f64,
    end: f64,
}

impl Times {
    fn of(task: &Value) -> Result<Times> {
        let time = |key: &str| task[key].as_f64().with_context(|| format!("no {key} in {task}"));
        Ok(Times { create: time("create_ts")?, start: time("start_ts")?, end: time("completion_ts")? })
    }
}

/// Names and seconds of the phases in the build's state.log.
fn phases(system: &System, package: &Package) -> Result<Vec<(String, f64)>> {
    let dir =
        system.topdir().join("packages").join(&package.name).join(&package.version).join(&package.release);
    let logs = dir.join("data/logs");
    let arch = std::fs::read_dir(&logs)?.flatten().map(|e| e.path()).find(|p| p.join("state.log").is_file());
    let file = arch.with_context(|| format!("no state.log under {}", logs.display()))?.join("state.log");
    parse_phases(&std::fs::read_to_string(&file)?).with_context(|| file.display().to_string())
}

/// Lines are `DATE TIME - Start: NAME` and `DATE TIME - Finish: NAME`.
fn parse_phases(text: &str) -> Result<Vec<(String, f64)>> {
    let mut open: Vec<(String, f64)> = Vec::new();
    let mut done = Vec::new();
    for line in text.lines() {
        let (stamp, event) = line.split_once(" - ").with_context(|| format!("no event in {line:?}"))?;
        let at = seconds_of_day(stamp)?;
        if let Some(name) = event.strip_prefix("Start: ") {
            open.push((name.to_owned(), at));
        } else if let Some(name) = event.strip_prefix("Finish: ")
            && let Some(index) = open.iter().rposition(|(n, _)| n == name)
        {
            let (name, start) = open.remove(index);
            // past midnight
            let took = if at < start { at + 86_400.0 - start } else { at - start };
            done.push((name, took));
        }
    }
    Ok(done)
}

/// `2025-01-02 03:04:05,678` without the date.
fn seconds_of_day(stamp: &str) -> Result<f64> {
    let time = stamp.split_whitespace().nth(1).context("no time")?.replace(',', ".");
    let mut seconds = 0.0;
    for part in time.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().with_context(|| format!("no time: {stamp:?}"))?;
    }
    Ok(seconds)
}

fn sum(phases: &[(String, f64)], wanted: impl Fn(&str) -> bool) -> f64 {
    phases.iter().filter(|(name, _)| wanted(name)).map(|(_, took)| took).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_phases_have_their_own_times() {
        let text = "2025-01-02 23:59:58,500 - Start: rebuild\n2025-01-02 23:59:59,000 - Start: rpmbuild x\n\
                    2025-01-03 00:00:01,250 - Finish: rpmbuild x\n2025-01-03 00:00:02,500 - Finish: rebuild\n";
        assert_eq!(
            parse_phases(text).unwrap(),
            [("rpmbuild x".to_owned(), 2.25), ("rebuild".to_owned(), 4.0)]
        );
    }
}
