//! Fetching sources with the version control programs of the machine (its configuration, credentials and hooks apply).

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::{ScmError, ScmKind, ScmUrl, SourceRules};

/// A checked-out source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The directory with the sources (the module inside the repository, when one was named).
    pub dir: PathBuf,
    /// The URL with the exact revision, to be recorded with the build.
    pub source: String,
}

/// Checks `url` out below `workdir`, logging all commands and their output to `log`.
pub async fn checkout(
    url: &ScmUrl,
    rules: &SourceRules,
    workdir: &Path,
    log: &Path,
) -> Result<Checkout, ScmError> {
    let run = Runner { log, workdir };
    let top = workdir.join(url.directory());
    let revision = match url.kind {
        ScmKind::Git => run.git(url, &top).await?,
        ScmKind::Svn => run.svn(url, &top).await?,
        ScmKind::Cvs => run.cvs(url, &top).await?,
    };
    let dir = match &url.module {
        Some(module) if url.kind != ScmKind::Cvs => inside(&top, module)?,
        _ => top.clone(),
    };
    if rules.use_common && url.kind == ScmKind::Git {
        run.common(url, &dir).await?;
    }
    Ok(Checkout { dir, source: url.at(&revision) })
}

/// A directory of the checkout, with links resolved: it must not lead out.
fn inside(top: &Path, module: &str) -> Result<PathBuf, ScmError> {
    let missing = || ScmError::Checkout(format!("the repository has no directory {module}"));
    let dir = top.join(module).canonicalize().map_err(|_| missing())?;
    let top = top.canonicalize().map_err(|_| missing())?;
    if !dir.starts_with(&top) {
        return Err(ScmError::Checkout(format!("{module} leads out of the repository")));
    }
    if dir.is_dir() { Ok(dir) } else { Err(missing()) }
}

struct Runner<'a> {
    log: &'a Path,
    workdir: &'a Path,
}

impl Runner<'_> {
    /// Clones, fetches the wanted ref by name or the wanted commit, and answers the commit.
    async fn git(&self, url: &ScmUrl, top: &Path) -> Result<String, ScmError> {
        let remote = url.remote();
        // `ext::` and local paths are no transports for a builder, not even from a submodule
        let guard = ["-c", "protocol.ext.allow=never", "-c", "protocol.file.allow=never"];
        let git = |args: &[&str]| -> Vec<String> {
            std::iter::once("git").chain(guard).chain(args.iter().copied()).map(str::to_owned).collect()
        };
        let target = top.to_string_lossy().into_owned();
        if !self.run(&git(&["clone", "-q", "-n", "--", &remote, &target]), self.workdir).await? {
            return Err(self.failure(&format!("cannot clone {remote}")));
        }
        let wanted = url.revision.strip_prefix("origin/").unwrap_or(&url.revision);
        let refspec = format!("{wanted}:KOJI_FETCH_HEAD");
        let fetched = self.run(&git(&["fetch", "-q", "origin", &refspec]), top).await?
            && self.run(&git(&["reset", "-q", "--hard", "KOJI_FETCH_HEAD"]), top).await?;
        if !fetched && !self.run(&git(&["reset", "-q", "--hard", &url.revision, "--"]), top).await? {
            return Err(ScmError::Checkout(format!(
                "{remote} has no branch, tag or commit {} (or the server does not give it out)",
                url.revision
            )));
        }
        if top.join(".gitmodules").is_file()
            && !self.run(&git(&["submodule", "-q", "update", "--init", "--recursive"]), top).await?
        {
            return Err(self.failure(&format!("cannot fetch the submodules of {remote}")));
        }
        self.output(&git(&["rev-parse", "HEAD"]), top).await
    }

    async fn svn(&self, url: &ScmUrl, top: &Path) -> Result<String, ScmError> {
        let remote = url.remote().replacen("svn+http", "http", 1);
        let target = top.to_string_lossy().into_owned();
        let args =
            ["svn", "checkout", "--non-interactive", "-q", "-r", &url.revision, "--", &remote, &target];
        if !self.run(&args.map(str::to_owned), self.workdir).await? {
            return Err(self.failure(&format!("cannot check out {remote} at revision {}", url.revision)));
        }
        Ok(url.revision.clone())
    }

    async fn cvs(&self, url: &ScmUrl, top: &Path) -> Result<String, ScmError> {
        let module =
            url.module.clone().ok_or_else(|| ScmError::Checkout("a CVS URL needs ?MODULE".into()))?;
        let (user, method) = match url.scheme.as_str() {
            "cvs+ssh" => (url.user.clone().unwrap_or_default(), "ext"),
            _ => (url.user.clone().unwrap_or_else(|| "anonymous".into()), "pserver"),
        };
        let root = format!(":{method}:{user}@{}:{}", url.host, url.repository);
        let dir = top.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let args = ["cvs", "-d", &root, "checkout", "-d", &dir, "-r", &url.revision, &module];
        if !self.run(&args.map(str::to_owned), self.workdir).await? {
            return Err(self.failure(&format!("cannot check out {module} from {root}")));
        }
        Ok(url.revision.clone())
    }

    /// The sibling repository `common`, linked beside the sources as dist-cvs did.
    async fn common(&self, url: &ScmUrl, dir: &Path) -> Result<(), ScmError> {
        let Some((parent, _)) = url.repository.trim_end_matches('/').rsplit_once('/') else { return Ok(()) };
        let sibling = ScmUrl { repository: format!("{parent}/common"), module: None, ..url.clone() };
        let target = self.workdir.join("common");
        let args =
            ["git", "clone", "-q", "--", &sibling.remote(), &target.to_string_lossy()].map(str::to_owned);
        if !self.run(&args, self.workdir).await? {
            return Err(self.failure(&format!("cannot clone {}", sibling.remote())));
        }
        let link = dir.parent().unwrap_or(self.workdir).join("common");
        if !link.exists() {
            std::os::unix::fs::symlink(&target, &link)
                .map_err(|e| ScmError::Checkout(format!("cannot link {}: {e}", link.display())))?;
        }
        Ok(())
    }

    async fn run(&self, args: &[String], dir: &Path) -> Result<bool, ScmError> {
        let log = self.append(&format!("$ {}\n", args.join(" ")))?;
        let copy = log.try_clone().map_err(|e| self.log_error(&e))?;
        let mut command = self.command(args, dir)?;
        let status = command
            .stdout(Stdio::from(copy))
            .stderr(Stdio::from(log))
            .status()
            .await
            .map_err(|source| ScmError::Program { program: program(args), source })?;
        Ok(status.success())
    }

    async fn output(&self, args: &[String], dir: &Path) -> Result<String, ScmError> {
        let done = self
            .command(args, dir)?
            .output()
            .await
            .map_err(|source| ScmError::Program { program: program(args), source })?;
        let text = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        if !done.status.success() || text.is_empty() {
            return Err(self.failure(&format!("{} failed", args.join(" "))));
        }
        Ok(text)
    }

    fn command(&self, args: &[String], dir: &Path) -> Result<Command, ScmError> {
        let (program, rest) =
            args.split_first().ok_or_else(|| ScmError::Checkout("an empty command".to_owned()))?;
        let mut command = Command::new(program);
        command
            .args(rest)
            .current_dir(dir)
            .stdin(Stdio::null())
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "true")
            .kill_on_drop(true);
        Ok(command)
    }

    fn append(&self, text: &str) -> Result<std::fs::File, ScmError> {
        use std::io::Write;
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log)
            .map_err(|e| self.log_error(&e))?;
        file.write_all(text.as_bytes()).map_err(|e| self.log_error(&e))?;
        Ok(file)
    }

    fn log_error(&self, e: &std::io::Error) -> ScmError {
        ScmError::Checkout(format!("cannot write {}: {e}", self.log.display()))
    }

    /// What failed, with the last line the program said.
    fn failure(&self, what: &str) -> ScmError {
        let log = std::fs::read(self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let last = log.lines().rev().find(|l| !l.trim().is_empty() && !l.starts_with('$'));
        let name = self.log.file_name().unwrap_or_default().to_string_lossy();
        match last {
            Some(line) => ScmError::Checkout(format!("{what}: {} (see {name})", line.trim())),
            None => ScmError::Checkout(format!("{what} (see {name})")),
        }
    }
}

fn program(args: &[String]) -> String {
    args.first().cloned().unwrap_or_default()
}
