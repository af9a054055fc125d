//! Repositories for builds: whose metadata is copied, whose is made.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use koji_tests::{Scenario, System};
use serde_json::Value;

use crate::dist_repo::{Spec, Work};

pub const SCENARIOS: &[Scenario] = &[
    ("the first repo of a tag with its parent's packages is a copy of its parent's", copied),
    ("a repo with a missing or damaged rpm is not made", wrong_rpms),
    ("a repo that somebody waits for is announced", announced),
];

fn copied(system: &System) -> Result<()> {
    let (parent, child) = ("copy-parent", "copy-child");
    let work = Work::new(system, parent, "x86_64")?;
    work.import(&Spec::new("copied", "1.0"), "x86_64")?;
    system.koji(["regen-repo", "--wait", parent])?.ok()?;
    system.koji(["add-tag", child, "--parent", parent, "--arches", "x86_64"])?.ok()?;
    system.koji(["regen-repo", "--wait", child])?.ok()?;
    let (from, copy) = (latest(system, parent)?, latest(system, child)?);
    ensure!(json(&from)?["cloned_from_repo_id"].is_null(), "{}", json(&from)?);
    ensure!(json(&copy)?["cloned_from_repo_id"] == json(&from)?["id"], "{}", json(&copy)?);
    let files = |repo: &Path| -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(repo.join("x86_64/repodata"))? {
            let entry = entry?;
            files.push((entry.file_name().into(), std::fs::read(entry.path())?));
        }
        files.sort();
        Ok(files)
    };
    ensure!(files(&from)?.len() >= 4 && files(&from)? == files(&copy)?);

    // one build more in the child
    let own = Work { tag: child, ..work };
    own.import(&Spec::new("notcopied", "1.0"), "x86_64")?;
    system.koji(["regen-repo", "--wait", child])?.ok()?;
    let made = latest(system, child)?;
    ensure!(made != copy && json(&made)?["cloned_from_repo_id"].is_null(), "{}", json(&made)?);
    let list = std::fs::read_to_string(made.join("x86_64/pkglist"))?;
    ensure!(
        list.contains("notcopied-1.0-1.x86_64.rpm") && list.contains("/copied-1.0-1.x86_64.rpm"),
        "{list}"
    );
    Ok(())
}

/// The hub's file of a package is not what the hub knows it as.
fn wrong_rpms(system: &System) -> Result<()> {
    let tag = "wrong-rpms";
    let work = Work::new(system, tag, "x86_64")?;
    work.import(&Spec::new("wrongrpm", "1.0"), "x86_64")?;
    let file = system.topdir().join("packages/wrongrpm/1.0/1/x86_64/wrongrpm-1.0-1.x86_64.rpm");
    let good = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let regen = || system.koji(["regen-repo", "--wait", tag]);
    std::fs::remove_file(&file)?;
    regen()?.status_is(1)?;
    let missing = task_error(system)?;
    ensure!(missing.contains("wrongrpm-1.0-1.x86_64.rpm: No such file"), "{missing}");
    let mut damaged = good.clone();
    *damaged.last_mut().context("an empty rpm")? ^= 1;
    std::fs::write(&file, damaged)?;
    regen()?.status_is(1)?;
    let damaged = task_error(system)?;
    ensure!(damaged.contains("wrongrpm-1.0-1.x86_64.rpm is not the expected package"), "{damaged}");
    ensure!(latest(system, tag).is_err(), "a repository was made");
    std::fs::write(&file, good)?;
    regen()?.ok()?;
    latest(system, tag)?;
    Ok(())
}

/// What the last newRepo task that failed died of; kojira may have started another one.
fn task_error(system: &System) -> Result<String> {
    let last = [
        serde_json::json!({"method": "newRepo", "state": [5]}),
        serde_json::json!({"order": "-id", "limit": 1}),
    ];
    let tasks = system.call("listTasks", &last)?;
    let id = tasks[0]["id"].as_i64().context("there is no newRepo task")?;
    Ok(system.koji(["call", "getTaskResult", &id.to_string()])?.status_is(1)?.stderr)
}

/// With a client that would look again after ten minutes only.
fn announced(system: &System) -> Result<()> {
    let tag = "announced";
    let work = Work::new(system, tag, "x86_64")?;
    work.import(&Spec::new("announcedrpm", "1.0"), "x86_64")?;
    let config = system.dir().join("patient.conf");
    let text = std::fs::read_to_string(system.client_config())?
        .replace("poll_interval = 1\n", "poll_interval = 600\n");
    ensure!(text.contains("poll_interval = 600"), "{text}");
    std::fs::write(&config, text)?;
    let mut wait = koji_tests::command(koji_tests::program("koji")?, ["-p", "reader", "-c"]);
    wait.arg(&config).args(["wait-repo", "--timeout", "5", tag]);
    let waiting = std::thread::spawn(move || koji_tests::Run::of(wait));
    // it has asked once when the repository is made
    std::thread::sleep(std::time::Duration::from_secs(2));
    ensure!(!waiting.is_finished(), "there was a repository already");
    system.koji(["regen-repo", "--wait", tag])?.ok()?;
    let waited = waiting.join().map_err(|_| anyhow::anyhow!("the wait panicked"))??;
    waited.ok()?.says(&["Got repo"])?;
    Ok(())
}

fn latest(system: &System, tag: &str) -> Result<PathBuf> {
    let link = system.topdir().join("repos").join(tag).join("latest");
    link.canonicalize().with_context(|| link.display().to_string())
}

fn json(repo: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(repo.join("repo.json"))?)?)
}
