//! What the hub does without being asked.

use std::sync::Arc;
use std::time::Duration;

use koji_db::{Mode, changes};
use tokio::task::JoinSet;

use crate::hub::Hub;
use crate::{repos, scheduler};

/// Starts them; they end when the set is dropped.
pub fn start(hub: &Arc<Hub>) -> JoinSet<()> {
    let mut services = JoinSet::new();
    let live = Arc::clone(hub);
    services.spawn(async move { live.live.run(&live.db).await });
    services.spawn(scheduler::serve(Arc::clone(hub)));
    services.spawn(repos::serve(Arc::clone(hub)));
    services.spawn(clear_changes(Arc::clone(hub)));
    services
}

/// How often the notes of what was written are cleared away.
const CLEAR: Duration = Duration::from_secs(60);

async fn clear_changes(hub: Arc<Hub>) {
    let mut timer = tokio::time::interval(CLEAR);
    loop {
        timer.tick().await;
        // what is cleared away has been seen, so that what is kept is kept over a quiet time
        hub.watch.look().await;
        let mut tx = hub.db.begin(Mode::Write);
        let done = match changes::prune(&mut tx).await {
            Ok(_) => tx.commit().await,
            Err(e) => Err(e),
        };
        if let Err(e) = done {
            tracing::warn!("old notes of changes could not be removed: {e}");
        }
    }
}
