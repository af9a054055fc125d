//! Which buildroot of the server is meant.

use koji_api::methods as m;
use koji_client::Session;
use koji_rpm::arch::canonical;
use koji_xmlrpc::Value;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Digits are a task; other words a target, a tag or a build, the first there is.
    Any(&'a str),
    /// A target's build tag, or a tag.
    Tag(&'a str),
    Task(i64),
    Buildroot(i64),
}

/// A buildroot of a tag as it is now, or one that a task had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Build tag.
    pub tag: String,
    pub tag_id: i64,
    /// Arch of the repository, canonical.
    pub arch: String,
    /// The repository; none for a tag that has none.
    pub repo: Repo,
    /// Group that is installed first.
    pub group: String,
    /// The server's buildroot.
    #[serde(default)]
    pub buildroot: Option<i64>,
    /// The task that had it.
    #[serde(default)]
    pub task: Option<i64>,
    /// rpm's `--target` of that task, `noarch` or an arch.
    #[serde(default)]
    pub target: Option<String>,
    /// Source rpm of that task, below the hub's `work/`.
    #[serde(default)]
    pub srpm: Option<String>,
}

/// A repository of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repo {
    pub id: i64,
    /// The tag that its directory is named by.
    pub tag: String,
    /// Event of its content.
    pub event: Option<i64>,
    pub dist: bool,
    /// The hub says that its files are gone.
    pub deleted: bool,
}

const DELETED: i64 = 3;
/// Task methods that have a buildroot, and its group.
const METHODS: [(&str, &str); 3] = [
    ("buildArch", koji_buildroot::BUILD_GROUP),
    ("buildSRPMFromSCM", koji_buildroot::SRPM_BUILD_GROUP),
    ("rebuildSRPM", koji_buildroot::SRPM_BUILD_GROUP),
];

impl Origin {
    /// Asks the hub. Without `arch` it is that of this machine where there is a choice.
    pub async fn find(session: &Session, wanted: Wanted<'_>, arch: Option<&str>) -> Result<Origin> {
        match wanted {
            Wanted::Buildroot(id) => of_buildroot(session, id).await,
            Wanted::Task(id) => of_task(session, id, arch).await,
            Wanted::Tag(name) => match tag_of(session, name).await? {
                Some(tag) => of_tag(session, &tag, arch).await,
                None => Err(Error::NotThere(format!("there is no target and no tag {name}"))),
            },
            Wanted::Any(text) => {
                if let Ok(id) = text.parse() {
                    return of_task(session, id, arch).await;
                }
                if let Some(tag) = tag_of(session, text).await? {
                    return of_tag(session, &tag, arch).await;
                }
                let build = build(session, text).await?.ok_or_else(|| {
                    Error::NotThere(format!("there is no target, tag or build {text} (and it is no task id)"))
                })?;
                of_build(session, &build, arch).await
            }
        }
    }

    /// The buildroot that made the rpms of a build for an arch.
    pub async fn of_build(session: &Session, build: &Value, arch: Option<&str>) -> Result<Origin> {
        of_build(session, build, arch).await
    }

    /// The tag's configuration as it was for this buildroot.
    pub async fn config(&self, session: &Session) -> Result<Value> {
        let event = self.repo.event.filter(|_| self.buildroot.is_some());
        let call = m::GetBuildConfig { tag: self.tag_id.into(), event: event.into() };
        Ok(session.call(call).await?)
    }
}

/// A target's build tag, else the tag of that name.
async fn tag_of(session: &Session, name: &str) -> Result<Option<Value>> {
    let target = session.call(m::GetBuildTarget { info: name.into(), ..Default::default() }).await?;
    let tag = match target.get("build_tag").filter(|_| !target.is_nil()) {
        Some(id) => id.clone(),
        None => name.into(),
    };
    let tag = session.call(m::GetTag { tagInfo: tag, ..Default::default() }).await?;
    Ok((!tag.is_nil()).then_some(tag))
}

async fn build(session: &Session, text: &str) -> Result<Option<Value>> {
    if koji_rpm::Nvr::parse(text).is_err() {
        return Ok(None);
    }
    let build = session.call(m::GetBuild { buildInfo: text.into(), ..Default::default() }).await?;
    Ok((!build.is_nil()).then_some(build))
}

async fn of_tag(session: &Session, tag: &Value, arch: Option<&str>) -> Result<Origin> {
    let name = text(tag, "name");
    let id = id(tag, "id")?;
    let arches: Vec<String> =
        text(tag, "arches").split_whitespace().map(|a| canonical(a).to_owned()).collect();
    let here = machine();
    let arch = match arch {
        Some(arch) => canonical(arch).to_owned(),
        None if arches.contains(&here) => here.clone(),
        None => arches.first().cloned().unwrap_or(here),
    };
    if !arches.contains(&arch) {
        let list = if arches.is_empty() { "none".to_owned() } else { arches.join(" ") };
        return Err(Error::NotThere(format!(
            "the tag {name} has no arch {arch} (it has {list}): a tag to build with is wanted, such as a target's build tag"
        )));
    }
    let repo = session.call(m::GetRepo { tag: id.into(), ..Default::default() }).await?;
    let repo_id = repo.int_at("id").ok_or_else(|| {
        Error::NotThere(format!("the tag {name} has no repository: koji regen-repo {name} makes one"))
    })?;
    Ok(Origin {
        tag: name,
        tag_id: id,
        arch,
        repo: repo_of(session, repo_id).await?,
        group: koji_buildroot::BUILD_GROUP.into(),
        buildroot: None,
        task: None,
        target: None,
        srpm: None,
    })
}

async fn of_build(session: &Session, build: &Value, arch: Option<&str>) -> Result<Origin> {
    let nvr = text(build, "nvr");
    let rpms = session.call(m::ListBuildRPMs { build: id(build, "id")?.into() }).await?;
    let rpms = rpms.as_array().unwrap_or_default();
    let made = |wanted: &dyn Fn(&str) -> bool| {
        rpms.iter().find_map(|r| {
            let fits = r.str_at("arch").is_some_and(|a| a != "src" && a != "nosrc" && wanted(a));
            r.int_at("buildroot_id").filter(|id| fits && *id != 0)
        })
    };
    let here = machine();
    let found = match arch {
        Some(arch) => made(&|a| canonical(a) == canonical(arch) || a == arch),
        None => made(&|a| canonical(a) == here).or_else(|| made(&|_| true)),
    };
    if let Some(id) = found {
        return of_buildroot(session, id).await;
    }
    match build.int_at("task_id") {
        Some(task) => of_task(session, task, arch).await,
        None => Err(Error::NotThere(format!("{nvr} was imported: the hub knows no buildroot of it"))),
    }
}

async fn of_task(session: &Session, task: i64, arch: Option<&str>) -> Result<Origin> {
    let info =
        session.call(m::GetTaskInfo { task_id: task.into(), request: true, ..Default::default() }).await?;
    if info.is_nil() {
        return Err(Error::NotThere(format!("there is no task {task}")));
    }
    let method = text(&info, "method");
    let worker = if METHODS.iter().any(|(m, _)| *m == method) {
        info
    } else {
        worker_below(session, task, arch).await?
    };
    let worker_id = id(&worker, "id")?;
    let roots = session.call(m::ListBuildroots { taskID: worker_id.into(), ..Default::default() }).await?;
    let root = roots.as_array().and_then(|r| r.last()).and_then(|r| r.int_at("id"));
    let root =
        root.ok_or_else(|| Error::NotThere(format!("the task {worker_id} ({method}) had no buildroot")))?;
    of_buildroot(session, root).await
}

/// The task below this one that built for the arch.
async fn worker_below(session: &Session, task: i64, arch: Option<&str>) -> Result<Value> {
    let call = m::GetTaskChildren { task_id: task.into(), request: true, ..Default::default() };
    let children = session.call(call).await?;
    let builders: Vec<&Value> = children
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter(|c| c.str_at("method") == Some("buildArch"))
        .collect();
    let is = |c: &Value, arch: &str| {
        argument(c, "arch").as_str().is_some_and(|a| a == arch || canonical(a) == canonical(arch))
    };
    let here = machine();
    let found = match arch {
        Some(arch) => builders.iter().find(|c| is(c, arch)),
        None => builders.iter().find(|c| is(c, &here)).or_else(|| builders.first()),
    };
    let what = arch.map(|a| format!(" for {a}")).unwrap_or_default();
    found
        .map(|c| (*c).clone())
        .ok_or_else(|| Error::NotThere(format!("no task below {task} built{what} in a buildroot")))
}

async fn of_buildroot(session: &Session, buildroot: i64) -> Result<Origin> {
    let root = session.call(m::GetBuildroot { buildrootID: buildroot.into(), ..Default::default() }).await?;
    if root.is_nil() {
        return Err(Error::NotThere(format!("there is no buildroot {buildroot}")));
    }
    let repo = root.int_at("repo_id").ok_or_else(|| {
        Error::NotThere(format!("the buildroot {buildroot} was a content generator's: it has no repository"))
    })?;
    let task = root.int_at("task_id");
    let mut origin = Origin {
        tag: text(&root, "tag_name"),
        tag_id: id(&root, "tag_id")?,
        arch: text(&root, "arch"),
        repo: repo_of(session, repo).await?,
        group: koji_buildroot::BUILD_GROUP.into(),
        buildroot: Some(buildroot),
        task,
        target: None,
        srpm: None,
    };
    if let Some(task) = task {
        let call = m::GetTaskInfo { task_id: task.into(), request: true, ..Default::default() };
        let info = session.call(call).await?;
        if let Some((_, group)) = METHODS.iter().find(|(m, _)| info.str_at("method") == Some(m)) {
            origin.group = (*group).to_owned();
        }
        if info.str_at("method") == Some("buildArch") {
            origin.target = argument(&info, "arch").as_str().map(str::to_owned);
            origin.srpm = argument(&info, "pkg").as_str().map(str::to_owned);
        }
    }
    Ok(origin)
}

async fn repo_of(session: &Session, id: i64) -> Result<Repo> {
    let info = session.call(m::RepoInfo { repo_id: id.into(), ..Default::default() }).await?;
    if info.is_nil() {
        return Err(Error::NotThere(format!("the hub does not know the repository {id}")));
    }
    Ok(Repo {
        id,
        tag: text(&info, "tag_name"),
        event: info.int_at("create_event"),
        dist: info.truthy_at("dist"),
        deleted: info.int_at("state") == Some(DELETED),
    })
}

/// An argument of a task by name.
fn argument(task: &Value, name: &str) -> Value {
    let request = task.get("request").and_then(Value::as_array).unwrap_or_default();
    let bound = koji_api::tasks::params(task.str_at("method").unwrap_or_default(), request);
    bound.ok().and_then(|b| b.get(name).cloned()).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> String {
    value.str_at(key).unwrap_or_default().to_owned()
}

fn id(value: &Value, key: &str) -> Result<i64> {
    value.int_at(key).ok_or_else(|| Error::NotThere(format!("the hub's answer has no {key}")))
}

/// This machine's architecture as repositories are called.
fn machine() -> String {
    canonical(&rustix::system::uname().machine().to_string_lossy()).to_owned()
}
