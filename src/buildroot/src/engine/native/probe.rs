//! Whether overlays work here, asked once a start of the machine.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::engine::Settings;
use crate::error::{Error, Result};
use crate::helper::request::{Root, Run, RunLimits, Tree};

use super::cache::{Cache, boot_id};
use super::sandbox::{Discard, Sandbox};

#[derive(Serialize, Deserialize)]
struct Answer {
    boot: String,
    rootless: bool,
    work_dir: std::path::PathBuf,
    overlay: bool,
}

/// Whether a root can be an overlay of the cache's layers; else it is a copy of them.
///
/// Mounts one, which shows at the same time that namespaces work: a failure of those is an error that says what to do.
pub(super) fn overlay(settings: &Settings, cache: &Cache, sandbox: &Sandbox) -> Result<bool> {
    let (boot, rootless) = (boot_id(), sandbox.rootless());
    let path = settings.cache_dir.join("probe.json");
    if let Some(known) = std::fs::read(&path).ok().and_then(|d| serde_json::from_slice::<Answer>(&d).ok())
        && known.boot == boot
        && known.rootless == rootless
        && known.work_dir == settings.work_dir
    {
        return Ok(known.overlay);
    }
    std::fs::create_dir_all(&settings.work_dir).map_err(Error::io("create", &settings.work_dir))?;
    let lower = tempfile::tempdir_in(cache.tmp()).map_err(Error::io("create", cache.tmp().as_path()))?;
    let upper = tempfile::tempdir_in(&settings.work_dir).map_err(Error::io("create", &settings.work_dir))?;
    let overlay = match mount(sandbox, lower.path(), upper.path(), true) {
        Ok(()) => true,
        // The overlay alone may be impossible (the kernel lacks it, or these directories lie on one already).
        Err(Error::Sandbox { stage, .. }) if stage.contains("overlay") => {
            mount(sandbox, lower.path(), upper.path(), false)?;
            false
        }
        Err(e) => return Err(e),
    };
    for dir in [lower, upper] {
        sandbox.remove(&dir.keep())?;
    }
    let answer = Answer { boot, rootless, work_dir: settings.work_dir.clone(), overlay };
    let text = serde_json::to_vec(&answer).map_err(|e| Error::Plan(e.to_string()))?;
    crate::files::write_atomic(&path, &text)?;
    Ok(overlay)
}

fn mount(sandbox: &Sandbox, lower: &Path, dir: &Path, overlay: bool) -> Result<()> {
    for name in ["upper", "work", "mnt", "root"] {
        std::fs::create_dir_all(dir.join(name)).map_err(Error::io("create", dir))?;
    }
    let root = if overlay {
        Tree::Overlay { lowers: vec![lower.into()], upper: dir.join("upper"), work: dir.join("work") }
    } else {
        Tree::Directory(dir.join("root"))
    };
    let run = Run {
        userns: None,
        root: Root::Inside(root),
        mount_point: dir.join("mnt"),
        network: false,
        hostname: "probe".into(),
        binds: Vec::new(),
        write: Vec::new(),
        exec: None,
        collect: None,
        limits: RunLimits { timeout: 60, ..RunLimits::default() },
        personality32: false,
    };
    sandbox.run(run, &mut Discard).map(drop)
}
