//! What the hub does without being asked.

use std::sync::Arc;

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
    services
}
