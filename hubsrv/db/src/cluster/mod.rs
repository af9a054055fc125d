//! A private PostgreSQL: made from the programs on this machine, started with the hub and stopped with it.
//!
//! It listens on a unix socket in a directory that only its account can enter, and on nothing else. PostgreSQL refuses to
//! run as root, so a hub of root's gives it another account. It is told to stop when the hub dies, however that
//! happens, and started again when it dies itself. A second hub process (or an admin command) of the same directory uses
//! the server that is running, and takes it over when that one goes.

mod account;
mod binaries;
mod layout;
mod supervise;

use std::io;
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use account::Account;
use layout::Layout;
use supervise::Supervisor;

/// The superuser of the cluster, and the database that the hub uses.
const USER: &str = "koji";
pub const DATABASE: &str = "koji";

/// Where the cluster is and how it is run.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The cluster's directory, made when missing.
    pub dir: PathBuf,
    /// Directories to look for `initdb` and `postgres` in, before the usual ones.
    pub bin: Vec<PathBuf>,
    /// The account to run as when started by root; `postgres` or `nobody` when not given.
    pub user: Option<String>,
    /// False for tests: nothing is forced to the disk.
    pub durable: bool,
    /// False for a server that outlives this process; whoever starts it so ends it by its pid.
    pub stop_with_us: bool,
}

impl ClusterConfig {
    pub fn new(dir: impl Into<PathBuf>) -> ClusterConfig {
        ClusterConfig { dir: dir.into(), bin: Vec::new(), user: None, durable: true, stop_with_us: true }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "no PostgreSQL on this machine: initdb and postgres are not in {}; install the package postgresql \
         (Debian) or postgresql-server (Fedora), or name a database in hub.conf",
        .0.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    NoBinaries(Vec<PathBuf>),
    #[error(
        "{dir} was made by PostgreSQL {found}, and this machine has {there}; install PostgreSQL {found}, or move the data \
         with pg_upgrade or a dump", dir = .dir.display()
    )]
    WrongMajor { dir: PathBuf, found: String, there: String },
    #[error(
        "the account {0}, which the private PostgreSQL is to run as, does not exist; set PostgresUser in hub.conf"
    )]
    NoAccount(String),
    #[error("{what} {path}: {source}", path = .path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{program} failed: {output}")]
    Failed { program: &'static str, output: String },
    #[error("the private PostgreSQL in {dir} did not start: {output}", dir = .dir.display())]
    NotStarted { dir: PathBuf, output: String },
}

impl ClusterError {
    fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError + use<> {
        let path = path.to_path_buf();
        move |source| ClusterError::Io { what, path, source }
    }
}

/// A running private PostgreSQL. Dropping it stops the server if this process started it.
#[derive(Debug)]
pub struct Cluster {
    supervisor: Supervisor,
}

impl Cluster {
    /// Makes the cluster if it is not there, and starts it if it is not running. Blocks: from async code use
    /// `spawn_blocking`.
    pub fn start(config: &ClusterConfig) -> Result<Cluster, ClusterError> {
        let account = Account::choose(config.user.as_deref())?;
        let layout = Layout::prepare(&config.dir, &account)?;
        let _one_at_a_time = layout.lock()?;
        let bin = binaries::find(&config.bin, &layout.data)?;
        if !layout.initialised() {
            layout.initialise(&bin, &account)?;
        }
        let supervisor = Supervisor::start(config, layout, bin, account)?;
        Ok(Cluster { supervisor })
    }

    /// How to reach `database` of this cluster.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.supervisor.layout().socket)
            .port(layout::PORT)
            .username(USER)
            .database(database)
    }

    /// The directory of its data.
    pub fn dir(&self) -> &Path {
        &self.supervisor.layout().data
    }

    /// The process id of the server, whoever started it; `None` while it is being restarted.
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.layout().postmaster().map(|p| p.pid)
    }

    /// Stops the server if this process started it, and waits for that. Blocks.
    pub fn stop(self) {
        drop(self);
    }
}
