//! The loop.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::RepoState;
use koji_client::{ClientError, Session};
use koji_config::KojiraConfig;
use koji_config::declare::Settings;
use koji_config::kojira::KojiraSettings;
use koji_xmlrpc::Value;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Cli;
use crate::delete::Deleter;
use crate::rules::{Fate, Lifetimes, Newest, Repo, fate};
use crate::{external, prune};

pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let mut config = KojiraConfig::load(cli.config.as_deref())?;
    cli.apply(&mut config.settings);
    if cli.show_config {
        for (name, value) in config.settings.values().into_iter().filter(|(name, _)| *name != "password") {
            println!("{name} = {value}");
        }
        return Ok(());
    }
    init_log(&config.settings, cli.quiet)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let session = tokio::select! {
        session = crate::session::login(&config.settings, cli.force_lock) => session?,
        _ = term.recv() => return Ok(()),
        _ = int.recv() => return Ok(()),
    };
    tracing::info!("logged in to {}", config.settings.server.as_deref().unwrap_or_default());
    if cli.skip_main {
        session.logout().await.ok();
        return Ok(());
    }
    let pause = Duration::from_secs(config.settings.sleeptime.max(1));
    let mut kojira = Kojira::new(config, session)?;
    loop {
        kojira.round().await?;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = term.recv() => break,
            _ = int.recv() => break,
        }
    }
    tracing::info!("stopping");
    kojira.deleter.finish(PATIENCE).await;
    // it expires by itself when the hub cannot be told
    kojira.session.logout().await.ok();
    Ok(())
}

fn init_log(settings: &KojiraSettings, quiet: bool) -> anyhow::Result<()> {
    let level = match (quiet, settings.debug) {
        (true, _) => tracing::Level::WARN,
        (_, true) => tracing::Level::DEBUG,
        _ => tracing::Level::INFO,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    match &settings.logfile {
        None => builder.with_writer(std::io::stderr).init(),
        Some(path) => {
            let file =
                std::fs::OpenOptions::new().create(true).append(true).open(path).with_context(|| {
                    format!("cannot write the log {} (set logfile, or --logfile)", path.display())
                })?;
            builder.with_ansi(false).with_writer(std::sync::Mutex::new(file)).init();
        }
    }
    Ok(())
}

/// Stray directories are looked for this often.
const SLOW: Duration = Duration::from_secs(60);
/// How long a stop waits for directories that are being removed.
const PATIENCE: Duration = Duration::from_secs(5);

struct Kojira {
    config: KojiraConfig,
    session: Session,
    http: reqwest::Client,
    deleter: Deleter,
    /// When a repo was last asked about, by id.
    asked: HashMap<i64, Instant>,
    slow: Option<Instant>,
}

impl Kojira {
    fn new(config: KojiraConfig, session: Session) -> anyhow::Result<Kojira> {
        let deleter = Deleter::new(config.settings.max_delete_processes);
        let http =
            reqwest::Client::builder().danger_accept_invalid_certs(config.settings.no_ssl_verify).build()?;
        Ok(Kojira { config, session, http, deleter, asked: HashMap::new(), slow: None })
    }

    /// Everything once. Only the loss of the session ends the daemon; anything else is said and tried again.
    async fn round(&mut self) -> anyhow::Result<()> {
        self.step("update end events", Step::EndEvents).await?;
        self.step("check the request queue", Step::Queue).await?;
        self.step("make automatic requests", Step::Auto).await?;
        self.step("look at the repos", Step::Repos).await?;
        if self.config.settings.check_external_repos {
            self.step("check external repos", Step::External).await?;
        }
        if self.slow.is_none_or(|t| t.elapsed() >= SLOW) {
            self.slow = Some(Instant::now());
            self.step("look for stray directories", Step::Prune).await?;
        }
        Ok(())
    }

    async fn step(&mut self, what: &str, step: Step) -> anyhow::Result<()> {
        let done = match step {
            Step::EndEvents => {
                self.session.call(m::RepoUpdateEndEvents {}).await.map(drop).map_err(Into::into)
            }
            Step::Queue => self.session.call(m::RepoCheckQueue {}).await.map(drop).map_err(Into::into),
            Step::Auto => self.session.call(m::RepoAutoRequests {}).await.map(drop).map_err(Into::into),
            Step::Repos => self.repos().await,
            Step::External => external::check(&self.session, &self.http).await,
            Step::Prune => self.prune().await,
        };
        match done {
            Ok(()) => Ok(()),
            Err(e) if session_is_over(&e) => Err(e.context("the session is over")),
            Err(e) => {
                tracing::error!("cannot {what}: {e:#}");
                Ok(())
            }
        }
    }

    async fn repos(&mut self) -> anyhow::Result<()> {
        let clauses =
            Value::Array(vec![Value::Array(vec!["state".into(), "!=".into(), RepoState::Deleted.into()])]);
        let call = m::RepoQuery { clauses, fields: "**".into(), ..Default::default() };
        let rows = self.session.call(call).await?;
        let repos: Vec<Repo> =
            rows.as_array().unwrap_or_default().iter().filter_map(Repo::from_row).collect();
        let repos: Vec<Repo> = repos.into_iter().map(|repo| self.dated(repo)).collect();
        self.asked.retain(|id, _| repos.iter().any(|r| r.id == *id));
        let newest = Newest::of(&repos);
        // seconds since 1970 and lifetimes are far below 2^52
        let seconds = |s: i64| s as f64;
        let s = &self.config.settings;
        let lifetimes = Lifetimes {
            init: seconds(s.init_timeout),
            repo: seconds(s.repo_lifetime),
            dist: seconds(s.dist_repo_lifetime),
            expired: seconds(self.config.expired_repo_lifetime()),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
        for repo in &repos {
            match fate(repo, &newest, &lifetimes, now) {
                Fate::Keep => {}
                Fate::Problem => {
                    tracing::warn!(repo = repo.id, tag = repo.tag_name, "was never finished");
                    self.session.call(m::RepoProblem { repo_id: repo.id.into() }).await?;
                }
                Fate::MayExpire => self.expire(repo, &newest).await?,
                Fate::MayDelete => self.delete(repo).await?,
            }
        }
        Ok(())
    }

    /// With the time of its directory where the hub has none.
    fn dated(&self, repo: Repo) -> Repo {
        if !repo.is_undated() {
            return repo;
        }
        let modified = std::fs::metadata(self.path(&repo, None)).and_then(|m| m.modified()).ok();
        let time = modified.and_then(|m| m.duration_since(UNIX_EPOCH).ok()).map(|d| d.as_secs_f64());
        repo.or_changed(time)
    }

    fn path(&self, repo: &Repo, volume: Option<&str>) -> PathBuf {
        let paths = PathInfo::new(self.config.settings.topdir.to_string_lossy());
        PathBuf::from(match repo.dist {
            true => paths.dist_repo(repo.id, &repo.tag_name, volume),
            false => paths.repo(repo.id, &repo.tag_name),
        })
    }

    /// Whether it is time to ask the hub about a repo again.
    fn due(&mut self, repo: &Repo, period: i64) -> bool {
        let period = Duration::from_secs(u64::try_from(period).unwrap_or(0));
        if self.asked.get(&repo.id).is_some_and(|t| t.elapsed() < period) {
            return false;
        }
        self.asked.insert(repo.id, Instant::now());
        true
    }

    async fn expire(&mut self, repo: &Repo, newest: &Newest) -> anyhow::Result<()> {
        if !self.due(repo, self.config.settings.recheck_period) {
            return Ok(());
        }
        if newest.is(repo) && !repo.dist && !repo.custom {
            let call = m::GetBuildTargets { buildTagID: repo.tag_id.into(), ..Default::default() };
            let targets = self.session.call(call).await?;
            if !targets.as_array().unwrap_or_default().is_empty() {
                return Ok(());
            }
        }
        tracing::info!(repo = repo.id, tag = repo.tag_name, "expired");
        self.session.call(m::RepoExpire { repo_id: repo.id.into() }).await?;
        self.asked.remove(&repo.id);
        Ok(())
    }

    async fn delete(&mut self, repo: &Repo) -> anyhow::Result<()> {
        if !self.due(repo, self.config.reference_recheck_period()) {
            return Ok(());
        }
        let references = self.session.call(m::RepoReferences { repo_id: repo.id.into() }).await?;
        if references.truthy() {
            tracing::debug!(repo = repo.id, "a buildroot still uses it");
            return Ok(());
        }
        tracing::info!(repo = repo.id, tag = repo.tag_name, "deleted");
        let call = m::RepoSetState { repo_id: repo.id.into(), state: RepoState::Deleted.into() };
        self.session.call(call).await?;
        self.remove_directory(repo);
        Ok(())
    }

    /// The directory, which for a dist repo on another volume is a link on the default one.
    fn remove_directory(&mut self, repo: &Repo) {
        let path = self.path(repo, None);
        if !path.is_symlink() {
            if path.is_dir() {
                self.deleter.push(path);
            }
            return;
        }
        match self.behind_link(repo, &path) {
            Ok(there) => {
                if let Err(e) = std::fs::remove_file(&path) {
                    tracing::error!("cannot remove {}: {e}", path.display());
                }
                self.deleter.push(there);
            }
            Err(why) => tracing::error!("{} is left as it is: {why}", path.display()),
        }
    }

    /// Where a repo's link leads: to its place on the volume that its repo.json names, and nowhere else.
    fn behind_link(&self, repo: &Repo, link: &Path) -> Result<PathBuf, String> {
        if self.config.settings.ignore_other_volumes {
            return Err("it is on another volume (ignore_other_volumes)".to_owned());
        }
        let text = std::fs::read_to_string(link.join("repo.json")).map_err(|e| format!("repo.json: {e}"))?;
        let json: serde_json::Value = serde_json::from_str(&text).map_err(|e| format!("repo.json: {e}"))?;
        let volume = json.get("volume").and_then(serde_json::Value::as_str);
        let there = self.path(repo, Some(volume.ok_or("repo.json names no volume")?));
        match (link.canonicalize(), there.canonicalize()) {
            (Ok(one), Ok(two)) if one == two => Ok(there),
            _ => Err(format!("the link does not lead to {}", there.display())),
        }
    }

    async fn prune(&mut self) -> anyhow::Result<()> {
        if !self.deleter.is_idle() {
            return Ok(());
        }
        let age = Duration::from_secs(u64::try_from(self.config.expired_repo_lifetime()).unwrap_or(0));
        let s = &self.config.settings;
        let (topdir, others) = (s.topdir.clone(), !s.ignore_other_volumes);
        let (old, half) = tokio::task::spawn_blocking(move || {
            (prune::old_directories(&topdir, others, age), prune::half_removed(&topdir, others))
        })
        .await?;
        half.into_iter().for_each(|dir| self.deleter.push(dir));
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
        for local in old {
            let info =
                self.session.call(m::RepoInfo { repo_id: local.id.into(), ..Default::default() }).await?;
            let gone = match info.str_at("tag_name") {
                None if info.is_nil() => !self.config.settings.ignore_stray_repos,
                None => false,
                Some(tag) => {
                    let since = info.get("state_ts").and_then(Value::as_double).unwrap_or(0.0);
                    info.int_at("state") == Some(RepoState::Deleted.code())
                        && info.truthy_at("dist") == local.dist
                        && prune::is_of(&local, tag, info.int_at("tag_id").unwrap_or_default())
                        && now - since.max(local.changed) > age.as_secs_f64()
                }
            };
            if gone && prune::is_sane(&local) {
                tracing::info!("{} is of no repo the hub has", local.path.display());
                self.deleter.push(local.path);
            }
        }
        Ok(())
    }
}

enum Step {
    EndEvents,
    Queue,
    Auto,
    Repos,
    External,
    Prune,
}

/// Errors after which this session cannot go on: the supervisor starts the daemon anew.
fn session_is_over(e: &anyhow::Error) -> bool {
    use koji_api::FaultKind as K;
    let kind = e.downcast_ref::<ClientError>().and_then(ClientError::fault_kind);
    matches!(kind, Some(K::AuthExpired | K::Auth | K::AuthLock | K::Retry | K::Sequence))
}
