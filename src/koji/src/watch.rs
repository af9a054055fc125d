//! Watching tasks until they end.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Mutex;
use std::time::Duration;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::tasks::label;
use koji_api::types::TaskState;
use koji_client::{ClientError, Live, Session};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::output::Output;

/// What an interrupt during a watch says: how to go on, and what still runs.
static INTERRUPTED: Mutex<String> = Mutex::new(String::new());

/// The note for an interrupted watch; empty when nothing is watched.
pub fn interrupted() -> String {
    INTERRUPTED.lock().map(|note| note.clone()).unwrap_or_default()
}

/// Watches tasks and their children. An error of status 1 when one of the given tasks did not succeed.
pub async fn watch_tasks(cx: &mut Cx, ids: &[i64], quiet: bool) -> Result {
    watch(cx, ids, quiet, false).await
}

/// As [`watch_tasks`]; each change is handed over as data.
pub async fn watch_changes(cx: &mut Cx, ids: &[i64], quiet: bool) -> Result {
    watch(cx, ids, quiet, true).await
}

async fn watch(cx: &mut Cx, ids: &[i64], quiet: bool, changes: bool) -> Result {
    if ids.is_empty() {
        return Ok(());
    }
    cx.logout().await;
    let mut watch = Watch {
        session: cx.reader(),
        changes,
        out: cx.out.clone(),
        quiet,
        topurl: cx.settings.topurl.clone(),
        tasks: ids.iter().map(|id| (*id, Watched::new(0))).collect(),
        order: ids.to_vec(),
    };
    if !quiet {
        cx.out.line("Watching tasks (this may be safely interrupted)...");
    }
    let mut live = Live::new(&watch.session, cx.poll_interval());
    loop {
        let done = watch.look().await?;
        if done {
            break;
        }
        watch.remember();
        live.news(&watch.topics()).await;
    }
    if let Ok(mut note) = INTERRUPTED.lock() {
        note.clear();
    }
    if !quiet {
        cx.out.line("");
        watch.results();
    }
    if watch.all_succeeded() {
        return Ok(());
    }
    let failed = ids.iter().filter(|id| watch.state_of(**id) == Some(TaskState::Failed));
    let failed: Vec<String> = failed.map(i64::to_string).collect();
    let remedy = match failed.as_slice() {
        [] => String::new(),
        _ if quiet => String::new(),
        ids => format!("koji why {} shows what went wrong", ids.join(" ")),
    };
    Err(CommandError::status(1).with_remedy(remedy))
}

struct Watch {
    session: Session,
    out: Output,
    quiet: bool,
    /// Changes are data.
    changes: bool,
    topurl: Option<String>,
    tasks: BTreeMap<i64, Watched>,
    /// In the order they were first seen.
    order: Vec<i64>,
}

struct Watched {
    level: usize,
    info: Option<Value>,
}

impl Watched {
    fn new(level: usize) -> Watched {
        Watched { level, info: None }
    }

    fn state(&self) -> Option<TaskState> {
        self.info.as_ref()?.int_at("state").and_then(TaskState::from_code)
    }

    fn is_done(&self) -> bool {
        self.state().is_some_and(TaskState::is_final)
    }

    /// `  12 buildArch (hello-1-1.src.rpm, x86_64)`, indented by the level.
    fn name(&self, id: i64) -> String {
        let text = match &self.info {
            Some(info) => format!("{id} {}", task_label(info)),
            None => id.to_string(),
        };
        format!("{}{text}", "  ".repeat(self.level))
    }
}

/// The label of a task's row that has its request.
pub fn task_label(info: &Value) -> String {
    let request = info.get("request").and_then(Value::as_array).unwrap_or_default();
    label(info.str_at("method").unwrap_or_default(), request, info.str_at("arch").unwrap_or_default())
}

impl Watch {
    /// Looks at all tasks and their new children; whether all are done.
    async fn look(&mut self) -> Result<bool> {
        let mut all_done = true;
        let mut next = 0;
        while let Some(id) = self.order.get(next).copied() {
            next += 1;
            let changed = self.update(id).await?;
            let Some(task) = self.tasks.get(&id) else { continue };
            let (done, level) = (task.is_done(), task.level);
            if !done {
                all_done = false;
            } else if changed && !self.quiet {
                self.out.line(self.counts());
            }
            if done && !changed {
                continue;
            }
            let children =
                again(|| self.session.call(m::GetTaskChildren { task_id: id.into(), ..Default::default() }))
                    .await?;
            for child in children.as_array().unwrap_or_default().iter().filter_map(|c| c.int_at("id")) {
                if let Entry::Vacant(new) = self.tasks.entry(child) {
                    new.insert(Watched::new(level + 1));
                    self.order.push(child);
                    all_done = false;
                }
            }
        }
        Ok(all_done)
    }

    /// Reads a task's state and says what changed; whether something did.
    async fn update(&mut self, id: i64) -> Result<bool> {
        if self.tasks.get(&id).is_none_or(Watched::is_done) {
            return Ok(false);
        }
        let call =
            || self.session.call(m::GetTaskInfo { task_id: id.into(), request: true, ..Default::default() });
        let info = again(call).await?;
        if info.is_nil() {
            if !self.quiet {
                self.out.line(format!("No such task id: {id}"));
            }
            return Err(CommandError::status(1));
        }
        let Some(task) = self.tasks.get_mut(&id) else { return Ok(false) };
        let before = task.info.replace(info);
        let state = |v: &Option<Value>| v.as_ref().and_then(|v| v.int_at("state"));
        if before.is_some() && state(&before) == state(&task.info) {
            return Ok(false);
        }
        let (name, level, now) = (task.name(id), task.level, task.info.clone().unwrap_or_default());
        if self.changes && self.out.is_json() {
            self.out.data(&self.change(id, &now, before.as_ref()).await);
        }
        if !self.quiet {
            let now = self.state_text(id, &now, if before.is_none() { level } else { 0 }).await;
            let text = match &before {
                Some(before) => format!("{name}: {} -> {now}", self.state_text(id, before, 0).await),
                None => format!("{name}: {now}"),
            };
            self.out.line(text);
        }
        Ok(before.is_some())
    }

    /// A change as data.
    async fn change(&self, id: i64, now: &Value, before: Option<&Value>) -> Value {
        let state = |info: &Value| -> Value {
            info.int_at("state")
                .and_then(TaskState::from_code)
                .map(TaskState::name)
                .unwrap_or("UNKNOWN")
                .into()
        };
        let failed = now.int_at("state") == Some(TaskState::Failed.code());
        let why = if failed { Some(failure(&self.session, id).await) } else { None };
        Value::record([
            ("task_id", id.into()),
            ("parent", now.get("parent").cloned().unwrap_or_default()),
            ("label", task_label(now).into()),
            ("method", now.get("method").cloned().unwrap_or_default()),
            ("state", state(now)),
            ("before", before.map(state).unwrap_or_default()),
            ("failure", why.into()),
        ])
    }

    async fn state_text(&self, id: i64, info: &Value, level: usize) -> String {
        let Some(state) = info.int_at("state").and_then(TaskState::from_code) else {
            return "unknown".into();
        };
        let word = state.name().to_lowercase();
        match state {
            TaskState::Open | TaskState::Assigned => match info.int_at("host_id") {
                None => word,
                Some(host) => {
                    let call = m::GetHost { hostInfo: host.into(), ..Default::default() };
                    let host = again(|| self.session.call(call.clone())).await.ok();
                    let name = host.as_ref().and_then(|h| h.str_at("name")).unwrap_or("unknown host");
                    format!("{word} ({name})")
                }
            },
            TaskState::Failed => {
                let mut text = format!("FAILED: {}", failure(&self.session, id).await);
                if let Some(logs) = self.relevant_logs(id, level + 1).await {
                    text.push('\n');
                    text.push_str(&logs);
                }
                text
            }
            _ => word,
        }
    }

    /// URLs of a failed task's logs.
    async fn relevant_logs(&self, id: i64, level: usize) -> Option<String> {
        let paths = PathInfo::new(self.topurl.as_ref()?);
        let call = m::ListTaskOutput { taskID: id.into(), all_volumes: true, ..Default::default() };
        let output = again(|| self.session.call(call.clone())).await.ok()?;
        let indent = "  ".repeat(level);
        let mut lines = Vec::new();
        for (name, volumes) in output.as_struct()?.iter().filter(|(n, _)| n.ends_with("log")) {
            for volume in volumes.as_array().unwrap_or_default() {
                lines.push(format!("{indent}{}/{name}", paths.task(id, volume.as_str())));
            }
        }
        if lines.is_empty() {
            return None;
        }
        Some(format!("{indent}Relevant logs:\n{}", lines.join("\n")))
    }

    /// `  2 free  1 open  3 done  0 failed`
    fn counts(&self) -> String {
        let (mut free, mut open, mut done, mut failed) = (0, 0, 0, 0);
        for task in self.tasks.values() {
            match task.state() {
                Some(TaskState::Free | TaskState::Assigned) => free += 1,
                Some(TaskState::Open) => open += 1,
                Some(TaskState::Closed) => done += 1,
                Some(TaskState::Canceled | TaskState::Failed) => failed += 1,
                None => {}
            }
        }
        format!("  {free} free  {open} open  {done} done  {failed} failed")
    }

    /// How each of the watched tasks ended.
    fn results(&self) {
        for id in &self.order {
            let Some(task) = self.tasks.get(id).filter(|t| t.level == 0) else { continue };
            let name = task.name(*id);
            let text = match task.state() {
                Some(TaskState::Closed) => format!("{name} completed successfully"),
                Some(TaskState::Canceled) => format!("{name} was canceled"),
                Some(TaskState::Failed) => format!("{name} failed"),
                _ => format!("{name} has not completed"),
            };
            self.out.line(text);
        }
    }

    fn state_of(&self, id: i64) -> Option<TaskState> {
        self.tasks.get(&id).and_then(Watched::state)
    }

    fn all_succeeded(&self) -> bool {
        self.tasks.values().filter(|t| t.level == 0).all(|t| t.state() == Some(TaskState::Closed))
    }

    fn topics(&self) -> Vec<String> {
        self.tasks.iter().filter(|(_, t)| !t.is_done()).map(|(id, _)| format!("task:{id}")).collect()
    }

    /// Prepares what an interrupt says.
    fn remember(&self) {
        let mut text = String::from(
            "Tasks still running. You can continue to watch with the 'koji watch-task' command.",
        );
        if !self.quiet {
            text.push_str("\nRunning Tasks:");
            for id in &self.order {
                if let Some(task) = self.tasks.get(id).filter(|t| !t.is_done()) {
                    text.push_str(&format!("\n{}", task.name(*id)));
                }
            }
        }
        if let Ok(mut note) = INTERRUPTED.lock() {
            *note = text;
        }
    }
}

/// Why a task failed: the class of its fault and the text.
pub async fn failure(session: &Session, id: i64) -> String {
    let call = m::GetTaskResult { taskId: id.into(), ..Default::default() };
    match repeated(|| session.call(call.clone())).await {
        Err(ClientError::Fault(fault)) => format!("{}: {}", fault.class(), fault.python_text().trim()),
        Err(e) => e.to_string(),
        Ok(_) => String::new(),
    }
}

/// Repeats a read for as long as the hub cannot be reached: a watch survives restarts and suspended laptops.
pub async fn again<T, F, Fut>(call: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = koji_client::Result<T>>,
{
    Ok(repeated(call).await?)
}

/// As [`again`], with the client's error.
async fn repeated<T, F, Fut>(mut call: F) -> koji_client::Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = koji_client::Result<T>>,
{
    let mut said = false;
    loop {
        match call().await {
            Ok(value) => return Ok(value),
            Err(e) if e.is_transient() || e.fault_kind() == Some(koji_api::FaultKind::ServerOffline) => {
                if !said {
                    crate::output::flush();
                    eprintln!("{e}; trying again until the hub is back");
                    said = true;
                }
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
            Err(e) => return Err(e),
        }
    }
}
