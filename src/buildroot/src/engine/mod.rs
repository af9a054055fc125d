//! Engines make and drive buildroots; both sit behind [`Buildroot`].

pub mod mock;
pub mod native;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::outcome::{InstalledPackage, Outcome};
use crate::plan::Plan;

/// Which engine to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// mock when it is installed, else the native one.
    #[default]
    Auto,
    /// mock.
    Mock,
    /// dnf and namespaces.
    Native,
}

/// Where an engine works and with what.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which engine.
    pub engine: Choice,
    /// Command that runs [`crate::helper_main`]: a program and its first arguments.
    pub helper: Vec<OsString>,
    /// Installed roots kept between builds. Made with mode 0700: it holds set-uid programs.
    pub cache_dir: PathBuf,
    /// Buildroots live here, one directory each, named by their plan. Made with mode 0700.
    pub work_dir: PathBuf,
    /// Copy roots even where overlays work.
    pub copy_roots: bool,
    /// Bounds of the cache.
    pub cache_limits: CacheLimits,
    /// How mock is called.
    pub mock: mock::MockSettings,
}

impl Settings {
    /// Settings with the running program as its own helper.
    pub fn new(cache_dir: impl Into<PathBuf>, work_dir: impl Into<PathBuf>) -> Settings {
        Settings {
            engine: Choice::Auto,
            helper: vec!["/proc/self/exe".into(), crate::HELPER_WORD.into()],
            cache_dir: cache_dir.into(),
            work_dir: work_dir.into(),
            copy_roots: false,
            cache_limits: CacheLimits::default(),
            mock: mock::MockSettings::default(),
        }
    }
}

/// How much and how long the cache keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// Bytes on disk.
    pub bytes: u64,
    /// Time since the last use.
    pub age: Duration,
}

impl Default for CacheLimits {
    fn default() -> CacheLimits {
        CacheLimits { bytes: 20 << 30, age: Duration::from_secs(7 * 86400) }
    }
}

/// What a clean-up of the cache did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Roots removed.
    pub removed: usize,
    /// Bytes they took.
    pub freed: u64,
    /// Roots kept.
    pub kept: usize,
    /// Bytes they take.
    pub bytes: u64,
}

/// A way of making buildroots, checked against this machine.
#[derive(Debug, Clone)]
pub struct Engine {
    settings: Settings,
    kind: EngineKind,
}

/// The engine that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// mock.
    Mock,
    /// dnf and namespaces.
    Native,
}

impl Engine {
    /// Chooses an engine and checks that what it needs is here.
    pub fn new(settings: Settings) -> Result<Engine> {
        let kind = match settings.engine {
            Choice::Mock => EngineKind::Mock,
            Choice::Native => EngineKind::Native,
            Choice::Auto if settings.mock.find().is_some() => EngineKind::Mock,
            Choice::Auto => EngineKind::Native,
        };
        match kind {
            EngineKind::Mock => settings.mock.check()?,
            EngineKind::Native => native::check(&settings)?,
        }
        Ok(Engine { settings, kind })
    }

    /// Which engine this is.
    pub fn kind(&self) -> EngineKind {
        self.kind
    }

    /// Prepares a buildroot's directory; nothing is installed before [`Buildroot::init`].
    pub fn create(&self, plan: &Plan) -> Result<Buildroot> {
        plan.check()?;
        if self.maker(&plan.name) != self.kind {
            self.remove(&plan.name)?;
        }
        let inner: Box<dyn Backend> = match self.kind {
            EngineKind::Mock => Box::new(mock::MockRoot::create(&self.settings, plan)?),
            EngineKind::Native => Box::new(native::NativeRoot::create(&self.settings, plan)?),
        };
        Ok(Buildroot { inner })
    }

    /// What made the buildroot of this name: one that is there need not be this engine's.
    fn maker(&self, name: &str) -> EngineKind {
        let dir = self.settings.work_dir.join(name);
        match dir.join("plan.json").is_file() {
            true if native::made(&dir) => EngineKind::Native,
            true => EngineKind::Mock,
            false => self.kind,
        }
    }

    /// Takes up a buildroot that stands in the work directory, as it was left, whichever engine made it.
    pub fn open(&self, name: &str) -> Result<Buildroot> {
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(Error::Plan(format!("{name:?} is no name of a buildroot")));
        }
        let inner: Box<dyn Backend> = match self.maker(name) {
            EngineKind::Mock => Box::new(mock::MockRoot::open(&self.settings, name)?),
            EngineKind::Native => Box::new(native::NativeRoot::open(&self.settings, name)?),
        };
        Ok(Buildroot { inner })
    }

    /// Removes cached roots that are too old or too many; roots in use stay.
    pub fn gc(&self) -> Result<GcReport> {
        match self.kind {
            EngineKind::Mock if !self.settings.cache_dir.exists() => Ok(GcReport::default()),
            _ => native::gc(&self.settings),
        }
    }

    /// Names of the buildroots whose directories exist, e.g. left by a process that was killed.
    pub fn leftovers(&self) -> Result<Vec<String>> {
        match self.kind {
            EngineKind::Mock => mock::leftovers(&self.settings),
            EngineKind::Native => native::leftovers(&self.settings),
        }
    }

    /// Removes such a directory.
    pub fn remove(&self, name: &str) -> Result<()> {
        match self.maker(name) {
            EngineKind::Mock => mock::remove(&self.settings, name),
            EngineKind::Native => native::remove(&self.settings, name),
        }
    }
}

/// A checkout to make a source rpm from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SrpmRequest {
    /// The checkout on the host; it is copied, never written to.
    pub checkout: PathBuf,
    /// The spec file, relative to the checkout.
    pub spec: PathBuf,
    /// Directory of the sources, relative to the checkout (`SOURCES` with rpm layout); the checkout itself when empty.
    pub sources: PathBuf,
    /// Command run inside, in the checkout, to fetch what the repository does not hold.
    pub source_command: Option<Vec<String>>,
    /// rpm's `--target`; Koji uses `noarch`.
    pub target: Option<String>,
}

/// A command to run inside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Working directory inside; the build user's home when absent.
    pub cwd: Option<PathBuf>,
    /// As root instead of the build user. Packages it installs are not known to a later [`Buildroot::rebuild`].
    pub as_root: bool,
    /// With the host's network.
    pub network: bool,
    /// Log the output goes to; `root.log` when absent.
    pub log: Option<String>,
    /// Bounds other than the plan's on time, in seconds.
    pub timeout: Option<u64>,
    /// Kind of the terminal (`TERM`) for [`Buildroot::at_terminal`].
    pub terminal: Option<String>,
}

/// One buildroot. All methods block until done; logs grow meanwhile in [`Buildroot::result_dir`].
pub struct Buildroot {
    inner: Box<dyn Backend>,
}

/// What an engine implements.
pub(crate) trait Backend: Send {
    fn result_dir(&self) -> &Path;
    fn init(&mut self) -> Result<Outcome>;
    fn build_srpm(&mut self, request: &SrpmRequest) -> Result<Outcome>;
    fn rebuild_srpm(&mut self, srpm: &Path) -> Result<Outcome>;
    fn rebuild(&mut self, srpm: &Path, target: Option<&str>) -> Result<Outcome>;
    fn run(&mut self, command: &Command) -> Result<Outcome>;
    fn installed(&mut self) -> Result<Vec<InstalledPackage>>;
    fn plan(&self) -> &Plan;
    fn install(&mut self, words: &[String]) -> Result<Outcome>;
    fn at_terminal(&mut self, command: &Command, tty: &Path) -> Result<i32>;
    fn log_patterns(&self) -> Vec<PathBuf>;
    fn remove(self: Box<Self>) -> Result<()>;
}

impl Buildroot {
    /// Directory of logs and results.
    pub fn result_dir(&self) -> &Path {
        self.inner.result_dir()
    }

    /// The logs that exist now, sorted; call again to see new ones. They only ever grow.
    pub fn logs(&self) -> Vec<PathBuf> {
        let mut logs: Vec<PathBuf> = self.inner.log_patterns().iter().flat_map(|p| expand(p)).collect();
        logs.sort();
        logs.dedup();
        logs
    }

    /// Installs the group: `install @build`.
    pub fn init(&mut self) -> Result<Outcome> {
        self.inner.init()
    }

    /// Makes a source rpm from a checkout.
    pub fn build_srpm(&mut self, request: &SrpmRequest) -> Result<Outcome> {
        self.inner.build_srpm(request)
    }

    /// Unpacks a source rpm and makes it again with this root's rpm and macros.
    pub fn rebuild_srpm(&mut self, srpm: &Path) -> Result<Outcome> {
        self.inner.rebuild_srpm(srpm)
    }

    /// Installs the BuildRequires of a source rpm and builds it; `target` is rpm's `--target`.
    pub fn rebuild(&mut self, srpm: &Path, target: Option<&str>) -> Result<Outcome> {
        self.inner.rebuild(srpm, target)
    }

    /// Runs a command inside.
    pub fn run(&mut self, command: &Command) -> Result<Outcome> {
        self.inner.run(command)
    }

    /// The plan that is followed.
    pub fn plan(&self) -> &Plan {
        self.inner.plan()
    }

    /// Installs more packages, together with the group. What was written in the root stays.
    pub fn install(&mut self, words: &[String]) -> Result<Outcome> {
        self.inner.install(words)
    }

    /// Runs a command, or a login shell when it is empty, at the terminal device `tty`; its exit status.
    pub fn at_terminal(&mut self, command: &Command, tty: &Path) -> Result<i32> {
        self.inner.at_terminal(command, tty)
    }

    /// The packages installed now, sorted; `gpg-pubkey` entries left out.
    pub fn installed(&mut self) -> Result<Vec<InstalledPackage>> {
        self.inner.installed()
    }

    /// Removes the buildroot with its results.
    pub fn remove(self) -> Result<()> {
        self.inner.remove()
    }
}

/// The files whose names match `DIR/prefix*suffix`.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let (Some(dir), Some(name)) = (pattern.parent(), pattern.file_name().and_then(|n| n.to_str())) else {
        return Vec::new();
    };
    let (prefix, suffix) = name.split_once('*').unwrap_or((name, ""));
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .filter(|e| {
            e.file_name().to_str().is_some_and(|n| {
                if name.contains('*') {
                    n.len() >= prefix.len() + suffix.len() && n.starts_with(prefix) && n.ends_with(suffix)
                } else {
                    n == name
                }
            })
        })
        .map(|e| e.path())
        .collect()
}

/// Makes a directory only its owner can enter.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::io("create", path))?;
    let meta = std::fs::metadata(path).map_err(Error::io("read", path))?;
    if meta.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
            .map_err(Error::io("change", path))?;
    }
    Ok(())
}
