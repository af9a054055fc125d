//! Repositories for builds: whose metadata is copied, whose is made.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use koji_tests::{Scenario, System};
use serde_json::Value;

use crate::dist_repo::{Spec, Work};

pub const SCENARIOS: &[Scenario] =
    &[("the first repo of a tag with its parent's packages is a copy of its parent's", copied)];

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

fn latest(system: &System, tag: &str) -> Result<PathBuf> {
    let link = system.topdir().join("repos").join(tag).join("latest");
    link.canonicalize().with_context(|| link.display().to_string())
}

fn json(repo: &Path) -> Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(repo.join("repo.json"))?)?)
}
