use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_client::{Live, Session, TaskLog};

use super::select::{Period, Selection};
use super::{output, task_id_or_usage};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::items;
use crate::watch::again;

/// Show the logs of tasks as they grow
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<String>,
    /// Only the log of this name
    #[arg(long)]
    log: Option<String>,
    /// All open tasks of mine
    #[arg(long)]
    mine: bool,
    /// The tasks' children, too
    #[arg(short, long)]
    follow: bool,
}

/// Bytes read at a time.
const PIECE: u32 = 16384;

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut tasks: Vec<i64> = Vec::new();
    if a.mine {
        if !a.tasks.is_empty() {
            return Err(CommandError::usage("Selection options cannot be combined with a task list"));
        }
        let mine = Selection { mine: true, ..Default::default() };
        tasks.extend(mine.list(cx, &Period::default()).await?.iter().filter_map(|t| t.int_at("id")));
        if tasks.is_empty() {
            cx.out.line("You've no active tasks.");
            return Ok(());
        }
    }
    for task in &a.tasks {
        tasks.push(task_id_or_usage(task, "task id must be an integer")?);
    }
    if tasks.is_empty() {
        return Err(CommandError::usage("at least one task id must be specified"));
    }
    cx.out.line("Watching logs (this may be safely interrupted)...");
    let mut logs = Logs { cx, session: cx.reader(), wanted: a.log, read: BTreeMap::new(), last: None };
    tasks.retain(|id| logs.is_new(*id));
    let mut live = Live::new(cx.hub(), cx.poll_interval());
    loop {
        let mut next = 0;
        let mut running = Vec::new();
        while let Some(id) = tasks.get(next).copied() {
            next += 1;
            // the state first: what a task wrote before it ended is read after
            let done = logs.is_done(id).await?;
            logs.show(id).await?;
            if !done {
                running.push(id);
            }
            if a.follow {
                let call =
                    || logs.session.call(m::GetTaskChildren { task_id: id.into(), ..Default::default() });
                let children = again(call).await?;
                let children = items(&children).iter().filter_map(|c| c.int_at("id"));
                tasks.extend(children.filter(|c| logs.is_new(*c)).collect::<Vec<_>>());
            }
        }
        if running.is_empty() {
            return Ok(());
        }
        let topics: Vec<String> =
            running.iter().flat_map(|id| [format!("task:{id}"), format!("log:{id}")]).collect();
        live.news(&topics).await;
        tasks = running;
    }
}

/// The next piece, however long the hub is away. What was read is not read again.
async fn next(log: &mut TaskLog, session: &Session) -> Result<Vec<u8>> {
    let (piece, read) = again(|| {
        let mut log = log.clone();
        async move { Ok((log.next(session, PIECE).await?, log)) }
    })
    .await?;
    *log = read;
    Ok(piece)
}

struct Logs<'a> {
    cx: &'a Cx,
    session: Session,
    wanted: Option<String>,
    /// How far each task's logs are read, by name and volume.
    read: BTreeMap<i64, BTreeMap<(String, String), TaskLog>>,
    /// The heading that was printed last.
    last: Option<String>,
}

impl Logs<'_> {
    fn is_new(&mut self, task: i64) -> bool {
        let new = !self.read.contains_key(&task);
        self.read.entry(task).or_default();
        new
    }

    async fn is_done(&self, task: i64) -> Result<bool> {
        let call = || self.session.call(m::GetTaskInfo { task_id: task.into(), ..Default::default() });
        let info = again(call).await?;
        if info.is_nil() {
            self.cx.out.line(format!("No such task id: {task}"));
            return Err(CommandError::status(1));
        }
        Ok(info.int_at("state").and_then(TaskState::from_code).is_some_and(TaskState::is_final))
    }

    /// Prints what is new in a task's logs.
    async fn show(&mut self, task: i64) -> Result {
        let wanted = |name: &str| match &self.wanted {
            Some(log) => name == log,
            None => name.ends_with("log"),
        };
        let files: Vec<_> =
            output(&self.session, task).await?.into_iter().filter(|(n, _)| wanted(n)).collect();
        for (name, volume) in files {
            let log = self
                .read
                .entry(task)
                .or_default()
                .entry((name.clone(), volume.clone()))
                .or_insert_with(|| TaskLog::new(task, name.as_str(), Some(volume.clone())));
            loop {
                let piece = next(log, &self.session).await?;
                if piece.is_empty() {
                    break;
                }
                let heading = format!("{task}:{volume}:{name}:");
                if self.last.as_ref() != Some(&heading) {
                    let gap = if self.last.is_some() { "\n" } else { "" };
                    self.cx.out.text(format!("{gap}==> {heading} <==\n"));
                    self.last = Some(heading);
                }
                self.cx.out.bytes(&piece);
            }
        }
        Ok(())
    }
}
