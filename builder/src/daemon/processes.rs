//! The processes of the running tasks: one process group each.
//!
//! Each has a file `running/ID.json` while it lives. A daemon that was killed leaves them behind; the next one finds the files,
//! kills what is left of the groups and lets the hub give the tasks out again.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use koji_api::methods as m;
use koji_client::{Session, SessionInfo};
use koji_xmlrpc::Value;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::TASK_WORD;
use crate::task::Handover;

/// A task whose process dies this often without a word fails, instead of being tried for ever.
const MAX_DEATHS: u32 = 3;

/// How long a process may go on after its task has ended: it has removed its work directory by then.
const CLEAN_UP: Duration = Duration::from_secs(30);

pub struct Processes {
    dir: PathBuf,
    config: Option<PathBuf>,
    server: String,
    /// User and password, whether from the configuration or the command line.
    login: (Option<String>, Option<String>),
    running: BTreeMap<i64, Running>,
    ended: tokio::sync::Notify,
}

/// What a task is for the host.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its part of the load.
    pub weight: f64,
    /// It only watches what others do.
    pub watches: bool,
}

struct Running {
    child: Child,
    group: Pid,
    kind: Kind,
    /// When it was first seen to have no open task at the hub.
    closed: Option<Instant>,
    subsession: i64,
    deaths: u32,
}

/// What is on disk of a running task.
#[derive(Serialize, Deserialize)]
struct Record {
    pid: i32,
    /// Start time of the process in clock ticks since boot, so that a reused pid is not taken for it.
    started: Option<u64>,
    workdir: PathBuf,
    deaths: u32,
}

/// A process that is gone.
pub struct Ended {
    task: i64,
    subsession: i64,
    /// What to tell the hub when the process could not report by itself.
    trouble: Option<String>,
    fails: bool,
}

impl Processes {
    pub fn new(
        dir: PathBuf,
        config: Option<PathBuf>,
        server: String,
        login: (Option<String>, Option<String>),
    ) -> Processes {
        let ended = tokio::sync::Notify::new();
        Processes { dir, config, server, login, running: BTreeMap::new(), ended }
    }

    pub fn len(&self) -> usize {
        self.running.len()
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub fn has(&self, task: i64) -> bool {
        self.running.contains_key(&task)
    }

    pub fn ids(&self) -> Vec<i64> {
        self.running.keys().copied().collect()
    }

    /// Sum of the weights.
    pub fn load(&self) -> f64 {
        // the sum of nothing is -0.0
        self.running.values().map(|r| r.kind.weight).sum::<f64>() + 0.0
    }

    /// How many do no work: `waiting` for their children, or watching.
    pub fn resting(&self, waiting: &HashSet<i64>) -> usize {
        self.running.iter().filter(|(id, r)| r.kind.watches || waiting.contains(id)).count()
    }

    /// Whether a process whose task is no longer open may have some more time to end by itself.
    pub fn patience(&mut self, task: i64) -> bool {
        let Some(r) = self.running.get_mut(&task) else { return false };
        r.closed.get_or_insert_with(Instant::now).elapsed() < CLEAN_UP
    }

    pub async fn start(
        &mut self,
        task: i64,
        kind: Kind,
        info: &Value,
        host: &Value,
        session: SessionInfo,
        workdir: PathBuf,
    ) -> anyhow::Result<()> {
        let program = std::env::current_exe().context("cannot find the kojid program to run a task")?;
        let subsession = session.id;
        let handover = Handover {
            config: self.config.clone(),
            server: self.server.clone(),
            session,
            user: self.login.0.clone(),
            password: self.login.1.clone(),
            task: info.clone(),
            host: host.clone(),
            workdir: workdir.clone(),
        };
        let mut command = Command::new(program);
        command.arg(TASK_WORD).arg(format!("task-{task}")).stdin(Stdio::piped()).process_group(0);
        // the process ends with the daemon, whatever ends the daemon
        // SAFETY: prctl is async-signal-safe and touches only the new process
        unsafe {
            command
                .pre_exec(|| nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(std::io::Error::from));
        }
        let mut child = command.spawn().context("cannot start a task process")?;
        let pid = child.id().and_then(|p| i32::try_from(p).ok()).context("the task process ended at once")?;
        let deaths = self.read(task).map_or(0, |r| r.deaths);
        let record = Record { pid, started: start_time(pid), workdir, deaths };
        self.write(task, &record)?;
        let input = serde_json::to_vec(&handover).context("cannot describe the task")?;
        let mut stdin = child.stdin.take().context("the task process has no input")?;
        stdin.write_all(&input).await.context("cannot give the task to its process")?;
        drop(stdin);
        self.running.insert(
            task,
            Running { child, group: Pid::from_raw(pid), kind, closed: None, subsession, deaths },
        );
        Ok(())
    }

    /// Ends when a process may have ended.
    pub async fn one_ended(&mut self) {
        if self.running.is_empty() {
            self.ended.notified().await;
        }
        let waits = self.running.values_mut().map(|r| Box::pin(r.child.wait()));
        let _ = futures::future::select_all(waits).await;
    }

    /// Takes the processes that have ended.
    pub fn reap(&mut self) -> Vec<Ended> {
        let done: Vec<(i64, std::process::ExitStatus)> = self
            .running
            .iter_mut()
            .filter_map(|(id, r)| Some((*id, r.child.try_wait().ok().flatten()?)))
            .collect();
        done.into_iter()
            .filter_map(|(id, status)| {
                let r = self.running.remove(&id)?;
                // whatever the task left running
                killpg(r.group, Signal::SIGKILL).ok();
                Some(self.ended(id, &r, status))
            })
            .collect()
    }

    fn ended(&self, task: i64, r: &Running, status: std::process::ExitStatus) -> Ended {
        if status.success() {
            self.forget(task);
            return Ended { task, subsession: r.subsession, trouble: None, fails: false };
        }
        let deaths = r.deaths + 1;
        let fails = deaths >= MAX_DEATHS;
        if fails {
            self.forget(task);
        } else if let Some(mut record) = self.read(task) {
            record.deaths = deaths;
            record.pid = 0;
            self.write(task, &record).ok();
        }
        let trouble = Some(format!("the task's process on the builder ended without a result ({status})"));
        Ended { task, subsession: r.subsession, trouble, fails }
    }

    pub fn wake(&self, task: i64) {
        if let Some(r) = self.running.get(&task) {
            nix::sys::signal::kill(r.group, Signal::SIGUSR2).ok();
        }
    }

    /// Ends a task's process group: politely, then not.
    pub async fn kill(&mut self, task: i64) {
        let Some(mut r) = self.running.remove(&task) else { return };
        for (sig, patience) in
            [(Signal::SIGTERM, Duration::from_secs(3)), (Signal::SIGKILL, Duration::from_secs(10))]
        {
            killpg(r.group, sig).ok();
            if tokio::time::timeout(patience, r.child.wait()).await.is_ok() {
                break;
            }
        }
        killpg(r.group, Signal::SIGKILL).ok();
        if let Some(record) = self.read(task) {
            remove_dir(&record.workdir);
        }
        self.forget(task);
    }

    /// Ends all; the tasks they had.
    pub async fn kill_all(&mut self) -> Vec<i64> {
        let ids = self.ids();
        for r in self.running.values() {
            killpg(r.group, Signal::SIGTERM).ok();
        }
        for id in &ids {
            self.kill(*id).await;
        }
        ids
    }

    /// Ends what a killed daemon left running.
    pub fn kill_orphans(&self) {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return };
        for path in entries.flatten().map(|e| e.path()) {
            let Some(record) = read_record(&path) else {
                std::fs::remove_file(&path).ok();
                continue;
            };
            if record.pid > 1 {
                let alive = record.started.is_some() && start_time(record.pid) == record.started;
                tracing::warn!(pid = record.pid, alive, "a task of an earlier daemon: ending its processes");
                // the group outlives its leader while members live
                killpg(Pid::from_raw(record.pid), Signal::SIGKILL).ok();
                remove_dir(&record.workdir);
            }
            std::fs::remove_file(&path).ok();
        }
    }

    fn path(&self, task: i64) -> PathBuf {
        self.dir.join(format!("{task}.json"))
    }

    fn read(&self, task: i64) -> Option<Record> {
        read_record(&self.path(task))
    }

    fn write(&self, task: i64, record: &Record) -> anyhow::Result<()> {
        let path = self.path(task);
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).context("cannot note a running task")?;
        serde_json::to_writer(&mut file, record).context("cannot note a running task")?;
        file.as_file().sync_all().context("cannot note a running task")?;
        file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }

    fn forget(&self, task: i64) {
        std::fs::remove_file(self.path(task)).ok();
    }
}

impl Ended {
    /// Tells the hub what the process could not, and ends its session.
    pub async fn report(&self, session: &Session) {
        match &self.trouble {
            None => tracing::info!(task = self.task, "ended"),
            Some(trouble) if self.fails => {
                tracing::error!(task = self.task, "{trouble}, for the last time: failing the task");
                let fault = koji_xmlrpc::write_fault(1000, &format!("{trouble}, {MAX_DEATHS} times"));
                let response = String::from_utf8_lossy(&fault).into_owned().into();
                session.call(m::HostFailTask { task_id: self.task.into(), response }).await.ok();
            }
            Some(trouble) => {
                tracing::error!(task = self.task, "{trouble}: giving the task back");
                session.call(m::HostFreeTasks { tasks: vec![self.task].into() }).await.ok();
            }
        }
        session.call(m::LogoutChild { session_id: self.subsession.into() }).await.ok();
    }
}

fn read_record(path: &Path) -> Option<Record> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Field 22 of `/proc/PID/stat`.
fn start_time(pid: i32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

fn remove_dir(dir: &Path) {
    if let Err(e) = std::fs::remove_dir_all(dir)
        && e.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!("cannot remove {}: {e}", dir.display());
    }
}
