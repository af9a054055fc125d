//! What goes on behind a log screen: fetching, following, searching. It ends with the screen.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::FutureExt as _;
use koji_api::methods::{GetTaskDescendents, ListTaskOutput};
use koji_client::events::{Events, Notice};
use koji_logs::{Errors, FileSource, Filter, Log, Options, Outline, Search, TaskLogs};
use koji_xmlrpc::Value;
use tokio::sync::Notify;

use crate::behind::behind;
use crate::effect::Job;
use crate::net::Net;
use crate::screen::ScreenId;

/// How often to look for growth where the hub does not tell, and where it does.
const POLL: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(15);
/// Between two pictures of a log that grows.
const FRAME: Duration = Duration::from_millis(40);
/// Logs shown first where none is named, the most telling one in front.
const FIRST: &[&str] = &["build.log", "checkout.log", "createrepo.log", "root.log", "mock_output.log"];

/// Which log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Of a task; its most telling one while it is not named.
    Task { id: i64, name: Option<String> },
    /// A file here.
    File(PathBuf),
}

/// A message to a log screen, for one of its panes.
pub struct News {
    pub pane: usize,
    pub what: What,
}

pub enum What {
    /// The logs of the task and the one that is shown.
    Named(String, Vec<String>),
    /// The task has no logs; those of this one below it are shown.
    Child(i64),
    Opened(Arc<Log>),
    /// Something is different: drawn from the log and the finders.
    Changed,
    Failed(String),
    /// The whole log was written to a file, for the pager or to be kept.
    Wrote {
        path: PathBuf,
        pager: bool,
        result: Result<u64, String>,
    },
}

/// What is looked for in a log; searched again whenever it grows.
#[derive(Clone)]
pub struct Finders {
    pub search: Option<Arc<Search>>,
    pub filter: Option<Arc<Filter>>,
    pub errors: Option<Arc<Search<Errors>>>,
    pub outline: Arc<Outline>,
}

/// Shared by the screen and its job.
pub struct Work {
    finders: Mutex<Finders>,
    changed: Notify,
}

impl Default for Work {
    fn default() -> Work {
        let finders = Finders { search: None, filter: None, errors: None, outline: Arc::default() };
        Work { finders: Mutex::new(finders), changed: Notify::new() }
    }
}

impl Work {
    pub fn finders(&self) -> Finders {
        self.finders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut Finders)) {
        let mut finders = self.finders.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut finders);
        drop(finders);
        self.changed.notify_one();
    }

    /// Looks through what is new. Blocks.
    pub fn update(&self, body: &koji_logs::Body) {
        let finders = self.finders();
        // a log that cannot be read says so in its status
        if let Some(search) = finders.search {
            let _ = search.update(body);
        }
        if let Some(filter) = finders.filter {
            let _ = filter.update(body);
        }
        let _ = finders.outline.update(body);
        if let Some(errors) = finders.errors {
            let _ = errors.update(body);
        }
    }
}

/// Opens the logs and keeps the screen informed.
pub fn job(screen: ScreenId, panes: Vec<(Which, Weak<Work>)>) -> Job {
    Box::new(move |net: Net| {
        async move {
            let logs = TaskLogs::new(&net.reader);
            let mut open = Vec::new();
            let mut topics = Vec::new();
            for (pane, (which, work)) in panes.into_iter().enumerate() {
                let tell = |what| net.send(screen, Box::new(News { pane, what }));
                match begin(&net, &logs, &which, &tell).await {
                    Ok((log, task)) => {
                        if let Some(id) = task {
                            topics.push(format!("log:{id}"));
                            open.push((id, Arc::downgrade(&log)));
                        }
                        tokio::spawn(attend(net.clone(), screen, pane, Arc::downgrade(&log), work));
                        tell(What::Opened(log));
                    }
                    Err(why) => tell(What::Failed(why)),
                }
            }
            if !topics.is_empty() {
                listen(&net, topics, &open).await;
            }
        }
        .boxed()
    })
}

async fn begin(
    net: &Net,
    logs: &TaskLogs,
    which: &Which,
    tell: &(impl Fn(What) + Sync),
) -> Result<(Arc<Log>, Option<i64>), String> {
    let options = Options { dir: net.spool.clone(), poll: POLL };
    let (log, task) = match which {
        Which::File(path) => (Log::open(FileSource::new(path), options), None),
        Which::Task { id, name } => {
            let meant = meant(net, *id, name.as_deref()).await?;
            if meant.task != *id {
                tell(What::Child(meant.task));
            }
            let source = logs.source(meant.task, &meant.name, meant.volume);
            tell(What::Named(meant.name, meant.names));
            (Log::open(source, options), Some(meant.task))
        }
    };
    Ok((Arc::new(log.map_err(|e| e.to_string())?), task))
}

/// A log of a task, or of one below it.
pub struct Meant {
    pub task: i64,
    pub name: String,
    /// All logs of that task.
    pub names: Vec<String>,
    pub volume: Option<String>,
}

/// Which log is meant by a task and perhaps a name.
pub async fn meant(net: &Net, task: i64, name: Option<&str>) -> Result<Meant, String> {
    let mut task = task;
    let mut files = output(net, task).await?;
    if name.is_none()
        && files.as_struct().is_none_or(|s| s.is_empty())
        && let Some(child) = telling(net, task).await?
    {
        task = child;
        files = output(net, task).await?;
    }
    let mut names: Vec<String> = files
        .as_struct()
        .map(|s| s.keys().filter(|n| n.ends_with("log")).cloned().collect())
        .unwrap_or_default();
    names.sort_by_key(|n| FIRST.iter().position(|f| f == n).unwrap_or(FIRST.len()));
    let name = name.map(str::to_owned).or_else(|| names.first().cloned());
    // a task that has just begun has none yet; this is the one that will tell most
    let name = name.unwrap_or_else(|| "build.log".to_owned());
    let volume = files.get(&name).and_then(|v| v.as_array()?.first()?.as_str().map(str::to_owned));
    Ok(Meant { task, name, names, volume })
}

async fn output(net: &Net, task: i64) -> Result<Value, String> {
    let call = ListTaskOutput { taskID: Value::Int(task), all_volumes: true, ..Default::default() };
    net.reader.call(call).await.map_err(|e| e.to_string())
}

/// The task below one without logs that tells most: one that failed, else one that runs, else the last that built.
async fn telling(net: &Net, task: i64) -> Result<Option<i64>, String> {
    let call = GetTaskDescendents { task_id: Value::Int(task), ..Default::default() };
    let below = net.reader.call(call).await.map_err(|e| e.to_string())?;
    let tasks =
        below.as_struct().into_iter().flat_map(|s| s.values()).flat_map(|l| l.as_array().unwrap_or_default());
    let rank = |t: &Value| {
        let state = match t.int_at("state") {
            Some(5) => 3,
            Some(1) => 2,
            _ => 0,
        };
        (state, t.str_at("method") == Some("buildArch"), t.int_at("id"))
    };
    Ok(tasks.filter(|t| t.int_at("id") != Some(task)).max_by_key(|t| rank(t)).and_then(|t| t.int_at("id")))
}

/// Searches whenever there is something new, and says so.
async fn attend(net: Net, screen: ScreenId, pane: usize, log: Weak<Log>, work: Weak<Work>) {
    let Some(mut changes) = log.upgrade().map(|l| l.changes()) else { return };
    loop {
        let (Some(body), Some(now)) = (log.upgrade().map(|l| l.body()), work.upgrade()) else { return };
        let searched = Arc::clone(&now);
        let searching = behind(move || searched.update(&body));
        tokio::pin!(searching);
        // a long search shows what it has so far
        while tokio::time::timeout(FRAME * 3, &mut searching).await.is_err() {
            net.send(screen, Box::new(News { pane, what: What::Changed }));
        }
        net.send(screen, Box::new(News { pane, what: What::Changed }));
        tokio::time::sleep(FRAME).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = now.changed.notified() => {}
        }
    }
}

/// Has logs looked at when the hub says that they grew.
async fn listen(net: &Net, topics: Vec<String>, logs: &[(i64, Weak<Log>)]) {
    let each = |act: &dyn Fn(i64, &Log)| {
        logs.iter().filter_map(|(id, log)| Some((id, log.upgrade()?))).for_each(|(id, log)| act(*id, &log));
    };
    let mut events = Events::listen(&net.reader, topics);
    while logs.iter().any(|(_, log)| log.strong_count() > 0) {
        let notice = match tokio::time::timeout(SELDOM, events.next()).await {
            Ok(Some(notice)) => notice,
            Ok(None) => return,
            Err(_) => continue,
        };
        match notice {
            Notice::Event(event) => each(&|id, log| {
                if id == event.id {
                    log.nudge();
                }
            }),
            Notice::Connected | Notice::Reset => each(&|_, log| {
                log.set_poll(SELDOM);
                log.nudge();
            }),
            Notice::Lost(_) | Notice::Unsupported => each(&|_, log| {
                log.set_poll(POLL);
                log.nudge();
            }),
        }
    }
}

/// Writes the whole log; one that is kept never over another file.
pub fn write(screen: ScreenId, pane: usize, body: Arc<koji_logs::Body>, name: String, pager: bool) -> Job {
    Box::new(move |net: Net| {
        async move {
            let path = if pager {
                net.spool.join(format!("{}-{name}", std::process::id()))
            } else {
                PathBuf::from(name)
            };
            let to = path.clone();
            let work = move || -> Result<u64, String> {
                if pager && let Some(dir) = to.parent() {
                    std::fs::create_dir_all(dir).map_err(|e| e.to_string())?;
                }
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(!pager).create(pager).truncate(pager);
                let mut out = std::io::BufWriter::new(options.open(&to).map_err(|e| e.to_string())?);
                let size = body.write_lines(body.lines(), &mut out).map_err(|e| e.to_string())?;
                std::io::Write::flush(&mut out).map_err(|e| e.to_string())?;
                Ok(size)
            };
            let result = tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(e.to_string()));
            net.send(screen, Box::new(News { pane, what: What::Wrote { path, pager, result } }));
        }
        .boxed()
    })
}
