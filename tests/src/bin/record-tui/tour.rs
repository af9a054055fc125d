//! One look at every screen.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use koji_tests::{ADMIN, BUILD_TAG, System, TARGET, Terminal, wait_until};

use crate::hub::{self, Stage};

/// A place, and text that is there once it has everything.
pub struct Visit {
    pub place: String,
    pub until: String,
}

fn visits(s: &Stage) -> Vec<Visit> {
    let visit = |place: String, until: &str| Visit { place, until: until.to_owned() };
    let [first, second] = s.buildroots;
    let (built, failed, running) = (&s.built, &s.failed, &s.running);
    vec![
        visit("home".into(), "my tasks"),
        visit("tasks".into(), "buildArch"),
        visit("tasks all".into(), "newRepo"),
        visit(format!("task {}", built.id), "buildArch"),
        visit(format!("task {}", failed.compile), "build.log"),
        visit(format!("task {}", running.compile), "open"),
        visit(format!("why {}", failed.id), "what to do"),
        visit(format!("log-diff {} build.log", failed.compile), "the last good build broken-1.0-1"),
        visit("local".into(), hub::ROOT),
        visit(format!("root {}", hub::ROOT), "root.log"),
        visit("builds".into(), "hello-1.0-2"),
        visit("build hello-1.0-1".into(), "hello-1.0-1.src"),
        visit("build-diff hello-1.0-1 hello-1.0-2".into(), "hello"),
        visit(format!("rpm {}", s.rpm), "hello"),
        visit("packages".into(), "zlib"),
        visit("packages f45".into(), "gdbm"),
        visit("package hello".into(), "hello-1.0-2"),
        visit("tags".into(), "f45-updates"),
        visit("tag f45-build".into(), "f44"),
        visit("history f45".into(), "hello"),
        visit("diff f44 f45".into(), "hello"),
        visit("targets".into(), "f45-candidate"),
        visit(format!("target {TARGET}"), BUILD_TAG),
        visit("hosts".into(), "s390-1"),
        visit("host builder1".into(), "default"),
        visit("channels".into(), "createrepo"),
        visit("channel default".into(), "builder1"),
        visit("repos".into(), BUILD_TAG),
        visit(format!("repo {}", s.repo), BUILD_TAG),
        visit(format!("buildroot {first}"), "gcc"),
        visit(format!("buildroot-diff {first} {second}"), "packages differ"),
        visit(format!("user {ADMIN}"), "hello"),
        visit(format!("policy channel method=build target={TARGET}"), "verdict"),
        visit("search hel".into(), "package  hello"),
        visit("notifications".into(), "task"),
        visit(format!("log {} build.log", failed.compile), "Child return code was"),
        // of ended tasks: how far a growing log has come depends on the moment it is looked at
        visit(format!("logs {} {}", failed.compile, built.compile), "hello-debuginfo"),
    ]
}

/// Goes everywhere with the palette, as a user would.
pub fn tour(system: &System, stage: &Stage, recording: &Path) -> Result<Vec<Visit>> {
    let visits = visits(stage);
    let mut tui = system.command("admin", ["tui", "--record"])?;
    tui.arg(recording)
        .env("TERM", "xterm-256color")
        .env("HOME", system.dir())
        .env("XDG_CACHE_HOME", system.dir().join("cache"));
    let mut terminal = Terminal::start(tui, (200, 60))?;
    terminal.shows(&format!("{ADMIN} ·"))?;
    for visit in &visits {
        println!("{}", visit.place);
        terminal.types(":")?;
        terminal.shows("go · do · run")?;
        terminal.types(&format!("{}\r", visit.place))?;
        // one that is wrong must not cost the others: the test of the snapshots wants this text, too
        if let Err(e) = terminal.shows(&visit.until) {
            println!("{e:#}");
        }
        still(&terminal)?;
        if visit.place.starts_with("search") {
            // where letters are letters
            terminal.types("\x1b")?;
            terminal.waits_for("another screen", |s| !s.contains("search:"))?;
        }
    }
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "the terminal UI failed:\n{}", terminal.screen());
    Ok(visits)
}

/// Waits until the screen shows the same for a second but for digits, which may be running times.
fn still(terminal: &Terminal) -> Result<()> {
    let seen = || terminal.screen().replace(|c: char| c.is_ascii_digit(), "0");
    let mut last = (seen(), std::time::Instant::now());
    wait_until(Duration::from_secs(10), || {
        let now = seen();
        if now != last.0 {
            last = (now, std::time::Instant::now());
        }
        Ok(last.1.elapsed() > Duration::from_secs(1))
    })?;
    Ok(())
}
