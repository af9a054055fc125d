//! Looking at the past: `--event`, `--ts`, `--repo`.

use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::time::ctime;

/// Which moment a command looks at; the present when nothing is given.
#[derive(Debug, clap::Args)]
pub struct EventOptions {
    /// Look at the state at an event
    #[arg(long, value_name = "EVENT#")]
    pub event: Option<i64>,
    /// Look at the state at a time, seconds since 1970
    #[arg(long, value_name = "TIMESTAMP")]
    pub ts: Option<f64>,
    /// Look at the state that a repo was made of
    #[arg(long, value_name = "REPO#")]
    pub repo: Option<i64>,
}

/// A moment in the hub's history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    pub id: i64,
    pub ts: f64,
}

impl EventOptions {
    pub async fn event(&self, cx: &Cx) -> Result<Option<Event>> {
        let (row, id, ts) = if let Some(id) = self.event {
            (cx.hub().call(m::GetEvent { id: id.into(), ..Default::default() }).await?, "id", "ts")
        } else if let Some(ts) = self.ts {
            (cx.hub().call(m::GetLastEvent { before: ts.into(), ..Default::default() }).await?, "id", "ts")
        } else if let Some(repo) = self.repo {
            (
                cx.hub().call(m::RepoInfo { repo_id: repo.into(), strict: true }).await?,
                "create_event",
                "create_ts",
            )
        } else {
            return Ok(None);
        };
        let id = row.int_at(id).ok_or_else(|| CommandError::new("the hub knows no such event"))?;
        let ts = row.get(ts).and_then(koji_xmlrpc::Value::as_double).unwrap_or_default();
        Ok(Some(Event { id, ts }))
    }

    /// The event, after saying which one it is.
    pub async fn announced(&self, cx: &Cx, quiet: bool) -> Result<Option<i64>> {
        let event = self.event(cx).await?;
        if let Some(event) = event.filter(|_| !quiet) {
            cx.out.line(format!("Querying at event {} ({})", event.id, ctime(event.ts)));
        }
        Ok(event.map(|e| e.id))
    }
}
