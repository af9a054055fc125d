//! Subtasks, and waiting for them.
//!
//! The hub keeps who waits for whom. Where it can push (our own hub), news about the children ends the wait at once; at
//! others the daemon sends SIGUSR2 when it learns of news in its own poll, and a slow poll here is the safety net.

use std::collections::BTreeMap;
use std::time::Duration;

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};
use tokio::signal::unix::{SignalKind, signal};

use super::{TaskCx, TaskError};
use koji_client::Live;

/// A subtask to be made.
#[derive(Debug, Clone, Default)]
pub struct Subtask {
    pub method: &'static str,
    pub args: Vec<Value>,
    pub label: String,
    /// Canonical; the parent's when absent.
    pub arch: Option<String>,
}

/// When a wait for several subtasks ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// When the first one is over.
    Any,
    /// When all are over.
    All,
    /// When all are over or one has failed, which cancels the others.
    AllUnlessOneFails,
}

/// Without news from anywhere, look this often.
const SLOW_POLL: Duration = Duration::from_secs(60);

impl TaskCx {
    /// Makes a subtask. The label is unique under this task: asked again after a restart, the hub answers the
    /// subtask that is there.
    pub async fn subtask(&self, sub: Subtask) -> Result<i64, TaskError> {
        let mut opts = Struct::new();
        opts.insert("label".into(), sub.label.into());
        if let Some(arch) = sub.arch {
            opts.insert("arch".into(), arch.into());
        }
        let call = m::HostSubtask {
            method: sub.method.into(),
            arglist: Value::Array(sub.args),
            parent: self.id.into(),
            opts,
        };
        let id = self.session.call(call).await?;
        id.as_int().ok_or_else(|| TaskError::generic("the hub answered no task id for a subtask"))
    }

    /// Waits for subtasks; their results by task id. A failed one fails this task with its fault, unless it is
    /// in `can_fail`: then its result is the fault's struct.
    pub async fn wait(
        &self,
        tasks: &[i64],
        until: WaitFor,
        can_fail: &[i64],
    ) -> Result<BTreeMap<i64, Value>, TaskError> {
        self.session
            .call(m::HostTaskSetWait { parent: self.id.into(), tasks: tasks.to_vec().into() })
            .await?;
        let mut news = News::new(self)?;
        let mut finished: Vec<i64> = Vec::new();
        loop {
            let answer = self.session.call(m::HostTaskWait { parent: self.id.into() }).await?;
            let ids = |n: usize| -> Vec<i64> {
                answer
                    .as_array()
                    .and_then(|a| a.get(n))
                    .and_then(Value::as_array)
                    .map(|a| a.iter().filter_map(Value::as_int).collect())
                    .unwrap_or_default()
            };
            let (new, unfinished) = (ids(0), ids(1));
            for id in &new {
                if !finished.contains(id) {
                    finished.push(*id);
                }
            }
            if unfinished.is_empty() || (until == WaitFor::Any && !finished.is_empty()) {
                break;
            }
            if until == WaitFor::AllUnlessOneFails && self.one_failed(&new, can_fail).await? {
                self.session.call(m::CancelTaskChildren { task_id: self.id.into() }).await?;
                break;
            }
            news.wait().await;
        }
        let results = self
            .session
            .call(m::HostTaskWaitResults {
                parent: self.id.into(),
                tasks: finished.into(),
                canfail: can_fail.to_vec().into(),
            })
            .await?;
        let pairs = results.as_array().unwrap_or_default().iter();
        Ok(pairs
            .filter_map(|p| Some((p.as_array()?.first()?.as_int()?, p.as_array()?.get(1)?.clone())))
            .collect())
    }

    /// Makes one subtask and waits for its result.
    pub async fn run_subtask(&self, sub: Subtask) -> Result<Value, TaskError> {
        let id = self.subtask(sub).await?;
        let mut results = self.wait(&[id], WaitFor::All, &[]).await?;
        results.remove(&id).ok_or_else(|| TaskError::generic(format!("task {id} ended without a result")))
    }

    async fn one_failed(&self, tasks: &[i64], can_fail: &[i64]) -> Result<bool, TaskError> {
        for id in tasks.iter().filter(|id| !can_fail.contains(id)) {
            let result =
                self.session.call(m::GetTaskResult { taskId: (*id).into(), raise_fault: true }).await;
            if result.is_err_and(|e| e.fault().is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whatever can tell that a child has changed.
struct News {
    signal: tokio::signal::unix::Signal,
    live: Live,
    topics: [String; 1],
}

impl News {
    fn new(cx: &TaskCx) -> Result<News, TaskError> {
        let live = Live::new(&cx.session, SLOW_POLL);
        Ok(News { signal: signal(SignalKind::user_defined2())?, live, topics: [format!("task:{}", cx.id)] })
    }

    async fn wait(&mut self) {
        tokio::select! {
            () = self.live.news(&self.topics) => {}
            _ = self.signal.recv() => {}
        }
    }
}
