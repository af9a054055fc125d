//! This terminal joined to one inside a root.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};

use koji_buildroot::{Buildroot, Command, Terminal};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};
use tokio::signal::unix::{SignalKind, signal};

use crate::error::{CommandError, Result};

/// What ends input at a terminal.
const END: u8 = 4;

/// Runs a command, or a shell, in the root at this terminal; its exit status.
pub async fn enter(root: Buildroot, mut command: Command) -> Result<(Buildroot, i32)> {
    let terminal = Terminal::open().map_err(|e| CommandError::new(format!("cannot make a terminal: {e}")))?;
    command.terminal = koji_config::environment::terminal();
    // held open, so that our end does not report its end before the command has opened it
    let held = File::options().read(true).write(true).open(&terminal.device)?;
    copy_size(&terminal.master);
    let raw = Raw::set();
    let mut input = terminal.master.try_clone()?;
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = [0; 4096];
        loop {
            match stdin.read(&mut buffer) {
                Ok(0) => {
                    // at the start of a line, else it would only send the line
                    let _ = input.write_all(&[END]);
                    return;
                }
                Ok(n) if buffer.get(..n).is_some_and(|b| input.write_all(b).is_ok()) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    });
    let mut output = terminal.master.try_clone()?;
    let printer = std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        // the end of a terminal is an error
        while let Ok(n) = output.read(&mut buffer) {
            let mut stdout = io::stdout().lock();
            let written = buffer
                .get(..n)
                .filter(|b| !b.is_empty())
                .map(|b| stdout.write_all(b).and_then(|()| stdout.flush()));
            if !matches!(written, Some(Ok(()))) {
                return;
            }
        }
    });
    let (send, mut done) = tokio::sync::oneshot::channel();
    let device = terminal.device.clone();
    std::thread::spawn(move || {
        let mut root = root;
        let status = root.at_terminal(&command, &device);
        let _ = send.send((root, status));
    });
    let mut resized = signal(SignalKind::window_change())?;
    let (root, status) = loop {
        tokio::select! {
            result = &mut done => {
                break result.map_err(|_| CommandError::new("the shell did not come back"))?;
            }
            _ = resized.recv() => copy_size(&terminal.master),
        }
    };
    drop(held);
    let _ = printer.join();
    drop(raw);
    Ok((root, status?))
}

/// Whether somebody sits here.
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

fn copy_size(to: &File) {
    if let Ok(size) = tcgetwinsize(io::stdout()) {
        // a terminal without a size is none that programs draw on
        let _ = tcsetwinsize(to, size);
    }
}

/// Keys go through as they are; restored when dropped.
struct Raw(Option<Termios>);

impl Raw {
    fn set() -> Raw {
        let Ok(before) = tcgetattr(io::stdin()) else { return Raw(None) };
        let mut raw = before.clone();
        raw.make_raw();
        match tcsetattr(io::stdin(), OptionalActions::Now, &raw) {
            Ok(()) => Raw(Some(before)),
            Err(_) => Raw(None),
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}
