//! Locks: written, replayed elsewhere, and not believed blindly.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use koji_tests::{Run, System, command, program};
use serde_json::Value;

use crate::account::Account;
use crate::server::{PLAIN, laptop, run, srpm, work};

pub fn replay(system: &System) -> Result<()> {
    let root = format!("build-{PLAIN}-1.0-1");
    run(system, ["local", "lock", &root, "--output", "lock.json"])?.ok()?;
    let lock: Value = serde_json::from_slice(&std::fs::read(work(system)?.join("lock.json"))?)?;
    ensure!(lock["version"] == "1.1.0" && lock["config"]["target_arch"].is_string());
    let rpms = lock["buildroot"]["rpms"].as_array().context("no rpms")?;
    ensure!(
        rpms.iter()
            .any(|r| r["name"] == "local-lib" && r["url"].as_str().is_some_and(|u| u.ends_with(".rpm")))
    );
    ensure!(lock["config"]["koji"]["digests"].as_object().is_some_and(|d| d.len() == rpms.len()));
    for key in ["kernel", "cpu", "engine", "buildhost"] {
        ensure!(lock["config"]["koji"][key].is_string(), "no {key} in the lock");
    }
    // the same root again, in a network namespace without any device
    let srpm = srpm(system, PLAIN)?;
    let words =
        ["local", "build", &srpm, "--lock", "lock.json", "--offline", "--keep", "--resultdir", "replayed"];
    offline(system, &words)?.ok()?;
    run(system, ["local", "diff", &root, "lock.json"])?.ok()?;
    run(system, ["local", "verify", &root, "--buildroot", &buildroot(system)?])?.ok()?;
    // what is not in the cache is not fetched
    let other = laptop(system, "empty-laptop", words)?;
    Run::of(other)?.status_is(1)?.says(&["offline:", "not in the cache"])?;
    Ok(())
}

/// With root's rights in a network namespace of its own, else just so.
fn offline(system: &System, words: &[&str; 9]) -> Result<Run> {
    let koji = laptop(system, "laptop", *words)?;
    let root = Run::of(command("id", ["-u"]))?.ok()?.stdout.trim() == "0";
    if !root {
        return Run::of(koji);
    }
    let mut alone = command("unshare", ["--net", "--"]);
    alone.arg(koji.get_program()).args(koji.get_args());
    alone.env("XDG_CACHE_HOME", system.dir().join("laptop")).current_dir(work(system)?);
    Run::of(alone)
}

fn buildroot(system: &System) -> Result<String> {
    let rpms = system.call("listBuildRPMs", &[format!("{PLAIN}-1.0-1").into()])?;
    let id = rpms
        .as_array()
        .into_iter()
        .flatten()
        .find(|r| r["arch"] != "src")
        .and_then(|r| r["buildroot_id"].as_i64());
    Ok(id.context("no buildroot")?.to_string())
}

/// The lock, the rpms and the program in the hands of a user who is not root.
pub fn rootless(system: &System) -> Result<()> {
    let Some(account) = Account::make()? else { return Ok(()) };
    // not below the system's directory, whose parents may be closed
    let dir = tempfile::Builder::new().prefix("koji-laptop-").tempdir_in("/var/tmp")?;
    let home = dir.path();
    let store = home.join("cache/koji");
    std::fs::create_dir_all(&store)?;
    copy(&system.dir().join("laptop/koji/rpms"), &store)?;
    let koji = home.join("koji");
    std::fs::copy(program("koji")?, &koji)?;
    for name in ["lock.json", &format!("{PLAIN}-1.0-1.src.rpm")] {
        std::fs::copy(work(system)?.join(name), home.join(name))?;
    }
    std::fs::copy(system.client_config(), home.join("koji.conf"))?;
    account.owns(home)?;
    let srpm = format!("{PLAIN}-1.0-1.src.rpm");
    let run = |words: &[&str]| {
        let mut command = account.command(home, &koji);
        command.arg("-c").arg(home.join("koji.conf")).args(["-p", "reader"]).args(words);
        Run::of(command)
    };
    run(&["local", "build", &srpm, "--lock", "lock.json", "--offline", "--keep"])?.ok()?;
    ensure!(home.join(format!("{PLAIN}-1.0-1/build.log")).is_file());
    let root = format!("build-{PLAIN}-1.0-1");
    run(&["local", "diff", &root, "lock.json"])?.ok()?;
    run(&["local", "shell", &root, "--", "id", "-un"])?.ok()?.says(&["mockbuild"])?;
    run(&["local", "rm", "--all"])?.ok()?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut cp = command("cp", ["-r", "--reflink=auto", "--"]);
    cp.arg(from).arg(to);
    Run::of(cp)?.ok()?;
    Ok(())
}

/// Nobody gave this user ids.
pub fn missing_ids(system: &System) -> Result<()> {
    if Run::of(command("id", ["-u"]))?.ok()?.stdout.trim() != "0" {
        return Ok(());
    }
    let dir = tempfile::Builder::new().prefix("koji-laptop-").tempdir_in("/var/tmp")?;
    let home = dir.path();
    let koji = home.join("koji");
    std::fs::copy(program("koji")?, &koji)?;
    std::fs::copy(system.client_config(), home.join("koji.conf"))?;
    std::os::unix::fs::chown(home, Some(64999), Some(64999))?;
    std::os::unix::fs::chown(home.join("koji.conf"), Some(64999), None)?;
    let init = |cache: &Path| {
        let mut command = command("setpriv", ["--reuid=64999", "--regid=64999", "--clear-groups", "--"]);
        command
            .arg(&koji)
            .arg("-c")
            .arg(home.join("koji.conf"))
            .args(["-p", "reader", "local", "init", "t1"]);
        command.current_dir(home).env("HOME", home).env("XDG_CACHE_HOME", cache).env("USER", "nobody-here");
        Run::of(command)?.status_is(1)
    };
    init(&home.join("cache"))?.says(&["hint:", "--add-subuids"])?;
    // a cache that root has made
    let other = tempfile::Builder::new().prefix("koji-laptop-").tempdir_in("/var/tmp")?;
    std::fs::create_dir(other.path().join("koji"))?;
    for dir in [other.path().to_owned(), other.path().join("koji")] {
        std::fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    init(other.path())?.says(&["koji belongs to another user"])?.says(&["hint:", "XDG_CACHE_HOME"])?;
    Ok(())
}

pub fn tampered_cache(system: &System) -> Result<()> {
    let lock: Value = serde_json::from_slice(&std::fs::read(work(system)?.join("lock.json"))?)?;
    let digests = lock["config"]["koji"]["digests"].as_object().context("digests")?;
    let (nevra, digest) =
        digests.iter().find(|(name, _)| name.starts_with("local-lib-")).context("local-lib")?;
    let sha256 = digest["sha256"].as_str().context("sha256")?;
    let file = system.dir().join("laptop/koji/rpms/files").join(&sha256[..2]).join(format!("{sha256}.rpm"));
    let good = std::fs::read(&file)?;
    let mut bad = good.clone();
    let last = bad.len() - 20;
    bad[last] ^= 1;
    std::fs::write(&file, &bad)?;
    let srpm = srpm(system, PLAIN)?;
    let built =
        run(system, ["local", "build", &srpm, "--lock", "lock.json", "--offline", "--resultdir", "bad"])?;
    std::fs::write(&file, &good)?;
    let built = built.status_is(1)?;
    ensure!(built.stderr.contains("sha256") && built.stderr.contains(sha256), "{nevra} in {built}");
    Ok(())
}
