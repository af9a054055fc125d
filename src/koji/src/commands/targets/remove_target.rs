use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, require_perm};

/// Remove a build target
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_perm(cx, "target").await?;
    let call = m::GetBuildTarget { info: a.name.as_str().into(), ..Default::default() };
    let target = cx.hub().call(call).await?;
    if target.is_nil() {
        return Err(CommandError::new(format!("No such build target: {}", a.name)));
    }
    cx.hub().call(m::DeleteBuildTarget { buildTargetInfo: field(&target, "id") }).await?;
    Ok(())
}
