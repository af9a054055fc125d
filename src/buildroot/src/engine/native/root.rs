//! One native buildroot: its directory, its layers, and running things in it.

mod open;

use std::path::{Path, PathBuf};

use crate::engine::{Settings, private_dir};
use crate::error::{Error, Result};
use crate::helper::request::{BindMount, Collect, Content, Exec, Root, Run, RunLimits, Tree, WriteFile};
use crate::logs::Logs;
use crate::outcome::{Outcome, ResultFile};
use crate::plan::{Network, Plan};
use crate::verdict::{Kind, Verdict};

use super::cache::{Cache, Layer};
use super::dnf::Dnf;
use super::layers::Maker;
use super::repo::{self, Source};
use super::sandbox::{Ran, Sandbox};
use super::{Failed, env, hardware, machine, packages, probe};

/// Bytes all result files of a build may take when the plan sets no limit on the disk.
const RESULT_BYTES: u64 = 64 << 30;

/// Where a root keeps what is written in it.
pub(super) const UPPER: &str = "upper";

/// A buildroot in `WORK/NAME`: `plan.json`, `result/`, and what the build writes in `upper/` (or `root/` as a copy).
pub(crate) struct NativeRoot {
    pub(super) plan: Plan,
    pub(super) dir: PathBuf,
    pub(super) results: PathBuf,
    pub(super) logs: Logs,
    sandbox: Sandbox,
    cache: Cache,
    dnf: Dnf,
    overlay: bool,
    hostname: String,
    /// Who runs the sign command when the caller is root.
    pub(super) sign_user: Option<String>,
    ready: Option<Ready>,
    /// A command ran as root: the list of packages may have changed.
    pub(super) touched: bool,
}

/// What stands after `init`.
struct Ready {
    source: Source,
    /// The package manager's own root, where the host's is not used.
    tools: Option<(Layer, Dnf)>,
    group: Layer,
    requires: Option<Layer>,
}

/// One command inside.
pub(super) struct Inside<'a> {
    pub argv: Vec<String>,
    pub log: &'a str,
    pub as_root: bool,
    pub network: bool,
    pub cwd: PathBuf,
    pub write: Vec<WriteFile>,
    pub binds: Vec<BindMount>,
    pub collect: Option<Collect>,
    pub timeout: Option<u64>,
}

impl<'a> Inside<'a> {
    /// The command as root, in `/`, without network.
    pub(super) fn of<W: Into<String>>(argv: impl IntoIterator<Item = W>, log: &'a str) -> Inside<'a> {
        Inside {
            argv: argv.into_iter().map(Into::into).collect(),
            log,
            as_root: true,
            network: false,
            cwd: "/".into(),
            write: Vec::new(),
            binds: Vec::new(),
            collect: None,
            timeout: None,
        }
    }
}

impl NativeRoot {
    pub(crate) fn create(settings: &Settings, plan: &Plan) -> Result<NativeRoot> {
        machine::check(&plan.target_arch)?;
        let sandbox = super::sandbox(settings)?;
        let cache = Cache::new(&settings.cache_dir)?;
        let overlay = probe::overlay(settings, &cache, &sandbox)? && !settings.copy_roots;
        std::fs::create_dir_all(&settings.work_dir).map_err(Error::io("create", &settings.work_dir))?;
        let work =
            std::fs::canonicalize(&settings.work_dir).map_err(Error::io("find", &settings.work_dir))?;
        let dir = work.join(&plan.name);
        // Left by a process that was killed.
        sandbox.remove(&dir)?;
        private_dir(&dir)?;
        let results = dir.join("result");
        for name in ["result", "deps", UPPER, "work", "mnt", "root"] {
            let path = dir.join(name);
            std::fs::create_dir(&path).map_err(Error::io("create", &path))?;
        }
        plan.save(&dir.join("plan.json"))?;
        let hostname = match &plan.hostname {
            Some(name) => name.clone(),
            None => nix::unistd::gethostname()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_else(|_| "localhost".into()),
        };
        Ok(NativeRoot {
            logs: Logs::new(&results, plan.limits.log),
            dnf: Dnf::find(plan.mock.package_manager.as_deref())?,
            plan: plan.clone(),
            dir,
            results,
            sandbox,
            cache,
            overlay,
            hostname,
            sign_user: settings.mock.user.clone(),
            ready: None,
            touched: false,
        })
    }

    /// Installs the group, or finds it installed.
    pub(super) fn prepare(&mut self) -> Result<std::result::Result<(), Failed>> {
        let hardware = hardware::describe(&self.dir);
        self.logs.append("hw_info.log", &hardware)?;
        self.logs.root(&format!("engine: native, koji-buildroot {}", env!("CARGO_PKG_VERSION")))?;
        let source = match repo::pin(&self.plan.packages, self.plan.proxy.as_deref()) {
            Ok(source) => source,
            Err(Error::Repo { url, reason }) => {
                let line = format!("cannot read the repository {url}: {reason}");
                self.logs.root(&line)?;
                let verdict =
                    Verdict { kind: Kind::RepoUnavailable, log: Some("root.log"), lines: vec![line] };
                return Ok(Err(Failed { status: 30, verdict }));
            }
            Err(e) => return Err(e),
        };
        let mut tools = None;
        if self.plan.mock.use_bootstrap == Some(true) {
            match self.bootstrap(&source)? {
                Ok(made) => tools = Some(made),
                Err(failed) => return Ok(Err(failed)),
            }
        }
        let mut made = self.group(&source, tools.as_ref())?;
        if let Err(failed) = &made
            && self.plan.mock.use_bootstrap.is_none()
            && failed.other_kind()
        {
            self.logs.root(
                "this machine's rpm does not suit these packages; trying with the distribution's own",
            )?;
            // Without a package manager in the repository the first failure is the one to tell.
            if let Ok(own) = self.bootstrap(&source)? {
                made = self.group(&source, Some(&own))?;
                tools = Some(own);
            }
        }
        let group = match made {
            Ok(layer) => layer,
            Err(failed) => return Ok(Err(failed)),
        };
        self.ready = Some(Ready { source, tools, group, requires: None });
        self.restack()?;
        self.remember()?;
        self.log_installed()?;
        Ok(Ok(()))
    }

    fn group(
        &mut self,
        source: &Source,
        tools: Option<&(Layer, Dnf)>,
    ) -> Result<std::result::Result<Layer, Failed>> {
        let (cache, sandbox, plan) = (&self.cache, &self.sandbox, &self.plan);
        Self::maker(cache, sandbox, &self.dnf, tools, plan, source, self.overlay, &self.hostname)
            .group(&mut self.logs)
    }

    /// The package manager of the target distribution in a root of its own.
    fn bootstrap(&mut self, source: &Source) -> Result<std::result::Result<(Layer, Dnf), Failed>> {
        let (cache, sandbox, plan) = (&self.cache, &self.sandbox, &self.plan);
        let maker = Self::maker(cache, sandbox, &self.dnf, None, plan, source, self.overlay, &self.hostname);
        let layer = match maker.tooling(&mut self.logs)? {
            Ok(layer) => layer,
            Err(failed) => return Ok(Err(failed)),
        };
        let Some(dnf) = Dnf::in_root(&layer.fs, plan.mock.package_manager.as_deref()) else {
            let line =
                "the packages of dnf were installed, but /usr/bin has neither dnf-3 nor dnf5".to_string();
            self.logs.root(&line)?;
            let verdict = Verdict { kind: Kind::InstallFailed, log: Some("root.log"), lines: vec![line] };
            return Ok(Err(Failed { status: 30, verdict }));
        };
        Ok(Ok((layer, dnf)))
    }

    /// Puts the layer with these BuildRequires under the root. What the build user wrote so far stays.
    pub(super) fn require(
        &mut self,
        words: &[String],
        srpm: &Path,
    ) -> Result<std::result::Result<(), Failed>> {
        if words.is_empty() {
            return Ok(Ok(()));
        }
        match self.make(|maker, ready, logs| maker.requires(&ready.group, words, srpm, logs))? {
            Ok(layer) => self.ready.as_mut().ok_or_else(not_ready)?.requires = Some(layer),
            Err(failed) => return Ok(Err(failed)),
        }
        self.restack()?;
        self.remember()?;
        self.log_installed()?;
        Ok(Ok(()))
    }

    /// Makes a layer for the root as it stands.
    fn make<T>(&mut self, work: impl FnOnce(&Maker<'_>, &Ready, &mut Logs) -> Result<T>) -> Result<T> {
        let ready = self.ready.as_ref().ok_or_else(not_ready)?;
        let (cache, sandbox, plan, tools) = (&self.cache, &self.sandbox, &self.plan, ready.tools.as_ref());
        let (overlay, hostname) = (self.overlay, &self.hostname);
        let maker = Self::maker(cache, sandbox, &self.dnf, tools, plan, &ready.source, overlay, hostname);
        work(&maker, ready, &mut self.logs)
    }

    #[allow(clippy::too_many_arguments)]
    fn maker<'a>(
        cache: &'a Cache,
        sandbox: &'a Sandbox,
        dnf: &'a Dnf,
        tools: Option<&'a (Layer, Dnf)>,
        plan: &'a Plan,
        source: &'a Source,
        overlay: bool,
        hostname: &'a str,
    ) -> Maker<'a> {
        let (tools, dnf) = match tools {
            Some((layer, own)) => (Some(layer), own),
            None => (None, dnf),
        };
        Maker { cache, sandbox, dnf, tools, plan, source, overlay, hostname }
    }

    /// Without overlays a new layer means a new copy, into which the build user's home is moved.
    fn restack(&mut self) -> Result<()> {
        if self.overlay {
            return Ok(());
        }
        let layer = self.layer()?;
        let (root, old) = (self.dir.join("root"), self.dir.join("old"));
        std::fs::rename(&root, &old).map_err(Error::io("move", &root))?;
        std::fs::create_dir(&root).map_err(Error::io("create", &root))?;
        self.sandbox.copy(&layer.fs, &root)?;
        let home = self.plan.user.home.strip_prefix("/").unwrap_or(&self.plan.user.home).to_path_buf();
        if old.join(&home).is_dir() {
            self.sandbox.remove(&root.join(&home))?;
            std::fs::rename(old.join(&home), root.join(&home)).map_err(Error::io("move", &old))?;
        }
        self.sandbox.remove(&old)
    }

    /// The layer the root stands on now.
    pub(super) fn layer(&self) -> Result<&Layer> {
        let ready = self.ready.as_ref().ok_or_else(not_ready)?;
        Ok(ready.requires.as_ref().unwrap_or(&ready.group))
    }

    fn tree(&self) -> Result<Tree> {
        let ready = self.ready.as_ref().ok_or_else(not_ready)?;
        if !self.overlay {
            return Ok(Tree::Directory(self.dir.join("root")));
        }
        let lowers = ready.requires.iter().chain(Some(&ready.group)).map(|l| l.fs.clone()).collect();
        Ok(Tree::Overlay { lowers, upper: self.dir.join(UPPER), work: self.dir.join("work") })
    }

    /// Runs a command inside and logs it; the end of its output comes back for the verdict.
    pub(super) fn inside(&mut self, command: Inside<'_>) -> Result<(Ran, String)> {
        let user = &self.plan.user;
        let (uid, gid) = if command.as_root { (0, 0) } else { (user.uid, user.gid) };
        let mut environment = env::build(&self.plan, &self.hostname);
        let mut write = command.write;
        if command.as_root {
            self.touched = true;
            environment.insert("HOME".into(), "/root".into());
        } else {
            write.push(self.macros());
        }
        let exec = Exec { argv: command.argv, env: environment, cwd: command.cwd, uid, gid };
        self.logs.executing(command.log, &exec.argv, &exec.env)?;
        let limits = &self.plan.limits;
        let mut binds: Vec<BindMount> = self
            .plan
            .binds
            .iter()
            .map(|b| BindMount { source: b.source.clone(), target: b.target.clone(), writable: b.writable })
            .collect();
        binds.extend(command.binds);
        let run = Run {
            userns: None,
            root: Root::Inside(self.tree()?),
            mount_point: self.dir.join("mnt"),
            network: command.network,
            hostname: self.hostname.clone(),
            binds,
            write,
            exec: Some(exec),
            collect: command.collect,
            limits: RunLimits {
                timeout: command.timeout.unwrap_or(limits.timeout),
                disk: limits.disk,
                files: limits.files,
                min_free: limits.min_free,
                memory: limits.memory,
                processes: limits.processes,
            },
            personality32: env::is_32_bit(&self.plan.target_arch),
        };
        let mut sink = self.logs.sink(command.log)?;
        let ran = self.sandbox.run(run, &mut sink)?;
        let tail = sink.into_tail();
        let line = format!("Child return code was: {}", env::code(ran.end));
        if command.log == "root.log" {
            self.logs.root(&line)?;
        } else {
            self.logs.append(command.log, &format!("{line}\n"))?;
        }
        Ok((ran, tail))
    }

    fn macros(&self) -> WriteFile {
        let mut text = String::new();
        for (name, value) in &self.plan.macros {
            // A line break would end the macro; rpm continues a line after a backslash.
            text.push_str(&format!("{name} {}\n", value.replace('\n', "\\\n")));
        }
        WriteFile { path: self.plan.user.home.join(".rpmmacros"), content: Content::Text(text), mode: 0o644 }
    }

    /// Files the plan puts into the root, written once, as root.
    pub(super) fn plan_files(&mut self) -> Result<()> {
        if self.plan.files.is_empty() {
            return Ok(());
        }
        let write = self
            .plan
            .files
            .iter()
            .map(|(path, text)| WriteFile {
                path: Path::new("/").join(path),
                content: Content::Text(text.clone()),
                mode: 0o644,
            })
            .collect();
        self.inside(Inside { write, ..Inside::of(["/bin/true"], "root.log") })?;
        self.touched = false;
        Ok(())
    }

    fn log_installed(&mut self) -> Result<()> {
        let path = self.results.join("installed_pkgs.log");
        let list = &self.layer()?.meta.installed;
        crate::files::write_atomic(&path, packages::log(list).as_bytes())
    }

    /// Where results go and how many bytes they may take.
    pub(super) fn collect(&self, from: &[&str], to: &Path) -> Collect {
        let build = self.plan.user.home.join("build");
        Collect {
            from: from.iter().map(|d| build.join(d)).collect(),
            to: to.into(),
            max_bytes: self.plan.limits.disk.unwrap_or(RESULT_BYTES),
        }
    }

    /// Whether the command that fetches sources, or rpmbuild, may use the network.
    pub(super) fn network(&self, fetching: bool) -> bool {
        match self.plan.network {
            Network::None => false,
            Network::SourceCommand => fetching,
            Network::All => true,
        }
    }

    pub(super) fn chown(&self, path: &Path) -> Result<()> {
        self.sandbox.chown(path, self.plan.user.uid, self.plan.user.gid)
    }

    pub(super) fn remove_tree(&self, path: &Path) -> Result<()> {
        self.sandbox.remove(path)
    }

    /// Ends a step.
    pub(super) fn outcome(&mut self, end: std::result::Result<(), Failed>) -> Result<Outcome> {
        let (status, verdict) = match end {
            Ok(()) => (0, Verdict::success()),
            Err(failed) => (failed.status, failed.verdict),
        };
        if status != 0 {
            self.logs.append("state.log", &format!("failed: {verdict}\n"))?;
        }
        Ok(Outcome { status, verdict, results: results(&self.results)?, phases: self.logs.take_phases() })
    }
}

fn not_ready() -> Error {
    Error::State("the buildroot is not ready: init was not called or failed".into())
}

fn results(dir: &Path) -> Result<Vec<ResultFile>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(Error::io("read", dir))?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if let Ok(meta) = entry.metadata()
            && name.ends_with(".rpm")
            && meta.is_file()
        {
            found.push(ResultFile { name, path: entry.path(), size: meta.len() });
        }
    }
    found.sort();
    Ok(found)
}
