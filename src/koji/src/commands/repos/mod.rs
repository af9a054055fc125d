//! Commands on repositories.

pub mod dist_repo;
pub mod regen_repo;
pub mod repoinfo;
pub mod request_repo;
pub mod wait_repo;
pub mod wait_repo_request;

use std::time::{Duration, Instant};

use koji_api::methods as m;
use koji_client::Live;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// What repository is wanted.
pub struct Wanted {
    pub tag: Value,
    /// Not older than this event.
    pub min_event: Option<i64>,
    pub at_event: Option<i64>,
    pub opts: Value,
    /// With these builds.
    pub builds: Vec<String>,
    pub timeout: Duration,
    /// Say what is asked and waited for.
    pub verbose: bool,
}

impl Wanted {
    fn tag_id(&self) -> Value {
        field(&self.tag, "id")
    }

    /// Asks the hub for the repository: `{repo, request, duplicate}`.
    pub async fn request(&self, cx: &Cx, min_event: Option<i64>) -> Result<Value> {
        self.say(cx, "Requesting a repo");
        let call = m::RepoRequest {
            tag: self.tag_id(),
            min_event: min_event.or(self.min_event).into(),
            at_event: self.at_event.into(),
            opts: self.opts.clone(),
            ..Default::default()
        };
        // a request that is there already is not made twice
        crate::watch::again(|| cx.hub().call(call.clone())).await
    }

    /// Waits until a request is fulfilled; the repository.
    pub async fn wait_request(&self, cx: &Cx, request: &Value) -> Result<Value> {
        let deadline = Instant::now() + self.timeout;
        let mut live = Live::new(cx.hub(), cx.poll_interval());
        let reader = cx.reader();
        loop {
            let id = field(request, "id");
            let check =
                crate::watch::again(|| reader.call(m::RepoCheckRequest { req_id: id.clone() })).await?;
            if let Some(repo) = check.get("repo").filter(|r| !r.is_nil()) {
                return Ok(repo.clone());
            }
            let now = field(&check, "request");
            if Instant::now() >= deadline {
                return Err(self.too_late());
            }
            if !now.truthy_at("active") {
                return Err(failed(match now.int_at("task_id") {
                    Some(task) => {
                        let state = now.int_at("task_state").and_then(koji_api::types::TaskState::from_code);
                        let state = state.map_or("unknown", koji_api::types::TaskState::name);
                        format!("Repo request inactive: task {task} state is {state}")
                    }
                    None => "Repo request no longer active".to_owned(),
                }));
            }
            live.news(&[format!("repo:{}", self.tag.int_at("id").unwrap_or_default())]).await;
        }
    }

    /// Waits for the repository. Without a login the hub is not asked to make one, only whether it has one.
    pub async fn wait(&self, cx: &Cx, may_request: bool) -> Result<Value> {
        let deadline = Instant::now() + self.timeout;
        self.say(cx, &format!("Waiting on repo for {}", text(&self.tag, "name")));
        let mut told = false;
        let mut min_event = self.min_event;
        let mut live = Live::new(cx.hub(), cx.poll_interval());
        let reader = cx.reader();
        loop {
            if self.tagged(cx, None).await? {
                if !self.builds.is_empty() {
                    let call = m::TagLastChangeEvent { tag: self.tag_id(), ..Default::default() };
                    min_event = crate::watch::again(|| cx.hub().call(call.clone())).await?.as_int();
                }
                let repo = if may_request {
                    let answer = self.request(cx, min_event).await?;
                    match answer.get("repo").filter(|r| !r.is_nil()) {
                        Some(repo) => repo.clone(),
                        None => self.wait_request(cx, &field(&answer, "request")).await?,
                    }
                } else {
                    let call = m::RepoGet {
                        tag: self.tag_id(),
                        min_event: self.min_event.into(),
                        at_event: self.at_event.into(),
                        opts: self.opts.clone(),
                    };
                    crate::watch::again(|| reader.call(call.clone())).await?
                };
                let event = repo.int_at("create_event");
                if !repo.is_nil() && (self.builds.is_empty() || self.tagged(cx, event).await?) {
                    return Ok(repo);
                }
            }
            if !self.builds.is_empty() && !told {
                let nvrs = koji_api::types::repr::repr(&self.builds.clone().into());
                self.say(cx, &format!("Waiting for nvrs {nvrs} in tag {}", text(&self.tag, "name")));
                told = true;
            }
            if Instant::now() >= deadline {
                return Err(self.too_late());
            }
            let id = self.tag.int_at("id").unwrap_or_default();
            live.news(&[format!("repo:{id}"), format!("tag:{id}")]).await;
        }
    }

    /// Whether all builds are tagged where the repository sees them, now or at an event.
    async fn tagged(&self, cx: &Cx, event: Option<i64>) -> Result<bool> {
        let reader = cx.reader();
        for nvr in &self.builds {
            let name = koji_rpm::Nvr::parse(nvr)
                .map_err(|e| CommandError::usage(format!("{nvr} is no build: {e}")))?
                .name;
            let call = m::ListTagged {
                tag: self.tag_id(),
                event: event.into(),
                inherit: true,
                package: name.into(),
                ..Default::default()
            };
            let tagged = crate::watch::again(|| reader.call(call.clone())).await?;
            if !items(&tagged).iter().any(|b| text(b, "nvr") == nvr) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn say(&self, cx: &Cx, text: &str) {
        if self.verbose {
            cx.out.line(text);
        }
    }

    fn too_late(&self) -> CommandError {
        let minutes = self.timeout.as_secs() / 60;
        let name = text(&self.tag, "name");
        failed(format!("Unsuccessfully waited {minutes}:00 for a new {name} repo"))
    }
}

fn failed(why: String) -> CommandError {
    CommandError::new(format!("Failed to get repo -- {why}"))
}

/// `Got repo 5` and where to look at it.
pub fn print_repo(cx: &Cx, repo: &Value, request: &Value) {
    let id = repo.int_at("id").unwrap_or_default();
    print_data(cx, repo, request);
    cx.out.line(format!("Got repo {id}"));
    cx.out.line(format!("Repo info: {}", cx.repo_url(id)));
}

/// The repository, nil when it is not there yet, and the request for it, nil when none was needed, as data.
pub fn print_data(cx: &Cx, repo: &Value, request: &Value) {
    let task = if repo.is_nil() { field(request, "task_id") } else { field(repo, "task_id") };
    let url: Value = repo.int_at("id").map(|id| cx.repo_url(id)).into();
    cx.out.data(&Value::record([
        ("repo_id", field(repo, "id")),
        ("url", url),
        ("request_id", field(request, "id")),
        ("task_id", task),
    ]));
}

/// Options of a repository.
#[derive(Debug, Default, clap::Args)]
pub struct RepoOptions {
    /// With debuginfo packages
    #[arg(long)]
    pub debuginfo: bool,
    /// With source packages, in the repositories of all arches
    #[arg(long, alias = "src")]
    pub source: bool,
    /// With source packages, in a repository of their own
    #[arg(long, alias = "separate-src")]
    pub separate_source: bool,
}

impl RepoOptions {
    /// Nil when nothing is set: the tag's own options.
    pub fn value(&self) -> Value {
        let set: Struct =
            [("debuginfo", self.debuginfo), ("src", self.source), ("separate_src", self.separate_source)]
                .into_iter()
                .filter(|(_, set)| *set)
                .map(|(name, _)| (name.to_owned(), Value::Bool(true)))
                .collect();
        if set.is_empty() { Value::Nil } else { set.into() }
    }
}

/// The tag itself, or the build tag of a target.
pub async fn tag_or_target(cx: &Cx, name: &str, is_target: bool) -> Result<Value> {
    if !is_target {
        return crate::lookup::tag(cx, name).await;
    }
    let target = crate::lookup::target(cx, name).await?;
    let call = m::GetTag { tagInfo: field(&target, "build_tag"), strict: true, ..Default::default() };
    Ok(cx.hub().call(call).await?)
}
