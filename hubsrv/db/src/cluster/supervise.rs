//! Starting the server, watching it, stopping it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::Account;
use super::binaries::Binaries;
use super::layout::Layout;
use super::{ClusterConfig, ClusterError};

/// How often a process is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How often a running server is looked at.
const WATCH: Duration = Duration::from_millis(200);
/// Recovery after a crash can take its time.
const START_LIMIT: Duration = Duration::from_secs(300);
/// A fast shutdown writes a checkpoint.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// Lines of the server's log kept for error messages.
const KEPT_LINES: usize = 20;

type Kept = Arc<Mutex<VecDeque<String>>>;

/// The thread that watches the server. All children are started by it, because the kernel tells a child of its parent's
/// death when the *thread* that started it ends.
#[derive(Debug)]
pub(super) struct Supervisor {
    layout: Layout,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Watch {
    layout: Layout,
    bin: Binaries,
    account: Account,
    durable: bool,
    stop_with_us: bool,
    stopping: Arc<AtomicBool>,
    log: Kept,
}

impl Supervisor {
    pub fn start(
        config: &ClusterConfig,
        layout: Layout,
        bin: Binaries,
        account: Account,
    ) -> Result<Supervisor, ClusterError> {
        let stopping = Arc::new(AtomicBool::new(false));
        let watch = Watch {
            layout: layout.clone(),
            bin,
            account,
            durable: config.durable,
            stop_with_us: config.stop_with_us,
            stopping: Arc::clone(&stopping),
            log: Kept::default(),
        };
        let (tell, told) = channel();
        let thread = std::thread::Builder::new()
            .name("postgres".into())
            .spawn(move || watch.run(&tell))
            .map_err(ClusterError::io("cannot start a thread for", &layout.data))?;
        let supervisor = Supervisor { layout, stopping, thread: Some(thread) };
        first_report(&told, &supervisor.layout)?;
        Ok(supervisor)
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn first_report(told: &Receiver<Result<(), ClusterError>>, layout: &Layout) -> Result<(), ClusterError> {
    told.recv().unwrap_or_else(|_| {
        Err(ClusterError::NotStarted { dir: layout.data.clone(), output: "its watcher ended".into() })
    })
}

impl Watch {
    fn run(self, tell: &Sender<Result<(), ClusterError>>) {
        let mut first = Some(tell);
        loop {
            let child = match self.bring_up() {
                Ok(child) => child,
                Err(e) => match first.take() {
                    // without a first success there is nothing to keep alive
                    Some(tell) => {
                        let _ = tell.send(Err(e));
                        return;
                    }
                    None => {
                        tracing::error!("{e}; trying again");
                        self.pause(Duration::from_secs(2));
                        if self.stopping() {
                            return;
                        }
                        continue;
                    }
                },
            };
            if let Some(tell) = first.take() {
                let _ = tell.send(Ok(()));
            }
            let Some(mut child) = child else {
                // somebody else's server: look until it is gone, then have our own
                while !self.stopping() && self.layout.postmaster().is_some() {
                    self.pause(WATCH);
                }
                if self.stopping() {
                    return;
                }
                tracing::warn!("the private PostgreSQL that another process ran has gone; starting it here");
                continue;
            };
            while !self.stopping() && matches!(child.try_wait(), Ok(None)) {
                self.pause(WATCH);
            }
            if self.stopping() {
                if self.stop_with_us {
                    stop(&mut child);
                }
                return;
            }
            tracing::error!("the private PostgreSQL died: {}; starting it again", self.last_lines());
        }
    }

    /// `None` when a server is running already.
    fn bring_up(&self) -> Result<Option<Child>, ClusterError> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            match self.layout.postmaster() {
                Some(p) if p.ready => return Ok(None),
                // starting by another's hand, or stopping: wait for the end of it
                Some(_) => {}
                None => {
                    self.layout.forget_dead_postmaster();
                    self.layout.prepare_socket(&self.account)?;
                    if let Some(child) = self.launch(deadline)? {
                        return Ok(Some(child));
                    }
                }
            }
            if Instant::now() > deadline || self.stopping() {
                return Err(self.not_started());
            }
            sleep(TICK);
        }
    }

    /// `None` when it ended at once because the last server's processes are still there.
    fn launch(&self, deadline: Instant) -> Result<Option<Child>, ClusterError> {
        let mut child = self.command().spawn().map_err(ClusterError::io("cannot run", &self.bin.postgres))?;
        if let Some(stderr) = child.stderr.take() {
            let log = Arc::clone(&self.log);
            std::thread::spawn(move || forward(BufReader::new(stderr), &log));
        }
        loop {
            if let Ok(Some(_)) = child.try_wait() {
                sleep(TICK);
                let last = self.last_lines();
                if last.contains("pre-existing shared memory") || last.contains("Is another postmaster") {
                    sleep(WATCH);
                    return Ok(None);
                }
                return Err(self.not_started());
            }
            if self.layout.postmaster().is_some_and(|p| p.ready && p.pid == child.id()) {
                return Ok(Some(child));
            }
            if Instant::now() > deadline || self.stopping() {
                stop(&mut child);
                return Err(self.not_started());
            }
            sleep(TICK);
        }
    }

    fn command(&self) -> Command {
        let mut command = self.account.command(&self.bin.postgres);
        command.arg("-D").arg(&self.layout.data);
        let socket = format!("unix_socket_directories={}", self.layout.socket.display());
        let mut settings = vec![
            "listen_addresses=",
            &socket,
            "unix_socket_permissions=0700",
            "shared_buffers=64MB",
            "max_wal_size=512MB",
            "max_connections=200",
            "log_min_messages=warning",
            "log_line_prefix=",
            "logging_collector=off",
        ];
        if !self.durable {
            settings.extend([
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
                "autovacuum=off",
            ]);
        }
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        // its own group: an interrupt at the terminal is for the hub, which still needs it
        command.process_group(0);
        if self.stop_with_us {
            command.stderr(Stdio::piped());
            let parent = rustix::process::getpid();
            // SAFETY: between fork and exec only async-signal-safe system calls are made
            unsafe {
                command.pre_exec(move || {
                    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::INT))?;
                    if rustix::process::getppid() != Some(parent) {
                        return Err(std::io::Error::other("the hub ended"));
                    }
                    Ok(())
                });
            }
        } else {
            command.stderr(Stdio::null());
        }
        command
    }

    fn not_started(&self) -> ClusterError {
        ClusterError::NotStarted { dir: self.layout.data.clone(), output: self.last_lines() }
    }

    fn last_lines(&self) -> String {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.is_empty() {
            "it said nothing".into()
        } else {
            log.iter().cloned().collect::<Vec<_>>().join(" / ")
        }
    }

    fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn pause(&self, time: Duration) {
        std::thread::park_timeout(time);
    }
}

/// The server's messages into our log.
fn forward(lines: impl BufRead, kept: &Kept) {
    for line in lines.lines().map_while(Result::ok) {
        match line.split_once(":  ") {
            // how its sessions end when it is told to stop
            Some(("FATAL", text)) if text.starts_with("terminating connection") => {
                tracing::debug!(target: "postgres", "{text}");
            }
            Some(("FATAL" | "PANIC", text)) => tracing::error!(target: "postgres", "{text}"),
            Some(("ERROR" | "STATEMENT" | "DETAIL" | "CONTEXT" | "HINT", text)) => {
                tracing::debug!(target: "postgres", "{text}");
            }
            Some((_, text)) => tracing::info!(target: "postgres", "{text}"),
            None => tracing::info!(target: "postgres", "{line}"),
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

/// A fast shutdown: sessions are ended, everything is written. An immediate one when that takes too long.
fn stop(child: &mut Child) {
    let Ok(pid) = i32::try_from(child.id()).map(Pid::from_raw) else { return };
    for (signal, limit) in [(Signal::SIGINT, STOP_LIMIT), (Signal::SIGQUIT, Duration::from_secs(5))] {
        let _ = kill(pid, signal);
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            sleep(TICK);
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}
