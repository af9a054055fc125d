//! `waitrepo`: waits for a repository of a tag that is new enough or has certain builds.

use std::time::{Duration, Instant};

use koji_api::methods as m;
use koji_client::Live;
use koji_xmlrpc::Value;

use super::{Params, TaskMethod};
use crate::task::{TaskCx, TaskError};

pub struct WaitRepo;

/// As long as upstream waits.
const TIMEOUT: Duration = Duration::from_secs(120 * 60);
const POLL: Duration = Duration::from_secs(60);

impl TaskMethod for WaitRepo {
    const METHOD: &'static str = "waitrepo";
    const WEIGHT: f64 = 0.2;
    const WATCHES: bool = true;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let tag = cx
            .session
            .call(m::GetTag { tagInfo: params.value("tag"), strict: true, ..Default::default() })
            .await?;
        let tag_id =
            tag.int_at("id").ok_or_else(|| TaskError::generic("the hub answered a tag without an id"))?;
        let nvrs: Vec<String> = params
            .value("nvrs")
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(|n| n.as_str().map(str::to_owned))
            .collect();
        let wanted = Wanted { tag_id, min_event: min_event(cx, tag_id, &params).await?, nvrs };
        let started = Instant::now();
        let mut live = Live::new(&cx.session, POLL);
        let topics = [format!("repo:{tag_id}"), format!("tag:{tag_id}")];
        loop {
            if let Some(repo) = wanted.repo(cx).await? {
                return Ok(repo);
            }
            if started.elapsed() > TIMEOUT {
                let name = tag.str_at("name").unwrap_or_default();
                return Err(TaskError::generic(format!(
                    "Unsuccessfully waited {} minutes for a new {name} repo",
                    TIMEOUT.as_secs() / 60
                )));
            }
            live.news(&topics).await;
        }
    }
}

struct Wanted {
    tag_id: i64,
    min_event: Option<i64>,
    nvrs: Vec<String>,
}

impl Wanted {
    /// The repo, when there is one with everything; asks the hub for one otherwise.
    async fn repo(&self, cx: &TaskCx) -> Result<Option<Value>, TaskError> {
        let min_event = match self.min_event {
            Some(event) => Some(event),
            // builds to wait for: the repo must be made after the last of them was tagged
            None => match self.tagged_event(cx).await? {
                Some(event) => Some(event),
                None => return Ok(None),
            },
        };
        let call =
            m::RepoRequest { tag: self.tag_id.into(), min_event: min_event.into(), ..Default::default() };
        let answer = cx.session.call(call).await?;
        Ok(answer.get("repo").filter(|r| !r.is_nil()).cloned())
    }

    /// The event by which all builds are tagged where the repo sees them.
    async fn tagged_event(&self, cx: &TaskCx) -> Result<Option<i64>, TaskError> {
        if self.nvrs.is_empty() {
            return Ok(Some(last_change(cx, self.tag_id).await?));
        }
        for nvr in &self.nvrs {
            let name = koji_rpm::Nvr::parse(nvr)
                .map_err(|e| TaskError::parameter(format!("{nvr} is no build: {e}")))?
                .name;
            let call = m::ListTagged {
                tag: self.tag_id.into(),
                inherit: true,
                package: name.into(),
                ..Default::default()
            };
            let tagged = cx.session.call(call).await?;
            let there = tagged.as_array().unwrap_or_default().iter().any(|b| b.str_at("nvr") == Some(nvr));
            if !there {
                return Ok(None);
            }
        }
        Ok(Some(last_change(cx, self.tag_id).await?))
    }
}

async fn last_change(cx: &TaskCx, tag_id: i64) -> Result<i64, TaskError> {
    let event = cx.session.call(m::TagLastChangeEvent { tag: tag_id.into(), ..Default::default() }).await?;
    event.as_int().ok_or_else(|| TaskError::generic("the tag has no event"))
}

/// `min_event`, or the event of the time `newer_than` (Unix seconds, or `now`).
async fn min_event(cx: &TaskCx, tag_id: i64, params: &Params) -> Result<Option<i64>, TaskError> {
    if let Some(event) = params.value("min_event").as_int() {
        return Ok(Some(event));
    }
    match params.value("newer_than") {
        Value::Nil => Ok(None),
        Value::Str(s) if s == "now" => last_change(cx, tag_id).await.map(Some),
        v => {
            let before = v
                .as_double()
                .ok_or_else(|| TaskError::parameter(format!("Invalid value for newer_than: {v:?}")))?;
            let call = m::GetLastEvent { before: before.into(), ..Default::default() };
            Ok(cx.session.call(call).await?.int_at("id"))
        }
    }
}
