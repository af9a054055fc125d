//! The last process: gives up every privilege, writes its files and becomes the command.

use std::ffi::{CString, NulError};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, signal, sigprocmask};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Uid, chdir, execve, setgroups, setresgid, setresuid, setsid};

use super::fault::Fault;
use super::request::{Exec, Root, Run};
use super::{files, seccomp, send};

/// Capabilities a package manager and scriptlets need; everything that reaches beyond the root is missing.
const ROOT_CAPS: [u32; 11] = [
    0,  // CHOWN
    1,  // DAC_OVERRIDE
    2,  // DAC_READ_SEARCH
    3,  // FOWNER
    4,  // FSETID
    5,  // KILL
    6,  // SETGID
    7,  // SETUID
    18, // SYS_CHROOT
    27, // MKNOD
    31, // SETFCAP
];
const LAST_CAP: u32 = 63;

/// Never returns.
pub(super) fn main(run: &Run, sources: Vec<Option<File>>, memory_held: bool) -> ! {
    let fault = match work(run, sources, memory_held) {
        Ok(()) => std::process::exit(0),
        Err(fault) => fault,
    };
    send(&fault.into_report());
    std::process::exit(127)
}

fn work(run: &Run, sources: Vec<Option<File>>, memory_held: bool) -> Result<(), Fault> {
    let stage = "prepare the command";
    setsid().map_err(Fault::during(stage))?;
    new_keyring();
    umask(Mode::from_bits_truncate(0o022));
    limits(run, memory_held).map_err(Fault::during("set the limits"))?;
    if run.personality32 {
        // SAFETY: personality takes one integer.
        unsafe { libc::personality(0x0008) };
    }
    let (uid, gid) = run.exec.as_ref().map_or((0, 0), |e| (e.uid, e.gid));
    drop_privileges(uid, gid).map_err(Fault::during("drop privileges"))?;
    let scratch = matches!(run.root, Root::Tools { .. });
    seccomp::set(scratch).map_err(Fault::during("close what no build needs of the kernel"))?;
    for (file, source) in run.write.iter().zip(sources) {
        files::write(file, source).map_err(Fault::during(&format!("write {}", file.path.display())))?;
    }
    match &run.exec {
        None => Ok(()),
        Some(exec) => become_command(exec),
    }
}

/// Leaves the session keyring of the builder, which can hold its Kerberos tickets.
fn new_keyring() {
    const KEYCTL_JOIN_SESSION_KEYRING: libc::c_long = 1;
    // SAFETY: a null name asks for an anonymous keyring. Kernels without keyrings say so, and then there is none to leave.
    unsafe { libc::syscall(libc::SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, std::ptr::null::<libc::c_char>()) };
}

fn limits(run: &Run, memory_held: bool) -> nix::Result<()> {
    let mut set = vec![(Resource::RLIMIT_CORE, 0)];
    if let Some(bytes) = run.limits.disk {
        set.push((Resource::RLIMIT_FSIZE, bytes));
    }
    // Without a cgroup each process is held by itself.
    if let Some(bytes) = run.limits.memory.filter(|_| !memory_held) {
        set.push((Resource::RLIMIT_DATA, bytes));
    }
    // Root's processes are counted with the whole machine's, so only the build user gets this limit.
    if let (Some(count), Some(exec)) = (run.limits.processes, &run.exec)
        && exec.uid != 0
    {
        set.push((Resource::RLIMIT_NPROC, count));
    }
    for (resource, value) in set {
        let (_, hard) = getrlimit(resource)?;
        let value = value.min(hard);
        setrlimit(resource, value, value)?;
    }
    Ok(())
}

fn drop_privileges(uid: u32, gid: u32) -> nix::Result<()> {
    prctl::set_no_new_privs()?;
    for cap in 0..=LAST_CAP {
        let keep = uid == 0 && ROOT_CAPS.contains(&cap);
        if !keep {
            // SAFETY: PR_CAPBSET_DROP takes one integer; unknown capabilities give EINVAL, which is what we want of them.
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(cap), 0, 0, 0) };
        }
    }
    setgroups(&[])?;
    setresgid(Gid::from_raw(gid), Gid::from_raw(gid), Gid::from_raw(gid))?;
    setresuid(Uid::from_raw(uid), Uid::from_raw(uid), Uid::from_raw(uid))?;
    if uid == 0 {
        // Staying root, the sets we hold do not shrink by themselves.
        capset(&ROOT_CAPS)?;
    }
    Ok(())
}

/// Sets permitted and effective to `caps`, inheritable to nothing.
fn capset(caps: &[u32]) -> nix::Result<()> {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Data {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    const VERSION_3: u32 = 0x2008_0522;
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut data = [Data::default(); 2];
    // SAFETY: both pointers are valid for the call and have the layout version 3 names.
    let got = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    nix::errno::Errno::result(got)?;
    let [low, high] = &mut data;
    let mask = caps.iter().fold(0_u64, |mask, cap| mask | (1 << cap));
    low.permitted &= u32::try_from(mask & 0xffff_ffff).unwrap_or(0);
    high.permitted &= u32::try_from(mask >> 32).unwrap_or(0);
    for half in &mut data {
        half.effective = half.permitted;
        half.inheritable = 0;
    }
    // SAFETY: as above.
    let got = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, data.as_ptr()) };
    nix::errno::Errno::result(got).map(drop)
}

fn become_command(exec: &Exec) -> Result<(), Fault> {
    let stage = "start the command";
    let bad = |e: NulError| Fault::new(stage, e.to_string(), None);
    let argv =
        exec.argv.iter().map(|a| CString::new(a.as_bytes())).collect::<Result<Vec<_>, _>>().map_err(bad)?;
    let env = exec
        .env
        .iter()
        .map(|(k, v)| CString::new(format!("{k}={v}")))
        .collect::<Result<Vec<_>, _>>()
        .map_err(bad)?;
    let Some(program) = argv.first() else {
        return Err(Fault::new(stage, "it is empty".into(), None));
    };
    let cwd = CString::new(exec.cwd.as_os_str().as_bytes()).map_err(bad)?;
    chdir(cwd.as_c_str()).map_err(Fault::during(&format!("enter the directory {}", exec.cwd.display())))?;

    for number in Signal::iterator() {
        if !matches!(number, Signal::SIGKILL | Signal::SIGSTOP) {
            // SAFETY: the default action runs no code of ours.
            unsafe { signal(number, SigHandler::SigDfl) }.map_err(Fault::during(stage))?;
        }
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None).map_err(Fault::during(stage))?;
    stdio().map_err(Fault::during(stage))?;
    let failed = find(program, exec).into_iter().map(|path| execve(&path, &argv, &env)).find_map(|result| {
        let Err(errno) = result;
        (errno != nix::errno::Errno::ENOENT).then_some(errno)
    });
    let errno = failed.unwrap_or(nix::errno::Errno::ENOENT);
    // Standard error is the command's by now: the log gets the reason, the supervisor the shell's status for it.
    eprintln!("{}: {errno}", exec.argv.first().map_or("", String::as_str));
    std::process::exit(if errno == nix::errno::Errno::ENOENT { 127 } else { 126 })
}

/// Standard input is /dev/null, both outputs are the log; everything else is closed when the command starts.
fn stdio() -> nix::Result<()> {
    use std::os::fd::AsRawFd;
    let null =
        File::open("/dev/null").map_err(|e| nix::errno::Errno::from_raw(e.raw_os_error().unwrap_or(0)))?;
    for (from, to) in [(null.as_raw_fd(), 0), (1, 2)] {
        // SAFETY: dup2 takes two integers.
        nix::errno::Errno::result(unsafe { libc::dup2(from, to) })?;
    }
    // SAFETY: marks descriptors for closing at exec; nothing is closed while it is still used.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    nix::errno::Errno::result(closed).map(drop)
}

/// The paths a program name may mean: itself with a slash, else each directory of its `PATH`.
fn find(program: &CString, exec: &Exec) -> Vec<CString> {
    let name = program.to_bytes();
    if name.contains(&b'/') {
        return vec![program.clone()];
    }
    let path = exec.env.get("PATH").map_or("/usr/bin:/bin", String::as_str);
    path.split(':').filter_map(|dir| CString::new([dir.as_bytes(), b"/", name].concat()).ok()).collect()
}
