//! From a task to the card that explains its failure.

use std::time::Instant;

use futures::future::{join, join_all};

use crate::class::Class;
use crate::fault::{judge_fault, logs_named};
use crate::scan::LogKind;
use crate::tail::{self, Budget};
use crate::tree::{Hub, LogFile, State, Task, culprit};
use crate::verdict::Verdict;

/// What there is to say of a failed task.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The task that was asked about.
    pub task: Task,
    /// The one below it (or itself) that failed.
    pub culprit: Task,
    pub host: Option<String>,
    /// The log that matters; none when the task left none.
    pub log: Option<LogFile>,
    pub class: Class,
    /// What the log says; without a log what the fault says.
    pub verdict: Option<Verdict>,
    /// Text of the fault.
    pub fault: Option<String>,
    pub remedy: String,
}

/// Why there is no card.
#[derive(Debug, thiserror::Error)]
pub enum Error<E: std::error::Error> {
    #[error("there is no task {0}")]
    NoTask(i64),
    #[error("task {0} did not fail: it succeeded")]
    Succeeded(i64),
    #[error("task {0} is not finished")]
    Unfinished(i64),
    #[error(transparent)]
    Hub(#[from] E),
}

/// Logs that never say why.
const SILENT: &[&str] = &["state.log", "hw_info.log", "installed_pkgs.log", "dnf.log", "available_pkgs.log"];

/// Finds out why a task failed: three rounds of calls, then the ends of a few logs.
pub async fn explain<H: Hub>(hub: &H, task: i64, budget: Budget) -> Result<Card, Error<H::Error>> {
    let until = Instant::now() + budget.time;
    let tasks = hub.tree(task).await?;
    let top = tasks.iter().find(|t| t.id == task).ok_or(Error::NoTask(task))?.clone();
    let found = culprit(&tasks, task).ok_or(Error::NoTask(task))?.clone();
    match (top.state, found.state) {
        (State::Closed, _) => return Err(Error::Succeeded(task)),
        // a child that failed explains a cancelled or running parent, too
        (_, State::Failed) | (State::Canceled, _) => {}
        _ => return Err(Error::Unfinished(task)),
    }
    let host = async {
        match found.host_id {
            // a name is not worth a failure
            Some(id) => hub.host(id).await.ok().flatten(),
            None => None,
        }
    };
    let ((fault, files), host) = join(join(hub.fault(found.id), hub.files(found.id)), host).await;
    let (fault, files) = (fault?, files.unwrap_or_default());
    let cancelled = found.state == State::Canceled;

    let candidates: Vec<&LogFile> = files.iter().filter(|f| may_tell(&f.name)).collect();
    let reads = candidates.iter().map(|file| tail::read(hub, found.id, file, budget, until));
    let mut best: Option<(&LogFile, Verdict, u32)> = None;
    let named = fault.as_deref().map(logs_named).unwrap_or_default();
    for (file, read) in candidates.iter().zip(join_all(reads).await) {
        // a log that cannot be read is as good as none
        let Ok(Some(verdict)) = read else { continue };
        let rank = rank(&file.name, &verdict, &named);
        if best.as_ref().is_none_or(|b| rank > b.2) {
            best = Some((file, verdict, rank));
        }
    }
    let said = fault.as_deref().and_then(judge_fault);
    let (log, verdict) = match best {
        Some((file, verdict, _)) => (Some(file.clone()), Some(verdict)),
        None => (None, said.clone()),
    };
    let (class, remedy) = match (&verdict, &said) {
        _ if cancelled => (Class::Cancelled, Class::Cancelled.remedy().to_owned()),
        // limits end a build in the middle of its output: the fault knows, the log does not
        (Some(v), Some(s)) if s.weight > v.weight || (v.class == Class::Unknown && s.weight > 20) => {
            (s.class, s.remedy.clone())
        }
        (Some(v), _) => (v.class, v.remedy.clone()),
        (None, _) => (Class::Unknown, Class::Unknown.remedy().to_owned()),
    };
    Ok(Card { task: top, culprit: found, host, log, class, verdict, fault, remedy })
}

fn may_tell(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.ends_with(".log") && !SILENT.contains(&base)
}

/// How much a log explains: one that ends with a failure before one that does not, the one the fault names, the surest.
fn rank(name: &str, verdict: &Verdict, named: &[String]) -> u32 {
    let named = named.iter().any(|n| n == name);
    // the package manager's log is there for every build and full of harmless complaints
    let telling = match LogKind::of(name) {
        LogKind::Root => verdict.failed && verdict.weight > 30,
        LogKind::Build => verdict.failed,
        LogKind::Other | LogKind::Result => true,
    };
    u32::from(verdict.weight) + if telling { 100 } else { 0 } + if named { 60 } else { 0 }
}
