//! The built-in engine: dnf into a root, Linux namespaces around it, installed roots kept between builds.
//!
//! No mount is ever made in the host's mount namespace: each command mounts its root in a namespace of its own, which
//! ends with it. So nothing has to be unmounted, and nothing survives a killed builder.

mod backend;
mod cache;
mod dnf;
mod env;
mod hardware;
mod layers;
mod machine;
mod packages;
mod probe;
mod reach;
mod repo;
mod requires;
mod root;
mod sandbox;
mod sign;
mod steps;
mod subids;

pub(crate) use env::quote;
pub(crate) use packages::{QUERY, parse as parse_packages};
pub(crate) use root::NativeRoot;
pub(crate) use sandbox::Sink;

use std::path::Path;

use crate::engine::{GcReport, Settings};
use crate::error::{Error, Result};
use crate::verdict::Verdict;

/// A step that ended badly.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failed {
    pub status: i32,
    pub verdict: Verdict,
}

/// Checks that this machine has all it takes.
pub(crate) fn check(settings: &Settings) -> Result<()> {
    dnf::Dnf::find(None)?.check()?;
    if crate::files::find_program("rpm").is_none() {
        return Err(Error::Missing { what: "rpm".into(), remedy: "install rpm".into() });
    }
    let cache = cache::Cache::new(&settings.cache_dir)?;
    let sandbox = sandbox(settings)?;
    probe::overlay(settings, &cache, &sandbox).map(drop)
}

/// Whether this engine made the buildroot in a directory.
pub(crate) fn made(dir: &Path) -> bool {
    dir.join(root::UPPER).is_dir()
}

/// See [`crate::Engine::gc`].
pub(crate) fn gc(settings: &Settings) -> Result<GcReport> {
    cache::Cache::new(&settings.cache_dir)?.gc(&settings.cache_limits, &sandbox(settings)?)
}

/// See [`crate::Engine::leftovers`].
pub(crate) fn leftovers(settings: &Settings) -> Result<Vec<String>> {
    let dir = &settings.work_dir;
    let entries = match std::fs::read_dir(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::io("read", dir))?,
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().join("plan.json").is_file())
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// See [`crate::Engine::remove`].
pub(crate) fn remove(settings: &Settings, name: &str) -> Result<()> {
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(Error::Plan(format!("{name:?} is no name of a buildroot")));
    }
    sandbox(settings)?.remove(&settings.work_dir.join(name))
}

fn sandbox(settings: &Settings) -> Result<sandbox::Sandbox> {
    Ok(sandbox::Sandbox::new(settings.helper.clone(), subids::current()?))
}
