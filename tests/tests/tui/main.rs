//! `koji tui` as a user meets it: in a terminal with a model of its screen, and as lines of text.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod endings;
mod keys;
mod looks;
mod plain;
mod screens;

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use koji_tests::{Terminal, command, program};

/// `koji tui` with nothing but what is said here: the files of `home`, a hub that is not there (nobody listens on that port),
/// a terminal that can do everything.
fn tui(home: &Path, arguments: &[&str]) -> Result<Command> {
    let config = home.join("koji.conf");
    std::fs::write(&config, "[koji]\nserver = http://127.0.0.1:9/kojihub\nauthtype = noauth\n")?;
    let mut tui = command(program("koji")?, ["--config"]);
    tui.arg(config).arg("tui").args(arguments);
    neutral(&mut tui, home);
    Ok(tui)
}

fn neutral(command: &mut Command, home: &Path) {
    for name in ["NO_COLOR", "KOJI_A11Y", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "KOJI_PROFILE", "COLORFGBG"] {
        command.env_remove(name);
    }
    command.env("HOME", home).env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
}

/// The terminal UI without a hub, when its first picture stands.
fn without_hub(home: &Path, arguments: &[&str]) -> Result<Terminal> {
    let terminal = Terminal::start(tui(home, arguments)?, (100, 30))?;
    terminal.shows("no hub since")?;
    Ok(terminal)
}
