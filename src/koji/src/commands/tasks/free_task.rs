use koji_api::methods as m;

use super::task_id_or_usage;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Give tasks back, to be run by another host
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TASK-ID")]
    tasks: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.tasks.is_empty() {
        return Err(CommandError::usage("please specify at least one task_id"));
    }
    let ids: Vec<i64> =
        a.tasks.iter().map(|t| task_id_or_usage(t, "task_id must be an integer")).collect::<Result<_>>()?;
    for id in ids {
        cx.hub().call(m::FreeTask { task_id: id.into() }).await?;
    }
    Ok(())
}
