use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Cancel tasks and builds
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID|NVR")]
    things: Vec<String>,
    /// Let the tasks' children run on
    #[arg(long)]
    justone: bool,
    /// Cancel whole trees of tasks from their roots (admins only)
    #[arg(long)]
    full: bool,
    /// With --full: tasks that are no roots, too
    #[arg(long)]
    force: bool,
}

/// Calls in one request.
const BATCH: usize = 100;

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.things.is_empty() {
        return Err(CommandError::usage("You must specify at least one task id or build"));
    }
    let (mut tasks, mut builds): (Vec<i64>, Vec<&str>) = (Vec::new(), Vec::new());
    for thing in &a.things {
        match thing.parse() {
            Ok(id) => tasks.push(id),
            Err(_) if koji_rpm::Nvr::parse(thing).is_ok() => builds.push(thing),
            Err(_) => {
                let message = "please specify only task ids (integer) or builds (n-v-r)";
                return Err(CommandError::usage(message));
            }
        }
    }
    let mut calls = cx.hub().multicall().batch(BATCH);
    for id in tasks {
        let task_id = id.into();
        if a.full && !a.justone {
            calls.add(m::CancelTaskFull { task_id, strict: !a.force });
        } else {
            calls.add(m::CancelTask { task_id, recurse: !a.justone });
        }
    }
    for build in builds {
        calls.add(m::CancelBuild { buildID: build.into(), strict: true });
    }
    let mut failed = false;
    for answer in calls.run().await? {
        if let Err(fault) = answer {
            cx.out.warn(fault.message);
            failed = true;
        }
    }
    if failed { Err(CommandError::status(1)) } else { Ok(()) }
}
