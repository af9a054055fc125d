//! Buildroots at the hub that no longer have a task here.

use koji_api::methods as m;
use koji_api::types::BuildrootState;
use koji_client::Session;
use koji_config::kojid::KojidSettings;
use koji_xmlrpc::Value;
use std::time::{Duration, Instant};

use super::processes::Processes;

/// How often the hub is asked.
const INTERVAL: Duration = Duration::from_secs(60);

/// Expires buildroots whose task ended, and bounds the cache of installed roots.
#[derive(Default)]
pub struct Roots {
    last: Option<Instant>,
}

impl Roots {
    pub async fn update(
        &mut self,
        session: &Session,
        settings: &KojidSettings,
        host_id: i64,
        processes: &Processes,
    ) -> anyhow::Result<()> {
        if self.last.is_some_and(|t| t.elapsed() < INTERVAL) {
            return Ok(());
        }
        self.last = Some(Instant::now());
        let alive: Vec<i64> = [BuildrootState::Init, BuildrootState::Waiting, BuildrootState::Building]
            .iter()
            .map(|s| s.code())
            .collect();
        let call = m::ListBuildroots { hostID: host_id.into(), state: alive.into(), ..Default::default() };
        let roots = session.call(call).await?;
        for root in roots.as_array().unwrap_or_default() {
            let task = root.int_at("task_id");
            if task.is_some_and(|t| processes.has(t)) {
                continue;
            }
            let Some(id) = root.int_at("id") else { continue };
            tracing::info!(buildroot = id, "its task does not run here: expired");
            let call = m::HostSetBuildRootState {
                brootid: id.into(),
                state: BuildrootState::Expired.into(),
                task_id: Value::Nil,
            };
            session.call(call).await?;
        }
        let settings = settings.clone();
        tokio::task::spawn_blocking(move || crate::buildroot::clean(&settings)).await?;
        Ok(())
    }
}
