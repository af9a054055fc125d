//! A user namespace for callers that are not root.

use std::io::{Read, Write};
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Gid, Uid, fork, setgroups, setresgid, setresuid};

use super::fault::Fault;
use super::request::{IdMap, SubRange};

/// Enters a new user namespace and becomes root in it.
///
/// `newuidmap` has to run outside the namespace it fills, so a child stays behind to call it.
pub(super) fn enter(ids: &IdMap) -> Result<(), Fault> {
    const STAGE: &str = "make a user namespace";
    let parent = std::process::id();
    let (mut wait, mut go) = std::io::pipe().map_err(Fault::during(STAGE))?;
    // SAFETY: the helper has a single thread, so the child may do anything its parent may.
    match unsafe { fork() }.map_err(Fault::during(STAGE))? {
        ForkResult::Child => {
            drop(go);
            let mut byte = [0];
            let ok = wait.read_exact(&mut byte).is_ok()
                && map("newuidmap", parent, ids.uid, ids.subuid)
                && map("newgidmap", parent, ids.gid, ids.subgid);
            std::process::exit(i32::from(!ok));
        }
        ForkResult::Parent { child } => {
            drop(wait);
            unshare(CloneFlags::CLONE_NEWUSER).map_err(Fault::during(STAGE))?;
            go.write_all(b"1").map_err(Fault::during(STAGE))?;
            match waitpid(child, None).map_err(Fault::during(STAGE))? {
                WaitStatus::Exited(_, 0) => {}
                _ => {
                    return Err(Fault::new(
                        "map the user's subordinate ids",
                        "newuidmap or newgidmap failed".into(),
                        Some(
                            "install uidmap (shadow-utils) and give the user ranges in /etc/subuid and /etc/subgid",
                        ),
                    ));
                }
            }
        }
    }
    const BECOME: &str = "become root in the user namespace";
    setresgid(Gid::from_raw(0), Gid::from_raw(0), Gid::from_raw(0)).map_err(Fault::during(BECOME))?;
    setgroups(&[]).map_err(Fault::during(BECOME))?;
    setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)).map_err(Fault::during(BECOME))
}

fn map(program: &str, pid: u32, own: u32, range: SubRange) -> bool {
    let numbers = [pid, 0, own, 1, 1, range.start, range.count];
    Command::new(program)
        .args(numbers.map(|n| n.to_string()))
        .stdout(std::process::Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}
