//! Works on the request queue when something happens, so that nobody waits for kojira's next look.

use std::sync::Arc;
use std::time::Duration;

use koji_db::Topic;
use koji_db::scheduler::has_live_host;
use koji_db::users::{self, UserRef};

use super::queue;
use crate::fault::Outcome;
use crate::hub::Hub;

/// What happens together is dealt with together.
const TOGETHER: Duration = Duration::from_millis(3);
/// Tags with `repo.auto` are looked at this long after a tag has changed: mass tagging makes many changes.
const SETTLED: Duration = Duration::from_secs(1);
/// Before a failed newRepo task is tried again: what made it fail may take a while to go away.
const PAUSE: Duration = Duration::from_secs(15);
/// After a failure, such as a database that is away.
const RETRY: Duration = Duration::from_secs(1);

/// Works until the future is dropped.
pub async fn serve(hub: Arc<Hub>) {
    let mut events = hub.live.subscribe();
    let (queue, tag) = (Topic::RepoQueue.to_string(), Topic::Tag(0).to_string());
    let tag = tag.trim_end_matches('0').to_owned();
    let interval = u64::try_from(hub.settings().run_interval.max(1)).unwrap_or(60);
    let mut timer = tokio::time::interval(Duration::from_secs(interval));
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let (due, automatic) = tokio::select! {
            changes = events.changes() => {
                if changes.contains(&queue) {
                    tokio::time::sleep(TOGETHER).await;
                    (false, false)
                } else if changes.any_with_prefix(&tag) {
                    tokio::time::sleep(SETTLED).await;
                    (false, true)
                } else {
                    continue;
                }
            }
            _ = timer.tick() => (true, true),
        };
        match once(&hub, due, automatic).await {
            Ok(true) => timer.reset_after(PAUSE),
            Ok(false) => {}
            Err(e) => {
                tracing::warn!("repo queue: {}", e.into_fault());
                tokio::time::sleep(RETRY).await;
                timer.reset_immediately();
            }
        }
    }
}

/// Whether something is left for a little later. Hosts that poll are served at the pace of polls: without one that waits, only
/// the timer makes tasks.
async fn once(hub: &Arc<Hub>, due: bool, automatic: bool) -> Outcome<bool> {
    let mut cx = queue::own_call(hub, "repo.checkQueue");
    if !due && !has_live_host(&mut cx.tx).await? {
        return Ok(false);
    }
    if automatic {
        let user = UserRef::Text(hub.settings().repo_queue_user.clone());
        if let Some(user) = users::find(&mut cx.tx, &user).await? {
            queue::request_automatic(&mut cx, user.id).await?;
        }
    }
    let later = queue::check(&mut cx, PAUSE.as_secs_f64()).await?;
    cx.tx.commit().await?;
    Ok(later)
}
