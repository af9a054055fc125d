//! The same as lines of text, for screen readers: no escape sequence, one thing a line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use koji_tests::{wait_for, wait_until};

use crate::screens::{Day, PATIENCE, part};

/// `koji tui --plain` with pipes.
struct Talk {
    child: Child,
    input: ChildStdin,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Talk {
    fn start(mut command: Command) -> Result<Talk> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().context("no input")?;
        let output = child.stdout.take().context("no output")?;
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = heard.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        Ok(Talk { child, input, heard })
    }

    /// Says a line and waits for an answer with this text.
    fn ask(&mut self, line: &str, text: &str) -> Result<String> {
        let before = self.heard.lock().unwrap().len();
        writeln!(self.input, "{line}")?;
        let after = || self.heard.lock().unwrap().get(before..).unwrap_or_default().join("\n");
        let came = wait_until(PATIENCE, || Ok(after().contains(text)))?;
        ensure!(came, "no {text:?} came after {line:?}:\n{}", after());
        Ok(after())
    }

    /// Says the line again and again until the answer is as wanted.
    fn ask_until(&mut self, line: &str, wanted: impl Fn(&str) -> bool) -> Result<()> {
        wait_for(&format!("another answer to {line:?}"), PATIENCE, || {
            let said = self.ask(line, "\n").unwrap_or_default();
            Ok(wanted(&said).then_some(()))
        })
    }

    fn end(mut self) -> Result<()> {
        writeln!(self.input, "quit")?;
        let ended = wait_until(PATIENCE, || Ok(self.child.try_wait()?.is_some()))?;
        ensure!(ended, "it does not end");
        ensure!(self.child.wait()?.success(), "it failed");
        let heard = self.heard.lock().unwrap().join("\n");
        let drawn = |c: char| c.is_control() && c != '\n' || ('\u{2500}'..='\u{259f}').contains(&c);
        ensure!(!heard.contains(drawn), "what nobody can read out is in\n{heard}");
        Ok(())
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // one that has ended is what is wanted
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub fn follow(day: &Day) -> Result<()> {
    let (build, compile) = (day.builds[0], day.compiles[0]);
    let mut talk = Talk::start(day.command(&["--plain"])?)?;
    talk.ask("home", &build.to_string())?;
    talk.ask(&format!("task {build}"), "buildArch")?;
    let said = talk.ask(&format!("log {compile} build.log"), "")?;
    let first = part(&said).unwrap_or_default();
    talk.ask_until("", |said| part(said).is_some_and(|n| n > first + 5))?;
    talk.end()
}

pub fn cancel(day: &Day) -> Result<()> {
    let task = day.builds[1];
    let mut talk = Talk::start(day.command(&["--plain", "task", &task.to_string()])?)?;
    talk.ask("", "buildArch")?;
    // what may be done is known after the login
    let menu = wait_for("the login", PATIENCE, || {
        let menu = talk.ask("actions", "priority:")?;
        if menu.contains("needs a login") {
            talk.ask("back", "buildArch")?;
            return Ok(None);
        }
        Ok(Some(menu))
    })?;
    ensure!(menu.contains(&format!("command: koji cancel {task}")), "{menu}");
    let line = menu.lines().find(|l| l.contains("cancel:")).context("no cancel")?;
    let number = line.split('.').next().context("no number")?.to_owned();
    talk.ask(&number, &format!("type {task} to do it"))?;
    talk.ask("yes", "to go on")?;
    ensure!(day.system.task_state(task)? == "OPEN", "cancelled by another word");
    talk.ask(&task.to_string(), &format!("cancel task {task}"))?;
    wait_for("the task to be cancelled", PATIENCE, || {
        Ok((day.system.task_state(task)? == "CANCELED").then_some(()))
    })?;
    talk.ask_until("", |said| said.contains("canceled"))?;
    talk.end()
}

pub fn killed(day: &Day) -> Result<()> {
    let before = day.sleep()?;
    let mut talk = Talk::start(day.command(&["--plain", "tasks"])?)?;
    talk.ask("", &before.to_string())?;
    day.system.hub(|hub| hub.kill())?;
    talk.ask("reload", "The hub is not there")?;
    let said = talk.ask("", "What follows is old")?;
    ensure!(said.contains(&before.to_string()), "the tasks are gone:\n{said}");
    talk.ask("help", "Screens:")?;
    day.system.start_hub()?;
    let after = day.sleep()?;
    talk.ask_until("reload", |said| !said.contains("not there") && said.contains(&after.to_string()))?;
    talk.end()
}
