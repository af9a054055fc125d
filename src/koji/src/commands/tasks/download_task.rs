use std::path::PathBuf;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::TaskState;
use koji_client::Download;
use koji_xmlrpc::Value;
use regex::Regex;

use super::{local_name, output, task_id};
use crate::commands::fetch::{Fetch, FetchOptions, Wanted};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text};
use crate::watch::watch_tasks;

/// Download the output of a task and its children
///
/// Without --all: the rpms of build and buildArch tasks.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<String>,
    /// Only rpms of this arch (repeatable)
    #[arg(long = "arch", value_name = "ARCH", value_delimiter = ',')]
    arches: Vec<String>,
    /// Logs, too
    #[arg(long)]
    logs: bool,
    /// Wait for tasks that still run, even in the background
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
    /// Do not wait for tasks that still run
    #[arg(long)]
    nowait: bool,
    /// All files of all methods (logs with --logs)
    #[arg(long)]
    all: bool,
    /// Into a directory for each task
    #[arg(long)]
    dirpertask: bool,
    /// Only the files of this task, not its children's
    #[arg(long)]
    parentonly: bool,
    /// Only files that match this regular expression (repeatable: all of them)
    #[arg(long, value_name = "REGEX")]
    filter: Vec<String>,
    /// No files that match this regular expression (repeatable)
    #[arg(long, value_name = "REGEX")]
    skip: Vec<String>,
    #[command(flatten)]
    fetch: FetchOptions,
}

/// Which names are wanted.
struct Names {
    filter: Vec<Regex>,
    skip: Vec<Regex>,
}

/// Status 1 for one that is none, as from upstream's client.
fn patterns(texts: &[String]) -> Result<Vec<Regex>> {
    texts.iter().map(|t| Regex::new(t).map_err(|e| CommandError::new(e.to_string()))).collect()
}

/// One file to fetch.
#[derive(Debug)]
struct File {
    task: i64,
    name: String,
    volume: String,
    dest: PathBuf,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let base = match a.tasks.as_slice() {
        [] => return Err(CommandError::usage("Please specify a task ID")),
        [task] => task_id(task)?,
        _ => return Err(CommandError::usage("Only one task ID may be specified")),
    };
    if !a.filter.is_empty() && !a.skip.is_empty() {
        return Err(CommandError::usage("Only filter or skip may be specified. Not both."));
    }
    let names = Names { filter: patterns(&a.filter)?, skip: patterns(&a.skip)? };
    let tasks = tasks(cx, &a, base).await?;
    let mut files = Vec::new();
    for task in &tasks {
        let id = task.int_at("id").unwrap_or_default();
        for (name, volume) in output(cx.hub(), id).await? {
            if let Some(dest) = a.dest(task, &name, &volume, &names)? {
                files.push(File { task: id, name, volume, dest });
            }
        }
    }
    if files.is_empty() {
        cx.out.line("No files for download found.");
        return Ok(());
    }
    let urls = match &a.fetch.topurl {
        Some(url) => PathInfo::new(url),
        None => cx.urls()?,
    };
    let mut fetch = Fetch::new(cx, &a.fetch, files.len())?;
    let mut seen: Vec<&PathBuf> = Vec::new();
    let mut wanted = Vec::new();
    for file in &files {
        if seen.contains(&&file.dest) {
            wanted.push(Wanted::Double(file.dest.clone()));
            continue;
        }
        let url = format!("{}/{}", urls.task(file.task, Some(&file.volume)), file.name);
        wanted.push(Wanted::File(Download::new(url, &file.dest)));
        seen.push(&file.dest);
    }
    let doubles = seen.len() < files.len();
    fetch.all(wanted).await?;
    if doubles {
        cx.out.warn("Duplicate files, for download all duplicate files use --dirpertask.");
    }
    Ok(())
}

/// The task and its children, all of them closed.
async fn tasks(cx: &mut Cx, a: &Arguments, base: i64) -> Result<Vec<Value>> {
    let get = || m::GetTaskInfo { task_id: base.into(), ..Default::default() };
    let mut info = cx.hub().call(get()).await?;
    if info.is_nil() {
        return Err(CommandError::new(format!("No such task: {base}")));
    }
    if !state(&info).is_some_and(TaskState::is_final) && cx.waits(a.wait, a.nowait) {
        // how it ended is looked at below
        let quiet = a.fetch.quiet || cx.options.quiet;
        watch_tasks(cx, &[base], quiet)
            .await
            .or_else(|e| if e.message.is_empty() { Ok(()) } else { Err(e) })?;
        info = cx.hub().call(get()).await?;
    }
    let mut tasks = vec![info];
    if !a.parentonly {
        let call = m::GetTaskChildren { task_id: base.into(), ..Default::default() };
        tasks.extend(items(&cx.hub().call(call).await?).iter().cloned());
    }
    tasks.sort_by_key(|t| t.int_at("id"));
    for task in &tasks {
        let id = task.int_at("id").unwrap_or_default();
        let what = if id == base { "Task" } else { "Child task" };
        let how = match state(task) {
            Some(TaskState::Closed) => continue,
            Some(TaskState::Failed) => "failed. You can use save-failed-tree plugin for FAILED tasks.",
            Some(TaskState::Canceled) => "was canceled.",
            _ => "has not finished yet.",
        };
        return Err(CommandError::new(format!("{what} {id} {how}")));
    }
    Ok(tasks)
}

fn state(task: &Value) -> Option<TaskState> {
    task.int_at("state").and_then(TaskState::from_code)
}

impl Arguments {
    /// Where a task's file goes; nothing for files that are not wanted.
    fn dest(&self, task: &Value, name: &str, volume: &str, names: &Names) -> Result<Option<PathBuf>> {
        if !names.filter.iter().all(|f| f.is_match(name)) || names.skip.iter().any(|s| s.is_match(name)) {
            return Ok(None);
        }
        let arch = text(task, "arch");
        let source = name.ends_with("src.rpm");
        let kind = if source { "src.rpm" } else { name.rsplit_once('.').map_or("", |(_, kind)| kind) };
        let builds = matches!(text(task, "method"), "build" | "buildArch");
        let rpm = matches!(kind, "rpm" | "src.rpm");
        let rpm_arch = name.rsplit('.').nth(1).unwrap_or_default();
        let (wanted, with_arch) = if kind == "log" {
            (self.logs, true)
        } else if builds && rpm {
            (self.arches.is_empty() || self.arches.iter().any(|a| a == rpm_arch), false)
        } else {
            (self.all, !source)
        };
        if !wanted {
            return Ok(None);
        }
        local_name(name)?;
        let mut dest = PathBuf::new();
        if self.dirpertask {
            dest.push(task.int_at("id").unwrap_or_default().to_string());
        }
        if !matches!(volume, "" | "DEFAULT") {
            dest.push(local_name(volume)?);
        }
        let stem = name.strip_suffix(&format!(".{kind}"));
        match stem.filter(|_| with_arch && !self.dirpertask && !name.contains(arch)) {
            Some(stem) => dest.push(format!("{stem}.{arch}.{kind}")),
            None => dest.push(name),
        }
        Ok(Some(dest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command, FromArgMatches};

    fn dest(options: &[&str], method: &str, name: &str, volume: &str) -> Option<String> {
        let argv = [&["download-task", "5"], options].concat();
        let matches = Arguments::augment_args(Command::new("x")).try_get_matches_from(argv).unwrap();
        let arguments = Arguments::from_arg_matches(&matches).unwrap();
        let task =
            Value::record([("id", Value::Int(7)), ("arch", "x86_64".into()), ("method", method.into())]);
        let names =
            Names { filter: patterns(&arguments.filter).unwrap(), skip: patterns(&arguments.skip).unwrap() };
        arguments.dest(&task, name, volume, &names).unwrap().map(|d| d.display().to_string())
    }

    #[test]
    fn names_of_files() {
        let rpm = "a-1-1.x86_64.rpm";
        assert_eq!(dest(&[], "buildArch", rpm, "DEFAULT").as_deref(), Some(rpm));
        assert_eq!(dest(&["--arch", "noarch"], "buildArch", rpm, "DEFAULT"), None);
        assert_eq!(dest(&[], "buildArch", "build.log", "DEFAULT"), None);
        assert_eq!(dest(&["--logs"], "buildArch", "build.log", "").as_deref(), Some("build.x86_64.log"));
        assert_eq!(dest(&["--logs", "--dirpertask"], "build", "b.log", "").as_deref(), Some("7/b.log"));
        assert_eq!(dest(&["--all"], "createrepo", "pkglist", "v2").as_deref(), Some("v2/pkglist"));
        assert_eq!(dest(&["--skip", "debug"], "build", "a-debug-1.x86_64.rpm", ""), None);
        assert_eq!(dest(&["--filter", "^a"], "build", "b-1-1.src.rpm", ""), None);
    }
}
