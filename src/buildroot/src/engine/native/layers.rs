//! Makes the layers a buildroot stands on: the group, and the group with BuildRequires.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::helper::request::{BindMount, Content, Exec, Root, Run, RunLimits, Tree, WriteFile};
use crate::logs::Logs;
use crate::plan::Plan;
use crate::verdict::{Kind, Verdict};

use super::cache::{Cache, Draft, ENGINE_VERSION, Layer, Meta, boot_id};
use super::dnf::{self, Dnf, Step, Work};
use super::repo::Source;
use super::sandbox::{End, Keep, Sandbox};
use super::{Failed, packages, reach};

/// Where rpm's database goes until the root's own rpm says otherwise.
const FIRST_DBPATH: &str = "/var/lib/rpm";
/// The source rpm whose BuildRequires are installed, in the package manager's view.
const BUILD_DEP: &str = "/tmp/build.src.rpm";
/// Separates the set-up script's answers.
const MARK: &str = "=== koji buildroot: packages ===";

/// Everything the making of a layer needs.
pub(super) struct Maker<'a> {
    pub cache: &'a Cache,
    pub sandbox: &'a Sandbox,
    pub dnf: &'a Dnf,
    /// The root of the target distribution that `dnf` is in; the host's when absent.
    pub tools: Option<&'a Layer>,
    pub plan: &'a Plan,
    pub source: &'a Source,
    /// Layers are differences where overlays work, else whole copies.
    pub overlay: bool,
    pub hostname: &'a str,
}

impl Maker<'_> {
    /// The layer of the plan's group.
    pub(super) fn group(&self, logs: &mut Logs) -> Result<std::result::Result<Layer, Failed>> {
        let key = self.key(&GroupKey {
            engine: ENGINE_VERSION,
            five: self.dnf.five,
            tools: self.tools.map(|layer| layer.meta.key.as_str()),
            overlay: self.overlay,
            packages: &self.source.digest,
            exact: self.source.files.is_empty(),
            arch: &self.plan.target_arch,
            setup: self.plan.setup_command(),
            mock: (&self.plan.mock.forcearch, &self.plan.mock.module_hotfixes, &self.plan.mock.best),
            releasever: &self.plan.mock.releasever,
            modules: &self.plan.mock.module_setup_commands,
            user: &self.plan.user,
            ids: self.sandbox.ids(),
        })?;
        let draft = match self.cache.get(&key)? {
            Ok(layer) => {
                logs.root(&format!("the root of {} is in the cache: {key}", self.plan.setup_command()))?;
                return Ok(Ok(layer));
            }
            Err(draft) => draft,
        };
        logs.start("installing minimal buildroot with dnf")?;
        let tree = Tree::Directory(draft.fs.clone());
        for work in dnf::modules(self.plan)? {
            if let Some(failed) =
                self.install(&tree, &draft.dir.join("mnt"), &work, None, Path::new(FIRST_DBPATH), logs)?
            {
                self.cache.discard(draft, self.sandbox)?;
                return Ok(Err(failed));
            }
        }
        let mut words: Vec<String> = self.source.files.iter().map(|p| p.display().to_string()).collect();
        if words.is_empty() {
            words.push(format!("@{}", self.plan.group));
        }
        words.extend(self.plan.setup_packages.iter().cloned());
        let layer =
            self.make(draft, tree, &Work::Install(words), None, Path::new(FIRST_DBPATH), &key, logs)?;
        logs.finish()?;
        Ok(layer)
    }

    /// A root of the target distribution that holds no more than its package manager, made by the host's.
    ///
    /// Its own database of packages is never asked, so it may be of a kind that its rpm cannot read.
    pub(super) fn tooling(&self, logs: &mut Logs) -> Result<std::result::Result<Layer, Failed>> {
        let words: &[&str] = match self.plan.mock.package_manager.as_deref() {
            Some("dnf5") => &["dnf5", "dnf5-plugins"],
            _ => &["dnf", "dnf-plugins-core"],
        };
        let key = self.key(&(
            ("tooling", ENGINE_VERSION, self.dnf.five, self.overlay),
            (&self.source.digest, &self.plan.target_arch, words, self.sandbox.ids()),
            (self.plan.mock.forcearch, &self.plan.mock.releasever),
        ))?;
        let draft = match self.cache.get(&key)? {
            Ok(layer) => return Ok(Ok(layer)),
            Err(draft) => draft,
        };
        logs.start("installing dnf tooling")?;
        let tree = Tree::Directory(draft.fs.clone());
        self.system_directories(&draft.fs)?;
        let work = Work::Install(words.iter().map(|w| (*w).to_string()).collect());
        let mount_point = draft.dir.join("mnt");
        if let Some(failed) = self.install(&tree, &mount_point, &work, None, Path::new(FIRST_DBPATH), logs)? {
            self.cache.discard(draft, self.sandbox)?;
            return Ok(Err(failed));
        }
        let layer = self.publish(draft, &key, FIRST_DBPATH.into(), Vec::new())?;
        logs.finish()?;
        Ok(Ok(layer))
    }

    /// The layer of the group and these BuildRequires; `srpm` is the file that names them.
    pub(super) fn requires(
        &self,
        group: &Layer,
        words: &[String],
        srpm: &Path,
        logs: &mut Logs,
    ) -> Result<std::result::Result<Layer, Failed>> {
        let key = self.key(&(&group.meta.key, &group.meta.made, words))?;
        let draft = match self.cache.get(&key)? {
            Ok(layer) => {
                logs.root(&format!("the root with the BuildRequires is in the cache: {key}"))?;
                return Ok(Ok(layer));
            }
            Err(draft) => draft,
        };
        let tree = if self.overlay {
            Tree::Overlay {
                lowers: vec![group.fs.clone()],
                upper: draft.fs.clone(),
                work: draft.dir.join("work"),
            }
        } else {
            self.sandbox.copy(&group.fs, &draft.fs)?;
            Tree::Directory(draft.fs.clone())
        };
        self.make(draft, tree, &Work::BuildDep(BUILD_DEP.into()), Some(srpm), &group.meta.dbpath, &key, logs)
    }

    fn key(&self, of: &impl Serialize) -> Result<String> {
        let text = serde_json::to_vec(of).map_err(|e| Error::Plan(e.to_string()))?;
        Ok(hex::encode(Sha256::digest(text)))
    }

    #[allow(clippy::too_many_arguments)]
    fn make(
        &self,
        draft: Draft,
        tree: Tree,
        work: &Work,
        srpm: Option<&Path>,
        dbpath: &Path,
        key: &str,
        logs: &mut Logs,
    ) -> Result<std::result::Result<Layer, Failed>> {
        if matches!(tree, Tree::Directory(_)) {
            self.system_directories(&draft.fs)?;
        }
        let mount_point = draft.dir.join("mnt");
        if let Some(failed) = self.install(&tree, &mount_point, work, srpm, dbpath, logs)? {
            self.cache.discard(draft, self.sandbox)?;
            return Ok(Err(failed));
        }
        let (dbpath, installed) = match self.settle(&tree, &mount_point, dbpath, logs)? {
            Ok(done) => done,
            Err(failed) => {
                self.cache.discard(draft, self.sandbox)?;
                return Ok(Err(failed));
            }
        };
        self.publish(draft, key, dbpath, installed).map(Ok)
    }

    /// What is mounted on while a new root is filled.
    fn system_directories(&self, fs: &Path) -> Result<()> {
        for (name, mode) in [("dev", 0o755), ("proc", 0o555), ("sys", 0o555)] {
            let path = fs.join(name);
            if !path.exists() {
                std::fs::create_dir(&path).map_err(Error::io("create", &path))?;
                let mode = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(&path, mode).map_err(Error::io("change", &path))?;
            }
        }
        Ok(())
    }

    fn publish(
        &self,
        draft: Draft,
        key: &str,
        dbpath: PathBuf,
        installed: Vec<crate::InstalledPackage>,
    ) -> Result<Layer> {
        let made = draft.dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let meta = Meta {
            key: key.into(),
            engine: ENGINE_VERSION,
            made,
            dbpath,
            installed,
            bytes: self.sandbox.size(&draft.fs)?,
            boot: boot_id(),
        };
        self.cache.publish(draft, &meta, self.sandbox)
    }

    /// Runs the package manager; with the network only to fetch, since scriptlets run while it installs.
    fn install(
        &self,
        tree: &Tree,
        mount_point: &Path,
        work: &Work,
        srpm: Option<&Path>,
        dbpath: &Path,
        logs: &mut Logs,
    ) -> Result<Option<Failed>> {
        let reach = reach::of(self.source)?;
        let (cache, _lock) = self.cache.dnf(&self.source.digest)?;
        let steps: &[Step] = if reach.remote { &[Step::Fetch, Step::Cached] } else { &[Step::Whole] };
        for step in steps {
            let text = |path: &str, text: String| WriteFile {
                path: path.into(),
                content: Content::Text(text),
                mode: 0o644,
            };
            let mut write = vec![
                text(dnf::CONFIG, self.dnf.config(self.plan, self.source)),
                text("/root/.rpmmacros", dnf::rpm_macros(dbpath)),
            ];
            if let Some(srpm) = srpm {
                write.push(WriteFile {
                    path: BUILD_DEP.into(),
                    content: Content::Host(srpm.into()),
                    mode: 0o644,
                });
            }
            let exec = Exec {
                argv: self.dnf.command(self.plan, work, *step),
                env: super::env::tools(),
                cwd: "/".into(),
                uid: 0,
                gid: 0,
            };
            logs.executing("root.log", &exec.argv, &exec.env)?;
            let run = Run {
                userns: None,
                root: Root::Tools {
                    target: tree.clone(),
                    cache: cache.clone(),
                    visible: reach.visible.clone(),
                    from: self.tools.map(|layer| layer.fs.clone()),
                },
                mount_point: mount_point.into(),
                network: *step == Step::Fetch,
                hostname: self.hostname.into(),
                binds: Vec::<BindMount>::new(),
                write,
                exec: Some(exec),
                collect: None,
                limits: self.limits(),
                personality32: super::env::is_32_bit(&self.plan.target_arch),
            };
            let mut sink = logs.sink("root.log")?;
            let ran = self.sandbox.run(run, &mut sink)?;
            let tail = sink.into_tail();
            logs.root(&format!("Child return code was: {}", super::env::code(ran.end)))?;
            if !ran.ok() {
                return Ok(Some(Failed::of(ran.end, 30, "root.log", || Verdict::packages(&tail))));
            }
        }
        self.same_state(&cache)?;
        Ok(None)
    }

    /// A repository that changed while it was read must not lend its content to the old state's name.
    fn same_state(&self, cache: &Path) -> Result<()> {
        let Some(url) = self.source.urls.first() else { return Ok(()) };
        let path = dnf::cached_repomd(cache).ok_or_else(|| Error::Repo {
            url: url.clone(),
            reason: "the package manager kept no copy of its metadata".into(),
        })?;
        let data = std::fs::read(&path).map_err(Error::io("read", &path))?;
        if hex::encode(Sha256::digest(data)) == self.source.digest {
            return Ok(());
        }
        let _ = self.sandbox.remove(cache);
        Err(Error::Repo {
            url: url.clone(),
            reason: "it changed while the buildroot was made; try again".into(),
        })
    }

    /// Makes the build user, puts rpm's database where the root expects it, and lists the packages.
    fn settle(
        &self,
        tree: &Tree,
        mount_point: &Path,
        dbpath: &Path,
        logs: &mut Logs,
    ) -> Result<std::result::Result<(PathBuf, Vec<crate::InstalledPackage>), Failed>> {
        let user = &self.plan.user;
        let argv = [
            "/bin/sh",
            "-c",
            SETTLE,
            "settle",
            &dbpath.display().to_string(),
            MARK,
            packages::QUERY,
            &user.name,
            &user.uid.to_string(),
            &user.group,
            &user.gid.to_string(),
            &user.home.display().to_string(),
        ];
        let exec = Exec {
            argv: argv.map(Into::into).into(),
            env: super::env::tools(),
            cwd: "/".into(),
            uid: 0,
            gid: 0,
        };
        let run = Run {
            userns: None,
            root: Root::Inside(tree.clone()),
            mount_point: mount_point.into(),
            network: false,
            hostname: self.hostname.into(),
            binds: Vec::new(),
            write: Vec::new(),
            exec: Some(exec),
            collect: None,
            limits: self.limits(),
            personality32: false,
        };
        let mut out = Keep::default();
        let ran = self.sandbox.run(run, &mut out)?;
        let mut text = String::from_utf8_lossy(&out.0).into_owned();
        if ran.ok()
            && let Some((before, list)) = text.split_once(MARK)
            && let Some(dbpath) = before.lines().find_map(|l| l.strip_prefix("dbpath="))
        {
            let installed = packages::parse(list);
            if !installed.is_empty() {
                return Ok(Ok((dbpath.into(), installed)));
            }
        }
        if ran.ok() {
            text.push_str("\nthe root's own rpm finds no package in the database that was written");
        }
        logs.root(&format!("the new root could not be prepared: {}", text.trim_end()))?;
        Ok(Err(Failed::of(ran.end, 30, "root.log", || Verdict {
            kind: Kind::InstallFailed,
            log: Some("root.log"),
            lines: text.lines().rev().take(3).map(Into::into).collect(),
        })))
    }

    fn limits(&self) -> RunLimits {
        RunLimits {
            timeout: self.plan.limits.timeout,
            // What a package manager writes is not the build's; scriptlets are stopped before the machine is full.
            disk: None,
            files: None,
            min_free: self.plan.limits.min_free,
            memory: self.plan.limits.memory,
            processes: self.plan.limits.processes,
        }
    }
}

/// What decides the content of a group's root.
#[derive(Serialize)]
struct GroupKey<'a> {
    engine: u32,
    five: bool,
    tools: Option<&'a str>,
    overlay: bool,
    packages: &'a str,
    exact: bool,
    arch: &'a str,
    setup: String,
    mock: (&'a bool, &'a bool, &'a Option<i64>),
    releasever: &'a Option<serde_json::Value>,
    modules: &'a Option<serde_json::Value>,
    user: &'a crate::plan::BuildUser,
    /// Files belong to subordinate ids; with others they would be nobody's.
    ids: Option<&'a crate::helper::request::IdMap>,
}

impl Failed {
    /// Whether the host's rpm seems to be too old for these packages, or writes a database that theirs cannot read.
    pub(super) fn other_kind(&self) -> bool {
        let signs = ["rpmlib(", "Packages database", "rpmdb", "finds no package in the database"];
        self.verdict.kind == Kind::InstallFailed
            && self.verdict.lines.iter().any(|line| signs.iter().any(|sign| line.contains(sign)))
    }

    /// The failure of a command, by how it ended; `judge` reads the log when it ended by itself.
    pub(super) fn of(end: End, status: i32, log: &'static str, judge: impl FnOnce() -> Verdict) -> Failed {
        use crate::helper::request::Stop;
        let stopped = |kind| Verdict { kind, log: Some(log), lines: Vec::new() };
        let (status, verdict) = match end {
            End::Exited(_) => (status, judge()),
            End::Signaled(signal) => (status, stopped(Kind::Signal(signal))),
            End::Stopped(Stop::Timeout) => (11, stopped(Kind::Timeout)),
            End::Stopped(Stop::Disk) => (status, stopped(Kind::DiskLimit)),
            End::Stopped(Stop::Engine) => (status, stopped(Kind::Other)),
            End::LogLimit => (status, stopped(Kind::LogLimit)),
        };
        Failed { status, verdict }
    }
}

/// Arguments: database path used so far, mark, query, user, uid, group, gid, home.
///
/// The root's rpm may keep its database elsewhere than the host's did: it is moved there unless something is there
/// already. Lock files of the package manager name processes of a namespace that is gone.
const SETTLE: &str = r#"
set -e
used=$1 mark=$2 query=$3 user=$4 uid=$5 group=$6 gid=$7 home=$8
want=$(rpm --eval '%{_dbpath}')
if [ "$(readlink -f "$want")" != "$(readlink -f "$used")" ] && [ -d "$used" ]; then
    if [ -d "$want" ] && [ -n "$(ls "$want" | grep -i -E 'packages|rpmdb' || :)" ]; then
        echo "rpm's database is in $used and in $want" >&2; exit 1
    fi
    rm -rf "$want"; mkdir -p "${want%/*}"; mv "$used" "$want"
fi
grep -q "^$group:" /etc/group || echo "$group:x:$gid:" >> /etc/group
grep -q "^$user:" /etc/passwd || echo "$user:x:$uid:$gid::$home:/bin/bash" >> /etc/passwd
if ! [ -d "$home/build/BUILD" ]; then
    for dir in BUILD BUILDROOT RPMS SOURCES SPECS SRPMS originals; do mkdir -p "$home/build/$dir"; done
    chown -R "$uid:$gid" "$home"
fi
rm -f /var/log/*_lock.pid /var/lib/dnf/*_lock.pid
echo "dbpath=$want"
echo "$mark"
rpm -qa --qf "$query"
"#;
