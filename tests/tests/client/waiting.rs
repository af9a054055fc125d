//! Waiting commands and a hub that is killed, a network that is cut, a machine that sleeps.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{BUILD_TAG, Options, System, wait_until};
use serde_json::Value;

use crate::proxy::Proxy;

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn waits_survive() {
    let system = System::start(Options::default()).unwrap();
    check(&system).unwrap();
}

fn check(system: &System) -> Result<()> {
    // nobody works, so that everything waits
    system.kojid(|kojid| kojid.terminate(Duration::from_secs(20)))?;
    let run = system.koji(["regen-repo", "--make-task", "--nowait", "--json", BUILD_TAG])?.ok()?;
    let made: Value = serde_json::from_str(&run.stdout)?;
    let task = made["task_id"].as_i64().context("no task")?.to_string();
    let before = new_repos(system)?;

    let address = system.url("").trim_start_matches("http://").to_owned();
    let proxy = Proxy::start(address)?;
    let server = format!("http://127.0.0.1:{}/kojihub", proxy.port);
    let waiting = |name: &str, words: &[&str]| {
        let mut all = vec!["-s", &server];
        all.extend(words);
        Waiting::start(system, name, &all)
    };
    let mut commands = vec![
        waiting("watch-task", &["watch-task", &task])?,
        waiting("watch-json", &["watch-task", "--jsonl", &task])?,
        waiting("watch-logs", &["watch-logs", "--follow", &task])?,
        waiting("wait-repo", &["wait-repo", "--no-request", BUILD_TAG])?,
        waiting("requested", &["request-repo", "--wait", "--current", BUILD_TAG])?,
    ];
    sleep(Duration::from_secs(1));

    // the machine of the one goes to sleep, the hub dies meanwhile, and the network is away when it is back
    commands[0].signal(libc::SIGSTOP)?;
    system.hub(|hub| hub.kill())?;
    sleep(Duration::from_secs(2));
    proxy.cut();
    system.start_hub()?;
    sleep(Duration::from_secs(2));
    proxy.mend();
    commands[0].signal(libc::SIGCONT)?;
    sleep(Duration::from_secs(1));
    for command in &mut commands {
        ensure!(command.child.try_wait()?.is_none(), "{}", command.described("has ended too early"));
    }

    system.start_kojid()?;
    for command in &mut commands {
        let ended = wait_until(PATIENCE, || Ok(command.child.try_wait()?.is_some()))?;
        ensure!(ended, "{}", command.described("still waits"));
        let status = command.child.wait()?;
        ensure!(status.success(), "{}", command.described(&status.to_string()));
        let errors = command.read("stderr");
        ensure!(!errors.contains("panicked") && !errors.contains("backtrace"), "{errors}");
    }
    let watched = commands[0].read("stdout");
    ensure!(watched.matches("Watching tasks").count() == 1, "{watched}");
    ensure!(watched.matches("completed successfully").count() == 1, "{watched}");
    let changes = commands[1].read("stdout");
    let last: Value = serde_json::from_str(changes.lines().last().context("no changes")?)?;
    ensure!(changes.contains("\"CLOSED\"") && last["task_id"].is_i64(), "{changes}");
    ensure!(commands[3].read("stdout").contains("Got repo"), "{}", commands[3].described("got no repo"));
    // the watched task and the one that was requested meanwhile, however often the hub was asked
    let after = new_repos(system)?;
    ensure!(after <= before + 2, "{before} tasks before, {after} after");
    Ok(())
}

/// How many tasks for new repositories there ever were.
fn new_repos(system: &System) -> Result<usize> {
    let opts = serde_json::json!({ "method": "newRepo" });
    Ok(system.call("listTasks", &[opts])?.as_array().map_or(0, Vec::len))
}

/// A command that runs while other things happen.
struct Waiting {
    child: Child,
    base: PathBuf,
}

impl Waiting {
    fn start(system: &System, name: &str, words: &[&str]) -> Result<Waiting> {
        let base = system.dir().join("logs").join(name);
        let mut command = system.command("admin", words)?;
        let file = |ext: &str| File::create(base.with_extension(ext));
        command.stdin(Stdio::null()).stdout(file("stdout")?).stderr(file("stderr")?);
        Ok(Waiting { child: command.spawn()?, base })
    }

    fn signal(&self, signal: i32) -> Result<()> {
        let pid = libc::pid_t::try_from(self.child.id())?;
        // SAFETY: kill takes two integers and touches no memory; the child is not yet reaped
        ensure!(unsafe { libc::kill(pid, signal) } == 0, "cannot signal {pid}");
        Ok(())
    }

    fn read(&self, ext: &str) -> String {
        std::fs::read_to_string(self.base.with_extension(ext)).unwrap_or_default()
    }

    fn described(&self, what: &str) -> String {
        format!("{} {what}\n{}\n{}", self.base.display(), self.read("stdout"), self.read("stderr"))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // one that has ended is what is wanted
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
