//! A shell in a terminal, by tmux.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use koji_tests::{Run, command, wait_for};

const PATIENCE: Duration = Duration::from_secs(20);

/// Ends with the value.
pub struct Terminal {
    socket: String,
}

impl Terminal {
    /// Starts a shell, with these variables of the environment.
    pub fn start(dir: &Path, name: &str, shell: &str, variables: &[(&str, String)]) -> Result<Terminal> {
        let socket = dir.join(format!("tmux-{name}")).to_string_lossy().into_owned();
        let terminal = Terminal { socket };
        let mut start =
            terminal.tmux(["-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "160", "-y", "40"]);
        for (variable, value) in variables {
            start.env(variable, value).args(["-e", &format!("{variable}={value}")]);
        }
        start.args(["-c", &dir.to_string_lossy(), shell]);
        Run::of(start)?.ok()?;
        Ok(terminal)
    }

    /// Types a line and Enter.
    pub fn line(&self, text: &str) -> Result<()> {
        self.typed(text)?;
        Run::of(self.tmux(["send-keys", "-t", "t", "Enter"]))?.ok()?;
        Ok(())
    }

    /// Types without Enter.
    pub fn typed(&self, text: &str) -> Result<()> {
        Run::of(self.tmux(["send-keys", "-t", "t", "-l", text]))?.ok()?;
        Ok(())
    }

    /// Presses a key by tmux's name of it.
    pub fn key(&self, name: &str) -> Result<()> {
        Run::of(self.tmux(["send-keys", "-t", "t", name]))?.ok()?;
        Ok(())
    }

    pub fn screen(&self) -> Result<String> {
        Ok(Run::of(self.tmux(["capture-pane", "-p", "-t", "t"]))?.ok()?.stdout)
    }

    /// Waits until some line of the screen ends like this.
    pub fn shows(&self, end: &str) -> Result<()> {
        let found = wait_for(&format!("{end:?} on the screen"), PATIENCE, || {
            let screen = self.screen()?;
            Ok(screen.lines().any(|l| l.trim_end().ends_with(end)).then_some(()))
        });
        found.map_err(|e| e.context(self.screen().unwrap_or_default()))
    }

    fn tmux<const N: usize>(&self, words: [&str; N]) -> Command {
        let mut tmux = command("tmux", ["-S", &self.socket]);
        tmux.args(words).env_remove("TMUX").env("LC_ALL", "C.UTF-8");
        tmux
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        Run::of(self.tmux(["kill-server"])).ok();
    }
}
