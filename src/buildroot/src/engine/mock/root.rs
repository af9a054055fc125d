//! One buildroot made by mock.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::engine::{Backend, Command, Settings, SrpmRequest, private_dir};
use crate::error::{Error, Result};
use crate::outcome::{InstalledPackage, Outcome, Phase, ResultFile};
use crate::plan::{Network, Plan};
use crate::verdict::{Kind, Verdict};

use super::{OUTPUT, command};

/// A root in mock's base directory; its configuration, its mock_output.log and copies of sources lie in `WORK/NAME`.
pub(crate) struct MockRoot {
    settings: Settings,
    plan: Plan,
    dir: PathBuf,
    root: PathBuf,
    results: PathBuf,
    config: String,
    phases: Vec<Phase>,
}

impl MockRoot {
    pub(crate) fn create(settings: &Settings, plan: &Plan) -> Result<MockRoot> {
        std::fs::create_dir_all(&settings.work_dir).map_err(Error::io("create", &settings.work_dir))?;
        let dir = settings.work_dir.join(&plan.name);
        if dir.exists() {
            super::remove(settings, &plan.name)?;
        }
        private_dir(&dir)?;
        plan.save(&dir.join("plan.json"))?;
        let path = super::config_path(settings, &plan.name);
        let mut plan = plan.clone();
        // As Koji does it: names the host resolves by its own file resolve inside too.
        if plan.network != Network::None
            && let Ok(hosts) = std::fs::read_to_string("/etc/hosts")
        {
            plan.files.entry("etc/hosts".into()).or_insert(hosts);
        }
        std::fs::create_dir_all(&settings.mock.config_dir)
            .map_err(Error::io("create", &settings.mock.config_dir))?;
        crate::files::write_atomic(&path, plan.mock_config().as_bytes())?;
        // mock runs as another user, who has to read it.
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644))
            .map_err(Error::io("change", &path))?;
        let (root, results) = command::dirs(&plan);
        Ok(MockRoot {
            settings: settings.clone(),
            plan,
            config: super::config_name(&path),
            dir,
            root,
            results,
            phases: Vec::new(),
        })
    }

    /// The root of this name as it was left.
    pub(crate) fn open(settings: &Settings, name: &str) -> Result<MockRoot> {
        let dir = settings.work_dir.join(name);
        let plan = Plan::load(&dir.join("plan.json"))?;
        let path = super::config_path(settings, name);
        let (root, results) = command::dirs(&plan);
        let config = super::config_name(&path);
        Ok(MockRoot { settings: settings.clone(), plan, config, dir, root, results, phases: Vec::new() })
    }

    /// Runs mock; its own output goes to mock_output.log.
    fn mock(&mut self, phase: &str, args: Vec<String>) -> Result<i32> {
        let since = Instant::now();
        let path = self.dir.join(OUTPUT);
        let out =
            OpenOptions::new().create(true).append(true).open(&path).map_err(Error::io("open", &path))?;
        let err = out.try_clone().map_err(Error::io("open", &path))?;
        let mut all = command::head(&self.plan, &self.config);
        all.extend(args);
        let status = command::process(&self.settings.mock, &all)?
            .stdout(out)
            .stderr(err)
            .status()
            .map_err(Error::io("run", Path::new("mock")))?;
        self.phases.push(Phase { name: phase.into(), took: since.elapsed() });
        use std::os::unix::process::ExitStatusExt;
        Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)))
    }

    fn outcome(&mut self, status: i32) -> Result<Outcome> {
        let mut verdict = super::verdict(status, &self.log("build.log"), &self.log("root.log"));
        if verdict.log == Some(OUTPUT) {
            verdict.lines = self.complaints();
        }
        self.with(status, verdict)
    }

    /// What mock itself had to say last.
    fn complaints(&self) -> Vec<String> {
        const MOST: usize = 5;
        let text = tail(&self.dir.join(OUTPUT));
        let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("ERROR: ")).collect();
        errors.iter().skip(errors.len().saturating_sub(MOST)).map(|line| (*line).to_owned()).collect()
    }

    fn with(&mut self, status: i32, verdict: Verdict) -> Result<Outcome> {
        let mut results = Vec::new();
        for entry in std::fs::read_dir(&self.results).into_iter().flatten().flatten() {
            // mock's result directory belongs to the build's user: only plain files with plain names are taken.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._+~^-".contains(c));
            if let Ok(meta) = entry.metadata()
                && name.ends_with(".rpm")
                && plain
                && entry.file_type().is_ok_and(|t| t.is_file())
            {
                results.push(ResultFile { name, path: entry.path(), size: meta.len() });
            }
        }
        results.sort();
        Ok(Outcome { status, verdict, results, phases: std::mem::take(&mut self.phases) })
    }

    fn log(&self, name: &str) -> String {
        tail(&self.results.join(name))
    }

    /// Copies a tree to where the chroot sees it.
    fn bring_in(&self, from: &Path, inside: &Path) -> Result<PathBuf> {
        let to = self.root.join(inside.strip_prefix("/").unwrap_or(inside));
        std::fs::create_dir_all(&to).map_err(Error::io("create", &to))?;
        crate::helper::tree::copy(from, &to).map_err(Error::io("copy to", &to))?;
        if let Some(user) =
            self.settings.mock.user.as_ref().filter(|_| nix::unistd::Uid::effective().is_root())
            && let Ok(Some(user)) = nix::unistd::User::from_name(user)
        {
            crate::helper::tree::chown(&to, user.uid.as_raw(), user.gid.as_raw())
                .map_err(Error::io("change the owner of", &to))?;
        }
        Ok(to)
    }
}

/// The last half megabyte of a log.
fn tail(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let tail = bytes.get(bytes.len().saturating_sub(512 << 10)..).unwrap_or_default();
    String::from_utf8_lossy(tail).into_owned()
}

/// Inside paths of Koji's builder.
const CHECKOUT: &str = "/chroot_tmpdir/scmroot/checkout";
const UNPACKED: &str = "/chroot_tmpdir/srpm_unpacked";

impl Backend for MockRoot {
    fn result_dir(&self) -> &Path {
        &self.results
    }

    fn init(&mut self) -> Result<Outcome> {
        let status = self.mock("chroot init", command::init())?;
        if status == 0 {
            self.mock("kernel", command::kernel())?;
        }
        self.outcome(status)
    }

    fn build_srpm(&mut self, request: &SrpmRequest) -> Result<Outcome> {
        let inside = Path::new(CHECKOUT);
        let checkout = self.bring_in(&request.checkout, inside)?;
        if let Some(argv) = &request.source_command {
            let status = self.mock("sources", command::source_command(inside, argv))?;
            if status != 0 {
                let verdict = Verdict { kind: Kind::SourceCommand, log: Some("root.log"), lines: Vec::new() };
                return self.with(status, verdict);
            }
        }
        let target = request.target.as_deref().unwrap_or("noarch");
        let spec = checkout.join(&request.spec);
        let sources = match request.sources.as_os_str().is_empty() {
            true => checkout,
            false => checkout.join(&request.sources),
        };
        let status = self.mock("buildsrpm", command::buildsrpm(&spec, &sources, target))?;
        self.outcome(status)
    }

    fn rebuild_srpm(&mut self, srpm: &Path) -> Result<Outcome> {
        let from = srpm.parent().unwrap_or(Path::new("/"));
        let name = srpm.file_name().unwrap_or_default();
        let single = tempfile::tempdir_in(&self.dir).map_err(Error::io("create", &self.dir))?;
        let copied = single.path().join(name);
        std::fs::copy(srpm, &copied).map_err(Error::io("copy", &from.join(name)))?;
        let top = self.bring_in(single.path(), Path::new(UNPACKED))?;
        let inside = Path::new(UNPACKED);
        let status = self.mock("unpack", command::unpack(inside, &inside.join(name)))?;
        if status != 0 {
            return self.outcome(status);
        }
        let specs: Vec<PathBuf> = std::fs::read_dir(top.join("SPECS"))
            .map(|entries| {
                entries
                    .flatten()
                    .map(|e| e.path())
                    .filter(|p| p.extension().is_some_and(|e| e == "spec"))
                    .collect()
            })
            .unwrap_or_default();
        let [spec] = specs.as_slice() else {
            let reason = format!("{} does not hold exactly one spec file", name.to_string_lossy());
            let verdict = Verdict { kind: Kind::Srpm(reason), log: Some("root.log"), lines: Vec::new() };
            return self.with(1, verdict);
        };
        let spec = inside.join("SPECS").join(spec.file_name().unwrap_or_default());
        let status = self.mock("rebuild", command::pack(inside, &spec))?;
        let made = top.join("SRPMS");
        for entry in std::fs::read_dir(&made).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|t| t.is_file())
                && entry.path().to_string_lossy().ends_with(".src.rpm")
            {
                let to = self.results.join(entry.file_name());
                std::fs::copy(entry.path(), &to).map_err(Error::io("copy to", &to))?;
            }
        }
        self.outcome(status)
    }

    fn rebuild(&mut self, srpm: &Path, target: Option<&str>) -> Result<Outcome> {
        let status = self.mock("rebuild", command::rebuild(srpm, target))?;
        self.outcome(status)
    }

    fn run(&mut self, request: &Command) -> Result<Outcome> {
        let args = command::chroot(!request.as_root, request.cwd.as_deref(), &request.argv);
        let status = self.mock("chroot", args)?;
        if status == 0 {
            return self.outcome(0);
        }
        let verdict = Verdict { kind: Kind::Command(status), log: Some("root.log"), lines: Vec::new() };
        self.with(status, verdict)
    }

    fn installed(&mut self) -> Result<Vec<InstalledPackage>> {
        let dbpath = ["usr/lib/sysimage/rpm", "var/lib/rpm"]
            .map(|p| self.root.join(p))
            .into_iter()
            .find(|p| p.is_dir())
            .ok_or_else(|| Error::State("the root has no rpm database".into()))?;
        let out = std::process::Command::new("rpm")
            .arg("--dbpath")
            .arg(&dbpath)
            .args(["-qa", "--qf", crate::engine::native::QUERY])
            .output()
            .map_err(Error::io("run", Path::new("rpm")))?;
        let list = crate::engine::native::parse_packages(&String::from_utf8_lossy(&out.stdout));
        if !out.status.success() || list.is_empty() {
            let reason = String::from_utf8_lossy(&out.stderr);
            return Err(Error::State(format!("rpm could not list the root's packages: {}", reason.trim())));
        }
        Ok(list)
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn install(&mut self, words: &[String]) -> Result<Outcome> {
        let mut args = vec!["--install".to_owned()];
        args.extend(words.iter().cloned());
        let status = self.mock("install", args)?;
        if status == 0 {
            self.plan.setup_packages.extend(words.iter().cloned());
            self.plan.save(&self.dir.join("plan.json"))?;
        }
        self.outcome(status)
    }

    fn at_terminal(&mut self, request: &Command, tty: &Path) -> Result<i32> {
        let open = || OpenOptions::new().read(true).write(true).open(tty).map_err(Error::io("open", tty));
        let mut all = command::head(&self.plan, &self.config);
        all.extend(command::shell(request));
        let status = command::process(&self.settings.mock, &all)?
            .stdin(open()?)
            .stdout(open()?)
            .stderr(open()?)
            .status()
            .map_err(Error::io("run", Path::new("mock")))?;
        Ok(status.code().unwrap_or(1))
    }

    fn log_patterns(&self) -> Vec<PathBuf> {
        vec![self.results.join("*.log"), self.root.join("var/log/dnf*.log"), self.dir.join(OUTPUT)]
    }

    fn remove(self: Box<Self>) -> Result<()> {
        super::remove(&self.settings, &self.plan.name)
    }
}
