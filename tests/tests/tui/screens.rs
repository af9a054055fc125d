//! A build that really runs, looked at, cancelled, and a hub that dies meanwhile.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use koji_tests::{BUILD_TAG, Options, Package, Run, System, TARGET, Terminal, run_scenarios, wait_for};

use crate::{neutral, plain};

/// For a buildroot that is made for the first time, too.
pub const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn a_day_at_the_hub() {
    let system = System::start(Options::default()).unwrap();
    let day = Day::begin(system).unwrap();
    run_scenarios(
        &day,
        1,
        &[
            ("a build is followed", follow),
            ("a recording shows the same", recording),
            ("plain: a build is followed", plain::follow),
            ("the session expires", expired),
            ("a build is cancelled", cancel),
            ("plain: a build is cancelled", plain::cancel),
            ("the hub is killed", killed),
            ("plain: the hub is killed", plain::killed),
        ],
    );
}

/// The system with a build that goes on and on.
pub struct Day {
    pub system: System,
    /// Two builds and the tasks of them that compile.
    pub builds: [i64; 2],
    pub compiles: [i64; 2],
}

/// Prints a line each fifth of a second.
fn slow(name: &str) -> Package {
    Package::new(name).first("for i in $(seq 1 6000); do echo compiling part $i of 6000; sleep 0.2; done")
}

impl Day {
    fn begin(system: System) -> Result<Day> {
        let begin = |name: &str| -> Result<i64> {
            let url = system.publish(&slow(name))?;
            system.submit(&["--scratch", TARGET, &url])
        };
        let builds = [begin("slow")?, begin("slower")?];
        let [one, two] = builds;
        let compiles = |id| system.wait_for_open_child(id, "buildArch", PATIENCE);
        let compiles = [compiles(one)?, compiles(two)?];
        for task in compiles {
            wait_for("a log of the compiler", PATIENCE, || {
                let files = system.call("listTaskOutput", &[task.into()])?;
                let mut names = files.as_array().into_iter().flatten();
                Ok(names.any(|name| name == "build.log").then_some(()))
            })?;
        }
        Ok(Day { system, builds, compiles })
    }

    pub fn command(&self, words: &[&str]) -> Result<Command> {
        let mut tui = self.system.command("admin", std::iter::once(&"tui").chain(words))?;
        neutral(&mut tui, self.system.dir());
        Ok(tui)
    }

    fn open(&self, words: &[&str]) -> Result<Terminal> {
        let terminal = Terminal::start(self.command(words)?, (120, 30))?;
        // logged in, and the hub answers
        terminal.shows("tester · admin · ● live")?;
        Ok(terminal)
    }

    /// A task that anybody may do at once; its id.
    pub fn sleep(&self) -> Result<i64> {
        let run = self.system.koji(["make-task", "sleep", "600"])?.ok()?;
        ensure!(!run.stdout.is_empty(), "{run}");
        let tasks = self.system.call("listTasks", &[serde_json::json!({"method": "sleep"})])?;
        let ids = tasks.as_array().into_iter().flatten().filter_map(|t| t["id"].as_i64());
        ids.max().ok_or_else(|| anyhow::anyhow!("no task: {tasks}"))
    }
}

/// The largest of the numbers after `compiling part`.
pub fn part(text: &str) -> Option<u32> {
    let numbers = text.split("compiling part ").skip(1);
    numbers.filter_map(|t| t.split(' ').next()?.parse().ok()).max()
}

/// From the dashboard to the task, from there to its log, which grows.
fn follow(day: &Day) -> Result<()> {
    let (build, compile) = (day.builds[0], day.compiles[0]);
    let mut terminal = day.open(&[])?;
    terminal.shows("running and waiting")?;
    terminal.shows(&build.to_string())?;
    terminal.types(&format!(":task {build}\r"))?;
    terminal.waits_for("the task and its children", |screen| {
        screen.contains(&format!("task {build}")) && screen.contains("buildArch") && screen.contains("▶ open")
    })?;
    terminal.types(&format!(":task {compile}\r"))?;
    terminal.shows(&format!("task {compile} · buildArch"))?;
    terminal.types("L")?;
    terminal.shows("compiling part")?;
    terminal.shows("following")?;
    let first = part(&terminal.screen()).unwrap_or_default();
    terminal.waits_for("new lines of the log", |screen| part(screen).is_some_and(|n| n > first + 5))?;
    // up: the picture stands still while the log goes on, and G follows again
    terminal.types("gg")?;
    terminal.waits_for("the log's beginning", |screen| screen.contains("line 1/"))?;
    terminal.types("G")?;
    terminal.shows("following")?;
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}

/// What `--replay` prints is what the terminal showed.
fn recording(day: &Day) -> Result<()> {
    let file = day.system.dir().join("recording");
    let file = file.to_string_lossy();
    let mut terminal = day.open(&["--record", &file, "tags"])?;
    terminal.shows("t1-build")?;
    terminal.types(&format!("/build\r:tag {}\r", BUILD_TAG))?;
    terminal.shows("distro-0")?;
    terminal.types("jj")?;
    std::thread::sleep(Duration::from_secs(2));
    let shown = terminal.screen();
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    let text = std::fs::read_to_string(&*file)?;
    ensure!(!text.contains("test-password") && !text.contains("session-key"), "a secret was recorded");

    let mut replay = day.command(&["--replay", &file])?;
    // as with a hub that is nowhere near
    replay.env("HOME", "/nowhere");
    let replayed = Run::of(replay)?.ok()?.stdout;
    let body = |text: &str| text.lines().skip(1).map(|l| ageless(l.trim_end())).collect::<Vec<_>>();
    let (shown, replayed) = (body(&shown), body(replayed.trim_end_matches('\n')));
    ensure!(shown == replayed, "shown:\n{}\nreplayed:\n{}", shown.join("\n"), replayed.join("\n"));
    Ok(())
}

/// Without ages: an answer may arrive on either side of a second's end.
fn ageless(line: &str) -> String {
    let is_age = |word: &str| word.strip_suffix('s').is_some_and(|n| n.parse::<u32>().is_ok());
    line.split(' ').map(|word| if is_age(word) { "(age)" } else { word }).collect::<Vec<_>>().join(" ")
}

/// The menu's line for an action, chosen by its number.
fn choose(terminal: &Terminal, name: &str) -> Result<()> {
    terminal.types("a")?;
    let mut number = None;
    terminal.waits_for(&format!("{name} in the menu"), |screen| {
        let lines = screen.lines().map(|l| l.replace(['│', '┃', '|'], " "));
        let mut words = lines.map(|l| l.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        number = words.find_map(|w| {
            let at = w.windows(2).position(|w| w[1] == name && w[0].parse::<u8>().is_ok())?;
            Some(w[at].clone())
        });
        number.is_some()
    })?;
    terminal.types(&number.unwrap_or_default())
}

/// The hub no longer knows the session: the next action renews it without a word.
fn expired(day: &Day) -> Result<()> {
    let mut terminal = day.open(&["task", &day.builds[1].to_string()])?;
    terminal.shows("buildArch")?;
    day.system.sql("UPDATE sessions SET expired = TRUE")?;
    choose(&terminal, "priority")?;
    terminal.shows("with the tasks below it")?;
    terminal.types("\r\r")?;
    terminal.shows("enter does it")?;
    terminal.types("\r")?;
    terminal.shows("✔ priority")?;
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}

/// Only after its number was typed.
fn cancel(day: &Day) -> Result<()> {
    let task = day.builds[0];
    let mut terminal = day.open(&["task", &task.to_string()])?;
    terminal.shows("buildArch")?;
    choose(&terminal, "cancel")?;
    terminal.shows(&format!("$ koji cancel {task}"))?;
    terminal.types("yes\r")?;
    terminal.shows(&format!("type {task} to go on"))?;
    ensure!(day.system.task_state(task)? == "OPEN", "cancelled by another word");
    terminal.types(&format!("\x7f\x7f\x7f{task}\r"))?;
    terminal.shows("⊘ canceled")?;
    wait_for("the task to be cancelled", PATIENCE, || {
        Ok((day.system.task_state(task)? == "CANCELED").then_some(()))
    })?;
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}

/// Keys are answered, what is old is called old, and what happens after the hub is back is seen without a key.
fn killed(day: &Day) -> Result<()> {
    let before = day.sleep()?;
    let mut terminal = day.open(&["tasks"])?;
    terminal.shows(&before.to_string())?;
    day.system.hub(|hub| hub.kill())?;
    terminal.shows("no hub since")?;
    // the bar says it, too, where the line is too short for all of it
    terminal.shows("✘ hub down")?;
    ensure!(terminal.screen().contains(&before.to_string()), "the tasks are gone: {}", terminal.screen());
    terminal.types("?")?;
    terminal.shows("half a page down")?;
    terminal.types("?")?;
    terminal.waits_for("help to close", |s| !s.contains("half a page down"))?;
    terminal.types(":builds\r")?;
    terminal.waits_for("another screen", |s| s.lines().next().is_some_and(|l| l.contains("builds")))?;
    terminal.types("\x1b")?;
    day.system.start_hub()?;
    let meanwhile = day.sleep()?;
    terminal.waits_for("the hub again", |s| !s.contains("no hub since") && s.contains("● live"))?;
    terminal.shows(&meanwhile.to_string())?;
    // and it is told of what happens, again
    let after = day.sleep()?;
    terminal.shows(&after.to_string())?;
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}
