//! Runs the scheduler when something happens.

use std::sync::Arc;
use std::time::Duration;

use koji_db::{Mode, Topic};

use super::run_now;
use crate::fault::Outcome;
use crate::hub::Hub;

/// What happens together is dealt with together: a build's tasks come in one transaction, but several hosts answer at once.
const TOGETHER: Duration = Duration::from_millis(3);
/// After a failure, such as a database that is away.
const RETRY: Duration = Duration::from_secs(1);

/// Works until the future is dropped.
pub async fn serve(hub: Arc<Hub>) {
    let mut events = hub.live.subscribe();
    let topic = Topic::Scheduler.to_string();
    let interval = u64::try_from(hub.settings().run_interval.max(1)).unwrap_or(60);
    let mut timer = tokio::time::interval(Duration::from_secs(interval));
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let due = tokio::select! {
            changes = events.changes() => {
                if !changes.contains(&topic) {
                    continue;
                }
                tokio::time::sleep(TOGETHER).await;
                false
            }
            _ = timer.tick() => true,
        };
        if let Err(e) = once(&hub, due).await {
            tracing::warn!("scheduler: {}", e.into_fault());
            tokio::time::sleep(RETRY).await;
            timer.reset_immediately();
        }
    }
}

async fn once(hub: &Hub, due: bool) -> Outcome<()> {
    let mut tx = hub.db.begin(Mode::Write);
    run_now(&mut tx, hub.settings(), due).await?;
    Ok(tx.commit().await?)
}
