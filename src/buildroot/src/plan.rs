//! The plan: everything that decides what a buildroot is, in one value that can be written to a file and replayed.

mod extra;
mod macros;

pub(crate) use extra::truth;
pub use extra::{ExtraError, ExtraMap};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The build group of a tag that builds rpms.
pub const BUILD_GROUP: &str = "build";
/// The group of a tag that makes source rpms from a checkout.
pub const SRPM_BUILD_GROUP: &str = "srpm-build";

/// What a buildroot is made of and how closed it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Layout of this document; only [`Plan::VERSION`] is read.
    pub version: u32,
    /// Directory and mock root name; Koji's form is `<tag>-<buildroot id>-<repo id>`.
    pub name: String,
    /// What the hub knows this buildroot as; absent for local ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<Managed>,
    /// Where the packages come from.
    pub packages: Packages,
    /// The comps group installed first, `build` or `srpm-build`.
    pub group: String,
    /// Packages installed together with the group.
    #[serde(default)]
    pub setup_packages: Vec<String>,
    /// Architecture of the repository, canonical (`x86_64`, `i386`).
    pub arch: String,
    /// Architecture rpm builds for inside; differs from `arch` for `armhfp` (`armv7hl`).
    pub target_arch: String,
    /// rpm macros, names with their `%`, as they go into `~/.rpmmacros`.
    pub macros: BTreeMap<String, String>,
    /// Environment variables added to the build's clean environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// The unprivileged user that builds.
    pub user: BuildUser,
    /// Who may reach the network.
    pub network: Network,
    /// Bounds on one command.
    pub limits: Limits,
    /// Host paths visible inside.
    #[serde(default)]
    pub binds: Vec<Bind>,
    /// Files written into the root after it is made: path without leading slash, text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Host name seen inside, and so the rpms' `Buildhost`; the machine's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// HTTP proxy for the package manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Settings a tag carries for mock.
    #[serde(default)]
    pub mock: MockExtra,
}

/// Ids at the hub; they open the mock configuration as comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// Buildroot id.
    pub buildroot_id: i64,
    /// Repo id.
    pub repo_id: i64,
    /// Name of the build tag.
    pub tag_name: String,
}

/// Where packages come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packages {
    /// One repository reached by any of these base URLs (mirrors of each other, as Koji's topurls), `file:` or `http(s):`.
    Repo(Vec<String>),
    /// Exactly these rpms, nothing else; used to make a recorded buildroot again.
    Exact(Vec<ExactRpm>),
}

/// One rpm of an exact list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExactRpm {
    /// The file on this machine.
    pub path: PathBuf,
    /// sha256 of the file, lower-case hex; checked before use.
    pub sha256: String,
}

/// The user a build runs as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildUser {
    /// User name inside.
    pub name: String,
    /// Its numeric id.
    pub uid: u32,
    /// Group name inside.
    pub group: String,
    /// Its numeric id.
    pub gid: u32,
    /// Home directory; `build` beneath it is rpm's `_topdir`.
    pub home: PathBuf,
}

impl Default for BuildUser {
    /// mock's names and numbers.
    fn default() -> BuildUser {
        BuildUser {
            name: "mockbuild".into(),
            uid: 1000,
            group: "mock".into(),
            gid: 135,
            home: "/builddir".into(),
        }
    }
}

/// Who may reach the network from inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Nobody: a loopback interface and nothing else.
    None,
    /// Only the command that fetches sources; rpmbuild stays closed (the native engine; mock knows no such split).
    SourceCommand,
    /// Every command.
    All,
}

/// Bounds on one command inside; `None` means the machine's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds of wall clock for one command; mock's `rpmbuild_timeout`.
    pub timeout: u64,
    /// Bytes the buildroot may write in all.
    #[serde(default)]
    pub disk: Option<u64>,
    /// Files and directories the buildroot may make in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Bytes of free space on the work file system below which a build is stopped.
    #[serde(default)]
    pub min_free: Option<u64>,
    /// Bytes of memory: of all processes and of /dev/shm where a cgroup can be made, else of each process.
    #[serde(default)]
    pub memory: Option<u64>,
    /// Processes and threads at one time.
    #[serde(default)]
    pub processes: Option<u64>,
    /// Bytes of one log file.
    pub log: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            timeout: 86400,
            disk: None,
            files: None,
            min_free: Some(256 << 20),
            memory: None,
            processes: Some(32768),
            log: 1 << 30,
        }
    }
}

/// One host path made visible inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bind {
    /// Path on the host.
    pub source: PathBuf,
    /// Absolute path inside.
    pub target: PathBuf,
    /// Whether the inside may write to it.
    pub writable: bool,
}

/// The `mock.*` settings of a tag, and what else only the mock configuration carries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MockExtra {
    /// mock's base directory; `/var/lib/mock` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basedir: Option<PathBuf>,
    /// `mock.package_manager`: `dnf`, `dnf5`, `yum`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<String>,
    /// `mock.forcearch`: install for `target_arch` although the machine is another one.
    #[serde(default)]
    pub forcearch: bool,
    /// `mock.yum.module_hotfixes`.
    #[serde(default)]
    pub module_hotfixes: bool,
    /// `mock.yum.best`; 0 is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<i64>,
    /// mock's sign plugin: `mock.plugin_conf.sign_enable`, `sign_opts.cmd`, `sign_opts.opts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<SignPlugin>,
    /// `mock.module_setup_commands`, mock's own list of pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_setup_commands: Option<serde_json::Value>,
    /// `mock.releasever`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub releasever: Option<serde_json::Value>,
    /// `mock.new_chroot`: `--new-chroot` when true, `--old-chroot` when false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_chroot: Option<bool>,
    /// `mock.use_bootstrap`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_bootstrap: Option<bool>,
    /// `mock.bootstrap_image`, when the builder allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_image: Option<String>,
    /// `mock.bootstrap_image_ready`: adds `--bootstrap-image-ready`.
    #[serde(default)]
    pub bootstrap_image_ready: bool,
    /// `internal_dev_setup`, written only when set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_dev_setup: Option<bool>,
}

/// Settings of mock's sign plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignPlugin {
    /// `sign_enable`.
    pub enable: serde_json::Value,
    /// `sign_opts.cmd`.
    pub cmd: serde_json::Value,
    /// `sign_opts.opts`.
    pub opts: serde_json::Value,
}

/// What a builder's own configuration adds to every plan (names of kojid.conf).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// `vendor`.
    pub vendor: String,
    /// `packager`.
    pub packager: String,
    /// `distribution`.
    pub distribution: String,
    /// `mockhost`: the tail of `%_host`.
    pub mockhost: String,
    /// `mock_bootstrap_image`: whether tags may name a bootstrap image.
    pub bootstrap_image: bool,
}

impl Default for Site {
    fn default() -> Site {
        Site {
            vendor: "Koji".into(),
            packager: "Koji".into(),
            distribution: "Koji".into(),
            mockhost: "koji-linux-gnu".into(),
            bootstrap_image: false,
        }
    }
}

impl Plan {
    /// Layout written by this version.
    pub const VERSION: u32 = 1;

    /// A plan for one repository of a build tag.
    ///
    /// `arch` is the repository's (canonical) architecture, `extra` the tag's extra settings with inheritance applied
    /// (the `extra` of `getBuildConfig`).
    pub fn for_tag(
        name: &str,
        arch: &str,
        packages: Packages,
        group: &str,
        site: &Site,
        extra: &ExtraMap,
    ) -> Result<Plan> {
        let target_arch = if arch == "armhfp" { "armv7hl" } else { arch };
        let mut plan = Plan {
            version: Plan::VERSION,
            name: name.into(),
            managed: None,
            packages,
            group: group.into(),
            setup_packages: Vec::new(),
            arch: arch.into(),
            target_arch: target_arch.into(),
            macros: BTreeMap::new(),
            environment: BTreeMap::new(),
            user: BuildUser::default(),
            network: Network::None,
            limits: Limits::default(),
            binds: Vec::new(),
            files: BTreeMap::new(),
            hostname: None,
            proxy: None,
            mock: MockExtra::default(),
        };
        extra::apply(&mut plan, site, extra).map_err(|e| Error::Plan(e.to_string()))?;
        plan.check()?;
        Ok(plan)
    }

    /// The set-up command of mock's configuration: `install @build`.
    pub fn setup_command(&self) -> String {
        let mut text = format!("install @{}", self.group);
        for package in &self.setup_packages {
            text.push(' ');
            text.push_str(package);
        }
        text
    }

    /// Refuses names and paths that would leave their place.
    pub fn check(&self) -> Result<()> {
        let bad = |text: String| Err(Error::Plan(text));
        if self.version != Plan::VERSION {
            return bad(format!(
                "it has layout {}, this program reads layout {}",
                self.version,
                Plan::VERSION
            ));
        }
        let word = |s: &str| {
            !s.is_empty()
                && s.len() <= 255
                && !s.starts_with(['.', '-'])
                && s.chars().all(|c| c.is_ascii_alphanumeric() || "._+~^-".contains(c))
        };
        for (what, value) in [
            ("name", &self.name),
            ("group", &self.group),
            ("arch", &self.arch),
            ("target_arch", &self.target_arch),
            ("user name", &self.user.name),
            ("group name", &self.user.group),
        ] {
            if !word(value) {
                return bad(format!("its {what} {value:?} is not a plain word"));
            }
        }
        if self.user.uid == 0 || self.user.gid == 0 {
            return bad("the build user must not be root".into());
        }
        if let Packages::Repo(urls) = &self.packages
            && urls.is_empty()
        {
            return bad("it names no repository".into());
        }
        for (name, value) in self.macros.iter().chain(&self.environment) {
            if name.is_empty() || name.contains(['\n', '\0', '=']) || value.contains('\0') {
                return bad(format!("the macro or variable {name:?} is not well formed"));
            }
        }
        for path in self.files.keys() {
            let inside = Path::new(path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
            if path.is_empty() || !inside {
                return bad(format!("the file {path:?} is not a relative path without `..`"));
            }
        }
        Ok(())
    }

    /// Reads a plan written by [`Plan::save`].
    pub fn load(path: &Path) -> Result<Plan> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        let plan: Plan =
            serde_json::from_str(&text).map_err(|e| Error::Plan(format!("{}: {e}", path.display())))?;
        plan.check()?;
        Ok(plan)
    }

    /// Writes the plan as JSON, atomically.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Plan(e.to_string()))?;
        crate::files::write_atomic(path, (text + "\n").as_bytes())
    }
}
