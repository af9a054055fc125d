//! The ways to a build.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{DEST_TAG, Package, Run, Scenario, System, TARGET, command, wait_until};

pub const SCENARIOS: &[Scenario] = &[
    ("a build from git is tagged and downloadable", from_git),
    ("a chain builds each link with the one before", chain),
    ("a source package is uploaded and built", from_srpm),
    ("a scratch build leaves nothing behind", scratch),
    ("a build without waiting can be watched, cancelled and resubmitted", cancel_and_resubmit),
    ("a finished version is not built again", twice),
];

fn from_git(system: &System) -> Result<()> {
    let package = Package::new("from-git");
    let url = system.publish(&package)?;
    let build = system.koji(["build", "--wait", TARGET, &url])?.ok()?;
    for words in [
        &["Created task: "][..],
        &["build (t1, /from-git:"],
        &["buildSRPMFromSCM (/from-git:"],
        &["buildArch (from-git-1.0-1.src.rpm, "],
        &["tagBuild (noarch)"],
        &["completed successfully"],
    ] {
        ensure!(build.stdout.lines().any(|l| words.iter().all(|w| l.contains(w))), "no {words:?} in {build}");
    }
    system.koji(["list-tagged", DEST_TAG, "from-git"])?.ok()?.says(&[
        "from-git-1.0-1",
        DEST_TAG,
        "tester",
    ])?;
    system.koji(["buildinfo", "from-git-1.0-1"])?.ok()?.says(&["State: COMPLETE"])?;
    system.koji(["latest-build", DEST_TAG, "from-git"])?.ok()?.says(&["from-git-1.0-1"])?;

    // the build records its source by commit, and its buildroot by package
    let info = system.call("getBuild", &["from-git-1.0-1".into()])?;
    ensure!(info["source"] == url.as_str(), "source of {info}");
    let rpms = system.call("listBuildRPMs", &["from-git-1.0-1".into()])?;
    let buildroot = rpms.as_array().into_iter().flatten().find_map(|r| r["buildroot_id"].as_i64());
    let buildroot = buildroot.with_context(|| format!("no buildroot in {rpms}"))?;
    let listing = system.call("getBuildrootListing", &[buildroot.into()])?;
    let names: Vec<&str> =
        listing.as_array().into_iter().flatten().filter_map(|r| r["name"].as_str()).collect();
    ensure!(names.contains(&"gcc") && names.contains(&"rpm-build"), "packages of the buildroot: {names:?}");

    let dir = system.dir().join("downloads-from-git");
    std::fs::create_dir(&dir)?;
    let mut download = system.command("reader", ["download-build", "from-git-1.0-1"])?;
    download.current_dir(&dir);
    Run::of(download)?.ok()?;
    let arch = Run::of(command("uname", ["-m"]))?.ok()?.stdout;
    let rpm = dir.join(format!("from-git-1.0-1.{}.rpm", arch.trim()));
    let unpack = format!(
        "cd '{}' && rpm2cpio '{}' | cpio -id --quiet && usr/bin/from-git",
        dir.display(),
        rpm.display()
    );
    let program = Run::of(command("sh", ["-c", &unpack]))?.ok()?;
    ensure!(program.stdout == "from-git\n", "{program}");
    Ok(())
}

fn chain(system: &System) -> Result<()> {
    let first = system.publish(&Package::new("chain-first"))?;
    let second = system.publish(&Package::new("chain-second").build_requires("chain-first"))?;
    system.koji(["chain-build", "--wait", TARGET, &first, ":", &second])?.ok()?;
    system.koji(["list-tagged", DEST_TAG, "chain-second"])?.ok()?.says(&["chain-second-1.0-1"])?;
    Ok(())
}

fn from_srpm(system: &System) -> Result<()> {
    let package = Package::new("from-srpm");
    system.publish(&package)?;
    let srpm = package.srpm(system.dir())?;
    let srpm = srpm.to_str().context("path")?;
    system.koji(["build", "--wait", "--noprogress", TARGET, srpm])?.ok()?.says(&["rebuildSRPM"])?;
    system.koji(["list-tagged", DEST_TAG, "from-srpm"])?.ok()?.says(&["from-srpm-1.0-1"])?;
    // without the permission for that
    let denied = system.koji_as("user", ["build", "--wait", "--noprogress", TARGET, srpm])?.status_is(1)?;
    denied.says(&["policy violation (build_from_srpm)"])?;
    Ok(())
}

fn scratch(system: &System) -> Result<()> {
    let url = system.git.commit(&Package::new("scratched"))?;
    let build = system.koji(["build", "--wait", "--scratch", TARGET, &url])?.ok()?;
    ensure!(!build.stdout.contains("tagBuild"), "a scratch build was tagged: {build}");
    ensure!(
        system.call("getBuild", &["scratched-1.0-1".into()])?.is_null(),
        "a scratch build was registered"
    );
    let task = build.stdout.lines().find_map(|l| l.strip_prefix("Created task: ")).context("no task")?.trim();
    let dir = system.topdir().join("scratch/tester").join(format!("task_{task}"));
    ensure!(dir.join("scratched-1.0-1.src.rpm").is_file(), "no source package in {}", dir.display());
    Ok(())
}

fn cancel_and_resubmit(system: &System) -> Result<()> {
    let package = Package::new("cancelled").first("sleep 60");
    let url = system.publish(&package)?;
    let task = system.submit(&[TARGET, &url])?;
    system.wait_for_open_child(task, "buildArch", Duration::from_secs(60))?;
    let id = task.to_string();
    system.koji(["cancel", &id])?.ok()?;
    ensure!(system.wait_for_task(task, Duration::from_secs(20))? == "CANCELED");
    let watch = system.koji(["watch-task", &id])?.status_is(1)?;
    watch.says(&["was canceled"])?;
    let mut state = None;
    let canceled = wait_until(Duration::from_secs(20), || {
        state = system.call("getBuild", &["cancelled-1.0-1".into()])?["state"].as_i64();
        Ok(state == Some(4))
    })?;
    ensure!(canceled, "the build's state is {state:?}, not CANCELED");

    // the same request again, with sources that do not sleep
    system.git.commit(&Package::new("cancelled"))?;
    let again = system.koji(["resubmit", "--nowait", &id])?.ok()?;
    let resubmitted: i64 = again
        .stdout
        .lines()
        .find_map(|l| l.split_once(" as new task "))
        .context("no task")?
        .1
        .trim()
        .parse()?;
    system.wait_for_open_child(resubmitted, "buildArch", Duration::from_secs(60))?;
    system.koji(["cancel", &resubmitted.to_string()])?.ok()?;
    Ok(())
}

fn twice(system: &System) -> Result<()> {
    let url = system.publish(&Package::new("twice"))?;
    system.koji(["build", "--wait", TARGET, &url])?.ok()?;
    let second = system.koji(["build", "--wait", TARGET, &url])?.status_is(1)?;
    second.says(&["FAILED: GenericError: Build already exists", "'name': 'twice'"])?;
    Ok(())
}
