//! The hub that is measured: on its private PostgreSQL, with the data of `tests/bench/data.sql`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::drive::call_once;
use crate::command::{Run, command};
use crate::daemon::Daemon;
use crate::git::free_port;
use crate::programs::{checkout, program};
use crate::wait::wait_until;

const VERSION_CALL: &str = "<?xml version='1.0'?>\n<methodCall>\n<methodName>getAPIVersion</methodName>\n<params>\n</params>\n</methodCall>\n";

/// A running hub with data; it ends with this.
#[derive(Debug)]
pub struct Rig {
    hub: Daemon,
    address: SocketAddr,
    // last: removed when the hub has ended
    dir: TempDir,
}

impl Rig {
    /// Starts a hub and fills its database; `conf` are further lines of hub.conf's section `[hub]`.
    pub fn start(scale: f64, conf: &str) -> Result<Rig> {
        let dir = tempfile::Builder::new().prefix("koji-bench-").tempdir()?;
        // the private PostgreSQL of a hub that runs as root is another user's
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open)?;
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let place = dir.path().display();
        let config = dir.path().join("hub.conf");
        std::fs::create_dir(dir.path().join("files"))?;
        let text = format!(
            "[hub]\nDataDir = {place}/data\nKojiDir = {place}/files\nListen = {address}\nDisableNotifications = yes\n{conf}\n"
        );
        std::fs::write(&config, text)?;
        let mut add = command(program("koji-hub")?, ["admin", "--config"]);
        add.arg(&config).args(["add-user", "kojiadmin", "--admin"]);
        Run::of(add)?.ok()?;
        let mut serve = command(program("koji-hub")?, ["serve", "--config"]);
        serve.arg(&config);
        let mut hub = Daemon::start("koji-hub", serve, &dir.path().join("hub.log"))?;
        let answers = wait_until(Duration::from_secs(60), || {
            ensure!(hub.is_running(), "koji-hub has ended: {}", log(hub.log()));
            Ok(call_once(address, VERSION_CALL).is_ok())
        })?;
        ensure!(answers, "koji-hub does not answer: {}", log(hub.log()));
        let rig = Rig { hub, address, dir };
        rig.fill(scale)?;
        Ok(rig)
    }

    fn fill(&self, scale: f64) -> Result<()> {
        let mut psql = command("psql", ["--no-psqlrc", "--username", "koji", "--dbname", "koji", "--host"]);
        psql.arg(self.postgres().join("run")).arg("-v").arg(format!("scale={scale}"));
        psql.arg("-f").arg(checkout().join("tests/bench/data.sql")).stdin(Stdio::null());
        Run::of(psql)?.ok()?;
        Ok(())
    }

    fn postgres(&self) -> PathBuf {
        self.dir.path().join("data/postgres")
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The hub's process.
    pub fn hub(&self) -> u32 {
        self.hub.pid()
    }

    /// The database server's first process.
    pub fn database(&self) -> Result<u32> {
        let file = self.postgres().join("postmaster.pid");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(text.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// Logs users in by password; ids and keys of their sessions.
    pub fn sessions(&self, count: usize) -> Result<Vec<(i64, String)>> {
        (0..count)
            .map(|n| {
                let body = format!(
                    "<?xml version='1.0'?>\n<methodCall>\n<methodName>login</methodName>\n<params>\n\
                     <param>\n<value><string>user{n:03}</string></value>\n</param>\n\
                     <param>\n<value><string>pw{n:03}</string></value>\n</param>\n</params>\n</methodCall>\n"
                );
                let answer = call_once(self.address, &body)?;
                session(&answer).with_context(|| format!("login answered {answer}"))
            })
            .collect()
    }
}

fn session(answer: &str) -> Option<(i64, String)> {
    let value = |name: &str, from: &str, to: &str| {
        let rest = answer.split_once(&format!("<name>{name}</name>"))?.1;
        Some(rest.split_once(from)?.1.split_once(to)?.0.to_owned())
    };
    let id = value("session-id", "<int>", "</int>")?.parse().ok()?;
    Some((id, value("session-key", "<string>", "</string>")?))
}

fn log(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

/// The calls: name and request body of each file in `tests/bench/bodies`.
pub fn bodies() -> Result<Vec<(String, String)>> {
    let dir = checkout().join("tests/bench/bodies");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
        let file = entry?.path();
        if let Some(name) = file.file_stem().and_then(|n| n.to_str()) {
            all.push((name.to_owned(), std::fs::read_to_string(&file)?));
        }
    }
    all.sort();
    Ok(all)
}
