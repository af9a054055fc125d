//! The daemon's loop: keeps the hub informed, takes tasks, starts and reaps their processes.

mod lock;
mod processes;
mod ready;
mod roots;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_client::{Live, Session};
use koji_config::KojidConfig;
use koji_config::kojid::KojidSettings;
use koji_xmlrpc::Value;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::lock::Lock;
use self::processes::Processes;
use crate::cli::Cli;
use crate::tasks::{self, Foreground};

/// How long the hub may take to hear of the daemon's end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the loop should do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    /// Take no more tasks; start anew when the running ones are done.
    RestartWhenIdle,
    Stop,
    Restart,
}

pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let loaded = KojidConfig::load(cli.config.as_deref())?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let mut settings = loaded.settings;
    cli.apply(&mut settings);
    let server = settings.server.clone().context("no hub: set server in kojid.conf, or give --server URL")?;
    std::fs::create_dir_all(settings.workdir.join("running"))
        .with_context(|| format!("cannot use the work directory {}", settings.workdir.display()))?;
    let mut lock = Lock::take(&settings.workdir)?;
    let force = cli.force_lock || lock.left_over;
    let mut signals = Signals::new()?;
    let session = tokio::select! {
        session = crate::session::login(&settings, &server, force) => session?,
        _ = signals.next() => return Ok(()),
    };
    lock.mark()?;
    let host_id = session.call(m::HostGetID {}).await?.as_int().context("the hub answered no host id")?;
    let host = session.call(m::HostGetHost {}).await?;
    tracing::info!("host {} (id {host_id}) at {server}", host.str_at("name").unwrap_or("?"));
    let poll = Duration::from_secs(settings.sleeptime.max(1));
    let live = Live::new(&session, poll);
    let login = (settings.user.clone(), settings.password.clone());
    let processes = Processes::new(settings.workdir.join("running"), cli.config.clone(), server, login);
    let mut daemon = Daemon {
        settings,
        session,
        host,
        host_id,
        processes,
        live,
        resting: 0,
        was_ready: None,
        left: false,
    };
    daemon.processes.kill_orphans();
    let roots = daemon.settings.clone();
    tokio::task::spawn_blocking(move || crate::buildroot::remove_leftovers(&roots)).await?;
    let outcome = daemon.work(&mut signals).await;
    // a session that is over belongs to another now, who keeps it; one that the hub did not end is taken over by the next
    if daemon.left || outcome.as_ref().is_err_and(fatal) {
        lock.release();
    }
    match outcome? {
        Next::Restart => restart(),
        _ => Ok(()),
    }
}

struct Daemon {
    settings: KojidSettings,
    session: Session,
    host: Value,
    host_id: i64,
    processes: Processes,
    live: Live,
    /// Running tasks that do no work at the moment: they wait for their children, or watch a repository.
    resting: usize,
    was_ready: Option<Result<(), String>>,
    /// The hub has ended the session at our wish.
    left: bool,
}

impl Daemon {
    async fn work(&mut self, signals: &mut Signals) -> anyhow::Result<Next> {
        let mut next = Next::GoOn;
        let mut wish = None;
        let mut roots = roots::Roots::default();
        let topics = [format!("host:{}", self.host_id)];
        loop {
            let mut took = false;
            let outcome = {
                let mut round = std::pin::pin!(self.round(next, &mut roots));
                loop {
                    tokio::select! {
                        outcome = &mut round => break outcome.map(Some),
                        // an end does not wait for a hub that does not answer; what the round left half done, the hub
                        // gives out again
                        wanted = signals.next() => match wanted {
                            Next::Stop => break Ok(None),
                            other => wish = Some(other),
                        },
                    }
                }
            };
            next = wish.take().unwrap_or(next);
            match outcome {
                Ok(None) => next = Next::Stop,
                Ok(Some((took_one, change))) => {
                    took = took_one;
                    next = change.unwrap_or(next);
                }
                Err(e) if fatal(&e) => {
                    tracing::error!("the session is over: {e:#}");
                    self.processes.kill_all().await;
                    return Err(e);
                }
                Err(e) => tracing::error!("{e:#}"),
            }
            if next == Next::RestartWhenIdle && self.processes.is_empty() {
                next = Next::Restart;
            }
            if matches!(next, Next::Stop | Next::Restart) {
                self.leave().await;
                return Ok(next);
            }
            if took {
                continue;
            }
            tokio::select! {
                () = self.live.news(&topics) => {}
                () = self.processes.one_ended() => {}
                wanted = signals.next() => next = wanted,
            }
        }
    }

    /// One look at everything; whether a task was taken, and what a foreground task asks for.
    async fn round(&mut self, next: Next, roots: &mut roots::Roots) -> anyhow::Result<(bool, Option<Next>)> {
        self.update_tasks().await?;
        roots.update(&self.session, &self.settings, self.host_id, &self.processes).await?;
        let ready = if next == Next::RestartWhenIdle {
            Err("restarting when the running tasks are done".to_owned())
        } else {
            ready::check(&self.settings, self.processes.len().saturating_sub(self.resting))
        };
        if self.was_ready.as_ref() != Some(&ready) {
            match &ready {
                Ok(()) => tracing::info!("ready for tasks"),
                Err(why) => tracing::warn!("not ready for tasks: {why}"),
            }
            self.was_ready = Some(ready.clone());
        }
        // `live`: this host waits on its topic, so the hub's scheduler need not wait for its polls
        // the scheduler counts all tasks, so those that rest are added to what it may give
        let max_jobs = i64::from(self.settings.maxjobs) + i64::try_from(self.resting).unwrap_or(i64::MAX / 2);
        let data = Value::record([("maxjobs", Value::Int(max_jobs)), ("live", Value::Bool(true))]);
        self.session
            .call(m::HostUpdateHost {
                task_load: self.processes.load().into(),
                ready: ready.is_ok().into(),
                data,
            })
            .await?;
        if ready.is_err() {
            return Ok((false, None));
        }
        self.take_task().await
    }

    /// Agreement between the hub's open tasks of this host and the processes here.
    async fn update_tasks(&mut self) -> anyhow::Result<()> {
        for ended in self.processes.reap() {
            ended.report(&self.session).await;
        }
        let tasks = self.session.call(m::HostGetHostTasks {}).await?;
        let tasks = tasks.as_array().unwrap_or_default();
        let open: Vec<i64> = tasks.iter().filter_map(|t| t.int_at("id")).collect();
        for id in self.processes.ids() {
            if !open.contains(&id) && !self.has_reported(id).await? {
                tracing::info!(task = id, "no longer ours at the hub: stopping its process");
                self.processes.kill(id).await;
            }
        }
        let waiting =
            tasks.iter().filter(|t| t.truthy_at("waiting")).filter_map(|t| t.int_at("id")).collect();
        self.resting = self.processes.resting(&waiting);
        let lost: Vec<i64> = open.iter().copied().filter(|id| !self.processes.has(*id)).collect();
        if !lost.is_empty() {
            tracing::warn!(tasks = ?lost, "open at the hub but not running here: giving them back");
            self.session.call(m::HostFreeTasks { tasks: lost.into() }).await?;
        }
        for task in tasks.iter().filter(|t| t.truthy_at("waiting") && t.truthy_at("alert")) {
            if let Some(id) = task.int_at("id") {
                self.processes.wake(id);
            }
        }
        Ok(())
    }

    /// Whether the task has ended by its own report, so that its process is about to end by itself.
    async fn has_reported(&mut self, id: i64) -> anyhow::Result<bool> {
        let patient = self.processes.patience(id);
        if !patient {
            return Ok(false);
        }
        let call = m::GetTaskInfo { task_id: id.into(), ..Default::default() };
        let state = self.session.call(call).await?.int_at("state");
        Ok([TaskState::Closed, TaskState::Failed].iter().any(|s| state == Some(s.code())))
    }

    async fn take_task(&mut self) -> anyhow::Result<(bool, Option<Next>)> {
        let offered = self.session.call(m::HostGetTasks {}).await?;
        for task in offered.as_array().unwrap_or_default() {
            let Some(id) = task.int_at("id") else { continue };
            if task.int_at("state").is_some_and(|s| s != TaskState::Assigned.code()) {
                continue;
            }
            let method = task.str_at("method").unwrap_or_default();
            let foreground = tasks::foreground(method);
            let entry = tasks::find(method);
            if foreground.is_none() && entry.is_none() {
                self.refuse(id, "no handler for method").await?;
                continue;
            }
            let opened = self.session.call(m::HostOpenTask { task_id: id.into() }).await?;
            if opened.is_nil() {
                tracing::warn!(task = id, "could not be opened: somebody else has it");
                continue;
            }
            let opened = with_arguments(opened);
            if let Some(kind) = foreground {
                let next = self.foreground(kind, id, &opened).await?;
                return Ok((true, next));
            }
            let weight = entry.map_or(1.0, |e| e.weight);
            let watches = entry.is_some_and(|e| e.watches);
            self.session.call(m::HostSetTaskWeight { task_id: id.into(), weight: weight.into() }).await?;
            let subsession =
                self.session.subsession().await?.detach().await.context("the hub gave no subsession")?;
            let kind = processes::Kind { weight, watches };
            self.processes.start(id, kind, &opened, &self.host, subsession, self.workdir(id)).await?;
            tracing::info!(task = id, method, "started");
            return Ok((true, None));
        }
        Ok((false, None))
    }

    async fn refuse(&self, id: i64, why: &str) -> anyhow::Result<()> {
        tracing::warn!(task = id, "refused: {why}");
        let call = m::HostRefuseTask { task_id: id.into(), soft: false, msg: why.to_owned() };
        self.session.call(call).await?;
        Ok(())
    }

    /// Restart and shutdown: reported as done before they happen.
    async fn foreground(&self, kind: Foreground, id: i64, task: &Value) -> anyhow::Result<Option<Next>> {
        let task_id = Value::Int(id);
        if kind == Foreground::Restart && !tasks::restart_is_for(task.get("request"), self.host_id) {
            let fault = koji_xmlrpc::write_fault(1000, "Host mismatch");
            let response = String::from_utf8_lossy(&fault).into_owned().into();
            self.session.call(m::HostFailTask { task_id, response }).await?;
            return Ok(None);
        }
        let text = if kind == Foreground::Restart { "restarting" } else { "shutting down" };
        let response = koji_xmlrpc::write_response(&Value::from(text));
        let response = String::from_utf8_lossy(&response).into_owned().into();
        self.session.call(m::HostCloseTask { task_id, response }).await?;
        Ok(Some(if kind == Foreground::Restart { Next::RestartWhenIdle } else { Next::Stop }))
    }

    /// A clean end: no processes left, their tasks given back, the hub told that this host takes nothing.
    async fn leave(&mut self) {
        let tasks = self.processes.kill_all().await;
        self.left = tokio::time::timeout(FAREWELL, self.give_back(tasks)).await.unwrap_or(false);
        if !self.left {
            tracing::warn!("the hub does not answer: it will free the tasks when the daemon is back");
        }
        tracing::info!("stopped");
    }

    /// Whether the hub has ended the session.
    async fn give_back(&mut self, tasks: Vec<i64>) -> bool {
        if !tasks.is_empty() {
            tracing::info!(?tasks, "giving back");
            self.session.call(m::HostFreeTasks { tasks: tasks.into() }).await.ok();
        }
        let call = m::HostUpdateHost { task_load: 0.0.into(), ready: false.into(), data: Value::Nil };
        self.session.call(call).await.ok();
        self.session.logout().await.is_ok()
    }

    fn workdir(&self, task: i64) -> PathBuf {
        self.settings.workdir.join(koji_api::paths::PathInfo::task_rel(task))
    }
}

/// The task with its arguments as a list: the hub gives the XML of the call.
fn with_arguments(mut task: Value) -> Value {
    let Some(xml) = task.str_at("request") else { return task };
    let arguments = match koji_xmlrpc::parse_call(xml.as_bytes()) {
        Ok(call) => Value::Array(call.params),
        // the method then says that its arguments are missing
        Err(e) => {
            tracing::error!("the hub gave a request that cannot be read: {e}");
            Value::Nil
        }
    };
    if let Value::Struct(members) = &mut task {
        members.insert("request".into(), arguments);
    }
    task
}

/// Errors after which this session cannot go on: the supervisor starts the daemon anew.
fn fatal(e: &anyhow::Error) -> bool {
    use koji_api::FaultKind as K;
    let fault = e.downcast_ref::<koji_client::ClientError>().and_then(|e| e.fault());
    let kind = fault.and_then(|f| f.kind());
    matches!(kind, Some(K::AuthExpired | K::Auth | K::AuthLock | K::Retry | K::Sequence))
}

/// Replaces this process by a fresh one.
fn restart() -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let program = std::env::current_exe().context("cannot find the kojid program to restart it")?;
    let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).exec();
    Err(error).context("cannot restart")
}

struct Signals {
    term: Signal,
    int: Signal,
    usr1: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Signals> {
        Ok(Signals {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            usr1: signal(SignalKind::user_defined1())?,
        })
    }

    async fn next(&mut self) -> Next {
        tokio::select! {
            _ = self.term.recv() => Next::Stop,
            _ = self.int.recv() => Next::Stop,
            _ = self.usr1.recv() => Next::RestartWhenIdle,
        }
    }
}
