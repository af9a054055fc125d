//! Sources in git, served over `git://` on loopback.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::command::{Run, command};
use crate::daemon::Daemon;
use crate::package::Package;
use crate::wait::wait_until;

/// A `git daemon` with one repository for each package.
#[derive(Debug)]
pub struct GitServer {
    dir: PathBuf,
    port: u16,
    _daemon: Daemon,
}

impl GitServer {
    pub fn start(dir: &Path, log: &Path) -> Result<GitServer> {
        fs::create_dir_all(dir)?;
        let port = free_port()?;
        let mut daemon = command("git", ["daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1"]);
        daemon.arg(format!("--port={port}")).arg(format!("--base-path={}", dir.display())).arg(dir);
        let daemon = Daemon::start("git daemon", daemon, log)?;
        let up = || Ok(std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        if !wait_until(Duration::from_secs(10), up)? {
            bail!("git daemon does not listen; its log is {}", log.display());
        }
        Ok(GitServer { dir: dir.to_path_buf(), port, _daemon: daemon })
    }

    /// Commits the package's files as they are now; the URL of the commit.
    pub fn commit(&self, package: &Package) -> Result<String> {
        let dir = self.dir.join(&package.name);
        let git = |args: &[&str]| {
            let who =
                ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
            let mut git = command("git", who);
            git.arg("-C").arg(&dir).args(args);
            Run::of(git)?.ok()
        };
        if !dir.exists() {
            fs::create_dir_all(&dir)?;
            git(&["init", "-q"])?;
        }
        for (name, text) in package.files() {
            fs::write(dir.join(name), text)?;
        }
        git(&["add", "."])?;
        git(&["commit", "-q", "--allow-empty", "-m", &package.nvr()])?;
        let commit = git(&["rev-parse", "HEAD"])?;
        Ok(self.url(&package.name, commit.stdout.trim()))
    }

    /// The source URL of a ref in a package's repository.
    pub fn url(&self, name: &str, reference: &str) -> String {
        format!("git://127.0.0.1:{}/{name}#{reference}", self.port)
    }
}

/// A TCP port on loopback that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
