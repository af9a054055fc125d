//! `cancelBuild`.

use koji_api::Fault;
use koji_api::methods::CancelBuild;
use koji_api::types::BuildState;
use koji_db::builds;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{lookup, notify, tasks};

/// Cancels a build that is being made, and the tasks that make it. True when it is canceled by this call.
pub(super) async fn cancel_build(cx: &mut Cx, call: CancelBuild) -> Outcome<bool> {
    let build = match call.strict {
        true => lookup::build(&mut cx.tx, &call.buildID).await?,
        false => match lookup::find_build(&mut cx.tx, &call.buildID).await? {
            Some(build) => build,
            None => return Ok(false),
        },
    };
    if build.owner_id != cx.user_id()? && !cx.has_perm("admin") {
        return Err(Fault::not_allowed("Cannot cancel build, not owner").into());
    }
    if build.state != BuildState::Building || !builds::cancel(&mut cx.tx, build.id).await? {
        return Ok(false);
    }
    if let Some(task) = build.task_id {
        notify::build(cx, Some(task), build.id).await?;
        tasks::cancel_tree(cx, task, false).await?;
    }
    Ok(true)
}
