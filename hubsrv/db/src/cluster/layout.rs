//! The cluster's directories, and what they say about it.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use super::account::Account;
use super::binaries::Binaries;
use super::{ClusterError, USER};

/// There is no TCP; the number only names the socket.
pub(super) const PORT: u16 = 5432;

/// A unix socket's path must be shorter than this.
const SOCKET_PATH_MAX: usize = 107;

/// Where clusters go whose own directory their account cannot reach, such as one below root's home.
const ELSEWHERE: &str = "/var/lib/koji-hub";

#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub data: PathBuf,
    /// The directory of the unix socket.
    pub socket: PathBuf,
    lock: PathBuf,
}

/// What `postmaster.pid` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub pid: u32,
    pub ready: bool,
}

impl Layout {
    pub fn prepare(dir: &Path, account: &Account) -> Result<Layout, ClusterError> {
        let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(ClusterError::io("cannot make", parent))?;
        let parent = fs::canonicalize(parent).map_err(ClusterError::io("cannot use", parent))?;
        let named = parent.join(dir.file_name().unwrap_or("postgres".as_ref()));
        let data = match fs::read_link(&named) {
            Ok(elsewhere) => elsewhere,
            Err(_) if account.reaches(&named) => named.clone(),
            Err(_) => {
                let elsewhere = Path::new(ELSEWHERE).join(format!("postgres-{:016x}", hash(&named)));
                fs::create_dir_all(ELSEWHERE)
                    .map_err(ClusterError::io("cannot make", Path::new(ELSEWHERE)))?;
                symlink(&elsewhere, &named).map_err(ClusterError::io("cannot make the link", &named))?;
                elsewhere
            }
        };
        let inside = data.join("run");
        let name = format!("/.s.PGSQL.{PORT}");
        let socket = if inside.as_os_str().len() + name.len() < SOCKET_PATH_MAX {
            inside
        } else {
            PathBuf::from(format!("/tmp/koji-hub-{}-{:016x}", account.uid, hash(&data)))
        };
        let lock = data.with_extension("lock");
        Ok(Layout { data, socket, lock })
    }

    /// Held while somebody makes or starts the cluster.
    pub fn lock(&self) -> Result<Flock<File>, ClusterError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.lock)
            .map_err(ClusterError::io("cannot open", &self.lock))?;
        Flock::lock(file, FlockArg::LockExclusive)
            .map_err(|(_, e)| ClusterError::io("cannot lock", &self.lock)(e.into()))
    }

    pub fn initialised(&self) -> bool {
        self.data.join("PG_VERSION").is_file()
    }

    /// `initdb` beside the final place, then one rename: half a cluster is never there.
    pub fn initialise(&self, bin: &Binaries, account: &Account) -> Result<(), ClusterError> {
        let new = self.data.with_extension("new");
        let _ = fs::remove_dir_all(&new);
        make_private(&new, account)?;
        let output = account
            .command(&bin.initdb)
            .args([
                "-A",
                "trust",
                "-U",
                USER,
                "-E",
                "UTF8",
                "--locale=C",
                "--wal-segsize=1",
                "--no-sync",
                "-D",
            ])
            .arg(&new)
            .output()
            .map_err(ClusterError::io("cannot run", &bin.initdb))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let _ = fs::remove_dir_all(&new);
            return Err(ClusterError::Failed { program: "initdb", output: text });
        }
        // an empty directory may be there already, made by whoever set the machine up
        let _ = fs::remove_dir(&self.data);
        fs::rename(&new, &self.data).map_err(ClusterError::io("cannot make", &self.data))
    }

    /// Makes the socket's directory, and sees to it that nobody else's is used.
    pub fn prepare_socket(&self, account: &Account) -> Result<(), ClusterError> {
        match fs::symlink_metadata(&self.socket) {
            Ok(m) if m.is_dir() && m.uid() == account.uid.as_raw() && m.mode() & 0o077 == 0 => Ok(()),
            Ok(_) => Err(ClusterError::io("will not use", &self.socket)(std::io::Error::other(
                "it belongs to somebody else or is open to others; remove it",
            ))),
            Err(_) => make_private(&self.socket, account),
        }
    }

    /// The server that is running, as far as its file and the kernel agree.
    pub fn postmaster(&self) -> Option<Postmaster> {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid: u32 = lines.next()?.trim().parse().ok()?;
        // the working directory of a server is its data directory; any other process has that number by chance
        let cwd = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
        if cwd != self.data {
            return None;
        }
        // the eighth line is the state
        Some(Postmaster { pid, ready: lines.nth(6).is_some_and(|s| s.trim() == "ready") })
    }

    /// Removes the file of a server that is gone, which would keep the next from starting if the kernel has
    /// given its number to another process.
    pub fn forget_dead_postmaster(&self) {
        if self.postmaster().is_none() {
            let _ = fs::remove_file(self.data.join("postmaster.pid"));
        }
    }
}

fn make_private(dir: &Path, account: &Account) -> Result<(), ClusterError> {
    fs::create_dir(dir).map_err(ClusterError::io("cannot make", dir))?;
    fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(ClusterError::io("cannot close", dir))?;
    account.own(dir)
}

/// FNV-1a: a short name for a path, the same in every run.
fn hash(path: &Path) -> u64 {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}
