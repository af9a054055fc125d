//! A whole build system: hub with its private PostgreSQL, builder, kojira, git server, one target.

mod config;
mod prepare;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::{Run, command};
use crate::daemon::Daemon;
use crate::distro::Distro;
use crate::git::{GitServer, free_port};
use crate::package::Package;
use crate::programs::program;
use crate::wait::{wait_for, wait_until};

/// The account of [`System::koji`]; it has the permission admin.
pub const ADMIN: &str = "tester";
/// The builder's account and host name.
pub const BUILDER: &str = "builder1";
pub const TARGET: &str = "t1";
pub const DEST_TAG: &str = "t1-dest";
pub const BUILD_TAG: &str = "t1-build";

/// What is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Start kojid and kojira, and give the target packages to build with.
    pub builder: bool,
    /// Lines for hub.conf's section `[hub]`.
    pub hub_conf: String,
    /// Environment of the hub.
    pub hub_env: Vec<(String, String)>,
    /// Lines for kojid.conf.
    pub kojid_conf: String,
    /// The hub's top directory, when it is to be somewhere else.
    pub topdir: Option<PathBuf>,
    /// `host:port` of a mail server: without one nobody is notified.
    pub mail: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            builder: true,
            hub_conf: String::new(),
            hub_env: Vec::new(),
            kojid_conf: String::new(),
            topdir: None,
            mail: None,
        }
    }
}

/// A running system. Dropping it ends all of it and removes its directory, unless the test failed.
#[derive(Debug)]
pub struct System {
    // daemons first: they are dropped, that is ended, in this order
    kojid: Mutex<Option<Daemon>>,
    kojira: Mutex<Option<Daemon>>,
    pub git: GitServer,
    hub: Mutex<Option<Daemon>>,
    options: Options,
    hub_port: u16,
    dir: PathBuf,
}

impl System {
    pub fn start(options: Options) -> Result<System> {
        let dir = tempfile::Builder::new().prefix("koji-test-").tempdir()?.keep();
        std::fs::create_dir_all(dir.join("logs"))?;
        // the private PostgreSQL of a hub that runs as root is another user's
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&dir, open)?;
        let git = GitServer::start(&dir.join("git"), &dir.join("logs/git.log"))?;
        let system = System {
            kojid: Mutex::new(None),
            kojira: Mutex::new(None),
            git,
            hub: Mutex::new(None),
            hub_port: free_port()?,
            options,
            dir,
        };
        config::write(&system)?;
        system.start_hub()?;
        prepare::accounts(&system)?;
        prepare::target(&system)?;
        if system.options.builder {
            prepare::packages(&system, &Distro::get()?)?;
            system.start_kojid()?;
            system.start_kojira()?;
        }
        Ok(system)
    }

    /// The system's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The hub's top directory: packages, repos, work.
    pub fn topdir(&self) -> PathBuf {
        self.options.topdir.clone().unwrap_or_else(|| self.dir.join("hub/files"))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.hub_port)
    }

    /// Starts the hub and waits until it answers.
    pub fn start_hub(&self) -> Result<()> {
        let mut hub = command(program("koji-hub")?, ["serve", "--config"]);
        hub.arg(self.dir.join("hub.conf"));
        hub.envs(self.options.hub_env.iter().map(|(name, value)| (name, value)));
        let mut daemon = Daemon::start("koji-hub", hub, &self.dir.join("logs/hub.log"))?;
        let answers = wait_until(Duration::from_secs(60), || {
            ensure!(daemon.is_running(), "koji-hub has ended; its log is {}", daemon.log().display());
            Ok(Run::of(self.command("reader", ["call", "getAPIVersion"])?)?.status == 0)
        })?;
        ensure!(answers, "koji-hub does not answer");
        set(&self.hub, daemon);
        Ok(())
    }

    pub fn start_kojid(&self) -> Result<()> {
        let mut kojid = command(program("kojid")?, ["--fg", "--verbose", "--config"]);
        kojid.arg(self.dir.join("kojid.conf"));
        let daemon = Daemon::start("kojid", kojid, &self.dir.join("logs/kojid.log"))?;
        set(&self.kojid, daemon);
        Ok(())
    }

    pub fn start_kojira(&self) -> Result<()> {
        let mut kojira = command(program("kojira")?, ["--fg", "--verbose", "--config"]);
        kojira.arg(self.dir.join("kojira.conf"));
        let daemon = Daemon::start("kojira", kojira, &self.dir.join("logs/kojira.log"))?;
        set(&self.kojira, daemon);
        Ok(())
    }

    /// Does something with the hub's process, such as killing it.
    pub fn hub<T>(&self, act: impl FnOnce(&mut Daemon) -> Result<T>) -> Result<T> {
        with(&self.hub, act).context("the hub's process")
    }

    /// Does something with the builder's process.
    pub fn kojid<T>(&self, act: impl FnOnce(&mut Daemon) -> Result<T>) -> Result<T> {
        with(&self.kojid, act).context("kojid's process")
    }

    /// Does something with kojira's process.
    pub fn kojira<T>(&self, act: impl FnOnce(&mut Daemon) -> Result<T>) -> Result<T> {
        with(&self.kojira, act).context("kojira's process")
    }

    /// `koji` as administrator.
    pub fn koji<I, S>(&self, args: I) -> Result<Run>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        Run::of(self.command("admin", args)?)
    }

    /// `koji` with a profile: `admin`, `user` (no permissions) or `reader` (no login).
    pub fn koji_as<I, S>(&self, profile: &str, args: I) -> Result<Run>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        Run::of(self.command(profile, args)?)
    }

    /// The command line of `koji` with a profile.
    pub fn command<I, S>(&self, profile: &str, args: I) -> Result<Command>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut koji = command(program("koji")?, ["-p", profile, "-c"]);
        koji.arg(self.client_config()).args(args);
        Ok(koji)
    }

    /// A `koji.conf` with the profiles `admin`, `user` and `reader`.
    pub fn client_config(&self) -> PathBuf {
        self.dir.join("koji.conf")
    }

    /// Calls an API method as administrator; the arguments are JSON, a last object of `__kwargs` has no place here.
    pub fn call(&self, method: &str, args: &[Value]) -> Result<Value> {
        let mut words = vec!["call".to_owned(), "--json".to_owned(), method.to_owned()];
        words.extend(args.iter().map(Value::to_string));
        let run = self.koji(words)?.ok()?;
        serde_json::from_str(&run.stdout).with_context(|| format!("no JSON from {run}"))
    }

    /// `hub admin` with the given words.
    pub fn hub_admin(&self, words: &[&str]) -> Result<Command> {
        let mut admin = command(program("koji-hub")?, ["admin", "--config"]);
        admin.arg(self.dir.join("hub.conf")).args(words);
        Ok(admin)
    }

    /// Runs a statement in the hub's private database, for what no call brings about.
    pub fn sql(&self, statement: &str) -> Result<()> {
        let mut psql = command("psql", ["--no-psqlrc", "--username", "koji", "--dbname", "koji", "--host"]);
        psql.arg(self.dir.join("hub/postgres/run")).args(["--command", statement]);
        Run::of(psql)?.ok()?;
        Ok(())
    }

    /// Allows the package in the destination tag and commits its sources; their URL.
    pub fn publish(&self, package: &Package) -> Result<String> {
        self.koji(["add-pkg", "--owner", ADMIN, DEST_TAG, &package.name])?.ok()?;
        self.git.commit(package)
    }

    /// Submits a build and returns its task without waiting.
    pub fn submit(&self, args: &[&str]) -> Result<i64> {
        let run = self.koji(["build", "--nowait"].iter().chain(args))?.ok()?;
        task_id(&run)
    }

    /// The state of a task: FREE, OPEN, CLOSED, CANCELED, ASSIGNED or FAILED.
    pub fn task_state(&self, task: i64) -> Result<String> {
        let info = self.call("getTaskInfo", &[task.into()])?;
        let state =
            info.get("state").and_then(Value::as_u64).with_context(|| format!("no task {task}: {info}"))?;
        let names = ["FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"];
        let index = usize::try_from(state)?;
        Ok((*names.get(index).with_context(|| format!("task state {state}"))?).to_owned())
    }

    /// Waits until the task has ended; its last state.
    pub fn wait_for_task(&self, task: i64, patience: Duration) -> Result<String> {
        wait_for(&format!("task {task} to end"), patience, || {
            let state = self.task_state(task)?;
            Ok(matches!(state.as_str(), "CLOSED" | "CANCELED" | "FAILED").then_some(state))
        })
    }

    /// Waits until a task of that method under `parent` is open; its id.
    pub fn wait_for_open_child(&self, parent: i64, method: &str, patience: Duration) -> Result<i64> {
        wait_for(&format!("an open {method} under task {parent}"), patience, || {
            let children = self.call("getTaskChildren", &[parent.into()])?;
            let open = children.as_array().into_iter().flatten().find(|c| {
                c.get("method").and_then(Value::as_str) == Some(method)
                    && c.get("state").and_then(Value::as_u64) == Some(1)
            });
            Ok(open.and_then(|c| c.get("id")).and_then(Value::as_i64))
        })
    }
}

/// The task that a command said it created.
fn task_id(run: &Run) -> Result<i64> {
    let id = run.stdout.lines().find_map(|l| l.strip_prefix("Created task: "));
    id.with_context(|| format!("no task in the output of {run}"))?.trim().parse().context("the task's id")
}

fn set(slot: &Mutex<Option<Daemon>>, daemon: Daemon) {
    // the old daemon, if any, ends here
    *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(daemon);
}

fn with<T>(slot: &Mutex<Option<Daemon>>, act: impl FnOnce(&mut Daemon) -> Result<T>) -> Result<T> {
    let mut slot = slot.lock().unwrap_or_else(|e| e.into_inner());
    act(slot.as_mut().context("it was not started")?)
}

impl Drop for System {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        if failed {
            print_logs(&self.dir.join("logs"));
            eprintln!("the system's files are kept in {}", self.dir.display());
        }
        for slot in [&self.kojid, &self.kojira, &self.hub] {
            slot.lock().unwrap_or_else(|e| e.into_inner()).take();
        }
        if !failed && let Err(e) = std::fs::remove_dir_all(&self.dir) {
            eprintln!("cannot remove {}: {e}", self.dir.display());
        }
    }
}

/// The last lines of every log.
fn print_logs(dir: &Path) {
    const LINES: usize = 60;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.sort();
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("==> {} <==", file.display());
        for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
            eprintln!("{line}");
        }
    }
}
