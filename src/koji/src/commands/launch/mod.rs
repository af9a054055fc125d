//! Commands that start builds and other tasks.

pub mod build;
pub mod chain_build;
pub mod dud_build;
mod image;
pub mod image_build;
pub mod image_build_indirection;
pub mod kiwi_build;
pub mod maven_build;
pub mod maven_chain;
mod maven_ini;
pub mod runroot;
pub mod save_failed_tree;
pub mod spin_appliance;
pub mod spin_livecd;
pub mod spin_livemedia;
pub mod win_build;
pub mod wrapper_rpm;

use std::path::Path;

use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};
use crate::lookup::{field, text};
use crate::staging;
use crate::watch::{again, failure, watch_tasks};

/// Relative priority of background work.
const BACKGROUND: i64 = 5;

/// Options of commands that make a task and may wait for it.
#[derive(Debug, clap::Args)]
pub struct WaitOptions {
    /// Wait for the task, even when running in the background
    #[arg(long, overrides_with = "nowait")]
    pub wait: bool,
    /// Do not wait for the task
    #[arg(long, overrides_with = "wait")]
    pub nowait: bool,
}

/// The same for commands that can be told to say nothing.
#[derive(Debug, clap::Args)]
pub struct QuietWaitOptions {
    #[command(flatten)]
    pub wait: WaitOptions,
    /// Print nothing about the task
    #[arg(long)]
    pub quiet: bool,
}

impl WaitOptions {
    pub fn waits(&self, cx: &Cx) -> bool {
        cx.waits(self.wait, self.nowait)
    }
}

/// What follows when a task was made.
#[derive(Debug, Clone, Copy)]
pub struct After {
    /// Say which task it is.
    pub announced: bool,
    pub watched: bool,
    /// Watch without a word.
    pub quiet: bool,
}

impl After {
    /// Neither announcement nor watch say a word when that is asked for.
    pub fn quiet(cx: &Cx, o: &QuietWaitOptions) -> After {
        let quiet = o.quiet || cx.options.quiet;
        After { announced: !quiet, watched: o.wait.waits(cx), quiet }
    }

    /// The same for commands that have no option of their own for it.
    pub fn plain(cx: &Cx, o: &WaitOptions) -> After {
        let quiet = cx.options.quiet;
        After { announced: !quiet, watched: o.waits(cx), quiet }
    }

    /// Always announced.
    pub fn announced(cx: &Cx, o: &WaitOptions) -> After {
        After { announced: true, watched: o.waits(cx), quiet: cx.options.quiet }
    }
}

/// Says which task was made, and watches it unless nobody waits.
pub async fn created(cx: &mut Cx, task: &Value, after: After) -> Result {
    let task_id = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    if after.announced {
        cx.out.line(format!("Created task: {task_id}"));
        cx.out.line(format!("Task info: {}", cx.task_url(task_id)));
    }
    follow(cx, task_id, after).await
}

/// [`follow_all`] for one task.
pub async fn follow(cx: &mut Cx, task_id: i64, after: After) -> Result {
    follow_all(cx, &[task_id], after).await
}

/// Watches tasks when somebody waits for them, and hands them over as data.
pub async fn follow_all(cx: &mut Cx, tasks: &[i64], after: After) -> Result {
    let result = if after.watched { watch_tasks(cx, tasks, after.quiet).await } else { Ok(()) };
    for id in tasks.iter().copied().filter(|_| cx.out.is_json()) {
        let (state, why) = if after.watched { end(cx, id).await? } else { (None, None) };
        cx.out.data(&Value::record([
            ("task_id", id.into()),
            ("url", cx.task_url(id).into()),
            ("state", state.into()),
            ("failure", why.into()),
        ]));
    }
    result
}

/// How a task ended, and why it failed.
async fn end(cx: &Cx, task_id: i64) -> Result<(Option<&'static str>, Option<String>)> {
    let reader = cx.reader();
    let call = m::GetTaskInfo { task_id: task_id.into(), ..Default::default() };
    let info = again(|| reader.call(call.clone())).await?;
    let state = info.int_at("state").and_then(TaskState::from_code);
    let why = if state == Some(TaskState::Failed) { Some(failure(&reader, task_id).await) } else { None };
    Ok((state.map(TaskState::name), why))
}

/// The target of a build, checked before anything is uploaded: it and its destination tag exist, and that is not locked.
pub async fn build_target(cx: &Cx, name: &str, scratch: bool) -> Result {
    let target = crate::lookup::target(cx, name).await?;
    let tag = cx.hub().call(m::GetTag { tagInfo: field(&target, "dest_tag"), ..Default::default() }).await?;
    if tag.is_nil() {
        let name = text(&target, "dest_tag_name");
        return Err(CommandError::usage(format!("No such destination tag: {name}")));
    }
    if tag.truthy_at("locked") && !scratch {
        return Err(CommandError::usage(format!("Destination tag {} is locked", text(&tag, "name"))));
    }
    Ok(())
}

/// Nil for the normal priority.
pub fn priority(background: bool) -> Value {
    if background { Value::Int(BACKGROUND) } else { Value::Nil }
}

/// Uploads a file to a directory of its own; the directory and name it has there.
pub async fn staged(cx: &Cx, local: &Path, prefix: &str, noprogress: bool) -> Result<String> {
    let dir = staging::upload(cx, local, prefix, noprogress).await?;
    Ok(format!("{dir}/{}", base_name(local)))
}

/// Canonical names of arches in a list with commas; empty ones are left out.
fn canonical_arches<'a>(list: impl IntoIterator<Item = &'a str>) -> Value {
    let arches: Vec<&str> =
        list.into_iter().filter(|a| !a.is_empty()).map(koji_rpm::arch::canonical).collect();
    arches.into()
}

/// Options of a task, those that are set.
#[derive(Default)]
struct Opts(Struct);

impl Opts {
    /// A text, when it is given.
    fn text(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    /// True, when it is.
    fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.0.insert(name.to_owned(), true.into());
        }
    }

    /// A list, when it is not empty.
    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.0.insert(name.to_owned(), values.to_vec().into());
        }
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn value(self) -> Value {
        self.0.into()
    }
}
