//! The engine that calls mock, with the configuration and the command lines Koji uses.

mod command;
mod root;

use std::path::{Path, PathBuf};

use crate::engine::Settings;
use crate::error::{Error, Result};
use crate::verdict::{Kind, Verdict};

pub(crate) use root::MockRoot;

/// What mock prints, in the root's directory.
const OUTPUT: &str = "mock_output.log";

/// How mock is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockSettings {
    /// The program; looked for in the system's directories when absent.
    pub program: Option<PathBuf>,
    /// Where configurations are written; mock looks beneath `/etc/mock`.
    pub config_dir: PathBuf,
    /// The user mock runs as when the caller is root (`mockuser`), who must be in the group `mock`.
    pub user: Option<String>,
}

impl Default for MockSettings {
    fn default() -> MockSettings {
        MockSettings { program: None, config_dir: "/etc/mock/koji".into(), user: None }
    }
}

impl MockSettings {
    /// The program, if it is installed.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        match &self.program {
            Some(path) => path.is_file().then(|| path.clone()),
            None => crate::files::find_program("mock"),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.find().map(drop).ok_or_else(|| Error::Missing {
            what: "mock".into(),
            remedy: "install mock (Fedora, EL), or use the native engine".into(),
        })
    }
}

/// The verdict on an exit status of mock, before any log is read.
///
/// Statuses seen with mock 6.7: 1 failed rpmbuild or unusable source rpm, 3 no such configuration, 10 dynamic
/// BuildRequires, 11 time-out, 30 packages, group or repository. Koji points at build.log for 10, at either log for 1 and
/// at root.log for the rest; where mock gave up before it had one, its own output says why.
pub(crate) fn verdict(status: i32, build_log: &str, root_log: &str) -> Verdict {
    match status {
        0 => Verdict::success(),
        1 | 10 if !build_log.trim().is_empty() => Verdict::rpmbuild(build_log),
        11 => Verdict { kind: Kind::Timeout, log: Some("build.log"), lines: Vec::new() },
        1 | 10 | 30 => Verdict::packages(root_log),
        other => Verdict { kind: Kind::Command(other), log: Some(OUTPUT), lines: Vec::new() },
    }
}

/// See [`crate::Engine::leftovers`].
pub(crate) fn leftovers(settings: &Settings) -> Result<Vec<String>> {
    super::native::leftovers(settings)
}

/// See [`crate::Engine::remove`].
pub(crate) fn remove(settings: &Settings, name: &str) -> Result<()> {
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(Error::Plan(format!("{name:?} is no name of a buildroot")));
    }
    let dir = settings.work_dir.join(name);
    if let Ok(plan) = crate::Plan::load(&dir.join("plan.json")) {
        command::clean(&settings.mock, &plan)?;
    }
    remove_config(settings, name)?;
    crate::helper::tree::remove(&dir).map_err(Error::io("remove", &dir))
}

fn remove_config(settings: &Settings, name: &str) -> Result<()> {
    let config = config_path(settings, name);
    match std::fs::remove_file(&config) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &config)(e)),
        _ => Ok(()),
    }
}

fn config_path(settings: &Settings, name: &str) -> PathBuf {
    settings.mock.config_dir.join(format!("{name}.cfg"))
}

/// The name mock knows the configuration by: relative to /etc/mock without the ending, else the path.
fn config_name(path: &Path) -> String {
    let inside = path.strip_prefix("/etc/mock").ok().map(|p| p.with_extension(""));
    inside.unwrap_or_else(|| path.to_path_buf()).display().to_string()
}
