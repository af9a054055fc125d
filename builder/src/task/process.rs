//! The process of a task: takes over from the daemon, runs the method, reports the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use koji_api::methods as m;
use koji_client::{Session, SessionInfo};
use koji_config::KojidConfig;
use koji_xmlrpc::Value;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use super::{TaskCx, TaskError};
use crate::session::{client_options, credentials};
use crate::tasks;

/// What the daemon gives to the process, as JSON on its standard input.
#[derive(Serialize, Deserialize)]
pub struct Handover {
    pub config: Option<PathBuf>,
    pub server: String,
    pub session: SessionInfo,
    /// User and password, where the daemon's command line has them.
    pub user: Option<String>,
    pub password: Option<String>,
    pub task: Value,
    pub host: Value,
    pub workdir: PathBuf,
}

/// The whole life of a task's process; its exit status says only whether it could report.
pub async fn run() -> anyhow::Result<()> {
    let mut text = String::new();
    tokio::io::stdin().read_to_string(&mut text).await.context("reading the task from the daemon")?;
    let handover: Handover = serde_json::from_str(&text).context("reading the task from the daemon")?;
    let mut settings = KojidConfig::load(handover.config.as_deref())?.settings;
    settings.user = handover.user;
    settings.password = handover.password;
    // a task may outlive its session, which is renewed then
    let credentials = credentials(&settings).ok();
    let session =
        Session::restore(client_options(&settings, &handover.server), handover.session, credentials)?;
    let id = handover.task.int_at("id").context("the daemon gave a task without an id")?;
    let mut cx = TaskCx {
        session,
        settings: Arc::new(settings),
        id,
        info: handover.task,
        host: handover.host,
        workdir: handover.workdir,
    };
    fresh_dir(&cx.workdir)?;
    let result = tasks::run(&mut cx).await;
    remove_dir(&cx.workdir);
    report(&cx, result).await
}

async fn report(cx: &TaskCx, result: Result<Value, TaskError>) -> anyhow::Result<()> {
    let task_id = Value::Int(cx.id);
    match result {
        Ok(value) => {
            let response = document(&koji_xmlrpc::write_response(&value));
            cx.session.call(m::HostCloseTask { task_id, response }).await?;
        }
        Err(TaskError::Refused(message)) => {
            tracing::warn!(task = cx.id, "refused: {message}");
            cx.session.call(m::HostRefuseTask { task_id, soft: true, msg: message }).await?;
        }
        Err(TaskError::Gone(message)) => tracing::warn!(task = cx.id, "nothing to report: {message}"),
        Err(TaskError::Failed(fault)) => {
            tracing::info!(task = cx.id, "failed: {fault}");
            let response = document(&koji_xmlrpc::write_fault(fault.kind.code(), &fault.message));
            cx.session.call(m::HostFailTask { task_id, response }).await?;
        }
    }
    cx.session.logout().await.ok();
    Ok(())
}

fn document(xml: &[u8]) -> Value {
    Value::Str(String::from_utf8_lossy(xml).into_owned())
}

fn fresh_dir(dir: &Path) -> anyhow::Result<()> {
    remove_dir(dir);
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))
}

fn remove_dir(dir: &Path) {
    if let Err(e) = std::fs::remove_dir_all(dir)
        && e.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!("cannot remove {}: {e}", dir.display());
    }
}
