//! However the program ends, the terminal is as it was.

use std::process::Stdio;

use anyhow::{Result, ensure};
use koji_tests::{Terminal, command, signal};

use crate::{neutral, tui, without_hub};

type End = fn(&Terminal) -> Result<()>;

#[test]
fn the_terminal_is_given_back() {
    let ends: [(&str, End); 5] = [
        ("q", |t| t.types("q")),
        ("ctrl-c", |t| t.types("\x03")),
        ("SIGTERM", |t| t.signal(libc::SIGTERM)),
        ("SIGHUP", |t| t.signal(libc::SIGHUP)),
        ("quit in the palette", |t| t.types(":quit\r")),
    ];
    for (name, end) in ends {
        restored(end).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    }
}

fn restored(end: End) -> Result<()> {
    let home = tempfile::tempdir()?;
    // what the settings are before a program changed them
    let idle = Terminal::start(command("sleep", ["60"]), (100, 30))?.settings()?;
    let mut terminal = without_hub(home.path(), &[])?;
    ensure!(terminal.settings()? != idle, "the terminal was not taken");
    ensure!(terminal.model(|s| s.alternate_screen() && s.hide_cursor()), "not on a screen of its own");
    end(&terminal)?;
    let status = terminal.ends()?;
    ensure!(status.success(), "{status}");
    given_back(&terminal)?;
    ensure!(terminal.settings()? == idle, "the settings are not what they were");
    Ok(())
}

fn given_back(terminal: &Terminal) -> Result<()> {
    terminal.model(|s| {
        ensure!(!s.alternate_screen(), "still on the screen of its own");
        ensure!(!s.hide_cursor(), "the cursor is hidden");
        ensure!(!s.bracketed_paste(), "pastes are still bracketed");
        ensure!(s.mouse_protocol_mode() == vt100::MouseProtocolMode::None, "the mouse is still taken");
        Ok(())
    })
}

/// A shell with job control, as people use it.
#[test]
fn suspended_and_resumed() {
    suspend().unwrap();
}

fn suspend() -> Result<()> {
    let home = tempfile::tempdir()?;
    let mut shell = command("bash", ["--norc", "--noprofile", "--noediting", "-i"]);
    neutral(&mut shell, home.path());
    shell.env("PS1", "shell$ ").stderr(Stdio::null());
    let terminal = Terminal::start(shell, (100, 30))?;
    terminal.shows("shell$")?;
    let koji = tui(home.path(), &[])?;
    let words: Vec<_> = std::iter::once(koji.get_program()).chain(koji.get_args()).collect();
    terminal.types(&words.join(std::ffi::OsStr::new(" ")).to_string_lossy())?;
    terminal.types("\r")?;
    terminal.shows("no hub since")?;
    let job = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", terminal.pid()))?;
    let job: u32 = job.trim().parse()?;
    // by its own key, and by a signal from elsewhere
    let stops: [&dyn Fn() -> Result<()>; 2] = [&|| terminal.types("\x1a"), &|| signal(job, libc::SIGTSTP)];
    for stop in stops {
        stop()?;
        terminal.shows("Stopped")?;
        given_back(&terminal)?;
        terminal.types("echo back in the $((40 + 2))nd shell\r")?;
        terminal.shows("back in the 42nd shell")?;
        terminal.types("clear; fg\r")?;
        terminal.shows("no hub since")?;
        ensure!(terminal.model(|s| s.alternate_screen()), "not on its own screen again");
        terminal.types("?")?;
        terminal.shows("half a page down")?;
        terminal.types("?")?;
        terminal.waits_for("help to close", |s| !s.contains("half a page down"))?;
    }
    terminal.types("q")?;
    terminal.shows("shell$")?;
    given_back(&terminal)
}

/// A signal while nobody is at the keyboard, from another terminal.
#[test]
fn stopped_by_a_signal() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(tui(home.path(), &[]).unwrap(), (80, 24)).unwrap();
    terminal.shows("no hub since").unwrap();
    // SIGSTOP cannot be noticed: only that it goes on is to be seen
    terminal.signal(libc::SIGSTOP).unwrap();
    terminal.resize(120, 40).unwrap();
    terminal.signal(libc::SIGCONT).unwrap();
    // its last row at the bottom; a key that comes in the same moment as a new size is only read with the next one
    terminal.waits_for("the new size", |s| s.lines().count() == 40).unwrap();
    terminal.types("?").unwrap();
    terminal.shows("half a page down").unwrap();
    terminal.types("?").unwrap();
    terminal.waits_for("help to close", |s| !s.contains("half a page down")).unwrap();
    terminal.types("q").unwrap();
    assert!(terminal.ends().unwrap().success());
}
