//! A buildroot that the hub knows: made for a task, listed at the hub, expired when done.

mod origins;

use std::path::{Path, PathBuf};
use std::time::Duration;

use koji_api::methods as m;
use koji_api::types::BuildrootState;
use koji_buildroot::{
    Bind, Buildroot, CacheLimits, Choice, Engine, ExtraMap, InstalledPackage, Managed, Network, Outcome,
    Packages, Plan, Settings, Site,
};
use koji_config::kojid::{Engine as EngineOption, KojidSettings};
use koji_xmlrpc::Value;

use crate::task::{LogStream, TaskCx, TaskError};

/// What a task wants to build in.
pub struct Wanted<'a> {
    /// The build tag's configuration (`getBuildConfig`).
    pub tag: &'a Value,
    /// The repo's row (`repoInfo`).
    pub repo: &'a Value,
    /// Canonical arch of the repository.
    pub arch: &'a str,
    /// Comps group that is installed first.
    pub group: &'a str,
    /// Sources are fetched inside: the source command has the network, and the site's credentials.
    pub fetches_sources: bool,
}

/// The buildroot with its logs on their way to the hub.
pub struct TaskBuildroot {
    pub id: i64,
    /// Taken out while a blocking step has it.
    root: Option<Buildroot>,
    result_dir: PathBuf,
    stream: Option<LogStream>,
    tag_id: Value,
    repo: Value,
    arch: String,
    listed: bool,
}

impl TaskBuildroot {
    /// Registers the buildroot, makes it and lists its packages at the hub.
    pub async fn create(cx: &TaskCx, wanted: Wanted<'_>) -> Result<TaskBuildroot, TaskError> {
        let repo_id = wanted
            .repo
            .int_at("id")
            .ok_or_else(|| TaskError::buildroot("the repo to build against has no id"))?;
        let call =
            m::HostNewBuildRoot { repo: repo_id.into(), arch: wanted.arch.into(), task_id: cx.id.into() };
        let id = cx.session.call(call).await?.as_int();
        let id = id.ok_or_else(|| TaskError::buildroot("the hub answered no buildroot id"))?;
        let plan = plan(cx, &wanted, id, repo_id)?;
        let engine = engine(&cx.settings)?;
        let root = engine.create(&plan)?;
        let result_dir = root.result_dir().to_path_buf();
        let stream = LogStream::start(cx.session.clone(), vec![result_dir.clone()], cx.upload_dir());
        let mut this = TaskBuildroot {
            id,
            root: Some(root),
            result_dir,
            stream: Some(stream),
            tag_id: wanted.tag.get("id").cloned().unwrap_or_default(),
            repo: wanted.repo.clone(),
            arch: wanted.arch.to_owned(),
            listed: false,
        };
        match this.init(cx).await {
            Ok(()) => Ok(this),
            Err(e) => {
                this.finish(cx).await?;
                Err(e)
            }
        }
    }

    async fn init(&mut self, cx: &TaskCx) -> Result<(), TaskError> {
        let outcome = self.step(Buildroot::init).await?;
        if !outcome.succeeded() {
            return Err(failure("could not init buildroot", &outcome));
        }
        self.list(cx).await?;
        self.state(cx, BuildrootState::Building).await
    }

    /// Runs one blocking step of the buildroot beside the upload of its logs.
    pub async fn step<F>(&mut self, work: F) -> Result<Outcome, TaskError>
    where
        F: FnOnce(&mut Buildroot) -> koji_buildroot::Result<Outcome> + Send + 'static,
    {
        self.blocking(work).await
    }

    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Buildroot) -> koji_buildroot::Result<T> + Send + 'static,
    ) -> Result<T, TaskError> {
        let mut root = self
            .root
            .take()
            .ok_or_else(|| TaskError::buildroot("a step of the buildroot did not come back"))?;
        let (root, result) = tokio::task::spawn_blocking(move || {
            let result = work(&mut root);
            (root, result)
        })
        .await?;
        self.root = Some(root);
        Ok(result?)
    }

    /// Tells the hub which packages are installed: all of them first, what was added later.
    pub async fn list(&mut self, cx: &TaskCx) -> Result<(), TaskError> {
        let installed = self.blocking(Buildroot::installed).await?;
        let mut rpms: Vec<Value> = installed.iter().map(record).collect();
        origins::mark_external(cx, &mut rpms, &self.tag_id, &self.repo, &self.arch).await?;
        let (brootid, rpmlist, task_id) = (Value::Int(self.id), Value::Array(rpms), Value::Int(cx.id));
        if self.listed {
            cx.session.call(m::HostUpdateBuildRootList { brootid, rpmlist, task_id }).await?;
        } else {
            cx.session.call(m::HostSetBuildRootList { brootid, rpmlist, task_id }).await?;
            self.listed = true;
        }
        Ok(())
    }

    async fn state(&self, cx: &TaskCx, state: BuildrootState) -> Result<(), TaskError> {
        let call =
            m::HostSetBuildRootState { brootid: self.id.into(), state: state.into(), task_id: cx.id.into() };
        cx.session.call(call).await?;
        Ok(())
    }

    /// Uploads the rest of the logs, expires the buildroot at the hub and removes it here; the names of the logs.
    pub async fn finish(mut self, cx: &TaskCx) -> Result<Vec<String>, TaskError> {
        let logs = log_names(&self.result_dir);
        if let Some(stream) = self.stream.take() {
            stream.finish().await?;
        }
        self.state(cx, BuildrootState::Expired).await?;
        if let Some(root) = self.root.take() {
            tokio::task::spawn_blocking(move || root.remove()).await??;
        }
        Ok(logs)
    }
}

/// The fault of a step that went wrong: what happened and where to look, in one line.
pub fn failure(what: &str, outcome: &Outcome) -> TaskError {
    TaskError::buildroot(format!("{what}, {}", outcome.verdict))
}

/// The same for rpmbuild and what it runs.
pub fn build_failure(what: &str, outcome: &Outcome) -> TaskError {
    TaskError::build(format!("{what}, {}", outcome.verdict))
}

/// Bounds the cache of installed roots, and removes roots without a task.
pub fn clean(settings: &KojidSettings) {
    let engine = match engine(settings) {
        Ok(engine) => engine,
        Err(e) => {
            tracing::error!("{e}");
            return;
        }
    };
    match engine.gc() {
        Ok(report) if report.removed > 0 => {
            tracing::info!(removed = report.removed, freed = report.freed, "removed cached roots");
        }
        Ok(_) => {}
        Err(e) => tracing::warn!("cannot clean the cache of roots: {e}"),
    }
}

/// Removes the roots that an earlier daemon left: none is in use when a daemon starts.
pub fn remove_leftovers(settings: &KojidSettings) {
    let found = engine(settings).and_then(|engine| Ok((engine.leftovers()?, engine)));
    let (names, engine) = match found {
        Ok(found) => found,
        Err(e) => {
            tracing::warn!("cannot look for roots of an earlier daemon: {e}");
            return;
        }
    };
    for name in names {
        match engine.remove(&name) {
            Ok(()) => tracing::info!(root = name, "of an earlier daemon: removed"),
            Err(e) => tracing::warn!("cannot remove the root {name} of an earlier daemon: {e}"),
        }
    }
}

pub fn engine(settings: &KojidSettings) -> Result<Engine, koji_buildroot::Error> {
    let mut s = Settings::new(&settings.cache_dir, settings.workdir.join("roots"));
    s.engine = match settings.buildroot_engine {
        EngineOption::Auto => Choice::Auto,
        EngineOption::Mock => Choice::Mock,
        EngineOption::Native => Choice::Native,
    };
    s.cache_limits = CacheLimits {
        bytes: settings.cache_max_mb.saturating_mul(1 << 20),
        age: Duration::from_secs(settings.buildroot_final_cleanup_delay.max(86400)),
    };
    s.mock.user = Some(settings.mockuser.clone());
    Engine::new(s)
}

fn plan(cx: &TaskCx, wanted: &Wanted<'_>, id: i64, repo_id: i64) -> Result<Plan, TaskError> {
    let settings = &cx.settings;
    let tag_name = wanted.tag.str_at("name").unwrap_or("tag");
    let site = Site {
        vendor: settings.vendor.clone(),
        packager: settings.packager.clone(),
        distribution: settings.distribution.clone(),
        mockhost: settings.mockhost.clone(),
        bootstrap_image: settings.mock_bootstrap_image,
    };
    let extra: ExtraMap = match wanted.tag.get("extra").map(serde_json::to_value) {
        Some(Ok(serde_json::Value::Object(map))) => map.into_iter().collect(),
        _ => ExtraMap::new(),
    };
    let dist = wanted.repo.truthy_at("dist");
    let repo_tag = wanted.repo.str_at("tag_name").unwrap_or(tag_name);
    let paths = if cx.settings.topdir.join("repos").is_dir() {
        koji_api::paths::PathInfo::new(format!("file://{}", cx.settings.topdir.display()))
    } else {
        cx.urls()
    };
    let base = if dist { paths.dist_repo(repo_id, repo_tag, None) } else { paths.repo(repo_id, repo_tag) };
    let name = format!("{tag_name}-{id}-{repo_id}");
    let packages = Packages::Repo(vec![format!("{base}/{}", wanted.arch)]);
    let mut plan = Plan::for_tag(&name, wanted.arch, packages, wanted.group, &site, &extra)?;
    plan.managed = Some(Managed { buildroot_id: id, repo_id, tag_name: tag_name.to_owned() });
    plan.proxy = settings.yum_proxy.clone();
    plan.mock.basedir = Some(settings.mockdir.clone());
    if settings.rpmbuild_timeout > 0 {
        plan.limits.timeout = settings.rpmbuild_timeout;
    }
    plan.network = if wanted.fetches_sources { Network::SourceCommand } else { Network::None };
    if let Some(dir) = settings.scm_credentials_dir.as_ref().filter(|_| wanted.fetches_sources) {
        plan.binds.push(Bind { source: dir.clone(), target: "/credentials".into(), writable: false });
    }
    Ok(plan)
}

fn record(package: &InstalledPackage) -> Value {
    Value::record([
        ("name", package.name.as_str().into()),
        ("version", package.version.as_str().into()),
        ("release", package.release.as_str().into()),
        ("epoch", Value::from(package.epoch)),
        ("arch", package.arch.as_str().into()),
        ("payloadhash", package.payloadhash.as_str().into()),
        ("size", package.size.into()),
        ("buildtime", package.buildtime.into()),
    ])
}

fn log_names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|n| n.ends_with(".log"))
        .collect();
    names.sort();
    names
}
