use std::time::Duration;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{RepoOptions, Wanted, print_data, print_repo, tag_or_target};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::{Moment, moment};
use crate::lookup::{field, text};

/// Request a repository of a tag, and wait for it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG")]
    name: String,
    /// TAG is a build target: take its build tag
    #[arg(long)]
    target: bool,
    /// Wait, even in the background
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
    /// Do not wait
    #[arg(long)]
    nowait: bool,
    /// Not older than this event or time
    #[arg(long, value_name = "EVENT#|TIME", value_parser = moment)]
    min_event: Option<Moment>,
    /// Of the tag as it was at this event or time
    #[arg(long, visible_alias = "at", value_name = "EVENT#|TIME", value_parser = moment)]
    at_event: Option<Moment>,
    /// With everything that is in the tag now
    #[arg(long, alias = "last")]
    current: bool,
    #[command(flatten)]
    options: RepoOptions,
    #[command(flatten)]
    patience: Patience,
}

/// How long to wait, and how much to say.
#[derive(Debug, clap::Args)]
pub struct Patience {
    /// Minutes to wait
    #[arg(long, value_name = "MINUTES", default_value_t = 120)]
    pub timeout: u64,
    /// Say more
    #[arg(short, long)]
    pub verbose: bool,
    /// Say less
    #[arg(long)]
    pub quiet: bool,
}

impl Patience {
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.timeout.saturating_mul(60))
    }
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.at_event.is_some() && (a.min_event.is_some() || a.current) {
        return Err(CommandError::usage("Cannot specify both min-event and at-event"));
    }
    if a.current && a.min_event.is_some() {
        return Err(CommandError::usage("Cannot specify both min-event and current"));
    }
    let tag = tag_or_target(cx, &a.name, a.target).await?;
    let request = Request {
        tag,
        min_event: id(cx, a.min_event).await?,
        at_event: id(cx, a.at_event).await?,
        current: a.current,
        opts: a.options.value(),
        waits: cx.waits(a.wait, a.nowait),
    };
    request.run(cx, &a.patience).await
}

/// Numbers of events are the hub's to judge; times are looked up.
async fn id(cx: &Cx, moment: Option<Moment>) -> Result<Option<i64>> {
    Ok(match moment {
        Some(Moment::Event(id)) => Some(id),
        Some(time) => Some(time.event(cx).await?.id),
        None => None,
    })
}

/// What request-repo and regen-repo have in common.
pub struct Request {
    pub tag: Value,
    pub min_event: Option<i64>,
    pub at_event: Option<i64>,
    pub current: bool,
    pub opts: Value,
    pub waits: bool,
}

impl Request {
    pub async fn run(self, cx: &Cx, patience: &Patience) -> Result {
        if text(&self.tag, "arches").is_empty() {
            cx.out.warn(format!("Tag {} has an empty arch list", text(&self.tag, "name")));
        }
        let mut min_event = self.min_event;
        if self.current {
            let call = m::TagLastChangeEvent { tag: field(&self.tag, "id"), ..Default::default() };
            min_event = cx.hub().call(call).await?.as_int();
        }
        let wanted = Wanted {
            tag: self.tag,
            min_event,
            at_event: self.at_event,
            opts: self.opts,
            builds: Vec::new(),
            timeout: patience.duration(),
            verbose: patience.verbose,
        };
        let answer = wanted.request(cx, None).await?;
        if let Some(repo) = answer.get("repo").filter(|r| !r.is_nil()) {
            print_repo(cx, repo, &Value::Nil);
            return Ok(());
        }
        let request = field(&answer, "request");
        if !self.waits {
            print_data(cx, &Value::Nil, &request);
            cx.out.line(format!("Got request: {}", request.int_at("id").unwrap_or_default()));
            if let Some(task) = request.int_at("task_id") {
                cx.out.line(format!("Got task: {task}"));
                cx.out.line(format!("Task info: {}", cx.task_url(task)));
            }
            return Ok(());
        }
        let repo = wanted.wait_request(cx, &request).await.map_err(|e| {
            if patience.quiet || cx.options.quiet { CommandError::status(e.status) } else { e }
        })?;
        print_repo(cx, &repo, &request);
        Ok(())
    }
}
