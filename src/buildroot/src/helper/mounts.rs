//! What the command sees: the root, /proc, /dev, /sys, /tmp and the paths the plan binds.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};

use super::fault::Fault;
use super::request::{BindMount, Root, Run, Tree};

/// Device nodes that are safe to hand in.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];
const DEV_LINKS: [(&str, &str); 5] = [
    ("/proc/self/fd", "fd"),
    ("/proc/self/fd/0", "stdin"),
    ("/proc/self/fd/1", "stdout"),
    ("/proc/self/fd/2", "stderr"),
    ("pts/ptmx", "ptmx"),
];
/// Parts of /proc through which root could change the machine.
const PROC_READ_ONLY: [&str; 5] = ["sys", "sysrq-trigger", "irq", "bus", "fs"];
/// Parts of the host a package manager needs to run. Secrets live elsewhere in /etc and in /var, /home, /root.
const TOOL_PATHS: [&str; 12] = [
    "usr",
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "etc/alternatives",
    "etc/ld.so.cache",
    "etc/ld.so.conf",
    "etc/ld.so.conf.d",
    "etc/nsswitch.conf",
];
/// Always the host's: its administrator says whom to trust.
const TRUST_PATHS: [&str; 5] = [
    "etc/ssl/certs",
    "etc/ssl/openssl.cnf",
    "etc/pki/tls/certs",
    "etc/pki/ca-trust/extracted",
    "etc/ca-certificates",
];
const NETWORK_PATHS: [&str; 2] = ["etc/resolv.conf", "etc/hosts"];

/// Mounts everything and makes it `/`.
pub(super) fn enter(run: &Run) -> Result<(), Fault> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .map_err(Fault::during("detach the mounts from the host's"))?;
    let top = &run.mount_point;
    match &run.root {
        Root::Inside(tree) => {
            mount_tree(tree, top)?;
            let sys = top.join("sys");
            system(top, &sys, run.limits.memory)?;
            if run.network {
                bind_present(&NETWORK_PATHS, top, Path::new("/"))?;
            }
        }
        Root::Tools { target, cache, visible, from } => {
            tools(run, target, cache, visible, from.as_deref().unwrap_or(Path::new("/")))?;
        }
    }
    for bind in &run.binds {
        bind_into(top, bind)?;
    }
    change_root(top).map_err(Fault::during("make the buildroot the root directory"))
}

/// Brings `lo` up in a new network namespace.
pub(super) fn loopback_up() -> io::Result<()> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0")?;
    // SAFETY: an all-zero ifreq is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    // Writing a field of a union is safe; the kernel reads the flags for this request.
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    use std::os::fd::AsRawFd;
    // SAFETY: the request is a valid ifreq for the length of the call.
    let got = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request) };
    if got < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn mount_tree(tree: &Tree, at: &Path) -> Result<(), Fault> {
    match tree {
        Tree::Directory(path) => bind(path, at, NO_DEVICES).map_err(Fault::during("mount the buildroot")),
        Tree::Overlay { lowers, upper, work } => overlay(lowers, upper, work, at),
    }
}

fn overlay(lowers: &[PathBuf], upper: &Path, work: &Path, at: &Path) -> Result<(), Fault> {
    let stage = "mount the overlay";
    let escape = |path: &Path| -> Result<String, Fault> {
        let text = path.to_str().filter(|t| !t.contains([',', ':', '\\']));
        text.map(Into::into).ok_or_else(|| {
            let reason = format!("the path {} holds a character the kernel gives a meaning", path.display());
            Fault::new(stage, reason, Some("use directories without commas, colons and backslashes"))
        })
    };
    let lowers = lowers.iter().map(|p| escape(p)).collect::<Result<Vec<_>, _>>()?.join(":");
    let base = format!("lowerdir={lowers},upperdir={},workdir={}", escape(upper)?, escape(work)?);
    // The lower layers are exchanged under an upper one that stays; index and redirects would tie it to one of them.
    // `volatile` saves the syncs: a root does not outlive a crash of the machine.
    let wishes = if nix::unistd::Uid::effective().is_root() && !in_user_namespace() {
        [",index=off,redirect_dir=off,metacopy=off,xino=off,volatile", ",index=off,redirect_dir=off", ""]
    } else {
        [",userxattr,volatile", ",userxattr", ",userxattr,index=off"]
    };
    let mut last = nix::errno::Errno::EINVAL;
    for options in wishes {
        let _ = fs::remove_dir_all(work.join("work").join("incompat"));
        let data = format!("{base}{options}");
        match mount(Some("overlay"), at, Some("overlay"), MsFlags::MS_NODEV, Some(data.as_str())) {
            Ok(()) => return Ok(()),
            Err(errno) => last = errno,
        }
        if last != nix::errno::Errno::EINVAL {
            break;
        }
    }
    Err(Fault::during(stage)(last))
}

fn in_user_namespace() -> bool {
    fs::read_to_string("/proc/self/uid_map")
        .is_ok_and(|map| map.split_whitespace().collect::<Vec<_>>() != ["0", "0", "4294967295"])
}

/// /proc, /dev and /sys of a root.
fn system(top: &Path, sys: &Path, memory: Option<u64>) -> Result<(), Fault> {
    mount_proc(&top.join("proc"))?;
    mount_dev(&top.join("dev"), memory).map_err(Fault::during("make /dev"))?;
    // Of use to some test suites, and refused in a user namespace that shares the host's network; so no failure.
    if make_dir(sys).is_ok() {
        let flags = MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        let none: Option<&str> = None;
        let _ = mount(Some("sysfs"), sys, Some("sysfs"), flags, none);
    }
    Ok(())
}

fn mount_proc(at: &Path) -> Result<(), Fault> {
    let none: Option<&str> = None;
    let stage = "mount /proc";
    make_dir(at).map_err(Fault::during(stage))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), at, Some("proc"), flags, none).map_err(Fault::during(stage))?;
    for name in PROC_READ_ONLY {
        let path = at.join(name);
        if path.exists() {
            bind(&path, &path, READ_ONLY).map_err(Fault::during(stage))?;
        }
    }
    Ok(())
}

fn mount_dev(at: &Path, memory: Option<u64>) -> io::Result<()> {
    let none: Option<&str> = None;
    make_dir(at)?;
    mount(
        Some("dev"),
        at,
        Some("tmpfs"),
        MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC | MsFlags::MS_NODEV,
        Some("mode=755,size=64k"),
    )?;
    for name in DEVICES {
        let host = Path::new("/dev").join(name);
        let path = at.join(name);
        if host.exists() {
            fs::write(&path, "")?;
            mount(Some(&host), &path, none, MsFlags::MS_BIND, none)?;
        }
    }
    for (to, name) in DEV_LINKS {
        symlink(to, at.join(name))?;
    }
    let pts = at.join("pts");
    fs::create_dir(&pts)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    mount(Some("devpts"), &pts, Some("devpts"), flags, Some("newinstance,ptmxmode=0666,mode=0620,gid=5"))?;
    let shm = at.join("shm");
    fs::create_dir(&shm)?;
    // What lies there is memory, too.
    let size = memory.map_or_else(|| "mode=1777".into(), |bytes| format!("mode=1777,size={bytes}"));
    mount(Some("shm"), &shm, Some("tmpfs"), flags | MsFlags::MS_NODEV, Some(size.as_str()))?;
    Ok(())
}

/// A package manager with nothing else of the host, and the buildroot at `/target`.
fn tools(run: &Run, target: &Tree, cache: &Path, visible: &[PathBuf], from: &Path) -> Result<(), Fault> {
    let stage = "show the package manager";
    let top = &run.mount_point;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tools"), top, Some("tmpfs"), flags, Some("mode=755")).map_err(Fault::during(stage))?;
    let prepare = || -> io::Result<()> {
        for (dir, mode) in
            [("tmp", 0o1777), ("var/tmp", 0o1777), ("run", 0o755), ("root", 0o700), ("etc", 0o755)]
        {
            fs::create_dir_all(top.join(dir))?;
            fs::set_permissions(top.join(dir), fs::Permissions::from_mode(mode))?;
        }
        fs::write(top.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
        fs::write(top.join("etc/group"), "root:x:0:\n")?;
        fs::create_dir(top.join("target"))
    };
    prepare().map_err(Fault::during(stage))?;
    bind_present(&TOOL_PATHS, top, from)?;
    bind_present(&TRUST_PATHS, top, Path::new("/"))?;
    if run.network {
        bind_present(&NETWORK_PATHS, top, Path::new("/"))?;
    }
    for path in visible {
        bind_into(top, &BindMount { source: path.clone(), target: path.clone(), writable: false })?;
    }
    system(top, &top.join("sys"), run.limits.memory)?;
    let target_top = top.join("target");
    mount_tree(target, &target_top)?;
    // Scriptlets run with the buildroot as their root, so it needs these too.
    system(&target_top, &target_top.join("sys"), run.limits.memory)?;
    let bind = BindMount { source: cache.into(), target: "/target/var/cache/dnf".into(), writable: true };
    bind_into(top, &bind)
}

/// Binds those of some paths below `from` that exist, read-only; symbolic links are made again as links.
fn bind_present(paths: &[&str], top: &Path, from: &Path) -> Result<(), Fault> {
    for path in paths {
        let host = from.join(path);
        let Ok(meta) = fs::symlink_metadata(&host) else { continue };
        if meta.is_symlink() && !path.starts_with("etc/") {
            let link = fs::read_link(&host).and_then(|to| symlink(to, top.join(path)));
            link.map_err(Fault::during(&format!("show {}", host.display())))?;
            continue;
        }
        // Links below /etc often lead to places that are not shown, so what they name is bound instead.
        let Ok(source) = fs::canonicalize(&host) else { continue };
        // A link in another root could lead out of it, to the host.
        if !source.starts_with(from) {
            continue;
        }
        bind_into(top, &BindMount { source, target: Path::new("/").join(path), writable: false })?;
    }
    Ok(())
}

/// Binds a host path beneath a root that may hold links, without following them out.
fn bind_into(top: &Path, request: &BindMount) -> Result<(), Fault> {
    let stage = format!("bind {} at {}", request.source.display(), request.target.display());
    let go = || -> io::Result<()> {
        let inside = request.target.strip_prefix("/").unwrap_or(&request.target);
        let target = make_beneath(top, inside, fs::metadata(&request.source)?.is_dir())?;
        // Only a plan that binds devices on purpose gets them.
        let devices = if request.source.starts_with("/dev") { 0 } else { NO_DEVICES };
        bind(&request.source, &target, devices | if request.writable { 0 } else { READ_ONLY })
    };
    go().map_err(Fault::during(&stage))
}

/// Makes a path component by component; a link among them is an error, or it could lead to the host.
fn make_beneath(top: &Path, inside: &Path, directory: bool) -> io::Result<PathBuf> {
    let mut path = top.to_path_buf();
    let parts: Vec<_> = inside.components().collect();
    for (at, part) in parts.iter().enumerate() {
        if !matches!(part, std::path::Component::Normal(_)) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not plain"));
        }
        path.push(part);
        let last = at + 1 == parts.len();
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() && (directory || !last) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("{} is a link", path.display()),
                ));
            }
            // resolv.conf is a link in many roots; a file is mounted in its place.
            Ok(meta) if meta.is_symlink() => {
                fs::remove_file(&path)?;
                fs::write(&path, "")?;
            }
            Ok(_) => {}
            Err(_) if last && !directory => fs::write(&path, "")?,
            Err(_) => fs::create_dir(&path)?,
        }
    }
    Ok(path)
}

fn make_dir(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is no directory", path.display())))
        }
        Err(_) => fs::create_dir(path),
    }
}

const READ_ONLY: u64 = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID;
/// Root inside may make device nodes, as packages do, but nobody may open them.
const NO_DEVICES: u64 = libc::MOUNT_ATTR_NODEV;

/// Binds a path with everything mounted below it, and restricts it; what the mounts were before they stay.
fn bind(source: &Path, target: &Path, attributes: u64) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    let none: Option<&str> = None;
    mount(Some(source), target, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)?;
    let path = std::ffi::CString::new(target.as_os_str().as_bytes())?;
    let attr = libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: 0, userns_fd: 0 };
    // SAFETY: the path is a C string and the attributes a valid struct of the size given.
    let got = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const attr,
            std::mem::size_of::<libc::mount_attr>(),
        )
    };
    if got < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The old root is stacked below the new one for a moment and then dropped, so no directory is needed for it.
fn change_root(top: &Path) -> nix::Result<()> {
    chdir(top)?;
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")
}
