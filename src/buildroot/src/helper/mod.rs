//! The helper process: enters fresh namespaces, runs one command in them and reports how it ended.
//!
//! It is the running program started again with [`HELPER_WORD`] as first argument, because namespaces can only be
//! entered safely by a process with a single thread. Three processes take part:
//!
//! - the *supervisor* (this program, started by the engine) makes the user, pid, ipc, uts and net namespaces, watches the
//!   clock, the disk and its standard input, and kills the pid namespace when one of them says so;
//! - *init*, pid 1 of the new pid namespace, makes the mounts in its own mount namespace, so that no mount is ever seen
//!   outside and none is left behind;
//! - the *command*, which has given up every privilege.
//!
//! Standard input carries one line, the request as JSON, and then stays open: its end means that the engine is gone.
//! Standard output carries the command's output. Standard error carries [`Report`]s, one JSON object a line.

pub(crate) mod request;
pub(crate) mod tree;

mod cgroup;
mod command;
mod disk;
mod fault;
mod files;
mod init;
mod mounts;
mod seccomp;
mod supervise;
mod userns;

use std::io::{BufRead, Write};

use fault::Fault;
use request::{Report, Request};

/// The first argument that makes a program call [`helper_main`].
pub const HELPER_WORD: &str = "__buildroot-helper";

/// Runs as the helper and never returns. Call it first thing in `main`, before any thread is started, when the first
/// argument is [`HELPER_WORD`].
pub fn helper_main() -> ! {
    let code = match serve() {
        Ok(()) => 0,
        Err(fault) => {
            send(&fault.into_report());
            1
        }
    };
    std::process::exit(code)
}

fn serve() -> Result<(), Fault> {
    let mut line = String::new();
    let mut stdin = std::io::stdin().lock();
    stdin.read_line(&mut line).map_err(Fault::during("read the request"))?;
    drop(stdin);
    let request: Request =
        serde_json::from_str(&line).map_err(|e| Fault::new("read the request", e.to_string(), None))?;
    if let Some(ids) = request.userns() {
        userns::enter(ids)?;
    }
    match request {
        Request::Run(run) => supervise::supervise(&run),
        Request::Remove { path, .. } => tree::remove(&path).map_err(Fault::during("remove the tree")),
        Request::Chown { path, uid, gid, .. } => {
            tree::chown(&path, uid, gid).map_err(Fault::during("change the owner of the tree"))
        }
        Request::Copy { from, to, .. } => tree::copy(&from, &to).map_err(Fault::during("copy the tree")),
        Request::Size { path, .. } => {
            send(&Report::Size { bytes: tree::size(&path) });
            Ok(())
        }
    }
}

/// Writes one report to the engine; a gone engine is noticed by the supervisor, not here.
fn send(report: &Report) {
    if let Ok(mut line) = serde_json::to_string(report) {
        line.push('\n');
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
