//! A program in a terminal, with a model of what is on its screen.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::daemon::signal;
use crate::wait::wait_until;

/// How long the screen may take to show what is expected.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pseudo terminal with a program in it; dropping it ends the program.
pub struct Terminal {
    child: Child,
    /// What is written here is typed.
    keyboard: File,
    /// The program's side, for its settings; also keeps what it printed last from being lost.
    line: OwnedFd,
    heard: Arc<Mutex<Heard>>,
}

struct Heard {
    model: vt100::Parser,
    bytes: Vec<u8>,
}

/// Settings of a terminal (`termios`): two of the same settings are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    flags: [libc::tcflag_t; 4],
    characters: Vec<libc::cc_t>,
}

impl Terminal {
    /// Starts the command with a terminal of that many columns and rows as its controlling one.
    pub fn start(mut command: Command, (columns, rows): (u16, u16)) -> Result<Terminal> {
        let (mut master, mut line) = (0, 0);
        let size = window(columns, rows);
        let (name, modes) = (std::ptr::null_mut(), std::ptr::null());
        // SAFETY: two integers are written, the size is read; name and modes are left out
        if unsafe { libc::openpty(&mut master, &mut line, name, modes, &size) } != 0 {
            return Err(std::io::Error::last_os_error()).context("cannot open a terminal");
        }
        // SAFETY: both were just opened and belong to nobody else
        let (master, line) = unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(line)) };
        for end in [master.as_raw_fd(), line.as_raw_fd()] {
            // SAFETY: integers only
            unsafe { libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
        let end = || Ok::<_, std::io::Error>(File::from(line.try_clone()?));
        command.stdin(end()?).stdout(end()?).stderr(end()?);
        // SAFETY: only system calls that may be made between fork and exec
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) != 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let child = command.spawn().context("cannot start the program in a terminal")?;
        let model = vt100::Parser::new(some(rows), some(columns), 0);
        let heard = Arc::new(Mutex::new(Heard { model, bytes: Vec::new() }));
        listen(master.try_clone()?, heard.clone());
        Ok(Terminal { child, keyboard: master, line, heard })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Types bytes as they are: `"\x1b"` is the escape key, `"\r"` enter.
    pub fn types(&self, keys: &str) -> Result<()> {
        (&self.keyboard).write_all(keys.as_bytes()).context("cannot type")
    }

    /// What is on the screen, a line a row.
    pub fn screen(&self) -> String {
        self.heard().model.screen().contents()
    }

    /// Does something with the model of the screen.
    pub fn model<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.heard().model.screen())
    }

    /// All bytes that the program wrote so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.heard().bytes.clone()
    }

    /// How many bytes the program wrote so far.
    pub fn written(&self) -> usize {
        self.heard().bytes.len()
    }

    /// Waits until the text is on the screen.
    pub fn shows(&self, text: &str) -> Result<()> {
        self.waits_for(text, |screen| screen.contains(text))
    }

    /// Waits until the screen is as wanted; `what` names it in the error.
    pub fn waits_for(&self, what: &str, mut wanted: impl FnMut(&str) -> bool) -> Result<()> {
        let (mut alive, mut found) = (true, false);
        wait_until(PATIENCE, || {
            // looked at once more after its end
            let was_alive = std::mem::replace(&mut alive, self.is_running());
            found = wanted(&self.screen());
            Ok(found || !was_alive)
        })?;
        let how = if alive { "in vain" } else { "until the program's end" };
        ensure!(found, "waited {how} for {what:?} on the screen:\n{}", self.screen());
        Ok(())
    }

    fn is_running(&self) -> bool {
        // SAFETY: all zeroes is a value of this struct, which the call fills; the child is not reaped by it
        unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
            libc::waitid(libc::P_PID, self.child.id(), &mut info, options) != 0 || info.si_pid() == 0
        }
    }

    /// Another size, as when a window is dragged.
    pub fn resize(&self, columns: u16, rows: u16) -> Result<()> {
        self.heard().model.screen_mut().set_size(some(rows), some(columns));
        let size = window(columns, rows);
        // SAFETY: the size is read
        match unsafe { libc::ioctl(self.keyboard.as_raw_fd(), libc::TIOCSWINSZ, &size) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()).context("cannot set the terminal's size"),
        }
    }

    pub fn settings(&self) -> Result<Settings> {
        // SAFETY: all zeroes is a value of this struct of integers, and the call fills it
        let termios = unsafe {
            let mut termios: libc::termios = std::mem::zeroed();
            if libc::tcgetattr(self.line.as_raw_fd(), &mut termios) != 0 {
                return Err(std::io::Error::last_os_error()).context("the terminal's settings");
            }
            termios
        };
        let flags = [termios.c_iflag, termios.c_oflag, termios.c_cflag, termios.c_lflag];
        Ok(Settings { flags, characters: termios.c_cc.to_vec() })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A signal to the program.
    pub fn signal(&self, number: i32) -> Result<()> {
        signal(self.child.id(), number)
    }

    /// Waits for the program's end.
    pub fn ends(&mut self) -> Result<ExitStatus> {
        if wait_until(PATIENCE, || Ok(self.child.try_wait()?.is_some()))? {
            return Ok(self.child.wait()?);
        }
        bail!("the program has not ended after {} s; its screen:\n{}", PATIENCE.as_secs(), self.screen());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // one that has ended is what is wanted
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A screen of nothing cannot be modelled.
fn some(n: u16) -> NonZero<u16> {
    NonZero::new(n).unwrap_or(NonZero::<u16>::MIN)
}

fn window(columns: u16, rows: u16) -> libc::winsize {
    libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

/// Reads in a thread of its own until the terminal is closed.
fn listen(mut master: File, heard: Arc<Mutex<Heard>>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match master.read(&mut buffer) {
                Ok(0) => return,
                Ok(n) => {
                    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                    let new = buffer.get(..n).unwrap_or_default();
                    heard.model.process(new);
                    heard.bytes.extend_from_slice(new);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                // the program's side was closed
                Err(_) => return,
            }
        }
    });
}
