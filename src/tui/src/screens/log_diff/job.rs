//! Finding the two logs and comparing them.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use koji_logs::{Body, Compared, Log, Options, Outline, TaskLogs, difference};
use koji_why::Budget;

use super::super::log::job::{Meant, meant};
use super::good::last_good;
use crate::behind::behind;
use crate::cell::{cut, split_nvr};
use crate::effect::Job;
use crate::net::Net;
use crate::screen::ScreenId;

/// Lines around each difference.
const CONTEXT: usize = 3;
/// Logs that are longer in coming are compared as far as they are here.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of the two logs.
pub struct Side {
    pub task: i64,
    pub name: String,
    pub body: Arc<Body>,
    /// What is built, where it is known: its name and version are no difference.
    pub nvr: Option<String>,
}

impl Side {
    fn compared<'a>(&'a self, own: &'a [String]) -> koji_logs::Side<'a> {
        koji_logs::Side { body: &self.body, own }
    }

    /// `a-1.0-2`, `a-1.0` and `1.0-2`.
    fn own(&self) -> Vec<String> {
        let Some(nvr) = &self.nvr else { return Vec::new() };
        let parts = split_nvr(nvr).map(|(n, v, r)| [format!("{n}-{v}"), format!("{v}-{r}")]);
        std::iter::once(nvr.clone()).chain(parts.into_iter().flatten()).collect()
    }
}

pub struct Found {
    pub this: Side,
    /// Of the last good build.
    pub good: Side,
    /// Where each part is, and its lines.
    pub parts: Vec<(String, Vec<Compared>)>,
    pub gone: usize,
    pub new: usize,
    pub cut: bool,
}

/// Sends a `Result<Found, String>`.
pub fn job(screen: ScreenId, task: i64, name: Option<String>) -> Job {
    Box::new(move |net: Net| {
        async move {
            let found = find(&net, task, name).await;
            net.send(screen, Box::new(found));
        }
        .boxed()
    })
}

async fn find(net: &Net, task: i64, name: Option<String>) -> Result<Found, String> {
    let this = the_log(net, task, name).await?;
    let good = last_good(net, this.task).await?;
    let theirs = meant(net, good.task, Some(&this.name)).await?;
    if !theirs.names.contains(&this.name) {
        return Err(format!(
            "task {} of the last good build {} has no {} any more",
            good.task, good.nvr, this.name
        ));
    }
    let logs = TaskLogs::new(&net.reader);
    let (this, theirs) = futures::join!(load(net, &logs, &this), load(net, &logs, &theirs));
    let (this, theirs) = (Side { nvr: good.this, ..this? }, Side { nvr: Some(good.nvr), ..theirs? });
    let compare = move || Found::of(this, theirs);
    behind(compare).await.ok_or_else(|| "comparing them failed".to_owned())
}

/// The log that is named; else the one that says why the task failed; else its most telling one.
async fn the_log(net: &Net, task: i64, name: Option<String>) -> Result<Meant, String> {
    if name.is_none() {
        let budget = Budget { time: Duration::from_secs(5), ..Budget::default() };
        if let Ok(card) = koji_why::explain(&net.reader, task, budget).await
            && let Some(log) = &card.log
        {
            return meant(net, card.culprit.id, Some(&log.name)).await;
        }
    }
    meant(net, task, name.as_deref()).await
}

async fn load(net: &Net, logs: &TaskLogs, which: &Meant) -> Result<Side, String> {
    let options = Options { dir: net.spool.clone(), poll: Duration::from_secs(1) };
    let source = logs.source(which.task, &which.name, which.volume.clone());
    let log = Log::open(source, options).map_err(|e| e.to_string())?;
    log.finish();
    let mut changes = log.changes();
    let there = changes.wait_for(|s| s.ended && (s.is_whole() || s.trouble.is_some()));
    // what is here by then is compared
    let _ = tokio::time::timeout(PATIENCE, there).await;
    let status = log.status();
    match status.trouble.filter(|_| !status.opened) {
        Some(trouble) => Err(trouble),
        None => Ok(Side { task: which.task, name: which.name.clone(), body: log.body(), nvr: None }),
    }
}

impl Found {
    /// Reads both logs. Blocks.
    pub fn of(this: Side, good: Side) -> Found {
        let (before, now) = (good.own(), this.own());
        let found = difference(good.compared(&before), this.compared(&now), CONTEXT);
        let outline = Outline::default();
        // without it parts have no phases
        let _ = outline.update(&this.body);
        let phases = outline.entries(&this.body);
        let heading = |part: &[Compared]| {
            let Some(line) = part.iter().find(|c| c.change != koji_logs::Change::Gone).map(|c| c.line) else {
                return "only there".to_owned();
            };
            let number = this.body.number(line).map_or_else(String::new, |n| format!("line {n}"));
            match Outline::at(&phases, line) {
                Some(phase) => format!("{number} · {}", cut(&phase.name, 40)),
                None => number,
            }
        };
        let parts = found.parts.into_iter().map(|part| (heading(&part), part)).collect();
        Found { parts, gone: found.gone, new: found.new, cut: found.cut, this, good }
    }
}
