//! Taking up a buildroot that an earlier process made, and adding packages to it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::cache::Cache;
use super::super::dnf::Dnf;
use super::super::repo::Source;
use super::super::{Failed, requires};
use super::{Inside, NativeRoot, Ready, not_ready};
use crate::engine::{Command, Settings};
use crate::error::{Error, Result};
use crate::helper::request::BindMount;
use crate::logs::Logs;
use crate::plan::Plan;

const FILE: &str = "layers.json";
/// Where a terminal's commands go that have no output.
const LOG: &str = "shell.log";
/// Where a terminal is seen inside.
const TERMINAL: &str = "/dev/koji-terminal";
/// A terminal has no time limit worth the name.
const TERMINAL_SECONDS: u64 = 30 * 86400;

/// What a root stands on, for the next process.
#[derive(Serialize, Deserialize)]
struct Stack {
    digest: String,
    urls: Vec<String>,
    files: Vec<PathBuf>,
    proxy: Option<String>,
    overlay: bool,
    hostname: String,
    /// The root of the package manager, where the host's is not used.
    #[serde(default)]
    tools: Option<String>,
    group: String,
    requires: Option<String>,
}

impl NativeRoot {
    /// The root of this name as it was left.
    pub(crate) fn open(settings: &Settings, name: &str) -> Result<NativeRoot> {
        let work =
            std::fs::canonicalize(&settings.work_dir).map_err(Error::io("find", &settings.work_dir))?;
        let dir = work.join(name);
        let plan = Plan::load(&dir.join("plan.json"))?;
        let path = dir.join(FILE);
        let text = std::fs::read(&path)
            .map_err(|_| Error::State(format!("the buildroot {name} was never completed: make it again")))?;
        let stack: Stack =
            serde_json::from_slice(&text).map_err(|e| Error::Plan(format!("{}: {e}", path.display())))?;
        let sandbox = super::super::sandbox(settings)?;
        let cache = Cache::new(&settings.cache_dir)?;
        let layer = |key: &str| match cache.get(key)? {
            Ok(layer) => Ok(layer),
            Err(draft) => {
                cache.discard(draft, &sandbox)?;
                Err(Error::State(format!(
                    "the cached packages under the buildroot {name} are gone: make it again"
                )))
            }
        };
        let group = layer(&stack.group)?;
        let tools = match stack.tools.as_deref().map(layer).transpose()? {
            None => None,
            Some(layer) => {
                let own = Dnf::in_root(&layer.fs, plan.mock.package_manager.as_deref());
                let own = own.ok_or_else(|| {
                    Error::State(format!(
                        "the package manager of the buildroot {name} is gone: make it again"
                    ))
                })?;
                Some((layer, own))
            }
        };
        let requires = stack.requires.as_deref().map(layer).transpose()?;
        let source =
            Source { digest: stack.digest, urls: stack.urls, files: stack.files, proxy: stack.proxy };
        let results = dir.join("result");
        Ok(NativeRoot {
            logs: Logs::new(&results, plan.limits.log),
            dnf: Dnf::find(plan.mock.package_manager.as_deref())?,
            plan,
            dir,
            results,
            sandbox,
            cache,
            overlay: stack.overlay,
            hostname: stack.hostname,
            sign_user: settings.mock.user.clone(),
            ready: Some(Ready { source, tools, group, requires }),
            // somebody may have installed something by hand
            touched: true,
        })
    }

    /// Notes what the root stands on.
    pub(super) fn remember(&self) -> Result<()> {
        let ready = self.ready.as_ref().ok_or_else(not_ready)?;
        let stack = Stack {
            digest: ready.source.digest.clone(),
            urls: ready.source.urls.clone(),
            files: ready.source.files.clone(),
            proxy: ready.source.proxy.clone(),
            overlay: self.overlay,
            hostname: self.hostname.clone(),
            tools: ready.tools.as_ref().map(|(layer, _)| layer.meta.key.clone()),
            group: ready.group.meta.key.clone(),
            requires: ready.requires.as_ref().map(|l| l.meta.key.clone()),
        };
        let text = serde_json::to_vec(&stack).map_err(|e| Error::Plan(e.to_string()))?;
        crate::files::write_atomic(&self.dir.join(FILE), &text)
    }

    /// Installs packages with the group, keeping the BuildRequires of the last build and what was written.
    pub(in super::super) fn add(&mut self, words: &[String]) -> Result<std::result::Result<(), Failed>> {
        let ready = self.ready.as_ref().ok_or_else(not_ready)?;
        if !ready.source.files.is_empty() {
            return Err(Error::State(
                "this buildroot is an exact list of packages, as a server recorded it: nothing can be added"
                    .into(),
            ));
        }
        let mut plan = self.plan.clone();
        plan.setup_packages.extend(words.iter().filter(|w| !self.plan.setup_packages.contains(w)).cloned());
        let old = std::mem::replace(&mut self.plan, plan);
        let made = self.make(|maker, _, logs| maker.group(logs));
        let layer = match made {
            Ok(Ok(layer)) => layer,
            other => {
                self.plan = old;
                return other.map(|r| r.map(drop));
            }
        };
        let ready = self.ready.as_mut().ok_or_else(not_ready)?;
        ready.group = layer;
        let last = ready.requires.take().and_then(|_| last_srpm(&self.dir.join("deps")));
        self.plan.save(&self.dir.join("plan.json"))?;
        if let Some(srpm) = last
            && let Ok(wanted) = requires::read(&srpm)
        {
            return self.require(&wanted.words, &srpm);
        }
        self.restack()?;
        self.remember()?;
        self.log_installed()?;
        Ok(Ok(()))
    }

    /// Runs a command at a terminal; its exit status.
    ///
    /// The terminal is opened by root inside, to whom it belongs, and handed on to the build user.
    pub(in super::super) fn at_terminal(&mut self, command: &Command, tty: &Path) -> Result<i32> {
        let user = self.plan.user.clone();
        let cwd = command
            .cwd
            .clone()
            .unwrap_or_else(|| if command.as_root { "/root".into() } else { user.home.clone() });
        let shell = if command.argv.is_empty() {
            "/bin/bash --login".to_owned()
        } else {
            command.argv.iter().map(|w| super::super::env::quote(w)).collect::<Vec<_>>().join(" ")
        };
        let become_user = if command.as_root {
            String::new()
        } else {
            format!("chroot --skip-chdir --userspec={}:{} --groups= / ", user.uid, user.gid)
        };
        let home = if command.as_root { PathBuf::from("/root") } else { user.home.clone() };
        let script = format!(
            "exec <{TERMINAL} >{TERMINAL} 2>&1\nexport HOME={} TERM={}\nunset PROMPT_COMMAND\ncd {} || cd /\nexec {become_user}{shell}",
            super::super::env::quote(&home.display().to_string()),
            super::super::env::quote(command.terminal.as_deref().unwrap_or("vt100")),
            super::super::env::quote(&cwd.display().to_string()),
        );
        if !command.as_root {
            // writes the macros of the build user
            self.inside(Inside { as_root: false, ..Inside::of(["/bin/true"], LOG) })?;
        }
        let (ran, _) = self.inside(Inside {
            network: command.network,
            timeout: Some(command.timeout.unwrap_or(TERMINAL_SECONDS)),
            binds: vec![BindMount { source: tty.into(), target: TERMINAL.into(), writable: true }],
            ..Inside::of(["/bin/bash", "-c", &script], LOG)
        })?;
        Ok(super::super::env::code(ran.end))
    }
}

/// The source rpm whose BuildRequires were installed last.
fn last_srpm(dir: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?.flatten();
    entries
        .map(|e| e.path())
        .filter(|p| p.to_string_lossy().ends_with(".src.rpm"))
        .max_by_key(|p| p.metadata().and_then(|m| m.modified()).ok())
}
