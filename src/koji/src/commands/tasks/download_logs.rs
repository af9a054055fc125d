use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_api::types::{BuildState, TaskState};
use koji_client::{ClientError, Download, TaskLog};

use super::{local_name, output};
use crate::commands::fetch::{Fetch, FetchOptions};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text};
use crate::python::pretty;

/// Download the logs of tasks
///
/// With --nvr: the logs of builds, or of their tasks while they are not complete.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID|NVR")]
    things: Vec<String>,
    /// Logs of the tasks' descendants, too
    #[arg(short, long)]
    recurse: bool,
    /// Names are those of builds
    #[arg(long)]
    nvr: bool,
    /// Only logs whose names match this glob pattern (repeatable)
    #[arg(short, long = "match", value_name = "PATTERN")]
    matches: Vec<glob::Pattern>,
    /// Continue files that are there
    #[arg(short, long = "continue")]
    cont: bool,
    /// Directory to write to
    #[arg(short, long, value_name = "DIRECTORY", default_value = "kojilogs")]
    dir: PathBuf,
}

/// What is written about a failed task.
const FAIL_LOG: &str = "task_failed.log";
/// Bytes read at a time.
const PIECE: u32 = 102_400;

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.things.is_empty() {
        return Err(CommandError::usage("Please specify at least one task id or n-v-r"));
    }
    for thing in &a.things {
        if a.nvr {
            build(cx, &a, thing).await?;
            continue;
        }
        let id = thing.parse().map_err(|_| {
            let shown = koji_api::types::repr::repr(&thing.into());
            CommandError::new(format!("Task id must be a number: {shown}"))
        })?;
        task_tree(cx, &a, id, a.recurse).await?;
    }
    Ok(())
}

async fn build(cx: &Cx, a: &Arguments, nvr: &str) -> Result {
    let info = cx.hub().call(m::GetBuild { buildInfo: nvr.into(), ..Default::default() }).await?;
    if info.is_nil() {
        return Err(CommandError::new(format!("There is no build with n-v-r: {nvr}")));
    }
    let state = info.int_at("state").and_then(BuildState::from_code);
    let name = state.map_or("unknown", BuildState::name);
    let id = info.int_at("build_id").or(info.int_at("id")).unwrap_or_default();
    if state == Some(BuildState::Complete) {
        cx.out.line(format!("Using build ID: {id}"));
        return build_logs(cx, a, nvr, id).await;
    }
    let Some(task) = info.int_at("task_id").filter(|t| *t != 0) else {
        cx.out.line(format!("Unable to download build {nvr} (state={name})"));
        return Ok(());
    };
    cx.out.line(format!("Build {nvr} is {name}"));
    cx.out.line(format!("Using task ID: {task}"));
    task_tree(cx, a, task, true).await
}

async fn build_logs(cx: &Cx, a: &Arguments, nvr: &str, id: i64) -> Result {
    let logs = cx.hub().call(m::GetBuildLogs { build: id.into() }).await?;
    let top = cx.urls()?;
    let options = FetchOptions { topurl: None, noprogress: false, quiet: false };
    let mut fetch = Fetch::new(cx, &options, 0)?;
    for log in items(&logs) {
        let name = text(log, "name");
        if name.ends_with(".log") && a.wants(name) {
            let dest = std::env::current_dir()?.join(&a.dir).join(local_name(nvr)?).join(local_name(name)?);
            fetch.fetch(Download::new(format!("{}/{}", top.top(), text(log, "path")), dest)).await?;
        }
    }
    Ok(())
}

/// The logs of a task, with `recurse` those of its descendants below its directory.
async fn task_tree(cx: &Cx, a: &Arguments, task: i64, recurse: bool) -> Result {
    // upstream's client shows paths without what means nothing in them
    let dir: PathBuf = a.dir.components().filter(|c| !matches!(c, std::path::Component::CurDir)).collect();
    let mut todo = vec![(task, dir)];
    while let Some((id, parent)) = todo.pop() {
        let info = cx.hub().call(m::GetTaskInfo { task_id: id.into(), ..Default::default() }).await?;
        if info.is_nil() {
            return Err(CommandError::new(format!("No such task: {id}")));
        }
        let dir = parent.join(local_name(&format!("{}-{id}", text(&info, "arch")))?);
        let mut count = 0;
        match info.int_at("state").and_then(TaskState::from_code) {
            Some(TaskState::Failed) if a.wants(FAIL_LOG) => {
                failure(cx, &dir, id).await?;
                count += 1;
            }
            Some(TaskState::Closed | TaskState::Canceled | TaskState::Failed) => {}
            state => {
                cx.out.warn(format!("Task {id} is {}\n", state.map_or("unknown", TaskState::name)));
            }
        }
        for (name, volume) in output(cx.hub(), id).await? {
            if name.ends_with(".log") && a.wants(&name) {
                log(cx, a, &dir, id, &name, &volume).await?;
                count += 1;
            }
        }
        if count == 0 && !recurse {
            cx.out.warn(format!("No logs found for task {id}. Perhaps try --recurse?\n"));
        }
        if recurse {
            let call = m::GetTaskChildren { task_id: id.into(), ..Default::default() };
            let children = cx.hub().call(call).await?;
            todo.extend(items(&children).iter().rev().filter_map(|c| Some((c.int_at("id")?, dir.clone()))));
        }
    }
    Ok(())
}

impl Arguments {
    fn wants(&self, name: &str) -> bool {
        self.matches.is_empty() || self.matches.iter().any(|p| p.matches(name))
    }
}

/// Why a task failed, as a file among its logs.
async fn failure(cx: &Cx, dir: &Path, task: i64) -> Result {
    let text = match cx.hub().call(m::GetTaskResult { taskId: task.into(), ..Default::default() }).await {
        Ok(result) => pretty::pformat(&result),
        Err(ClientError::Fault(fault)) => {
            let module = if fault.class() == "Fault" { "xmlrpc.client" } else { "koji" };
            format!("{module}.{}: {}\n", fault.class(), fault.python_text())
        }
        Err(e) => return Err(e.into()),
    };
    let path = dir.join(FAIL_LOG);
    fs::create_dir_all(dir)?;
    cx.out.line(format!("Writing: {}", path.display()));
    let mut part = Part::new(&path)?;
    part.file.write_all(text.as_bytes())?;
    part.finish()
}

async fn log(cx: &Cx, a: &Arguments, dir: &Path, task: i64, name: &str, volume: &str) -> Result {
    let mut path = dir.to_owned();
    if !matches!(volume, "" | "DEFAULT") {
        path.push(local_name(volume)?);
    }
    path.push(local_name(name)?);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut log = TaskLog::new(task, name, Some(volume.to_owned()));
    if a.cont && path.exists() {
        cx.out.line(format!("Continuing: {}", path.display()));
        let mut file = OpenOptions::new().append(true).open(&path)?;
        log.offset = file.metadata()?.len();
        return copy(cx, &mut log, &mut file).await;
    }
    cx.out.line(format!("Downloading: {}", path.display()));
    let mut part = Part::new(&path)?;
    copy(cx, &mut log, &mut part.file).await?;
    part.finish()
}

async fn copy(cx: &Cx, log: &mut TaskLog, file: &mut File) -> Result {
    loop {
        let piece = log.next(cx.hub(), PIECE).await?;
        if piece.is_empty() {
            return Ok(());
        }
        file.write_all(&piece)?;
    }
}

/// A file that gets its name when it is complete.
struct Part {
    file: File,
    part: PathBuf,
    path: PathBuf,
}

impl Part {
    fn new(path: &Path) -> Result<Part> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let part = path.with_file_name(format!(".{name}.part"));
        Ok(Part { file: File::create(&part)?, part, path: path.to_owned() })
    }

    fn finish(self) -> Result {
        self.file.sync_all()?;
        Ok(fs::rename(&self.part, &self.path)?)
    }
}
