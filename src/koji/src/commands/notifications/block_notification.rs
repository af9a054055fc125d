use koji_api::methods as m;

use super::{package_id, tag_id, user_id};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items};

/// Block mail about builds of a package or in a tag
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
    /// About everything
    #[arg(long)]
    all: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.package.is_none() && a.tag.is_none() && !a.all {
        return Err(CommandError::usage("One of --tag, --package or --all must be specified."));
    }
    let user_id = user_id(cx, a.user.as_deref()).await?;
    let package_id = package_id(cx, a.package.as_deref()).await?;
    let tag_id = tag_id(cx, a.tag.as_deref()).await?;
    let blocks = cx.hub().call(m::GetBuildNotificationBlocks { userID: user_id.clone() }).await?;
    if items(&blocks).iter().any(|b| field(b, "package_id") == package_id && field(b, "tag_id") == tag_id) {
        return Err(CommandError::usage("Notification already exists."));
    }
    cx.hub().call(m::CreateNotificationBlock { user_id, package_id, tag_id }).await?;
    Ok(())
}
