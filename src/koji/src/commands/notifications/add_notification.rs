use koji_api::methods as m;

use super::{package_id, tag_id, user_id};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Ask for mail about builds of a package or in a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Mail for this user; for admins only
    #[arg(long)]
    user: Option<String>,
    /// About this package
    #[arg(long)]
    package: Option<String>,
    /// About this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only about builds that succeed
    #[arg(long)]
    success_only: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.package.is_none() && a.tag.is_none() {
        return Err(CommandError::usage("Command need at least one from --tag or --package options."));
    }
    let call = m::CreateNotification {
        user_id: user_id(cx, a.user.as_deref()).await?,
        package_id: package_id(cx, a.package.as_deref()).await?,
        tag_id: tag_id(cx, a.tag.as_deref()).await?,
        success_only: a.success_only.into(),
    };
    cx.hub().call(call).await?;
    Ok(())
}
