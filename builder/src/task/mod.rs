//! One task, in a process of its own: its context, how it waits for other tasks, how it ends.

mod error;
mod logs;
mod process;
mod wait;

pub use error::TaskError;
pub use logs::LogStream;
pub use process::{Handover, run as run_process};
pub use wait::{Subtask, WaitFor};

use std::path::PathBuf;
use std::sync::Arc;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_client::{Download, Session};
use koji_config::kojid::KojidSettings;
use koji_xmlrpc::Value;

/// What a task works with.
pub struct TaskCx {
    /// A subsession of the daemon's, of this task alone.
    pub session: Session,
    pub settings: Arc<KojidSettings>,
    pub id: i64,
    /// The task's row: method, arch, owner, label, parent, channel_id, priority, request, ...
    pub info: Value,
    /// The host's row: id, name, arches.
    pub host: Value,
    /// A fresh directory that goes away with the task.
    pub workdir: PathBuf,
}

impl TaskCx {
    /// The hub's files as this builder sees them.
    pub fn paths(&self) -> PathInfo {
        PathInfo::new(self.settings.topdir.to_string_lossy())
    }

    /// URLs of the hub's files; where no topurl is set, `file://` of the top directory.
    pub fn urls(&self) -> PathInfo {
        match &self.settings.topurl {
            Some(url) => PathInfo::new(url),
            None => PathInfo::new(format!("file://{}", self.settings.topdir.display())),
        }
    }

    /// Below `work/`: where this task's output goes.
    pub fn upload_dir(&self) -> String {
        PathInfo::task_rel(self.id)
    }

    /// A file that the hub has under `rel` (below the top directory), on this machine: in place where the top directory is
    /// mounted, else downloaded into the work directory.
    pub async fn hub_file(&self, rel: &str) -> Result<PathBuf, TaskError> {
        let mounted = self.settings.topdir.join(rel);
        if mounted.is_file() {
            return Ok(mounted);
        }
        let Some(topurl) = &self.settings.topurl else {
            return Err(TaskError::generic(format!(
                "{} is not there: mount the hub's files or set topurl in kojid.conf",
                mounted.display()
            )));
        };
        let name = rel.rsplit('/').next().unwrap_or(rel);
        let local = self.workdir.join("downloads").join(name);
        let url = format!("{}/{rel}", topurl.trim_end_matches('/'));
        self.session.downloader()?.fetch(&Download::new(url, &local)).await?;
        Ok(local)
    }

    /// The name under which the hub knows a tag or target's tag.
    pub async fn build_config(&self, tag: &Value, event: Option<i64>) -> Result<Value, TaskError> {
        Ok(self.session.call(m::GetBuildConfig { tag: tag.clone(), event: event.into() }).await?)
    }
}
